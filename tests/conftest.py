"""What several test files share."""

import pytest

from stancekit import Scorer


@pytest.fixture(scope="session")
def scorer():
    """A scorer with the shipped models, loaded once."""
    scorer = Scorer()
    assert scorer.models is not None
    return scorer
