"""The examples in docstrings run as they are printed."""

import doctest
from importlib import import_module

import pytest

MODULES = [
    "articles.used",
    "assessment",
    "calibration",
    "classifiers.flags",
    "classifiers.single",
    "datasets",
    "evaluation",
    "explanation.accounts",
    "explanation.comparing",
    "explanation.rows",
    "features.masking",
    "features.vectorizer",
    "labelled",
    "features.syntax",
    "lexicon.inflection",
    "lexicon.polarity",
    "lexicon.roles",
    "models",
    "runs.running",
    "scoring.frames",
    "scoring.scorer",
    "scoring.scores",
    "training",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    found = doctest.testmod(import_module(f"stancekit.{name}"))
    assert found.failed == 0
