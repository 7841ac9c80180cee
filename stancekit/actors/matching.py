"""Find the names of actors in a sentence, and tell an actor from a mere place, from people and from descriptions."""

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, NamedTuple
from unicodedata import combining, normalize

import ahocorasick_rs

from stancekit.actors.catalogue import Catalogue
from stancekit.actors.introducing import SHORT_FORM, SURNAME, Introduced, introduced

__all__ = ["Matcher", "Mention"]

# Characters that print alike are matched alike; one for one, so that offsets stay exact.
FOLD = (
    *((odd, "'") for odd in "’‘ʼ"),
    *((odd, " ") for odd in "\u00a0\u202f\t\n\r"),
    *((odd, "-") for odd in "‑‐"),
)

WORD = re.compile(r"\w++(?:['-]\w++)*+")
WORDS_AFTER = re.compile(r"(?: \w++(?:['-]\w++)*+){1,3}+")
POSSESSIVE = re.compile(r"'s?(?!\w)")
PREFIX = re.compile(r"(\w+)-$")
SUFFIX = re.compile(r"-(\w+)")
# "KYIV (Agency) -", "Moscow, 3 March —", "NAIROBI, Sept. 19 -": where an agency says where it wrote.
DATELINE = re.compile(
    r"(?:, [^;:()—–]{2,30})?(?: ?\([^)]{2,30}\))? ?(?: --?|[—–]) ?(?=[\"“A-Z0-9])"
    r"|,?[^;:()—–]{0,22}+\([A-Z][A-Za-z ]{1,20}\) ?(?:--?|[:—–]|(?=[A-Z\"“]))"
)
DATELINE_TOWN = re.compile(r"[A-Z][A-Z '-]+, ")
# The name of a body goes on with capitalised words: "Centre for Security and Cooperation".
BODY = re.compile(r"(?: (?:(?:of|for|on) (?:the )?|and )?[A-Z][\w'-]*){1,7}")
# Words and spaces alone: no sign of punctuation parts what stands on either side.
UNBROKEN = re.compile(r"(?:'s)?(?: [\w'-]++){0,5}+ ")
JOINER = re.compile(r",? ?(?P<word>and|or|&)? (?:the )?")
LISTED = re.compile(r",? (?:and|or|&) |, (?:the )?[A-Z]")
# "in Port Alma, Kenya": a town before, a comma between, and the clause is over.
TOWN = re.compile(r"\b(?:in|at|near|from|outside|of) (?:[A-Z][\w'-]* ?){1,3}, $")
CLOSED = re.compile(r"[,.;:)]|$")
# "A Dane", "an Australian", "in Spanish": with no noun behind, no state.
BARE = frozenset({"a", "an", "in"})
OPENING = '"“(['
PUNCTUATION = frozenset('.,;:!?)]"”—–')


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


