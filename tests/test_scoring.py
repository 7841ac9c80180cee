"""Scoring: articles in, sentences and stances out."""

import threading
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancekit import FramingClassifier, Scorer, Scores, StanceClassifier, load_model
from stancekit.actors import Catalogue
from stancekit.errors import InputError, ModelError
from stancekit.scoring import processes

SENTENCES = [
    "article_id",
    "sentence_id",
    "part",
    "sentence_start",
    "sentence_end",
    "text",
    "sentiment",
    "sentiment_p_positive",
    "sentiment_p_neutral",
    "sentiment_p_negative",
    "humanitarian",
    "humanitarian_p",
    "tactical",
    "tactical_p",
    "frame",
    "known_terms",
]
STANCES = [
    "article_id",
    "sentence_id",
    "actor_id",
    "actor",
    "kind",
    "parent_id",
    "mention",
    "mention_start",
    "mention_end",
    "n_mentions",
    "attributed",
    "holder_text",
    "holder_id",
    "stance",
    "stance_p_favor",
    "stance_p_neutral",
    "stance_p_against",
    "stance_known_terms",
]

PIECES = [
    "Kenya accused Uganda of shelling a village.",
    "“We will stay,” said Col. J. Otieno of the Kenyan army. “We are not afraid.”",
    "The United Nations, the UN said, thanked the United Nations mission.",
    "Rain fell.",
    "A Heading Without a Stop\n",
    "Aid workers praised Norway 🙏 and the Norwegian navy…",
    "مرحبا بالعالم.",
    "Er sagte nichts.",
]


@pytest.fixture(scope="module")
def articles():
    return pd.DataFrame(
        {
            "article_id": ["a", "b", "c"],
            "title": ["Kenya hails truce", None, "Rain"],
            "text": [" ".join(PIECES[:3]), "\n\n".join(PIECES), PIECES[3]],
            "published": ["2024-01-31", "2024-02-01T10:00:00Z", "not a date"],
            "outlet": ["Gazette", "Post", None],
            "desk": [1, 2, 2],
        }
    )


@pytest.fixture(scope="module")
def scores(scorer, articles):
    return scorer.score(articles)


def parts(articles):
    return {
        (row.article_id, part): getattr(row, column)
        for row in articles.itertuples()
        for part, column in (("title", "title"), ("body", "text"))
    }


def test_columns_are_those_of_the_documentation(scores):
    assert list(scores.sentences.columns) == SENTENCES
    assert list(scores.stances.columns) == STANCES


def test_columns_and_types_are_the_same_on_empty_input(scorer, scores, articles):
    empty = scorer.score(articles.iloc[:0])
    assert len(empty.sentences) == len(empty.stances) == 0
    assert empty.sentences.dtypes.equals(scores.sentences.dtypes)
    assert empty.stances.dtypes.equals(scores.stances.dtypes)
    assert list(empty.by("actor").columns) == list(scores.by("actor").columns)


def test_an_article_without_actors_gives_sentences_and_no_stances(scorer):
    scores = scorer.score("Rain fell on the hills.")
    assert len(scores.sentences) == 1
    assert len(scores.stances) == 0
    assert list(scores.stances.columns) == STANCES


def test_offsets_hold_the_sentences_and_the_mentions(scores, articles):
    whole = parts(articles)
    for row in scores.sentences.itertuples():
        assert whole[row.article_id, row.part][row.sentence_start : row.sentence_end] == row.text
    joined = scores.stances.merge(scores.sentences, on=["article_id", "sentence_id"])
    for row in joined.itertuples():
        assert whole[row.article_id, row.part][row.mention_start : row.mention_end] == row.mention
        assert row.sentence_start <= row.mention_start < row.mention_end <= row.sentence_end


def test_sentences_count_from_the_title_on(scores):
    first = scores.sentences[scores.sentences["article_id"] == "a"]
    assert list(first["sentence_id"]) == list(range(len(first)))
    assert first["part"].iloc[0] == "title"
    assert set(list(first["part"])[1:]) == {"body"}


def test_one_row_per_sentence_and_actor(scores):
    assert not scores.stances.duplicated(["article_id", "sentence_id", "actor_id"]).any()
    united = scores.stances[(scores.stances["article_id"] == "a") & (scores.stances["actor_id"] == "united-nations")]
    assert list(united["n_mentions"]) == [3]


