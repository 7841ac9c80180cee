"""Cut a sentence into tokens in which no name is left: the target, every other name, numbers and dates become marks.

What a model may learn is what stands around a name. So a decision cannot depend on who is named: swap one name for
another of the same kind, and the tokens are the same.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from stancekit.actors import Catalogue, Matcher

__all__ = ["DATE", "MARKS", "NAME", "NUMBER", "TARGET", "Masker", "Token"]

TARGET, NAME, NUMBER, DATE = "<target>", "<name>", "<number>", "<date>"
MARKS = frozenset({TARGET, NAME, NUMBER, DATE})

# Hyphens part words, so that "US-led" is a mark and a word, and "long-term" meets "long term".
PIECE = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’](?![sS]\b)[^\W\d_]+)*)|(?P<own>['’][sS]\b)|(?P<plural>(?<=[sS])['’](?![\w'’]))"
    r"|(?P<number>\d+(?:[.,:]\d+)*\w*)|(?P<mark>[,;:?!\"“”«»—–(])"
)

QUOTES = dict.fromkeys("“”«»", '"')
DASHES = dict.fromkeys("—–", "-")
# After these a word is raised for its place.
STOPS = re.compile(r"[.•*…\n‘'\[/|]")
OPENERS = frozenset('":?!(')

DATES = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays
    """.split()  # noqa: SIM905 - one word a line would fill pages
)
# Words of office and institution are written with capitals beside names and yet are words.
OFFICES = frozenset(
    """
    president vice prime minister chancellor secretary general governor senator sen rep gov representative
    congressman congresswoman mayor judge justice king queen prince princess emir sultan ayatollah sheikh pope
    archbishop bishop captain capt major maj colonel col lieutenant lt sergeant sgt brigadier brig admiral adm
    marshal commander chief officer chairman chairwoman chair speaker ambassador envoy spokesman spokeswoman
    spokesperson director attorney mr mrs ms dr sir lady lord professor prof ministry minister government army navy
    force forces air guard guards police court supreme council parliament senate congress assembly party committee
    commission department office embassy foreign defence defense interior finance security national state federal
    former deputy acting interim opposition leader rebel
    coalition alliance union front movement group organisation organization agency mission fund
    bank treaty convention act republic kingdom north south east west northern southern eastern western
    """.split()  # noqa: SIM905 - one word a line would fill pages
)
# Of these the ones that end a body's name, where a name stands before: "the Zorvan National Army". A person's office
# stays a word: "the Zorvan Minister".
BODIES = frozenset(
    """
    government army navy air force forces guard guards police court supreme council parliament senate congress assembly
    party committee commission department office embassy ministry foreign defence defense interior finance security
    national state federal opposition coalition alliance union front movement group organisation organization agency
    mission fund bank treaty convention act republic kingdom north south east west northern southern eastern western
    """.split()  # noqa: SIM905 - one word a line would fill pages
)
# What a name begins with that goes on with "of" or "for".
FORMS = frozenset(
    """
    republic kingdom federation state states emirate sultanate union commonwealth islands bank front movement party army
    league council centre center voice sons brotherhood
    """.split()  # noqa: SIM905 - one word a line would fill pages
)
SIDES = frozenset("north south east west northern southern eastern western new".split())  # noqa: SIM905
# Small words within names, which tell where a name comes from.
PARTICLES = frozenset("al el bin ibn bint abu umm ould de del della di da dos du von van der den ter ten y".split())  # noqa: SIM905
# Those that no English sentence has but before a name.
FOREIGN = frozenset("al el bin ibn bint abu umm ould de del della di da dos du von la le los las".split())  # noqa: SIM905
SMALL = PARTICLES | FOREIGN
# Abbreviations that are words, not names.
ACRONYMS = frozenset(
    """
    a i tv ngo ngos mp mps ceo pm aids covid hiv ied ieds idp idps gdp dna id ok am ad bc uav uavs cctv sms
    """.split()  # noqa: SIM905 - one word a line would fill pages
)


class Token(NamedTuple):
    """A piece of a sentence: a word in lower case, a punctuation sign, or a mark such as ``<name>``.

    Attributes
    ----------
    text : str
        What models see.
    start, end : int
        ``sentence[start:end]`` is what it stands for.
    """

    text: str
    start: int
    end: int


