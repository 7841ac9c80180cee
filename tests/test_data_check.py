"""The check of a corpus folder: every rule broken once, nothing else told, and the command around it."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from stancekit.actors import Catalogue
from stancekit.cli import main
from stancekit.datasets import RULES, Problem, check_corpus, count_corpus, load
from stancekit.datasets.repetition import collapsed, near_duplicates, shared_runs
from stancekit.datasets.rows import parse_table
from stancekit.errors import InputError

SHIPPED = Path(__file__).parent.parent / "datasets" / "conflict-news"
KNOWN = {"KEN", "NOR", "oxfam", "rebels"}
TEXTS = {
    "a": [
        "Kenya reopens its border",
        "Oxfam praised Kenya, an aid worker said.",
        "Rebels shelled a clinic near Moyale on Friday night.",
    ],
    "b": ["Court clears a port operator", "Norway denied that Norway's envoy had left."],
}
STANCES = [
    ("a", 0, "KEN", [[0, 5]], "neutral", "False", "", ""),
    ("a", 1, "oxfam", [[0, 5]], "neutral", "True", "an aid worker", "oxfam"),
    ("a", 1, "KEN", [[14, 19]], "favor", "True", "an aid worker", "oxfam"),
    ("a", 2, "rebels", [[0, 6]], "against", "False", "", ""),
    ("b", 1, "NOR", [[0, 6], [19, 25]], "neutral", "False", "", ""),
]
COLUMNS = ("article_id", "sentence_id", "actor_id", "spans", "label", "attributed", "holder_text", "holder_id")


def passed(row, questions):
    return row | {f"{name}_1": row[name] for name in questions} | {f"{name}_2": "" for name in questions} | {"note": ""}


def tables(texts=TEXTS):
    """A corpus of two articles that keeps every rule; line breaks in the first article's text count as lines."""
    found = {"articles": [], "sentences": [], "stances": []}
    for article_id, split, conflict in (("a", "train", "moyale"), ("b", "dev", "none")):
        title, *body = texts[article_id]
        article = {"article_id": article_id, "split": split, "title": title, "published": "2024-03-14"}
        found["articles"].append(article | {"conflict": conflict, "text": "\n\n".join(body)})
        start = 0
        for number, text in enumerate(texts[article_id]):
            place = {"sentence_start": start, "sentence_end": start + len(text), "text": text}
            row = {"article_id": article_id, "sentence_id": number, "part": "body" if number else "title"} | place
            labels = {"sentiment": "neutral", "humanitarian": "False", "tactical": "False"}
            found["sentences"].append(passed(row | labels, labels))
            start = start + len(text) + 2 if number else 0
    for cells in STANCES:
        row = dict(zip(COLUMNS, cells, strict=True))
        row |= {"start": row["spans"][0][0], "end": row["spans"][0][1], "spans": json.dumps(row["spans"])}
        found["stances"].append(passed(row, ["label", "attributed"]))
    return found


@pytest.fixture
def write(tmp_path):
    def write_(found):
        for name, rows in found.items():
            with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        return tmp_path

    return write_


def edit(table, row, **cells):
    """One row, counted from 0, with other cells."""
    return lambda found: found[table][row].update(cells)


def without(table, column):
    return lambda found: [row.pop(column) for row in found[table]]


def without_rows(table, rows):
    return lambda found: found.__setitem__(table, [row for k, row in enumerate(found[table]) if k not in rows])


def again(table, row, **cells):
    return lambda found: found[table].append(found[table][row] | cells)


LONG = "Kenya and Oxfam opened two roads so that trucks could reach the town before the rains came in April"
LONGER = "Since the trucks could reach the town before the rains, Norway's minister thanked everyone who had paid"