def test_labels_are_ordered_categoricals_and_follow_their_probabilities_and_thresholds(scorer, scores):
    for frame, name, labels, model in (
        (scores.stances, "stance", ["favor", "neutral", "against"], scorer.models.stance),
        (scores.sentences, "sentiment", ["positive", "neutral", "negative"], scorer.models.sentiment),
    ):
        assert frame[name].cat.ordered
        assert list(frame[name].cat.categories) == labels
        p = frame[[f"{name}_p_{label}" for label in labels]]
        assert p.sum(axis=1).to_numpy() == pytest.approx(1)
        told = frame[name].notna()
        thresholds = model.thresholds_[[list(model.classes_).index(label) for label in labels]]
        measured = p[told].to_numpy() / thresholds
        assert list(frame[name][told].astype(str)) == [labels[i] for i in measured.argmax(axis=1)]


def test_the_frame_follows_from_the_flags(scores):
    told = scores.sentences.dropna(subset=["frame"])
    expected = {
        (True, True): "both",
        (True, False): "humanitarian",
        (False, True): "tactical",
        (False, False): "neither",
    }
    assert [expected[bool(h), bool(t)] for h, t in zip(told["humanitarian"], told["tactical"], strict=True)] == list(
        told["frame"].astype(str)
    )


def test_a_sentence_without_known_terms_has_no_label_and_says_so(scorer):
    sentences = scorer.score("مرحبا بالعالم.").sentences
    assert list(sentences["known_terms"]) == [0]
    assert sentences[["sentiment", "humanitarian", "tactical", "frame"]].isna().all(axis=None)
    assert sentences.filter(like="_p").notna().all(axis=None)


def test_below_the_threshold_labels_are_missing_and_probabilities_stay(articles, scores):
    strict = Scorer(min_confidence=1.0).score(articles)
    assert strict.stances["stance"].isna().all()
    assert strict.sentences[["sentiment", "humanitarian", "tactical"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(strict.stances.filter(like="_p_"), scores.stances.filter(like="_p_"))
    assert (strict.by("actor")["n_undecided"] == strict.by("actor")["n_sentences"]).all()
    assert strict.by("actor")["share_favor"].isna().all()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), min_size=1, max_size=4))
def test_single_equals_batch(scorer, texts):
    frame = pd.DataFrame(
        {"article_id": [str(i) for i in range(len(texts))], "text": ["\n\n".join(pieces) for pieces in texts]}
    )
    batch = scorer.score(frame)
    single = [scorer.score(frame.iloc[[i]]) for i in range(len(frame))]
    pd.testing.assert_frame_equal(
        batch.sentences, pd.concat([one.sentences for one in single], ignore_index=True), rtol=0, atol=1e-12
    )
    pd.testing.assert_frame_equal(
        batch.stances, pd.concat([one.stances for one in single], ignore_index=True), rtol=0, atol=1e-12
    )


def test_the_order_of_articles_is_that_of_the_rows(scorer, articles):
    turned = scorer.score(articles.iloc[::-1])
    assert list(dict.fromkeys(turned.sentences["article_id"])) == ["c", "b", "a"]


def test_two_processes_give_what_one_gives(scorer, articles):
    many = pd.concat(
        [articles.assign(article_id=articles["article_id"] + str(i)) for i in range(90)], ignore_index=True
    )
    one, two = scorer.score(many), scorer.score(many, jobs=2)
    pd.testing.assert_frame_equal(one.sentences, two.sentences)
    pd.testing.assert_frame_equal(one.stances, two.stances)


def test_the_articles_are_not_changed(scorer, articles):
    before = articles.copy(deep=True)
    scorer.score(articles)
    pd.testing.assert_frame_equal(articles, before)


def test_bad_rows_are_listed_and_good_ones_scored(scorer):
    frame = pd.DataFrame({"article_id": ["1", "1", "2", "3"], "text": ["Kenya won.", "Kenya lost.", None, 5]})
    scores = scorer.score(frame)
    assert list(scores.articles["article_id"]) == ["1"]
    assert list(scores.rejected["row"]) == [1, 2, 3]


def test_a_single_string_is_one_article(scorer):
    assert list(scorer.score("Kenya won. Uganda lost.").articles["article_id"]) == ["article"]


def test_a_list_is_refused(scorer):
    with pytest.raises(InputError, match="DataFrame"):
        scorer.score(["Kenya won."])


