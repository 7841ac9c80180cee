"""Noun phrases: they name who may hold a view."""

from stancekit.holders.quotations import Span
from stancekit.holders.reading import Reading
from stancekit.holders.vocabulary import (
    ARTICLES,
    DETERMINERS,
    ENDING,
    FUNCTION,
    MODIFYING,
    NAME_LINKS,
    NOBODY,
    NOUN_PREPOSITIONS,
    PLURALS,
    PRONOUNS,
    VERBS,
    WORDS,
)

Phrase = tuple[int, int, int]
"""First token of a noun phrase, the one after its last, and the one after all that describes it."""
LINKS = frozenset({"of", "for", "from", "in", "at"})


class Phrases(Reading):
    """Finds the noun phrases of a sentence."""

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
            if word in MODIFYING:
                # "residents (reached) by phone"
                q = p - 2 if self.low[p - 1].endswith(("ed", "ing")) else p - 1
                outer = self._phrase_ending(q) if self._is_nominal(q) else None
                return (first if outer is None else outer[0]), j + 1
            if self.low[first] in ARTICLES and word not in {"all", "both"}:
                break
            if word == "and" and self._is_nominal(p - 1) and self._joins_names(p, first):
                first = p - 1
            elif self._is_nominal(p) or word in ARTICLES or word == "whose":
                first = p
            else:
                break
        return first, j + 1

    def _joins_names(self, p: int, following: int) -> bool:
        return self.raw[p - 1][0].isupper() and self.raw[following][0].isupper()

    def _phrase_from(self, i: int, links: frozenset[str] = LINKS) -> Phrase | None:
        """Give the noun phrase that begins at token `i`; prepositions among `links` may go on with it."""
        while i < len(self.low) and self.low[i] in WORDS.adverbs and self.low[i] not in DETERMINERS:
            i += 1
        if i >= len(self.low) or self.quoted[i]:
            return None
        if self.low[i] in PRONOUNS:
            return None if self.low[i] == "who" else (i, i + 1, i + 1)
        end = i
        while end < len(self.low) and not self.quoted[end] and self._belongs(end, i, links):
            end += 1
        if end == i or (self.low[end - 1] not in PLURALS and DETERMINERS.issuperset(self.low[i:end])):
            return None
        return self._with_apposition(i, end + self._is_any(end, frozenset({"here", "there"})))

    def _belongs(self, k: int, first: int, links: frozenset[str]) -> bool:
        """Tell whether token `k` goes on with the noun phrase that began at `first`."""
        word = self.low[k]
        if word in DETERMINERS:
            return k == first or self.low[k - 1] in NOUN_PREPOSITIONS or self.low[k - 1] in {"both", "all"}
        if self._is_nominal(k):
            return k == first or not self._is_finite(k)
        if k == first:
            return False
        if word == "and":
            return self._is_nominal(k + 1) and self._joins_names(k, k + 1)
        return word in links and self._continues(k)

    def _continues(self, p: int) -> bool:
        """Tell "the head of the army", "fishermen from the islands", "officials in Kyiv"."""
        if p + 1 >= len(self.low):
            return False
        if self.low[p] == "of":
            return self.low[p + 1] in DETERMINERS or self._is_nominal(p + 1)
        return self.raw[p + 1][0].isupper() and not self._is_time(p + 1)

    def _with_apposition(self, first: int, end: int) -> Phrase:
        """Add the name to "her uncle, Wilber Huanca", and find the end of what describes the holder."""
        if not self._is(end, ",") or end + 1 >= len(self.low):
            return first, end, end
        following = self.low[end + 1]
        stop = next((k for k in range(end + 1, len(self.low)) if self.low[k] in ENDING), len(self.low))
        if self.raw[end - 1][0].islower() and self._is_name(end + 1, stop):
            return first, stop, stop
        describes = following in ARTICLES or following in {"who", "whose"}
        if describes or (self.raw[end + 1][0].islower() and self._is_nominal(end + 1)):
            return first, end, stop
        return first, end, end

    def _with_relative(self, span: Phrase) -> Phrase:
        """Add "who agree on nothing else" where no comma parts it from the holder."""
        first, end, described = span
        if not self._is_any(end, frozenset({"who", "that"})):
            return span
        stop = next((k for k in range(end, min(end + 10, len(self.low))) if self.low[k] in ENDING), None)
        return span if stop is None else (first, stop, max(stop, described))

    def _is_nominal(self, i: int) -> bool:
        """Tell whether a token may belong to a noun phrase: no function word, mark or finite verb."""
        if not 0 <= i < len(self.low):
            return False
        word = self.low[i]
        if word in FUNCTION or not (word[0].isalnum() or word[0] == "("):
            return False
        if not self.raw[i][0].islower():
            return True
        verb = VERBS.get(word)
        if verb is not None and (verb.form in {"ed", "ing"} or not verb.noun_too):
            return i > 0 and self.low[i - 1] in ARTICLES
        return not self._is_adverb(i)

    def _is_finite(self, i: int) -> bool:
        """Tell a verb that ends a subject from a noun that looks like it."""
        return self.low[i].endswith("ed") and self.raw[i][0].islower() and self.low[i - 1] not in ARTICLES

    def _is_name(self, first: int, stop: int) -> bool:
        """Tell "Wilber Huanca" and "Ana de la Cruz"."""
        words = self.raw[first:stop]
        return 0 < len(words) <= 5 and all(word[0].isupper() or word in NAME_LINKS for word in words)

    def _is_plural(self, span: Span, *, named: bool = False) -> bool:
        """Tell "officials" and "officials in Kyiv" from "the ministry"; names in -s count as such only if `named`."""
        text = self.text[slice(*span)]
        words = text.split()
        if not words:
            return False
        head = next((words[k - 1] for k in range(1, len(words)) if words[k] in NOUN_PREPOSITIONS), words[-1])
        if head.lower() in PLURALS or " and " in text:
            return True
        return head.endswith("s") and (named or span[0] == 0 or not words[-1][0].isupper())
