"""The labelled corpus, and what is refused of another."""

import json
import shutil

import pandas as pd
import pytest

from stancekit import datasets
from stancekit.errors import InputError

TABLES = ("articles", "sentences", "stances")


@pytest.fixture(scope="module")
def corpus():
    return datasets.load("conflict-news")


@pytest.fixture
def own(tmp_path):
    """A corpus of one article, as a dict of frames, and how to write it."""
    tables = {
        "articles": pd.DataFrame({"article_id": ["1"], "split": ["dev"], "title": ["NA"], "text": ["Arvonia fell."]}),
        "sentences": pd.DataFrame(
            {"article_id": ["1"], "sentence_id": [0], "text": ["Arvonia fell."], "sentiment": ["neutral"]}
            | {"humanitarian": [False], "tactical": [True]}
        ),
        "stances": pd.DataFrame(
            {"article_id": ["1"], "sentence_id": [0], "actor_id": ["NA"], "start": [0], "end": [7]}
            | {"spans": ["[[0, 7]]"], "label": ["neutral"], "holder_text": [""], "holder_id": [""]}
        ),
    }

    def write():
        for name, table in tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        return tmp_path

    return tables, write


def test_ids_are_unique_and_tables_join(corpus):
    assert corpus.articles["article_id"].is_unique
    assert not corpus.sentences.duplicated(["article_id", "sentence_id"]).any()
    assert not corpus.stances.duplicated(["article_id", "sentence_id", "actor_id"]).any()
    assert set(corpus.sentences["article_id"]) == set(corpus.articles["article_id"])
    assert corpus.stances["text"].notna().all()


def test_sentences_stand_where_their_offsets_say(corpus):
    articles = corpus.articles.set_index("article_id")
    wrong = [
        row.text
        for row in corpus.sentences.itertuples()
        if articles.loc[row.article_id, "title" if row.part == "title" else "text"][
            row.sentence_start : row.sentence_end
        ]
        != row.text
    ]
    assert wrong == []


def test_mentions_stand_where_their_offsets_say(corpus):
    for row in corpus.stances.itertuples():
        spans = json.loads(row.spans)
        assert [row.start, row.end] == spans[0]
        assert spans == sorted(spans)
        for start, end in spans:
            mention = row.text[start:end]
            assert 0 <= start < end <= len(row.text)
            assert mention == mention.strip()
            # A mention is a whole word, or several.
            assert not row.text[start - 1 : start].isalpha() or start == 0
            assert not row.text[end : end + 1].isalpha()


def test_holders_stand_in_their_sentences(corpus):
    told = corpus.stances.dropna(subset=["holder_text"])
    assert len(told) > 0
    assert [row.holder_text for row in told.itertuples() if row.holder_text not in row.text] == []
    assert told["attributed"].all()


def test_labels_are_ordered_categories_without_gaps(corpus):
    assert list(corpus.stances["label"].cat.categories) == ["favor", "neutral", "against"]
    assert list(corpus.sentences["sentiment"].cat.categories) == ["positive", "neutral", "negative"]
    for labels in (corpus.stances["label"], corpus.sentences["sentiment"]):
        assert labels.cat.ordered
        assert labels.notna().all()
    for flag in ("humanitarian", "tactical"):
        assert corpus.sentences[flag].dtype == bool


def test_splits_part_the_corpus(corpus):
    parts = {split: datasets.load("conflict-news", split=split) for split in ("train", "dev", "test")}
    for number, table in enumerate(TABLES):
        assert sum(len(part[number]) for part in parts.values()) == len(corpus[number]), table
    seen = [set(part.articles["article_id"]) for part in parts.values()]
    assert not seen[0] & seen[1]
    assert not (seen[0] | seen[1]) & seen[2]
    for split, part in parts.items():
        assert set(part.articles["split"]) == {split}
        assert set(part.stances["article_id"]) <= set(part.articles["article_id"])
        assert list(part.stances.index) == list(range(len(part.stances)))


def test_conflicts_do_not_cross_splits(corpus):
    real = corpus.articles[corpus.articles["conflict"] != "none"]
    assert not real[["conflict", "split"]].drop_duplicates()["conflict"].duplicated().any()


def test_a_corpus_of_ones_own_is_read_from_its_folder(own):
    _, write = own
    found = datasets.load(path=write())
    assert list(found.stances["text"]) == ["Arvonia fell."]
    assert list(found.stances["article_id"]) == ["1"]


def test_na_is_a_text_like_any_other_and_an_empty_holder_is_missing(own):
    _, write = own
    found = datasets.load(path=write())
    assert list(found.articles["title"]) == ["NA"]
    assert list(found.stances["actor_id"]) == ["NA"]
    assert found.stances[["holder_text", "holder_id"]].isna().all(axis=None)


def test_a_split_without_articles_has_the_same_columns(own):
    _, write = own
    folder = write()
    empty, full = datasets.load(path=folder, split="test"), datasets.load(path=folder)
    for one, other in zip(empty, full, strict=True):
        assert len(one) == 0
        assert list(one.columns) == list(other.columns)


def test_an_unknown_split_is_refused():
    with pytest.raises(InputError, match="split must be one of train, dev, test, got 'validation'"):
        datasets.load(split="validation")


def test_an_unknown_corpus_is_refused():
    with pytest.raises(InputError, match=r"nowhere.articles\.csv: no such file"):
        datasets.load("nowhere")


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(own, table):
    _, write = own
    folder = write()
    (folder / f"{table}.csv").unlink()
    with pytest.raises(InputError, match=rf"{table}\.csv: no such file"):
        datasets.load(path=folder)


@pytest.mark.parametrize(
    ("table", "column"), [("articles", "split"), ("sentences", "sentiment"), ("stances", "start"), ("stances", "label")]
)
def test_a_missing_column_is_named(own, table, column):
    tables, write = own
    tables[table] = tables[table].drop(columns=column)
    with pytest.raises(InputError, match=rf"{table}\.csv: the columns {column} are missing"):
        datasets.load(path=write())


@pytest.mark.parametrize(
    ("table", "column", "message"),
    [
        ("stances", "label", r"stances\.csv: labels of stance are favor, neutral, against, got 'Favour'"),
        ("sentences", "sentiment", r"sentences\.csv: labels of sentiment are .*, got 'Favour'"),
    ],
)
def test_an_unknown_label_is_refused_and_not_lost(own, table, column, message):
    tables, write = own
    tables[table][column] = "Favour"
    with pytest.raises(InputError, match=message):
        datasets.load(path=write())


def test_a_stance_toward_no_sentence_is_refused(own):
    tables, write = own
    tables["stances"]["sentence_id"] = 7
    with pytest.raises(InputError, match=r"sentence 7 of article '1' is no row of sentences\.csv"):
        datasets.load(path=write())


def test_a_sentence_that_stands_twice_is_refused(own):
    tables, write = own
    tables["sentences"] = pd.concat([tables["sentences"]] * 2)
    with pytest.raises(InputError, match="sentence 0 of article '1' stands twice"):
        datasets.load(path=write())


def test_a_file_that_is_no_csv_is_refused(own):
    _, write = own
    folder = write()
    (folder / "stances.csv").write_bytes(b"\xff\xfe\x00broken")
    with pytest.raises(InputError, match=r"stances\.csv: not readable as CSV in UTF-8"):
        datasets.load(path=folder)
    shutil.copy(folder / "articles.csv", folder / "stances.csv")
    with pytest.raises(InputError, match=r"stances\.csv: the columns sentence_id, actor_id"):
        datasets.load(path=folder)
