"""Own actors: TOML, changes of built-in entries, regular expressions."""

import pickle
import re
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from stancekit import Scorer
from stancekit.actors import Catalogue, Matcher
from stancekit.actors.entries import COLUMNS
from stancekit.actors.expressions import LONGEST, compiled
from stancekit.cli import main
from stancekit.errors import CatalogueError
from stancekit.features import Masker

BUILTIN = Catalogue.builtin()


def own(*rows, base=BUILTIN):
    return Catalogue.from_frame(pd.DataFrame(list(rows)).fillna(""), base=base)


def row(actor_id, name="", kind="", **more):
    return {"actor_id": actor_id, "name": name, "kind": kind, **more}


def with_own(*rows):
    return BUILTIN.extended(own(*rows))


def ids(catalogue, text):
    return [mention.actor_id for mention in Matcher(catalogue).find(text)]


# TOML ---------------------------------------------------------------------------------------------

TOML = """
[[actor]]
actor_id = "acme"
name = "Acme Shipping"
kind = "organisation"
parent_id = "KEN"
aliases = ["Acme", "Acme Lines"]
as_of = 2026-01-31
pattern = 'ACME-\\d+'

[[actor]]
actor_id = "oxfam"
change = "remove"
"""


def test_toml_holds_what_csv_holds(tmp_path):
    (tmp_path / "own.toml").write_text(TOML, encoding="utf-8")
    header = "actor_id,name,kind,parent_id,aliases,as_of,pattern,change\n"
    lines = "acme,Acme Shipping,organisation,KEN,Acme|Acme Lines,2026-01-31,ACME-\\d+,\noxfam,,,,,,,remove\n"
    (tmp_path / "own.csv").write_text(header + lines, encoding="utf-8")
    toml, csv = (Catalogue.read(tmp_path / f"own.{form}", base=BUILTIN) for form in ("toml", "csv"))
    assert toml == csv
    assert toml["acme"].as_of == "2026-01-31"
    assert toml.removed == csv.removed == {"oxfam"}
    assert (toml.rows, csv.rows) == ({"acme": 1, "oxfam": 2}, {"acme": 2, "oxfam": 3})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[actor]\n", r"own.toml: not readable as TOML: .*line 1"),
        ("x = 1\n", r"own.toml: an actor file holds \[\[actor\]\] tables and nothing else; got x"),
        ("actor = 3\n", r"own.toml: an actor file holds \[\[actor\]\] tables and nothing else; got actor = int"),
        ("", r"own.toml: no actor in it; write one actor per table"),
        ("[[actor]]\nactor_id = 'a1'\n", r"own.toml, table 1: name is empty; every actor needs one"),
        (
            "[[actor]]\ncolour = 'red'\n",
            r"own.toml, table 1: colour is no key of an actor; the keys are actor_id, name",
        ),
        ("[[actor]]\nactor_id = 7\n", r"own.toml, table 1: actor_id is a text; got 7"),
        (
            "[[actor]]\nactor_id = 'a1'\nname = 'Acme'\nkind = 'person'\naliases = 'A|B'\n",
            r"own.toml, table 1: aliases is a list of texts, such as .*; got 'A\|B'",
        ),
        (
            "[[actor]]\nactor_id = 'a1'\nname = 'Acme'\nkind = 'person'\n" * 2,
            r"actor_id 'a1' stands twice \(tables 1 and 2\); keep one table per actor",
        ),
    ],
)
def test_a_table_that_breaks_a_rule_is_named_by_its_number(tmp_path, text, message):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        Catalogue.read(path, base=BUILTIN)


# Changes ------------------------------------------------------------------------------------------


def test_a_row_that_removes_makes_the_names_of_the_entry_unknown():
    catalogue = with_own(row("oxfam", change="remove"))
    assert "oxfam" not in catalogue
    assert ids(catalogue, "Oxfam and Oxfam International thanked Kenya.") == ["KEN"]
    assert Matcher(catalogue).names("Oxfam International thanked us.") == []


def test_who_acted_for_a_removed_entry_stands_alone():
    assert BUILTIN["al-qassam-brigades"].parent_id == "hamas"
    assert with_own(row("hamas", change="remove"))["al-qassam-brigades"].parent_id is None


