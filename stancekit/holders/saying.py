"""Rules of saying: "X said that ...", "..., said X", "according to X", "in X's view", "X's claim that ..."."""

from collections.abc import Iterator

from stancekit.holders.clauses import Clauses, Phrase, Report
from stancekit.holders.quotations import Span
from stancekit.holders.vocabulary import (
    CLOSING,
    DETERMINERS,
    ENDING,
    OWN,
    PRONOUNS,
    RELATIVES,
    VERBS,
    WORDS,
    Verb,
)

BEFORE_TAG = CLOSING | {",", "—", "–", "?", "!"}
AFTER_SPEAKER = ENDING | RELATIVES | {"in", "of", "from"}
TOLD = frozenset({"told", "tells", "tell", "telling", "informed", "assured"})
# "made up for", "asked for": nothing is said.
ELSEWHERE = frozenset({"up", "for"})


class Sayings(Clauses):
    """Finds who says what in a sentence."""

    def _saying(self, i: int, verb: Verb) -> Report | None:
        if self._is_any(i + 1, ELSEWHERE) or (self._is(i + 1, "with") and self.low[i].startswith(("repl", "reckon"))):
            return None
        at = self.starts[i]
        inverted = self._inverted(i)
        if inverted is not None:
            return self._report("tag", inverted, self._around(i, self.ends[inverted[2] - 1], i), at)
        span = self._subject(i)
        if span is None or self._is_compound(i, span[0], verb):
            return None
        told = self._told(i)
        after = max(self._after_verb(i), 0 if told is None else self._token_at(told - 1) + 1)
        if verb.form != "ing" and self._is_set_off(span[0]) and (after >= len(self.low) or self.low[after] in ENDING):
            return self._report("tag", span, self._around(span[0], told or self.ends[i], i), at)
        if told is None or ("weak" in verb.kinds and not self._is(after, "that")):
            return None
        content: list[Span] = [(told, self._clause_end(i))]
        if self._is_any(span[0] - 1, frozenset({"which", "who", "whom"})):
            owner = self._phrase_ending(span[0] - 3 if self._is(span[0] - 2, ",") else span[0] - 2)
            content += [self._characters(owner)] if owner is not None else []
        return self._report("say", span, tuple(content), at)

    def _is_set_off(self, first: int) -> bool:
        return self._is_any(first - 1, BEFORE_TAG) or self._is(first - 1, "as")

    def _is_compound(self, i: int, first: int, verb: Verb) -> bool:
        """Tell "..., press reports of" from "..., reporters say"."""
        last = self._skip(i + 1)
        return (
            verb.noun_too
            and self._is_set_off(first)
            and self.low[last : last + 1] not in ([], ["."])
            and not (self.low[first] in DETERMINERS or self.low[first] in PRONOUNS or self.raw[first][0].isupper())
        )

    def _told(self, i: int) -> int | None:
        """Give where the content begins after the one who is told; None for an order: "told them to leave"."""
        phrase = self._phrase_from(i + 1) if self.low[i] in TOLD else None
        if phrase is None:
            return self.ends[i]
        end = phrase[1]
        while self._is_any(end, frozenset({"and", "alike"})) and end + 1 < len(self.low):
            more = self._phrase_from(end + 1)
            end = more[1] if more else end + 1
        return None if self._is(end, "to") else self.ends[end - 1]

    def _inverted(self, i: int) -> Phrase | None:
        """Give the speaker who stands after the verb, as in "..., says X"."""
        before = self._skip_adverbs_back(i - 1)
        if before < 0 or not (self.low[before] in BEFORE_TAG or self.low[before] in {"so", ":"}):
            return None
        span = self._phrase_from(i + 1)
        if span is None or self.low[i + 1] == "that":
            return None
        if VERBS[self.low[i]].form == "base" and not self._is_plural(self._characters(span), named=True):
            return None
        if self._is(before, ",") and self._closes_relative(before):
            return None
        quoted = self.low[before] in CLOSING or self._is_any(before - 1, CLOSING)
        if not quoted and span[1] < len(self.low) and self.low[span[1]] not in AFTER_SPEAKER:
            return None
        return self._with_relative(span)

    def _closes_relative(self, comma: int) -> bool:
        """Tell the comma after "X, who ...," from others."""
        opening = self._last(",", comma)
        return opening is not None and self.low[opening + 1] in {"who", "which", "whose"}

    def _around(self, first: int, rest: int, i: int) -> tuple[Span, ...]:
        """Give what a tag like "..., X said, ..." interrupts or closes."""
        return (self._clause_start(first), self.starts[first]), (rest, max(rest, self._clause_end(i)))

    def _denial(self, i: int) -> Report | None:
        """Read "X denied that ...", "X rejected the charge that ..."."""
        that = next((k for k in self._outside(i + 1, i + 14) if self.low[k] == "that"), None)
        if that is None:
            return None
        direct = that == self._skip(i + 1)
        if not direct and WORDS.claim_nouns.isdisjoint(self.low[i + 1 : that]):
            return None
        content = ((self.ends[that], self._clause_end(that)),) if direct else ()
        span = self._subject(i)
        if span is None:
            return Report("deny", None, None, content, self.starts[i])
        own = not OWN.isdisjoint(self.low[that + 1 : that + 5])
        return self._report("deny own" if own else "deny", span, content, self.starts[i])

    def _as_put(self, i: int) -> Iterator[Report]:
        """Read "as X put it"."""
        phrase = self._phrase_ending(self._skip_back(i - 1))
        if phrase is not None and self._is(phrase[0] - 1, "as"):
            span = (*phrase, phrase[1])
            yield self._report("tag", span, self._around(phrase[0], self.ends[i + 1], i), self.starts[i])

    def _aside(self, i: int) -> Iterator[Report]:
        """Read "according to X": the clause around it is the holder's."""
        phrase = self._phrase_from(i + 2)
        if phrase is None:
            return
        span = self._with_relative(phrase)
        if i == 0:
            # What follows the comma is the statement, no description of the holder.
            span = (span[0], span[1], span[1])
        start, end = self._clause(i)
        content = [(start, self.starts[i])]
        opens = not any(character.isalpha() for character in self.text[start : self.starts[i]])
        inserted = self._is(i - 1, ",") and self._is(span[1], ",") and self._is(span[2], ",")
        if opens or inserted or self._is(span[1], ":"):
            content.append((self.ends[span[1] - 1], len(self.text) if self._is(span[1], ":") else end))
        yield self._report("view", span, tuple(content), self.starts[i])

    def _view(self, i: int) -> Iterator[Report]:
        """Read "in the words of X", "in X's view"."""
        span: Phrase | None = None
        first = i
        if self._is(i + 1, "of"):
            first = i - 2 if self._is(i - 1, "the") else i - 1
            span = self._phrase_from(i + 2)
        else:
            span = self._owner(i)
            first = span[0] - 1 if span is not None else 0
        if span is not None and first >= 0 and self.low[first] in {"in", "by", "to", "on"}:
            yield self._report("view", span, (self._clause(i),), self.starts[i])

    def _claim(self, i: int) -> Iterator[Report]:
        """Read "X's claim that ...", "the charge that ..."."""
        content = ((self.ends[i], self._clause_end(i)),)
        span = self._owner(i)
        if span is None:
            yield Report("say", None, None, content, self.starts[i])
        else:
            yield self._report("say", span, content, self.starts[i])
