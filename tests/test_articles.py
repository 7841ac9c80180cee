"""Reading, checking and writing of tables and texts."""

import csv
import errno
import io
import json
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from stancekit.articles import (
    ARTICLE_COLUMNS,
    FORMATS,
    REJECTED_COLUMNS,
    Rejection,
    TableWriter,
    check_articles,
    find_inputs,
    prepare_output,
    read_articles,
    read_table,
    rejected_frame,
    write_table,
)
from stancekit.errors import InputError, OutputError

ALPHA = "Talks began in Geneva."

# Strings that are known to break tables; hypothesis mixes them with its own.
UGLY = [
    '"', '""', 'say "no"', ",", "a,b", "\n", "\r", "\r\n", "a\rb", "a\n\nb", " ", " padded ", "\t", "007", "1e5", "NA",
    "null", "None", "nan", "NaN", "True", "#N/A", "-", "=1+1", "'", "\\", "\\n", "😀", "👩‍👩‍👧", "שלום", "\u202eabc",
    "\u2028", "\x85", "\ufeffx", "\x00", "\x1a", "{}", "[1]", "ß" * 50,
]  # fmt: skip
strings = st.one_of(st.sampled_from(UGLY), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))


def everything(paths, **options):
    """Return all articles of all chunks in one frame, and all rejections."""
    chunks = list(read_articles([str(path) for path in paths], **options))
    frames = [chunk.articles for chunk in chunks if len(chunk.articles)]
    articles = pd.concat(frames, ignore_index=True) if frames else chunks[0].articles
    return articles, [rejection for chunk in chunks for rejection in chunk.rejected]


def articles_of(paths, **options):
    """Return all articles, nothing being rejected."""
    articles, rejected = everything(paths, **options)
    assert rejected == []
    return articles


def only_rejection(paths, **options):
    """Return the one rejection, there being no article."""
    articles, rejected = everything(paths, **options)
    assert len(articles) == 0
    (rejection,) = rejected
    assert "\n" not in rejection.reason
    return rejection


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8", newline="")
    return path


def checked(*, article_id, text=ALPHA, **columns):
    """Check a frame whose columns may hold anything."""
    size = len(article_id)
    texts = text if isinstance(text, list) else [text] * size
    held = {"article_id": article_id, "text": texts, **columns}
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in held.items()})
    return check_articles(frame)


# ---------------------------------------------------------------------------------------------------- checking


BAD_TEXTS = [
    (None, "text is missing"),
    (float("nan"), "text is missing"),
    (np.float32("nan"), "text is missing"),
    (pd.NA, "text is missing"),
    ("", "text is empty"),
    (" \n\t\u3000", "only white space"),
    (17, r"text must be a string, got 17 \(int\)"),
    (b"bytes", r"\(bytes\)"),
    (["a"], r"\(list\)"),
    ("ab\0c", "NUL character at character 2 .*--encoding utf-16"),
    ("ab\ud800", r"lone surrogate \(U\+D800\).* at character 2"),
    ("caf\udce9", "the byte 0xE9, which is not UTF-8.*--encoding cp1252"),
]


@pytest.mark.parametrize(("text", "reason"), BAD_TEXTS)
def test_a_text_that_cannot_be_used_is_rejected_with_its_reason(text, reason):
    articles, rejected = checked(article_id=["a", "b"], text=[ALPHA, text])
    assert articles["article_id"].tolist() == ["a"]
    (rejection,) = rejected
    assert (rejection.file, rejection.row, rejection.article_id) == ("frame", 1, "b")
    assert re.search(reason, rejection.reason)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
def test_a_missing_id_is_rejected(missing):
    articles, (rejection,) = checked(article_id=[missing, "b"])
    assert articles["article_id"].tolist() == ["b"]
    assert (rejection.row, rejection.article_id) == (0, None)
    assert rejection.reason.startswith("article_id is missing")


def test_whole_numbers_become_strings_without_a_point():
    articles, rejected = checked(article_id=[12, 13.0, np.int64(14), np.float64(15), "016", 2**70])
    assert rejected == []
    assert articles["article_id"].tolist() == ["12", "13", "14", "15", "016", str(2**70)]


@pytest.mark.parametrize("bad", [1.5, float("inf"), True, pd.Timestamp("2024-01-01"), (1, 2)])
def test_an_id_that_is_neither_string_nor_whole_number_is_rejected(bad):
    _, (rejection,) = checked(article_id=[bad])
    assert "article_id must be a string or a whole number" in rejection.reason


def test_a_float_id_that_may_have_lost_digits_is_rejected():
    _, (rejection,) = checked(article_id=[1.2345678901234567e18])
    assert "too large to hold every digit" in rejection.reason


def test_a_duplicate_id_is_rejected_and_names_the_first_place():
    articles, (rejection,) = checked(article_id=["a", "b", "a"], text=["first", "x", "second"])
    assert articles["text"].tolist() == ["first", "x"]
    assert "'a' was already used in frame, row 0" in rejection.reason


def test_twelve_and_its_string_are_the_same_id():
    _, (rejection,) = checked(article_id=[12, "12"])
    assert "already used" in rejection.reason


def test_ids_are_remembered_across_chunks():
    seen = {}
    frame = pd.DataFrame({"article_id": ["a"], "text": [ALPHA]})
    check_articles(frame, source="one.csv", rows=[7], seen=seen)
    _, (rejection,) = check_articles(frame, source="two.csv", rows=[2], seen=seen)
    assert (rejection.file, rejection.row) == ("two.csv", 2)
    assert "one.csv, row 7" in rejection.reason
    assert seen == {"a": ("one.csv", 7)}


def test_the_id_of_a_rejected_row_stays_free():
    articles, rejected = checked(article_id=["a", "a"], text=["", ALPHA])
    assert articles["text"].tolist() == [ALPHA]
    assert [rejection.row for rejection in rejected] == [0]


@pytest.mark.parametrize(("title", "reason"), [(5, "title must be a string"), ("a\0", "title holds a NUL")])
def test_a_title_that_is_no_string_or_holds_nul_is_rejected(title, reason):
    _, (rejection,) = checked(article_id=["a"], title=[title])
    assert reason in rejection.reason


def test_a_blank_title_is_missing():
    articles, rejected = checked(article_id=["a", "b", "c"], title=[" ", None, "T"])
    assert rejected == []
    assert articles["title"].isna().tolist() == [True, True, False]


def test_a_lone_surrogate_in_a_carried_column_rejects_the_row():
    _, (rejection,) = checked(article_id=["a"], region=["x\udfff"])
    assert "column 'region' holds a lone surrogate (U+DFFF)" in rejection.reason