def test_a_row_that_removes_with_aliases_takes_only_these():
    catalogue = with_own(row("RUS", change="remove", aliases="Kremlin", places="Moscow"))
    assert ids(catalogue, "Moscow, the Kremlin and Russia signed.") == ["RUS"]
    assert "Kremlin" not in catalogue["RUS"].aliases


def test_a_removed_name_gives_way_to_the_next_alias():
    assert with_own(row("oxfam", change="remove", aliases="Oxfam"))["oxfam"].name == "Oxfam International"


def test_a_removed_alias_is_free_for_another_entry():
    rows = [row("RUS", change="remove", aliases="Kremlin"), row("cup", "Kremlin", "organisation")]
    assert ids(with_own(*rows), "The Kremlin sold tickets to Moscow.") == ["cup", "RUS"]


def test_a_row_that_extends_adds_aliases_and_keeps_the_rest():
    catalogue = with_own(row("oxfam", change="extend", aliases="the Oxford people"))
    assert catalogue["oxfam"].aliases == (*BUILTIN["oxfam"].aliases, "the Oxford people")
    assert catalogue["oxfam"].kind == "organisation"
    assert ids(catalogue, "Oxfam blamed the Oxford people.") == ["oxfam", "oxfam"]


def test_a_row_that_extends_may_rename_and_the_old_name_stays_an_alias():
    catalogue = with_own(row("oxfam", "Oxfam GB", change="extend", as_of="2026-02-02"))
    assert (catalogue["oxfam"].name, catalogue["oxfam"].as_of) == ("Oxfam GB", "2026-02-02")
    assert ids(catalogue, "Oxfam met Oxfam GB.") == ["oxfam", "oxfam"]


def test_a_row_that_extends_may_move_an_alias_to_another_list():
    assert ids(BUILTIN, "They met in Kremlin halls, in the Kremlin.") == ["RUS", "RUS"]
    catalogue = with_own(row("RUS", change="extend", places="Kremlin"))
    assert ids(catalogue, "They met in the Kremlin. ") == []
    assert "Kremlin" not in catalogue["RUS"].aliases


def test_what_another_row_takes_is_no_longer_the_extended_entrys():
    rows = [row("RUS", change="extend", aliases="the bear"), row("cup", "Kremlin", "organisation")]
    assert ids(with_own(*rows), "The Kremlin met the bear.") == ["cup", "RUS"]


