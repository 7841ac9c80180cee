"""The examples in docstrings run as they are printed."""

import doctest
from importlib import import_module

import pytest

MODULES = [
    "articles.used",
    "calibration",
    "classifiers",
    "datasets",
    "evaluation",
    "explanation.accounts",
    "explanation.comparing",
    "explanation.rows",
    "features.masking",
    "features.vectorizer",
    "lexicon.polarity",
    "models",
    "runs.running",
    "scoring.frames",
    "scoring.scorer",
    "scoring.scores",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    found = doctest.testmod(import_module(f"stancekit.{name}"))
    assert found.failed == 0