def test_the_id_in_a_rejection_can_be_written():
    _, (rejection,) = checked(article_id=["a\ud800"])
    assert rejection.article_id == "a\\ud800"


def test_columns_stand_in_a_fixed_order_and_others_are_carried_through():
    frame = pd.DataFrame({"year": [2024], "text": [ALPHA], "region": ["x"], "article_id": ["a"]}, index=[9])
    articles, _ = check_articles(frame)
    assert tuple(articles.columns) == (*ARTICLE_COLUMNS, "year", "region")
    assert articles.index.tolist() == [0]
    assert articles["year"].dtype == frame["year"].dtype
    assert articles[["published", "outlet", "title"]].isna().all(axis=None)


def test_columns_and_types_are_the_same_on_empty_input():
    frame = pd.DataFrame({"article_id": ["a"], "text": [ALPHA], "year": [2024]})
    full, _ = check_articles(frame)
    empty, rejected = check_articles(frame.iloc[:0])
    assert rejected == []
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert list(empty.columns) == list(full.columns)


def test_the_frame_is_not_changed():
    frame = pd.DataFrame({"id": [1, 2], "body": [ALPHA, None], "article_id": [3, 4]}, index=[5, 5])
    before = frame.copy(deep=True)
    articles, _ = check_articles(frame, columns={"text": "body"})
    articles.loc[:, "text"] = "changed"
    assert_frame_equal(frame, before)


def test_times_and_categories_are_carried_as_they_are():
    frame = pd.DataFrame({"article_id": ["a"], "text": [ALPHA], "published": pd.to_datetime(["2024-05-01"])})
    frame["outlet"] = pd.Categorical(["X"])
    articles, _ = check_articles(frame)
    assert articles["published"].dtype == frame["published"].dtype
    assert articles["outlet"].dtype == frame["outlet"].dtype


@pytest.mark.parametrize("thing", ["one text", ["a", "b"], {"text": ["a"]}, None])
def test_something_else_than_a_frame_is_refused(thing):
    with pytest.raises(InputError, match=r"must be a pandas DataFrame .* got (str|list|dict|NoneType)"):
        check_articles(thing)


@pytest.mark.parametrize("name", ["text", "article_id"])
def test_a_missing_column_is_refused_and_the_way_to_map_it_is_shown(name):
    frame = pd.DataFrame({"article_id": ["a"], "text": [ALPHA], "body": ["b"]}).drop(columns=name)
    with pytest.raises(InputError, match=rf"{name!r} is missing; the columns are .*'body'.*--column {name}=\.\.\."):
        check_articles(frame)


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"text": "bdoy"}, "'bdoy', which is to be read as 'text', is not there"),
        ({"article_id": "body"}, "there is a column 'article_id'"),
        ({"txet": "body"}, "columns can say where .*'text'.* got 'txet'"),
        ({"text": "body", "title": "body"}, "takes column 'body' 2 times"),
        (["text=body"], "columns must be a dict .*got list"),
        ({"title": "article_id", "text": "body"}, "'article_id' is missing"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(columns, match):
    frame = pd.DataFrame({"article_id": ["a"], "body": [ALPHA]})
    with pytest.raises(InputError, match=match):
        check_articles(frame, columns=columns)


def test_columns_can_be_swapped_by_the_mapping():
    frame = pd.DataFrame({"article_id": ["a"], "text": ["T"], "title": ["B"]})
    articles, _ = check_articles(frame, columns={"text": "title", "title": "text"})
    assert articles.loc[0, ["title", "text"]].tolist() == ["T", "B"]


def test_two_columns_of_one_name_are_refused():
    frame = pd.DataFrame([["a", "b", "c"]], columns=["article_id", "text", "text"])
    with pytest.raises(InputError, match="column 'text' is there 2 times"):
        check_articles(frame)


def test_rows_must_name_every_row():
    with pytest.raises(InputError, match="each of the 1 rows of frame, got 2"):
        check_articles(pd.DataFrame({"article_id": ["a"], "text": [ALPHA]}), rows=[1, 2])


def test_rejections_make_a_frame_with_fixed_columns_and_types():
    full = rejected_frame([Rejection("a.csv", 3, None, "why"), Rejection("b.csv", None, "x", "why")])
    empty = rejected_frame([])
    assert tuple(full.columns) == tuple(empty.columns) == REJECTED_COLUMNS
    assert full.dtypes.to_dict() == empty.dtypes.to_dict()
    assert full["row"].tolist() == [3, pd.NA]


# ---------------------------------------------------------------------------------------------- finding files


def test_a_folder_is_walked_in_order_and_nothing_is_passed_over_in_silence(tmp_path):
    for name in ("b.txt", "a/z.CSV", "a/y.txt", "c.docx", "README", ".hidden.txt", ".git/x.txt"):
        put(tmp_path / name, "x")
    sources, rejected = find_inputs([tmp_path])
    assert [(source.article_id, source.kind) for source in sources] == [("a/y", "txt"), (None, "csv"), ("b", "txt")]
    assert [Path(rejection.file).name for rejection in rejected] == ["README", "c.docx"]
    assert "has no suffix; files with the suffixes .txt, .csv" in rejected[0].reason
    assert "'.docx'" in rejected[1].reason


def test_paths_keep_the_order_in_which_they_are_given(tmp_path):
    paths = [put(tmp_path / name, "x") for name in ("c.txt", "a.txt", "b.csv")]
    assert [source.path for source in find_inputs(paths).sources] == paths


def test_texts_with_the_same_id_take_the_path_as_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("x/a.txt", "y/a.txt", "y/b.txt"):
        put(tmp_path / name, "x")
    ids = [source.article_id for source in find_inputs(["x", "y"]).sources]
    assert ids == ["x/a", "y/a", "b"]


def test_texts_that_differ_by_suffix_only_keep_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "a.txt", "x")
    put(tmp_path / "a.TXT", "x")
    put(tmp_path / "stdin.txt", "x")
    ids = {source.article_id for source in find_inputs(["a.txt", "a.TXT", "stdin.txt", "-"]).sources}
    assert ids == {"a.txt", "a.TXT", "stdin.txt", "stdin"}


def test_a_file_is_read_once_however_often_it_is_given(tmp_path):
    path = put(tmp_path / "a.txt", ALPHA)
    articles, (rejection,) = everything([path, tmp_path])
    assert len(articles) == 1
    assert "is read already, as" in rejection.reason