def test_a_row_without_a_change_takes_the_place_of_the_whole_entry():
    assert ids(with_own(row("oxfam", "The Oxford firm", "organisation")), "Oxfam left. The Oxford firm stayed.") == [
        "oxfam"
    ]
    assert with_own(row("oxfam", "Ox", "organisation", change="replace"))["oxfam"].aliases == ()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [row("acme", "Acme", "person", change="add")],
            r"row 1: change must be empty or one of replace, extend, remove",
        ),
        ([row("acme", change="remove")], r"row 1: there is no entry 'acme' to remove; `stancekit actors list` shows"),
        ([row("acme", change="extend")], r"row 1: there is no entry 'acme' to extend"),
        ([row("oxfam", change="remove", aliases="Oxbow")], r"row 1: 'oxfam' has no alias 'Oxbow' to remove"),
        ([row("oxfam", change="extend", kind="firm")], r"row 1: kind must be one of .*; got 'firm'"),
        (
            [row("oxfam", change="remove"), row("shop", "Shop", "organisation", parent_id="oxfam")],
            r"row 2: 'shop' has the parent 'oxfam', which is no actor_id",
        ),
        (
            [row("oxfam", change="extend", aliases="Ox"), row("ox", "Ox", "person")],
            r"the alias 'Ox' stands at both 'oxfam' and 'ox' \(rows 1 and 2\)",
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_named_with_its_row(rows, message):
    with pytest.raises(CatalogueError, match=message):
        own(*rows)


def test_changes_need_the_entries_that_they_change():
    with pytest.raises(
        CatalogueError, match=r"row 1: 'remove' changes an entry, but none is given; read the file with"
    ):
        own(row("oxfam", change="remove"), base=None)


def test_every_problem_of_a_file_is_listed_in_the_order_of_its_rows():
    rows = [
        row("acme", change="extend"),
        row("b1", "Bcme", "firm"),
        row("c1", "Ccme", "person", pattern="(a+)+"),
        row("d1", "Dcme", "person", pattern="x{2}y"),
        row("e1", "Ecme", "person", pattern="x{2}y"),
    ]
    with pytest.raises(CatalogueError) as caught:
        own(*rows)
    assert [re.search(r"row 1|row 2|row 3|rows 4 and 5", problem)[0] for problem in caught.value.problems] == [
        "row 1",
        "row 2",
        "row 3",
        "rows 4 and 5",
    ]


def test_check_says_what_is_replaced_extended_removed_and_taken(tmp_path):
    path = tmp_path / "own.toml"
    tables = [
        'actor_id = "nato"\nname = "Pact"\nkind = "organisation"',
        'actor_id = "oxfam"\nchange = "extend"\naliases = ["Kremlin"]',
        'actor_id = "hamas"\nchange = "remove"',
        'actor_id = "USA"\nchange = "remove"\naliases = ["White House"]',
    ]
    path.write_text("".join(f"[[actor]]\n{table}\n" for table in tables), encoding="utf-8")
    result = CliRunner().invoke(main, ["actors", "check", str(path)])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{path}, table 1: 'nato' replaces the built-in entry",
        f"{path}, table 2: 'oxfam' extends the built-in entry",
        f"{path}, table 2: 'oxfam' takes the alias 'Kremlin' from 'RUS'",
        f"{path}, table 4: 'USA' removes the built-in alias 'White House'",
        f"{path}, table 3: 'hamas' removes the built-in entry",
    ]
    assert "4 actors in" in result.stderr


def test_the_scorer_takes_changes_from_a_frame():
    frame = pd.DataFrame([row("oxfam", change="remove"), row("KEN", change="extend", aliases="the lion")]).fillna("")
    scores = Scorer(actors=frame).score("Oxfam thanked the lion.")
    assert list(scores.stances["actor_id"]) == ["KEN"]


# Expressions --------------------------------------------------------------------------------------

BRIGADES = row("brigades", "Brigades", "armed_group", pattern=r"(?:\d{1,3}(?:st|nd|rd|th)|Zorba) Brigade|Unit \d+")


def test_an_expression_finds_names_beside_the_aliases():
    text = "The 47th Brigade met Russia, Unit 12 and the Brigades."
    found = Matcher(with_own(BRIGADES)).find(text)
    assert [(text[one.start : one.end], one.actor_id, one.role) for one in found] == [
        ("47th Brigade", "brigades", "name"),
        ("Russia", "RUS", "place"),
        ("Unit 12", "brigades", "name"),
        ("Brigades", "brigades", "name"),
    ]


def test_of_an_expression_and_an_alias_the_longer_wins():
    units = row("units", "Units", "armed_group", pattern=r"Russia \d+|Kenya")
    catalogue = with_own(units, row("unit-nine", "Russia 9 Group", "armed_group"))
    assert ids(catalogue, "Russia 7 left. Russia 9 Group stayed.") == ["units", "unit-nine"]
    assert ids(catalogue, "Kenya left.") == ["KEN"]


def test_an_expression_finds_whole_words_only():
    assert ids(with_own(BRIGADES), "xUnit 12, Unit 12b, Unit 1\u0301") == []


def test_an_expression_reads_what_prints_alike_as_one():
    text = "🙂 Chief\u00a0O’Hara-7 left"
    catalogue = with_own(row("chief", "The chief", "person", pattern=r"Chief O'Hara-\d"))
    (mention,) = Matcher(catalogue).find(text)
    assert text[mention.start : mention.end] == "Chief\u00a0O’Hara-7"


def test_case_matters_unless_the_expression_says_otherwise():
    assert ids(with_own(row("u", "Uuu", "person", pattern="unit x")), "Unit X, unit x") == ["u"]
    assert ids(with_own(row("u", "Uuu", "person", pattern="(?i)unit x")), "Unit X, unit x") == ["u", "u"]


