"""Whose view a sentence gives of an actor: the narrator's, or that of somebody it quotes.

Rules over words, no model: quotations are followed through the text, and verbs and phrases of saying and judging
(``holders.toml``) tell who holds what. A mention that stands in what somebody says is attributed to him; one that
stands in the phrase that names the speaker is the narrator's, for the speaker merely speaks.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, NamedTuple

from stancekit.actors import Mention

__all__ = ["NARRATOR", "Attribution", "attribute", "per_actor"]


class Attribution(NamedTuple):
    """Whose view of a mention a sentence gives.

    Attributes
    ----------
    attributed : bool
        Whether it is somebody's whom the sentence quotes, rather than the narrator's.
    holder_text : str or None
        The phrase that names the holder, as the sentence has it; None where it is not named in the sentence.
    holder_start, holder_end : int or None
        Its offsets in the sentence.
    holder_id : str or None
        The actor who holds the view, where the phrase names an actor, its office or one who speaks for it.
    """

    attributed: bool
    holder_text: str | None
    holder_start: int | None
    holder_end: int | None
    holder_id: str | None


NARRATOR = Attribution(False, None, None, None, None)
"""The narrator's own view."""

Span = tuple[int, int]


class _Verb(NamedTuple):
    kinds: frozenset[str]
    form: str
    particle: str | None
    noun_too: bool


class _Report(NamedTuple):
    """One act of saying or judging: who, and which stretches of the sentence are its content, in characters."""

    kind: str
    holder: Span | None
    # The holder with what describes him: "Marit Solberg, who works for ...".
    described: Span | None
    content: tuple[Span, ...]
    at: int


class _Quote(NamedTuple):
    """A stretch of a sentence between quotation marks; those of one quotation share `number`."""

    start: int
    end: int
    number: int
    opened_before: bool


class _Words(NamedTuple):
    verbs: dict[str, _Verb]
    cues: frozenset[str]
    # Cues that tell by themselves; the others only beside "by", "that", "from", "to", and `weak_cues` beside a comma.
    sure_cues: frozenset[str]
    weak_cues: frozenset[str]
    triggers: frozenset[str]
    adverbs: frozenset[str]
    claim_nouns: frozenset[str]
    judgement_nouns: frozenset[str]
    view_nouns: frozenset[str]
    hearsay: frozenset[str]
    offices: frozenset[str]
    headline_speakers: frozenset[str]


_RAW: dict[str, Any] = tomllib.loads((files("stancekit") / "holders.toml").read_text(encoding="utf-8"))
_GRAMMAR: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in _RAW["grammar"].items()}
DETERMINERS = _GRAMMAR["determiners"]
ARTICLES = _GRAMMAR["articles"]
PRONOUNS = _GRAMMAR["pronouns"]
BACKWARD = _GRAMMAR["backward"]
AUXILIARIES = _GRAMMAR["auxiliaries"]
PASSIVE_AUXILIARIES = _GRAMMAR["passive_auxiliaries"]
NOUN_PREPOSITIONS = _GRAMMAR["noun_prepositions"]
PREPOSITIONS = _GRAMMAR["prepositions"]
MODIFYING = _GRAMMAR["modifying"]
CONJUNCTIONS = _GRAMMAR["conjunctions"]
RELATIVES = _GRAMMAR["relatives"]
COORDINATORS = _GRAMMAR["coordinators"]
TURNS = _GRAMMAR["turns"]
NEGATIONS = _GRAMMAR["negations"]
DAYS = _GRAMMAR["days"]
TIMES = _GRAMMAR["times"]
PLURALS = _GRAMMAR["plurals"]
EXCHANGES = _GRAMMAR["exchanges"]
EXCHANGED = _GRAMMAR["exchanged"]
OWN = _GRAMMAR["own"]
NOBODY = _GRAMMAR["nobody"]

# No token holds it: a string of tokens is lowered in one go.
_SEPARATOR = "\n"
TOKEN = re.compile(
    r"("
    r"(?=[A-Z(])(?:(?:[A-Z]\.){2,}"
    r"|(?:Dr|Mrs?|Ms|Prof|Col|Lt|Gen|Brig|Cpl|Sgt|Maj|Capt|Cmdr|Adm|Rev|Sen|Rep|Gov|St|Jr|Sr|No|[A-Z])\.(?=\s)"
    r"|\((?:ret|retd)\.?\))"
    r"|[^\W_]+(?:[-'’.&/][^\W_]+)*(?:(?<=s)['’](?=\s[A-Za-z]))?"
    r"|[^\w\s]"
    r")"
)
LETTERS = re.compile(r"[A-Za-z]+")
QUOTE_MARK = re.compile("[“”\"‘’']")
PARAGRAPH = re.compile(r"[^\n]+")
POSSESSIVE = re.compile(r"['’]s?$")
ADDRESSEES = frozenset({"me", "us", "reporters", "journalists", "him", "them", "her", "it", "out"})
NAME_LINKS = frozenset(
    {"de", "la", "al", "el", "bin", "ibn", "van", "von", "der", "den", "da", "do", "dos", "du", "of"}
)
SUBORDINATORS = frozenset({"while", "whereas", "although", "though", "after", "when", "as", "because"})
# "called for", "called off": no judgement.
ELSEWHERE = frozenset({"for", "on", "off"})
BREAKS = frozenset(";:—–()")
CLOSING = frozenset("”\"’'")
OPENING = frozenset("“\"‘'")
ENDING = frozenset(",.;:?!—–)”\"’'…")
SINGLE_LENGTH = 1000
"""Single marks further apart, in characters, are apostrophes."""
HEADLINE_WORDS = 8
"""Who speaks in "Minister: ..." is named in fewer words."""
SCARE_WORDS = 4
"""Inside a clause a quotation of no more words is a statement only where punctuation sets it off."""


def attribute(
    sentences: Sequence[tuple[int, int]],
    text: str,
    mentions: Sequence[Sequence[Mention]],
    names: Sequence[Sequence[Mention]] | None = None,
) -> list[list[Attribution]]:
    """Say for every mention whose view of the actor its sentence gives.

    Parameters
    ----------
    sentences : sequence of (int, int)
        Spans of the sentences in `text`, in order.
    text : str
        One part of an article: its body or its title.
    mentions : sequence of sequence of Mention
        For each sentence the mentions of actors in it; offsets in the sentence.
    names : sequence of sequence of Mention, optional
        For each sentence all names found in it, those used as a mere place or description included: they tell whom
        a holder speaks for ("Kenyan Defence Minister Amina Wekesa"). By default the mentions alone do.

    Returns
    -------
    list of list of Attribution
        One for each mention, in the shape of `mentions`. :func:`per_actor` makes one answer per actor of them.

    Raises
    ------
    ValueError
        If `mentions` or `names` are not as many as `sentences`.

    Notes
    -----
    Speakers of quotations that run over several sentences or paragraphs are looked for in the sentences around; they
    have an id, if any, and no text. Nothing is kept between calls.

    Examples
    --------
    >>> from stancekit.actors import Mention
    >>> from stancekit.holders import attribute
    >>> text = "Kenya accused Uganda of piracy."
    >>> mentions = [[Mention(0, 5, "KEN", "place"), Mention(14, 20, "UGA", "place")]]
    >>> kenya, uganda = attribute([(0, 31)], text, mentions)[0]
    >>> kenya.attributed, uganda.attributed, uganda.holder_text, uganda.holder_id
    (False, True, 'Kenya', 'KEN')
    """
    if len(mentions) != len(sentences):
        raise ValueError(
            f"mentions must hold one list per sentence: got {len(mentions)} for {len(sentences)} sentences"
        )
    if names is not None and len(names) != len(sentences):
        raise ValueError(f"names must hold one list per sentence: got {len(names)} for {len(sentences)} sentences")
    return _Part(sentences, text, mentions, names).attributions()