@dataclass(frozen=True)
class Context:
    """The lists of ``context.toml``, which says what each is for."""

    locative: frozenset[str]
    directions: frozenset[str]
    motion: frozenset[str]
    seats: frozenset[str]
    attitude: frozenset[str]
    compass: frozenset[str]
    between: frozenset[str]
    state: frozenset[str]
    people: frozenset[str]
    people_adjectives: frozenset[str]
    culture: frozenset[str]
    place_nouns: frozenset[str]
    titles: frozenset[str]
    prefixes: frozenset[str]
    suffixes: frozenset[str]
    bodies: frozenset[str]
    predicates: frozenset[str]
    given_names: frozenset[str]
    shouted: frozenset[str]
    things: frozenset[str]
    state_groups: frozenset[str]
    armed: frozenset[str]

    @cached_property
    def not_the_state(self) -> frozenset[str]:
        """What makes a nationality no matter of state."""
        return self.people | self.culture

    @cached_property
    def not_the_capital(self) -> frozenset[str]:
        """What makes the name of a state or capital a mere place."""
        return self.people | self.culture | self.place_nouns


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
                # The alias as it is written wins over a variant of another one.
                entries[_folded(alias)] = (actor.actor_id, role)
        for folded, entry in list(entries.items()):
            for variant in _variants(folded):
                entries.setdefault(variant, entry)
        self._known = entries
        self._entries = list(entries.values())
        self._kinds = {actor.actor_id: actor.kind for actor in self.catalogue.values()}
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(entries), matchkind=ahocorasick_rs.MatchKind.Standard, implementation=ahocorasick_rs.Implementation.DFA
        )

    def __getstate__(self) -> dict[str, Any]:
        # The automaton belongs to a native library and is built again where it arrives.
        return {"catalogue": self.catalogue}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.catalogue = state["catalogue"]
        self._build()

    def for_article(self, parts: Sequence[str], plain: Collection[str] = frozenset()) -> "Matcher":
        """Give a matcher that knows the names an article introduces besides those of the catalogue.

        These are abbreviations and short forms in brackets after a name (*the Arakan Army (AA)*,
        *Boeing (the Company)*) and the surnames of persons who are named in full. They hold for the whole article. An
        alias of the catalogue keeps its meaning; an abbreviation or surname that two actors share in the article is not
        taken, nor a surname that somebody else bears.

        Parameters
        ----------
        parts : sequence of str
            Title and body.
        plain : collection of str, optional
            Words in lower case that are no surnames alone, such as *may*.

        Returns
        -------
        Matcher
            This one if nothing is introduced.

        Examples
        --------
        >>> from stancekit.actors import Matcher
        >>> matcher = Matcher().for_article(["The Arakan Army (AA) took the port. The AA freed its crew."])
        >>> [mention.actor_id for mention in matcher.find("The AA freed its crew.")]
        ['arakan-army']
        """
        texts = [_folded(part) for part in parts]
        fresh = introduced(
            [(text, self._names(text)) for text in texts],
            kinds=self._kinds,
            known=self._known,
            titles=_context().titles,
            plain=plain,
        )
        return _ArticleMatcher(self, fresh) if fresh else self

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
        return self._names(_folded(text))

    def _names(self, text: str) -> list[Mention]:
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not hits:
            return []
        best: dict[int, tuple[int, int]] = {}
        last = len(text)
        for index, start, end in hits:
            # Most neighbours are spaces; those need no closer look.
            if start and text[start - 1] != " " and _joins(text[start - 1], text[start]):
                continue
            if end < last and text[end] != " " and _joins(text[end - 1], text[end]):
                continue
            if start not in best or best[start][0] < end:
                best[start] = (end, index)
        mentions, free = [], 0
        for start in sorted(best):
            end, index = best[start]
            # "The West" does not hide "West Papua National Liberation Army", which begins behind its article.
            longer = best.get(start + 4)
            if longer and longer[0] > end and text[start : start + 4].lower() == "the ":
                continue
            if start >= free:
                mentions.append(Mention(start, end, *self._entries[index]))
                free = end
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
        text = _folded(text)
        names = self._names(text)
        return _Sentence(text, names, self._kinds).actors() if names else []


class _ArticleMatcher(Matcher):
    """Knows the names that one article introduces; shares all else with the matcher it was made of."""

    def __init__(self, base: Matcher, fresh: Sequence[Introduced]) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._fresh = {one.alias: one for one in fresh}
        longest_first = sorted(self._fresh, key=lambda alias: (-len(alias), alias))
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def __reduce__(self) -> tuple[Any, ...]:
        return _ArticleMatcher, (self._base, list(self._fresh.values()))

    def _names(self, text: str) -> list[Mention]:
        fresh = (self._fresh_at(text, match) for match in self._pattern.finditer(text))
        return _merged(super()._names(text), [mention for mention in fresh if mention])

    def _fresh_at(self, text: str, match: re.Match[str]) -> Mention | None:
        """Give the mention, unless the words beside it make another name of it."""
        one = self._fresh[match.group()]
        start, end = match.span()
        if one.how == SHORT_FORM and text[start - 4 : start].lower() != "the ":
            return None
        if one.how in {SHORT_FORM, SURNAME}:
            if text[end : end + 1] == "-" or text[start - 1 : start] == "-":
                return None
            longer = text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
            if longer and _after(text, end)[0] not in _context().titles and not _is_headline(text):
                return None
        return Mention(start, end, one.actor_id, one.role)


