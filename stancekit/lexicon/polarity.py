"""The polarity lexicon of vaderSentiment, read as data.

The package's module is not imported: only its file of words with mean ratings from -4 to 4 is read (Hutto and Gilbert,
"VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014; MIT licence).
"""

from functools import cache
from importlib.resources import files
from types import MappingProxyType

from stancekit.errors import StancekitError

__all__ = ["load_polarity"]


@cache
def load_polarity() -> MappingProxyType[str, float]:
    """Read the words and their mean ratings.

    Returns
    -------
    mapping of str to float
        Lower-case words, ratings divided by 4 so that they lie between -1 and 1. Emoticons and phrases are left out.

    Raises
    ------
    StancekitError
        If the package vaderSentiment is not installed whole.

    Examples
    --------
    >>> from stancekit.lexicon import load_polarity
    >>> load_polarity()["disaster"] < 0 < load_polarity()["rescued"]
    True
    """
    try:
        lines = (files("vaderSentiment") / "vader_lexicon.txt").read_text(encoding="utf-8").splitlines()
    except (ModuleNotFoundError, FileNotFoundError):
        raise StancekitError(
            "the polarity lexicon is needed for training and is not installed; "
            "install the package vaderSentiment (it comes with stancekit)"
        ) from None
    ratings: dict[str, float] = {}
    for line in lines:
        word, rating, *_ = line.split("\t")
        if word.isalpha():
            ratings[word.lower()] = float(rating) / 4
    return MappingProxyType(ratings)