def test_names_found_by_expression_are_masked():
    masker = Masker(with_own(row("phantoms", "Phantoms", "armed_group", pattern="phantom force")))
    assert [token.text for token in masker.mask("They praised phantom force.")] == ["they", "praised", "<name>"]


def test_an_article_may_introduce_a_short_form_of_what_an_expression_finds():
    matcher = Matcher(with_own(BRIGADES)).for_article(["The Zorba Brigade (ZB) came. The ZB left."])
    assert [one.actor_id for one in matcher.find("The ZB left.")] == ["brigades"]
    text = "The Zorba Brigade (ZB) came. The ZB left."
    found = Matcher(with_own(BRIGADES)).scan_article([text], [[(0, 28), (29, 41)]])
    assert [one.actor_id for sentence in found[0] for one in sentence.mentions] == ["brigades"] * 3


def test_an_expression_survives_pickling_and_the_frame():
    catalogue = with_own(BRIGADES)
    assert Catalogue.from_frame(catalogue.to_frame()) == catalogue
    assert list(catalogue.to_frame().columns) == list(COLUMNS)
    matcher = pickle.loads(pickle.dumps(Matcher(catalogue)))
    assert [one.actor_id for one in matcher.find("Unit 3")] == ["brigades"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("[a", r"the pattern is no regular expression: unterminated character set"),
        ("a*", r"the pattern can match nothing at all"),
        ("(a+)+b", r"the pattern can match in more than 100,000 ways at one place"),
        (r"(?:\w+\s?)*x", r"the pattern can match in more than 100,000 ways"),
        ("(?:a|aa)+", r"the pattern can match in more than 100,000 ways"),
        (".*.*.*x", r"the pattern can match in more than 100,000 ways"),
        (r"(x)\1", r"the pattern holds '\\\\1'; references to groups"),
        ("(?x)a b", r"the pattern holds '\(\?x\)'; the flags x and L are not allowed"),
        ("a" * 501, r"the pattern has 501 characters; write at most 500"),
    ],
)
def test_an_expression_that_is_none_or_may_take_long_is_refused_with_its_row(pattern, message):
    with pytest.raises(CatalogueError, match=r"the actor frame, row 1: " + message):
        own(row("u", "Unit", "person", pattern=pattern))


def test_a_repeat_without_an_end_is_one_of_sixty():
    assert compiled(r"a\d+").fullmatch("a" + "1" * LONGEST)
    assert not compiled(r"a\d+").fullmatch("a" + "1" * (LONGEST + 1))
    assert compiled(r"[*+?]{2}\+\*").fullmatch("*+" + "+*") is not None


@pytest.mark.parametrize(
    "pattern", [r"\w+\d+x", r".*.*x", r"(?:[A-Z]\w++ )+Front", r"a{0,60}a{0,60}b", r"(?:a|b|ab){1,9}c"]
)
@pytest.mark.parametrize("text", ["a" * 10_000, "a " * 5_000, "Ab1 " * 2_500, "ab" * 5_000])
def test_no_allowed_expression_takes_long_on_a_sentence_of_ten_thousand_characters(pattern, text):
    started = time.process_time()
    list(compiled(pattern).finditer(text))
    assert time.process_time() - started < 5


@given(st.text(alphabet="ab\\d+*?{}1,3()[]|.^$", max_size=14))
@settings(deadline=None, max_examples=500)
def test_any_expression_is_refused_or_finds_what_it_finds_unbounded(pattern):
    try:
        expression = compiled(pattern)
    except ValueError:
        return
    plain = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
    for text in ("ab 1", "aab.b a1", "{1,3} ()"):
        assert [one.span() for one in expression.finditer(text)] == [one.span() for one in plain.finditer(text)]


def test_the_toml_file_in_the_docs_is_read_and_does_what_it_says(tmp_path):
    page = Path(__file__).parent.parent / "docs" / "actors.md"
    (block,) = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "own.toml").write_text(block, encoding="utf-8")
    catalogue = BUILTIN.extended(Catalogue.read(tmp_path / "own.toml", base=BUILTIN))
    text = "ACME-12, ACME tug two, the bear, Foggy Bottom and Oxfam."
    assert ids(catalogue, text) == ["acme", "acme", "RUS"]
