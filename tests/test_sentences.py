import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancekit.sentences import MAX_SENTENCE, Segmentation, segment

CASES_FILE = Path(__file__).parent / "data" / "sentences.txt"
ESCAPE = re.compile(r"\\(?:[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4})")


def unescape(text):
    return ESCAPE.sub(lambda match: match.group().encode().decode("unicode_escape"), text)


def read_cases():
    cases = []
    for case in CASES_FILE.read_text(encoding="utf-8").removesuffix("\n").split("\n===\n"):
        text, _, expected = (case + "\n").partition("\n---\n")
        cases.append((unescape(text), [unescape(line) for line in expected.split("\n")[:-1]]))
    return cases


def sentences_of(text):
    return [text[start:end] for start, end in segment(text).spans]


def assert_contract(text):
    spans, n_cut = segment(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert end - start <= MAX_SENTENCE
        assert text[start:end] == text[start:end].strip()
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()
    assert n_cut == 0 or len(text) > MAX_SENTENCE
    assert segment(text) == (spans, n_cut)


def test_there_are_at_least_sixty_cases():
    assert len(read_cases()) >= 60


@pytest.mark.parametrize(("text", "expected"), read_cases(), ids=[repr(text)[:60] for text, _ in read_cases()])
def test_text_splits_into_the_sentences_of_the_case_file(text, expected):
    assert sentences_of(text) == expected
    assert_contract(text)


def test_empty_text_has_no_sentences():
    assert segment("") == Segmentation([], 0)


def test_hard_wrapped_text_gives_the_sentences_of_its_unwrapped_form():
    text = (
        "It rained. Then the old harbour was quiet again, for the last ships had left it in the night and nobody came "
        "back to see what had become of the cranes, the sheds and the grey wall that the storm had broken. It held."
    )
    for width in (50, 72, 100):
        wrapped = textwrap.fill(text, width)
        assert len(sentences_of(wrapped)) == 3
        assert segment(wrapped) == segment(text)


def test_wrapped_block_and_headings_in_one_text_keep_their_own_rules():
    body = "the guns fell silent on the western side of the river and\npeople came out of the cellars to look for bread"
    text = f"Silence At Last\n\n{body}\n\nMore To Come"
    assert sentences_of(text) == ["Silence At Last", body, "More To Come"]


def test_stretch_without_white_space_is_cut_at_exactly_the_limit():
    spans, n_cut = segment("x" * 25_000)
    assert [end - start for start, end in spans] == [10_000, 10_000, 5_000]
    assert n_cut == 2


def test_stretch_of_exactly_the_limit_is_not_cut():
    assert segment("x" * MAX_SENTENCE) == Segmentation([(0, MAX_SENTENCE)], 0)


def test_long_stretch_is_cut_at_the_last_white_space_near_the_limit():
    text = "x" * 9_850 + " " + "y" * 100 + " " + "z" * 300
    assert segment(text) == Segmentation([(0, 9_951), (9_952, 10_252)], 1)


def test_white_space_far_before_the_limit_is_no_place_to_cut():
    text = "x" * 9_000 + " " + "y" * 3_000
    assert segment(text) == Segmentation([(0, 10_000), (10_000, 12_001)], 1)


def test_cut_counts_once_when_the_gap_itself_is_very_long():
    spans, n_cut = segment("a" + " " * 50_000 + "b")
    assert spans == [(0, 1), (50_001, 50_002)]
    assert n_cut == 1


def test_long_paragraph_has_the_same_sentences_wherever_its_windows_fall():
    sentence = "Engineers cleared the road to the harbour before noon."
    assert sentences_of(" ".join([sentence] * 2_000)) == [sentence] * 2_000


def test_two_megabytes_without_stop_or_space_are_cut_and_counted():
    spans, n_cut = segment("ab" * 1_000_000)
    assert len(spans) == 200
    assert n_cut == 199


@pytest.mark.parametrize("piece", ["“", '. " ', "A. ", "(", "[1] ", "a\n", "1. ", "He left. ", "« ", "\r\n", "😀"])
def test_long_monotonous_text_finishes(piece):
    assert_contract(piece * (200_000 // len(piece)))


def test_lone_surrogate_is_kept_in_its_sentence():
    assert sentences_of("The file \ud800 is broken. It is read.") == ["The file \ud800 is broken.", "It is read."]


PIECES = [
    *[
        "He left.",
        "“We stay.",
        "We go,” she said.",
        "Why?",
        "“Stop!”",
        "the U.S.",
        "Lt. Col. Doe",
        "No. 5",
        "at 5 p.m.",
    ],
    *[
        "(a) one",
        "- item",
        "•",
        "1.",
        "...",
        "…",
        "”",
        '"',
        "'",
        "«",
        "[1]",
        "(",
        ")",
        "No.",
        "me.",
        "J. R. Roe",
        "。",
        "؟",
    ],
    *[" ", "  ", "\n", "\n\n", "\r\n", "\t", "\u2028", "\x85", "\u00a0", "\u200b", "a" * 60, "b " * 40, "\x00", "😀"],
]


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_contract_holds_on_any_text(text):
    assert_contract(text)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_contract_holds_on_texts_of_sentence_pieces(text):
    assert_contract(text)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from([*PIECES, "x" * 9_990, " " * 9_990, "y " * 6_000]), max_size=12).map("".join))
def test_contract_holds_across_windows_and_cuts(text):
    assert_contract(text)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(["Boats came.", "“Go on.”", "Why not?", "Is it “ours”?", "(It is.)"]), min_size=1))
def test_plain_sentences_joined_by_spaces_are_found_again(sentences):
    assert sentences_of(" ".join(sentences)) == sentences


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab.?!\"“”' \n", max_size=60), st.text(alphabet="ab.?!\"“”' \n", max_size=60))
def test_blank_line_separates_texts_completely(first, second):
    spans = segment(first).spans
    shift = len(first) + 2
    spans_second = [(start + shift, end + shift) for start, end in segment(second).spans]
    assert segment(f"{first}\n\n{second}").spans == spans + spans_second
