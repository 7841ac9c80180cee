"""Frequent names of a corpus that no entry of the catalogue covers, as rows to be completed and added."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

import pandas as pd

from stancekit.actors.context import context
from stancekit.actors.entries import COUNTS
from stancekit.actors.introducing import HONORIFICS
from stancekit.actors.matching import Matcher
from stancekit.actors.mentions import Mention
from stancekit.actors.words import after
from stancekit.sentences import segment

__all__ = ["COLUMNS", "unknown_names"]

COLUMNS = ("actor_id", "name", "kind", "parent_id", "aliases", *COUNTS)
"""Columns of the table: those of a catalogue file, ids proposed and kinds left open, and two counts."""

NAME = re.compile(
    r"(?<![\w'’-])[A-Z][\w-]*(?:['’](?!s\b)\w+)?"
    r"(?: (?:(?:of|for|de|del|da|bin|al|el|von|van) (?:the )?){0,1}[A-Z][\w-]*(?:['’](?!s\b)\w+)?){0,6}"
)
WORD = re.compile(r"\w+(?:['’-]\w+)*")
HEADLINE = 0.9
# Small in any headline, so that they tell nothing.
SMALL = frozenset(
    "a an the and or of in on to at for with as by from over near after into is it its but not".split()  # noqa: SIM905
)
DATES = frozenset({"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"})
# Beside a name they are no part of it.
BESIDE = frozenset("the a an attorney republican democratic republicans democrats house sens reps messrs".split())  # noqa: SIM905
# "R., Calif.", "Tampa, Fla.": short for places.
SHORT_PLACES = frozenset(
    """
    ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa tenn
    tex va vt wash wis wyo
    """.split()  # noqa: SIM905
)
NO_NAMES = HONORIFICS | DATES | SHORT_PLACES
# "I'm", "D-Calif", "R-Texas": no names.
NO_NAME = re.compile(r"I['’](?:m|ve|ll|d)\b|[DRI]-[A-Z]")
# "European", "Islamist": before a noun they describe.
DESCRIBING = re.compile(r"[A-Z][a-z]+(?:ean|ian|can|nese|ish|ic|ist|ino|an)")
DESCRIBES = 0.7
# A name that stands so often behind "in" and "near" is a place; places do not act.
LOCATED = 0.3
# A name in ever the same few sentences belongs to a form: "Privacy Policy", "Daily Newsletters".
VARIED, OFTEN = 0.3, 10
FUNCTION = frozenset(
    """
    and or but who which that is was are were be has have had will would said says in on at of to for from with by as
    """.split()  # noqa: SIM905
)
# "Austin, Texas," and "from Austin, Texas."
ADDRESSED = re.compile(r"[A-Z][\w'-]*, $")
BEFORE = re.compile(r"(?:(?<!\w)([\w'-]+) )?(?:the )?$")


class _Use:
    """How a corpus uses a name: how often, in how many articles and sentences, and between which words."""

    __slots__ = ("articles", "described", "located", "mentions", "sentences")

    def __init__(self) -> None:
        self.mentions = self.articles = self.located = self.described = 0
        self.sentences: set[int] = set()

    def is_name(self, name: str) -> bool:
        """Tell a name of somebody from places, descriptions and forms."""
        if self.located > LOCATED * self.mentions or NO_NAME.match(name):
            return False
        if self.mentions >= OFTEN and len(self.sentences) < VARIED * self.mentions:
            return False
        return not (DESCRIBING.fullmatch(name) and self.described > DESCRIBES * self.mentions)


def unknown_names(
    articles: Iterable[Sequence[str]], matcher: Matcher, *, plain: Collection[str] = frozenset(), at_least: int = 2
) -> pd.DataFrame:
    """Count capitalised names that the catalogue does not know.

    Sentences in which most words are capitalised, headlines above all, are left out: there a name cannot be told from a
    word. Names that an article introduces for a known actor count as known. Left out as well are names that mostly
    stand behind *in* or *near* (places do not act), that describe a noun (*European leaders*), and that stand in ever
    the same few sentences, as those of forms do.

    Parameters
    ----------
    articles : iterable of sequence of str
        Title and body of each.
    matcher : Matcher
        With the catalogue.
    plain : collection of str, optional
        Words in lower case that are no names though they may be capitalised: they are cut off at the ends of a name.
    at_least : int, default 2
        Names less frequent than this are left out.

    Returns
    -------
    DataFrame
        One row per name with the columns :data:`COLUMNS`, the most frequent first; ``kind``, ``parent_id`` and
        ``aliases`` are empty.

    Examples
    --------
    >>> texts = ["The villagers blamed Acme Mining. Later, Acme Mining blamed Kenya."]
    >>> unknown_names([texts], Matcher())[["actor_id", "name", "n_mentions"]].values.tolist()
    [['acme-mining', 'Acme Mining', 2]]
    """
    uses: dict[str, _Use] = {}
    lowered: set[str] = set()
    for parts in articles:
        lowered.update(word for part in parts for word in WORD.findall(part) if word.islower())
        here: set[str] = set()
        for name, place in _names_in(parts, matcher, plain):
            use = uses.setdefault(name, _Use())
            use.mentions += 1
            use.articles += name not in here
            use.located += place.located
            use.described += place.described
            use.sentences.add(place.sentence)
            here.add(name)
    # What the corpus also writes in lower case is a word that began a sentence.
    chosen = sorted(
        (-use.mentions, name)
        for name, use in uses.items()
        if use.mentions >= at_least and name.lower() not in lowered and use.is_name(name)
    )
    taken: set[str] = set(matcher.catalogue)
    rows = [(_slug(name, taken), name, "", "", "", -count, uses[name].articles) for count, name in chosen]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = [name for name in COLUMNS if name not in COUNTS]
    return frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(COUNTS, "int64"))


class _Place(NamedTuple):
    """Where one mention stands: in which sentence, whether behind a preposition of place, whether before a noun."""

    sentence: int
    located: bool
    described: bool


def _names_in(parts: Sequence[str], matcher: Matcher, plain: Collection[str]) -> Iterator[tuple[str, _Place]]:
    spans = [segment(part)[0] for part in parts]
    for part, sentences, found in zip(parts, spans, matcher.scan_article(parts, spans, plain), strict=True):
        for (start, end), known in zip(sentences, found, strict=True):
            sentence = part[start:end]
            # The first word has its capital in any sentence.
            words = [word for word in WORD.findall(sentence)[1:] if word not in SMALL]
            if sum(word[0].isupper() for word in words) <= HEADLINE * len(words):
                yield from _names_of(sentence, known.names, plain)


def _names_of(sentence: str, known: Sequence[Mention], plain: Collection[str]) -> Iterator[tuple[str, _Place]]:
    lists = context()
    number = hash(sentence)
    for match in NAME.finditer(sentence):
        # "Acme Bank of Kenya" is a name of its own, "Acme" beside Kenya is no more than half of one.
        if any(name.start < match.end() and match.start() < name.end for name in known):
            continue
        words = match.group().split()
        opens = not any(character.isalpha() for character in sentence[: match.start()])
        # Within a sentence a common word with a capital is part of the name: "New York Times".
        beside = lists.titles | NO_NAMES | BESIDE
        if all(_is_plain(word, plain) or word.lower() in beside for word in words):
            continue
        while words and _is_plain(words[0], plain if opens else beside):
            words.pop(0)
        while words and _is_plain(words[-1], beside):
            words.pop()
        if words and len("".join(words)) > 1:
            before = BEFORE.search(sentence, max(0, match.start() - 30), match.start())
            preposition = (before[1] or "").lower() if before and len(words) == len(match.group().split()) else ""
            following = after(sentence, match.end())
            described = bool(following) and sentence[match.end() + 1].islower() and following[0] not in FUNCTION
            located = preposition in lists.locative or preposition in {"at", "from"}
            if not located and sentence[match.end() : match.end() + 1] in {",", ".", ""}:
                located = ADDRESSED.search(sentence, max(0, match.start() - 20), match.start()) is not None
            yield " ".join(words), _Place(number, located, described)


def _is_plain(word: str, plain: Collection[str]) -> bool:
    return word.lower() in plain or word.lower() in NO_NAMES or not word[0].isupper()


def _slug(name: str, taken: set[str]) -> str:
    """Give an id that no other entry has."""
    ascii_name = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or "actor"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    taken.add(slug)
    return slug
