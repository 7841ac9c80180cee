"""Actors: the catalogue of who is looked for, and the matcher that finds their names in a sentence."""

from stancekit.actors.catalogue import KINDS, Actor, Catalogue
from stancekit.actors.matching import Matcher
from stancekit.actors.mentions import Found, Mention

__all__ = ["KINDS", "Actor", "Catalogue", "Found", "Matcher", "Mention"]
