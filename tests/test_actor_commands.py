"""`stancekit actors`: find, list, unknown, check."""

import io
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from stancekit.actors import Catalogue, Matcher
from stancekit.actors.counting import count_actors
from stancekit.actors.unknown import unknown_names
from stancekit.cli import main
from stancekit.errors import InputError
from stancekit.features.masking import unmasked_words

MATCHER = Matcher()


def run(*words, **options):
    return CliRunner().invoke(main, ["actors", *map(str, words)], **options)


def table(result):
    assert result.exit_code == 0, result.output
    return pd.read_csv(io.StringIO(result.stdout), keep_default_na=False)


def test_find_shows_actors_and_on_demand_mere_places():
    text = "Moscow accused a shop in Kyiv."
    assert list(table(run("find", text, "--format", "csv"))["actor_id"]) == ["RUS"]
    whole = table(run("find", text, "--all", "--format", "csv"))
    assert list(zip(whole["actor_id"], whole["counted"], strict=True)) == [("RUS", True), ("UKR", False)]
    assert [text[start:end] for start, end in zip(whole["start"], whole["end"], strict=True)] == ["Moscow", "Kyiv"]


def test_find_reads_a_file_and_standard_input(tmp_path):
    (tmp_path / "a.txt").write_text("Kenya thanked Oxfam.", encoding="utf-8")
    assert list(table(run("find", tmp_path / "a.txt", "--format", "csv"))["actor_id"]) == ["KEN", "oxfam"]
    assert list(table(run("find", "-", "--format", "csv", input="Kenya thanked Oxfam."))["actor"]) == ["Kenya", "Oxfam"]


def test_find_says_which_file_is_no_text(tmp_path):
    (tmp_path / "a.txt").write_bytes("Köln".encode("latin-1"))
    result = run("find", tmp_path / "a.txt")
    assert result.exit_code == 2
    assert "a.txt: the file cannot be read as UTF-8 text" in result.stderr


def test_list_gives_a_catalogue_that_reads_back():
    result = run("list", "--format", "csv")
    assert Catalogue.from_csv(result.stdout, "list") == Catalogue.builtin()


def test_where_there_is_nothing_to_print_that_is_said(tmp_path):
    (tmp_path / "a.txt").write_text("Rain fell in Kyiv.", encoding="utf-8")
    told = {
        ("find", "Rain fell in Kyiv."): "nobody is named; --all shows names that are a mere place",
        ("find", "Rain fell.", "--all"): "nobody is named\n",
        ("count", tmp_path / "a.txt"): "nobody is named\n",
        ("unknown", tmp_path / "a.txt"): "no name that the catalogue lacks is so frequent (--at-least 2)\n",
    }
    for words, message in told.items():
        result = CliRunner().invoke(main, ["actors", *map(str, words)])
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.startswith(message)
    empty = CliRunner().invoke(main, ["actors", "count", str(tmp_path / "a.txt"), "--format", "csv"])
    assert empty.stdout == "actor_id,actor,kind,n_mentions,n_sentences,n_articles\n"


def test_rows_that_are_cut_off_are_counted(tmp_path):
    (tmp_path / "a.txt").write_text("Kenya met Oxfam. NATO and Uganda left.", encoding="utf-8")
    result = CliRunner().invoke(main, ["actors", "count", str(tmp_path / "a.txt"), "--top", "1"])
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr == "3 more; --top 0 shows all\n"


def test_list_by_kind_and_with_own_actors(tmp_path):
    (tmp_path / "own.csv").write_text("actor_id,name,kind\nacme,Acme Corp,armed_group\n", encoding="utf-8")
    listed = table(run("list", "--kind", "armed_group", "--actors", tmp_path / "own.csv", "--format", "csv"))
    assert set(listed["kind"]) == {"armed_group"}
    assert "acme" in set(listed["actor_id"])


def test_list_refuses_an_unknown_kind():
    result = run("list", "--kind", "firm")
    assert result.exit_code == 2
    assert "--kind must be one of state, person" in result.stderr


