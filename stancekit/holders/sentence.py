"""Who reports what in a sentence."""

from collections.abc import Iterator, Sequence

from stancekit.actors import Mention
from stancekit.holders.clauses import Report
from stancekit.holders.headlines import Headlines
from stancekit.holders.judging import Judgements
from stancekit.holders.quotations import Quote, Span
from stancekit.holders.saying import Sayings
from stancekit.holders.vocabulary import EXCHANGES, NEGATIONS, PRONOUNS, TURNS, VERBS, WORDS, Verb

SPEAKING = frozenset({"say", "tag", "judge"})
IDIOMS = EXCHANGES | {"door", "put", "puts"}


class Sentence(Sayings, Judgements, Headlines):
    """The reports of a sentence."""

    def __init__(self, text: str, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> None:
        super().__init__(text, quotes, mentions)
        if not self.read:
            return
        # One by one: a verb may share the subject of a report found before.
        for report in self._find():
            self.reports.append(report)
        if self.reports:
            self._cut_turns()
        if self.labelled or quotes:
            self.reports += list(self._headline())

    def report_at(self, start: int, end: int) -> Report | None:
        """Give the report in whose content a mention lies; the innermost of several."""
        best: Report | None = None
        speaks: Report | None = None
        for report in self.reports:
            if report.holder is not None and report.holder[0] <= start and end <= report.holder[1]:
                if report.kind == "deny own":
                    return report._replace(holder=None, described=None)
                if report.kind != "mutual":
                    speaks = speaks or report
                continue
            if any(a <= start and end <= b for a, b in report.content) and (
                best is None or (report.kind == "judge", report.at) >= (best.kind == "judge", best.at)
            ):
                best = report
        if best is None or speaks is None or speaks.holder is None:
            return best
        # Who speaks is the narrator's, unless he speaks or is judged within what another says.
        within = best.kind in {"judge", "mutual"} or (
            best.kind == "say" and best.holder is not None and best.at < speaks.holder[0]
        )
        return best if within else None

    def speaker(self) -> Report | None:
        """Give the report that most likely names the speaker of a quotation nearby."""
        named = [report for report in self.reports if report.holder is not None and report.kind in SPEAKING]
        return min(named, key=lambda report: report.kind != "tag", default=None)

    def speaker_of(self, quote: Quote) -> Report | None:
        """Give the report that names the speaker of a quotation in the sentence."""

        def distance(report: Report) -> tuple[bool, int]:
            edge = quote.end if report.at > quote.start else quote.start
            return report.kind != "tag", abs(report.at - edge)

        named = [r for r in self.reports if r.holder is not None and (r.kind in SPEAKING or r.kind == "view")]
        if named:
            return min(named, key=distance)
        if not self.text[: quote.start].rstrip(" “\"‘'").endswith((":", ",")):
            return None
        span = self._subject_of_clause(self._token_at(quote.start))
        return None if span is None else self._report("tag", span, (), quote.start)

    def _find(self) -> Iterator[Report]:
        for i in self.cues:
            if self.quoted[i]:
                continue
            word = self.low[i]
            known = len(self.reports)
            verb = VERBS.get(word)
            if verb is not None and (i == 0 or self.raw[i][0].islower() or self._is_titled()):
                yield from self._of_verb(i, verb)
            elif word == "according" and self._is(i + 1, "to"):
                yield from self._aside(i)
            if word in IDIOMS:
                yield from self._of_idiom(i, word)
            if word in WORDS.view_nouns:
                yield from self._view(i)
            if word in WORDS.claim_nouns and self._is(i + 1, "that") and len(self.reports) == known:
                yield from self._claim(i)
            if word in WORDS.judgement_nouns:
                yield from self._judgement_noun(i)
            if word in WORDS.hearsay:
                yield Report("say", None, None, (self._clause(i),), self.starts[i])

    def _of_idiom(self, i: int, word: str) -> Iterator[Report]:
        if word in EXCHANGES:
            yield from self._exchange(i)
        elif word == "door":
            yield from self._at_the_door(i)
        elif self._is(i + 1, "it"):
            yield from self._as_put(i)

    def _of_verb(self, i: int, verb: Verb) -> Iterator[Report]:
        if (verb.particle is not None and not self._is(i + 1, verb.particle)) or self._is_noun(i, verb):
            return
        report = self._verb_report(i, verb)
        if report is None:
            return
        if report.kind == "judge" and "each" in self.low[i + 1 : i + 4] and "other" in self.low[i + 2 : i + 5]:
            yield from self._mutual(report)
        else:
            yield self._resolved(report)

    def _verb_report(self, i: int, verb: Verb) -> Report | None:
        before = self._skip_back(i - 1)
        if verb.form == "ed" and self._is_passive(i, before):
            return self._passive(i, verb)
        if "deny" in verb.kinds:
            return self._denial(i) or (self._judging(i) if "as" in self.low[i + 1 : i + 12] else None)
        report: Report | None = None
        if verb.kinds & {"say", "weak"} and NEGATIONS.isdisjoint(self.low[before + 1 : i]):
            report = self._saying(i, verb)
        return self._judging(i) if report is None and "judge" in verb.kinds else report

    def _resolved(self, report: Report) -> Report:
        """Put the name that the sentence has for "they" and "it" in the place of the pronoun."""
        if report.holder is None or self.text[slice(*report.holder)] not in {"they", "it"}:
            return report
        many = self.text[slice(*report.holder)] == "they"
        for holder, described in self._antecedents(report.holder[0]):
            if self._is_plural(holder) == many:
                return report._replace(holder=holder, described=described)
        return report

    def _antecedents(self, before: int) -> Iterator[tuple[Span, Span]]:
        """Give what a pronoun at an offset may stand for: other holders, the subject, names."""
        for other in reversed(self.reports):
            if other.holder is not None and other.described is not None:
                yield other.holder, other.described
        subject = self._phrase_from(0)
        if subject is not None and self.low[0] not in PRONOUNS and self.ends[subject[1] - 1] <= before:
            span = self._characters((0, subject[1]))
            yield span, span
        for mention in self.mentions:
            if mention.end <= before:
                yield (mention.start, mention.end), (mention.start, mention.end)

    def _cut_turns(self) -> None:
        """End the content of a report where a later one begins a turn of its own: "X said ..., while Y said ..."."""
        turns = [
            report.holder[0]
            for report in self.reports
            if report.holder is not None and self._is_any(self._token_at(report.holder[0]) - 1, TURNS)
        ]
        for index, report in enumerate(self.reports if turns else ()):
            if report.kind in {"say", "judge"} and report.holder is not None:
                holder_end = report.holder[1]
                stop = min((start for start in turns if start > holder_end), default=len(self.text))
                content = tuple((a, min(b, stop)) for a, b in report.content if a < stop)
                self.reports[index] = report._replace(content=content)
