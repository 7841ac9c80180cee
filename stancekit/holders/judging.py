"""Rules of judging: "X praised Y", "Y was blamed by X", "X's criticism of Y", "X and Y blame each other"."""

from collections.abc import Iterator

from stancekit.holders.clauses import Clauses, Phrase, Report
from stancekit.holders.quotations import Span
from stancekit.holders.vocabulary import (
    DETERMINERS,
    EXCHANGED,
    NOBODY,
    PASSIVE_AUXILIARIES,
    POSSESSIVE,
    SUBORDINATORS,
    TIMES,
    TURNS,
    VERBS,
    Verb,
)

# "called for", "called off": no judgement.
ELSEWHERE = frozenset({"for", "on", "off"})
ANAPHORS = frozenset({"it", "them", "him", "her", "both"})
"""Objects that stand for what was named before."""
POINTERS = frozenset({"all", "this", "that", "these", "those", "its", "their", "his", "the"})
"""Begin such objects, where they hold no name: "the offer"."""
CHARGING = frozenset({"accused", "suspected"})
HEADLINED = frozenset({"blamed", "criticised", "criticized", "faulted", "condemned", "praised", "hailed", "lauded"})
LATELY = frozenset({"last", "this", "next"})
CHARGES = frozenset({"of", "for", "over"})
CHARGE_ENDS = frozenset({",", ";", ".", "and", "but", "while", "whereas", "after", "as"})
AGENT_LINKS = frozenset({"of", "in", "from"})
OBJECT_LINKS = frozenset({"for", "of", "on"})
REPORTED = frozenset({"said", "reported", "alleged", "believed", "thought"})
WRONGLY = frozenset({"wrongly", "falsely", "unjustly"})
# "took credit for": no judgement of another.
TAKEN = frozenset({"take", "takes", "took", "taken", "taking", "claimed", "claims", "deserves", "deserve"})


