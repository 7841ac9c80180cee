"""What several test files share."""

import copy

import pytest

import stancekit.models
import stancekit.scoring.scorer
from stancekit import Scorer
from stancekit.tasks import TASKS


@pytest.fixture(scope="session", autouse=True)
def _shipped_models_are_read_once():
    """Spare commands, scorers and examples the seconds of reading and checking, which test_models.py tests."""
    plain, loaded = stancekit.models.load_model, {}

    def load_model(name, *, task=None):
        if not isinstance(name, str) or name not in TASKS or task not in {None, name}:
            return plain(name, task=task)
        if name not in loaded:
            loaded[name] = plain(name)
        return copy.copy(loaded[name])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stancekit.models, "load_model", load_model)
        patch.setattr(stancekit.scoring.scorer, "load_model", load_model)
        yield


@pytest.fixture(scope="session")
def scorer():
    """A scorer with the shipped models, loaded once."""
    scorer = Scorer()
    assert scorer.models is not None
    return scorer