class Masker:
    """Turns sentences into tokens without names.

    Parameters
    ----------
    catalogue : Catalogue, optional
        Whose names are known as such; the built-in catalogue by default. Groups without a name (kind ``generic``) keep
        a token of their own, such as ``<civilians>``.
    words : frozenset of str, optional
        Common words in lower case; the package's own list by default. Capitalised words that are not among them are
        taken for names as well.

    Examples
    --------
    >>> from stancekit.features import Masker
    >>> [token.text for token in Masker().mask("Mali praised Oxfam's work in 2021.", [(13, 18)])]
    ['<name>', 'praised', '<target>', "'s", 'work', 'in', '<number>']
    """

    def __init__(self, catalogue: Catalogue | None = None, words: frozenset[str] | None = None) -> None:
        self.matcher = Matcher(catalogue)
        self.words = common_words() if words is None else words

    def mask(self, text: str, targets: Sequence[tuple[int, int]] = ()) -> list[Token]:
        """Cut and mask one sentence.

        Parameters
        ----------
        text : str
            The sentence.
        targets : sequence of (start, end)
            Spans of the target's mentions, in code points; none for tasks that ask about the sentence as a whole.

        Returns
        -------
        list of Token
            In order. Names that stand side by side are one token.
        """
        kinds = self.matcher.catalogue
        names = [
            (name.start, name.end, f"<{name.actor_id}>" if kinds[name.actor_id].kind == "generic" else NAME)
            for name in self.matcher.names(text)
            if not any(name.start < end and start < name.end for start, end in targets)
        ]
        spans = sorted([*names, *((start, end, TARGET) for start, end in targets)])
        pieces: list[Token] = []
        raised: list[bool] = []
        free = 0
        for start, end, mark in spans:
            _cut(text, free, start, pieces, raised)
            pieces.append(Token(mark, start, end))
            raised.append(False)
            free = end
        _cut(text, free, len(text), pieces, raised)
        return _merge(*_mark_unknown(pieces, raised, self.words, text), text)


def _cut(text: str, start: int, end: int, pieces: list[Token], raised: list[bool]) -> None:
    """Add the pieces of ``text[start:end]``; note which begin with a capital."""
    for match in PIECE.finditer(text, start, end):
        kind, piece = match.lastgroup, match.group()
        capital = False
        if kind == "plural":
            # Surely a possessive only after a name ("the United States' forces"); elsewhere it may close a quotation.
            if not start or match.start() != start:
                continue
            kind = "own"
        if kind == "word":
            capital = piece[0].isupper()
            # An acronym is told from a word by its capitals, so they are kept until it has been judged.
            piece = piece if capital and len(piece) > 1 and piece.isupper() else piece.lower().replace("’", "'")
        elif kind == "own":
            piece = "'s"
        elif kind == "number":
            piece = NUMBER
        else:
            piece = QUOTES.get(piece) or DASHES.get(piece, piece)
        pieces.append(Token(piece, *match.span()))
        raised.append(capital)


def _mark_unknown(
    pieces: list[Token], raised: list[bool], words: frozenset[str], sentence: str
) -> tuple[list[Token], frozenset[int]]:
    """Take capitalised words that are no common words for names; tell which were known by their place before."""
    known = frozenset(piece.start for piece in pieces if piece.text in {NAME, TARGET})
    if not any(raised):
        return _with_particles(pieces), known
    alphabetic = [
        capital for piece, capital in zip(pieces, raised, strict=True) if len(piece.text) > 3 and piece.text[0] != "<"
    ]
    headline = len(alphabetic) > 3 and sum(alphabetic) > 0.6 * len(alphabetic)
    shouted = headline and sum(piece.text.isupper() for piece in pieces) > 0.5 * len(alphabetic)
    marked: list[Token] = []
    opens = True
    end = 0
    for piece, capital in zip(pieces, raised, strict=True):
        text, word = piece.text, piece.text.lower()
        if capital:
            opens = opens or bool(STOPS.search(sentence, end, piece.start))
            after_name = bool(marked) and marked[-1].text == NAME and marked[-1].end + 1 == piece.start
            within = not opens and not headline
            initial = len(word) == 1 and sentence[piece.end : piece.end + 1] == "." and after_name
            if word in DATES and not (opens and word in {"may", "march"}) and not headline:
                text = DATE
            elif (word in OFFICES and not (word in BODIES and after_name and within)) or (
                word in ACRONYMS and not initial
            ):
                text = word
            elif (
                (text.isupper() and len(text) > 1 and not shouted and word not in ENGLISH_STOP_WORDS)
                or word not in words
                or initial
                or (within and len(word) > 1 and word not in ENGLISH_STOP_WORDS)
                or (after_name and not opens and not headline)
            ):
                text = NAME
            else:
                text = word
        marked.append(Token(text, piece.start, piece.end))
        opens = piece.text in OPENERS
        end = piece.end
    _join_forms(marked, pieces, raised, headline)
    return _with_particles(marked), known


