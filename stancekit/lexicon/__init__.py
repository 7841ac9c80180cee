"""Words with a polarity of their own."""

from stancekit.lexicon.polarity import load_polarity

__all__ = ["load_polarity"]
