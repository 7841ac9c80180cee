"""One look at a whole text finds what looking at each sentence finds, and shortcuts what all rules find."""

import unicodedata
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancekit.actors import Catalogue, Found, Matcher
from stancekit.actors.context import context
from stancekit.actors.spelling import folded, joins, variants
from stancekit.actors.usage import _Sentence, actors_of
from stancekit.sentences import segment

ARTICLES = Path(__file__).parent.parent / "datasets" / "conflict-news" / "articles.csv"
ROWS = [
    ("MLI", "Mali", "state", "", "Mali|Bamako", "Malian"),
    ("CIV", "Côte d'Ivoire", "state", "Ivorians", "Abidjan|Côte d'Ivoire", "Ivorian"),
    ("TCD", "Chad", "state", "Chad's junta", "Chad", "Chadian"),
    ("msf", "Médecins Sans Frontières", "organisation", "MSF", "", ""),
    ("arakan-army", "Arakan Army", "armed_group", "", "", ""),
    ("amina-wekesa", "Amina Wekesa", "person", "", "", ""),
    ("the-west", "West", "organisation", "the West", "", ""),
    ("west-front", "West Sahara Front", "armed_group", "", "", ""),
    ("rebels", "rebels", "generic", "", "", ""),
    ("refugees", "refugees", "generic", "", "", ""),
    ("police", "police", "generic", "", "", ""),
    ("not-lake", "Lake Chad", "none", "", "", ""),
]
OWN = Catalogue.from_frame(
    pd.DataFrame(ROWS, columns=["actor_id", "name", "kind", "aliases", "places", "adjectives"]), source="test"
)
MATCHER = Matcher(OWN)
ALIASES = [alias for actor in OWN.values() for alias, _ in actor.spellings()]

WORDS = (
    *("in", "to", "of", "the", "The", "said", "troops", "residents", "northern", "fled", "trust", "trip", "city,"),
    *("President", "President Ellis", "border", "and", "or", ",", ".", ";", ":", "(Agency) —", "- ", "-led", "pro-"),
    *("'s", "’s", "south", "“", "”", "(AA)", "(the Front)", "AA", "Wekesa", "the Front", "\n", "\u00a0", "was", "a"),
    *("الجيش", "שלום", "🙂", "e\u0301", "\u202e", "ß", "İ", "Ǆ", "camp", "Sans", "Port Alma,", "Centre for", "ﬁ"),
)
PIECES = st.one_of(
    st.sampled_from(ALIASES),
    st.sampled_from([alias.upper() for alias in ALIASES]),
    st.sampled_from([unicodedata.normalize("NFD", alias) for alias in ALIASES]),
    st.sampled_from(WORDS),
    st.text(max_size=4),
)


@st.composite
def texts(draw):
    joiners = st.sampled_from([" ", " ", " ", " ", "", ", ", ". "])
    return "".join(piece + draw(joiners) for piece in draw(st.lists(PIECES, max_size=24)))


@st.composite
def cut_texts(draw):
    text = draw(texts())
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=5))})
    spans = [span for span in pairwise(cuts) if draw(st.booleans())]
    return text, draw(st.sampled_from([spans, segment(text)[0]]))


def plain_names(text):
    """What the documentation says, with nothing clever: every alias at every place, then the longest from the left."""
    text = folded(text)
    spelled = {}
    for actor in OWN.values():
        spelled |= {folded(alias): (actor.actor_id, role) for alias, role in actor.spellings()}
    for alias, entry in list(spelled.items()):
        for variant in variants(alias):
            spelled.setdefault(variant, entry)
    best = {}
    for alias in spelled:
        for start in range(len(text)):
            end = start + len(alias)
            if not text.startswith(alias, start):
                continue
            if (start and joins(text[start - 1], text[start])) or (end < len(text) and joins(text[end - 1], text[end])):
                continue
            best[start] = max(best.get(start, 0), end)
    names, free = [], 0
    for start in sorted(best):
        article = text[start : start + 4].lower() == "the " and best.get(start + 4, 0) > best[start]
        if start >= free and not article:
            free = best[start]
            names.append((start, free, *spelled[text[start:free]]))
    return names


@given(texts())
@settings(deadline=None, max_examples=150)
def test_names_are_the_longest_aliases_from_the_left_under_any_unicode(text):
    assert [tuple(name) for name in MATCHER.names(text)] == plain_names(text)


@given(texts())
@settings(deadline=None, max_examples=300)
def test_shortcuts_decide_as_all_rules_do(text):
    text = folded(text)
    names = MATCHER.names(text)
    rules = _Sentence(text, names, {actor_id: actor.kind for actor_id, actor in OWN.items()}, context())
    assert actors_of(text, names, rules.kinds) == [
        name for number, name in enumerate(names) if rules.is_actor(number, name)
    ]


@given(cut_texts())
@settings(deadline=None, max_examples=150)
def test_a_text_and_its_sentences_alone_give_the_same(cut):
    text, spans = cut
    alone = [MATCHER.scan(text[start:end]) for start, end in spans]
    assert MATCHER.scan_sentences(text, spans) == alone
    assert alone == [Found(MATCHER.names(text[start:end]), MATCHER.find(text[start:end])) for start, end in spans]


@given(cut_texts(), texts())
@settings(deadline=None, max_examples=150)
def test_an_article_at_one_go_gives_what_its_own_matcher_gives(cut, title):
    text, spans = cut
    matcher = MATCHER.for_article([title, text])
    assert MATCHER.scan_article([title, text], [[(0, len(title))], spans]) == [
        [matcher.scan(title)],
        [matcher.scan(text[start:end]) for start, end in spans],
    ]
    assert matcher.scan_sentences(text, spans) == [matcher.scan(text[start:end]) for start, end in spans]


@given(texts())
@settings(deadline=None, max_examples=200)
def test_offsets_are_those_of_the_text_as_it_was_given(text):
    for name in MATCHER.scan(text).names:
        written = unicodedata.normalize("NFC", folded(text[name.start : name.end])).casefold()
        assert written in {unicodedata.normalize("NFC", folded(alias)).casefold() for alias in ALIASES}


def test_the_builtin_catalogue_gives_the_same_on_whole_articles():
    matcher = Matcher()
    for text in pd.read_csv(ARTICLES, usecols=["text"])["text"].head(60):
        spans = segment(text)[0]
        article = matcher.for_article([text])
        assert matcher.scan_article([text], [spans]) == [[article.scan(text[start:end]) for start, end in spans]]


@pytest.mark.parametrize("spans", [[], [(0, 0)], [(0, 4), (4, 4), (5, 7)]])
def test_sentences_may_be_none_or_empty(spans):
    assert MATCHER.scan_sentences("Mali ok", spans) == [MATCHER.scan("Mali ok"[start:end]) for start, end in spans]


def test_a_name_across_two_sentences_is_in_neither():
    text = "He met Amina Wekesa."
    assert MATCHER.scan_sentences(text, [(0, 12), (13, 20)]) == [Found([], []), Found([], [])]


def test_a_sentence_ends_a_word_even_within_one():
    assert [len(found.names) for found in MATCHER.scan_sentences("xMaliy", [(0, 1), (1, 5), (5, 6)])] == [0, 1, 0]


@given(st.lists(texts(), max_size=4))
@settings(deadline=None, max_examples=100)
def test_names_of_many_sentences_are_those_of_each(sentences):
    assert MATCHER.names_apart(sentences) == [MATCHER.names(sentence) for sentence in sentences]
