"""Words with a polarity of their own, and words that credit or blame by their role."""

from stancekit.lexicon.polarity import load_polarity
from stancekit.lexicon.roles import RoleLexicon, RoleWord, load_roles

__all__ = ["RoleLexicon", "RoleWord", "load_polarity", "load_roles"]