def per_actor(mentions: Sequence[Mention], attributions: Sequence[Attribution]) -> dict[str, Attribution]:
    """Give one attribution per actor of a sentence.

    Parameters
    ----------
    mentions : sequence of Mention
        The mentions in one sentence.
    attributions : sequence of Attribution
        What :func:`attribute` says of them.

    Returns
    -------
    dict of str to Attribution
        By actor id, in order of first mention: the first that is somebody else's view, or else the first that is
        the narrator's, or else (the actor speaks of himself and is not named as the speaker) the first.

    Examples
    --------
    >>> from stancekit.actors import Mention
    >>> from stancekit.holders import NARRATOR, per_actor
    >>> per_actor([Mention(0, 5, "KEN", "place")], [NARRATOR])["KEN"].attributed
    False
    """
    result: dict[str, Attribution] = {}
    ranks: dict[str, int] = {}
    for mention, found in zip(mentions, attributions, strict=True):
        rank = 1 if not found.attributed else 2 if found.holder_id == mention.actor_id else 0
        if rank < ranks.get(mention.actor_id, 3):
            ranks[mention.actor_id], result[mention.actor_id] = rank, found
    return result


class _Part:
    """One part of an article: its quotations, and what is known of its speakers so far."""

    def __init__(
        self,
        sentences: Sequence[Span],
        text: str,
        mentions: Sequence[Sequence[Mention]],
        names: Sequence[Sequence[Mention]] | None,
    ) -> None:
        self.text = text
        self.spans = sentences
        self.mentions = mentions
        self.names = names
        self.quotes = _quotes_by_sentence(text, sentences)
        self.read: dict[int, _Sentence | None] = {}
        self.last_id: str | None = None
        self.surnames: dict[str, str] = {}
        self.ids: dict[tuple[int, _Report], str | None] = {}

    def attributions(self) -> list[list[Attribution]]:
        """Go through the sentences in order."""
        return [self._of_sentence(i) for i in range(len(self.spans))]

    def sentence(self, i: int) -> "_Sentence | None":
        """Read a sentence, once; None where neither a quotation nor a word tells of a speaker."""
        if i not in self.read:
            start, end = self.spans[i]
            text = self.text[start:end]
            self.read[i] = (
                _Sentence(text, self.quotes.get(i, ()), self.mentions[i])
                if i in self.quotes or _has_cue(text)
                else None
            )
        return self.read[i]

    def _of_sentence(self, i: int) -> list[Attribution]:
        mentions = self.mentions[i]
        if not mentions and i not in self.quotes:
            return []
        sentence = self.sentence(i)
        if sentence is None:
            if mentions:
                self.last_id = mentions[0].actor_id
            return [NARRATOR] * len(mentions)
        found = [self._of_mention(i, sentence, mention) for mention in mentions]
        self._remember(i, sentence)
        return found

    def _of_mention(self, i: int, sentence: "_Sentence", mention: Mention) -> Attribution:
        quote = sentence.speech_at(mention.start)
        if quote is not None:
            return self._of_quote(i, sentence, quote)
        report = sentence.report_at(mention.start, mention.end)
        return NARRATOR if report is None else self._by(i, sentence, report)

    def _by(self, i: int, sentence: "_Sentence", report: _Report) -> Attribution:
        if report.holder is None:
            return Attribution(True, None, None, None, None)
        start, end = report.holder
        return Attribution(True, sentence.text[start:end], start, end, self._holder_id(i, sentence, report))

    def _of_quote(self, i: int, sentence: "_Sentence", quote: _Quote) -> Attribution:
        """Find the speaker of a quotation: in the sentence, in others of the same quotation, in the neighbours."""
        report = sentence.speaker_of(quote)
        if report is not None:
            return self._by(i, sentence, report)
        for other in self._around(i, quote):
            neighbour = self.sentence(other)
            report = neighbour.speaker() if neighbour is not None else None
            if neighbour is not None and report is not None:
                return Attribution(True, None, None, None, self._holder_id(other, neighbour, report))
        return Attribution(True, None, None, None, None)

    def _around(self, i: int, quote: _Quote) -> Iterator[int]:
        """Give the sentences in which the speaker of a quotation may stand, the likeliest first."""
        same = [
            j
            for j in range(max(0, i - 12), min(len(self.spans), i + 13))
            if j != i and any(q.number == quote.number for q in self.quotes.get(j, ()))
        ]
        yield from same
        first, last = min([i, *same]), max([i, *same])
        for j in range(first - 1, max(-1, first - 4), -1):
            yield j
            if j not in self.quotes:
                break
        if last + 1 < len(self.spans) and last + 1 in self.quotes:
            yield last + 1

    def _remember(self, i: int, sentence: "_Sentence") -> None:
        """Keep the speaker's id for a later pronoun, surname or "the ministry"."""
        for report in sentence.reports:
            if report.holder is None:
                continue
            actor_id = self._holder_id(i, sentence, report)
            text = sentence.text[slice(*report.holder)]
            if actor_id is not None and " " in text:
                self.surnames.setdefault(text.rsplit(None, 1)[-1], actor_id)
            if actor_id is not None or text.lower() not in BACKWARD:
                self.last_id = actor_id
        if not sentence.reports and self.mentions[i]:
            self.last_id = self.mentions[i][0].actor_id

    def _holder_id(self, i: int, sentence: "_Sentence", report: _Report) -> str | None:
        if report.holder is None or report.described is None:
            return None
        if (i, report) in self.ids:
            return self.ids[i, report]
        actor_id = self._find_holder_id(i, sentence, report)
        self.ids[i, report] = actor_id
        return actor_id

    def _find_holder_id(self, i: int, sentence: "_Sentence", report: _Report) -> str | None:
        assert report.holder is not None
        assert report.described is not None
        text = sentence.text[slice(*report.holder)]
        words = text.lower().split()
        found = self._actor_in(i, sentence.text, report.holder)
        if found is None and report.described != report.holder:
            found = self._actor_in(i, sentence.text, (report.holder[1], report.described[1]))
        if found is not None:
            return found
        if words and (words[0] in BACKWARD or words[0] in {"its", "their"}):
            return self.last_id
        # "Wekesa" after "Amina Wekesa", "the groups" after "human rights groups".
        if words and (len(words) == 1 or words[0] == "the"):
            return self.surnames.get(text.rsplit(None, 1)[-1])
        return None

    def _actor_in(self, i: int, text: str, span: Span) -> str | None:
        """Give the actor whom a phrase names, or for whom it speaks."""
        start, end = span
        inside = [m for m in self.mentions[i] if start <= m.start and m.end <= end]
        if len({m.actor_id for m in inside}) > 1 and " and " in text[start:end]:
            return None
        last = [m for m in inside if m.end == end or text[m.end : end].strip() == ""]
        if last and last[0].role == "name":
            return last[0].actor_id
        if inside:
            return inside[0].actor_id
        if self.names is None:
            return None
        for name in self.names[i]:
            if start <= name.start and name.end <= end and _is_office(text[name.end : end]):
                return name.actor_id
        return None


