"""What is skipped for speed makes no difference: each shortcut against the plain way it stands for."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancekit.actors import Actor, Catalogue, Matcher, Mention
from stancekit.holders import attribute
from stancekit.holders import attribution as holders
from stancekit.holders.quotations import quotes_by_sentence
from stancekit.holders.reading import TOKEN, _tokens
from stancekit.holders.vocabulary import CUES

MATCHER = Matcher()
NAMES = [
    "Kenya",
    "Uganda",
    "Kenyan",
    "the Kenyan army",
    "Oxfam",
    "the United Nations",
    "Hamas",
    "rebels",
    "Dr. Amina Wekesa",
]
WORDS = [
    *(
        "the",
        "a",
        "his",
        "their",
        "its",
        "of",
        "that",
        "by",
        "for",
        "from",
        "to",
        "it",
        "with",
        "on",
        "who",
        "and",
        "was",
    ),
    *(
        "he",
        "they",
        "minister",
        "officials",
        "spokesman",
        "army",
        "Wekesa",
        "the ministry",
        "is",
        "not",
        "blame",
        "down",
    ),
    *(
        "accused of",
        "said that",
        "according to",
        "in the words of",
        "statement that",
        "criticism of",
        "state",
        "report",
    ),
    *(
        "Kenya's view",
        "put it",
        "door of",
        "reportedly",
        "peace-said",
        "U.S.A.said",
        "No.",
        "x_that",
        "İt",
        "\ud800",
        "\u0301",
    ),
]
SIGNS = [
    ",",
    ".",
    ":",
    ";",
    "?",
    "—",
    "–",
    "-",
    " - ",
    "“",
    "”",
    '"',
    "‘",
    "’",
    "'",
    "(",
    ")",
    "_",
    "\n",
    "\n\n",
    "\t",
    "  ",
    "\u00a0",
]
PIECES = st.one_of(
    st.sampled_from(NAMES), st.sampled_from(WORDS), st.sampled_from(sorted(CUES)), st.sampled_from(SIGNS)
)


@st.composite
def parts(draw):
    """Draw a text with the spans of its sentences, which may end anywhere."""
    pieces = draw(st.lists(PIECES, min_size=1, max_size=40))
    joins = draw(st.lists(st.sampled_from([" ", " ", " ", ""]), min_size=len(pieces), max_size=len(pieces)))
    text = "".join(piece + join for piece, join in zip(pieces, joins, strict=True))
    if draw(st.booleans()):
        text = text.title()
    borders = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=6))) | {0, len(text)})
    return text, list(pairwise(borders))


class PlainPart(holders.Part):
    """Reads every sentence, and remembers its speakers at once."""

    def _may_report(self, i):  # noqa: ARG002
        return True

    def _of_sentence(self, i):
        found = super()._of_sentence(i)
        self._remember()
        return found


@settings(deadline=None, max_examples=150)
@given(parts())
def test_sentences_left_unread_would_have_told_nothing(part):
    text, spans = part
    found = MATCHER.scan_sentences(text, spans)
    mentions, names = [one.mentions for one in found], [one.names for one in found]
    assert attribute(spans, text, mentions, names) == PlainPart(spans, text, mentions, names).attributions()


@settings(deadline=None, max_examples=150)
@given(parts())
def test_only_sentences_that_may_report_hold_reports(part):
    text, spans = part
    mentions = [one.mentions for one in MATCHER.scan_sentences(text, spans)]
    fast, plain = (kind(spans, text, mentions, None) for kind in (holders.Part, PlainPart))
    for i in range(len(spans)):
        assert fast._may_report(i) or not plain.sentence(i).reports


def test_a_sentence_without_a_word_of_saying_is_not_read():
    text = "Kenya left the state of Uganda. The rebels took a report with them."
    part = holders.Part(
        [(0, 31), (32, 67)], text, [[Mention(0, 5, "KEN", "place")], [Mention(4, 10, "rebels", "name")]], None
    )
    assert part.attributions() == [[holders.NARRATOR], [holders.NARRATOR]]
    assert part.read == {}


@pytest.mark.parametrize("spans", [[(0, 20), (10, 31)], [(15, 31), (0, 14)]])
def test_spans_that_overlap_or_are_out_of_order_are_all_read(spans):
    text = "Kenya said Uganda lied at home."
    mentions = [one.mentions for one in (MATCHER.scan(text[start:end]) for start, end in spans)]
    assert attribute(spans, text, mentions) == PlainPart(spans, text, mentions, None).attributions()


@settings(deadline=None, max_examples=150)
@given(parts())
def test_plain_words_are_cut_as_the_expression_cuts_them(part):
    text, _ = part
    matches = list(TOKEN.finditer(text))
    assert _tokens(text) == (
        [match[0] for match in matches],
        [match.start() for match in matches],
        [match.end() for match in matches],
    )


def test_a_single_mark_within_a_word_closes_where_nothing_is_looked_at_beyond():
    text = "‘" + "y " * 498 + "yy’s and more"
    assert quotes_by_sentence(text, [(0, len(text))])[0][0][:2] == (0, 1000)


def test_matchers_of_equal_catalogues_share_their_names():
    made = [Catalogue([Actor("zorba", "Zorba Front", "armed_group")], source=source) for source in ("one", "two")]
    first, second = map(Matcher, made)
    assert first._automaton is second._automaton
    assert pickle.loads(pickle.dumps(first))._automaton is first._automaton
    assert Matcher()._automaton is MATCHER._automaton
    assert first.find("Kenya met the Zorba Front.") == second.find("Kenya met the Zorba Front.") != []


def test_matchers_of_other_catalogues_share_nothing():
    made = [Catalogue([Actor("zorba", name, "armed_group")]) for name in ("Zorba Front", "Zorba Army")]
    first, second = map(Matcher, made)
    assert first._automaton is not second._automaton
    assert [len(matcher.find("The Zorba Army left.")) for matcher in (first, second)] == [0, 1]


def test_lone_surrogates_hide_no_names_around_them():
    assert [name.start for name in MATCHER.names("Kenya \ud800 Uganda")] == [0, 8]