def test_a_loop_of_links_ends(tmp_path):
    put(tmp_path / "in" / "a.txt", "x")
    (tmp_path / "in" / "loop").symlink_to(tmp_path, target_is_directory=True)
    sources, rejected = find_inputs([tmp_path])
    assert [source.article_id for source in sources] == ["in/a"]
    assert "link to a folder that is read already" in rejected[0].reason


def test_a_linked_folder_is_walked(tmp_path):
    put(tmp_path / "there" / "a.txt", "x")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "there", target_is_directory=True)
    assert [source.article_id for source in find_inputs([tmp_path / "here"]).sources] == ["link/a"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_in_a_folder_is_rejected_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    reasons = [rejection.reason for rejection in find_inputs([tmp_path]).rejected]
    assert "is not a regular file" in reasons[0]


def test_a_broken_link_a_missing_file_and_a_folder_with_nothing_are_rejected(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "gone.txt").symlink_to(tmp_path / "nowhere")
    reasons = [rejection.reason for rejection in find_inputs([tmp_path / "missing.csv", tmp_path / "in"]).rejected]
    assert reasons[0] == reasons[1] == "there is no such file or folder; check the path"
    assert "nothing to read in this folder" in reasons[2]


def test_a_path_that_no_system_knows_is_rejected():
    (rejection,) = find_inputs(["a\0b.txt"]).rejected
    assert "is not a path" in rejection.reason


def test_standard_input_given_twice_is_read_once():
    sources, (rejection,) = find_inputs(["-", "-"])
    assert len(sources) == 1
    assert rejection.file == "-"


@pytest.mark.parametrize("paths", ["a.csv", Path("a.csv"), b"a.csv"])
def test_a_single_path_is_refused_where_a_list_is_due(paths):
    with pytest.raises(InputError, match="must be a list of files and folders"):
        find_inputs(paths)


@pytest.mark.parametrize(("paths", "match"), [([], "at least one"), ([3], r"got 3 \(int\)")])
def test_lists_without_paths_are_refused(paths, match):
    with pytest.raises(InputError, match=match):
        read_articles(paths)


# ------------------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    ("content", "title", "text"),
    [
        ("Head\n\nBody one.\nBody two.\n", "Head", "Body one.\nBody two.\n"),
        ("\ufeffHead\r\n\r\nBody\r\n", "Head", "Body\n"),
        ("\n\n Head \n \t\n\n  Body", "Head", "  Body"),
        ("No blank line.\nMore.\n", None, "No blank line.\nMore.\n"),
        ("Only a line\n\n \n", None, "Only a line\n\n \n"),
        ("x" * 200 + "\n\nBody", "x" * 200, "Body"),
        ("x" * 201 + "\n\nBody", None, "x" * 201 + "\n\nBody"),
    ],
)
def test_a_short_first_line_before_a_blank_one_is_the_title(tmp_path, content, title, text):
    articles = articles_of([put(tmp_path / "a.b.txt", content.encode())])
    assert articles["article_id"].tolist() == ["a.b"]
    assert articles["text"].tolist() == [text]
    assert (None if articles["title"].isna()[0] else articles["title"][0]) == title
    assert list(articles.columns) == list(ARTICLE_COLUMNS)


@pytest.mark.parametrize("stream", [io.StringIO("T\n\nBody"), io.BytesIO(b"T\n\nBody")])
def test_standard_input_is_one_article(stream):
    articles = articles_of(["-"], stdin=stream)
    assert articles.loc[0, ["article_id", "title", "text"]].tolist() == ["stdin", "T", "Body"]


def test_the_standard_input_of_the_process_is_read():
    code = "from stancekit.articles import read_articles; print(next(read_articles(['-'])).articles.text[0])"
    run = subprocess.run(
        [sys.executable, "-c", code], input=ALPHA.encode(), capture_output=True, check=True, env=environment()
    )
    assert run.stdout.decode().strip() == ALPHA


def test_small_texts_share_chunks(tmp_path):
    for k in range(7):
        put(tmp_path / f"{k}.txt", ALPHA)
    sizes = [len(chunk.articles) for chunk in read_articles([tmp_path], chunk=3)]
    assert sizes == [3, 3, 1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty or only white space"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"caf\xe9 au lait", r"the byte 0xE9 at byte 3 .*utf-8.*--encoding cp1252"),
        ("Körper".encode("utf-16"), "byte order mark of UTF-16.*--encoding utf-16"),
        ("Körper".encode("utf-32"), "byte order mark of UTF-32.*--encoding utf-32"),
        (b"a\x00b", "NUL character at character 1"),
    ],
)
def test_a_text_file_that_cannot_be_read_is_rejected_and_the_others_go_on(tmp_path, content, reason):
    bad, good = put(tmp_path / "bad.txt", content), put(tmp_path / "good.txt", ALPHA)
    articles, (rejection,) = everything([bad, good])
    assert articles["article_id"].tolist() == ["good"]
    assert (rejection.file, rejection.row) == (str(bad), None)
    assert re.search(reason, rejection.reason)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("suffix", ["txt", "csv", "jsonl"])
def test_another_encoding_is_read_when_it_is_named(tmp_path, suffix, encoding):
    content = {
        "txt": "café\n",
        "csv": "article_id,text\na,café\n",
        "jsonl": '{"article_id": "a", "text": "café"}\n',
    }[suffix]
    path = put(tmp_path / f"a.{suffix}", content.encode(encoding))
    assert articles_of([path], encoding=encoding)["text"].str.strip().tolist() == ["café"]


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "hex", 7, "a\0"])
def test_an_unknown_encoding_is_refused_at_once(encoding):
    with pytest.raises(InputError, match="encoding must be the name of a text encoding"):
        read_articles(["-"], encoding=encoding)


@pytest.mark.parametrize("chunk", [0, -1, 2.5, True, "9"])
def test_a_chunk_of_no_size_is_refused_at_once(chunk):
    with pytest.raises(InputError, match="chunk must be a whole number"):
        read_articles(["-"], chunk=chunk)


@pytest.mark.parametrize("suffix", ["txt", "csv", "jsonl", "parquet"])
def test_a_file_without_permission_is_rejected(tmp_path, monkeypatch, suffix):
    path = put(tmp_path / f"a.{suffix}", "x")

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    # The tests may run as root, for whom no permission is missing.
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "no permission to read it" in only_rejection([path]).reason


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.csv.gz"])
def test_a_file_of_another_kind_is_rejected_with_the_suffixes_that_are_read(tmp_path, name):
    assert ".jsonl" in only_rejection([put(tmp_path / name, "x")]).reason


# -------------------------------------------------------------------------------------------------------- csv


