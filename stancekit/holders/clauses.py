"""Verbs of a sentence and their subjects."""

from collections.abc import Sequence
from typing import NamedTuple

from stancekit.actors import Mention
from stancekit.holders.phrases import Phrase, Phrases
from stancekit.holders.quotations import Quote, Span
from stancekit.holders.vocabulary import (
    ARTICLES,
    AUXILIARIES,
    CONJUNCTIONS,
    COORDINATORS,
    DETERMINERS,
    ENDING,
    NOBODY,
    PLURALS,
    POSSESSIVE,
    PREPOSITIONS,
    RELATIVES,
    VERBS,
    WORDS,
    Verb,
)

__all__ = ["Clauses", "Phrase", "Report"]


class Report(NamedTuple):
    """One act of saying or judging: who, and which stretches of the sentence are its content, in characters."""

    kind: str
    holder: Span | None
    # The holder with what describes him: "Marit Solberg, who works for ...".
    described: Span | None
    content: tuple[Span, ...]
    at: int


class Clauses(Phrases):
    """Finds the subjects of verbs."""

    def __init__(self, text: str, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> None:
        super().__init__(text, quotes, mentions)
        self.reports: list[Report] = []

    def _is_noun(self, i: int, verb: Verb) -> bool:
        """Tell "the charge", "state reports say" from verbs."""
        if verb.form == "ing":
            return i > 0 and (self.low[i - 1] in ARTICLES or self._is(i + 1, "of"))
        if i == 0:
            return verb.form != "ed" or not self._is(1, "by")
        before = self.low[i - 1]
        if verb.form == "ed":
            return before in DETERMINERS and before not in PLURALS
        if (before in ARTICLES and before not in PLURALS) or POSSESSIVE.search(before):
            return True
        if verb.form == "s" and before in AUXILIARIES:
            return True
        following = VERBS.get(self.low[i + 1]) if i + 1 < len(self.low) else None
        if following is not None and following.form in {"ed", "s"}:
            return True
        return verb.form == "base" and not self._takes_base(i)

    def _takes_base(self, i: int) -> bool:
        """Tell whether what stands before a verb's base form goes with it: a plural, a modal, "to"."""
        before = self._skip_back(i - 1)
        if before < 0 or not AUXILIARIES.isdisjoint(self.low[before + 1 : i]):
            return True
        word = self.low[before]
        if word in COORDINATORS or word in {"to", "who", "that", "which", "i", "we", "you"} or not word[0].isalnum():
            return True
        phrase = self._phrase_ending(before)
        return phrase is not None and self._is_plural(self._characters(phrase), named=True)

    def _subject(self, i: int) -> Phrase | None:
        """Give the subject of the verb `i`."""
        span = self._any_subject(i)
        return None if span is None or self.low[span[0]] in NOBODY else span

    def _any_subject(self, i: int) -> Phrase | None:
        j = self._skip_back(i - 1)
        form = VERBS[self.low[i]].form
        if j < 0:
            return self._subject_after_comma(i) if form == "ing" else None
        word = self.low[j]
        if word == "to" and self.low[i] in {"expect", "fear", "suspect", "find", "show"}:
            return None
        if (
            word == "to"
            or word in COORDINATORS
            or (form == "ing" and (word == "," or word in PREPOSITIONS or self._is_nominal(j)))
        ):
            return self._shared(i)
        if word in {"who", "which", "that", "what"}:
            phrase = self._phrase_ending(j - 2 if self._is(j - 1, ",") else j - 1)
            return None if phrase is None else (*phrase, phrase[1])
        if word == ",":
            return self._parted(j) or (self._subject_of_clause(i) if form in {"ed", "s"} else None)
        relative = self._relative(j) if form != "ing" else None
        if relative is not None:
            return relative
        phrase = self._phrase_ending(j)
        return None if phrase is None else (*phrase, phrase[1])

    def _relative(self, j: int) -> Phrase | None:
        """Give the subject that ends at token `j` with a relative clause: "two women who had fled"."""
        for k in range(j, 0, -1):
            word = self.low[k]
            if word == "who" or word == "whose":
                phrase = self._phrase_ending(k - 2 if self._is(k - 1, ",") else k - 1)
                return None if phrase is None else (phrase[0], j + 1, j + 1)
            if word in ENDING or word in CONJUNCTIONS or self.quoted[k]:
                return None
        return None

    def _parted(self, j: int) -> Phrase | None:
        """Give the subject before an insertion that ends at the comma `j`: "X, who had waited, said"."""
        commas = [k for k in range(j - 1, -1, -1) if self.low[k] == "," and not self.quoted[k]]
        for k in commas:
            following = self.low[k + 1]
            named = self.raw[k + 1][0].isupper()
            if named or following in RELATIVES or following in ARTICLES or k == commas[-1]:
                phrase = self._phrase_ending(k - 1)
                if phrase is not None:
                    return phrase[0], j if named and self.raw[phrase[1] - 1][0].islower() else phrase[1], j
        return None

    def _shared(self, i: int) -> Phrase | None:
        """Give the subject that a verb shares with an earlier one."""
        for report in reversed(self.reports):
            if report.holder is not None and report.described is not None:
                first, last = self._token_at(report.holder[0]), self._token_at(report.holder[1] - 1) + 1
                return first, last, max(last, self._token_at(report.described[1] - 1) + 1)
        return self._subject_of_clause(i)

    def _subject_after_comma(self, i: int) -> Phrase | None:
        """Give the subject of "Calling that a lie, the army ..."."""
        comma = next((k for k in self._outside(i + 1) if self.low[k] == ","), None)
        return None if comma is None else self._phrase_from(comma + 1)

    def _subject_of_clause(self, i: int) -> Phrase | None:
        """Give the first noun phrase of the sentence, if it stands before token `i`."""
        first = 0
        while first < i and (self.low[first] in WORDS.adverbs or not self.low[first][0].isalnum()):
            first += 1
        if first < i and (self.low[first] in PREPOSITIONS or self.low[first] in CONJUNCTIONS):
            comma = next((k for k in range(first, i) if self.low[k] == ","), None)
            if comma is None:
                return None
            first = comma + 1
        span = self._phrase_from(first)
        return span if span is not None and span[1] <= i else None

    def _owner(self, i: int) -> Phrase | None:
        """Give X of "X's view" and "their view"."""
        if i == 0 or not (POSSESSIVE.search(self.low[i - 1]) or self.low[i - 1] in {"his", "her", "its", "their"}):
            return None
        phrase = self._phrase_ending(i - 1)
        return None if phrase is None else (phrase[0], i, i)

    def _report(self, kind: str, span: Phrase, content: tuple[Span, ...], at: int) -> Report:
        first, last, described = span
        start, end = self.starts[first], self.ends[last - 1]
        possessive = POSSESSIVE.search(self.text, start, end) if kind != "tag" else None
        return Report(
            kind,
            (start, possessive.start() if possessive else end),
            (start, max(end, self.ends[described - 1])),
            content,
            at,
        )
