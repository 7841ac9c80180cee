"""Find the names of actors in a sentence, and tell an actor from a mere place."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import ahocorasick_rs

from stancekit.actors.catalogue import Catalogue

__all__ = ["Matcher", "Mention"]

# Characters that print alike are matched alike; one for one, so that offsets stay exact.
FOLD = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\t": " ", "\n": " ", "\r": " ", "‑": "-", "‐": "-"})

WORD = re.compile(r"\w+(?:['-]\w+)*")
POSSESSIVE = re.compile(r"'s?(?!\w)")
# "KYIV (Agency) -", "Moscow, 3 March —": where an agency says where it wrote.
DATELINE = re.compile(r"\s?(?:,[^.;:—–-]{2,30})?\s?(?:\([^)]{2,30}\)\s?)?[—–-](?=\s)|\s?\([A-Z][A-Za-z ]{1,20}\)\s?[:—–-]?")
BODY = re.compile(r"(?: (?:and|of|for|the|on|[A-Z][\w'-]*)){2,8}")
JOINERS = frozenset({", ", " and ", ", and ", " or ", ", or ", " & "})


class Mention(NamedTuple):
    """A name in a sentence.

    Attributes
    ----------
    start, end : int
        ``sentence[start:end]`` is the name; offsets in code points.
    actor_id : str
        Whose name it is.
    role : str
        ``"name"``, ``"place"`` or ``"adjective"``: the list of the catalogue in which the alias stands.
    """

    start: int
    end: int
    actor_id: str
    role: str


class Matcher:
    """Finds actors in sentences by an Aho-Corasick automaton over all aliases, longest match first, at word boundaries.

    Parameters
    ----------
    catalogue : Catalogue, optional
        Who is looked for; the built-in catalogue by default.

    Examples
    --------
    >>> from stancekit.actors import Matcher
    >>> [(m.actor_id, m.start, m.end) for m in Matcher().find("The US embassy in Kyiv accused Moscow.")]
    [('USA', 4, 6), ('RUS', 31, 37)]
    """

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = Catalogue.builtin() if catalogue is None else catalogue
        self._build()

    def _build(self) -> None:
        entries: dict[str, tuple[str, str]] = {}
        for actor in self.catalogue.values():
            for alias, role in actor.patterns():
                folded = alias.translate(FOLD)
                # The alias as it is written wins over a variant of another one.
                entries[folded] = (actor.actor_id, role)
        for folded, entry in list(entries.items()):
            for variant in _variants(folded):
                entries.setdefault(variant, entry)
        self._entries = list(entries.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(entries), matchkind=ahocorasick_rs.MatchKind.Standard)

    def __getstate__(self) -> dict[str, Any]:
        # The automaton belongs to a native library and is built again where it arrives.
        return {"catalogue": self.catalogue}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.catalogue = state["catalogue"]
        self._build()

    def names(self, text: str) -> list[Mention]:
        """Find every name of the catalogue, places and phrases that name nobody included.

        Parameters
        ----------
        text : str
            A sentence.

        Returns
        -------
        list of Mention
            In order, disjoint; at each place the longest alias that begins there.
        """
        return self._names(text.translate(FOLD))

    def _names(self, text: str) -> list[Mention]:
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return []
        last = len(text)
        whole = [
            (start, -end, index)
            for index, start, end in found
            if not (start and _joins(text[start - 1], text[start])) and not (end < last and _joins(text[end - 1], text[end]))
        ]
        whole.sort()
        mentions, free = [], 0
        for start, minus_end, index in whole:
            if start >= free:
                free = -minus_end
                mentions.append(Mention(start, free, *self._entries[index]))
        return mentions

    def find(self, text: str) -> list[Mention]:
        """Find the mentions of actors: names less those that the sentence uses as a mere place, people or description.

        Parameters
        ----------
        text : str
            A sentence.

        Returns
        -------
        list of Mention
            In order and disjoint.
        """
        text = text.translate(FOLD)
        names = self._names(text)
        if not names:
            return []
        return list(self._actors(text, names))

    def _actors(self, text: str, names: list[Mention]) -> Iterator[Mention]:
        context = _context()
        place_before: Mention | None = None
        for number, mention in enumerate(names):
            if self.catalogue[mention.actor_id].kind == "none":
                continue
            if _is_compounded(text, mention, context):
                continue
            if mention.role == "place":
                if _is_place(text, mention, place_before, names[number - 1] if number else None, context):
                    place_before = mention
                    continue
            elif mention.role == "adjective":
                following = names[number + 1] if number + 1 < len(names) else None
                describes = following is not None and self.catalogue[following.actor_id].kind == "person"
                if _is_no_state(text, mention, following if describes else None, context):
                    continue
            yield mention


@cache
def _context() -> dict[str, frozenset[str]]:
    raw = tomllib.loads((files("stancekit.actors") / "context.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in raw.items()}


def _variants(alias: str) -> Iterator[str]:
    """Give the ways in which an alias may also be written: raised first letter, all capitals, title case for lower-case ones."""
    yield alias[:1].upper() + alias[1:]
    yield alias.upper()
    if alias.islower():
        yield alias.title()


def _joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters belong to one word."""
    return (left.isalnum() or left == "_") and (right.isalnum() or right == "_")