def test_cells_are_strings_and_empty_ones_missing(tmp_path):
    path = put(tmp_path / "a.csv", "article_id,text,outlet,year\n007,One.,NA,2024\n008,Two.,,null\n")
    articles = articles_of([path])
    assert articles["article_id"].tolist() == ["007", "008"]
    assert articles["outlet"].isna().tolist() == [False, True]
    assert articles["outlet"][0] == "NA"
    assert articles["year"].tolist() == ["2024", "null"]


def test_tabs_part_the_cells_of_a_tsv(tmp_path):
    articles = articles_of([put(tmp_path / "a.tsv", "article_id\ttext\na\tOne, two.\n")])
    assert articles["text"].tolist() == ["One, two."]


def test_byte_order_mark_carriage_returns_and_blank_lines_do_no_harm(tmp_path):
    content = b'\xef\xbb\xbf"article_id","text"\r\n\r\na,"One\r\n\r\ntwo"\r\n\r\nb,Three\r\n'
    assert articles_of([put(tmp_path / "a.csv", content)])["text"].tolist() == ["One\r\n\r\ntwo", "Three"]


def test_broken_rows_are_rejected_with_the_line_on_which_they_start(tmp_path):
    content = 'article_id,text\na,"One\ntwo"\nb\nc,Three,3\nd,"Four" x\ne,\nf,Six\na,Seven\n'
    articles, rejected = everything([put(tmp_path / "a.csv", content)])
    assert articles["article_id"].tolist() == ["a", "f"]
    assert [(rejection.row, rejection.article_id) for rejection in rejected] == [
        (4, None), (5, None), (6, None), (7, "e"), (9, "a"),
    ]  # fmt: skip
    reasons = [rejection.reason for rejection in rejected]
    assert "has 1 cell where the header has 2" in reasons[0]
    assert "has 3 cells where the header has 2" in reasons[1]
    assert "line 6: ',' expected after '\"'" in reasons[2]
    assert "text is missing" in reasons[3]
    assert "already used in" in reasons[4]
    assert "row 2;" in reasons[4]


def test_a_quote_left_open_is_rejected_and_says_how_far_it_went(tmp_path):
    articles, (rejection,) = everything([put(tmp_path / "a.csv", 'article_id,text\na,One\nb,"Two\nc,Three\n')])
    assert articles["article_id"].tolist() == ["a"]
    assert rejection.row == 3
    assert "lines 3 to 4: unexpected end of data" in rejection.reason


def test_a_bad_byte_rejects_its_row_only(tmp_path):
    content = b"article_id,text,outlet\na,caf\xe9,X\nb,good,Y\nc,good,\xff\n"
    articles, rejected = everything([put(tmp_path / "a.csv", content)])
    assert articles["article_id"].tolist() == ["b"]
    assert [rejection.row for rejection in rejected] == [2, 4]
    assert "byte 0xE9" in rejected[0].reason
    assert "column 'outlet' holds the byte 0xFF" in rejected[1].reason


def test_large_cells_are_read_and_the_limit_of_the_process_stays(tmp_path):
    before = csv.field_size_limit()
    text = "word " * 2_000_000
    reading = read_articles([str(put(tmp_path / "a.csv", f"article_id,text\na,{text}\nb,c\n"))], chunk=1)
    assert len(next(reading).articles["text"][0]) == len(text)
    assert csv.field_size_limit() == before
    next(reading)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n \n"[:1], "is empty"),
        (b",,\na,b,c\n", "header in line 1 is empty"),
        (b"id,body\na,b\n", "'article_id' is missing; the columns are 'id', 'body'"),
        (b"article_id;text\na;b\n", "parted by semicolons"),
        (b"article_id\ttext\na\tb\n", "suffix .tsv"),
        (b"article_id,text,text\na,b,c\n", "column 'text' is there 2 times"),
        (b"article_id,text\n", "holds a header and no row"),
        (b'"article_id,text\n', "the header cannot be read: line 1: unexpected end"),
        (b"article_id,text,\xe9t\xe9\na,b,c\n", "byte 0xE9 in the header"),
        ("article_id,text\na,b\n".encode("utf-16"), "byte order mark of UTF-16"),
    ],
)
def test_a_table_that_cannot_be_read_is_rejected_and_the_others_go_on(tmp_path, content, reason):
    bad, good = put(tmp_path / "bad.csv", content), put(tmp_path / "good.csv", "article_id,text\ng,Good\n")
    articles, (rejection,) = everything([bad, good])
    assert articles["article_id"].tolist() == ["g"]
    assert (rejection.file, rejection.row) == (str(bad), None)
    assert reason in rejection.reason


def test_a_column_without_a_name_is_carried_by_its_place(tmp_path):
    articles = articles_of([put(tmp_path / "a.csv", ",article_id,text\n0,a,One\n")])
    assert articles["column_1"].tolist() == ["0"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_columns_of_files_can_be_mapped(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    write_table(pd.DataFrame({"id": ["a"], "body": [ALPHA], "year": ["2024"]}), path)
    text = put(tmp_path / "b.txt", "Untouched.")
    articles = articles_of([path, text], columns={"article_id": "id", "text": "body"})
    assert articles["text"].tolist() == [ALPHA, "Untouched."]
    assert articles["article_id"].tolist() == ["a", "b"]


def test_a_file_in_utf_16_that_breaks_off_is_rejected_where_it_does(tmp_path):
    path = put(tmp_path / "a.csv", "article_id,text\na,One\n".encode("utf-16") + b"\x41")
    rejection = everything([path], encoding="utf-16")[1][-1]
    assert rejection.row is None
    assert "not valid in the encoding utf-16" in rejection.reason


# ------------------------------------------------------------------------------------------------------ jsonl


def test_objects_become_rows_and_nested_values_json_text(tmp_path):
    lines = [
        '{"article_id": 1, "text": "One", "year": 2024, "tags": ["ä", {"b": 1}], "ok": true}',
        "",
        '{"article_id": "b", "text": "Two", "score": NaN, "title": null, "year": -Infinity}',
    ]
    articles = articles_of([put(tmp_path / "a.jsonl", "\n".join(lines))])
    assert articles["article_id"].tolist() == ["1", "b"]
    assert articles["tags"][0] == '["ä", {"b": 1}]'
    assert articles["year"][0] == 2024
    assert articles["year"].isna()[1]
    assert articles["ok"][0] is True
    assert articles["score"].isna().all()


def test_broken_lines_are_rejected_with_number_and_column(tmp_path):
    lines = [
        b'\xef\xbb\xbf{"article_id": "a", "text": "One"}',
        b'{"article_id": "b", "text": "Two"',
        b"[1, 2]",
        b'{"article_id": "c", "text": "caf\xe9"}',
        b'{"article_id": "d", "text": "x", "text": "y"}',
        b'{"article_id": "e", "text": 5}',
        b'{"article_id": "f"}',
        b'{"article_id": "g", "text": "x\\ud800"}',
        b'{"article_id": "h", "text": ' + b"[" * 100_000,
        b'{"article_id": "i", "text": "x", "k\\ud800": 1}',
        b'{"article_id": "j", "text": "x"} {}',
        b'{"article_id": "k", "text": "Last"}',
    ]
    articles, rejected = everything([put(tmp_path / "a.ndjson", b"\r\n".join(lines))])
    assert articles["article_id"].tolist() == ["a", "k"]
    assert [rejection.row for rejection in rejected] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    patterns = [
        "is not JSON: .* at column 34", "must be a JSON object, got an array", "byte 0xE9 at byte 32 of the line",
        "key 'text' is there twice", r"got 5 \(int\)", "text is missing", r"U\+D800", "nested too deeply|not JSON",
        "cannot be written as UTF-8", "Extra data at column 34",
    ]  # fmt: skip
    for rejection, pattern in zip(rejected, patterns, strict=True):
        assert re.search(pattern, rejection.reason), rejection


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ('{"id": 1, "body": "x"}\n' * 3, "'article_id' is missing; the columns are 'id', 'body'"),
    ],
)
def test_a_jsonl_file_that_cannot_be_read_is_rejected_once(tmp_path, content, reason):
    rejection = only_rejection([put(tmp_path / "a.jsonl", content)])
    assert rejection.row is None
    assert reason in rejection.reason


