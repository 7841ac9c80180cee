"""Which of the aliases that the automaton finds are names: whole words, the longest, one at each place."""

from collections.abc import Sequence

from stancekit.actors.mentions import Mention, mention_of
from stancekit.actors.spelling import FREE, joins

__all__ = ["Hit", "Span", "chosen_in", "is_whole", "mentions_of", "merged", "names_in", "split_hits"]

Span = tuple[int, int]
Hit = tuple[int, int, int]
"""An alias found: its number, and where it stands."""

# Shared by the sentences without names, so not to be changed.
NONE: list[Mention] = []


def names_in(
    text: str, spans: Sequence[Span], hits: Sequence[Hit], entries: Sequence[tuple[str, str]]
) -> list[list[Mention]]:
    """Choose among the hits for each span; where a span begins and ends, so does a word.

    Parameters
    ----------
    text : str
        Any number of sentences; characters that print alike have been made one.
    spans : sequence of (int, int)
        The sentences, in order and disjoint.
    hits : sequence of Hit
        Every place of every alias, by where it ends.
    entries : sequence of (str, str)
        For each alias the actor's id and the role.

    Returns
    -------
    list of list of Mention
        For each span, in order and disjoint; offsets in the span.
    """
    names: list[list[Mention]] = [NONE] * len(spans)
    if not hits or not spans:
        return names
    last, number = len(spans) - 1, 0
    opens, closes = spans[0]
    chosen: list[Hit] = []
    for hit in hits:
        _, start, end = hit
        if end > closes:
            if chosen:
                names[number] = mentions_of(chosen, opens, entries)
                chosen = []
            while end > closes:
                if number == last:
                    return names
                number += 1
                opens, closes = spans[number]
        if start < opens:
            continue
        # Most neighbours are spaces; those need no closer look.
        if start > opens and (before := text[start - 1]) not in FREE and joins(before, text[start]):
            continue
        if end < closes and (behind := text[end]) not in FREE and joins(text[end - 1], behind):
            continue
        if chosen and chosen[-1][2] > start:
            _choose(chosen, hit, text)
        else:
            chosen.append(hit)
    if chosen:
        names[number] = mentions_of(chosen, opens, entries)
    return names


def chosen_in(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """Choose among the hits of a text as a whole, as :func:`names_in` does for one span that is all of it."""
    chosen: list[Hit] = []
    size, free = len(text), 0
    for hit in hits:
        _, start, end = hit
        if start and (before := text[start - 1]) not in FREE and joins(before, text[start]):
            continue
        if end < size and (behind := text[end]) not in FREE and joins(text[end - 1], behind):
            continue
        if free > start:
            _choose(chosen, hit, text)
            free = chosen[-1][2]
        else:
            chosen.append(hit)
            free = end
    return chosen


def mentions_of(chosen: Sequence[Hit], opens: int, entries: Sequence[tuple[str, str]]) -> list[Mention]:
    """Make mentions of the hits in a span that begins at an offset."""
    return [mention_of((start - opens, end - opens, *entries[index])) for index, start, end in chosen]


def _choose(chosen: list[Hit], hit: Hit, text: str) -> None:
    """Put an alias in place of those that it covers, unless one that begins before it goes on into it.

    Hits come by where they end, so this one is no shorter than those that begin where it does.
    """
    _, start, end = hit
    keep = len(chosen)
    while keep and chosen[keep - 1][1] >= start:
        keep -= 1
    if keep and chosen[keep - 1][2] > start:
        _, other, stop = chosen[keep - 1]
        # "The West" does not hide "West Papua National Liberation Army", which begins behind its article.
        if other != start - 4 or stop == end or text[other:start].lower() != "the ":
            return
        keep -= 1
    chosen[keep:] = [hit]


def split_hits(
    text: str, spans: Sequence[Span], chosen: Sequence[Hit], entries: Sequence[tuple[str, str]]
) -> list[list[Mention]] | None:
    """Give the names of a text sentence by sentence; none where a border of sentences may have parted or cut one."""
    found: list[list[Mention]] = []
    size, place, count = len(text), 0, len(chosen)
    for opens, closes in spans:
        if (opens and text[opens - 1] not in FREE) or (closes < size and text[closes] not in FREE):
            return None
        first = place
        while place < count and chosen[place][1] < closes:
            if chosen[place][2] > closes or chosen[place][1] < opens:
                return None
            place += 1
        found.append(mentions_of(chosen[first:place], opens, entries) if place > first else NONE)
    return found


def merged(names: list[Mention], fresh: list[Mention]) -> list[Mention]:
    """Add names where none stands, or in place of shorter ones that they cover; the longest wins."""
    if not fresh:
        return names
    for mention in fresh:
        beside = [name for name in names if name.start < mention.end and mention.start < name.end]
        if all(name.end - name.start < mention.end - mention.start for name in beside):
            names = [name for name in names if name not in beside] + [mention]
    return sorted(names)


def is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether what an expression found is neither nothing nor part of a word with an accent."""
    if start == end or (start and joins(text[start - 1], text[start])):
        return False
    return end == len(text) or not joins(text[end - 1], text[end])
