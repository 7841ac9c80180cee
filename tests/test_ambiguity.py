"""Names with two owners: at least 98 of 100 sentences give exactly the actors they name."""

from pathlib import Path

import pytest

from stancekit.actors import Matcher

CASES = Path(__file__).with_name("data") / "ambiguity.txt"
CAPITALS = CASES.with_name("capitals.txt")
SHARE = 0.98
MATCHER = Matcher()


def read_cases(path=CASES):
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    pairs = (line.rsplit(" => ", 1) for line in lines)
    return [(sentence, [] if ids == "-" else ids.split()) for sentence, ids in pairs]


def test_there_are_three_hundred_different_sentences():
    sentences = [sentence for sentence, _ in read_cases()]
    assert len(sentences) == len(set(sentences)) >= 300


def test_ambiguous_names_are_told_apart():
    cases = read_cases()
    found = [[mention.actor_id for mention in MATCHER.find(sentence)] for sentence, _ in cases]
    failures = [
        f"{sentence} => expected {' '.join(expected) or '-'}, found {' '.join(ids) or '-'}"
        for (sentence, expected), ids in zip(cases, found, strict=True)
        if ids != expected
    ]
    print(f"{len(cases) - len(failures)} of {len(cases)} sentences right", *failures, sep="\n")
    assert len(failures) <= (1 - SHARE) * len(cases), "\n".join(failures)


@pytest.mark.parametrize(("sentence", "expected"), read_cases(CAPITALS), ids=lambda value: str(value)[:50])
def test_lines_in_capitals_name_actors_and_no_common_words(sentence, expected):
    assert sentence.isupper()
    assert [mention.actor_id for mention in MATCHER.find(sentence)] == expected