def test_lines_of_which_none_is_an_object_are_rejected_one_by_one(tmp_path):
    _, rejected = everything([put(tmp_path / "a.jsonl", "1\n2\n")], columns={"text": "body"})
    assert [rejection.row for rejection in rejected] == [1, 2]


def test_the_same_lines_are_rejected_whatever_the_size_of_a_chunk(tmp_path):
    lines = ['{"article_id": "a"}', '{"article_id": "b", "text": "B"}', "x", '{"article_id": "c", "text": "C", "z": 1}']
    path = put(tmp_path / "a.jsonl", "\n".join(lines))
    whole, parts = everything([path], chunk=100), everything([path], chunk=1)
    assert whole[0].fillna("-").to_dict("list") == parts[0].fillna("-").to_dict("list")
    assert whole[1] == parts[1]
    assert [rejection.row for rejection in whole[1]] == [1, 3]


def test_a_key_that_clashes_with_the_mapping_later_on_ends_the_file(tmp_path):
    lines = [json.dumps({"article_id": str(k), "body": "x"}) for k in range(150)]
    lines.append('{"article_id": "z", "body": "x", "text": "y"}')
    articles, (rejection,) = everything(
        [put(tmp_path / "a.jsonl", "\n".join(lines))], columns={"text": "body"}, chunk=50
    )
    assert len(articles) == 150
    assert "not read from line 151 on" in rejection.reason


# ---------------------------------------------------------------------------------------------------- parquet


def test_parquet_of_any_string_type_is_read_row_group_by_row_group(tmp_path):
    columns = {
        "article_id": pa.array([1, 2, None, 4], pa.int64()),
        "text": pa.array(["One", "Two", "Three", None], pa.large_string()),
        "outlet": pa.array(["X", "Y", "X", "X"]).dictionary_encode(),
        "published": pa.array([0, 1, 2, 3], pa.timestamp("us", tz="UTC")),
        "views": pa.array([2**60 + 1, None, 1, 2]),
        "tags": pa.array([["ä"], None, [], []], pa.list_(pa.string())),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=2)
    articles, rejected = everything([tmp_path / "a.parquet"], chunk=3)
    assert articles["article_id"].tolist() == ["1", "2"]
    assert articles["outlet"].tolist() == ["X", "Y"]
    assert articles["published"].tolist() == list(pd.to_datetime([0, 1], unit="us", utc=True))
    assert articles["views"].tolist() == [2**60 + 1, pd.NA]
    assert articles["tags"].tolist()[0] == '["ä"]'
    assert [(rejection.row, rejection.article_id) for rejection in rejected] == [(3, None), (4, "4")]


def test_the_row_labels_of_pandas_are_not_columns(tmp_path):
    frame = pd.DataFrame({"article_id": ["a"], "text": [ALPHA]}, index=["label"])
    frame.to_parquet(tmp_path / "a.parquet")
    frame.set_index("article_id").to_parquet(tmp_path / "b.parquet")
    assert list(articles_of([tmp_path / "a.parquet"]).columns) == list(ARTICLE_COLUMNS)
    assert articles_of([tmp_path / "b.parquet"])["article_id"].tolist() == ["a"]


def test_a_string_of_parquet_that_is_not_utf8_rejects_its_row_only(tmp_path):
    texts = pa.array([b"caf\xe9", b"good"], pa.binary()).cast(pa.string(), safe=False)
    pq.write_table(pa.table({"article_id": ["a", "b"], "text": texts}), tmp_path / "a.parquet")
    articles, (rejection,) = everything([tmp_path / "a.parquet"])
    assert articles["text"].tolist() == ["good"]
    assert "byte 0xE9" in rejection.reason


@pytest.mark.parametrize("kept", [0, 3, 100, -1, -20])
def test_a_truncated_parquet_file_is_rejected_in_one_line(tmp_path, kept):
    write_table(pd.DataFrame({"article_id": ["a"], "text": [ALPHA]}), tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()
    rejection = only_rejection([put(tmp_path / "a.parquet", content[:kept])])
    assert "is empty" in rejection.reason or "is damaged or not a Parquet file" in rejection.reason


def test_a_parquet_file_damaged_inside_is_rejected_after_what_could_be_read(tmp_path):
    frame = pd.DataFrame({"article_id": [f"a{k}" for k in range(400)], "text": [f"{ALPHA} {k}" for k in range(400)]})
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "a.parquet", row_group_size=200, use_dictionary=False)
    content = bytearray((tmp_path / "a.parquet").read_bytes())
    start = pq.read_metadata(tmp_path / "a.parquet").row_group(1).column(1).data_page_offset
    content[start : start + 200] = b"\xff" * 200
    articles, (rejection,) = everything([put(tmp_path / "b.parquet", bytes(content))], chunk=100)
    assert len(articles) == 200
    assert "damaged or not a Parquet file after row 200" in rejection.reason