# Rule, what is done to the corpus, and all that is to be said of it.
CASES = [
    ("columns", without("articles", "split"), ["articles.csv: the columns split are missing"]),
    ("columns", without("stances", "label_2"), ["stances.csv: label_1, label_2, note belong together, but label_2"]),
    (
        "type",
        edit("articles", 0, published="last May"),
        ["articles.csv, line 2: published must be a date such as 2024"],
    ),
    (
        "type",
        edit("articles", 1, published="last May"),
        ["articles.csv, line 5: published must be a date such as 2024"],
    ),
    ("type", edit("sentences", 0, sentence_start="0.0"), ["line 2: sentence_start must be a whole number from 0 to"]),
    ("type", edit("sentences", 1, part="head"), ["sentences.csv, line 3: part must be one of title, body, got 'head'"]),
    ("type", edit("stances", 0, actor_id=" KEN"), ["stances.csv, line 2: actor_id must be text without blanks around"]),
    (
        "type",
        edit("stances", 0, end=""),
        ["stances.csv, line 2: end must be a whole number from 0 to 999999999, got ''"],
    ),
    (
        "key",
        again("articles", 1),
        ["articles.csv, line 6: article 'b' stands on line 5 already; keep one row"],
    ),
    ("key", again("sentences", 4), ["sentences.csv, line 7: sentence 1 of article 'b' stands on line 6 already"]),
    (
        "key",
        again("stances", 3, spans="[[17, 23]]", start=17, end=23),
        ["stances.csv, line 7: actor 'rebels' in sentence 2 of article 'a' stands on line 5 already"],
    ),
    (
        "split",
        again("articles", 1, split="test"),
        [
            "line 6: article 'b' stands on line 5 already",
            "articles.csv, line 6: article 'b' is in test here and in dev on line 5",
        ],
    ),
    ("split", edit("articles", 1, split="valid"), ["line 5: split must be one of train, dev, test, got 'valid'"]),
    (
        "join",
        without_rows("articles", {1}),
        [
            "sentences.csv, line 5: article 'b' is no row of articles.csv",
            "sentences.csv, line 6: article 'b' is no row",
        ],
    ),
    (
        "join",
        without_rows("sentences", {0, 1, 2}),
        ["articles.csv, line 2: article 'a' has no sentence in sentences.csv"]
        + [
            f"stances.csv, line {line}: sentence {n} of article 'a' is no row of"
            for line, n in [(2, 0), (3, 1), (4, 1)]
        ]
        + ["stances.csv, line 5: sentence 2 of article 'a' is no row of sentences.csv"],
    ),
    (
        "conflict",
        edit("articles", 1, conflict="moyale"),
        ["articles.csv, line 5: the conflict 'moyale' is in dev here and in train on line 2"],
    ),
    (
        "order",
        without_rows("sentences", {3}),
        ["sentences.csv, line 5: the sentences of an article are counted from 0"],
    ),
    (
        "order",
        lambda found: [edit("sentences", 2, sentence_id=3)(found), edit("stances", 3, sentence_id=3)(found)],
        ["sentences.csv, line 4: sentence 3 follows sentence 1; number 2 is missing"],
    ),
    (
        "order",
        lambda found: [
            edit("sentences", 0, sentence_id=1)(found),
            edit("sentences", 1, sentence_id=0)(found),
            [edit("stances", row, sentence_id=number)(found) for row, number in ((0, 1), (1, 0), (2, 0))],
        ],
        ["sentences.csv, line 2: sentence 1 is of the title, after one of the body"],
    ),
    (
        "order",
        lambda found: [
            edit("sentences", 2, sentence_start=36, sentence_end=40, text="aid.")(found),
            without_rows("stances", {3})(found),
        ],
        ["sentences.csv, line 4: sentence 2 begins at 36, before sentence 1 ends at 40"],
    ),
    (
        "sentence",
        edit("sentences", 4, text="Norway denied that Norway's envoy had gone."),
        ['line 6: body 0:43 holds "Norway denied that Norway\'s envoy had left.", the text of the sentence is'],
    ),
    (
        "mention",
        edit("stances", 0, spans="[[0, 30]]", end=30),
        ["stances.csv, line 2: the mention at 0:30 is empty or lies outside of its sentence (24 characters)"],
    ),
    (
        "mention",
        edit("stances", 0, spans="[[0, 6]]", end=6),
        ["line 2: the mention at 0:6 has blanks around it: 'Kenya "],
    ),
    ("mention", edit("stances", 0, spans="[[1, 5]]", start=1), ["mention at 1:5 begins within a word: 'Kenya'"]),
    ("mention", edit("stances", 0, spans="[[0, 4]]", end=4), ["the mention at 0:4 ends within a word: 'Kenya reopens"]),
    (
        "mention",
        edit("stances", 2, spans="[[0, 5]]", start=0, end=5),
        ["stances.csv, line 4: the mention at 0:5 is already that of the actor on line 3"],
    ),
    ("spans", edit("stances", 4, spans="0-6"), ["stances.csv, line 6: spans must be JSON pairs such as [[0, 5], [31,"]),
    ("spans", edit("stances", 4, spans="[]"), ["stances.csv, line 6: spans must be JSON pairs such as"]),
    ("spans", edit("stances", 4, spans="[[0, 6, 7]]"), ["stances.csv, line 6: spans must be JSON pairs such as"]),
    ("spans", edit("stances", 4, spans="[[0, true]]"), ["stances.csv, line 6: spans must be JSON pairs such as"]),
    (
        "spans",
        edit("stances", 4, spans="[[19, 25], [0, 6]]"),
        [
            "stances.csv, line 6: the first span is [19, 25], but start, end are 0, 6",
            "stances.csv, line 6: the span [19, 25] must end before [0, 6] begins",
        ],
    ),
    (
        "spans",
        edit("stances", 4, spans="[[0, 6], [0, 13]]"),
        ["stances.csv, line 6: the span [0, 6] must end before [0, 13] begins"],
    ),
    (
        "label",
        edit("stances", 3, label="Against"),
        ["stances.csv, line 5: label must be one of favor, neutral, against, got 'Against'"],
    ),
    ("label", edit("sentences", 0, sentiment_2="sad"), ["line 2: sentiment_2 must be one of positive, neutral, neg"]),
    (
        "label",
        edit("stances", 0, label_1="no"),
        ["line 2: label_1 must be one of favor, neutral, against"],
    ),
    (
        "passes",
        edit("stances", 0, label_1=""),
        ["line 2: label has no first pass, and the note gives no"],
    ),
    ("flag", edit("sentences", 2, tactical="1"), ["sentences.csv, line 4: tactical must be True or False, got '1'"]),
    ("flag", edit("stances", 0, attributed=""), ["stances.csv, line 2: attributed must be True or False, got ''"]),
    (
        "holder",
        edit("stances", 3, holder_id="oxfam"),
        ["stances.csv, line 5: is not attributed, but has the holder 'oxfam'"],
    ),
    (
        "holder",
        edit("stances", 1, holder_text="a nurse"),
        ["stances.csv, line 3: the holder 'a nurse' does not stand in the sentence"],
    ),
    ("catalogue", edit("stances", 4, actor_id="NRW"), ["line 6: actor_id 'NRW' is not in the catalogue"]),
    (
        "catalogue",
        edit("stances", 2, holder_id="aid"),
        ["stances.csv, line 4: holder_id 'aid' is not in the catalogue"],
    ),
    (
        "passes",
        edit("sentences", 1, sentiment="positive", sentiment_2="positive", note="humanitarian: an aside"),
        ["sentences.csv, line 3: sentiment is positive, the first pass neutral, and the note gives no"],
    ),
    ("passes", edit("stances", 0, attributed_1="True"), ["line 2: attributed is False, the first pass True, and the"]),
]