def _join_forms(tokens: list[Token], pieces: list[Token], raised: list[bool], headline: bool) -> None:
    """Take "Republic of" and "North" before a name for a part of it."""
    for index in range(len(tokens) - 2, -1, -1):
        word = pieces[index].text.lower()
        if not raised[index]:
            continue
        follows = tokens[index + 1]
        if word in FORMS and follows.text in {"of", "for"}:
            last = index + 2 + (index + 2 < len(tokens) and tokens[index + 2].text == "the")
            if last < len(tokens) and tokens[last].text == NAME:
                for place in range(index, last):
                    tokens[place] = tokens[place]._replace(text=NAME)
        elif (
            word in SIDES and index and follows.text == NAME and follows.start == tokens[index].end + 1 and not headline
        ):
            tokens[index] = tokens[index]._replace(text=NAME)


def _with_particles(tokens: list[Token]) -> list[Token]:
    """Take the small words within names for names: "al", "bin", "van der"; and before them: "al-", "de la"."""
    for index in range(len(tokens) - 2, -1, -1):
        token, following = tokens[index], tokens[index + 1]
        if following.text not in {NAME, TARGET} or following.start - token.end > 1 or token.text not in SMALL:
            continue
        before = index > 0 and tokens[index - 1].text in {NAME, TARGET, *PARTICLES}
        if (token.text in PARTICLES and before) or (token.text in FOREIGN and following.text == NAME):
            tokens[index] = token._replace(text=NAME)
    return tokens


def _merge(tokens: list[Token], known: frozenset[int], text: str) -> list[Token]:
    """Join names that stand side by side; a name beside the target is part of it, as first names and surnames are."""
    merged: list[Token] = []
    sure = False
    for token in tokens:
        here = token.start in known
        if (
            merged
            and token.text in {NAME, TARGET}
            and merged[-1].text in {NAME, TARGET}
            and _adjoins(text, merged[-1], token, both=sure and here)
        ):
            mark = TARGET if TARGET in {token.text, merged[-1].text} else NAME
            merged[-1] = Token(mark, merged[-1].start, token.end)
        else:
            merged.append(token)
        sure = here
    return merged


def _adjoins(text: str, first: Token, second: Token, *, both: bool) -> bool:
    """Tell whether two names are one: nothing between them, or an initial's point, or a hyphen within a new name."""
    gap = text[first.end : second.start]
    if not gap.strip():
        return True
    if TARGET in {first.text, second.text}:
        return False
    if gap in {".", ". "}:
        return text[first.end - 1].isupper() and not text[first.end - 2 : first.end - 1].isalpha()
    return gap == "-" and not both


@cache
def common_words() -> frozenset[str]:
    """Read the words that are no names even where they are capitalised.

    Returns
    -------
    frozenset of str
        In lower case; counted over news texts by ``tools/word_list.py``.
    """
    return frozenset((files("stancekit.features") / "words.txt").read_text(encoding="utf-8").split())


@cache
def unmasked_words() -> frozenset[str]:
    """Give the words that stay words with a capital: no mark hides them from the models.

    Returns
    -------
    frozenset of str
        In lower case: common words, words of office, abbreviations that are words, months and days.
    """
    return common_words() | OFFICES | ACRONYMS | DATES