def test_parquet_without_the_columns_or_rows_is_rejected(tmp_path):
    pd.DataFrame({"id": ["a"]}).to_parquet(tmp_path / "a.parquet")
    assert "'article_id' is missing" in only_rejection([tmp_path / "a.parquet"]).reason
    pd.DataFrame({"article_id": ["a"], "text": ["b"]}).iloc[:0].to_parquet(tmp_path / "b.parquet")
    assert "holds no row" in only_rejection([tmp_path / "b.parquet"]).reason


# -------------------------------------------------------------------------------------------------- all files


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_large_file_takes_the_memory_of_a_chunk(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    with TableWriter(path) as writer:
        for start in range(0, 2000, 500):
            ids = [str(k) for k in range(start, start + 500)]
            writer.write(pd.DataFrame({"article_id": ids, "text": [f"{k} " + "word " * 1000 for k in ids]}))
    sizes = []
    tracemalloc.start()
    for articles, _, _ in read_articles([path], chunk=100):
        sizes.append(len(articles))
        del articles
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) == 2000
    assert max(sizes) == 100
    # The file holds 10 MB of text.
    assert peak < 5_000_000


def test_ids_are_unique_across_files_and_places_are_named(tmp_path):
    one, two = (put(tmp_path / name, "article_id,text\na,One\n") for name in ("one.csv", "two.csv"))
    articles, (rejection,) = everything([one, two])
    assert len(articles) == 1
    assert (rejection.file, rejection.row, rejection.article_id) == (str(two), 2, "a")
    assert f"already used in {one}, row 2" in rejection.reason


def test_a_chunk_comes_even_if_nothing_can_be_read(tmp_path):
    (chunk,) = read_articles([tmp_path / "missing.csv"])
    assert list(chunk.articles.columns) == list(ARTICLE_COLUMNS)
    assert len(chunk.rejected) == 1


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(strings.filter(lambda text: text.strip() and "\0" not in text), min_size=1, max_size=6),
    suffix=st.sampled_from(FORMATS),
    chunk=st.integers(1, 4),
)
def test_articles_come_back_from_every_format_as_they_were_written(tmp_path, texts, suffix, chunk):
    frame = pd.DataFrame({"article_id": [f"a{k}" for k in range(len(texts))], "text": texts, "note": texts})
    write_table(frame, tmp_path / f"a.{suffix}")
    articles = articles_of([tmp_path / f"a.{suffix}"], chunk=chunk)
    assert articles["text"].tolist() == texts
    assert articles["note"].tolist() == texts


# ---------------------------------------------------------------------------------------------------- writing


def environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}


def labels(size=3):
    """Return a frame with every kind of column that results have."""
    take = np.arange(size)
    return pd.DataFrame(
        {
            "article_id": [f"{k:03}" for k in take],
            "sentence_id": take.astype("int64"),
            "stance": pd.Categorical.from_codes(take % 2, ["favor", "neutral", "against"], ordered=True),
            "stance_p": take / 3,
            "attributed": take % 2 == 0,
            "humanitarian": pd.array([None if k == 1 else True for k in take], dtype="boolean"),
            "count": pd.array([None if k == 1 else 2**60 + int(k) for k in take], dtype="Int64"),
            "holder_id": pd.Series([None] * size, dtype="str"),
            "published": pd.to_datetime(["2024-01-02T03:04:05"] * size),
        }
    )


def names_in(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def test_parquet_keeps_every_type(tmp_path):
    write_table(labels(), tmp_path / "a.parquet")
    assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), labels())
    assert_frame_equal(read_table(tmp_path / "a.parquet"), labels())


