"""The worked examples of the codebook: enough of them, in its own labels, and none borrowed from the corpus."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from stancekit import Catalogue
from stancekit.tasks import FRAMES, SENTIMENT, STANCE

DATASETS = Path(__file__).parent.parent / "datasets"
SPAN = 8

LABELS = {"actor → label": STANCE.labels, "sentiment": SENTIMENT.labels, "frame": FRAMES}
RULES = [f"Rule {number}" for number in range(1, 11)]
TOPICS = [*RULES, "Sentiment", "Framing", "Actors and mentions", "Attribution"]
TARGET = re.compile(
    r"(?P<actor>[^→;()]+?)(?: \((?P<mention>[^()]+)\))? → (?P<label>\w+)"
    r"(?:, (?:(?P<narrator>narrator)|by (?P<holder>.+?)(?: = (?P<holder_id>\S+))?))?"
)


class Example(NamedTuple):
    topic: str
    question: str
    sentence: str
    answer: str
    why: str


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_examples(text):
    """Every row of the tables under section 4, with the heading and the column of labels that it stands under."""
    section = re.split(r"^## ", text, flags=re.MULTILINE)[4]
    found = []
    for part in section.split("\n### ")[1:]:
        heading, *lines = part.splitlines()
        header, _, *rows = [cells(line) for line in lines if line.startswith("|")]
        question = header[1].removesuffix(", view")
        found += [Example(heading.split(".")[0], question, *row) for row in rows]
    return found


def targets(example):
    """The actors of an example with their labels, as dicts; none for a sentence without actors."""
    if example.answer == "none":
        return []
    matches = [TARGET.fullmatch(part.strip()) for part in example.answer.split(";")]
    assert None not in matches, f"not of the form 'actor (mention) → label, view': {example.answer}"
    return [match.groupdict() for match in matches]


def spans(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + SPAN]) for start in range(len(words) - SPAN + 1)}


CODEBOOK = (DATASETS / "CODEBOOK.md").read_text(encoding="utf-8")
EXAMPLES = read_examples(CODEBOOK)
ON_ACTORS = [example for example in EXAMPLES if example.question == "actor → label"]


@pytest.fixture(scope="module")
def corpus():
    path = DATASETS / "conflict-news" / "sentences.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def test_there_are_at_least_sixty_examples_and_none_stands_twice():
    assert len(EXAMPLES) >= 60
    assert [text for text, number in Counter(example.sentence for example in EXAMPLES).items() if number > 1] == []


def test_the_topics_stand_in_their_order():
    assert list(dict.fromkeys(example.topic for example in EXAMPLES)) == TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_at_least_four_examples(topic):
    assert sum(example.topic == topic for example in EXAMPLES) >= 4


def test_every_example_has_a_sentence_an_answer_and_a_reason():
    assert [example for example in EXAMPLES if not (example.sentence and example.answer and example.why)] == []


def test_tables_ask_the_three_questions():
    assert {example.question for example in EXAMPLES} == set(LABELS)
    assert {example.topic for example in EXAMPLES if example.question == "sentiment"} == {"Sentiment"}
    assert {example.topic for example in EXAMPLES if example.question == "frame"} == {"Framing"}


@pytest.mark.parametrize("question", LABELS)
def test_labels_are_from_the_allowed_set_and_each_is_shown(question):
    asked = [example for example in EXAMPLES if example.question == question]
    given = (
        [target["label"] for example in asked for target in targets(example)]
        if question == "actor → label"
        else [example.answer for example in asked]
    )
    assert set(given) == set(LABELS[question])


@pytest.mark.parametrize("example", ON_ACTORS, ids=lambda example: example.sentence[:40])
def test_actors_stand_in_their_sentence_once_each(example):
    found = targets(example)
    missing = [one for one in found if (one["mention"] or one["actor"]).lower() not in example.sentence.lower()]
    assert missing == []
    assert len({one["actor"] for one in found}) == len(found)


def test_examples_of_attribution_tell_the_view_of_every_actor():
    told = [target for example in EXAMPLES if example.topic == "Attribution" for target in targets(example)]
    assert [target for target in told if not (target["narrator"] or target["holder"])] == []


def test_holders_stand_in_their_sentence_and_their_ids_in_the_catalogue():
    told = [(target, example) for example in ON_ACTORS for target in targets(example) if target["holder"]]
    assert [
        one["holder"] for one, example in told if one["holder"] != "-" and one["holder"] not in example.sentence
    ] == []
    ids = {one["holder_id"] for one, _ in told} - {None}
    assert len(ids) > 1
    assert ids <= set(Catalogue.builtin())


def test_no_example_shares_eight_words_in_a_row_with_the_corpus(corpus):
    theirs = set().union(*map(spans, corpus))
    assert len(theirs) > len(corpus)
    assert [example.sentence for example in EXAMPLES if spans(example.sentence) & theirs] == []


def test_a_sentence_of_the_corpus_would_be_found_out(corpus):
    long = next(text for text in corpus if len(spans(text)) > 1)
    assert spans(f"As it happens, {long.upper()}") & spans(long)


def test_a_row_that_breaks_the_form_is_named():
    example = Example("Rule 1", "actor → label", "Arvonia fell.", "Arvonia: neutral", "a plain act")
    with pytest.raises(AssertionError, match=r"not of the form .* Arvonia: neutral"):
        targets(example)