def test_unknown_names_come_most_frequent_first_and_known_ones_not_at_all():
    texts = [
        ["Kenya blamed Acme Mining.", "On Monday Acme Mining blamed Kenya. Fishermen fled, and Tarwen Dole wept."],
        ["Later Tarwen Dole met Acme Mining in Oslo. Most fishermen stayed."],
    ]
    found = unknown_names(texts, MATCHER, plain=unmasked_words())
    assert found[["actor_id", "name", "n_mentions", "n_articles"]].to_numpy().tolist() == [
        ["acme-mining", "Acme Mining", 3, 2],
        ["tarwen-dole", "Tarwen Dole", 2, 2],
    ]
    assert len(unknown_names(texts, MATCHER, plain=unmasked_words(), at_least=3)) == 1


def test_headlines_give_no_unknown_names():
    assert len(unknown_names([["Storm Batters Harbour Town"]] * 2, MATCHER)) == 0


def test_what_an_article_introduces_is_not_unknown():
    text = "The Arakan Army (AA) left. Then the AA and the ZZQ returned."
    assert list(unknown_names([[text]], MATCHER, plain=unmasked_words(), at_least=1)["actor_id"]) == ["zzq"]


def test_a_proposed_id_is_that_of_no_other_entry():
    text = "They saw Zürqa and Zurqa while they waited there."
    found = unknown_names([[text]], MATCHER, plain=unmasked_words(), at_least=1)
    assert list(found["actor_id"]) == ["zurqa", "zurqa-2"]


def test_the_table_of_unknown_names_is_an_actor_file_once_kinds_are_filled_in(tmp_path):
    (tmp_path / "a.txt").write_text("They blamed Acme Mining. Then Acme Mining blamed Kenya.", encoding="utf-8")
    found = table(run("unknown", tmp_path / "a.txt", "--format", "csv"))
    assert list(found["name"]) == ["Acme Mining"]
    own = Catalogue.from_frame(found.assign(kind="organisation"))
    assert own["acme-mining"].name == "Acme Mining"


def test_check_lists_every_problem_with_its_row(tmp_path):
    path = tmp_path / "own.csv"
    rows = ["actor_id,name,kind,aliases", "a1,Acme,firm,", "b1,Bcme,person,Cc", "c1,Ccme,person,Cc", "b1,Dcme,person,"]
    path.write_text("\n".join(rows), encoding="utf-8")
    result = run("check", path)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert "row 2: kind must be one of" in lines[0]
    assert "the alias 'Cc' stands at both 'b1' and 'c1' (rows 3 and 4)" in lines[1]
    assert "actor_id 'b1' stands twice (rows 3 and 5)" in lines[2]
    assert lines[3].startswith("3 problems in")


def test_check_says_what_is_taken_over(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("actor_id,name,kind,aliases\nnato,Pact,organisation,\na1,Acme,person,Kremlin\n", encoding="utf-8")
    result = run("check", path)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{path}, row 2: 'nato' replaces the built-in entry",
        f"{path}, row 3: 'a1' takes the alias 'Kremlin' from 'RUS'",
    ]


