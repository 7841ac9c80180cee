"""Find the names of actors in sentences; what they stand for there is told by :mod:`stancekit.actors.usage`."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import ahocorasick_rs

from stancekit.actors.catalogue import Catalogue
from stancekit.actors.choosing import (
    Hit,
    Span,
    chosen_in,
    is_whole,
    mentions_of,
    merged,
    names_in,
    split_hits,
)
from stancekit.actors.context import context
from stancekit.actors.expressions import compiled
from stancekit.actors.introducing import INTRODUCING, SHORT_FORM, SURNAME, Introduced, introduced
from stancekit.actors.mentions import NOTHING, Found, Mention
from stancekit.actors.spelling import encodable, folded, variants
from stancekit.actors.usage import actors_of
from stancekit.actors.words import after, is_headline

__all__ = ["Found", "Matcher", "Mention"]


class _Names:
    """What matchers of equal catalogues share, the large automaton above all; nothing in it changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        known: dict[str, tuple[str, str]] = {}
        for actor in catalogue.values():
            for alias, role in actor.spellings():
                # The alias as it is written wins over a variant of another one.
                known[folded(alias)] = (actor.actor_id, role)
        for alias, entry in list(known.items()):
            for variant in variants(alias):
                known.setdefault(variant, entry)
        self.known = known
        self.entries = list(known.values())
        self.kinds = {actor.actor_id: actor.kind for actor in catalogue.values()}
        self.persons = frozenset(actor_id for actor_id, kind in self.kinds.items() if kind == "person")
        self.automaton = ahocorasick_rs.AhoCorasick(
            list(known), matchkind=ahocorasick_rs.MatchKind.Standard, implementation=ahocorasick_rs.Implementation.DFA
        )
        self.expressions = [(compiled(actor.pattern), actor.actor_id) for actor in catalogue.values() if actor.pattern]


_SHARED: WeakValueDictionary[str, _Names] = WeakValueDictionary()
"""By the digest of a catalogue, as long as a matcher of it lives."""


