"""Sentences that repeat one another, seen through word n-grams in which every actor is one and the same word."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

__all__ = ["Repetition", "collapsed", "near_duplicates", "shared_runs"]

SHORT = 4
LONG = 8
WORD = re.compile(r"\w+(?:[-'’.]\w+)*")


class Repetition(NamedTuple):
    """Two sentences that repeat one another.

    Attributes
    ----------
    later, earlier : int
        Their positions.
    shared, of : int
        How many of the 4-grams of the one with fewer both have.
    """

    later: int
    earlier: int
    shared: int
    of: int


def collapsed(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """Give the words of a sentence in lower case, every mention of an actor replaced by the word ``actor``.

    Parameters
    ----------
    text : str
        The sentence.
    spans : iterable of (int, int)
        Mentions in it, in any order.

    Returns
    -------
    list of str
        Words in their order.

    Examples
    --------
    >>> collapsed("The Kenyan army's well-armed men left.", [(4, 15)])
    ['the', 'actor', 's', 'well-armed', 'men', 'left']
    """
    last, pieces = 0, []
    for start, end in sorted(spans):
        pieces += [text[last:start], " actor "]
        last = max(last, end)
    return [word.lower() for word in WORD.findall("".join([*pieces, text[last:]]))]


def near_duplicates(sentences: Sequence[Sequence[str]]) -> Iterator[Repetition]:
    """Find the pairs that share more than half of the word 4-grams of the one that has fewer.

    Parameters
    ----------
    sentences : sequence of sequence of str
        Words. A sentence of fewer than four repeats nothing.

    Yields
    ------
    Repetition
        Ordered by the later, then the earlier one.

    Examples
    --------
    >>> list(near_duplicates(["the army of actor left".split(), "the army of actor stayed on".split()]))
    []
    >>> list(near_duplicates(["the army of actor".split(), "so the army of actor left".split()]))
    [Repetition(later=1, earlier=0, shared=1, of=1)]
    """
    grams = [set(_grams(words, SHORT)) for words in sentences]
    seen: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for later, own in enumerate(grams):
        shared = Counter(earlier for gram in own for earlier in seen[gram])
        for earlier, count in sorted(shared.items()):
            of = min(len(own), len(grams[earlier]))
            if 2 * count > of:
                yield Repetition(later, earlier, count, of)
        for gram in own:
            seen[gram].append(later)


def shared_runs(sentences: Sequence[Sequence[str]], groups: Sequence[Hashable]) -> Iterator[tuple[int, int, str]]:
    """Find sentences with a run of eight words that stands in an earlier sentence of another group.

    Parameters
    ----------
    sentences : sequence of sequence of str
        Words.
    groups : sequence of hashable
        The group of each sentence; within a group runs may be shared. The group in which a run stands first is the one
        that it is compared with.

    Yields
    ------
    tuple of (int, int, str)
        The position of the sentence, that of the earlier one, and the first such run; once per sentence.

    Examples
    --------
    >>> words = "the army of actor left the town on monday".split()
    >>> list(shared_runs([words, words], ["train", "test"]))
    [(1, 0, 'the army of actor left the town on')]
    """
    first: dict[tuple[str, ...], int] = {}
    for later, words in enumerate(sentences):
        found = ((first.setdefault(gram, later), gram) for gram in list(_grams(words, LONG)))
        # All runs are noted before any is compared.
        for earlier, gram in list(found):
            if groups[earlier] != groups[later]:
                yield later, earlier, " ".join(gram)
                break


def _grams(words: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[i : i + n]) for i in range(len(words) - n + 1))