class Judgements(Clauses):
    """Finds who judges whom in a sentence."""

    def _judging(self, i: int) -> Report | None:
        if self.low[i].startswith("call") and self._is_any(i + 1, ELSEWHERE):
            return None
        span = self._subject(i)
        if span is None:
            return None
        content = [(self.ends[i], self._judgement_end(i))]
        backward = (self._clause_start(span[0]), self.starts[span[0]])
        if self._is_object_relative(span[0], i):
            # "a plan that X put down to panic": what follows is the target, not the plan.
            content = content if self._is(i + 1, "down") else [] if self._is(span[0] - 1, "what") else [backward]
        elif span[0] > 0 and self._is_anaphor(i + 1, content[0]):
            content.append(backward)
        return self._report("judge", span, tuple(content), self.starts[i])

    def _is_anaphor(self, i: int, content: Span) -> bool:
        """Tell "them" and "the gift" from an object with a name of its own."""
        if self._is_any(i, ANAPHORS):
            return True
        return self._is_any(i, POINTERS) and not any(
            content[0] <= mention.start and mention.end <= content[1] for mention in self.mentions
        )

    def _is_object_relative(self, first: int, i: int) -> bool:
        """Tell "a gesture (that) X called brave", whose object stands before."""
        before = self._skip_adverbs_back(first - 1)
        if before < 0 or VERBS[self.low[i]].form == "ing":
            return False
        if self.low[before] in {"that", "which", "whom", "what"}:
            return True
        antecedent = self._phrase_ending(before)
        return antecedent is not None and self._is(antecedent[0] - 1, ",")

    def _judgement_end(self, i: int) -> int:
        """Give where the object of a judgement ends at the latest: before a new clause."""
        comma = self._end_of_subordinate(i)
        for k in self._outside(i + 1):
            word = self.low[k]
            if word in {";", "while", "whereas"} or k == comma:
                return self.starts[k]
            if word == "and" and (self._is(k - 1, ",") or self._is_verb_turn(k + 1)):
                return self.starts[k]
        return len(self.text)

    def _end_of_subordinate(self, i: int) -> int | None:
        """Give the comma that ends "While X praised Y, ..." and "Praising Y, ..."."""
        if (self.low[0] not in SUBORDINATORS and i > 0) or "," in self.low[:i]:
            return None
        return next((k for k in self._outside(i + 1) if self.low[k] == ","), None)

    def _turn_start(self, i: int) -> int:
        """Give where the clause of token `i` begins: after a semicolon or a comma with "and", "while"."""
        for k in range(i - 1, 0, -1):
            if self.low[k] == ";" or (self.low[k] in TURNS and self.low[k - 1] == ","):
                return self.ends[k]
        return 0

    def _is_verb_turn(self, k: int) -> bool:
        """Tell "... and promised an inquiry" from "... and its allies"."""
        k = self._skip(k)
        verb = VERBS.get(self.low[k]) if k < len(self.low) else None
        return verb is not None and (verb.form == "ed" or (verb.form == "s" and not verb.noun_too))

    def _is_passive(self, i: int, before: int) -> bool:
        after = self.low[i + 1 : i + 3]
        return (
            not PASSIVE_AUXILIARIES.isdisjoint(self.low[before + 1 : i])
            or after[:1] == ["by"]
            or after in (["to", "have"], ["to", "be"])
            # "Kenya accused of theft", a headline: who accuses, accuses somebody.
            or (self.low[i] in CHARGING and after[:1] == ["of"])
            or (self.low[i] in HEADLINED and after[:1] in (["for"], ["over"]) and self.low[-1] != ".")
        )

    def _passive(self, i: int, verb: Verb) -> Report | None:
        """Read "Y was praised by X", "Y, praised by X,", "Y was accused", "Y was said to"."""
        at = self.starts[i]
        before = self._skip_back(i - 1)
        reduced = PASSIVE_AUXILIARIES.isdisjoint(self.low[before + 1 : i])
        target: tuple[Span, ...] = ()
        if i == 0:
            # "Accused by X of theft, Y left."
            opened = self._subject_after_comma(i)
            if opened is None:
                return None
            start, target = at, (self._characters(opened[:2]),)
        elif reduced:
            phrase = self._phrase_ending(before - 1 if self._is(before, ",") else before)
            if phrase is None:
                return None
            start = self.starts[phrase[0]]
        else:
            start = self._turn_start(i)
        by = next((k for k in self._outside(i + 1, i + 8) if self.low[k] == "by"), None)
        if by is not None:
            span = self._agent(i, by)
            if span is None or not verb.kinds & {"passive", "judge"}:
                return None
            charge = ((self.ends[i], self.starts[by]), (self.ends[span[1] - 1], self._charge_end(span[1])))
            return self._report("judge", span, (*(target or ((start, at),)), *charge), at)
        if "agentless" in verb.kinds and WRONGLY.isdisjoint(self.low[before + 1 : i]):
            return Report("judge", None, None, target or ((start, at),), at)
        if self.low[i] in REPORTED and self._is(i + 1, "to"):
            return Report("say", None, None, ((at, self._clause_end(i)) if reduced else self._clause(i),), at)
        return None

    def _agent(self, i: int, by: int) -> Phrase | None:
        """Give X of "accused by X of theft", which names a charge and no part of X."""
        span = self._phrase_from(by + 1, AGENT_LINKS)
        if span is not None and self._is_any(span[1] - 1, TIMES) and self._is_any(span[1] - 2, LATELY):
            span = span[0], span[1] - 2, span[1] - 2
        if span is None or not self._is_any(i, CHARGING):
            return span
        for k in range(by + 2, span[1]):
            if self.low[k] == "of" and (self.raw[k - 1][0].isupper() or self.low[k + 1] not in DETERMINERS):
                return by + 1, k, k
        return span

    def _charge_end(self, first: int) -> int:
        """Give where "of theft" and "for the fire" behind an agent end; nowhere, if something else stands there."""
        if not self._is_any(first, CHARGES):
            return self.ends[first - 1]
        stop = next((k for k in self._outside(first + 1) if self.low[k] in CHARGE_ENDS), None)
        return len(self.text) if stop is None else self.starts[stop]

    def _judgement_noun(self, i: int) -> Iterator[Report]:
        """Read "drew praise from X", "X's criticism of Y", "X had kind words for Y"."""
        at = self.starts[i]
        if self._is(i + 1, "from") or self._is(i + 1, "by"):
            span = self._phrase_from(i + 2)
            if span is not None and not self.low[i + 2].endswith("ing"):
                yield self._report("judge", span, ((self._turn_start(i), at),), at)
            return
        if not self._is_any(i + 1, OBJECT_LINKS) or self._is_any(i - 1, TAKEN):
            return
        owned = i > 0 and POSSESSIVE.search(self.low[i - 1])
        span = self._owner(i) if owned else self._subject_of_clause(i)
        if span is not None and self.low[span[0]] not in NOBODY:
            yield self._report("judge", span, ((self.ends[i], self._judgement_end(i)),), at)

    def _mutual(self, report: Report) -> Iterator[Report]:
        """Read "X and Y blame each other": each is the other's target."""
        if report.holder is None:
            return
        start, end = report.holder
        first = self._token_at(start)
        if self._is(first - 1, "and") and " and " not in self.text[start:end]:
            phrase = self._phrase_ending(first - 2)
            start = self.starts[phrase[0]] if phrase else start
        left, joined, right = self.text[start:end].partition(" and ")
        if joined:
            one, other = (start, start + len(left)), (end - len(right), end)
            yield Report("mutual", one, one, (other,), report.at)
            yield Report("mutual", other, other, (one,), report.at)

    def _exchange(self, i: int) -> Iterator[Report]:
        """Read "X and Y trade blame"."""
        phrase = self._phrase_ending(self._skip_back(i - 1)) if self._is_any(i + 1, EXCHANGED) else None
        if phrase is not None:
            yield from self._mutual(self._report("judge", (*phrase, phrase[1]), (), self.starts[i]))

    def _at_the_door(self, i: int) -> Iterator[Report]:
        """Read "X laid it at the door of Y"."""
        subject = self._shared(i) if self._is(i + 1, "of") else None
        if subject is not None:
            yield self._report("judge", subject, ((self.ends[i], self._judgement_end(i)),), self.starts[i])