@pytest.mark.parametrize(("rule", "change", "expected"), CASES)
def test_a_broken_rule_is_told_with_its_place_and_nothing_else_is(write, rule, change, expected):
    found = tables()
    change(found)
    problems = [str(problem) for problem in check_corpus(write(found), KNOWN)]
    assert len(problems) == len(expected), problems
    assert [part for part, problem in zip(expected, problems, strict=True) if part not in problem] == [], problems
    assert problems[-1].endswith(f"({rule})")


def repeated(number, text, article_id="a"):
    """The texts with one sentence replaced."""
    return TEXTS | {article_id: [text if k == number else old for k, old in enumerate(TEXTS[article_id])]}


def test_sentences_that_share_most_of_their_phrases_are_told_once_whatever_the_actor_is_called(write):
    texts = repeated(1, "Norway shelled a clinic near Moyale on Monday.", "b")
    found = tables(texts)
    found["stances"][4] |= {"spans": "[[0, 6]]"}
    (problem,) = check_corpus(write(found), KNOWN)
    assert (problem.file, problem.row, problem.rule) == ("sentences.csv", 6, "repetition")
    assert problem.what == (
        "'Norway shelled a clinic near Moyale on Monday.' shares 4 of 5 word 4-grams "
        "with sentence 2 of article 'a' (line 4)"
    )