def test_a_place_is_no_actor_and_an_embassy_is(scorer):
    stances = scorer.score("The US embassy in Kyiv has closed.").stances
    assert list(stances["actor_id"]) == ["USA"]


# -- own actors and models ---------------------------------------------------------------------------------------------


def test_own_actors_are_found_and_masked():
    own = pd.DataFrame({"actor_id": ["acme"], "name": ["acme lines"], "kind": ["organisation"]})
    scorer = Scorer(actors=own)
    stances = scorer.score("The acme lines company blamed Kenya.").stances
    assert list(stances["actor_id"]) == ["acme", "KEN"]
    other = scorer.score("The Oxfam company blamed Kenya.").stances
    columns = ["stance_p_favor", "stance_p_neutral", "stance_p_against"]
    assert stances[columns].iloc[1].tolist() == other[columns].iloc[1].tolist()


def test_a_catalogue_is_taken_as_it_is():
    own = Catalogue.from_frame(pd.DataFrame({"actor_id": ["acme"], "name": ["Acme"], "kind": ["organisation"]}))
    assert list(Scorer(actors=own).score("Acme blamed Kenya.").stances["actor_id"]) == ["acme"]


def test_a_model_of_another_task_is_refused():
    with pytest.raises(ModelError, match="a model for framing, but one for stance"):
        Scorer(stance="framing").score("Kenya won.")


@pytest.mark.parametrize("jobs", [0, 1.5])
def test_jobs_must_be_a_number_of_processes(scorer, jobs):
    with pytest.raises(InputError, match="jobs must be"):
        scorer.score("Kenya won.", jobs=jobs)


def test_the_threshold_must_be_a_probability():
    with pytest.raises(InputError, match="min_confidence must be between 0 and 1"):
        Scorer(min_confidence=40).score("Kenya won.")


# -- tables ------------------------------------------------------------------------------------------------------------


def test_by_actor_counts_every_row_once(scores):
    table = scores.by("actor")
    assert table["n_sentences"].sum() == len(scores.stances)
    assert (table[["n_favor", "n_neutral", "n_against", "n_undecided"]].sum(axis=1) == table["n_sentences"]).all()
    assert list(table["n_sentences"]) == sorted(table["n_sentences"], reverse=True)
    decided = table[table["n_undecided"] < table["n_sentences"]]
    assert decided[["share_favor", "share_neutral", "share_against"]].sum(axis=1).to_numpy() == pytest.approx(1)


def test_by_article_counts_sentences_and_their_stances(scores):
    table = scores.by("article").set_index("article_id")
    assert table["n_sentences"].to_dict() == scores.sentences["article_id"].value_counts().to_dict()
    stances = scores.stances["article_id"].value_counts()
    counted = table[["n_favor", "n_neutral", "n_against", "n_stances_undecided"]].sum(axis=1)
    assert counted.to_dict() == stances.reindex(counted.index, fill_value=0).to_dict()


def test_by_month_and_outlet_keep_what_is_missing(scores):
    months = scores.by("month")["month"]
    assert list(months.dropna()) == ["2024-01", "2024-02"]
    assert months.isna().sum() == 1
    assert scores.by("outlet")["n_articles"].tolist() == [1, 1, 1]


def test_a_date_that_may_be_read_in_two_ways_is_no_month(scorer):
    dates = ["05/01/2024", "2024-02-01T01:00+03:00", "yesterday", None, "2024-03"]
    frame = pd.DataFrame({"article_id": list("abcde"), "text": "Kenya won.", "published": dates})
    assert list(scorer.score(frame).by("month")["month"].dropna()) == ["2024-02", "2024-03"]


def test_a_classifier_of_another_task_or_unfitted_is_refused():
    with pytest.raises(ModelError, match=r"stance must be .* a fitted StanceClassifier, got SentimentClassifier"):
        Scorer(stance=load_model("sentiment")).score("Kenya won.")
    with pytest.raises(ModelError, match="got an unfitted StanceClassifier"):
        Scorer(stance=StanceClassifier()).score("Kenya won.")


def test_by_any_column_of_the_articles_together_with_the_actor(scores):
    table = scores.by("desk", "actor")
    assert list(table.columns[:4]) == ["desk", "actor_id", "actor", "kind"]
    assert table["n_sentences"].sum() == len(scores.stances)
    assert list(table["desk"]) == sorted(table["desk"])


