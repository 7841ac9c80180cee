"""Regular expressions for names: which are allowed, so that none can take long, and how they are compiled.

A repeat without an end is one of at most :data:`LONGEST` (no name is longer), and an expression that could match in
more than :data:`MOST_WAYS` ways at one place is refused. So the time a sentence takes grows with its length alone.
"""

import re
import warnings
from dataclasses import dataclass, field

__all__ = ["LONGEST", "MOST_WAYS", "compiled", "fault"]

LONGEST = 60
MOST_WAYS = 100_000
LENGTH = 500

TOKEN = re.compile(
    r"""(?P<back>\\[1-9]|\(\?P=|\(\?\(|\(\?\#)
    |(?P<flags>\(\?[a-zA-Z]+\))
    |(?P<escape>\\N\{[^}]*\}|\\.)
    |(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    |(?P<open>\((?:\?(?:[:=!>]|<[=!]|P<\w+>|[a-zA-Z-]+:))?)
    |(?P<close>\))
    |(?P<or>\|)
    |(?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})[?+]?)
    |(?P<one>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class _Group:
    """In how many ways a group can match: its finished alternatives, the one that is read now, its last piece."""

    finished: int = 0
    ways: int = 1
    last: int = 1
    pieces: list[str] = field(default_factory=list)


def compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile an expression so that it finds whole words in bounded time.

    Parameters
    ----------
    pattern : str
        In the syntax of :mod:`re`, without references to groups, conditions, comments and the flags ``x`` and ``L``.

    Returns
    -------
    re.Pattern
        It begins and ends at the border of a word.

    Raises
    ------
    ValueError
        If the expression is none, may match nothing, or may take long; the message goes on after "the pattern".

    Examples
    --------
    >>> compiled(r"Brigade \d+").findall("Brigade 12 and Brigade 7b")
    ['Brigade 12']
    """
    if len(pattern) > LENGTH:
        raise ValueError(f"has {len(pattern)} characters; write at most {LENGTH}, or several entries")
    try:
        with warnings.catch_warnings():
            # What Python warns of will mean something else one day.
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, FutureWarning) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    flags, bounded = _bounded(pattern)
    expression = re.compile(f"{flags}(?<!\\w)(?:{bounded})(?!\\w)")
    if re.compile(f"{flags}(?:{bounded})").fullmatch(""):
        raise ValueError("can match nothing at all; at least one character must stand in it")
    return expression


def fault(pattern: str) -> str | None:
    """Say what is wrong with an expression.

    Parameters
    ----------
    pattern : str
        As in :func:`compiled`.

    Returns
    -------
    str or None
        What goes on after "the pattern"; None if it is allowed.
    """
    try:
        compiled(pattern)
    except ValueError as error:
        return str(error)
    return None


def _bounded(pattern: str) -> tuple[str, str]:
    """Give the flags, and the expression with an end to every repeat."""
    flags, groups = "", [_Group()]
    pieces: list[str] = []
    for match in TOKEN.finditer(pattern):
        kind, token = match.lastgroup, match.group()
        group = groups[-1]
        if kind == "back":
            raise ValueError(f"holds {token!r}; references to groups, conditions and comments are not allowed")
        if kind == "flags" or (kind == "open" and re.search(r"[xL]", token.partition("<")[0])):
            if kind == "open" or set(token[2:-1]) & {"x", "L"}:
                raise ValueError(f"holds {token!r}; the flags x and L are not allowed")
            flags += token
            continue
        if kind == "open":
            groups.append(_Group())
        elif kind == "close":
            groups.pop()
            inner = group.finished + group.ways
            group = groups[-1]
            group.last = inner
            group.ways *= inner
        elif kind == "or":
            group.finished += group.ways
            group.ways = group.last = 1
        elif kind == "repeat":
            token, repeated = _repeat(token, group.last)
            group.ways = group.ways // group.last * repeated
            group.last = repeated
        else:
            group.last = 1
        if group.ways + group.finished > MOST_WAYS:
            raise ValueError(
                f"can match in more than {MOST_WAYS:,} ways at one place and may take very long; "
                "repeat less, such as {1,3}, or without going back, such as \\w++"
            )
        pieces.append(token)
    return flags, "".join(pieces)


def _repeat(token: str, ways: int) -> tuple[str, int]:
    """Give a repeat with an end, and in how many ways what it repeats can match."""
    suffix = token[-1] if len(token) > 1 and token[-1] in "?+" else ""
    body = token.removesuffix(suffix) if suffix else token
    least, most = {"*": (0, LONGEST), "+": (1, LONGEST), "?": (0, 1)}.get(body, (-1, -1))
    if least < 0:
        low, comma, high = body[1:-1].partition(",")
        least = int(low or 0)
        most = int(high) if high else max(least, LONGEST) if comma else least
    bounded = f"{{{least},{most}}}{suffix}"
    # One that does not go back matches in one way, whatever stands in it.
    if suffix == "+":
        return bounded, 1
    if ways == 1:
        return bounded, most - least + 1
    total = 0
    for count in range(least, most + 1):
        total += ways**count
        if total > MOST_WAYS:
            break
    return bounded, total
