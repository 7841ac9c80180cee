"""Segmentation of news text into sentences with exact offsets.

The library sentencex finds the sentence ends; this module decides before it what no sentence crosses (paragraphs,
headings, list items), and repairs after it what news needs otherwise: quotations are split, a closing quote stays with
its sentence, and a few more abbreviations are known.
"""

# ruff: noqa: SIM905 -- tables of words read better as running text than as a page of literals

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import sentencex

__all__ = ["MAX_SENTENCE", "Segmentation", "segment"]

MAX_SENTENCE = 10_000
"""Longest sentence in characters; what is longer is cut and counted."""

_CUT_ZONE = 200  # a hard cut looks this far back for white space
_WINDOW = 2 * MAX_SENTENCE  # sentencex slows down with the length of a paragraph, so it is fed windows
_WRAP_WIDTHS = range(40, 111)
_FEW_MARKS = 40  # so many characters without a word are no sentence; more are left alone, which keeps time linear
_WRAP_SLACK = 3  # characters by which a line may miss the width it could have filled

# Marks that sentencex pairs up, and inside a pair it never splits. As spaces they are out of its way.
_PAIRED = '"“”„‟«»‹›‘‚‛`「」『』《》()（）<>{}'
_BULLETS = "*•‣◦▪●►"  # after one of these sentencex splits nothing
_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

_SPACES = _PAIRED + _BULLETS + _LINE_BREAKS
_ASCII_SPACES = "".join(char for char in _SPACES if char.isascii())

_BRACKET = re.compile(r"\[(?!\d)")  # sentencex knows references such as [1]
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKER = re.compile(r"(?:[-*•‣◦▪●►·–—]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{2,4})[.)])\s+(?=\S)")
_ENUMERATOR = re.compile(r"[(\[]?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{2,4})[.)]+")
_SENTENCE_END = re.compile(r"[.!?…。؟।:][\"'”’»)\]]*$")
# What closes a sentence after its full stop: marks that touch it, or stand alone after a space.
_CLOSERS = re.compile(r"""((?:["'”’»›)\]}>」』》）]|[“‘«„](?=\s|$))*(?:\s+["'”’»›)\]}」』》）]+(?=\s|$))*)\s*""")
_CLOSING_QUOTES = frozenset("\"'”’“‘»«›」』》")
_OPENERS = "\"'“‘«„([{"
_WORD = re.compile(r"\w")
_LAST_WORD = re.compile(r"(?:[a-z]{2}|\d{2})\.+$")
_FIRST_WORD = re.compile(r"(?!(?:Com|Org|Net|Gov)\b|\w+\.\w)[A-Z](?:[a-z]|\s)")
_LINK = re.compile(r"www\.|[/@\\]")

_NEVER_LAST = frozenset(
    "approx. brig. capt. cmdr. col. cpl. det. dr. e.g. est. gen. gens. gov. govs. i.e. lieut. lt. lt.-gen. maj. "
    "maj.-gen. messrs. mr. mrs. ms. ofc. pfc. pte. rep. reps. ret. sen. sens. sgt. spc. supt. vs.".split()
)
"""Abbreviations that never end a sentence."""

_BEFORE_NUMBER = frozenset(
    "apr. art. aug. ca. ch. dec. feb. fig. figs. jan. jul. jun. mar. no. nos. nov. oct. p. para. paras. pp. sec. sep. "
    "sept. vol. vols.".split()
)
"""Abbreviations that do not end a sentence before a number."""

_WORDS = ("me", "ill", "art", "no", "No", "May", "OK", "ID", "DC")
"""Words that sentencex takes for abbreviations; before a number, `_BEFORE_NUMBER` decides."""

_ACRONYM = re.compile(r"(?:[a-z]\.){2,}")
_CAPITALISED = re.compile(r"[A-Z]\w*")
_STARTERS = frozenset(
    "A After Although An And As At Because Before But By During For From He Her Here His How However I If In It Its "
    "Meanwhile My No Not Now On One Our She Since So Some Still That The Their Then There These They This Those To "
    "Today Two Under Until We What When Where While Who Why With Yes Yet You".split()
)
"""Words that begin a sentence after an acronym such as ``U.S.``, which otherwise goes on with a capital."""

_BEFORE_TIME = frozenset(["a.m.", "p.m."])
_TIME = re.compile(
    r"\(|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.? \d|"
    r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|EES?T|Eastern|Central|Pacific|Moscow|Kyiv|Kiev)\b"
)