def _words_before(text: str, start: int, most: int) -> list[str]:
    """Give the words that stand before an offset, the nearest first, up to the nearest punctuation."""
    head = text[max(0, start - 100) : start]
    clause = re.split(r"[.,;:!?()\"“”—–]", head)[-1]
    return [word.lower() for word in reversed(WORD.findall(clause))][:most]


def _words_after(text: str, end: int, most: int) -> list[str]:
    """Give the words that stand right after an offset, up to the nearest punctuation."""
    tail = re.split(r"[.,;:!?()\"“”—–]", text[end : end + 80])[0]
    return [word.lower() for word in WORD.findall(tail)][:most]


def _is_compounded(text: str, mention: Mention, context: dict[str, frozenset[str]]) -> bool:
    if text[mention.start - 1 : mention.start] == "-" and mention.start:
        prefix = WORD.findall(text[max(0, mention.start - 20) : mention.start - 1])
        if prefix and prefix[-1].lower() in context["prefixes"]:
            return True
    if text[mention.end : mention.end + 1] == "-":
        suffix = re.match(r"\w+", text[mention.end + 1 :])
        return suffix is not None and suffix.group().lower() in context["suffixes"]
    return False


def _is_place(text: str, mention: Mention, place_before: Mention | None, before: Mention | None, context: dict[str, frozenset[str]]) -> bool:
    if mention.start == 0 and DATELINE.match(text, mention.end):
        return True
    possessive = POSSESSIVE.match(text, mention.end)
    after = _words_after(text, possessive.end() if possessive else mention.end, 4)
    located = _is_located(text, mention.start, context)
    if possessive:
        return located and bool(context["place_nouns"].intersection(after))
    if after and after[0] in context["people"] and text[mention.end : mention.end + 1] == " ":
        return True
    if located:
        return True
    if place_before is not None and place_before is before and text[place_before.end : mention.start] in JOINERS:
        return True
    return _is_address(text, mention, before)


def _is_located(text: str, start: int, context: dict[str, frozenset[str]]) -> bool:
    """Tell whether a preposition of place or a compass point governs what begins at ``start``."""
    compass = False
    words = _words_before(text, start, 7)
    for position, word in enumerate(words):
        if word in context["compass"]:
            compass = True
        elif word in context["locative"]:
            earlier = words[position + 1] if position + 1 < len(words) else ""
            return compass or earlier not in context["attitude"]
        elif word not in context["between"]:
            break
    # "South" and "north" alone are part of a name or a direction; "eastern" makes a place.
    return compass and bool(words) and words[0] in context["compass"]


def _is_address(text: str, mention: Mention, before: Mention | None) -> bool:
    """Tell whether the name closes an address: "Port Alma, Kenya"."""
    if before is not None and text[before.end : mention.start] == ", ":
        return False
    town = re.search(r"(?:\b(?:in|at|near|from|outside|of)\s)(?:[A-Z][\w'-]+\s?){1,3}, $", text[max(0, mention.start - 60) : mention.start])
    return town is not None


def _is_no_state(text: str, mention: Mention, person: Mention | None, context: dict[str, frozenset[str]]) -> bool:
    """Tell whether an adjective describes private people, culture, a town, or a person who is an actor himself."""
    possessive = POSSESSIVE.match(text, mention.end)
    if possessive:
        return False
    after = _words_after(text, mention.end, 3)
    skip = 0
    while skip < len(after) - 1 and (after[skip] in context["people_adjectives"] or after[skip] in context["compass"]):
        skip += 1
    if after and (after[skip] in context["people"] or after[skip] in context["culture"]):
        return True
    if _is_in_body(text, mention.end, context):
        return True
    if person is not None:
        between = [word.lower() for word in WORD.findall(text[mention.end : person.start])]
        return bool(between) and len(between) <= 4 and context["titles"].issuperset(between)
    return False


def _is_in_body(text: str, end: int, context: dict[str, frozenset[str]]) -> bool:
    """Tell whether the adjective begins the name of a body of its own: capitalised words up to one like "Centre"."""
    run = BODY.match(text, end)
    words = WORD.findall(run.group()) if run else []
    return any(word.lower() in context["bodies"] for word in words[1:])
