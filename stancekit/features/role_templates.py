"""Feature templates that rest on the role lexicon: who does what to the target, and who is credited or blamed by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from stancekit.features.masking import TARGET
from stancekit.features.syntax import AUXILIARIES, DETERMINERS, NEGATORS, PREPOSITIONS, PRONOUNS
from stancekit.features.templates import Lexicon, Masked, Occurrence, Template
from stancekit.lexicon import RoleLexicon, RoleWord

__all__ = ["FrameSums", "Patterns", "Quoted", "RoleSums", "Roles", "SideSums", "WordSums"]

# What a negation leaves of a rating, as for relations.
NEGATED = -0.5
KEPT = PREPOSITIONS | AUXILIARIES | NEGATORS | PRONOUNS


@dataclass(frozen=True)
class Roles(Template):
    """Words with their relation to the target: the verb that it is the subject of, what it has, what it is called."""

    needs_roles: ClassVar[bool] = True

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the relations of the target."""
        return [
            Occurrence(f"{found.kind.upper()} {'NOT ' if found.negated else ''}{found.word}", found.weight, *found[-2:])
            for found in sentence.relations
        ]


@dataclass(frozen=True)
class RoleSums(Lexicon):
    """Sums of what words say of the target by their relation to it, by kind of relation and sign."""

    needs_roles: ClassVar[bool] = True

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the rated relations."""
        found = []
        for one in sentence.relations:
            if one.rating:
                sign, value = "+" if one.rating > 0 else "-", abs(one.rating) * one.weight
                found.append(Occurrence(f"{one.kind.upper()}{sign}", value, one.first, one.last))
                found.append(Occurrence(f"ANY{sign}", value, one.first, one.last))
        return found


@dataclass(frozen=True)
class SideSums(Lexicon):
    """Sums of what words say of their doer, of whom it is done to and of what they describe, by side of the target.

    They catch what no relation reaches: a verb that blames its object, somewhere to the left of the target.
    """

    needs_roles: ClassVar[bool] = True
    reach: float = 5.0

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the rated words, the nearer the heavier."""
        found = []
        for index, part, role, rating in _rated(sentence):
            away = sentence.away[index]
            if away:
                near = 1 / (1 + (abs(away) - 1) / self.reach)
                key = f"{'L' if away < 0 else 'R'} {part}{role}{'+' if rating > 0 else '-'}"
                found.append(Occurrence(key, abs(rating) * near, index, index))
        return found


@dataclass(frozen=True)
class WordSums(Lexicon):
    """Sums of what words say of their doer, of whom it is done to and of what they describe, in the whole sentence."""

    needs_roles: ClassVar[bool] = True

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the rated words."""
        return [
            Occurrence(f"{part}{role}{'+' if rating > 0 else '-'}", abs(rating), index, index)
            for index, part, role, rating in _rated(sentence)
        ]


@dataclass(frozen=True)
class FrameSums(Lexicon):
    """Counts of words of human need and of words of fighting."""

    needs_roles: ClassVar[bool] = True

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the words that are marked."""
        found: list[Occurrence] = []
        for index, word in enumerate(sentence.words):
            for _, known in _known(sentence.roles, word):
                if known.frame:
                    found.extend(Occurrence(frame.upper(), 1.0, index, index) for frame in known.frame)
                    break
        return found


@dataclass(frozen=True)
class Patterns(Template):
    """N-grams around the target in which words are replaced by what the role lexicon says of them.

    *<target> quickly shelled the town* is ``<target> V-0 W``: adverbs and articles are passed over, rated words become
    their part of speech with signs (of doer and of done to), prepositions, auxiliaries, negations, pronouns, names and
    punctuation stay, other words are ``W``.

    Attributes
    ----------
    shortest, longest : int
        Numbers of tokens, the target included.
    """

    needs_roles: ClassVar[bool] = True
    shortest: int = 2
    longest: int = 5

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the patterns that contain the target."""
        classes = [(index, _class(sentence.roles, word)) for index, word in enumerate(sentence.words)]
        kept = [(index, name) for index, name in classes if name]
        found: dict[tuple[int, int], Occurrence] = {}
        for place in (number for number, (_, name) in enumerate(kept) if name == TARGET):
            for size in range(self.shortest, self.longest + 1):
                for first in range(max(0, place - size + 1), min(place, len(kept) - size) + 1):
                    part = kept[first : first + size]
                    key = " ".join(name for _, name in part)
                    found[first, size] = Occurrence(key, 1.0, part[0][0], part[-1][0])
        return list(found.values())


@dataclass(frozen=True)
class Quoted(Template):
    """Words inside and outside quotation marks, and whether the target stands inside; nothing without quotation."""

    def occurrences(self, sentence: Masked, ratings: Mapping[str, float]) -> list[Occurrence]:  # noqa: ARG002 - the Lexicon needs them
        """List the words."""
        if '"' not in sentence.words:
            return []
        # A closing mark alone ends a quotation that began in an earlier sentence: "... is over," he said.
        place = sentence.words.index('"')
        tail = sentence.words.count('"') % 2 == 1 and place > 0 and sentence.words[place - 1] in {",", "?", "!"}
        inside, marks = tail, []
        for word in sentence.words:
            inside = inside != (word == '"')
            marks.append(inside)
        held = any(mark and word == TARGET for word, mark in zip(sentence.words, marks, strict=True))
        side = "HELD" if held else "FREE"
        return [
            Occurrence(f"{side} {'IN' if mark else 'OUT'} {word}", 1.0, index, index)
            for index, (word, mark) in enumerate(zip(sentence.words, marks, strict=True))
            if word[0].isalpha()
        ]


def _known(roles: RoleLexicon, word: str) -> Iterator[tuple[str, RoleWord]]:
    """Give what a word may be, verbs first."""
    for part, words in (("V", roles.verbs), ("N", roles.nouns), ("A", roles.adjectives)):
        known = words.get(word)
        if known is not None:
            yield part, known


def _rated(sentence: Masked) -> Iterator[tuple[int, str, str, float]]:
    """Give the places of rated words: part of speech, role, rating turned over by negation."""
    for index, word in enumerate(sentence.words):
        for part, known in _known(sentence.roles, word):
            ratings = (("doer", known.doer), ("done", known.done), ("about", 0.0 if part == "V" else known.about))
            if any(rating for _, rating in ratings):
                factor = NEGATED if sentence.negated[index] else 1.0
                yield from ((index, part, role, rating * factor) for role, rating in ratings if rating)
                break


def _class(roles: RoleLexicon, word: str) -> str:
    """Give what stands for a word in patterns; nothing for words that are passed over."""
    if word in KEPT or not word[0].isalpha():
        return word
    for part, known in _known(roles, word):
        if part == "A" and not known.about:
            continue
        said = {"V": (known.doer, known.done), "N": (known.doer, known.done, known.about), "A": (known.about,)}[part]
        if any(said):
            return part + "".join("+" if one > 0 else "-" if one < 0 else "0" for one in said)
        if part == "V":
            return "V"
    if word in DETERMINERS or (word.endswith("ly") and len(word) > 4):
        return ""
    return "W"