_REPORTING_TAIL = re.compile(
    r"(?!(?:He|She|They|It|We|I|You)\b)(?:[A-Z][\w.’'-]*\s+){1,4}"
    r"(?:said|says|asked|asks|added|told|tweeted|wrote|writes|shouted|cried|demanded|replied|wondered|joked|declared|"
    r"exclaimed|continued|explained|posted|yelled|recalled)\b(?!\s+(?:that|for|if|he|she|it|they|the)\b)"
)
"""The name and verb that follow a quoted question or exclamation: ``“Is it over?” Jane Roe asked.``"""


class Segmentation(NamedTuple):
    """Sentences of one text.

    Attributes
    ----------
    spans : list of tuple of int
        ``(start, end)`` in code points; ``text[start:end]`` is the sentence.
    n_cut : int
        How often a stretch without a sentence end was cut at ``MAX_SENTENCE`` characters.
    """

    spans: list[tuple[int, int]]
    n_cut: int


def segment(text: str) -> Segmentation:
    r"""Split a text into sentences.

    Parameters
    ----------
    text : str
        An article, a title, anything; may be empty.

    Returns
    -------
    Segmentation
        ``spans`` in order, disjoint, non-empty, without white space at their ends; between them and at both ends of the
        text there is nothing but white space. ``n_cut`` counts hard cuts.

    Notes
    -----
    Every line is on its own: a line break ends a sentence, as headings and paragraphs of news stand on one line each.
    The exception is hard-wrapped text, where a line break is only a space. A block (lines between blank lines) counts
    as hard-wrapped if all of this holds:

    - its longest line has 40 to 110 characters, and every line but the last is filled: the first word of the next line
      would not have fitted, give or take three characters;
    - of three or more lines, at most half of all but the last end in a sentence end or colon, and at least half of all
      but the first begin with a lower-case letter;
    - of two lines, the first does not end in a sentence end or colon, and the second begins with a lower-case letter.

    A line that begins with ``-``, ``•``, ``1.``, ``(a)`` or the like begins a list item, in wrapped blocks too.

    Quotations and parentheses are split like other text; the closing mark stays with the sentence it closes, and a
    reporting tail (``,” he said.``) with the last sentence of its quotation.

    A stretch of 10,000 characters without an end is cut at the last white space in its last 200 characters, or, where
    there is none, at exactly 10,000. The time is linear in the length of the text.

    Examples
    --------
    >>> from stancekit.sentences import segment
    >>> text = "A Tense Night\nShells fell on the port. “We stayed. We had to,” she said."
    >>> for start, end in segment(text).spans:
    ...     print(start, end, text[start:end])
    0 13 A Tense Night
    14 38 Shells fell on the port.
    39 50 “We stayed.
    51 72 We had to,” she said.
    """
    plain = _neutralise(text)
    spans: list[tuple[int, int]] = []
    n_cut = 0
    for start, end in _units(text):
        n_cut += _segment_unit(text, plain, start, end, spans)
    return Segmentation(spans, n_cut)


def _segment_unit(text: str, plain: str, start: int, end: int, spans: list[tuple[int, int]]) -> int:
    """Add the sentences of a unit to `spans` and return the number of hard cuts.

    A long unit goes by windows; the last sentence of a window, whose end is out of sight, opens the next window.
    """
    if end - start <= MAX_SENTENCE:
        spans += _window_sentences(text, plain, start, end)
        return 0
    n_cut = 0
    while start < end:
        stop = min(end, start + _WINDOW)
        found = _window_sentences(text, plain, start, stop)
        start = found.pop()[0] if stop < end else end
        for first, last in found:
            n_cut += _add(text, first, last, spans)
        if stop - start > MAX_SENTENCE:
            cut = _cut_point(text, start)
            spans.append((start, cut))
            start = _skip_space(text, cut)
            n_cut += 1
    return n_cut


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> int:
    """Add a sentence to `spans`, cut if it is too long, and return the number of cuts."""
    n_cut = 0
    while end - start > MAX_SENTENCE:
        cut = _cut_point(text, start)
        spans.append((start, cut))
        start = _skip_space(text, cut)
        n_cut += 1
    spans.append((start, end))
    return n_cut