def test_csv_is_what_a_spreadsheet_and_git_expect(tmp_path):
    write_table(labels(2).drop(columns="count"), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().decode("utf-8").split("\n") == [
        "article_id,sentence_id,stance,stance_p,attributed,humanitarian,holder_id,published",
        "000,0,favor,0.0,True,True,,2024-01-02T03:04:05",
        "001,1,neutral,0.3333333333333333,False,,,2024-01-02T03:04:05",
        "",
    ]


def test_jsonl_holds_null_for_what_is_missing_or_not_finite(tmp_path):
    frame = pd.DataFrame({"a": ["ä\u2028", None], "p": [float("inf"), 0.1], "q": [float("nan"), -float("inf")]})
    write_table(frame, tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_bytes().decode("utf-8").split("\n")
    assert lines == ['{"a": "ä\u2028", "p": null, "q": null}', '{"a": null, "p": 0.1, "q": null}', ""]


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_columns_are_there_without_a_row(tmp_path, suffix):
    write_table(labels().iloc[:0], tmp_path / f"a.{suffix}")
    found = read_table(tmp_path / f"a.{suffix}")
    assert len(found) == 0
    if suffix != "jsonl":
        assert list(found.columns) == list(labels().columns)
    if suffix == "parquet":
        # Parquet keeps the categories with the values.
        expected = labels().drop(columns="stance")
        assert found.drop(columns="stance").dtypes.to_dict() == expected.dtypes.to_dict()
        assert isinstance(found["stance"].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize("suffix", FORMATS)
def test_chunks_make_the_file_that_the_whole_makes(tmp_path, suffix):
    whole = labels(7)
    write_table(whole, tmp_path / f"whole.{suffix}")
    with TableWriter(tmp_path / f"parts.{suffix}") as writer:
        for start, stop in ((0, 2), (2, 2), (2, 5), (5, 7)):
            writer.write(whole.iloc[start:stop])
    assert_frame_equal(read_table(tmp_path / f"parts.{suffix}"), read_table(tmp_path / f"whole.{suffix}"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_first_chunk_without_values_does_not_settle_the_type_of_strings(tmp_path, suffix):
    with TableWriter(tmp_path / f"a.{suffix}") as writer:
        writer.write(pd.DataFrame({"a": pd.Series([None], dtype=object), "b": ["x"]}))
        writer.write(pd.DataFrame({"a": pd.Series(["y"], dtype=object), "b": ["z"]}))
    assert read_table(tmp_path / f"a.{suffix}")["a"].fillna("-").tolist() == ["-", "y"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_later_chunk_is_brought_to_the_types_of_the_first(tmp_path, suffix):
    first = pd.DataFrame({"n": [1], "flag": [True], "p": [0.5], "mixed": pd.Series([{"a": 1}], dtype=object)})
    first["label"] = pd.Categorical(["x"], ["x", "y"])
    later = pd.DataFrame({"n": [2.0, None], "flag": [None, False], "p": [1, 2], "label": ["y", None], "mixed": [3, 4]})
    with TableWriter(tmp_path / f"a.{suffix}") as writer:
        writer.write(first)
        writer.write(later)
        writer.write(first[["mixed", "n"]])
    found = read_table(tmp_path / f"a.{suffix}").astype(object)
    plain = found.where(found.notna(), None)
    assert [None if value is None else str(value).removesuffix(".0") for value in plain["n"]] == ["1", "2", None, "1"]
    assert [None if value is None else str(value) for value in plain["flag"]] == ["True", None, "False", None]
    assert plain["label"].tolist() == ["x", "y", None, None]
    assert plain["mixed"].tolist() == ['{"a": 1}', "3", "4", '{"a": 1}']


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("chunk", "match"),
    [
        ({"n": [1], "label": ["x"], "more": [1]}, "must have the columns of the first, .* got 'more' as well"),
        ({"n": ["many"], "label": ["x"]}, "column 'n' must be int64 as in the first chunk"),
        ({"n": [1.5], "label": ["x"]}, "column 'n' must be int64 as in the first chunk"),
        ({"n": [1], "label": ["z"]}, "column 'label' must keep to the categories .* got 'z'"),
    ],
)
def test_a_chunk_that_does_not_fit_the_first_leaves_no_file(tmp_path, suffix, chunk, match):
    first = pd.DataFrame({"n": [1], "label": pd.Categorical(["x"])})

    def written():
        with TableWriter(tmp_path / f"a.{suffix}") as writer:
            writer.write(first)
            writer.write(pd.DataFrame(chunk))

    with pytest.raises(InputError, match=match):
        written()
    assert names_in(tmp_path) == []


def test_categories_survive_chunks_that_are_empty_or_have_no_label(tmp_path):
    unlabelled = labels().assign(stance=pd.Categorical([None] * 3, dtype=labels()["stance"].dtype))
    with TableWriter(tmp_path / "a.parquet") as writer:
        writer.write(labels().iloc[:0])
        writer.write(labels().iloc[1:2])
        writer.write(unlabelled)
        writer.write(labels())
    assert pd.read_parquet(tmp_path / "a.parquet")["stance"].dtype == labels()["stance"].dtype
    write_table(unlabelled, tmp_path / "b.parquet")
    assert pd.read_parquet(tmp_path / "b.parquet")["stance"].dtype == labels()["stance"].dtype


@pytest.mark.parametrize(
    ("frame", "match"),
    [
        (pd.DataFrame(), "needs at least one column"),
        (pd.DataFrame({0: [1]}), r"names of columns must be strings, got 0 \(int\)"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "must be unique, got 'a' 2 times"),
        (pd.DataFrame({"a": pd.Series(["x\ud800"], dtype=object)}), "cannot be written as UTF-8"),
        ([1], "must be a pandas DataFrame, got list"),
    ],
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_frame_that_is_no_table_is_refused_and_leaves_no_file(tmp_path, suffix, frame, match):
    with pytest.raises(InputError, match=match):
        write_table(frame, tmp_path / f"a.{suffix}")
    assert names_in(tmp_path) == []


def test_a_writer_that_is_given_nothing_leaves_no_file(tmp_path):
    with pytest.raises(InputError, match="no chunk was written"), TableWriter(tmp_path / "a.csv"):
        pass
    assert names_in(tmp_path) == []


def test_a_writer_outside_its_block_is_refused(tmp_path):
    with pytest.raises(InputError, match="the writer is not open"):
        TableWriter(tmp_path / "a.csv").write(labels())


@pytest.mark.parametrize(("name", "kind"), [("a.xlsx", None), ("a", None), ("a.csv", "CSV"), ("a.csv", "feather")])
def test_an_unknown_format_is_refused(tmp_path, name, kind):
    with pytest.raises(InputError, match="must be one of 'parquet', 'csv', 'jsonl', got"):
        TableWriter(tmp_path / name, kind)


def test_the_format_can_differ_from_the_suffix(tmp_path):
    with TableWriter(tmp_path / "a.table", "csv") as writer:
        writer.write(pd.DataFrame({"a": [1]}))
    assert (tmp_path / "a.table").read_text() == "a\n1\n"


@pytest.mark.parametrize("suffix", FORMATS)
def test_until_the_end_the_old_file_stays_whole_and_after_an_error_for_good(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    write_table(labels(1), path)
    before = path.read_bytes()

    def interrupted():
        with TableWriter(path) as writer:
            writer.write(labels(5))
            assert path.read_bytes() == before
            assert names_in(tmp_path) == [f".{path.name}.partial", path.name]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        interrupted()
    assert path.read_bytes() == before
    assert names_in(tmp_path) == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="limits on the size of files are of Unix")
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("rows", [50, 30_000])
def test_a_file_that_grows_too_large_is_said_in_one_line_and_leaves_nothing(tmp_path, suffix, rows):
    code = (
        "import resource, sys\n"
        "import pandas as pd\n"
        "from stancekit.articles import write_table\n"
        "from stancekit.errors import OutputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        f"frame = pd.DataFrame({{'a': [str(k) for k in range({rows})]}})\n"
        "try:\n"
        "    write_table(frame, sys.argv[1])\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    path = tmp_path / f"a.{suffix}"
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, env=environment()
    )
    assert run.stderr == ""
    assert run.stdout == f"{path} cannot be written: File too large; raise the limit on the size of files (ulimit -f) or write to another disk\n"  # fmt: skip  # noqa: E501
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "not read-only"), (errno.EIO, "check the path and the disk")],
)
def test_what_the_system_says_at_the_end_is_said_and_the_old_file_stays(tmp_path, monkeypatch, number, way_out):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutputError, match=rf"a\.csv cannot be written: .*; .*{way_out}") as caught:
        write_table(labels(), path)
    assert caught.value.errno == number
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_said_in_one_line(tmp_path, suffix):
    (tmp_path / f".a.{suffix}.partial").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left on device; free some space"):
        write_table(labels(), tmp_path / f"a.{suffix}")
    assert names_in(tmp_path) == []


def test_a_folder_that_is_not_there_or_in_the_way_is_said(tmp_path):
    with pytest.raises(OutputError, match="make the folder first"):
        write_table(labels(), tmp_path / "none" / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(OutputError, match="must be a file, but is a folder"):
        write_table(labels(), tmp_path / "b.csv")
    assert names_in(tmp_path) == ["b.csv"]


cells = st.lists(st.tuples(strings, st.none() | strings), max_size=6)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=cells, suffix=st.sampled_from(FORMATS))
def test_strings_come_back_as_they_were_written(tmp_path, rows, suffix):
    frame = pd.DataFrame({"a,\n'": [a for a, _ in rows], "b": [b for _, b in rows]}, dtype="str")
    write_table(frame, tmp_path / f"a.{suffix}")
    found = read_table(tmp_path / f"a.{suffix}")
    if suffix == "jsonl" and not rows:
        assert found.empty
        return
    assert_frame_equal(found, frame)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_string_comes_back_as_missing_from_csv_only(tmp_path, suffix):
    write_table(pd.DataFrame({"a": ["", None, "x"]}), tmp_path / f"a.{suffix}")
    found = read_table(tmp_path / f"a.{suffix}")["a"]
    assert found.isna().tolist() == [suffix == "csv", True, False]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), suffix=st.sampled_from(FORMATS))
