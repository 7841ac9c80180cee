"""The native form of models gives the estimators' own probabilities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stancekit
from stancekit import datasets
from stancekit.classifiers import FramingClassifier, SentimentClassifier, StanceClassifier
from stancekit.compiled import Compiled, native
from stancekit.features import Phrases, Sides
from stancekit.lexicon import load_roles
from stancekit.scoring import asking

pytestmark = pytest.mark.skipif(native() is None, reason="the native module was not built: no compiler")

TASKS = ("stance", "sentiment", "framing")
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
UGLY = [
    "",
    " ",
    "İstanbul’s ²x ’s don’t  O’REILLY’S Straße ǅ ǆ 3.5km 1,000 U.S.-led «x» “y”—z",
    "AL-QAEDA BIN LADEN SAYS IT SHELLED MOSCOW AGAIN TODAY",
    "Al bin Salman van der Bellen said of the al Nusra",
    "𝐀𝐁 𝐁 civilians’ Chiefs’ United States’ forces",
    "May said March 3 may be March; the chiefs' plan, Mali’s and the United States' plan",
    "Cafe\u0301 in Moscow 🚀 hit מוסקבה and 莫斯科 by night_fall x_ _y",
    '"We won," Mali said. "They lost", "never" denied! Who?',
    "not " * 30 + "Mali killed, not Chad, nor " + "the " * 40,
]


@pytest.fixture(scope="module")
def models():
    return [stancekit.load_model(task) for task in TASKS]


@pytest.fixture(scope="module")
def compiled(models):
    return Compiled(models)


def same(found, wanted):
    (proba, known), (proba_wanted, known_wanted) = found, wanted
    assert np.array_equal(known, known_wanted)
    assert proba.shape == proba_wanted.shape
    assert np.abs(proba - proba_wanted).max(initial=0) < 1e-9


def targets_of(texts, models):
    matcher = models[0].vectorizer_.masker_.matcher
    rows = []
    for text in texts:
        by_actor = {}
        for mention in matcher.find(text):
            by_actor.setdefault(mention.actor_id, []).append((mention.start, mention.end))
        rows += [(text, spans) for spans in by_actor.values()]
    return [text for text, _ in rows], [spans for _, spans in rows]


def frame(texts, spans):
    return pd.DataFrame(
        {"text": texts, "start": [s[0][0] for s in spans], "end": [s[0][1] for s in spans], "spans": spans}
    )


def check(models, compiled, texts, spans_texts, spans):
    tone, framing = compiled.assess([1, 2], texts)
    same(tone, models[1].assess(texts))
    same(framing, models[2].assess(texts))
    if spans:
        same(compiled.assess([0], spans_texts, spans)[0], models[0].assess(frame(spans_texts, spans)))


def test_the_shipped_models_have_a_native_form_and_share_a_reader(compiled):
    assert all(compiled.is_native(number) for number in range(3))
    assert len({id(held.reader) for held in compiled._held}) == 1


def test_sentences_of_the_corpus_get_the_estimators_probabilities(models, compiled):
    texts = datasets.load("conflict-news", split="train").sentences["text"].tolist()[::4]
    check(models, compiled, texts, *targets_of(texts, models))


def test_ugly_sentences_get_the_estimators_probabilities(models, compiled):
    check(models, compiled, UGLY, *targets_of(UGLY, models))


WORDS = [
    *load_roles().verbs, *load_roles().nouns, *load_roles().adjectives, "Mali", "Moscow", "the UN", "civilians",
    "NATO's", "Zorvan", "SHELLED", "MALI", "'s", "’", "3", "2.5m", *'"“”,;:?!—–(', "was", "by", "and", "of", "for",
    "to", "not", "that", "who", "has", "will", "been", "the", "a", "quickly", "cannot", "May", "Monday", "President",
    "al", "bin", "é", "ß",
]  # fmt: skip


@SETTINGS
@given(st.lists(st.sampled_from(WORDS), max_size=25), st.data())
def test_words_in_any_order_get_the_estimators_probabilities(models, compiled, words, data):
    text = " ".join(words)
    spans = []
    if text.strip():
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, min(len(text), start + 12)))
        spans = [[(start, end)]]
    check(models, compiled, [text], [text] * len(spans), spans)


@SETTINGS
@given(st.text(max_size=60), st.data())
def test_any_text_gets_the_estimators_probabilities(models, compiled, text, data):
    spans = []
    if text:
        start = data.draw(st.integers(0, len(text) - 1))
        spans = [[(start, data.draw(st.integers(start + 1, len(text))))]]
    check(models, compiled, [text], [text] * len(spans), spans)


def test_models_of_other_templates_and_labels_have_a_native_form():
    texts = ["A joyful rescue of nine.", "A bitter loss.", "A joyful return.", "A bitter, bitter defeat."] * 3
    tone = SentimentClassifier(
        calibration_folds=0, templates=[Phrases("own", shortest=1, longest=4, negation=True), Phrases("cut", stem=4)]
    ).fit(texts, ["up", "down"] * 6)
    flags = FramingClassifier(calibration_folds=0).fit(texts, np.array([[1, 0], [0, 1]] * 6))
    rows = frame(["Mali thanked Chad.", "Mali blamed Chad."] * 4, [[(0, 4)], [(0, 4)]] * 4)
    stance = StanceClassifier(
        calibration_folds=0, templates=[Sides("own", shortest=1, longest=3, reach=2.0, stem=6)]
    ).fit(rows, ["f", "a"] * 4)
    together = Compiled([stance, tone, flags])
    assert all(together.is_native(number) for number in range(3))
    for found, model in zip(together.assess([1, 2], texts), (tone, flags), strict=True):
        same(found, model.assess(texts))
    same(together.assess([0], rows["text"].tolist(), rows["spans"].tolist())[0], stance.assess(rows))


def test_a_template_without_a_native_form_is_asked_as_it_is():
    texts = ["one two three four five six seven", "one two three four five six eight"] * 3
    model = SentimentClassifier(calibration_folds=0, templates=[Phrases("own", longest=6)]).fit(texts, ["a", "b"] * 3)
    compiled = Compiled([model])
    assert not compiled.is_native(0)
    same(compiled.assess([0], texts)[0], model.assess(texts))


def test_without_the_native_module_scores_are_the_same(models, monkeypatch):
    texts = [text for text in UGLY if text.strip()]
    spans_texts, spans = targets_of(texts, models)
    here = Compiled(models)
    with monkeypatch.context() as patch:
        patch.setattr("stancekit.compiled.native", lambda: None)
        plain = Compiled(models)
    assert not any(plain.is_native(number) for number in range(3))
    for found, wanted in zip(here.assess([1, 2], texts), plain.assess([1, 2], texts), strict=True):
        same(found, wanted)
    same(here.assess([0], spans_texts, spans)[0], plain.assess([0], spans_texts, spans)[0])


def test_copies_are_asked_about_once_and_scored_alike(models, monkeypatch):
    compiled = Compiled(models)
    asked = []
    assess = compiled.assess
    monkeypatch.setattr(compiled, "assess", lambda *args: asked.append(len(args[1])) or assess(*args))
    rows = {
        "article_id": ["a", "b", "c"],
        "sentence_id": [0, 0, 0],
        "part": ["body"] * 3,
        "sentence_start": [0, 0, 0],
        "sentence_end": [18, 9, 18],
        "text": ["Mali thanked Chad.", "Rain fell", "Mali thanked Chad."],
    }
    scored = asking.score_sentences(compiled, rows, 0.0)
    assert asked == [2]
    assert scored["article_id"].tolist() == ["a", "b", "c"]
    ours = scored.drop(columns=["article_id", "sentence_end"])
    pd.testing.assert_series_equal(ours.iloc[0], ours.iloc[2], check_names=False)
    assert ours["sentiment_p_positive"].iloc[0] != ours["sentiment_p_positive"].iloc[1]


def test_spans_outside_their_text_and_wrong_types_are_refused(compiled):
    module, held = native(), compiled._held[0]
    outputs = (np.empty((1, 3)), np.empty(1, dtype=np.int64))
    with pytest.raises(ValueError, match="does not lie in its text"):
        module.assess(held.reader, (held.number,), ["Mali"], [[]], [[(0, 9)]], outputs)
    with pytest.raises(TypeError, match="texts must be strings"):
        module.assess(held.reader, (held.number,), [3], [[]], [[(0, 1)]], outputs)
    with pytest.raises(TypeError, match="names must be a list of 1 lists"):
        module.assess(held.reader, (held.number,), ["Mali"], [], [[(0, 4)]], outputs)
    with pytest.raises(ValueError, match="bytes, not"):
        module.assess(held.reader, (held.number,), ["Mali"], [[]], [[(0, 4)]], (np.empty(3), np.empty(3)))
    with pytest.raises(IndexError, match="no such model"):
        module.assess(held.reader, (9,), ["Mali"], [[]], [[(0, 4)]], outputs)