class _Sentence:
    """One sentence with its names; tells which of them are actors."""

    def __init__(self, text: str, names: list[Mention], kinds: dict[str, str]) -> None:
        self.text = text
        self.names = names
        self.kinds = kinds
        self.context = _context()
        self.hyphens = "-" in text
        self.shouts = text.isupper()
        self.place_before = -1

    def actors(self) -> list[Mention]:
        found = []
        for number, name in enumerate(self.names):
            kind = self.kinds[name.actor_id]
            if kind == "none" or (self.hyphens and self._is_compounded(name)) or (self.shouts and self._is_word(name)):
                continue
            if name.role == "place":
                if self._is_place(number, name):
                    self.place_before = number
                    continue
            elif name.role == "adjective":
                if self._is_no_state(number, name):
                    continue
            elif kind == "generic" and self._is_no_group(number, name):
                continue
            found.append(name)
        return found

    def _is_compounded(self, name: Mention) -> bool:
        """Tell whether a hyphen makes it no mention of the actor: "pro-Russian", "Russian-speaking"."""
        text, (start, end, *_) = self.text, name
        if start and text[start - 1] == "-":
            prefix = PREFIX.search(text, max(0, start - 20), start)
            # "UN" in capitals is no prefix: "the UN-African Union mission".
            if prefix and prefix[1].lower() in self.context.prefixes and (self.shouts or not prefix[1].isupper()):
                return True
        suffix = SUFFIX.match(text, end) if text[end : end + 1] == "-" else None
        return suffix is not None and suffix[1].lower() in self.context.suffixes

    def _is_word(self, name: Mention) -> bool:
        """Tell whether an abbreviation in a line of capitals may be a common word: "WHO IS TO BLAME"."""
        alias = self.text[name.start : name.end].lower()
        if alias not in self.context.shouted or self.text[: name.start].endswith("THE "):
            return False
        return name.role != "place" or (
            name.start > 0 and not self.context.state.intersection(_after(self.text, name.end)[:1])
        )

    def _is_no_group(self, number: int, name: Mention) -> bool:
        """Tell whether a generic word only describes a named group or a thing: "Houthi rebels", "refugee camp"."""
        if name.actor_id in self.context.armed:
            before, after = self._beside(number, -1), self._beside(number, +1)
            if "armed_group" in {self.kinds.get(other.actor_id) for other in (before, after) if other}:
                return True
        following = _after(self.text, name.end)
        return bool(following) and following[0] in self.context.things

    def _beside(self, number: int, step: int) -> Mention | None:
        """Give the name that stands right before or after, with nothing but a space between."""
        if not 0 <= number + step < len(self.names):
            return None
        left, right = sorted((self.names[number], self.names[number + step]))
        return self.names[number + step] if self.text[left.end : right.start] == " " else None

    def _is_place(self, number: int, name: Mention) -> bool:
        text, context = self.text, self.context
        start, end = name.start, name.end
        if self._is_dateline(start, end) or self._describes(number) or self._is_paired(number, name):
            return True
        sign = text[end : end + 1]
        if sign == " ":
            after = _after(text, end)
            if after and (self._is_private(after, context.not_the_capital) or self._is_given_name(name, after)):
                return True
            if after and after[0] in context.state:
                return False
        elif sign == "'" and (possessive := POSSESSIVE.match(text, end)):
            after = _after(text, possessive.end())
            if self._is_private(after, context.place_nouns):
                return True
            return not context.place_nouns.isdisjoint(after) and self._is_located(start)
        elif sign == "-" and text[end + 1 : end + 2].islower():
            # "US-led", "Iran-backed": what it does, wherever that is.
            return False
        return self._is_located(start) or self._is_listed(number, name) or self._is_address(number, name)

    def _is_dateline(self, start: int, end: int) -> bool:
        """Tell whether the sentence begins with where it was written: "KYIV (Agency) -", "NAGOYA, Japan —"."""
        if start and (start > 30 or not DATELINE_TOWN.fullmatch(self.text, 0, start)):
            return False
        return DATELINE.match(self.text, end) is not None

    def _is_private(self, after: list[str], words: frozenset[str]) -> bool:
        """Tell whether people, culture or a town follow, and no force or office: "border guards" are the state."""
        context = self.context
        for position, word in enumerate(after, start=1):
            if word in words:
                return context.state.isdisjoint(after[position : position + 1])
            if word not in context.people_adjectives and word not in context.compass:
                return False
        return False

    def _describes(self, number: int) -> bool:
        """Tell whether it only describes the actor named next: "President Vladimir Putin", "Sudanese refugees"."""
        if number + 1 == len(self.names):
            return False
        name, following = self.names[number], self.names[number + 1]
        kind = self.kinds[following.actor_id]
        if kind not in {"person", "generic", "organisation", "armed_group"} or following.role != "name":
            return False
        gap = self.text[name.end : following.start]
        if kind == "person":
            if not UNBROKEN.fullmatch(gap):
                return False
            return self.context.titles.issuperset(_words(gap.removeprefix("'s")))
        if kind != "generic":
            return gap == " "
        if not UNBROKEN.fullmatch(gap) or not self.context.people_adjectives.issuperset(_words(gap)):
            return False
        return following.actor_id not in self.context.state_groups

    def _is_paired(self, number: int, name: Mention) -> bool:
        """Tell whether another name makes it a mere place: "Kyiv, Ukraine", "the Spain-France border"."""
        if number + 1 == len(self.names):
            return False
        following = self.names[number + 1]
        gap = self.text[name.end : following.start]
        if gap == ", ":
            return following.actor_id == name.actor_id and following.role == "place"
        if gap in {"-", "–"}:
            return not self.context.place_nouns.isdisjoint(_after(self.text, following.end)[:1])
        return False

    def _is_given_name(self, name: Mention, after: list[str]) -> bool:
        """Tell whether a state's name is a person's: "Chad Ellis"."""
        text = self.text
        if text[name.start : name.end] not in self.context.given_names or not text[name.end + 1].isupper():
            return False
        return after[0] not in self.context.titles and after[0] not in self.context.state and not _is_headline(text)

    def _is_located(self, start: int) -> bool:
        """Tell whether a preposition of place or a compass point governs what begins at ``start``."""
        text, context = self.text, self.context
        nearest = True
        while raw := _word_before(text, start):
            start -= len(raw) + 1
            word = raw.lower().lstrip(OPENING)
            # "The capital, Kyiv" is the one comma to look across.
            if not word or (word[-1] in PUNCTUATION and word not in context.seats):
                return False
            if word in context.locative:
                return _word_before(text, start).lower() not in context.attitude
            if word in context.directions:
                return _word_before(text, start).lower() in context.motion
            if nearest and (word in context.seats or word in context.compass):
                return True
            if word == "of" and _word_before(text, start).lower() in context.not_the_capital:
                return True
            if word not in context.between and word not in context.compass:
                return False
            nearest = False
        return False

    def _is_listed(self, number: int, name: Mention) -> bool:
        """Tell whether it goes on with a list of places: "in Serbia, Iran and the Czech Republic"."""
        if number == 0 or self.place_before != number - 1:
            return False
        before = self.names[number - 1]
        if self.text[before.end : name.start] in {"-", "–"}:
            return True
        joiner = JOINER.fullmatch(self.text, before.end, name.start)
        if joiner is None:
            return False
        # After a mere comma a list must go on; otherwise the sentence does: "In Mali, France withdrew".
        return bool(joiner["word"]) or before.actor_id == name.actor_id or LISTED.match(self.text, name.end) is not None

    def _is_address(self, number: int, name: Mention) -> bool:
        """Tell whether the name closes an address: "in Port Alma, Kenya"."""
        if self.text[name.start - 2 : name.start] != ", " or not CLOSED.match(self.text, name.end):
            return False
        if number and self.names[number - 1].end == name.start - 2:
            return False
        return TOWN.search(self.text, max(0, name.start - 60), name.start) is not None

    def _is_no_state(self, number: int, name: Mention) -> bool:
        """Tell whether an adjective describes private people, culture, a town or another actor."""
        text, context = self.text, self.context
        if (
            text.startswith("the ", name.start)
            or text.startswith("THE ", name.start)
            or text.startswith("The ", name.start)
        ):
            return False
        if POSSESSIVE.match(text, name.end):
            return False
        after = _after(text, name.end)
        if self._describes(number):
            return True
        if not after or after[0] in {"and", "or", "but"}:
            before = _word_before(text, name.start).lower()
            return before in context.predicates or (not after and before in BARE)
        return self._is_private(after, context.not_the_state) or self._is_in_body(name.end)

    def _is_in_body(self, end: int) -> bool:
        """Tell whether the adjective begins the name of a body of its own: "Ukrainian Centre for Security"."""
        run = BODY.match(self.text, end)
        if run is None:
            return False
        for word in _words(run.group()):
            if word in self.context.state:
                return False
            if word in self.context.bodies:
                # In a headline every word is raised, so the words of a name cannot be told from others.
                return not _is_headline(self.text[:end] + self.text[run.end() :])
        return False


