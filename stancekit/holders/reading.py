"""A sentence as words and marks, and the places in it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from stancekit.actors import Mention
from stancekit.holders.quotations import Quote, Span
from stancekit.holders.vocabulary import (
    ADDRESSEES,
    AUXILIARIES,
    CUES,
    DAYS,
    ENDING,
    FUNCTION,
    LABELLING,
    NEGATIONS,
    PREPOSITIONS,
    TIMES,
    VERBS,
    WORDS,
)

# No token holds it: a string of tokens is lowered in one go.
_SEPARATOR = "\n"
TOKEN = re.compile(
    r"(?=[A-Z(])(?:(?:[A-Z]\.){2,}"
    r"|(?:Dr|Mrs?|Ms|Prof|Col|Lt|Gen|Brig|Cpl|Sgt|Maj|Capt|Cmdr|Adm|Rev|Sen|Rep|Gov|St|Jr|Sr|No|[A-Z])\.(?=\s)"
    r"|\((?:ret|retd)\.?\))"
    r"|[^\W_]++(?:[-'’.&/][^\W_]++)*+(?:(?<=s)['’](?=\s[A-Za-z]))?"
    r"|[^\w\s]"
)

NOUNS_IN_LY = frozenset({"ally", "assembly", "daily", "family", "monthly", "weekly"})
SCARE_WORDS = 4
"""Inside a clause a quotation of no more words is a statement only where punctuation sets it off."""


class Reading:
    """The words of a sentence."""

    def __init__(self, text: str, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> None:
        self.text = text
        self.mentions = mentions
        self.quotes = quotes
        self.raw, self.starts, self.ends = _tokens(text)
        self.low = low = _SEPARATOR.join(self.raw).lower().split(_SEPARATOR) if self.raw else []
        self._close_names()
        self.cues = [i for i, word in enumerate(low) if word in CUES]
        self.speech: list[Quote] = []
        self.labelled = not LABELLING.isdisjoint(low)
        # A text without anything of it is the narrator's.
        self.read = bool(low) and (bool(quotes) or self.labelled or bool(self.cues))
        if not self.read:
            return
        self.quoted = [False] * len(low)
        for quote in quotes:
            if self._is_speech(quote):
                self.speech.append(quote)
                first, last = (bisect_left(self.starts, offset) for offset in quote[:2])
                self.quoted[first:last] = [True] * (last - first)

    def _close_names(self) -> None:
        """Hide the words of long names: "Doctors Without Borders" holds no preposition."""
        for start, end, *_ in self.mentions:
            if self.low and " " in self.text[start:end]:
                for k in range(self._token_at(start), self._token_at(end - 1) + 1):
                    if self.low[k] in FUNCTION or self.low[k] in VERBS:
                        self.low[k] = "name"

    def _is_titled(self) -> bool:
        """Tell a headline With Capitals Throughout."""
        long = [word for word in self.raw if len(word) > 3 and word[0].isalpha()]
        return sum(word[0].isupper() for word in long) >= 0.7 * len(long)

    def speech_at(self, offset: int) -> Quote | None:
        """Give the statement in quotation marks in which an offset lies."""
        for quote in self.speech:
            if quote.start <= offset < quote.end:
                return quote
        return None

    def _is_speech(self, quote: Quote) -> bool:
        """Tell a statement in quotation marks from words that are only set apart."""
        if quote.opened_before or quote.end >= len(self.text):
            return True
        inner = self.text[quote.start : quote.end].strip("“”\"‘’' ")
        before = self.text[: quote.start].rstrip()
        if not inner:
            return False
        closed = inner[-1] in ",.!?…—" or self.text[quote.end : quote.end + 1] in {",", "."}
        if not before or not any(character.isalpha() for character in before):
            return len(inner.split()) >= 3 or closed
        if before[-1] in ",:" and (inner[0].isupper() or len(inner.split()) > SCARE_WORDS):
            return closed or len(inner.split()) > SCARE_WORDS
        return inner[-1] in ",.!?" and inner[0].isupper() and len(inner.split()) > SCARE_WORDS

    def _is(self, i: int, word: str) -> bool:
        return 0 <= i < len(self.low) and self.low[i] == word

    def _is_any(self, i: int, words: frozenset[str]) -> bool:
        return 0 <= i < len(self.low) and self.low[i] in words

    def _token_at(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _characters(self, phrase: tuple[int, ...]) -> Span:
        return self.starts[phrase[0]], self.ends[phrase[1] - 1]

    def _is_time(self, i: int) -> bool:
        return i < len(self.low) and (self.low[i] in DAYS or self.low[i][0].isdigit())

    def _is_adverb(self, i: int) -> bool:
        word = self.low[i]
        return word in WORDS.adverbs or (word.endswith("ly") and self.raw[i][0].islower() and word not in NOUNS_IN_LY)

    def _skip(self, i: int) -> int:
        while i < len(self.low) and self._is_adverb(i):
            i += 1
        return i

    def _skip_adverbs_back(self, i: int) -> int:
        while i >= 0 and self._is_adverb(i):
            i -= 1
        return i

    def _skip_back(self, i: int) -> int:
        """Go left over adverbs, auxiliaries and "on Monday"."""
        while i >= 0:
            if self.low[i] in AUXILIARIES or self.low[i] in NEGATIONS or self._is_adverb(i):
                i -= 1
            elif i and (
                (self.low[i] in DAYS and self.low[i - 1] in {"on", "in"})
                or (self.low[i] in TIMES and self.low[i - 1] in {"this", "last"})
            ):
                i -= 2
            else:
                break
        return i

    def _after_verb(self, i: int) -> int:
        """Give the first token after a verb, its adverbs, dates and addressee."""
        i = self._skip(i + 1)
        while i < len(self.low):
            step = self._adverbial(i)
            if not step:
                break
            i += step
        return i

    def _adverbial(self, i: int) -> int:
        """Give how many tokens from `i` on are a date, an addressee or a last adverbial of the clause."""
        word = self.low[i]
        if word in ADDRESSEES or self._is_time(i):
            return 1
        if word in PREPOSITIONS:
            return next((k - i for k in range(i + 1, min(i + 6, len(self.low))) if self.low[k] in ENDING), 0)
        return 0

    def _outside(self, first: int, last: int | None = None) -> Iterator[int]:
        """Give the tokens from `first` on that stand in no quotation."""
        for k in range(first, len(self.low) if last is None else min(last, len(self.low))):
            if not self.quoted[k]:
                yield k

    def _last(self, mark: str, before: int) -> int | None:
        return next((k for k in range(before - 1, -1, -1) if self.low[k] == mark), None)

    def _clause(self, i: int) -> Span:
        """Give the stretch between semicolons in which token `i` stands."""
        return self._clause_start(i), self._clause_end(i)

    def _clause_start(self, i: int) -> int:
        if ";" not in self.low:
            return 0
        return next((self.ends[k] for k in range(i - 1, -1, -1) if self.low[k] == ";" and not self.quoted[k]), 0)

    def _clause_end(self, i: int) -> int:
        if ";" not in self.low:
            return len(self.text)
        return next((self.starts[k] for k in self._outside(i + 1) if self.low[k] == ";"), len(self.text))


def _tokens(text: str) -> tuple[list[str], list[int], list[int]]:
    """Give the tokens of a text, where each begins and where it ends."""
    raw: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    start = 0
    for word in text.split(" "):
        end = start + len(word)
        if word.isalpha():
            raw.append(word)
            starts.append(start)
            ends.append(end)
        elif word[:-1].isalpha() and (word[-1] in ",;:" or (word[-1] == "." and not "A" <= word[0] <= "Z")):
            raw += word[:-1], word[-1]
            starts += start, end - 1
            ends += end - 1, end
        elif word:
            # What a token is may depend on the space behind it and the letter behind that.
            for match in TOKEN.finditer(text, start, end + 2):
                first, last = match.span()
                if first >= end:
                    break
                raw.append(match[0])
                starts.append(first)
                ends.append(last)
        start = end + 1
    return raw, starts, ends
