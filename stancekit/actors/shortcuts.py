"""What the characters and words right beside a name tell at once, as the rules of :mod:`stancekit.actors.usage` would.

Most names need no more, and the rules cost three times as much. Nothing here decides otherwise than they do.
"""

import re

from stancekit.actors.context import Context
from stancekit.actors.words import word_before

__all__ = [
    "DATELINE_REACH",
    "LAST_DATELINE",
    "is_surely_a_group",
    "is_surely_a_state",
    "is_surely_place",
    "leads_to_place",
]

DATELINE_REACH = 26
"""The bracket of a dateline opens within so many characters behind the name."""
LAST_DATELINE = 30
"""A town's name before the name may take so many characters."""
CLAUSE_ENDS = ",.;?!"
# "withdrew all its troops from Mali": where they are no more.
WITHDRAWN = re.compile(
    r"\b(?:[Ww]ithdr[ae]w|[Pp]ull(?:ed|ing|out)?\b|[Rr]emov(?:ed?|ing|al)\b|[Ee]vacuat)"
    r"(?:\w*|[^;:]*\b(?:troops|forces|soldiers|personnel|staff|workers|units|contingents?|presence|missions?|advisers"
    r"|diplomats|peacekeepers)\b(?: \w+){0,2}) $"
)
# "deployed hundreds of troops to Syria", "moved its embassy to Jerusalem": where they are now.
CARRIED = re.compile(
    r"\b(?:[Mm]ov(?:e[ds]?|ing)|[Rr]elocat|[Tt]ransfer|[Dd]eploy|[Ff]lown|[Bb]r(?:ing|ought)|[Ss]en[dt])[^;:]*?"
    r"\b(?:embassy|troops|forces|soldiers|bombers|prisoners|detainees|combatants|families|family|children|migrants"
    r"|refugees|officers|militiamen|volunteers|operators)\b(?: \w+){0,2} $"
)
REACH = 70


def is_surely_a_group(text: str, end: int, actor_id: str, lists: Context) -> bool:
    """Tell whether nothing named and no thing stands beside a generic word."""
    if actor_id in lists.armed:
        return False
    if text[end : end + 1] != " ":
        return True
    stop = text.find(" ", end + 1)
    word = text[end + 1 : stop].rstrip(CLAUSE_ENDS)
    return stop > 0 and word.isalpha() and word.lower() not in lists.things


def is_surely_a_state(text: str, end: int, following: int, lists: Context) -> bool:
    """Tell whether a nationality stands before a word in lower case that is no matter of people or culture."""
    stop = text.find(" ", end + 1)
    if stop < 0 or text[end] != " " or following == end + 1:
        return False
    word = text[end + 1 : stop].rstrip(CLAUSE_ENDS)
    return word.isalpha() and word.islower() and word not in lists.describing


def is_surely_place(text: str, start: int, end: int, following: int, lists: Context) -> bool | None:
    """Tell what the rules for places would, at a third of the cost; none if it takes more than the nearest words.

    Sure is a name where no list of places goes on, before a sign that ends a clause or a word that tells nothing, and
    at the beginning or behind common words.
    """
    sign = text[end : end + 1]
    if sign == " ":
        stop = text.find(" ", end + 1)
        word = text[end + 1 : stop].rstrip(CLAUSE_ENDS)
        if stop < 0 or following == end + 1 or not word.isalpha() or word.lower() in lists.telling:
            return None
        if not word.islower() and text[start:end] in lists.given_names:
            return None
    elif sign not in CLAUSE_ENDS or following <= end + 2:
        return None
    if start <= LAST_DATELINE and (sign == "," or "(" in text[end : end + DATELINE_REACH]):
        return None
    if not start:
        return False
    if text[start - 1] != " ":
        return None
    opens = text.rfind(" ", 0, start - 1) + 1
    before = text[opens : start - 1].lower()
    if before == "the" and opens > 1:
        close = opens - 1
        opens = text.rfind(" ", 0, close) + 1
        before = text[opens:close].lower()
    if not before.isalpha():
        return None
    if before in lists.locative:
        return word_before(text, opens).lower() not in lists.attitude
    if before in lists.directions:
        return leads_to_place(text, opens, before, lists)
    return None if before in lists.governing else False


def leads_to_place(text: str, start: int, word: str, lists: Context) -> bool:
    """Tell whether the words up to the one at ``start`` make a mere place of what follows: "fled to", "out of"."""
    before = word_before(text, start).lower()
    if (before in lists.motion and word in lists.directions) or f"{before} {word}" in lists.ways:
        # "When it comes to Chad" is no journey.
        return word_before(text, start - len(before) - 1).lower() != "it"
    if word == "to":
        return CARRIED.search(text, max(0, start - REACH), start) is not None
    return word == "from" and (
        before in lists.people or WITHDRAWN.search(text, max(0, start - REACH), start) is not None
    )