def _neutralise(text: str) -> str:
    """Return the text with paired marks and line breaks as spaces, character by character, for sentencex."""
    text = " " + text
    for char in _ASCII_SPACES if text.isascii() else _SPACES:
        text = text.replace(char, " ")
    # A straight quote after a space opens; elsewhere it is an apostrophe or closes, and opens nothing in sentencex.
    text = _BRACKET.sub(" ", text).replace(" '", "  ").replace("…", ".")
    for word in _WORDS:
        text = text.replace(f" {word}.", f" {'z' * len(word)}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        # sentencex refuses lone surrogates, which broken JSON escapes leave behind.
        text = _SURROGATE.sub("\ufffd", text)
    return text[1:]


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches that no sentence crosses, without white space at their ends."""
    block: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        if body:
            start = offset + len(line) - len(line.lstrip())
            block.append((start, start + len(body)))
        elif block:
            yield from _block_units(text, block)
            block = []
        offset += len(line)
    if block:
        yield from _block_units(text, block)


def _block_units(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the units of the lines between two blank lines."""
    if len(lines) == 1:
        yield lines[0]
        return
    first = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or _MARKER.match(text, *lines[i]):
            item = lines[first:i]
            if _is_wrapped(text, item):
                yield item[0][0], item[-1][1]
            else:
                yield from item
            first = i


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether the lines are one hard-wrapped paragraph; the rule stands in `segment`."""
    width = max(end - start for start, end in lines)
    if len(lines) < 2 or width not in _WRAP_WIDTHS:
        return False
    n_ended = n_lower = 0
    for (start, end), (next_start, next_end) in pairwise(lines):
        word = text[next_start:next_end].split(maxsplit=1)[0]
        if end - start + 1 + len(word) < width - _WRAP_SLACK:
            return False
        n_ended += _SENTENCE_END.search(text, max(start, end - 4), end) is not None
        n_lower += word[0].islower()
    pairs = len(lines) - 1
    if pairs == 1:
        return n_ended == 0 and n_lower == 1
    return 2 * n_ended <= pairs <= 2 * n_lower


def _window_sentences(text: str, plain: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the sentences of a stretch that begins with a character other than white space."""
    found: list[tuple[int, int]] = []
    first = start
    for boundary in sentencex.get_sentence_boundaries("en", plain[first:stop])[:-1]:
        point: int = first + boundary["end_index"]
        while point > start and plain[point - 1].isspace():
            point -= 1
        if point <= start:
            continue
        closers = _CLOSERS.match(text, point, stop)
        assert closers is not None
        end, next_start = closers.end(1), closers.end()
        if next_start < stop and not _continues(text, start, point, end, next_start):
            start = _close(text, start, end, next_start, found)
    end = start + len(text[start:stop].rstrip())
    if _close(text, start, end, stop, found) != stop:
        found.append((start, end))
    return found


def _close(text: str, start: int, end: int, next_start: int, found: list[tuple[int, int]]) -> int:
    """Add a sentence to those found and return where the next one begins.

    A few marks without a word are no sentence: they join the one before or, if there is none, the one after.
    """
    if end - start > _FEW_MARKS or _WORD.search(text, start, end):
        found.append((start, end))
    elif found:
        found[-1] = (found[-1][0], end)
    else:
        return start
    return next_start


def _continues(text: str, start: int, point: int, end: int, next_start: int) -> bool:
    """Whether the sentence goes on after a boundary of sentencex.

    The sentence began at `start`; its full stop ends at `point`, its closing marks at `end`, and what follows begins
    at `next_start`.
    """
    following = text[next_start]
    token = text[max(start, point - 12) : point].rsplit(maxsplit=1)[-1].lstrip(_OPENERS).lower()
    if token in _NEVER_LAST or _ENUMERATOR.fullmatch(text, start, end):
        return True
    if following.isdigit():
        return token in _BEFORE_NUMBER
    if next_start == end == point and _is_inside_name(text, start, point):
        return True
    if text[point - 1] == "…" and following.islower():
        return True
    if end > point:
        if following.islower() or following in ",;:–—":
            return True
        if text[point - 1] in "!?" and text[end - 1] in _CLOSING_QUOTES:
            return _REPORTING_TAIL.match(text, next_start) is not None
    if token in _BEFORE_TIME:
        return _TIME.match(text, next_start) is not None
    if _ACRONYM.fullmatch(token) and following.isupper():
        word = _CAPITALISED.match(text, next_start)
        return word is not None and word.group() not in _STARTERS
    return False


def _is_inside_name(text: str, start: int, point: int) -> bool:
    """Whether a full stop without a space after it belongs to an address, a number or a name such as ``node.JS``.

    A lost space between two sentences looks like ``ended.Then``: lower case before, one capital after.
    """
    if text[point - 1] != "." or not text[point].isascii():
        return False
    before = text[max(start, point - 30) : point].rsplit(maxsplit=1)[-1]
    return _LINK.search(before) is not None or not (_LAST_WORD.search(before) and _FIRST_WORD.match(text, point))


def _cut_point(text: str, start: int) -> int:
    """Return where the sentence that begins at `start` is cut for its length."""
    limit = start + MAX_SENTENCE
    for i in range(limit, limit - _CUT_ZONE, -1):
        if text[i].isspace():
            return start + len(text[start:i].rstrip())
    return limit


def _skip_space(text: str, start: int) -> int:
    """Return the first position from `start` on that is not white space."""
    while start < len(text) and text[start].isspace():
        start += 1
    return start
