"""Attributions of the mentions in a text: quotations followed over sentences, and who their speakers are."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stancekit.actors import Mention
from stancekit.holders.clauses import Report
from stancekit.holders.cues import may_be_labelled, telling_sentences
from stancekit.holders.quotations import Quote, Span, quotes_by_sentence
from stancekit.holders.sentence import Sentence
from stancekit.holders.vocabulary import BACKWARD, WORDS


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
    return Part(sentences, text, mentions, names).attributions()


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


class Part:
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
        self.quotes = quotes_by_sentence(text, sentences)
        self.telling = telling_sentences(text, sentences, mentions)
        self.read: dict[int, Sentence] = {}
        # Sentences whose speakers are remembered only once somebody asks for one.
        self.pending: deque[int] = deque()
        self.is_remembering = False
        self.last_id: str | None = None
        self.surnames: dict[str, str] = {}
        self.ids: dict[tuple[int, Report], str | None] = {}

    def attributions(self) -> list[list[Attribution]]:
        """Go through the sentences in order."""
        return [self._of_sentence(i) for i in range(len(self.spans))]

    def sentence(self, i: int) -> Sentence:
        """Read a sentence, once."""
        sentence = self.read.get(i)
        if sentence is None:
            start, end = self.spans[i]
            sentence = self.read[i] = Sentence(self.text[start:end], self.quotes.get(i, ()), self.mentions[i])
        return sentence

    def _may_report(self, i: int) -> bool:
        """Tell whether a sentence may hold a report at all; most do not, and are not read."""
        if i in self.read:
            return bool(self.read[i].reports)
        if i in self.telling or (self.mentions[i] and i in self.quotes):
            return True
        start, end = self.spans[i]
        return may_be_labelled(self.text[start:end], self.mentions[i])

    def _of_sentence(self, i: int) -> list[Attribution]:
        mentions = self.mentions[i]
        if not mentions and i not in self.quotes:
            return []
        found = [NARRATOR] * len(mentions)
        if mentions and (i in self.quotes or self._may_report(i)):
            sentence = self.sentence(i)
            if sentence.reports or sentence.speech:
                found = [self._of_mention(i, sentence, mention) for mention in mentions]
        self.pending.append(i)
        return found

    def _of_mention(self, i: int, sentence: Sentence, mention: Mention) -> Attribution:
        quote = sentence.speech_at(mention.start)
        if quote is not None:
            return self._of_quote(i, sentence, quote)
        report = sentence.report_at(mention.start, mention.end)
        return NARRATOR if report is None else self._by(i, sentence, report)

    def _by(self, i: int, sentence: Sentence, report: Report) -> Attribution:
        if report.holder is None:
            return Attribution(True, None, None, None, None)
        start, end = report.holder
        return Attribution(True, sentence.text[start:end], start, end, self._holder_id(i, sentence, report))

    def _of_quote(self, i: int, sentence: Sentence, quote: Quote) -> Attribution:
        """Find the speaker of a quotation: in the sentence, in others of the same quotation, in the neighbours."""
        report = sentence.speaker_of(quote)
        if report is not None:
            return self._by(i, sentence, report)
        for other in self._around(i, quote):
            if not self._may_report(other):
                continue
            neighbour = self.sentence(other)
            report = neighbour.speaker()
            if report is not None:
                return Attribution(True, None, None, None, self._holder_id(other, neighbour, report))
        return Attribution(True, None, None, None, None)

    def _around(self, i: int, quote: Quote) -> Iterator[int]:
        """Give the sentences in which the speaker of a quotation may stand, the likeliest first."""
        same = [
            j
            for j in range(max(0, i - 12), min(len(self.spans), i + 13))
            if j != i and j in self.quotes and any(q.number == quote.number for q in self.quotes[j])
        ]
        yield from same
        first, last = min([i, *same]), max([i, *same])
        for j in range(first - 1, max(-1, first - 4), -1):
            yield j
            if j not in self.quotes:
                break
        if last + 1 < len(self.spans) and last + 1 in self.quotes:
            yield last + 1

    def _remember(self) -> None:
        """Keep the speakers of the sentences before, which pronouns, surnames and "the ministry" stand for."""
        if self.is_remembering:
            return
        self.is_remembering = True
        while self.pending:
            self._remember_speakers(self.pending.popleft())
        self.is_remembering = False

    def _remember_speakers(self, i: int) -> None:
        sentence = self.sentence(i) if self._may_report(i) else None
        if sentence is None or not sentence.reports:
            if self.mentions[i]:
                self.last_id = self.mentions[i][0].actor_id
            return
        for report in sentence.reports:
            if report.holder is None:
                continue
            actor_id = self._holder_id(i, sentence, report)
            text = sentence.text[slice(*report.holder)]
            if actor_id is not None and " " in text:
                self.surnames.setdefault(text.rsplit(None, 1)[-1], actor_id)
            if actor_id is not None or text.lower() not in BACKWARD:
                self.last_id = actor_id

    def _holder_id(self, i: int, sentence: Sentence, report: Report) -> str | None:
        if report.holder is None or report.described is None:
            return None
        if (i, report) in self.ids:
            return self.ids[i, report]
        actor_id = self._find_holder_id(i, sentence, report)
        self.ids[i, report] = actor_id
        return actor_id

    def _find_holder_id(self, i: int, sentence: Sentence, report: Report) -> str | None:
        assert report.holder is not None
        assert report.described is not None
        text = sentence.text[slice(*report.holder)]
        words = text.lower().split()
        start = report.holder[0]
        # Whom a relative clause names is not the one who speaks: "two women who had reached Ukrainian lines".
        found = self._actor_in(i, sentence.text, (start, start + len(text.partition(" who")[0])))
        if found is None and report.described != report.holder:
            found = self._actor_in(i, sentence.text, (report.holder[1], report.described[1]))
        if found is not None or not words:
            return found
        if words[0] in BACKWARD or "its" in words or "their" in words:
            before = [m for m in self.mentions[i] if m.end <= report.holder[0]]
            if before and words[0] not in BACKWARD:
                return before[0].actor_id
            self._remember()
            return self.ids.get((i, report), self.last_id)
        # "Wekesa" after "Amina Wekesa", "the groups" after "human rights groups".
        if len(words) == 1 or words[0] == "the":
            self._remember()
            return self.ids.get((i, report), self.surnames.get(text.rsplit(None, 1)[-1]))
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
    return not WORDS.offices.isdisjoint(rest.lower().split())
