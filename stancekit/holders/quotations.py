"""Stretches of a text between quotation marks, followed over sentences and paragraphs."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

Span = tuple[int, int]

# Within a word a single mark is an apostrophe, and the commonest of all marks.
QUOTE_MARK = re.compile(r"[“”\"‘’'](?:(?<!\w['’])|(?!\w))")
SINGLE_LENGTH = 1000
"""Single marks further apart, in characters, are apostrophes."""


class Quote(NamedTuple):
    """A stretch of a sentence between quotation marks; those of one quotation share `number`."""

    start: int
    end: int
    number: int
    opened_before: bool


def quotes_by_sentence(text: str, sentences: Sequence[Span]) -> dict[int, list[Quote]]:
    """Give for each sentence that has any the stretches in quotation marks, offsets in the sentence."""
    result: dict[int, list[Quote]] = {}
    marks = [(match.start(), match[0]) for match in QUOTE_MARK.finditer(text)]
    if not marks or not sentences:
        return result
    starts = [start for start, _ in sentences]
    for start, end, number in _quotations(text, marks):
        for i in range(max(0, bisect_right(starts, start) - 1), len(sentences)):
            first, last = sentences[i]
            if first >= end:
                break
            if last > start:
                piece = Quote(max(start, first) - first, min(end, last) - first, number, start < first)
                result.setdefault(i, []).append(piece)
    return result


def _quotations(text: str, marks: list[tuple[int, str]]) -> Iterator[tuple[int, int, int]]:
    """Give the outermost quotations as ``(start, end, number)``; paragraphs of one quotation share the number."""
    number = 0
    open_before = False
    before = 0
    for first, last, here in _paragraphs(text, marks):
        if open_before and text[before:first].strip():
            # A paragraph without a mark stands between.
            open_before = False
        before = last
        found = list(_paragraph_quotations(text, first, last, here))
        for index, (start, end, closed) in enumerate(found):
            # A quotation left open at the end of a paragraph goes on where the next one opens it again.
            goes_on = index == 0 and open_before and start - first <= 1
            number += not goes_on
            yield start, end, number
            open_before = not closed
        if not found:
            open_before = False


def _paragraphs(text: str, marks: list[tuple[int, str]]) -> Iterator[tuple[int, int, list[tuple[int, str]]]]:
    """Give the paragraphs that hold marks, with them."""
    here: list[tuple[int, str]] = []
    start, end = 0, -1
    for mark in marks:
        if mark[0] >= end:
            if here:
                yield start, end, here
            start = text.rfind("\n", 0, mark[0]) + 1
            end = text.find("\n", mark[0])
            end = len(text) if end < 0 else end
            here = []
        here.append(mark)
    if here:
        yield start, end, here


def _paragraph_quotations(
    text: str, start: int, end: int, marks: list[tuple[int, str]]
) -> Iterator[tuple[int, int, bool]]:
    """Give ``(start, end, closed)`` of the outermost quotations in a paragraph."""
    position = start
    for index, (at, mark) in enumerate(marks):
        if at < position or not _opens(text, at, start, end, mark):
            continue
        double = mark in '“"'
        limit = end if double else min(end, at + SINGLE_LENGTH)
        close = _closing(text, marks, index, limit)
        if close is None:
            if not double:
                continue
            yield at, end, False
            return
        position = close + 1
        yield at, position, True


def _closing(text: str, marks: list[tuple[int, str]], index: int, limit: int) -> int | None:
    """Give the offset before `limit` at which the quotation opened by mark `index` closes."""
    opening = marks[index][1]
    for k in range(index + 1, len(marks)):
        at, closer = marks[k]
        if at >= limit:
            break
        if _closes(text, at, closer, opening, limit):
            return at
    # Nothing is looked at beyond the limit, so there a mark within a word closes as well.
    last = limit - 1
    within = opening in "‘'" and last > marks[index][0] and text[last] in "'’"
    return last if within and _closes(text, last, text[last], opening, limit) else None


def _opens(text: str, at: int, start: int, end: int, mark: str) -> bool:
    if mark in "”’" or at + 1 >= end or text[at + 1].isspace():
        return False
    if mark == "“":
        return True
    return at == start or text[at - 1].isspace() or text[at - 1] in "([—–-“:"


def _closes(text: str, at: int, closer: str, mark: str, end: int) -> bool:
    if mark in '“"':
        return closer == ("”" if mark == "“" else '"') and not (mark == '"' and text[at - 1].isspace())
    if closer != ("’" if mark == "‘" else "'") or text[at - 1].isspace():
        return False
    if at + 1 < end and (text[at + 1].isalnum() or text[at + 1] == "_"):
        return False
    # "the workers' demands": a plural's apostrophe is no closing mark.
    return not (
        text[at - 1] == "s"
        and at + 2 < end
        and text[at + 1] == " "
        and text[at + 2].islower()
        and text.find(closer, at + 1, end) >= 0
    )