def leaky(split):
    found = tables(repeated(1, LONG) | {"b": [TEXTS["b"][0], LONGER]})
    found["articles"][1]["split"] = split
    found["stances"] = [row for row in found["stances"] if row["sentence_id"] != 1]
    return found


@pytest.mark.parametrize("split", ["dev", "test"])
def test_eight_words_shared_with_train_are_told_of_the_other_split(write, split):
    (problem,) = check_corpus(write(leaky(split)), KNOWN)
    assert problem.rule == "leak"
    assert problem.row == 6
    assert problem.what == (
        f"{split} shares 'trucks could reach the town before the rains' "
        "with sentence 1 of article 'a' (line 3) of train"
    )


def test_a_leak_is_told_of_the_held_out_split_also_where_that_stands_first(write):
    found = leaky("train")
    found["articles"][0]["split"] = "test"
    (problem,) = check_corpus(write(found), KNOWN)
    assert (problem.row, problem.what[:11], problem.rule) == (3, "test shares", "leak")


def test_eight_words_may_be_shared_within_a_split(write):
    assert check_corpus(write(leaky("train")), KNOWN) == []


def test_every_rule_is_broken_by_some_test():
    assert {rule for rule, _, _ in CASES} | {"repetition", "leak"} == set(RULES)


def test_a_corpus_that_keeps_the_rules_has_no_problem_and_loads(write):
    folder = write(tables())
    assert check_corpus(folder, KNOWN) == []
    assert len(load(path=folder).stances) == 5


def test_sentences_and_mentions_may_touch(write):
    found = tables(TEXTS | {"b": [TEXTS["b"][0], "Norway/Norwegian envoys left."]})
    found["sentences"][1] |= {"sentence_end": 39, "text": "Oxfam praised Kenya, an aid worker said"}
    found["sentences"][2] |= {"sentence_start": 39, "sentence_end": 40, "text": "."}
    found["stances"][4] |= {"spans": "[[0, 7], [7, 16]]", "end": 7}
    without_rows("stances", {3})(found)
    assert check_corpus(write(found), KNOWN) == []


@pytest.mark.parametrize("note", ["sentiment: rule 2", "tactical: no; sentiment: relief"])
def test_a_note_decides_against_the_first_pass(write, note):
    found = tables()
    found["sentences"][1] |= {"sentiment": "positive", "sentiment_2": "positive", "note": note}
    assert check_corpus(write(found), KNOWN) == []


def test_a_row_that_was_added_after_the_passes_says_why(write):
    found = tables()
    found["stances"][0] |= {"label_1": "", "attributed_1": "", "note": "added: captives are labelled elsewhere"}
    assert check_corpus(write(found), KNOWN) == []


