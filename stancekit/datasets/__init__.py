"""Labelled sets: the project's own corpus, public ones, and the check of a corpus folder.

:func:`get` fetches the files of a public set, :func:`load` reads a set as frames of one form (:class:`Labelled`),
:func:`check_corpus` lists what is wrong with a corpus folder, :func:`count_corpus` counts what is in it.
"""

from stancekit.datasets.checking import check_corpus
from stancekit.datasets.counting import count_corpus
from stancekit.datasets.frames import Labelled
from stancekit.datasets.getting import get
from stancekit.datasets.loading import load
from stancekit.datasets.problems import RULES, Problem
from stancekit.datasets.public import SOURCES, Source

__all__ = ["RULES", "SOURCES", "Labelled", "Problem", "Source", "check_corpus", "count_corpus", "get", "load"]
