"""How the words of a sentence stand to its target: by rules over tokens, without a parser.

The rules know verbs, nouns and adjectives from the role lexicon, tell active from passive by auxiliaries and *by*, and
follow the target's noun phrase to the verb that it is the subject or object of. They miss and mistake some relations,
as any reading without a parser does; a model learns how much each kind can be trusted.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stancekit.lexicon import RoleLexicon, RoleWord

__all__ = ["Relation", "relations"]

BE = frozenset("is are was were be been being am get gets got getting isn't aren't wasn't weren't".split())  # noqa: SIM905
HAVE = frozenset("has have had having hasn't haven't hadn't".split())  # noqa: SIM905
DO = frozenset("do does did don't doesn't didn't".split())  # noqa: SIM905
MODAL = frozenset(
    "will would can could may might must shall should cannot can't won't wouldn't couldn't shouldn't".split()  # noqa: SIM905
)
AUXILIARIES = BE | HAVE | DO | MODAL
DETERMINERS = frozenset(
    """
    the a an its his her their this that these those our my your any some no all both each every another more most many
    several few other whose such
    """.split()  # noqa: SIM905
)
PREPOSITIONS = frozenset(
    """
    of on in at against by with for to from into over under toward towards between among amid after before during since
    until about around through across near behind beyond within without despite upon off inside outside like than as
    """.split()  # noqa: SIM905
)
PRONOUNS = frozenset("he she it they we i you who which that whom".split())  # noqa: SIM905
RELATIVES = frozenset({"who", "which", "that", "whose"})
ADVERBS = frozenset(
    """
    also not never already still now then again once just even soon finally later only far often long much so twice
    together back
    """.split()  # noqa: SIM905
)
NEGATORS = frozenset(
    """
    not no never none nobody nothing neither nor without cannot can't don't doesn't didn't isn't aren't wasn't
    weren't won't wouldn't shouldn't couldn't hasn't haven't hadn't ain't hardly barely scarcely lacks lacked
    refuses refused fails failed denies denied deny
    """.split()  # noqa: SIM905
)
SCOPE_ENDS = frozenset(
    {",", ";", ":", "?", "!", '"', "-", "(", "but", "although", "though", "however", "while", "whereas"}
)
BREAKS = frozenset({";", ":", "?", "!"})
JOINTS = frozenset({"and", "or", ","})
CLAUSES = frozenset({"that", "because", "if", "when", "as", "who", "which", "where"})
AGENTS = frozenset({"by", "from"})
# Prepositions that also open a clause: "after <target> shelled the town".
CONJUNCTIONS = frozenset({"after", "before", "since", "until", "as"})
# Verbs whose object may be a deed: "stopped shelling"; behind others, "delivered food to starving families" is none.
PHASES = frozenset("stop begin start continue keep deny admit avoid resume cease halt quit end".split())  # noqa: SIM905
# What a negation leaves of a rating: "did not kill" says less than "killed", and the other way round.
NEGATED = -0.5
# How much a relation counts that is found on a longer way.
FURTHER = 0.6


class Relation(NamedTuple):
    """What a word is to the target.

    Attributes
    ----------
    kind : str
        ``subj`` verb of which it is the subject, ``psubj`` the same in the passive, ``dobj`` verb of which it is the
        object, ``by`` verb in the passive done by it, ``pobj_on`` verb that reaches it by a preposition, ``n_of`` noun
        before a preposition and it, ``comp_for`` deed that it is blamed or praised for, ``poss`` what it has, ``mod``
        word before it, ``is`` and ``app`` what it is said to be.
    word : str
        The word's lemma if the lexicon has it, otherwise the word.
    rating : float
        What the word says of the target, from -1 to 1; 0 if nothing or unknown.
    weight : float
        Below 1 if the way to the word is long.
    negated : bool
        Whether a negation stands before the word.
    first, last : int
        Tokens from the target to the word, both included.
    """

    kind: str
    word: str
    rating: float
    weight: float
    negated: bool
    first: int
    last: int


def relations(words: Sequence[str], lexicon: RoleLexicon, target: str) -> list[Relation]:
    """Find what stands in a relation to the target.

    Parameters
    ----------
    words : sequence of str
        The tokens of a masked sentence.
    lexicon : RoleLexicon
        Known verbs, nouns and adjectives.
    target : str
        The token of the target.

    Returns
    -------
    list of Relation
        For every place of the target, from left to right.

    Examples
    --------
    >>> from stancekit.features.syntax import relations
    >>> from stancekit.lexicon import load_roles
    >>> words = ["<target>", "was", "accused", "by", "<name>"]
    >>> [(found.kind, found.word) for found in relations(words, load_roles(), "<target>")]
    [('psubj', 'accuse')]
    """
    reading = _Reading(words, lexicon)
    return [found for place, word in enumerate(words) if word == target for found in reading.around(place)]


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or (word.endswith("ly") and len(word) > 4)


def _is_name(word: str) -> bool:
    return word[:1] == "<" and word not in {"<number>", "<date>"}


class _Reading:
    """One sentence: its verbs, and the ways from a target to them."""

    def __init__(self, words: Sequence[str], lexicon: RoleLexicon) -> None:
        self.words = words
        self.lexicon = lexicon
        self.verbs: dict[int, tuple[RoleWord, str]] = {}
        for index, word in enumerate(words):
            known = lexicon.verbs.get(word)
            voice = self._voice(index, known) if known is not None else ""
            if known is not None and voice:
                self.verbs[index] = known, voice

    def at(self, index: int) -> str:
        """Give a token, or nothing beyond either end."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def before(self, index: int) -> int:
        """Give the place before a token, adverbs passed over."""
        index -= 1
        while index >= 0 and _is_adverb(self.words[index]):
            index -= 1
        return index

    def after(self, index: int) -> int:
        """Give a place, or the next that is no adverb."""
        while index < len(self.words) and _is_adverb(self.words[index]):
            index += 1
        return index

    # -- verbs ---------------------------------------------------------------------------------------------------------

    def _voice(self, index: int, known: RoleWord) -> str:
        """Tell whether a form is a verb here: ``active``, ``passive``, ``ing``, or nothing."""
        tags, previous, following = known.tags, self.at(self.before(index)), self.at(index + 1)
        if "N" in tags or "P" in tags:
            if "N" in tags and previous in BE:
                return "passive"
            if previous in HAVE:
                return "active"
            if "N" in tags and following == "by":
                return "passive"
            if previous in DETERMINERS or previous in {"'s", "<number>"}:
                return ""
            if not set(tags) & set("PBS"):
                return "passive"
            if "P" in tags:
                if previous in PREPOSITIONS - {"as", "to"}:
                    return ""
                if "B" not in tags:
                    return "active"
        if "G" in tags:
            return "" if previous in DETERMINERS or previous == "'s" else "ing"
        if "B" in tags:
            return self._base(previous, following)
        return self._third_person(previous, following) if "S" in tags else ""

    @staticmethod
    def _base(previous: str, following: str) -> str:
        opens = following in DETERMINERS or _is_name(following)
        if previous in MODAL or previous in DO or previous == "to" or previous in PRONOUNS or _is_name(previous):
            return "active"
        if previous == "and" and opens:
            return "active"
        if previous in DETERMINERS or previous in PREPOSITIONS or previous == "'s":
            return ""
        return "active" if previous.endswith("s") and (opens or following in PREPOSITIONS) else ""

    @staticmethod
    def _third_person(previous: str, following: str) -> str:
        if _is_name(previous) or previous in PRONOUNS or previous in {"and", ","}:
            return "active"
        opens = following in DETERMINERS or _is_name(following) or following in {"to", "that", "it", "them", "him"}
        nominal = previous in PREPOSITIONS or previous in DETERMINERS or previous == "'s"
        return "active" if opens and not nominal else ""

    # -- relations -----------------------------------------------------------------------------------------------------

    def around(self, place: int) -> Iterator[Relation]:
        """Find the relations of one place of the target."""
        start, modifiers = self._modifiers(place)
        yield from modifiers
        subject = True
        before = self.at(start)
        if before in PREPOSITIONS and before != "than" and not (before in CONJUNCTIONS and self._opens_clause(place)):
            subject = False
            yield from self._after_preposition(place, start)
        elif start in self.verbs and not self._opens_clause(place):
            word, voice = self.verbs[start]
            if voice != "passive":
                subject = False
                yield self._relation("dobj", start, place, word, word.done)
                yield from self._blamed_for(place)
        yield from self._rightward(place, subject=subject)

    def _relation(
        self, kind: str, index: int, place: int, word: RoleWord | None, rating: float = 0.0, weight: float = 1.0
    ) -> Relation:
        negated = self._is_negated(index)
        return Relation(
            kind,
            word.lemma if word is not None else self.words[index],
            rating * NEGATED if negated else rating,
            weight,
            negated and word is not None,
            min(index, place),
            max(index, place),
        )

    def _is_negated(self, index: int) -> bool:
        """Tell whether a negation stands up to four tokens before a word, with no end of a clause nor verb between."""
        for back in range(index - 1, max(-1, index - 5), -1):
            word = self.words[back]
            if word in NEGATORS:
                return True
            if word in SCOPE_ENDS or word == "and" or back in self.verbs:
                return False
        return False

    def _described(self, index: int) -> RoleWord | None:
        word = self.words[index]
        return self.lexicon.adjectives.get(word) or self.lexicon.nouns.get(word)

    def _modifiers(self, place: int) -> tuple[int, list[Relation]]:
        """Pass over the words of the target's noun phrase before it, and names joined to it."""
        found: list[Relation] = []
        index, joined, passed = place - 1, 0, 0
        while index >= 0:
            word = self.words[index]
            if word in DETERMINERS or word == "<number>":
                index -= 1
            elif word in JOINTS and index > 0 and _is_name(self.words[index - 1]) and self._joins(index, place, joined):
                index, joined = index - 2, joined + 1
            elif passed < 2 and self._is_plain(index):
                known = self._described(index)
                if known is not None or passed == 0:
                    found.append(self._relation("mod", index, place, known, known.about if known else 0.0))
                index, passed = index - 1, passed + 1
            elif passed < 2 and self.verbs.get(index, (None, ""))[1] == "ing" and self.at(index - 1) in DETERMINERS:
                index, passed = index - 1, passed + 1
            else:
                break
        return index, found

    def _joins(self, index: int, place: int, joined: int) -> bool:
        """Tell whether a joint before the target's phrase makes a list: "A, B and C"; not so in "In A, C ..."."""
        return joined < 4 and (self.words[index] != "," or joined > 0 or self.at(place + 1) in JOINTS)

    def _is_plain(self, index: int) -> bool:
        """Tell whether a word may belong to a noun phrase."""
        word = self.words[index]
        return (
            word[0].isalpha()
            and index not in self.verbs
            and word not in PREPOSITIONS
            and word not in AUXILIARIES
            and word not in PRONOUNS
            and word not in {"and", "or", "but", "if", "when", "while", "because"}
        )

    def _opens_clause(self, place: int) -> bool:
        """Tell whether a verb follows of which the target is the subject: *said <target> denied*."""
        index = self.after(place + 1)
        if self.at(index) in AUXILIARIES:
            return True
        return index in self.verbs and self.verbs[index][1] == "active" and "B" not in self.verbs[index][0].tags

    def _after_preposition(self, place: int, at: int) -> Iterator[Relation]:
        preposition, index = self.words[at], at - 1
        if (
            index >= 0
            and self.words[index][0].isalpha()
            and self.words[index] not in PREPOSITIONS
            and index not in self.verbs
        ):
            noun = self.lexicon.nouns.get(self.words[index])
            adjective = self.lexicon.adjectives.get(self.words[index])
            rating = 0.0
            if noun is not None:
                rating = noun.doer if preposition in AGENTS else noun.done
            elif adjective is not None:
                rating = adjective.about
            yield self._relation(f"n_{preposition}", index, place, noun or adjective, rating)
        for back in range(index, max(-1, index - 9), -1):
            if self.words[back] in BREAKS:
                return
            if back in self.verbs:
                word, voice = self.verbs[back]
                if preposition == "by" and voice != "passive":
                    continue
                if preposition == "by" and voice == "passive":
                    yield self._relation("by", back, place, word, word.doer)
                else:
                    kind = f"pobj_{preposition}" if index - back <= 3 else "pobj"
                    yield self._relation(kind, back, place, word, word.done, 1.0 if index - back <= 1 else 0.5)
                return

    def _blamed_for(self, place: int) -> Iterator[Relation]:
        """Find what follows an object: accused X *of killing*, thanked X *for its help*, urged X *to stop*."""
        for index in range(place + 1, min(len(self.words) - 1, place + 4)):
            word = self.words[index]
            if word == "to" and index + 1 in self.verbs:
                deed = self.verbs[index + 1][0]
                yield self._relation("comp_to", index + 1, place, deed, deed.doer, 0.5)
                return
            if word in {"of", "for", "from"}:
                start = self.after(index + 1)
                if start in self.verbs and self.verbs[start][1] == "ing":
                    deed = self.verbs[start][0]
                    yield self._relation(f"comp_{word}", start, place, deed, deed.doer)
                    return
                for ahead in range(start, min(len(self.words), start + 4)):
                    noun = self.lexicon.nouns.get(self.words[ahead])
                    if noun is not None:
                        yield self._relation(f"compn_{word}", ahead, place, noun, noun.doer)
                        return
                return

    def _rightward(self, place: int, *, subject: bool) -> Iterator[Relation]:
        index = self._past_joined(place + 1)
        weight = 1.0
        if self.at(index) == "'s":
            possessions, index = self._possessions(index, place)
            yield from possessions
            weight = FURTHER
        elif self.at(index) in self.lexicon.nouns and index not in self.verbs:
            noun = self.lexicon.nouns[self.words[index]]
            yield self._relation("poss", index, place, noun, noun.doer)
            index, weight = index + 1, FURTHER
        if self.at(index) == ",":
            inserted, index = self._inserted(index, place)
            yield from inserted
        if subject:
            yield from self._deeds(index, place, weight, len(self.words))
        elif self.at(index) in RELATIVES:
            yield from self._deeds(index, place, 1.0, len(self.words))
        elif self.verbs.get(index, (None, ""))[1] == "ing":
            deed = self.verbs[index][0]
            yield self._relation("subj", index, place, deed, deed.doer, FURTHER)

    def _past_joined(self, index: int) -> int:
        """Pass over names joined to the target."""
        for _ in range(4):
            if self.at(index) not in JOINTS:
                break
            if _is_name(self.at(index + 1)) and (self.at(index) != "," or self.at(index + 2) in JOINTS):
                index += 2
            elif self.at(index + 1) in DETERMINERS and _is_name(self.at(index + 2)):
                index += 3
            else:
                break
        return index

    def _possessions(self, start: int, place: int) -> tuple[list[Relation], int]:
        found: list[Relation] = []
        index = start + 1
        while index < min(len(self.words), start + 6) and self._is_plain(index):
            word = self.words[index]
            noun, adjective = self.lexicon.nouns.get(word), self.lexicon.adjectives.get(word)
            if noun is not None:
                found.append(self._relation("poss", index, place, noun, noun.doer))
            elif adjective is not None:
                found.append(self._relation("possmod", index, place, adjective, adjective.about))
            index += 1
        if index > start + 1 and self.words[index - 1] not in self.lexicon.nouns:
            found.append(self._relation("poss", index - 1, place, None))
        return found, index

    def _inserted(self, start: int, place: int) -> tuple[list[Relation], int]:
        """Read what stands between commas after the target: an apposition, a relative clause, a participle."""
        found: list[Relation] = []
        index = start + 1
        close = next(
            (ahead for ahead in range(index, min(len(self.words), index + 18)) if self.words[ahead] == ","), None
        )
        relative, apposed = self.at(index) in RELATIVES, self.at(index) in {"a", "an", "the", "one"}
        if apposed:
            for ahead in range(index, min(len(self.words), index + 8)):
                if self.words[ahead] == ",":
                    break
                known = self._described(ahead)
                if known is not None:
                    found.append(self._relation("app", ahead, place, known, known.about))
        if relative:
            found.extend(self._deeds(index, place, 1.0, close if close is not None else len(self.words)))
        if close is not None and (relative or apposed):
            return found, close + 1
        if index in self.verbs and self.verbs[index][1] != "active":
            deed, voice = self.verbs[index]
            kind, rating = ("subj", deed.doer) if voice == "ing" else ("psubj", deed.done)
            found.append(self._relation(kind, index, place, deed, rating, FURTHER))
        return found, start

    def _deeds(self, start: int, place: int, weight: float, end: int) -> Iterator[Relation]:
        """Follow the subject to its verb, and on to further verbs of the same subject."""
        end = min(end, start + 40)
        main: int | None = None
        index = start
        while index < end:
            word = self.words[index]
            if word in BREAKS or word == '"':
                return
            if main is None:
                if index - start > 9 or self._is_other_subject(index, start):
                    return
                if word in BE:
                    ahead = index + 1
                    while ahead < end and (_is_adverb(self.words[ahead]) or self.words[ahead] in {"being", "been"}):
                        ahead += 1
                    if self.verbs.get(ahead, (None, "active"))[1] != "active":
                        index = ahead
                        continue
                    yield from self._copula(index, place, weight, end)
                    main = index
                elif index in self.verbs:
                    yield self._deed(index, place, weight)
                    main = index
            elif self._begins_clause(index, end):
                return
            elif index in self.verbs:
                yield from self._further_deed(index, place, weight)
            elif word in CLAUSES and (word != "that" or index - main < 3):
                return
            index += 1

    def _deed(self, index: int, place: int, weight: float) -> Relation:
        word, voice = self.verbs[index]
        if voice == "passive":
            return self._relation("psubj", index, place, word, word.done, weight)
        return self._relation("subj", index, place, word, word.doer, weight)

    def _further_deed(self, index: int, place: int, weight: float) -> Iterator[Relation]:
        """Judge a verb after the main one: *and seized*, *to free*, *, killing*, *for shelling*."""
        back = self.before(index)
        previous, voice = self.at(back), self.verbs[index][1]
        if voice == "ing" and (previous == "to" or (back in self.verbs and self.verbs[back][0].lemma not in PHASES)):
            return
        joined = previous in {"to", "and", "or", ",", "but"}
        if previous in BE | HAVE | MODAL:
            joined = self.at(self.before(back)) in {"and", "or", "but", ","}
        if joined or (voice == "ing" and previous not in PREPOSITIONS):
            yield self._deed(index, place, weight * FURTHER)
        elif voice == "ing" and previous in {"for", "by", "of", "in", "after", "before", "from", "without"}:
            yield self._deed(index, place, weight / 2)

    def _is_other_subject(self, index: int, start: int) -> bool:
        """Tell whether a name or pronoun on the way to the verb is its subject in the target's place."""
        word, previous = self.words[index], self.at(index - 1)
        if index == start or not (_is_name(word) or (word in PRONOUNS and word not in RELATIVES)):
            return False
        return previous not in PREPOSITIONS and previous not in DETERMINERS and previous != "and"

    def _begins_clause(self, index: int, end: int) -> bool:
        """Tell whether a name or pronoun after the main verb has a verb of its own."""
        word = self.words[index]
        if not _is_name(word) and word not in PRONOUNS:
            return False
        ahead = self.after(index + 1)
        if ahead >= end:
            return False
        return self.verbs.get(ahead, (None, ""))[1] == "active" or self.words[ahead] in BE | HAVE | MODAL

    def _copula(self, index: int, place: int, weight: float, end: int) -> Iterator[Relation]:
        for ahead in range(index + 1, min(end, index + 7)):
            word = self.words[ahead]
            if word == "," or (word in PREPOSITIONS and word not in {"as", "of", "for"}):
                return
            if self.verbs.get(ahead, (None, ""))[1] == "active":
                return
            known = self._described(ahead)
            if known is not None:
                yield self._relation("is", ahead, place, known, known.about, weight)
                return
