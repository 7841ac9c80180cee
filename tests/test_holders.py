import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancekit.actors import Mention
from stancekit.holders import NARRATOR, Attribution, attribute, per_actor
from stancekit.holders.vocabulary import VERBS

CASES_FILE = Path(__file__).parent / "data" / "holders.txt"
MARK = re.compile(r"\{([^|{}]+)\|([^{}]+)\}")
VIEW = re.compile(r"(\S+) (?:narrator|by (.+?)(?: = (\S+))?)")


def read_sentence(line):
    """Take the marks ``{ID|name}`` out of a sentence; give the text and its mentions."""
    text, mentions, last = "", [], 0
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        mentions.append(Mention(len(text), len(text) + len(match[2]), match[1], "name"))
        text, last = text + match[2], match.end()
    return text + line[last:], mentions


def read_part(lines):
    """Join the sentences of a case; a line that begins with ¶ opens a paragraph."""
    text, spans, mentions = "", [], []
    for line in lines:
        sentence, found = read_sentence(line.removeprefix("¶ "))
        if text:
            text += "\n\n" if line.startswith("¶ ") else " "
        spans.append((len(text), len(text) + len(sentence)))
        mentions.append(found)
        text += sentence
    return text, spans, mentions


def read_cases():
    cases = []
    for case in CASES_FILE.read_text(encoding="utf-8").removesuffix("\n").split("\n===\n"):
        lines = case.split("\n")
        views = [line for line in lines if VIEW.fullmatch(line)]
        cases.append((lines[: len(lines) - len(views)], views))
    return cases


def views_of(lines):
    text, spans, mentions = read_part(lines)
    views = []
    for found, attributions in zip(mentions, attribute(spans, text, mentions), strict=True):
        for actor_id, view in per_actor(found, attributions).items():
            holder = f"by {view.holder_text or '-'}" if view.attributed else "narrator"
            views.append(f"{actor_id} {holder}" + (f" = {view.holder_id}" if view.holder_id else ""))
    return views


def assert_contract(text, spans, mentions):
    result = attribute(spans, text, mentions)
    assert [len(row) for row in result] == [len(row) for row in mentions]
    for (start, end), row in zip(spans, result, strict=True):
        sentence = text[start:end]
        for found in row:
            assert isinstance(found, Attribution)
            if found.holder_text is None:
                assert found.holder_start is None
                assert found.holder_end is None
            else:
                assert found.attributed
                assert 0 <= found.holder_start < found.holder_end <= len(sentence)
                assert sentence[found.holder_start : found.holder_end] == found.holder_text
            if not found.attributed:
                assert found == NARRATOR


def test_the_case_file_holds_at_least_eighty_cases():
    assert len(read_cases()) >= 80


@pytest.mark.parametrize(("lines", "expected"), read_cases(), ids=lambda value: value[0][:60])
def test_the_view_is_given_to_whom_the_words_give_it(lines, expected):
    assert views_of(lines) == expected


@pytest.mark.parametrize(("lines", "_"), read_cases(), ids=lambda value: value[0][:60])
def test_the_cases_keep_shape_and_offsets(lines, _):
    text, spans, mentions = read_part(lines)
    assert_contract(text, spans, mentions)


def test_a_speaker_of_the_quotation_before_is_known_by_id_only():
    text, spans, mentions = read_part(["“{SWE|Sweden} is late,” {NOR|Norway} said.", "“{FIN|Finland} is not.”"])
    found = attribute(spans, text, mentions)[1][0]
    assert found == Attribution(True, None, None, None, "NOR")


def test_a_pronoun_takes_the_id_of_the_speaker_before():
    text, spans, mentions = read_part(["{NOR|Norway} said it was ready.", "It criticised {SWE|Sweden}."])
    assert attribute(spans, text, mentions)[1][0].holder_id == "NOR"


def test_a_quotation_does_not_leak_into_the_next_paragraph():
    text, spans, mentions = read_part(["“We are late,” Obi said.", "¶ {SWE|Sweden} was on time."])
    assert attribute(spans, text, mentions)[1] == [NARRATOR]


def test_an_unclosed_quotation_ends_with_its_paragraph():
    text, spans, mentions = read_part(["“We are late, Obi said.", "¶ {SWE|Sweden} was on time."])
    assert attribute(spans, text, mentions)[1] == [NARRATOR]


def test_names_tell_for_whom_an_office_speaks():
    text = "Kenyan Defence Minister Amina Wekesa blamed Uganda."
    mentions = [[Mention(44, 50, "UGA", "place")]]
    names = [[Mention(0, 6, "KEN", "adjective"), Mention(44, 50, "UGA", "place")]]
    (found,) = attribute([(0, len(text))], text, mentions, names)[0]
    assert (found.holder_text, found.holder_id) == ("Kenyan Defence Minister Amina Wekesa", "KEN")
    assert attribute([(0, len(text))], text, mentions)[0][0].holder_id is None


