"""The maker of articles on which speed is measured: seeded, without a sentence that stands twice."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from stancekit.errors import InputError

HOME = Path(__file__).parent.parent
sys.path.insert(0, str(HOME / "benchmarks"))
import corpus  # noqa: E402 - a script, found by the line above
import timing  # noqa: E402

TEXTS = ["Kenya praised Oxfam for its work.\n\nRain fell. “Go!” they said.", "NATO", "Mali blamed Chad for the raid."]


def test_no_sentence_stands_twice_though_there_are_few_to_draw_from():
    sentences, different = corpus.distinct(corpus.Corpus(TEXTS).take(200))
    assert sentences == different > 200


def test_no_sentence_of_the_projects_own_articles_stands_twice():
    sentences, different = corpus.distinct(corpus.Corpus(corpus.texts_of(None)).take(300))
    assert sentences == different > 3000


def test_the_same_seed_gives_the_same_articles_and_another_seed_others():
    first = corpus.Corpus(TEXTS, seed=1).take(20)
    assert first == corpus.Corpus(TEXTS, seed=1).take(20)
    assert first != corpus.Corpus(TEXTS, seed=2).take(20)


def test_each_call_goes_on_where_the_last_one_stopped():
    whole, parted = corpus.Corpus(TEXTS), corpus.Corpus(TEXTS)
    assert whole.take(9) == parted.take(4) + parted.take(5)


def test_nothing_but_numbers_is_added():
    for text in corpus.Corpus(TEXTS).take(30):
        words = [word for word in text.split() if not (word.isdigit() and len(word) == 9)]
        assert words in [original.split() for original in TEXTS]


def test_numbers_stand_between_words_that_are_written_small_where_there_are_such():
    (text,) = corpus.Corpus(TEXTS[2:]).take(1)
    assert text == "Mali blamed Chad for the 100000000 raid."


def test_wire_copy_repeats_articles_word_by_word_in_the_share_that_is_asked_for():
    texts = corpus.Corpus(TEXTS, copies=0.5).take(2000)
    assert 0.45 < 1 - len(set(texts)) / len(texts) < 0.55


@pytest.mark.parametrize("share", [-0.1, 1.0, 2])
def test_a_share_of_copies_that_cannot_be_is_refused(share):
    with pytest.raises(InputError, match="copies must be at least 0 and less than 1, got"):
        corpus.Corpus(TEXTS, copies=share)


def test_long_articles_have_the_length_that_is_asked_for():
    texts = corpus.Corpus(TEXTS).of_length(3, 5000)
    assert [5000 <= len(text) < 5200 for text in texts] == [True] * 3
    sentences, different = corpus.distinct(texts)
    assert sentences == different


def test_the_command_writes_articles_that_can_be_scored_and_says_how_many_sentences_differ(tmp_path):
    (tmp_path / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    words = [HOME / "benchmarks" / "corpus.py", "7", "--output", tmp_path / "c.csv", "--texts", tmp_path / "a.txt"]
    done = subprocess.run(
        [sys.executable, *words], check=True, capture_output=True, text=True, env={"PYTHONPATH": str(HOME)}
    )
    assert "7 articles" in done.stdout
    assert "14 sentences of the first 7 articles 14 are different" in done.stdout
    assert pd.read_csv(tmp_path / "c.csv")["article_id"].tolist() == [f"a{n}" for n in range(7)]


def test_what_holds_no_article_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("article_id,text\n", encoding="utf-8")
    with pytest.raises(InputError, match="no article in it to draw from"):
        corpus.texts_of(tmp_path / "a.csv")


def test_a_program_that_fails_is_named_with_what_it_said():
    with pytest.raises(SystemExit, match=r"-c raise ValueError\('oh'\) failed:(?s:.)*oh"):
        timing.fresh(["-c", "raise ValueError('oh')"])


def test_a_fresh_process_has_the_threads_that_it_is_given():
    found = timing.fresh(["-c", "import json, os; print(json.dumps({'n': os.environ['OMP_NUM_THREADS']}))"], threads=2)
    assert found["n"] == "2"
    assert found["outside"] > 0


def test_figures_are_medians_with_their_range():
    assert timing.spread([3.0, 1.0, 2.0], 1) == "2.0 (1.0 to 3.0)"
    assert timing.spread([1234.5], 0) == "1,234"
