"""Feature templates: which phrases and scores of a masked sentence a model may weigh.

A template emits occurrences: a key, a weight and the tokens it covers. The value of a feature is the sum over its
occurrences, so what a feature contributes to a decision divides exactly among places in the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from stancekit.features.masking import TARGET, Token
from stancekit.features.syntax import NEGATORS, SCOPE_ENDS, Relation, relations
from stancekit.lexicon import RoleLexicon, load_roles

__all__ = ["Lexicon", "Masked", "NearTarget", "Occurrence", "Phrases", "Sides", "Template"]

SCOPE = 5


class Occurrence(NamedTuple):
    """One place in a sentence that counts toward a feature.

    Attributes
    ----------
    key : str
        The feature within its template.
    weight : float
        What this place adds to the feature's value.
    first, last : int
        The tokens it covers, both included.
    """

    key: str
    weight: float
    first: int
    last: int


class Masked:
    """A masked sentence with what several templates ask of it, worked out once.

    Parameters
    ----------
    tokens : sequence of Token
        From :meth:`Masker.mask`.
    roles : RoleLexicon, optional
        For the templates that ask for it; the package's own by default.
    """

    def __init__(self, tokens: Sequence[Token], roles: RoleLexicon | None = None) -> None:
        self.tokens = tokens
        self.words = [token.text for token in tokens]
        self._roles = roles

    @cached_property
    def roles(self) -> RoleLexicon:
        """The role lexicon that was given, or the package's own."""
        return load_roles() if self._roles is None else self._roles

    @cached_property
    def relations(self) -> list[Relation]:
        """What stands in a relation to the target."""
        return relations(self.words, self.roles, TARGET)

    def stems(self, size: int) -> list[str]:
        """Cut the words to their first letters; nothing for punctuation, marks and words of up to three letters."""
        return [word[:size] if len(word) > 3 and word[0].isalpha() else "" for word in self.words]

    @cached_property
    def negated(self) -> list[bool]:
        """Which tokens stand in the scope of a negation: up to five tokens after it, within the clause."""
        marks, left = [], 0
        for word in self.words:
            if word in SCOPE_ENDS:
                left = 0
            marks.append(left > 0)
            left = SCOPE if word in NEGATORS else left - 1
        return marks

    @cached_property
    def away(self) -> list[int]:
        """Each token's distance to the nearest target: negative to its left, 0 on it; all 0 without a target."""
        places = [index for index, word in enumerate(self.words) if word == TARGET]
        if not places:
            return [0] * len(self.words)
        return [min((index - place for place in places), key=abs) for index in range(len(self.words))]


@dataclass(frozen=True)
class Template:
    """What all templates share.

    Attributes
    ----------
    name : str
        Prefix of its features' names; unlike any other template's.
    scale : float
        Length of the block's vector in a row, so that a block weighs as much in a long sentence as in a short one.
    """

    name: str
    scale: float = 1.0
    # Whether a model with this template needs the role lexicon.
    needs_roles: ClassVar[bool] = False

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the occurrences in a masked sentence, given the ratings of polar words."""
        raise TypeError(f"{type(self).__name__} is a base class; use one of the templates made from it")


@dataclass(frozen=True)
class Phrases(Template):
    """N-grams anywhere in the sentence.

    Attributes
    ----------
    shortest, longest : int
        Numbers of tokens.
    negation : bool
        Whether single words in the scope of a negation are features of their own.
    stem : int
        If positive, words are cut to so many letters, and punctuation, marks and words of up to three letters are left
        out: *shelled* and *shelling* are one feature.
    """

    shortest: int = 1
    longest: int = 2
    negation: bool = False
    stem: int = 0

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the n-grams."""
        words = sentence.stems(self.stem) if self.stem else sentence.words
        marks = sentence.negated if self.negation else [False] * len(words)
        found = []
        for size in range(self.shortest, self.longest + 1):
            for first in range(len(words) - size + 1):
                if self.stem and "" in words[first : first + size]:
                    continue
                key = " ".join(words[first : first + size])
                found.append(
                    Occurrence(f"NOT {key}" if size == 1 and marks[first] else key, 1.0, first, first + size - 1)
                )
        return found


@dataclass(frozen=True)
class Sides(Template):
    """N-grams to the left and to the right of the target, the nearer the heavier.

    An n-gram belongs to the side of the target nearest to it and does not contain the target. Its weight is
    ``1 / (1 + (d - 1) / reach)`` for the distance ``d`` of its nearest token.

    Attributes
    ----------
    shortest, longest : int
        Numbers of tokens.
    reach : float
        The distance at which the weight has fallen to a half.
    negation : bool
        Whether single words in the scope of a negation are features of their own.
    stem : int
        As in :class:`Phrases`.
    """

    shortest: int = 1
    longest: int = 2
    reach: float = 5.0
    negation: bool = True
    stem: int = 0

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the n-grams of both sides."""
        words, away = sentence.stems(self.stem) if self.stem else sentence.words, sentence.away
        marks = sentence.negated if self.negation else [False] * len(words)
        found = []
        for size in range(self.shortest, self.longest + 1):
            for first in range(len(words) - size + 1):
                last = first + size - 1
                near, far = away[first], away[last]
                # Both ends on one side and all between them, too: no target inside, and no gap between two targets.
                if near * far <= 0 or abs(far - near) != last - first:
                    continue
                if self.stem and "" in words[first : last + 1]:
                    continue
                key = " ".join(words[first : last + 1])
                if size == 1 and marks[first]:
                    key = f"NOT {key}"
                distance = min(abs(near), abs(far))
                found.append(
                    Occurrence(f"{'L' if near < 0 else 'R'} {key}", 1 / (1 + (distance - 1) / self.reach), first, last)
                )
        return found


@dataclass(frozen=True)
class NearTarget(Template):
    """N-grams that contain the target.

    Attributes
    ----------
    shortest, longest : int
        Numbers of tokens, the target included.
    """

    shortest: int = 2
    longest: int = 4

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the n-grams."""
        words = sentence.words
        found: dict[tuple[int, int], Occurrence] = {}
        for place in (index for index, word in enumerate(words) if word == TARGET):
            for size in range(self.shortest, self.longest + 1):
                for first in range(max(0, place - size + 1), min(place, len(words) - size) + 1):
                    found[first, size] = Occurrence(" ".join(words[first : first + size]), 1.0, first, first + size - 1)
        return list(found.values())


@dataclass(frozen=True)
class Lexicon(Template):
    """Sums of word ratings, by sign, side of the target and distance, turned over in the scope of a negation.

    Attributes
    ----------
    reach : float
        As in :class:`Sides`, for the sums that weigh near words more.
    """

    reach: float = 3.0

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:
        """List the rated words."""
        away, marks = sentence.away, sentence.negated
        found = []
        for index, word in enumerate(sentence.words):
            rating = ratings.get(word)
            if rating is None:
                continue
            if marks[index]:
                rating = -0.75 * rating
            sign = "+" if rating > 0 else "-"
            found.append(Occurrence(sign, abs(rating), index, index))
            if away[index]:
                side = "L" if away[index] < 0 else "R"
                near = 1 / (1 + (abs(away[index]) - 1) / self.reach)
                found.append(Occurrence(f"{side}{sign}", abs(rating), index, index))
                found.append(Occurrence(f"{side}{sign} near", abs(rating) * near, index, index))
                found.append(Occurrence(f"{sign} near", abs(rating) * near, index, index))
        return found