def test_numbers_come_back_to_the_last_digit(tmp_path, numbers, suffix):
    write_table(pd.DataFrame({"p": numbers}), tmp_path / f"a.{suffix}")
    assert [float(value) for value in read_table(tmp_path / f"a.{suffix}")["p"]] == numbers


def test_jsonl_keeps_numbers_and_booleans(tmp_path):
    write_table(labels(), tmp_path / "a.jsonl")
    found = read_table(tmp_path / "a.jsonl")
    assert found["count"].tolist() == [2**60, pd.NA, 2**60 + 2]
    assert found["humanitarian"].dtype == "boolean"
    assert found["sentence_id"].dtype == "int64"
    assert found["stance"].tolist() == ["favor", "neutral", "favor"]


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("missing.csv", None, "there is no such file"),
        ("a.parquet", b"PAR1", "damaged or not a table in the format 'parquet'"),
        ("a.csv", b'a,b\n"1', "damaged .* line 2: "),
        ("a.csv", b"a,b\n1\n", "a row has 1 cells where the header has 2"),
        ("a.csv", b"a\n\xff\n", "damaged .*utf-8"),
        ("a.jsonl", b"{", "damaged .* 'jsonl'"),
        ("a.jsonl", b"[1]\n", "damaged .* 'jsonl'"),
    ],
)
def test_a_table_that_cannot_be_read_back_is_refused(tmp_path, name, content, match):
    if content is not None:
        put(tmp_path / name, content)
    with pytest.raises(InputError, match=match):
        read_table(tmp_path / name)


# ---------------------------------------------------------------------------------------------- output folder


def test_a_folder_is_made_with_its_parents_and_an_empty_one_is_taken(tmp_path):
    folder = prepare_output(tmp_path / "a" / "b", names=["x.csv"])
    assert folder.is_dir()
    assert prepare_output(str(folder), names=["x.csv"]) == folder


def test_a_folder_that_holds_anything_is_refused_with_three_of_its_entries(tmp_path):
    for name in "dcba":
        put(tmp_path / name, "")
    with pytest.raises(OutputError, match=r"holds 'a', 'b', 'c' and 1 more; .*overwrite=True \(--overwrite\)"):
        prepare_output(tmp_path, names=["x.csv"])


@pytest.mark.parametrize("run", [None, "{", "[]", '{"program": "other"}', "[" * 100_000])
def test_only_a_run_of_this_program_is_overwritten(tmp_path, run):
    put(tmp_path / "a", "")
    if run is not None:
        put(tmp_path / "run.json", run)
    with pytest.raises(OutputError, match=r"no run\.json of stancekit"):
        prepare_output(tmp_path, overwrite=True, names=["a"])
    assert (tmp_path / "a").exists()


def test_an_earlier_run_stays_until_it_is_replaced(tmp_path):
    for name, content in {"run.json": json.dumps({"program": "stancekit"}), "x.csv": "old", "mine": "kept"}.items():
        put(tmp_path / name, content)
    put(tmp_path / ".x.csv.partial", "half")
    prepare_output(tmp_path, overwrite=True, names=["x.csv", "run.json"])
    assert names_in(tmp_path) == ["mine", "run.json", "x.csv"]
    assert (tmp_path / "x.csv").read_text() == "old"


def test_what_an_interrupted_run_left_does_not_stand_in_the_way(tmp_path):
    put(tmp_path / ".x.csv.partial", "half")
    prepare_output(tmp_path, names=["x.csv"])
    assert names_in(tmp_path) == []


def test_a_file_or_a_folder_in_the_way_is_refused(tmp_path):
    put(tmp_path / "file", "")
    with pytest.raises(OutputError, match="must be a folder for the results, but is a file"):
        prepare_output(tmp_path / "file", names=["x.csv"])
    with pytest.raises(OutputError, match="a part of the path is a file"):
        prepare_output(tmp_path / "file" / "below", names=["x.csv"])
    put(tmp_path / "out" / "run.json", json.dumps({"program": "stancekit"}))
    (tmp_path / "out" / "x.csv").mkdir()
    with pytest.raises(OutputError, match=r"x\.csv must be a file, but is a folder"):
        prepare_output(tmp_path / "out", overwrite=True, names=["x.csv"])


def test_a_folder_without_permission_is_refused(tmp_path, monkeypatch):
    # The tests may run as root, for whom no permission is missing.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="change the permissions of the folder"):
        prepare_output(tmp_path, names=["x.csv"])


@pytest.mark.parametrize(
    ("names", "match"),
    [("x.csv", "single string"), (["a/x.csv"], "without a folder"), ([""], "without"), ([3], "got 3")],
)
def test_names_that_are_no_names_of_files_are_refused(tmp_path, names, match):
    with pytest.raises(InputError, match=match):
        prepare_output(tmp_path, names=names)


def test_rows_that_one_quote_took_together_are_named_by_their_lines(tmp_path):
    content = 'article_id,text\n1,fine\n2,"no end\n3,swallowed\n4,"closes here"\n5,fine\n'
    path = put(tmp_path / "a.csv", content.encode())
    articles, (rejection,) = everything([path])
    assert articles["article_id"].tolist() == ["1", "5"]
    assert rejection.row == 3
    assert "lines 3 to 5" in rejection.reason
    assert "none of the rows in these 3 lines is read" in rejection.reason
    path = put(tmp_path / "b.csv", b'article_id,text\n1,fine\n2,"no end\n3,"\n5,fine\n6,"a,b"\n')
    reasons = [rejection.reason for rejection in everything([path])[1]]
    assert reasons == []
    path = put(tmp_path / "c.csv", b'article_id,text\n1,fine\n2,"no end\n3,x",y,z\n5,fine\n')
    articles, (rejection,) = everything([path])
    assert articles["article_id"].tolist() == ["1", "5"]
    assert rejection.reason.startswith("lines 3 to 4, read as one row, has 4 cells where the header has 2")
