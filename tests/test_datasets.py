"""The labelled corpus, and what is refused of another."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from stancekit import datasets
from stancekit.datasets import loading
from stancekit.datasets import public as public_sets
from stancekit.errors import InputError

TABLES = ("articles", "sentences", "stances")
PUBLIC = Path(__file__).parent.parent.parent / "shared" / "data"
HEAD = "id,text,target,start,end,label"


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


@pytest.fixture
def public(tmp_path, monkeypatch):
    """Write made-up files in the place of a public set's; their sums are the pinned ones from then on."""

    def write(name, **files):
        sums = {}
        for split, text in files.items():
            data = text.encode()
            (tmp_path / f"{split}.csv").write_bytes(data)
            sums[split] = hashlib.sha256(data).hexdigest()
        changed = replace(datasets.SOURCES[name], sums=sums)
        monkeypatch.setattr(loading, "SOURCES", dict(datasets.SOURCES) | {name: changed})
        return tmp_path

    return write


def test_a_public_set_of_stances_fills_the_stances_alone(public):
    text = f"{HEAD},holder\n1,Oxfam praised Arvonia.,Arvonia,14.0,21.0,favor,Oxfam\n"
    found = datasets.load("plover", path=public("plover", dev=text))
    assert [len(frame) for frame in found] == [0, 0, 1, 0]
    columns = ["article_id", "id", "split", "text", "target", "start", "end", "label"]
    assert list(found.stances.columns) == [*columns, "holder"]
    row = found.stances.iloc[0]
    assert row["text"][row["start"] : row["end"]] == row["target"] == "Arvonia"
    assert (row["id"], row["split"], row["label"], row["holder"]) == ("1", "dev", "favor", "Oxfam")
    assert list(found.stances["label"].cat.categories) == ["favor", "neutral", "against"]
    assert found.stances[["start", "end"]].dtypes.tolist() == ["int64", "int64"]


def test_a_public_set_of_sentences_fills_the_sentences_alone(public):
    text = "id,text,aid_related,military\n1,Tents came.,1,0\n2,Troops came.,1,1\n3,NA,0,0\n"
    found = datasets.load("disaster_response", path=public("disaster_response", train=text), split="train")
    assert [len(frame) for frame in found] == [0, 3, 0, 0]
    assert list(found.sentences.columns) == ["article_id", "id", "split", "text", "aid_related", "military"]
    assert found.sentences["aid_related"].tolist() == [True, True, False]
    assert found.sentences["military"].tolist() == [False, True, False]
    assert found.sentences["text"].tolist()[2] == "NA"
    assert list(found.stances.columns) == ["article_id", "id", "split", "text", "target", "start", "end", "label"]


def test_splits_of_a_public_set_come_one_by_one_or_all_in_order(public):
    row = "a{0},x{0},Arvonia fell.,Arvonia,0,7,neutral\n"
    head = f"article_id,{HEAD}\n"
    folder = public("newsmtsc", train=head + row.format(1) + row.format(2), dev_mt=head + row.format(3))
    whole = datasets.load("newsmtsc", path=folder).stances
    assert list(zip(whole["split"], whole["article_id"], strict=True)) == [
        ("train", "a1"),
        ("train", "a2"),
        ("dev_mt", "a3"),
    ]
    part = datasets.load("newsmtsc", path=folder, split="dev_mt").stances
    pd.testing.assert_frame_equal(part, whole[whole["split"] == "dev_mt"].reset_index(drop=True))
    (folder / "train.csv").unlink()
    assert len(datasets.load("newsmtsc", path=folder, split="dev_mt").stances) == 1


def test_sentences_without_an_article_are_articles_of_their_own(public):
    rows = "1,Arvonia and Belmora fell.,Arvonia,0,7,neutral\n2,Arvonia fell.,Arvonia,0,7,neutral\n"
    other = "3,Arvonia and Belmora fell.,Belmora,12,19,neutral\n"
    stances = datasets.load("rusentne", path=public("rusentne", dev=f"{HEAD}\n{rows}{other}")).stances
    first, second, third = stances["article_id"]
    assert first == third
    assert first != second
    assert first.startswith("rusentne-")