def test_a_private_person_does_not_speak_for_the_country_he_comes_from():
    text = "A Kenyan shopkeeper blamed Uganda."
    mentions = [[Mention(27, 33, "UGA", "place")]]
    names = [[Mention(2, 8, "KEN", "adjective")]]
    assert attribute([(0, len(text))], text, mentions, names)[0][0].holder_id is None


def test_an_actor_whom_another_evaluates_is_attributed_though_first_named_by_the_narrator():
    row = [Mention(0, 1, "KEN", "name"), Mention(2, 3, "KEN", "name")]
    other = Attribution(True, "Uganda", 5, 11, "UGA")
    assert per_actor(row, [NARRATOR, other]) == {"KEN": other}


def test_an_actor_who_speaks_of_himself_stays_with_the_narrator_who_names_him():
    row = [Mention(0, 1, "KEN", "name"), Mention(2, 3, "KEN", "name")]
    own = Attribution(True, "Kenya", 0, 5, "KEN")
    assert per_actor(row, [own, NARRATOR]) == {"KEN": NARRATOR}
    assert per_actor(row[:1], [own]) == {"KEN": own}


def test_nothing_is_kept_between_calls():
    first = read_part(["{NOR|Norway} said it was ready."])
    second = read_part(["It criticised {SWE|Sweden}."])
    alone = attribute(second[1], second[0], second[2])
    attribute(first[1], first[0], first[2])
    assert attribute(second[1], second[0], second[2]) == alone
    assert alone[0][0].holder_id is None


def test_empty_input_gives_an_empty_answer():
    assert attribute([], "", []) == []
    assert attribute([(0, 4)], "Yes.", [[]]) == [[]]


def test_lists_that_do_not_match_the_sentences_are_refused():
    with pytest.raises(ValueError, match="mentions must hold one list per sentence: got 0 for 1"):
        attribute([(0, 3)], "Yes", [])
    with pytest.raises(ValueError, match="names must hold one list per sentence: got 2 for 1"):
        attribute([(0, 3)], "Yes", [[]], [[], []])


def test_every_list_of_verbs_holds_base_forms_that_are_known():
    assert {"says", "said", "saying", "denies", "denied", "accused", "criticising", "told"} <= VERBS.keys()


def test_a_verb_with_a_particle_needs_it_unless_it_stands_in_a_list_without():
    assert VERBS["put"].particle == "down"
    assert VERBS["shouted"].particle is None


VOCABULARY = """
said says that according to by the a minister Kenya Uganda accused of praised “ ” " ' ‘ ’ , . ; : — who which and but
denied claim told reporters it they each other as put in view İstanbul U.N. Dr. ( ) not was from praise call what
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.one_of(
    st.text(max_size=120), st.lists(WORDS, max_size=40).map(" ".join), st.text("“”\"'‘’ as.,\n", max_size=60)
)


@st.composite
def parts(draw):
    text = draw(TEXTS)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=4))})
    spans = [(start, end) for start, end in pairwise(cuts) if start < end]
    mentions = []
    for start, end in spans:
        points = sorted(draw(st.lists(st.integers(0, end - start), max_size=6, unique=True)))
        pairs = zip(points[::2], points[1::2], strict=False)
        mentions.append([Mention(first, last, draw(st.sampled_from(["A", "B"])), "name") for first, last in pairs])
    return text, spans, mentions


@settings(deadline=None, max_examples=400)
@given(parts())
def test_any_text_is_answered_in_shape_and_with_exact_offsets(part):
    assert_contract(*part)


@settings(deadline=None, max_examples=100)
@given(parts())
def test_the_same_input_gives_the_same_answer(part):
    text, spans, mentions = part
    assert attribute(spans, text, mentions) == attribute(spans, text, mentions)


@pytest.mark.parametrize(
    "piece", ["'a ", "“a ", '"a" ', "he said that ", "X, who accused Y, ", "a: “b", "by X's claim that "]
)
def test_a_sentence_of_ten_thousand_characters_does_not_take_quadratic_time(piece):
    text = piece * (10_000 // len(piece))
    mentions = [[Mention(start, start + 1, "A", "name") for start in range(0, len(text) - 1, 500)]]
    started = time.process_time()
    attribute([(0, len(text))], text, mentions)
    assert time.process_time() - started < 5


def test_many_stray_apostrophes_in_one_paragraph_do_not_take_quadratic_time():
    text = "'tis a long 'un, " * 6_000
    started = time.process_time()
    attribute([(0, 16)], text, [[]])
    assert time.process_time() - started < 5