def test_by_columns_of_sentences_and_stances(scores):
    assert set(scores.by("part")["part"]) == {"title", "body"}
    kinds = scores.by("kind").set_index("kind")
    sentences = scores.stances.drop_duplicates(["article_id", "sentence_id", "kind"])
    assert kinds["n_sentences"].to_dict() == sentences["kind"].value_counts().to_dict()
    assert kinds[["n_favor", "n_neutral", "n_against", "n_undecided"]].sum(axis=None) == len(scores.stances)
    assert scores.by("frame")["n_sentences"].sum() == len(scores.sentences)
    assert scores.by("sentiment")["n_sentences"].sum() == len(scores.sentences)
    stances = scores.by("stance").set_index("stance")
    assert [stances.loc[label, f"n_{label}"] for label in stances.index.dropna()] == [
        (scores.stances["stance"] == label).sum() for label in stances.index.dropna()
    ]


def test_labels_as_keys_come_in_their_own_order(scorer):
    scores = scorer.score(
        "Kenya praised Oxfam for saving lives. Norway met Chile. Rebels massacred forty civilians. Rain fell."
    )
    for key in ("sentiment", "frame", "part"):
        found = scores.by(key)[key]
        order = list(scores.sentences[key].cat.categories)
        assert [order.index(label) for label in found.dropna()] == sorted(
            order.index(label) for label in found.dropna()
        )
        assert list(found.cat.categories) == order
    assert list(scores.by("sentiment", "frame").columns[:2]) == ["sentiment", "frame"]


def test_labels_called_like_counts_do_not_mix_with_them(scores):
    renamed = {"favor": "sentences", "neutral": "humanitarian", "against": "undecided"}
    stances = scores.stances.assign(stance=scores.stances["stance"].cat.rename_categories(renamed))
    other = replace(scores, stances=stances)
    for keys in (("actor",), ("outlet",), ("kind",)):
        table, plain = other.by(*keys), scores.by(*keys)
        assert table["n_sentences"].tolist() == plain["n_sentences"].tolist()
        assert table["n_humanitarian"].tolist() == plain["n_humanitarian"].tolist()
        for old, new in renamed.items():
            assert table[f"n_stance_{new}"].tolist() == plain[f"n_{old}"].tolist()
            pd.testing.assert_series_equal(table[f"share_stance_{new}"], plain[f"share_{old}"], check_names=False)
    assert other.edges(narrator=True)["n_sentences"].tolist() == scores.edges(narrator=True)["n_sentences"].tolist()


def test_scores_of_different_articles_are_put_together(scorer, articles, scores):
    parts = [scorer.score(articles.iloc[[n]]) for n in range(len(articles))]
    whole = Scores.concat(parts)
    for name in ("sentences", "stances", "actors"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(scores, name))
    pd.testing.assert_frame_equal(whole.by("outlet"), scores.by("outlet"))
    with pytest.raises(InputError, match="at least one Scores"):
        Scores.concat([])


def test_an_unknown_key_is_refused_with_the_known_ones(scores):
    with pytest.raises(InputError, match="no key 'colour': give actor, article, month, year or a column: actor"):
        scores.by("colour")
    with pytest.raises(InputError, match="needs a key"):
        scores.by()
    with pytest.raises(InputError, match="names of columns"):
        scores.by(["actor"])


def test_a_framing_model_of_other_flags_is_refused():
    sentences = ["Tanks fired.", "Banks paid."] * 5
    model = FramingClassifier(flags=["war"], min_df=1, calibration_folds=0).fit(sentences, [[1], [0]] * 5)
    with pytest.raises(ModelError, match="framing needs a model of the flags humanitarian, tactical, got one of war"):
        Scorer(framing=model).score("Tanks fired.")


def test_only_what_the_minding_thread_raises_while_processes_end_is_dropped(capsys):
    def failing():
        raise ValueError("gone")

    def raised(name):
        with processes._quiet_manager():
            thread = threading.Thread(target=failing, name=name)
            thread.start()
            thread.join()
        return capsys.readouterr().err

    before, threading.excepthook = threading.excepthook, threading.__excepthook__
    try:
        assert raised("ExecutorManagerThread") == ""
        assert "ValueError: gone" in raised("another")
        assert threading.excepthook is threading.__excepthook__
    finally:
        threading.excepthook = before