def test_passes_conflicts_and_dates_may_be_left_out(write):
    found = tables()
    for table, columns in {
        "articles": ["published", "conflict"],
        "sentences": [f"{name}_{k}" for name in ("sentiment", "humanitarian", "tactical") for k in (1, 2)] + ["note"],
        "stances": ["label_1", "label_2", "attributed_1", "attributed_2", "note"],
    }.items():
        for column in columns:
            without(table, column)(found)
    assert check_corpus(write(found), KNOWN) == []


def test_any_id_is_good_where_none_are_given(write):
    found = tables()
    found["stances"][0]["actor_id"] = "atlantis"
    assert check_corpus(write(found)) == []
    assert len(check_corpus(write(found), [])) == 7


def test_every_broken_cell_of_a_row_is_told_in_the_order_of_files_and_lines(write):
    found = tables()
    found["stances"][4] |= {"label": "", "spans": ""}
    found["stances"][0]["end"] = "x"
    found["articles"][1]["split"] = ""
    places = [(problem.file, problem.row, problem.rule) for problem in check_corpus(write(found), KNOWN)]
    assert places == [("articles.csv", 5, "split")] + [
        ("stances.csv", line, rule) for line, rule in ((2, "type"), (6, "spans"), (6, "label"))
    ]


def test_a_row_with_a_cell_too_many_is_told_and_not_read(write):
    folder = write(tables())
    path = folder / "stances.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], lines[-1] + ",more"]), encoding="utf-8")
    (problem,) = check_corpus(folder, KNOWN)
    assert problem == Problem(
        "stances.csv", 6, "has 16 cells where the header has 15; put cells with commas into quotes", "columns"
    )


def test_a_column_that_stands_twice_is_told(write):
    folder = write(tables())
    path = folder / "articles.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("published", "title", 1), encoding="utf-8")
    assert str(check_corpus(folder)[0]) == "articles.csv: the columns title stand twice; keep one of each (columns)"


def test_a_folder_that_is_no_corpus_is_refused(tmp_path, write):
    with pytest.raises(
        InputError, match=r"a corpus is a folder with .*; not there: articles.csv, sentences.csv, stanc"
    ):
        check_corpus(tmp_path)
    write(tables())
    (tmp_path / "stances.csv").unlink()
    with pytest.raises(InputError, match=r"; not there: stances\.csv$"):
        count_corpus(tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfea", r"articles\.csv: not UTF-8 \(byte 0 is not\); save it as UTF-8"),
        (b"", r"articles\.csv: the file is empty; the first line must name the columns"),
        (b'article_id\n"a\n', r"articles\.csv: line 2 is no CSV \(unexpected end of data\); check its quotes"),
    ],
)
def test_a_file_that_is_no_table_is_refused(write, data, message):
    folder = write(tables())
    (folder / "articles.csv").write_bytes(data)
    with pytest.raises(InputError, match=message):
        check_corpus(folder)


def test_one_string_is_no_collection_of_ids(write):
    with pytest.raises(InputError, match="known_ids must be a collection of ids, got the one string 'KEN'"):
        check_corpus(write(tables()), "KEN")


def test_the_shipped_corpus_keeps_every_rule():
    assert [str(problem) for problem in check_corpus(SHIPPED, Catalogue.builtin())] == []


def test_counts_of_the_shipped_corpus_are_those_of_its_frames():
    counts = count_corpus(SHIPPED).set_index("what")
    for split in ("train", "dev", "test"):
        corpus = load("conflict-news", split=split)
        assert list(counts[split][["articles", "sentences", "stances"]]) == [len(frame) for frame in corpus[:3]]
        assert counts[split]["stance against"] == (corpus.stances["label"] == "against").sum()
        assert counts[split]["attributed"] == corpus.stances["attributed"].sum()
        assert counts[split]["tactical"] == corpus.sentences["tactical"].sum()
    assert (counts[["train", "dev", "test"]].sum(axis="columns") == counts["total"]).all()


def test_rows_of_no_split_count_in_the_total_alone(write):
    found = tables()
    found["articles"][1]["split"] = "valid"
    counts = count_corpus(write(found)).set_index("what")
    assert list(counts.loc["articles"]) == [1, 0, 0, 2]
    assert list(counts.loc["stance neutral"]) == [2, 0, 0, 3]