@pytest.mark.parametrize("words", [["find", "x"], ["list"], ["unknown", "x.txt"]])
def test_a_bad_file_of_own_actors_is_one_line_and_exit_code_two(words, tmp_path):
    result = run(*words, "--actors", tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "the actor file cannot be read" in result.stderr


def names_of(*texts):
    return list(unknown_names([[text] for text in texts], MATCHER, plain=unmasked_words(), at_least=1)["name"])


def test_places_are_no_unknown_names():
    texts = [
        "They lived in Tarwen.",
        "They met near Tarwen.",
        "Shops in Tarwen, Dolland, closed.",
        "Then Tarwen slept.",
    ]
    assert names_of(*texts) == []
    assert names_of("Then Tarwen accused them.", "Later Tarwen left.", "They met in Tarwen.", "Now Tarwen won.") == [
        "Tarwen"
    ]


def test_descriptions_are_no_unknown_names():
    assert names_of("Many Zorbian leaders left.", "The Zorbian press slept.") == []
    assert names_of("They saw Zorbian leave.", "Then Zorbian said so.") == ["Zorbian"]


def test_names_that_a_form_repeats_are_no_unknown_names():
    form = "Read our Zorba Policy before you go on."
    assert names_of(*[form] * 12) == []
    assert names_of(*[f"They told {number} men that Zorba Policy failed." for number in range(12)]) == ["Zorba Policy"]


def test_a_common_word_within_a_sentence_is_part_of_the_name_and_an_office_is_not():
    assert names_of("They read the New Zorba Times today.", "They saw President Tarwen Dole.") == [
        "New Zorba Times",
        "Tarwen Dole",
    ]


def test_contractions_and_marks_of_party_and_state_are_no_names():
    assert names_of("They say I'm late and I’ve gone.", "They told Tarwen Dole, D-Calif., of it.") == ["Tarwen Dole"]


def test_the_judged_names_are_three_hundred_each_and_their_kinds_are_known():
    path = Path(__file__).with_name("data") / "unknown-names.csv"
    judged = pd.read_csv(path, keep_default_na=False)
    assert set(judged["kind"]) == {"person", "organisation", "group", "place", "no name"}
    for ranks in (judged["rank"], judged["rank_plain"]):
        assert sorted(int(rank) for rank in ranks if rank) == list(range(1, 301))


def test_count_gives_articles_sentences_and_mentions_the_most_named_first(tmp_path):
    (tmp_path / "a.txt").write_text("Oxfam met Oxfam and Kenya. Oxfam praised Mali.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Kenya left. Rain fell in Mali.", encoding="utf-8")
    counted = table(run("count", tmp_path, "--format", "csv"))
    assert counted.to_numpy().tolist() == [
        ["KEN", "Kenya", "state", 2, 2, 2],
        ["oxfam", "Oxfam", "organisation", 3, 2, 1],
        ["MLI", "Mali", "state", 1, 1, 1],
    ]
    assert list(table(run("count", tmp_path, "--format", "csv", "--top", 1))["actor_id"]) == ["KEN"]


def test_count_and_find_roll_up_to_states(tmp_path):
    (tmp_path / "own.csv").write_text(
        "actor_id,name,kind,parent_id\nacme,Acme,organisation,acme-two\nacme-two,Acme Two,organisation,RUS\n"
        "ring,Ring,organisation,ring-two\nring-two,Ring Two,organisation,ring\n",
        encoding="utf-8",
    )
    text = "Vladimir Putin met Acme, Moscow, the Ring and Oxfam."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    options = ["--level", "state", "--actors", tmp_path / "own.csv", "--format", "csv"]
    counted = table(run("count", tmp_path / "a.txt", *options))
    assert counted[["actor_id", "n_mentions", "n_sentences"]].to_numpy().tolist() == [
        ["RUS", 3, 1],
        ["oxfam", 1, 1],
        ["ring", 1, 1],
    ]
    found = table(run("find", text, *options))
    assert list(found["actor_id"]) == ["RUS", "RUS", "RUS", "ring", "oxfam"]
    assert found["mention"].iloc[0] == "Vladimir Putin"


def test_an_unknown_level_is_refused():
    with pytest.raises(InputError, match="level must be one of 'actor', 'state'; got 'bloc'"):
        count_actors([], MATCHER, level="bloc")
    assert run("count", "x.txt", "--level", "bloc").exit_code == 2
    assert len(count_actors([], MATCHER)) == 0


def test_long_text_of_many_bytes_is_no_file_name() -> None:
    done = CliRunner().invoke(main, ["actors", "find", "“Moscow accused Kyiv,” he said. " + "”" * 200])
    assert done.exit_code == 0, done.output
    assert "Russia" in done.output


def test_check_of_a_missing_file_is_a_wrong_call(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["actors", "check", str(tmp_path / "none.csv")]).exit_code == 2