def _is_office(rest: str) -> bool:
    return not _words().offices.isdisjoint(rest.lower().split())


def _has_cue(text: str) -> bool:
    """Tell cheaply whether a sentence may report anything: most do not, and need not be read."""
    words = _words()
    lower = text.lower()
    found = words.cues.intersection(LETTERS.findall(lower))
    if not found:
        return ":" in text
    if not found.isdisjoint(words.sure_cues) or ":" in text:
        return True
    if " by " in lower or " that " in lower or " from " in lower or " to " in lower:
        return True
    return not found.isdisjoint(words.weak_cues) and "," in text


class _Sentence:
    """The words of a sentence, its quotations, and who reports what in it."""

    def __init__(self, text: str, quotes: Sequence[_Quote], mentions: Sequence[Mention]) -> None:
        self.text = text
        self.mentions = mentions
        # Gaps and tokens in turn: the sums of their lengths are the offsets.
        pieces: list[str] = TOKEN.split(text)
        offsets = list(accumulate(map(len, pieces)))
        self.starts = offsets[:-1:2]
        self.ends = offsets[1::2]
        self.raw = pieces[1::2]
        self.low = _SEPARATOR.join(self.raw).lower().split(_SEPARATOR) if self.starts else []
        self.words = _words()
        self.named = self._named_tokens()
        self.quotes = quotes
        self.speech = [quote for quote in quotes if self._is_speech(quote)]
        self.quoted = (
            [self.speech_at(start) is not None for start in self.starts] if self.speech else [False] * len(self.low)
        )
        self.reports: list[_Report] = []
        for report in self._find():
            self.reports.append(report)
        self._cut_turns()

    def _named_tokens(self) -> frozenset[int]:
        """Give the tokens of names of several words: there "Doctors Without Borders" holds no preposition."""
        if not any(" " in self.text[mention.start : mention.end] for mention in self.mentions):
            return frozenset()
        return frozenset(
            i
            for mention in self.mentions
            if " " in self.text[mention.start : mention.end]
            for i in range(self._token_at(mention.start), self._token_at(mention.end - 1) + 1)
        )

    def _is_titled(self) -> bool:
        """Tell a headline With Capitals Throughout."""
        long = [word for word in self.raw if len(word) > 3 and word[0].isalpha()]
        return sum(word[0].isupper() for word in long) >= 0.7 * len(long)

    # -- what is asked of a sentence ---------------------------------------------------------------------------------

    def speech_at(self, offset: int) -> _Quote | None:
        """Give the statement in quotation marks in which an offset lies."""
        for quote in self.speech:
            if quote.start <= offset < quote.end:
                return quote
        return None

    def report_at(self, start: int, end: int) -> _Report | None:
        """Give the report in whose content a mention lies; the innermost of several."""
        best: _Report | None = None
        speaks: _Report | None = None
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
            best.kind == "say" and best.holder is not None and best.at < speaks.holder[0] and speaks.kind != "tag"
        )
        return best if within else None

    def speaker(self) -> _Report | None:
        """Give the report that most likely names the speaker of a quotation nearby."""
        named = [
            report for report in self.reports if report.holder is not None and report.kind in {"say", "tag", "judge"}
        ]
        tags = [report for report in named if report.kind == "tag"]
        return (tags or named)[0] if named else None

    def speaker_of(self, quote: _Quote) -> _Report | None:
        """Give the report that names the speaker of a quotation in the sentence."""
        named = [
            report
            for report in self.reports
            if report.holder is not None and report.kind in {"say", "tag", "judge", "view"}
        ]
        if named:
            return min(
                named,
                key=lambda report: (
                    report.kind != "tag",
                    abs(report.at - (quote.end if report.at > quote.start else quote.start)),
                ),
            )
        before = self.text[: quote.start].rstrip(" “\"‘'")
        if before.endswith((":", ",")):
            span = self._subject_of_clause(self._token_at(quote.start), whole=True)
            return None if span is None else self._report("tag", span, (), quote.start)
        return None

    # -- quotations --------------------------------------------------------------------------------------------------

    def _is_speech(self, quote: _Quote) -> bool:
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

    # -- reports -----------------------------------------------------------------------------------------------------

    def _find(self) -> Iterator[_Report]:
        triggers = self.words.triggers
        for i in [i for i, word in enumerate(self.low) if word in triggers]:
            if self.quoted[i] or i in self.named:
                continue
            word = self.low[i]
            known = len(self.reports)
            verb = self.words.verbs.get(word)
            if verb is not None and (i == 0 or self.raw[i][0].islower() or self._is_titled()):
                yield from self._of_verb(i, verb)
            elif word == "according" and self._is(i + 1, "to"):
                yield from self._aside(i, i + 2)
            yield from self._of_idiom(i, word)
            if word in self.words.view_nouns:
                yield from self._view(i)
            if word in self.words.claim_nouns and self._is(i + 1, "that") and len(self.reports) == known:
                yield from self._claim(i)
            if word in self.words.judgement_nouns:
                yield from self._judgement_noun(i)
            if word in self.words.hearsay:
                start, end = self._clause(i)
                yield _Report("say", None, None, ((start, end),), self.starts[i])
        yield from self._headline()

    def _of_verb(self, i: int, verb: _Verb) -> Iterator[_Report]:
        if verb.particle is not None and not self._is(i + 1, verb.particle):
            return
        if self._is_noun(i, verb):
            return
        before = self._skip_back(i - 1)
        negated = not NEGATIONS.isdisjoint(self.low[before + 1 : i])
        report: _Report | None = None
        if verb.form == "ed" and self._is_passive(i, before):
            report = self._passive(i, verb)
        elif "deny" in verb.kinds:
            report = self._denial(i) or (
                self._judging(i) if "as" in self.low[i + 1 : i + 6] and "judge" in verb.kinds else None
            )
        else:
            if verb.kinds & {"say", "weak"} and not negated:
                report = self._saying(i, verb)
            if report is None and "judge" in verb.kinds and not self._is_any(i + 1, ELSEWHERE):
                report = self._judging(i)
        if report is None:
            return
        if report.kind == "judge" and any(
            self._is(j, "each") and self._is(j + 1, "other") for j in range(i + 1, i + 4)
        ):
            yield from self._mutual(report)
        else:
            yield self._resolved(report)

    def _of_idiom(self, i: int, word: str) -> Iterator[_Report]:
        """Read "as X put it", "laid it at the door of Y", "X and Y trade blame"."""
        if word in {"put", "puts"} and self._is(i + 1, "it"):
            phrase = self._phrase_ending(self._skip_back(i - 1))
            if phrase is not None and self._is(phrase[0] - 1, "as"):
                span = (*phrase, phrase[1])
                yield self._report("tag", span, self._around_tag(i + 1, span), self.starts[i])
        elif word == "door" and self._is(i + 1, "of") and self._is(i - 2, "at"):
            subject = self._shared(i)
            if subject is not None:
                yield self._report("judge", subject, ((self.ends[i], self._judgement_end(i)),), self.starts[i])
        elif word in EXCHANGES and i + 1 < len(self.low) and self.low[i + 1] in EXCHANGED:
            phrase = self._phrase_ending(self._skip_back(i - 1))
            if phrase is not None:
                yield from self._mutual(self._report("judge", (*phrase, phrase[1]), (), self.starts[i]))

    def _mutual(self, report: _Report) -> Iterator[_Report]:
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
            yield _Report("mutual", one, one, (other,), report.at)
            yield _Report("mutual", other, other, (one,), report.at)

    def _resolved(self, report: _Report) -> _Report:
        """Put the name that the sentence has for "they" and "it" in the place of the pronoun."""
        if report.holder is None or self.text[slice(*report.holder)] not in {"they", "it"}:
            return report
        many = self.text[slice(*report.holder)] == "they"
        for other in reversed(self.reports):
            if other.holder is not None and other.kind != "view" and self._is_plural(other.holder) == many:
                return report._replace(holder=other.holder, described=other.described)
        first = self._token_at(report.holder[0])
        subject = self._phrase_from(0)
        if subject is not None and subject[1] < first and self.low[0] not in {"less", "more"}:
            span = (self.starts[0], self.ends[subject[1] - 1])
            if self._is_plural(span) == many and self.low[0] not in PRONOUNS:
                return report._replace(holder=span, described=span)
        for mention in self.mentions:
            span = (mention.start, mention.end)
            if mention.end <= report.holder[0] and self._is_plural(span) == many:
                return report._replace(holder=span, described=span)
        return report

    def _is_plural(self, span: Span, *, named: bool = False) -> bool:
        """Tell "officials" and "officials in Kyiv" from "the ministry"; names in -s count as such only if `named`."""
        words = self.text[slice(*span)].lower().split()
        head = (
            next((words[k - 1] for k, word in enumerate(words) if k and word in NOUN_PREPOSITIONS), words[-1])
            if words
            else ""
        )
        capital = (
            not named
            and self.text[span[1] - 1 : span[1]] == "s"
            and self.text[slice(*span)].split()[-1][0].isupper()
            and span[0] > 0
        )
        return (
            (head.endswith("s") and not head.endswith("ss") and not capital)
            or head in PLURALS
            or " and " in self.text[slice(*span)]
            or "here" in words
            or "there" in words
        )

    def _is_noun(self, i: int, verb: _Verb) -> bool:
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
        following = self.words.verbs.get(self.low[i + 1]) if i + 1 < len(self.low) else None
        if following is not None and following.form in {"ed", "s"} and not self._is(i - 1, ","):
            return True
        if before in (PREPOSITIONS - {"to"}) or (self._is(i + 1, "of") and verb.noun_too):
            return True
        return verb.form == "base" and not self._takes_base(i)

    def _takes_base(self, i: int) -> bool:
        """Tell whether what stands before a verb's base form goes with it: a plural, a modal, "to"."""
        before = self._skip_back(i - 1)
        if before < 0 or any(word in AUXILIARIES for word in self.low[before + 1 : i]):
            return True
        word = self.low[before]
        if (
            word in COORDINATORS
            or word in {"to", "who", "that", "which", ",", "i", "we", "you"}
            or not word[0].isalnum()
        ):
            return True
        phrase = self._phrase_ending(before)
        return phrase is not None and self._is_plural(self._characters(phrase), named=True)

    def _is_passive(self, i: int, before: int) -> bool:
        if not PASSIVE_AUXILIARIES.isdisjoint(self.low[before + 1 : i]):
            return True
        after = self.low[i + 1 : i + 3]
        return "by" in after or after in (["to", "have"], ["to", "be"])

    def _passive(self, i: int, verb: _Verb) -> _Report | None:
        if not verb.kinds & {"passive", "agentless", "judge", "say"}:
            return None
        at = self.starts[i]
        start = self._clause(i)[0]
        before = self._skip_back(i - 1)
        if not any(word in PASSIVE_AUXILIARIES for word in self.low[before + 1 : i]):
            near = before - 1 if self._is(before, ",") else before
            phrase = self._phrase_ending(near)
            if phrase is None:
                return None
            start = self.starts[phrase[0]]
        for j in range(i + 1, min(i + 8, len(self.low))):
            if self.low[j] == "by" and not self.quoted[j]:
                span = self._phrase_from(j + 1)
                if span is not None and verb.kinds & {"passive", "judge"}:
                    return self._report("judge", span, ((start, at),), at)
                return None
            if self.low[j] in BREAKS or self.low[j] == ",":
                break
        wrongly = {"wrongly", "falsely", "unjustly"} & set(self.low[before + 1 : i])
        if "agentless" in verb.kinds and self._is(i + 1, "of") and not wrongly:
            return _Report("judge", None, None, ((start, at),), at)
        if self.low[i] in {"said", "reported", "alleged", "believed", "thought"} and self._is(i + 1, "to"):
            reduced = not any(word in PASSIVE_AUXILIARIES for word in self.low[before + 1 : i])
            return _Report("say", None, None, ((at, self._clause_end(i)) if reduced else self._clause(i),), at)
        return None

    def _denial(self, i: int) -> _Report | None:
        """Read "X denied that ...", "X rejected the charge that ..."."""
        that = next(
            (k for k in range(i + 1, min(i + 14, len(self.low))) if self.low[k] == "that" and not self.quoted[k]), None
        )
        direct = that is not None and that == self._skip(i + 1) and self.low[i].startswith("den")
        if that is None or not (direct or any(word in self.words.claim_nouns for word in self.low[i + 1 : that])):
            return None
        span = self._subject(i)
        content = ((self.ends[that], self._clause_end(that)),) if direct else ()
        if span is None:
            return _Report("deny", None, None, content, self.starts[i])
        own = any(word in OWN for word in self.low[that + 1 : that + 5])
        return self._report("deny own" if own else "deny", span, content, self.starts[i])

    def _saying(self, i: int, verb: _Verb) -> _Report | None:
        at, verb_end = self.starts[i], self.ends[i]
        if self.low[i + 1 : i + 2] and (
            self.low[i + 1] in {"up", "for"} or (self.low[i + 1] == "with" and self.low[i].startswith("repl"))
        ):
            return None
        inverted = self._inverted(i)
        if inverted is not None:
            return self._report("tag", inverted, self._around_tag(i, inverted, after_holder=True), at)
        after = self._after_verb(i)
        span = self._subject(i)
        if span is None:
            return None
        first = span[0]
        set_off = first > 0 and (
            self.low[first - 1] in CLOSING or self.low[first - 1] in {",", "—", "–", "as", "?", "!"}
        )
        told: int | None = verb_end
        if self.low[i] in {"told", "tells", "tell", "telling", "informed", "assured", "warned", "warns"}:
            told = self._told(i)
            after = max(after, self._token_at(told - 1) + 1) if told is not None and told > verb_end else after
        last = self._skip(i + 1)
        if (
            set_off
            and verb.noun_too
            and self.low[last : last + 1] not in ([], ["."])
            and not (self.low[first] in DETERMINERS or self.low[first] in PRONOUNS or self.raw[first][0].isupper())
        ):
            return None
        if set_off and (after >= len(self.low) or self.low[after] in ENDING) and verb.form != "ing":
            return self._report("tag", span, self._around_tag(i, span), at)
        if "weak" in verb.kinds and not self._is(after, "that"):
            return None
        if told is None or (self.low[i].startswith("reckon") and self._is(after, "with")):
            return None
        content: list[Span] = [(told, self._clause_end(i))]
        if first > 1 and self.low[first - 1] in {"which", "who", "whom"}:
            owner = self._phrase_ending(first - 3 if self._is(first - 2, ",") else first - 2)
            content += [self._characters(owner)] if owner is not None else []
        return self._report("say", span, tuple(content), at)

    def _told(self, i: int) -> int | None:
        """Give where the content begins after the one who is told; None for an order: "told them to leave"."""
        phrase = self._phrase_from(i + 1)
        if phrase is None or self.low[i] in {"warned", "warns"}:
            return self.ends[i]
        end = phrase[1]
        while end < len(self.low) and self.low[end] in {"and", "alike"} and end + 1 < len(self.low):
            more = self._phrase_from(end + 1)
            end = more[1] if more else end + 1
        if self._is(end, "to"):
            return None
        return self.ends[end - 1]

    def _inverted(self, i: int) -> tuple[int, int, int] | None:
        """Give the speaker who stands after the verb, as in "..., says X"."""
        before = self._skip_adverbs_back(i - 1)
        if before < 0 or not (
            self.low[before] in CLOSING or self.low[before] in {",", "—", "–", "?", "!", "so", ":"} or before == -1
        ):
            return None
        span = self._phrase_from(i + 1)
        if span is None or self.low[i + 1] == "that":
            return None
        end = span[1]
        if self.words.verbs[self.low[i]].form == "base" and not self._is_plural(self._characters(span), named=True):
            return None
        if self._is(before, ",") and not (before and self.low[before - 1] in CLOSING) and self._closes_relative(before):
            return None
        if end < len(self.low) and not (
            self.low[end] in ENDING
            or self.low[end] in DAYS
            or self.low[end] in PREPOSITIONS | CONJUNCTIONS | RELATIVES | {"and"}
        ):
            return None
        in_quotation = self.low[before] in CLOSING or (before > 0 and self.low[before - 1] in CLOSING)
        if (
            not in_quotation
            and end < len(self.low)
            and self.low[end] not in ENDING
            and self.low[end] not in RELATIVES | {"in", "of", "from"}
        ):
            return None
        return self._with_relative(span)

    def _closes_relative(self, comma: int) -> bool:
        """Tell the comma after "X, who ...," from others."""
        opening = next((k for k in range(comma - 1, -1, -1) if self.low[k] == ","), None)
        return opening is not None and self.low[opening + 1] in {"who", "which", "whose"}

    def _judging(self, i: int) -> _Report | None:
        span = self._subject(i)
        if span is None:
            return None
        at, verb_end = self.starts[i], self.ends[i]
        content: list[Span] = [(verb_end, self._judgement_end(i))]
        backward = (self._sentence_part_start(span[0]), self.starts[span[0]])
        if self._is_object_relative(span[0], i):
            what = self._skip_adverbs_back(span[0] - 1)
            if self._is(i + 1, "down"):
                content = content[:1]
            elif self._is(what, "what") and not (what and self.low[what - 1] in PREPOSITIONS):
                content = []
            else:
                content = [backward]
        elif self.low[i + 1 : i + 2] and self.low[i + 1] in {"it", "them", "him", "her"} and span[0] > 0:
            content.append(backward)
        return self._report("judge", span, tuple(content), at)

    def _is_object_relative(self, first: int, i: int) -> bool:
        """Tell "a gesture (that) X called brave", whose object stands before."""
        first = self._skip_adverbs_back(first - 1) + 1
        if first == 0 or self.words.verbs[self.low[i]].form == "ing":
            return False
        before = self.low[first - 1]
        if before in {"that", "which", "whom", "what"}:
            return True
        if not self._is_nominal(first - 1) or not (self.low[first] in ARTICLES or self.raw[first][0].isupper()):
            return False
        antecedent = self._phrase_ending(first - 1)
        return antecedent is not None and self._is(antecedent[0] - 1, ",")

    def _aside(self, i: int, first: int) -> Iterator[_Report]:
        """Read "according to X": the clause around it is the holder's."""
        span = self._phrase_from(first)
        if span is None:
            return
        span = self._with_relative(span)
        if i == 0:
            # What follows the comma is the statement, no description of the holder.
            span = (span[0], span[1], span[1])
        start, end = self._clause(i)
        content = [(start, self.starts[i])]
        rest = self.ends[span[1] - 1]
        first = not any(character.isalpha() for character in self.text[start : self.starts[i]])
        inserted = (
            self._is(i - 1, ",")
            and self._is(span[1], ",")
            and span[1] + 1 < len(self.low)
            and self.low[span[1] + 1] not in RELATIVES
        )
        if first or self._is(span[1], ":") or (inserted and self._is(span[2], ",")):
            content.append((rest, len(self.text) if self._is(span[1], ":") else end))
        yield self._report("view", span, tuple(content), self.starts[i])

    def _view(self, i: int) -> Iterator[_Report]:
        """Read "in the words of X", "in X's view"."""
        span: tuple[int, int, int] | None = None
        first = i
        if self._is(i + 1, "of"):
            first = i - 2 if self._is(i - 1, "the") else i - 1
            span = self._phrase_from(i + 2)
        else:
            phrase = self._phrase_ending(i - 1)
            if phrase is not None and (
                POSSESSIVE.search(self.low[i - 1]) or self.low[i - 1] in {"his", "her", "its", "their"}
            ):
                first = phrase[0] - 1
                span = (phrase[0], i, i)
        if span is None or first < 0 or self.low[first] not in {"in", "by", "to", "on"}:
            return
        yield self._report("view", span, (self._clause(i),), self.starts[i])

    def _claim(self, i: int) -> Iterator[_Report]:
        """Read "X's claim that ...", "the charge that ..."."""
        content = ((self.ends[i], self._clause_end(i)),)
        if i and POSSESSIVE.search(self.low[i - 1]):
            phrase = self._phrase_ending(i - 1)
            if phrase is not None:
                yield self._report("say", (phrase[0], i, i), content, self.starts[i])
                return
        yield _Report("say", None, None, content, self.starts[i])

    def _judgement_noun(self, i: int) -> Iterator[_Report]:
        """Read "drew praise from X", "X's criticism of Y", "X had kind words for Y"."""
        at = self.starts[i]
        if self._is(i + 1, "from") or self._is(i + 1, "by"):
            span = self._phrase_from(i + 2)
            if span is not None and not self.low[i + 2].endswith("ing"):
                yield self._report("judge", span, ((self._clause(i)[0], at),), at)
            return
        if not (self._is(i + 1, "for") or self._is(i + 1, "of") or self._is(i + 1, "on")):
            return
        content = ((self.ends[i], self._judgement_end(i)),)
        if i and POSSESSIVE.search(self.low[i - 1]):
            phrase = self._phrase_ending(i - 1)
            if phrase is not None:
                yield self._report("judge", (phrase[0], i, i), content, at)
            return
        if i and self.low[i - 1] in {
            "take",
            "takes",
            "took",
            "taken",
            "taking",
            "claimed",
            "claims",
            "deserves",
            "deserve",
        }:
            return
        subject = self._subject_of_clause(i, whole=True)
        if subject is not None and subject[1] <= i and self.low[subject[0]] not in NOBODY:
            yield self._report("judge", subject, content, at)

    def _headline(self) -> Iterator[_Report]:
        """Read "Minister: rebels broke the truce" and "Rebels broke the truce: minister"."""
        if ":" not in self.text:
            return
        colon = next((i for i, word in enumerate(self.low) if word == ":"), None)
        if colon is None or not 0 < colon < len(self.low) - 1:
            return
        start, end = self.starts[colon], self.ends[colon]
        if self.low[colon - 1] in self.words.headline_speakers and colon < HEADLINE_WORDS:
            phrase = self._phrase_ending(colon - 1)
            if phrase is not None and phrase[0] == 0:
                yield self._report("say", (0, colon, colon), ((end, len(self.text)),), 0)
        elif self.low[-1] in self.words.headline_speakers and len(self.low) - colon < HEADLINE_WORDS:
            phrase = self._phrase_ending(len(self.low) - 1)
            if phrase is not None and phrase[0] == colon + 1:
                yield self._report("say", (*phrase, phrase[1]), ((0, start),), start)

    def _report(self, kind: str, span: tuple[int, int, int], content: tuple[Span, ...], at: int) -> _Report:
        first, last, described = span
        start, end = self.starts[first], self.ends[last - 1]
        possessive = POSSESSIVE.search(self.text[start:end])
        if possessive and kind != "tag" and self.text[start:end][-1:] in "s'’":
            end = start + possessive.start()
        return _Report(kind, (start, end), (start, max(end, self.ends[described - 1])), content, at)

    def _cut_turns(self) -> None:
        """End the content of a report where a later one begins a turn of its own: "X said ..., while Y said ..."."""
        if len(self.reports) < 2:
            return
        starts = [
            report.holder[0] for report in self.reports if report.holder is not None and self._is_turn(report.holder[0])
        ]
        for index, report in enumerate(self.reports):
            cuts = [
                start
                for start in starts
                if start > report.at and report.holder is not None and start > report.holder[1]
            ]
            if cuts and report.kind in {"say", "judge"}:
                stop = min(cuts)
                content = tuple((a, min(b, stop)) for a, b in report.content if a < stop)
                self.reports[index] = report._replace(content=content)

    def _is_turn(self, start: int) -> bool:
        first = self._token_at(start)
        return first > 0 and self.low[first - 1] in TURNS

    # -- phrases -----------------------------------------------------------------------------------------------------

    def _subject(self, i: int) -> tuple[int, int, int] | None:
        """Give the subject of the verb `i` as ``(first, last + 1, end of its description)`` in tokens."""
        span = self._any_subject(i)
        return None if span is None or self.low[span[0]] in NOBODY else span

    def _any_subject(self, i: int) -> tuple[int, int, int] | None:
        j = self._skip_back(i - 1)
        form = self.words.verbs[self.low[i]].form
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
        if self.quoted[j]:
            return None
        if word in {"who", "which", "that", "what"}:
            return self._antecedent(j - 1)
        if word == ",":
            return self._parted(j) or (self._subject_of_clause(i) if form in {"ed", "s"} else None)
        phrase = self._phrase_ending(j)
        if phrase is None:
            return None
        if self.low[phrase[0]] == "whose" and phrase[0] > 1:
            owner = self._phrase_ending(phrase[0] - 2 if self._is(phrase[0] - 1, ",") else phrase[0] - 1)
            if owner is not None:
                return owner[0], phrase[1], phrase[1]
        return (*phrase, phrase[1])

    def _antecedent(self, j: int) -> tuple[int, int, int] | None:
        """Give what "who" after token `j` stands for: "X, a retired officer, who"."""
        if self._is(j, ","):
            opening = next((k for k in range(j - 1, -1, -1) if self.low[k] == ","), None)
            if opening is not None and self.low[opening + 1] in ARTICLES and self.raw[opening - 1][0].isupper():
                phrase = self._phrase_ending(opening - 1)
                if phrase is not None:
                    return (*phrase, j)
            j -= 1
        phrase = self._phrase_ending(j)
        return (*phrase, phrase[1]) if phrase else None

    def _parted(self, j: int) -> tuple[int, int, int] | None:
        """Give the subject before an insertion that ends at the comma `j`: "X, who had waited, said"."""
        commas = [k for k in range(j - 1, -1, -1) if self.low[k] == "," and not self.quoted[k]]
        for k in commas:
            following = self.low[k + 1]
            if (
                following in RELATIVES
                or following in ARTICLES
                or following in PREPOSITIONS
                or k == commas[-1]
                or self.raw[k + 1][0].isupper()
            ):
                phrase = self._phrase_ending(k - 1)
                if phrase is None:
                    continue
                named = self.raw[k + 1][0].isupper() and self.raw[phrase[1] - 1][0].islower()
                return phrase[0], j if named else phrase[1], j
        return None

    def _shared(self, i: int) -> tuple[int, int, int] | None:
        """Give the subject that a verb shares with an earlier one."""
        at = self.starts[i]
        for report in reversed(self.reports):
            if report.holder is None or report.at > at or report.kind == "view":
                continue
            if ";" in self.text[report.at : at]:
                break
            first, last = self._token_at(report.holder[0]), self._token_at(report.holder[1] - 1) + 1
            return first, last, max(last, self._token_at((report.described or report.holder)[1] - 1) + 1)
        return self._subject_of_clause(i)

    def _subject_after_comma(self, i: int) -> tuple[int, int, int] | None:
        """Give the subject of "Calling that a lie, the army ..."."""
        for k in range(i + 1, len(self.low)):
            if self.low[k] == "," and not self.quoted[k]:
                return self._phrase_from(k + 1)
        return None

    def _subject_of_clause(self, i: int, *, whole: bool = False) -> tuple[int, int, int] | None:
        """Give the first noun phrase of the clause in which token `i` stands."""
        first = 0
        for k in range(min(i, len(self.low)) - 1, -1, -1):
            if self.low[k] in BREAKS and not (whole and k >= i - 2):
                first = k + 1
                break
        while first < i and (
            self.low[first] in COORDINATORS or self.low[first] in self.words.adverbs or not self.low[first][0].isalnum()
        ):
            first += 1
        if first >= min(i, len(self.low)):
            return None
        opens = self.words.verbs.get(self.low[first])
        if (
            self.low[first] in PREPOSITIONS | CONJUNCTIONS
            or self.low[first] in {"less", "more"}
            or (opens and opens.form in {"ing", "ed"})
        ):
            comma = next((k for k in range(first, i) if self.low[k] == ","), None)
            if comma is None:
                return None
            first = comma + 1
        span = self._phrase_from(first)
        return span if span is not None and span[1] <= i else None

    def _phrase_ending(self, j: int) -> tuple[int, int] | None:
        """Give the noun phrase whose last word is token `j`, walking left."""
        if j < 0 or self.quoted[j]:
            return None
        if self.low[j] in PRONOUNS or self.low[j] in NOBODY:
            return (j, j + 1)
        if not self._is_nominal(j):
            return self._phrase_ending(j - 1) if self.low[j] in {"here", "there", "alike"} else None
        first = j
        while first > 0 and not self.quoted[first - 1]:
            p = first - 1
            word = self.low[p]
            if p in self.named and first in self.named:
                first = p
                continue
            if word in {"of", "for", "from", "in"} and self._is_nominal(p - 1) and not self._is_time(first):
                first = p - 1
                continue
            if word in MODIFYING:
                outer = self._before_modifier(p)
                if outer is None:
                    break
                return outer[0], outer[1] if self.low[outer[1]].endswith("ed") else j + 1
            if self.low[first] in ARTICLES and word not in {"all", "both"}:
                break
            if word in {"and", "&"} and self._is_nominal(p - 1) and self._joins_names(p, first):
                first = p - 1
                continue
            if not self._is_nominal(p) and word not in ARTICLES and word != "whose":
                break
            first = p
        return first, j + 1

    def _before_modifier(self, p: int) -> tuple[int, int] | None:
        """Give the noun phrase before "(reached) by ...", if there is one."""
        q = p - 1
        if q >= 0 and self.low[q].endswith(("ed", "ing")):
            q -= 1
        return self._phrase_ending(q) if q >= 0 and self._is_nominal(q) else None

    def _joins_names(self, p: int, first: int) -> bool:
        left, right = self.raw[p - 1], self.raw[first]
        return left[0].isupper() and right[0].isupper() and not self._is(p - 2, ",")

    def _is_time(self, i: int) -> bool:
        return i < len(self.low) and (self.low[i] in DAYS or self.low[i][0].isdigit())

    def _is_nominal(self, i: int) -> bool:
        """Tell whether a token may belong to a noun phrase: no function word, mark or finite verb."""
        if not 0 <= i < len(self.low):
            return False
        word = self.low[i]
        if i in self.named:
            return True
        if not word[0].isalnum() and word[0] != "(":
            return False
        if word in PREPOSITIONS or word in CONJUNCTIONS or word in AUXILIARIES or word in RELATIVES or word in PRONOUNS:
            return False
        if word in self.words.adverbs or word in NEGATIONS or (word in DAYS and word != "march"):
            return False
        verb = self.words.verbs.get(word)
        if verb is not None and (verb.form in {"ed", "ing"} or not verb.noun_too) and self.raw[i][0].islower():
            return i > 0 and self.low[i - 1] in ARTICLES
        return not (
            word.endswith("ly")
            and self.raw[i][0].islower()
            and word not in {"family", "ally", "assembly", "daily", "monthly", "weekly", "police"}
        )

    def _phrase_from(self, i: int) -> tuple[int, int, int] | None:
        """Give the noun phrase that begins at token `i`, and where its description ends."""
        while i < len(self.low) and self.low[i] in self.words.adverbs and self.low[i] not in {"both", "all", "each"}:
            i += 1
        if i >= len(self.low) or self.quoted[i]:
            return None
        if self.low[i] in PRONOUNS:
            return None if self.low[i] == "who" else (i, i + 1, i + 1)
        end = i
        while end < len(self.low) and not self.quoted[end]:
            if not self._belongs(end, i):
                end += end > i and self.low[end] in {"here", "there"}
                break
            end += 1
        if end == i or (all(word in DETERMINERS for word in self.low[i:end]) and self.low[end - 1] not in PLURALS):
            return None
        return self._with_apposition(i, end)

    def _belongs(self, k: int, first: int) -> bool:
        """Tell whether token `k` goes on with the noun phrase that began at `first`."""
        word = self.low[k]
        if k in self.named:
            return True
        if word in DETERMINERS:
            before = self.low[k - 1]
            return k == first or before in NOUN_PREPOSITIONS or before in {"and", "both", "all"}
        if self._is_nominal(k):
            return k == first or not self._is_finite(k)
        if k == first:
            return False
        if word in {"and", "&"}:
            return self._is_nominal(k + 1) and self._joins_names(k, k + 1)
        return word in {"of", "for", "from", "in", "at"} and self._continues(k)

    def _with_relative(self, span: tuple[int, int, int]) -> tuple[int, int, int]:
        """Add "who agree on nothing else" where no comma parts it from the holder."""
        first, end, described = span
        if not (self._is(end, "who") or self._is(end, "that")):
            return span
        stop = next((k for k in range(end, min(end + 10, len(self.low))) if self.low[k] in ENDING), None)
        return span if stop is None else (first, stop, max(stop, described))

    def _continues(self, p: int) -> bool:
        if self.low[p] == "of":
            return self._is_nominal(p + 1) or (p + 1 < len(self.low) and self.low[p + 1] in DETERMINERS)
        if p + 1 >= len(self.low) or self._is_time(p + 1):
            return False
        if self.low[p] in {"for", "from"} and self.low[p + 1] in DETERMINERS:
            return self._is_nominal(p + 2)
        return self.raw[p + 1][0].isupper()

    def _is_finite(self, i: int) -> bool:
        """Tell a verb that ends a subject from a noun that looks like it."""
        verb = self.words.verbs.get(self.low[i])
        if verb is not None and verb.form == "s" and i + 1 < len(self.low):
            after = self.low[i + 1]
            return (
                after in DETERMINERS
                or after in PREPOSITIONS
                or after in OPENING
                or after == "that"
                or self.raw[i + 1][0].isupper()
            )
        lower = self.raw[i][0].islower()
        return lower and self.low[i].endswith("ed") and len(self.low[i]) > 4 and self.low[i - 1] not in ARTICLES

    def _with_apposition(self, first: int, end: int) -> tuple[int, int, int]:
        """Add the name to "her uncle, Wilber Huanca", and find the end of what describes the holder."""
        described = end
        if self._is(end, ",") and end + 1 < len(self.low):
            following = self.raw[end + 1]
            stop = next((k for k in range(end + 1, len(self.low)) if self.low[k] in ENDING), len(self.low))
            if self.raw[end - 1][0].islower() and self._is_name(end + 1, stop):
                return first, stop, stop
            if (
                following.lower() in ARTICLES
                or following.lower() in {"who", "whose"}
                or (following[0].islower() and self._is_nominal(end + 1))
            ):
                described = stop
        return first, end, described

    def _is_name(self, first: int, stop: int) -> bool:
        """Tell "Wilber Huanca" and "Ana de la Cruz"."""
        words = [self.raw[k] for k in range(first, stop)]
        return 0 < len(words) <= 5 and words[0][0].isupper() and all(w[0].isupper() or w in NAME_LINKS for w in words)

    def _characters(self, phrase: tuple[int, ...]) -> Span:
        return self.starts[phrase[0]], self.ends[phrase[1] - 1]

    # -- places in the sentence --------------------------------------------------------------------------------------

    def _is(self, i: int, word: str) -> bool:
        return 0 <= i < len(self.low) and self.low[i] == word

    def _is_any(self, i: int, words: frozenset[str]) -> bool:
        return 0 <= i < len(self.low) and self.low[i] in words

    def _token_at(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _skip(self, i: int) -> int:
        while i < len(self.low) and self._is_adverb(i):
            i += 1
        return i

    def _is_adverb(self, i: int) -> bool:
        word = self.low[i]
        return word in self.words.adverbs or (
            word.endswith("ly") and self.raw[i][0].islower() and word not in {"ally", "family", "assembly", "daily"}
        )

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
        if word in {"on", "in", "late", "early"} and self._is_time(i + 1):
            return 2
        if word in DAYS or word in ADDRESSEES or word[0].isdigit():
            return 1
        if word in {"last", "this", "that"} and i + 1 < len(self.low) and self.low[i + 1] in TIMES:
            return 2
        if word in PREPOSITIONS:
            return (self._tail_end(i) or i) - i
        return 0

    def _tail_end(self, i: int) -> int | None:
        """Give the end of "in an interview" and the like where a mark follows within five words."""
        for k in range(i + 1, min(i + 6, len(self.low) + 1)):
            if k == len(self.low) or self.low[k] in ENDING:
                return k
        return None

    def _clause(self, i: int) -> Span:
        """Give the stretch between semicolons in which token `i` stands."""
        return self._sentence_part_start(i), self._clause_end(i)

    def _sentence_part_start(self, i: int) -> int:
        for k in range(i - 1, -1, -1):
            if self.low[k] == ";" and not self.quoted[k]:
                return self.ends[k]
        return 0

    def _clause_end(self, i: int) -> int:
        for k in range(i + 1, len(self.low)):
            if self.low[k] == ";" and not self.quoted[k]:
                return self.starts[k]
        return len(self.text)

    def _judgement_end(self, i: int) -> int:
        """Give where the object of a judgement ends at the latest: before a new clause."""
        comma = self._end_of_subordinate(i)
        for k in range(i + 1, len(self.low)):
            if self.quoted[k]:
                continue
            word = self.low[k]
            if word == ";" or word in {"while", "whereas"}:
                return self.starts[k]
            if word == "," and k == comma:
                return self.starts[k]
            if word == "and" and (self._is(k - 1, ",") or self._is_verb_turn(k + 1)):
                return self.starts[k]
            if (
                word == ","
                and k + 1 < len(self.low)
                and self.low[k + 1] in {"who", "which", "whose", "but", "yet", "although", "though", "where"}
            ):
                return self.starts[k]
        return len(self.text)

    def _end_of_subordinate(self, i: int) -> int | None:
        """Give the comma that ends "While X praised Y, ..." and "Praising Y, ..."."""
        if (self.low[0] not in SUBORDINATORS and i > 0) or "," in self.low[:i]:
            return None
        return next((k for k in range(i + 1, len(self.low)) if self.low[k] == "," and not self.quoted[k]), None)

    def _is_verb_turn(self, k: int) -> bool:
        """Tell "... and promised an inquiry" from "... and its allies"."""
        k = self._skip(k)
        verb = self.words.verbs.get(self.low[k]) if k < len(self.low) else None
        return (
            verb is not None
            and (verb.form == "ed" or (verb.form == "s" and not verb.noun_too))
            and self.raw[k][0].islower()
        )

    def _around_tag(self, i: int, span: tuple[int, int, int], *, after_holder: bool = False) -> tuple[Span, ...]:
        """Give what a tag like "..., X said, ..." interrupts or closes."""
        first = min(span[0], i)
        last = max(span[1] - 1, i) if after_holder else i
        before = (self._sentence_part_start(first), self.starts[first])
        following = span[1] if after_holder else self._after_verb(i)
        if after_holder and self._is(following, ","):
            following_word = self.low[following + 1] if following + 1 < len(self.low) else ""
            if following_word in {"who", "whose", "which", "a", "an", "the"} or span[2] > span[1]:
                return (before,)
        elif after_holder and not self._is(following, ":"):
            return (before,)
        return before, (self.ends[last], self._clause_end(last))


# -- quotations over a text ------------------------------------------------------------------------------------------


def _quotes_by_sentence(text: str, sentences: Sequence[Span]) -> dict[int, list[_Quote]]:
    """Give for each sentence that has any the stretches in quotation marks, offsets in the sentence."""
    result: dict[int, list[_Quote]] = {}
    if not QUOTE_MARK.search(text) or not sentences:
        return result
    starts = [start for start, _ in sentences]
    for start, end, number in _quotations(text):
        for i in range(max(0, bisect_right(starts, start) - 1), len(sentences)):
            first, last = sentences[i]
            if first >= end:
                break
            if last > start:
                piece = _Quote(max(start, first) - first, min(end, last) - first, number, start < first)
                result.setdefault(i, []).append(piece)
    return result


def _quotations(text: str) -> Iterator[tuple[int, int, int]]:
    """Give the outermost quotations as ``(start, end, number)``; paragraphs of one quotation share the number."""
    number = 0
    open_before = False
    for paragraph in PARAGRAPH.finditer(text):
        found = list(_paragraph_quotations(text, *paragraph.span()))
        for index, (start, end, closed) in enumerate(found):
            # A quotation left open at the end of a paragraph goes on where the next one opens it again.
            goes_on = index == 0 and open_before and start - paragraph.start() <= 1
            number += not goes_on
            yield start, end, number
            open_before = not closed
        if not found and paragraph.group().strip():
            open_before = False


def _paragraph_quotations(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Give ``(start, end, closed)`` of the outermost quotations in a paragraph."""
    marks = [(match.start(), match.group()) for match in QUOTE_MARK.finditer(text, start, end)]
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
    for k in range(index + 1, len(marks)):
        at, closer = marks[k]
        if at >= limit:
            return None
        if _closes(text, at, closer, marks[index][1], limit):
            return at
    return None


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


# -- words -----------------------------------------------------------------------------------------------------------


@cache
def _words() -> _Words:
    irregular: dict[str, list[str]] = _RAW["irregular"]
    kinds: dict[str, set[str]] = {}
    forms: dict[str, str] = {}
    particles: dict[str, str] = {}
    bare: set[str] = set()
    nouns_too = frozenset(_RAW["nouns_too"])
    noun_forms: set[str] = set()
    for kind in ("say", "weak", "judge", "deny", "passive", "agentless", "plain"):
        for entry in _RAW[kind]:
            lemma, _, particle = entry.partition(" ")
            for form, name in _forms(lemma, irregular):
                kinds.setdefault(form, set()).add(kind)
                forms.setdefault(form, name)
                if particle:
                    particles[form] = particle
                elif kind != "plain":
                    bare.add(form)
                if lemma in nouns_too:
                    noun_forms.add(form)
    verbs = {
        form: _Verb(
            frozenset(kinds[form]), forms[form], None if form in bare else particles.get(form), form in noun_forms
        )
        for form in forms
    }
    lists = {name: frozenset(_RAW[name]) for name in _Words._fields if name in _RAW}
    reporting = {form for form, verb in verbs.items() if verb.kinds - {"plain"}}
    weak = {form for form, verb in verbs.items() if verb.kinds <= {"plain", "weak", "passive"} and "weak" in verb.kinds}
    sure = {form for form, verb in verbs.items() if verb.kinds - {"plain", "weak", "passive", "agentless"}}
    nouns = lists["claim_nouns"] | lists["judgement_nouns"] | lists["view_nouns"] | lists["hearsay"]
    cues = frozenset(reporting | nouns | EXCHANGED | {"according", "door"})
    sure |= lists["judgement_nouns"] | lists["view_nouns"] | lists["hearsay"] | EXCHANGED | {"according", "door"}
    return _Words(
        verbs=verbs, cues=cues, sure_cues=frozenset(sure), weak_cues=frozenset(weak), triggers=cues | EXCHANGES, **lists
    )


def _forms(lemma: str, irregular: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Give the forms of a verb with their names: ``base``, ``s``, ``ed`` (past and participle), ``ing``."""
    yield lemma, "base"
    if lemma in irregular:
        for form in irregular[lemma]:
            yield form, "ing" if form.endswith("ing") else "s" if form.endswith("s") and form != "was" else "ed"
        return
    if lemma.endswith("e"):
        yield from ((lemma + "s", "s"), (lemma + "d", "ed"), (lemma[:-1] + "ing", "ing"))
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        yield from ((lemma[:-1] + "ies", "s"), (lemma[:-1] + "ied", "ed"), (lemma + "ing", "ing"))
    else:
        plural = "es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s"
        yield from ((lemma + plural, "s"), (lemma + "ed", "ed"), (lemma + "ing", "ing"))