def test_rows_whose_offsets_do_not_hold_the_target_are_listed_with_line_and_reason(public):
    rows = [
        '"Arvonia\nfell.",Arvonia,0,7,neutral',
        "Arvonia fell.,Belmora,0,7,neutral",
        "Arvonia fell.,Arvonia,,,neutral",
        "Arvonia fell.,Arvonia,0.5,7,neutral",
        "Arvonia fell.,Arvonia,0,70,neutral",
        "Arvonia fell.,Arvonia,-7,7,neutral",
        "Arvonia fell, it said.,Arvonia,0,7,neutral",
    ]
    text = "".join([HEAD + "\n", *(f"{number},{row}\n" for number, row in enumerate(rows))])
    found = datasets.load("plover", path=public("plover", dev=text))
    assert found.stances["text"].tolist() == ["Arvonia\nfell."]
    assert found.rejected["row"].tolist() == [4, 5, 6, 7, 8, 9]
    assert set(found.rejected["file"]) == {"dev.csv"}
    assert found.rejected["reason"].tolist() == [
        "the target 'Belmora' does not stand at 0:7, where 'Arvonia' stands",
        "the offsets of the target 'Arvonia' are missing or no whole numbers",
        "the offsets of the target 'Arvonia' are missing or no whole numbers",
        "the offsets 0:70 of the target 'Arvonia' lie outside of its 13 characters of text",
        "the offsets -7:7 of the target 'Arvonia' lie outside of its 13 characters of text",
        "has 7 cells where the header has 6",
    ]
    assert found.rejected["article_id"].notna().tolist() == [True] * 5 + [False]


def test_a_set_that_loses_all_its_rows_keeps_its_columns(public):
    found = datasets.load("plover", path=public("plover", dev=f"{HEAD}\n1,Arvonia fell.,Arvonia,1,8,neutral\n"))
    assert len(found.stances) == 0
    assert list(found.stances.columns) == ["article_id", "id", "split", "text", "target", "start", "end", "label"]
    assert len(found.rejected) == 1


def test_a_flag_that_is_none_is_listed(public):
    text = "id,text,military\n1,Troops came.,2\n"
    found = datasets.load("disaster_response", path=public("disaster_response", dev=text))
    assert found.rejected["reason"].tolist() == ["the flag military must be 0 or 1, got '2'"]


def test_an_unknown_label_of_a_public_set_is_refused(public):
    folder = public("plover", dev=f"{HEAD}\n1,Arvonia fell.,Arvonia,0,7,Favour\n")
    with pytest.raises(InputError, match=r"labels of stance are favor, neutral, against, got 'Favour'"):
        datasets.load("plover", path=folder)


def test_a_column_that_a_public_file_lacks_is_named(public):
    with pytest.raises(InputError, match=r"dev\.csv: the columns start, end are missing, got id, text, target, label"):
        datasets.load("plover", path=public("plover", dev="id,text,target,label\n"))


@pytest.mark.parametrize("name", sorted(datasets.SOURCES))
def test_without_a_folder_it_is_said_where_a_public_set_comes_from(name, tmp_path, monkeypatch):
    monkeypatch.setattr(public_sets, "cache_folder", lambda name: tmp_path / name)
    source = datasets.SOURCES[name]
    with pytest.raises(InputError, match=rf"{name} is not shipped: call `stancekit data get {name}.*{source.licence}"):
        datasets.load(name)


def test_a_missing_public_file_is_named_with_repository_and_licence(tmp_path):
    origin = r"NewsMTSC comes from the repository fhamborg/NewsMTSC at commit b9d9b79, licence MIT"
    with pytest.raises(InputError, match=rf"train\.csv: the file cannot be read \(No such file.*{origin}"):
        datasets.load("newsmtsc", path=tmp_path)


def test_a_changed_public_file_is_refused(public):
    folder = public("plover", dev=f"{HEAD}\n1,Arvonia fell.,Arvonia,0,7,neutral\n")
    (folder / "dev.csv").write_text(f"{HEAD}\n1,Arvonia fell.,Arvonia,0,7,favor\n")
    with pytest.raises(
        InputError, match=r"dev\.csv: the sha256 must be [0-9a-f]{64}, got [0-9a-f]{64}; fetch the file"
    ):
        datasets.load("plover", path=folder)


def test_a_split_that_a_public_set_does_not_have_is_refused(tmp_path):
    with pytest.raises(InputError, match="split must be one of train, dev_mt, dev_rw, got 'test'"):
        datasets.load("newsmtsc", split="test", path=tmp_path)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("newsmtsc", {"train": 8739, "dev_mt": 442, "dev_rw": 343}),
        ("rusentne", {"dev": 1657}),
        ("plover", {"dev": 285}),
        ("disaster_response", {"train": 10431, "dev": 1286}),
    ],
)
def test_the_public_files_are_read_whole(name, rows):
    folder = PUBLIC / name
    if not folder.is_dir():
        pytest.skip(f"the files of {name} are not there; they are tested where ../shared/data holds them")
    found = datasets.load(name, path=folder)
    frame = found.sentences if name == "disaster_response" else found.stances
    assert frame["split"].value_counts().to_dict() == rows
    assert len(found.rejected) == 0
    assert frame["article_id"].notna().all()
    if name != "disaster_response":
        assert all(
            text[start:end] == target
            for text, start, end, target in zip(
                frame["text"], frame["start"], frame["end"], frame["target"], strict=True
            )
        )