def _merged(names: list[Mention], fresh: list[Mention]) -> list[Mention]:
    """Add names where none stands, or in place of shorter ones that they cover; the longest wins."""
    if not fresh:
        return names
    for mention in fresh:
        beside = [name for name in names if name.start < mention.end and mention.start < name.end]
        if all(name.end - name.start < mention.end - mention.start for name in beside):
            names = [name for name in names if name not in beside] + [mention]
    return sorted(names)


@cache
def _context() -> Context:
    raw = tomllib.loads((files("stancekit.actors") / "context.toml").read_text(encoding="utf-8"))
    return Context(**{field.name: frozenset(raw[field.name]) for field in fields(Context)})


def _folded(text: str) -> str:
    """Replace characters that print alike by one of them."""
    if text.isascii() and text.isprintable():
        return text
    for odd, plain in FOLD:
        text = text.replace(odd, plain)
    return text


def _variants(alias: str) -> list[str]:
    """Give the ways in which an alias may also be written: raised, in capitals, as a title, in decomposed accents."""
    variants = [alias, alias[:1].upper() + alias[1:], alias.upper()]
    if alias.islower():
        variants.append(alias.title())
    return variants if alias.isascii() else [*variants, *(normalize("NFD", variant) for variant in variants)]


def _joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters belong to one word."""
    return _is_of_word(left) and _is_of_word(right)


def _is_of_word(character: str) -> bool:
    # A combining accent belongs to the letter before it.
    return character.isalnum() or character == "_" or combining(character) > 0


def _is_headline(text: str) -> bool:
    """Tell whether most longer words carry a capital."""
    words: list[str] = [word for word in WORD.findall(text) if len(word) > 3]
    return sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _words(text: str) -> list[str]:
    """Give the words of a text in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def _word_before(text: str, start: int) -> str:
    """Give the word before an offset as it stands there; empty unless one space parts them."""
    if start < 2 or text[start - 1] != " ":
        return ""
    return text[text.rfind(" ", 0, start - 1) + 1 : start - 1]


def _after(text: str, end: int) -> list[str]:
    """Give up to three words right after an offset, in lower case, as far as only spaces part them."""
    match = WORDS_AFTER.match(text, end)
    return match.group().lower().split() if match else []