class Matcher:
    """Finds actors in sentences by an Aho-Corasick automaton over all aliases, longest match first, at word boundaries.

    Parameters
    ----------
    catalogue : Catalogue, optional
        Who is looked for; the built-in catalogue by default.

    Examples
    --------
    >>> from stancekit.actors import Matcher
    >>> [(m.actor_id, m.start, m.end) for m in Matcher().find("The US embassy in Kyiv accused Moscow.")]
    [('USA', 4, 6), ('RUS', 31, 37)]
    """

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = Catalogue.builtin() if catalogue is None else catalogue
        self._build()

    def _build(self) -> None:
        # Models, masks and scorers each have a matcher, nearly always of the same names.
        names = _SHARED.get(self.catalogue.digest)
        if names is None:
            names = _SHARED[self.catalogue.digest] = _Names(self.catalogue)
        self._names = names
        self._known = names.known
        self._entries = names.entries
        self._kinds = names.kinds
        self._persons = names.persons
        self._automaton = names.automaton
        self._expressions = names.expressions
        self._knows_all = not self._expressions

    def __getstate__(self) -> dict[str, Any]:
        # The automaton belongs to a native library and is built again where it arrives, or shared there.
        return {"catalogue": self.catalogue}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.catalogue = state["catalogue"]
        self._build()

    def for_article(self, parts: Sequence[str], plain: Collection[str] = frozenset()) -> "Matcher":
        """Give a matcher that knows the names an article introduces besides those of the catalogue.

        These are abbreviations and short forms in brackets after a name (*the Arakan Army (AA)*,
        *Boeing (the Company)*) and the surnames of persons who are named in full. They hold for the whole article. An
        alias of the catalogue keeps its meaning; an abbreviation or surname that two actors share in the article is not
        taken, nor a surname that somebody else bears.

        Parameters
        ----------
        parts : sequence of str
            Title and body.
        plain : collection of str, optional
            Words in lower case that are no surnames alone, such as *may*.

        Returns
        -------
        Matcher
            This one if nothing is introduced.

        Examples
        --------
        >>> from stancekit.actors import Matcher
        >>> matcher = Matcher().for_article(["The Arakan Army (AA) took the port. The AA freed its crew."])
        >>> [mention.actor_id for mention in matcher.find("The AA freed its crew.")]
        ['arakan-army']
        """
        texts = [folded(part) for part in parts]
        return self._knowing(texts, [self._names_of(text) for text in texts], plain)

    def scan_article(
        self, parts: Sequence[str], spans: Sequence[Sequence[Span]], plain: Collection[str] = frozenset()
    ) -> list[list[Found]]:
        """Find what an article's sentences name, names that the article introduces included, looking at it once.

        Parameters
        ----------
        parts : sequence of str
            Title and body.
        spans : sequence of sequence of (int, int)
            For each part the spans of its sentences, in order and disjoint.
        plain : collection of str, optional
            As in :meth:`for_article`.

        Returns
        -------
        list of list of Found
            For each part one per sentence: the same as :meth:`scan` of the sentence gives with the matcher that
            :meth:`for_article` makes of the parts, offsets in the sentence.

        Examples
        --------
        >>> from stancekit.actors import Matcher
        >>> text = "The Arakan Army (AA) took the port. The AA freed its crew."
        >>> (first, second), = Matcher().scan_article([text], [[(0, 35), (36, 58)]])
        >>> second.mentions
        [Mention(start=4, end=6, actor_id='arakan-army', role='name')]
        """
        texts = [folded(part) for part in parts]
        hits = [self._hits(text) for text in texts]
        chosen = [chosen_in(text, places) for text, places in zip(texts, hits, strict=True)]
        matcher = self._knowing(texts, [self._introducing(*one) for one in zip(texts, chosen, strict=True)], plain)
        found = []
        for text, sentences, names, places in zip(texts, spans, chosen, hits, strict=True):
            known = split_hits(text, sentences, names, self._entries)
            if known is None:
                known = names_in(text, sentences, places, self._entries)
            found.append(matcher._finished(text, sentences, known))  # noqa: SLF001 - it is of this class
        return found

    def _introducing(self, text: str, chosen: Sequence[Hit]) -> list[Mention]:
        """Give those of the names that may introduce others; all, where the automaton does not know every name."""
        if not self._knows_all:
            return self._completed(text, [(0, len(text))], [mentions_of(chosen, 0, self._entries)])[0]
        entries, persons = self._entries, self._persons
        likely = [hit for hit in chosen if entries[hit[0]][0] in persons or text.startswith(INTRODUCING, hit[2])]
        return mentions_of(likely, 0, entries)

    def _knowing(self, texts: Sequence[str], names: Sequence[list[Mention]], plain: Collection[str]) -> "Matcher":
        fresh = introduced(
            list(zip(texts, names, strict=True)),
            kinds=self._kinds,
            known=self._known,
            titles=context().titles,
            plain=plain,
        )
        return _ArticleMatcher(self, fresh) if fresh else self

    def names(self, text: str) -> list[Mention]:
        """Find every name of the catalogue, places and phrases that name nobody included.

        Parameters
        ----------
        text : str
            A sentence.

        Returns
        -------
        list of Mention
            In order, disjoint; at each place the longest alias that begins there.
        """
        return self._names_of(folded(text))

    def names_apart(self, sentences: Sequence[str]) -> list[list[Mention]]:
        """Find the names of many sentences at one go, which is faster than one after the other.

        Parameters
        ----------
        sentences : sequence of str
            Any number.

        Returns
        -------
        list of list of Mention
            For each what :meth:`names` gives; not to be changed.

        Examples
        --------
        >>> from stancekit.actors import Matcher
        >>> [[name.actor_id for name in names] for names in Matcher().names_apart(["Mali left.", "Rain."])]
        [['MLI'], []]
        """
        spans, opens = [], 0
        for sentence in sentences:
            spans.append((opens, opens + len(sentence)))
            opens += len(sentence) + 1
        text = folded("\n".join(sentences))
        return self._completed(text, spans, names_in(text, spans, self._hits(text), self._entries))

    def find(self, text: str) -> list[Mention]:
        """Find the mentions of actors: names less those that the sentence uses as a mere place, people or description.

        Parameters
        ----------
        text : str
            A sentence.

        Returns
        -------
        list of Mention
            In order and disjoint.
        """
        return self.scan(text).mentions

    def scan(self, text: str) -> Found:
        """Find names and mentions at one go.

        Parameters
        ----------
        text : str
            A sentence.

        Returns
        -------
        Found
            What :meth:`names` and :meth:`find` give.

        Examples
        --------
        >>> from stancekit.actors import Matcher
        >>> found = Matcher().scan("Moscow accused a shop in Kyiv.")
        >>> len(found.names), len(found.mentions)
        (2, 1)
        """
        text = folded(text)
        names = self._names_of(text)
        return Found(names, actors_of(text, names, self._kinds)) if names else NOTHING

    def scan_sentences(self, text: str, spans: Sequence[Span]) -> list[Found]:
        """Find names and mentions in all sentences of a text, which is much faster than one after the other.

        Parameters
        ----------
        text : str
            Any number of sentences.
        spans : sequence of (int, int)
            The sentences, in order and disjoint.

        Returns
        -------
        list of Found
            One per sentence: the same as :meth:`scan` of the sentence gives, offsets in the sentence.

        Examples
        --------
        >>> from stancekit.actors import Matcher
        >>> found = Matcher().scan_sentences("Mali left. Togo stayed.", [(0, 10), (11, 23)])
        >>> [mention.actor_id for sentence in found for mention in sentence.mentions]
        ['MLI', 'TGO']
        """
        text = folded(text)
        return self._finished(text, spans, names_in(text, spans, self._hits(text), self._entries))

    def _names_of(self, text: str) -> list[Mention]:
        spans = [(0, len(text))]
        return self._completed(text, spans, names_in(text, spans, self._hits(text), self._entries))[0]

    def _finished(self, text: str, spans: Sequence[Span], names: list[list[Mention]]) -> list[Found]:
        kinds = self._kinds
        return [
            Found(found, actors_of(text[start:end], found, kinds)) if found else NOTHING
            for found, (start, end) in zip(self._completed(text, spans, names), spans, strict=True)
        ]

    def _completed(self, text: str, spans: Sequence[Span], names: list[list[Mention]]) -> list[list[Mention]]:
        """Add names that the automaton does not know: those of expressions."""
        if self._expressions:
            for number, (start, end) in enumerate(spans):
                sentence = text[start:end]
                found = [
                    Mention(*match.span(), actor_id, "name")
                    for expression, actor_id in self._expressions
                    for match in expression.finditer(sentence)
                    if is_whole(sentence, *match.span())
                ]
                found.sort(key=lambda mention: (mention.start - mention.end, mention.start))
                names[number] = merged(names[number], found)
        return names

    def _hits(self, text: str) -> list[Hit]:
        """Give every place of every alias, inside of words too, by where it ends."""
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:
            return self._automaton.find_matches_as_indexes(encodable(text), overlapping=True)


