"""Rules of headlines: "Russia: strikes hit only depots", "Truce broken – minister", "Kenya ‘lied’ about fire"."""

from collections.abc import Iterator

from stancekit.holders.clauses import Clauses, Report
from stancekit.holders.vocabulary import AUXILIARIES, DASHES, VERBS, WORDS

LABEL = 6
"""A speaker before a colon takes no more words, nor one behind a dash."""
CONTENT = 3
"""What is said takes no fewer."""
CLAIM = 5
"""Words in quotation marks that are one claim at the most."""
VOICES = frozenset({"witnesses", "residents", "sources", "experts", "source", "study", "report", "reports", "police"})


class Headlines(Clauses):
    """Finds who speaks where a headline leaves out the verb."""

    def _headline(self) -> Iterator[Report]:
        if self.labelled:
            yield from self._opening_label()
            yield from self._closing_label()
        if self.quotes and not self.reports:
            yield from self._marked_claim()

    def _opening_label(self) -> Iterator[Report]:
        """Read "Minister: ...", "Russia: ...", where no topic is named: "Sudan: UN warns of famine"."""
        colon = next((k for k in range(min(LABEL + 1, len(self.low))) if self.low[k] == ":"), None)
        if not colon or colon + CONTENT >= len(self.low) or self.quoted[0] or self.quoted[colon + 1]:
            return
        if self.low[colon + 1][0].isdigit() or not self._speaks(0, colon):
            return
        named = {mention.actor_id for mention in self.mentions if mention.start < self.starts[colon]}
        told = {mention.actor_id for mention in self.mentions if mention.start > self.starts[colon]}
        if self._is_bare(0, colon) and (named & told or any(report.holder for report in self.reports)):
            return
        content = ((self.ends[colon], len(self.text)),)
        yield self._report("say", (0, colon, colon), content, self.starts[colon])

    def _closing_label(self) -> Iterator[Report]:
        """Read "...: minister", "... – UN", where nothing comes after."""
        count = len(self.low)
        sign = next((k for k in range(count - 2, CONTENT - 1, -1) if self.low[k] in DASHES or self.low[k] == ":"), None)
        if sign is None or count - sign - 1 > LABEL or self.quoted[sign + 1] or not self._speaks(sign + 1, count):
            return
        if self.low[sign] == "-" and self.text[self.ends[sign] : self.ends[sign] + 1] != " ":
            return
        content = ((0, self.starts[sign]),)
        yield self._report("tag", (sign + 1, count, count), content, self.starts[sign])

    def _marked_claim(self) -> Iterator[Report]:
        """Read "Kenya ‘lied’ about fire": the verb is in quotation marks, so somebody else says it."""
        if self.low[-1] == "." or self._is_titled():
            return
        for quote in self.quotes:
            inner = self.text[quote.start : quote.end].strip("“”\"‘’' ").split()
            subject = [mention for mention in self.mentions if mention.end + 1 == quote.start]
            if subject and 0 < len(inner) <= CLAIM and _is_past(inner[0].lower()):
                yield Report("say", None, None, ((0, len(self.text)),), quote.start)
                return

    def _speaks(self, first: int, stop: int) -> bool:
        """Tell whether the tokens name one who speaks: an actor, or somebody by office."""
        if stop - first > LABEL or not all(
            word[0].isalpha() and word not in AUXILIARIES and (raw[0].isupper() or not _is_verb(word))
            for word, raw in zip(self.low[first:stop], self.raw[first:stop], strict=True)
        ):
            return False
        if self.low[stop - 1] in WORDS.offices or self.low[stop - 1] in VOICES:
            return True
        start, end = self.starts[first], self.ends[stop - 1]
        return any(
            mention.end == end and start <= mention.start and mention.role != "adjective" for mention in self.mentions
        )

    def _is_bare(self, first: int, stop: int) -> bool:
        return any(
            (mention.start, mention.end) == (self.starts[first], self.ends[stop - 1]) for mention in self.mentions
        )


def _is_verb(word: str) -> bool:
    verb = VERBS.get(word)
    return verb is not None and not verb.noun_too


def _is_past(word: str) -> bool:
    verb = VERBS.get(word)
    return word.endswith("ed") or word == "lied" or (verb is not None and verb.form == "ed")
