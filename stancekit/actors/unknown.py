"""Frequent names of a corpus that no entry of the catalogue covers, as rows to be completed and added."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from unicodedata import normalize

import pandas as pd

from stancekit.actors.entries import COUNTS
from stancekit.actors.introducing import HONORIFICS
from stancekit.actors.matching import Matcher
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
NO_NAMES = HONORIFICS | DATES


def unknown_names(
    articles: Iterable[Sequence[str]], matcher: Matcher, *, plain: Collection[str] = frozenset(), at_least: int = 2
) -> pd.DataFrame:
    """Count capitalised names that the catalogue does not know.

    Sentences in which most words are capitalised, headlines above all, are left out: there a name cannot be told from a
    word. Names that an article introduces for a known actor count as known.

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
    mentions: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    lowered: set[str] = set()
    for parts in articles:
        lowered.update(word for part in parts for word in WORD.findall(part) if word.islower())
        here = Counter(_names_in(parts, matcher.for_article(parts, plain), plain))
        mentions.update(here)
        spread.update(dict.fromkeys(here, 1))
    chosen = sorted((-count, name) for name, count in mentions.items() if count >= at_least)
    # What the corpus also writes in lower case is a word that began a sentence.
    chosen = [(count, name) for count, name in chosen if name.lower() not in lowered]
    taken: set[str] = set(matcher.catalogue)
    rows = [(_slug(name, taken), name, "", "", "", -count, spread[name]) for count, name in chosen]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = [name for name in COLUMNS if name not in COUNTS]
    return frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(COUNTS, "int64"))


def _names_in(parts: Iterable[str], matcher: Matcher, plain: Collection[str]) -> Iterator[str]:
    for part in parts:
        for start, end in segment(part)[0]:
            sentence = part[start:end]
            # The first word has its capital in any sentence.
            words = [word for word in WORD.findall(sentence)[1:] if word not in SMALL]
            if sum(word[0].isupper() for word in words) <= HEADLINE * len(words):
                yield from _names_of(sentence, matcher, plain)


def _names_of(sentence: str, matcher: Matcher, plain: Collection[str]) -> Iterator[str]:
    known = matcher.names(sentence)
    for match in NAME.finditer(sentence):
        # "Acme Bank of Kenya" is a name of its own, "Acme" beside Kenya is no more than half of one.
        if any(name.start < match.end() and match.start() < name.end for name in known):
            continue
        words = match.group().split()
        while words and _is_plain(words[0], plain):
            words.pop(0)
        if words and len("".join(words)) > 1:
            yield " ".join(words)


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