def run(*words):
    return CliRunner().invoke(main, ["data", "check", *map(str, words)])


def test_the_command_prints_counts_and_leaves_with_0_where_nothing_is_wrong(write):
    folder = write(tables())
    result = run(folder)
    assert result.exit_code == 0
    assert result.stderr == f"0 problems in {folder}\n"
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["train", "dev", "test", "total"]
    assert ["stances", "4", "1", "0", "5"] in lines
    assert ["stance", "favor", "1", "0", "0", "1"] in lines


def test_the_command_lists_problems_one_a_line_and_leaves_with_1(write):
    found = tables()
    found["stances"][3]["label"] = "bad"
    found["stances"][4]["actor_id"] = "atlantis"
    result = run(write(found))
    assert result.exit_code == 1
    *problems, last = result.stderr.splitlines()
    assert [line.split(":")[0] for line in problems] == ["stances.csv, line 5", "stances.csv, line 6"]
    assert problems[1].endswith("actor_id 'atlantis' is not in the catalogue (catalogue)")
    assert last.startswith("2 problems in ")
    assert "stances" in result.stdout


def test_own_actors_are_known_to_the_command(write, tmp_path):
    found = tables()
    found["stances"][4]["actor_id"] = "atlantis"
    folder = write(found)
    own = tmp_path / "own.csv"
    own.write_text("actor_id,name,kind,parent_id,aliases\natlantis,Atlantis,state,,\n", encoding="utf-8")
    assert run(folder).exit_code == 1
    assert run(folder, "--actors", own).exit_code == 0


@pytest.mark.parametrize("words", [["nowhere"], [SHIPPED, "--actors", "nowhere.csv"], []])
def test_the_command_leaves_with_2_where_nothing_can_be_checked(words):
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


WORDS = st.lists(st.sampled_from(["the", "army", "left", "town"]), max_size=14)


@given(st.lists(WORDS, max_size=6))
def test_near_duplicates_are_all_pairs_that_share_more_than_half(sentences):
    grams = [{tuple(words[i : i + 4]) for i in range(len(words) - 3)} for words in sentences]
    expected = [
        (later, earlier)
        for later in range(len(sentences))
        for earlier in range(later)
        if 2 * len(grams[later] & grams[earlier]) > min(len(grams[later]), len(grams[earlier])) > 0
    ]
    assert [(one.later, one.earlier) for one in near_duplicates(sentences)] == expected


@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=6))
def test_runs_are_found_between_two_groups_and_never_within_one(rows):
    rows = sorted(rows, key=lambda row: row[1])
    sentences, groups = [words for words, _ in rows], [group for _, group in rows]
    runs = [{" ".join(words[i : i + 8]) for i in range(len(words) - 7)} for words in sentences]
    first = set().union(*(run for run, group in zip(runs, groups, strict=True) if not group))
    expected = [k for k, group in enumerate(groups) if group and runs[k] & first]
    found = list(shared_runs(sentences, groups))
    assert [later for later, _, _ in found] == expected
    assert all(run in runs[later] & runs[earlier] and not groups[earlier] for later, earlier, run in found)


@given(st.sampled_from(["Kenya", "South Sudan", "the African Union", "M23"]))
def test_collapsed_words_do_not_depend_on_the_name(name):
    text = f"On Friday {name}'s troops left."
    assert collapsed(text, [(10, 10 + len(name))]) == ["on", "friday", "actor", "s", "troops", "left"]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=2, max_size=2), min_size=1))
def test_rows_begin_on_the_lines_that_they_are_said_to_begin_on(rows):
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = "\n".join(lines)
    table = parse_table(Path("a.csv"), data.encode())
    assert [table.columns, *(row.cells for row in table.rows)] == rows
    endings = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in table.rows:
        assert endings[row.line - 1].startswith('"')