class _ArticleMatcher(Matcher):
    """Knows the names that one article introduces; shares all else with the matcher it was made of."""

    def __init__(self, base: Matcher, fresh: Sequence[Introduced]) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._fresh = {one.alias: one for one in fresh}
        self._knows_all = False

    def __reduce__(self) -> tuple[Any, ...]:
        return _ArticleMatcher, (self._base, list(self._fresh.values()))

    def _completed(self, text: str, spans: Sequence[Span], names: list[list[Mention]]) -> list[list[Mention]]:
        names = super()._completed(text, spans, names)
        for number, places in self._places(text, spans):
            sentence = text[slice(*spans[number])]
            fresh = [mention for mention in map(partial(self._fresh_at, sentence), places) if mention]
            names[number] = merged(names[number], fresh)
        return names

    def _places(self, text: str, spans: Sequence[Span]) -> Iterator[tuple[int, list[Span]]]:
        """Give for each span that has any, with its number, where in it the article's names stand as whole words.

        They come from the left, the longest first, and none within another.
        """
        found: list[tuple[int, int]] = []
        for alias in self._fresh:
            place = text.find(alias)
            while place >= 0:
                found.append((place, -len(alias)))
                place = text.find(alias, place + 1)
        found.sort()
        number, free, here = 0, 0, list[Span]()
        for start, length in found:
            end = start - length
            while number < len(spans) and spans[number][1] <= start:
                if here:
                    yield number, here
                number, here = number + 1, []
            if number == len(spans):
                return
            opens, closes = spans[number]
            if start < max(free, opens) or (start > opens and _is_of_word(text[start - 1])):
                continue
            if end > closes or (end < closes and _is_of_word(text[end])):
                continue
            here.append((start - opens, end - opens))
            free = end
        if here:
            yield number, here

    def _fresh_at(self, text: str, place: Span) -> Mention | None:
        """Give the mention, unless the words beside it make another name of it."""
        start, end = place
        one = self._fresh[text[start:end]]
        if one.how == SHORT_FORM and text[start - 4 : start].lower() != "the ":
            return None
        if one.how in {SHORT_FORM, SURNAME}:
            if text[end : end + 1] == "-" or text[start - 1 : start] == "-":
                return None
            longer = text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
            if longer and after(text, end)[0] not in context().titles and not is_headline(text):
                return None
        return Mention(start, end, one.actor_id, one.role)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"
