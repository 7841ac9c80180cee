"""Names that an article introduces itself: abbreviations and short forms in brackets, surnames after full names.

They hold for the whole article, title included: an abbreviation in a headline means what the text says it means.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from stancekit.actors.mentions import Mention

__all__ = ["ABBREVIATION", "SHORT_FORM", "SURNAME", "Introduced", "introduced"]

ABBREVIATION, SHORT_FORM, SURNAME = "abbreviation", "short form", "surname"

OPENED = r" \((?:(?:also |better |hereafter |known as |abbreviated |or )*)?"
CLOSED = r"(?:[,;] [^()]{1,60})?\)"
# "(RSF)", "(the RSF)", "(RSF, after its initials)", ", or RSF,".
BRACKETED = re.compile(OPENED + r"(?:the )?[\"'“]?([A-Z][A-Za-z0-9&./-]{1,11})[\"'”]?" + CLOSED)
APPENDED = re.compile(r", (?:or|also known as|known as|abbreviated) (?:the )?([A-Z]{2,8})(?=[,.;])")
# "(the Group)", "(hereafter "the Group")".
CALLED = re.compile(OPENED + r"[\"'“]?the [\"'“]?([A-Z][a-z]+(?: [A-Z][a-z]+){0,2})[\"'”]?" + CLOSED)
# What follows a name where it may be introduced: nearly all are sorted out by this.
INTRODUCING = (" (", ")", ", or ", ", also known as ", ", known as ", ", abbreviated ")
BEFORE = re.compile(r"(?<![\w-])([A-Z]{2,8}) \((?:the )?$")
# The name is the tail of a longer one: "Friends of Oxfam", "Popular Polisario Front".
LONGER = re.compile(
    r"\b(?!(?:The|A|When|While|As|But|And|In|On|After|Before|If|With|That|For|Since|Then|By)\b)"
    r"[A-Z][\w'-]* (?:(?:of|for|and|de|du) (?:the )?)?$"
)
SMALL = frozenset({"of", "the", "and", "for", "in", "to", "de", "du", "la", "al"})
# Agencies stand in brackets after whatever they report of.
AGENCIES = frozenset({"AP", "AFP", "ANP", "DPA", "EPA", "PA", "UPI", "TASS", "IRNA", "SANA", "WAM", "KCNA"})
HONORIFICS = frozenset(
    """
    mr mrs ms miss dr prof gen col lt maj capt sgt brig adm cmdr rev sen rep gov sir lady lord dame pope judge
    justice mayor governor professor general
    """.split()  # noqa: SIM905 - one word a line would fill a page
)
RAISED = re.compile(r"(?<![\w-])([A-Z][\w'-]+)$")
NUMERAL = re.compile(r"[IVX]+\Z")


class Introduced(NamedTuple):
    """A name that an article introduces.

    Attributes
    ----------
    alias : str
        As it is written.
    actor_id : str
        Whose name it is.
    role : str
        As in :class:`stancekit.actors.Mention`.
    how : str
        ``"abbreviation"``, ``"short form"`` or ``"surname"``.
    """

    alias: str
    actor_id: str
    role: str
    how: str


def introduced(
    parts: Sequence[tuple[str, Sequence["Mention"]]],
    *,
    kinds: Mapping[str, str],
    known: Collection[str],
    titles: Collection[str],
    plain: Collection[str],
) -> list[Introduced]:
    """Collect the names that an article introduces.

    Parameters
    ----------
    parts : sequence of (text, names)
        Title and body, with all names of the catalogue in them.
    kinds : mapping of str to str
        Kind by actor id.
    known : collection of str
        Aliases of the catalogue; those mean what they mean there, whatever stands in brackets.
    titles : collection of str
        Words of office in lower case; before a surname they tell of no first name.
    plain : collection of str
        Words in lower case that are no names even with a capital: a surname such as *May* or *Rice* is not taken, for
        alone it cannot be told from the word.

    Returns
    -------
    list of Introduced
        One per alias; an alias introduced for two actors is left out.
    """
    found: dict[str, set[Introduced]] = {}
    bearers: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    for text, names in parts:
        for name in names:
            kind = kinds[name.actor_id]
            if kind == "person":
                written = text[name.start : name.end]
                if (written, name.actor_id) in seen:
                    continue
                seen.add((written, name.actor_id))
                for surname, first in _surnames(written):
                    bearers.setdefault(surname, set()).add(first)
                    found.setdefault(surname, set()).add(Introduced(surname, name.actor_id, "name", SURNAME))
            elif kind in {"state", "organisation", "armed_group"} and text.startswith(INTRODUCING, name.end):
                for alias, how in _short_names(text, name, kind):
                    role = "place" if name.role == "place" else "name"
                    found.setdefault(alias, set()).add(Introduced(alias, name.actor_id, role, how))
    chosen = []
    for alias, candidates in found.items():
        if alias in known or alias.lower() in plain or len({one.actor_id for one in candidates}) > 1:
            continue
        if alias in bearers and _has_other_bearers(alias, bearers[alias], parts, (titles, HONORIFICS, plain)):
            continue
        chosen.append(min(candidates))
    # A short form is a common word with a capital, so it is no less welcome for being one.
    return chosen + [
        min(candidates)
        for alias, candidates in found.items()
        if alias.lower() in plain
        and alias not in known
        and len({one.actor_id for one in candidates}) == 1
        and min(candidates).how == SHORT_FORM
    ]


def _surnames(written: str) -> Iterator[tuple[str, str]]:
    """Give what a person may be called after the full name, with the word before: Sarraj, al-Sarraj, after "Fayez"."""
    words = written.split()
    if words[-1] in {"Jr", "Jr.", "Sr", "Sr."}:
        words = words[:-1]
    if len(words) < 2 or NUMERAL.match(words[-1]):
        return
    bare = words[-1].removeprefix("al-").removeprefix("Al-").removeprefix("el-")
    for surname in {words[-1], bare}:
        if len(bare) > 2 and bare[0].isupper() and bare.lower() not in HONORIFICS:
            yield surname, words[-2]


def _has_other_bearers(
    surname: str,
    firsts: set[str],
    parts: Sequence[tuple[str, Sequence["Mention"]]],
    no_names: Sequence[Collection[str]],
) -> bool:
    """Tell whether the article names somebody else of that surname: "his wife, Fatou Barrow"."""
    words = {word for text, _ in parts for word in _words_before(text, surname)}
    return any(word not in firsts and not any(word.lower() in listed for listed in no_names) for word in words)


def _words_before(text: str, surname: str) -> Iterator[str]:
    """Give the raised words that stand right before a surname."""
    place = text.find(f" {surname}")
    while place >= 0:
        end = place + 1 + len(surname)
        if not text[end : end + 1].isalnum() and text[end : end + 1] != "_":
            before = RAISED.search(text, max(0, place - 40), place)
            if before:
                yield before[1]
        place = text.find(f" {surname}", end)


def _short_names(text: str, name: "Mention", kind: str) -> Iterator[tuple[str, str]]:
    """Give the abbreviations and short forms that stand right behind a name, or before it."""
    written = text[name.start : name.end]
    if text[name.end] == ")":
        before = BEFORE.search(text, max(0, name.start - 16), name.start)
        if before and _fits(before[1], written):
            yield before[1], ABBREVIATION
        return
    if called := CALLED.match(text, name.end):
        yield called[1], SHORT_FORM
        return
    match = BRACKETED.match(text, name.end) or APPENDED.match(text, name.end)
    if match is None or match[1] in AGENCIES:
        return
    short = match[1]
    if _fits(short, written):
        yield short, ABBREVIATION
        return
    # An abbreviation of the name in its own language: nothing but its place tells of whom.
    foreign = kind != "state" and short.isupper() and short.isalpha() and 3 <= len(short) <= 6
    if foreign and not LONGER.search(text[max(0, name.start - 40) : name.start]):
        yield short, ABBREVIATION


def _fits(short: str, written: str) -> bool:
    """Tell whether an abbreviation is made of the first letters of a name, small words perhaps left out."""
    letters = [letter for letter in short.upper() if letter.isalpha()]
    words = [word for word in re.split(r"[\s-]+", written) if word]
    every = [word[0].upper() for word in words]
    great = [word[0].upper() for word in words if word.lower() not in SMALL]
    return len(letters) > 1 and (letters in (every, great) or (len(letters) > 2 and sorted(letters) == sorted(great)))
