"""The actor catalogue and the matcher: what is read, what is refused, and who is found in a sentence."""

import copy
import pickle
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stancekit.actors import Actor, Catalogue, Matcher, Mention
from stancekit.actors.catalogue import COLUMNS
from stancekit.errors import CatalogueError, InputError

CASES = Path(__file__).with_name("data") / "actors.txt"
MATCHER = Matcher()

HEADER = "actor_id,name,kind,parent_id,aliases,places,adjectives,as_of\n"


def read_cases() -> list[tuple[str, list[str]]]:
    lines = (line for line in CASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    pairs = (line.rsplit(" => ", 1) for line in lines)
    return [(sentence, [] if ids == "-" else ids.split()) for sentence, ids in pairs]


def ids(text: str, matcher: Matcher = MATCHER) -> list[str]:
    return [mention.actor_id for mention in matcher.find(text)]


def small(*rows: dict[str, str], base: Catalogue | None = None) -> Catalogue:
    return Catalogue.from_frame(pd.DataFrame(list(rows)).fillna(""), base=base)


def row(actor_id: str, name: str, kind: str = "organisation", **more: str) -> dict[str, str]:
    return {"actor_id": actor_id, "name": name, "kind": kind, **more}


# Reading ------------------------------------------------------------------------------------------


def test_a_file_is_read_with_all_its_columns(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "FRD,Freedonia,state,,Freedonian palace,Freedonia|Glop,Freedonian,2025-01-01\n", "utf-8")
    assert Catalogue.read(path)["FRD"] == Actor(
        "FRD", "Freedonia", "state", None, ("Freedonian palace",), ("Freedonia", "Glop"), ("Freedonian",), "2025-01-01"
    )


def test_a_file_needs_only_the_first_three_columns_in_any_order(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("kind,name,actor_id\norganisation,Acme Corp,acme\n", "utf-8")
    assert Catalogue.read(path)["acme"] == Actor("acme", "Acme Corp", "organisation")


def test_a_byte_order_mark_and_empty_lines_do_no_harm(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("\ufeffactor_id,name,kind\n\n , ,\nacme,Acme Corp,organisation\n", "utf-8")
    assert list(Catalogue.read(path)) == ["acme"]


def test_aliases_are_stripped_and_empty_or_repeated_ones_left_out():
    catalogue = small(row("acme", "Acme Corp", aliases=" Acme | |Acme|Acme Corp"))
    assert catalogue["acme"].aliases == ("Acme", "Acme Corp")


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_a_missing_cell_of_a_frame_is_empty(missing):
    frame = pd.DataFrame({"actor_id": ["a-b"], "name": ["Acme"], "kind": ["organisation"], "aliases": [missing]})
    assert Catalogue.from_frame(frame)["a-b"].aliases == ()


def test_a_parent_may_live_in_the_base_and_is_not_part_of_the_result():
    own = small(row("acme", "Acme Corp", parent_id="USA"), base=Catalogue.builtin())
    assert list(own) == ["acme"]
    assert own["acme"].parent_id == "USA"


def test_the_builtin_catalogue_is_read_once():
    assert Catalogue.builtin() is Catalogue.builtin()


def test_an_entry_of_adjectives_or_places_alone_is_found():
    own = small(
        row("FRD", "Freedonia", "state", places="Freedonia"), row("SYL", "Sylvania", "state", adjectives="Sylvanian")
    )
    matcher = Matcher(own)
    assert ids("Freedonia and Sylvanian troops met in Freedonia; Sylvanian farmers wept.", matcher) == ["FRD", "SYL"]


# Refusing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("acme,Acme,firm,,,,,\n", r"own.csv, row 2: kind must be one of state, .*; got 'firm'"),
        ("acme,,organisation,,,,,\n", r"own.csv, row 2: name is empty; every actor needs one"),
        (",Acme,organisation,,,,,\n", r"own.csv, row 2: actor_id is empty"),
        ("acme,Acme,organisation\n", r"own.csv, row 2: 8 cells are needed, .*; got 3; quote cells that hold a comma"),
        ("acme,Acme,organisation,,A,,,\n", r"own.csv, row 2: an alias needs at least two characters, .*; got 'A'"),
        ("acme,Acme,organisation,,--,,,\n", r"own.csv, row 2: an alias needs .* letter or digit; got '--'"),
        ("acme,Acme,organisation,,Ac,Ac,,\n", r"row 2: the alias 'Ac' stands in both aliases and places; keep it"),
        ("acme,Acme,organisation,XXX,,,,\n", r"own.csv, row 2: 'acme' has the parent 'XXX', which is no actor_id; add"),
        (
            "a1,Acme,organisation,,,,,\na1,Bcme,organisation,,,,,\n",
            r"actor_id 'a1' stands twice \(rows 2 and 3\); keep",
        ),
        (
            'a1,Acme,organisation,,"The\nFirm",,,\nb1,Acme,organisation,,,,,\n',
            r"the alias 'Acme' stands at both 'a1' and 'b1' \(rows 2 and 4\); an alias names one actor",
        ),
        ("", r"own.csv: no actor in it; write one actor per row"),
        ('acme,"Ac"me,organisation,,,,,\n', r"own.csv, line 2: not readable as CSV .*; check the quotes"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_with_file_and_line(tmp_path, lines, message):
    path = tmp_path / "own.csv"
    path.write_text(HEADER + lines, "utf-8")
    with pytest.raises(CatalogueError, match=message):
        Catalogue.read(path)


@pytest.mark.parametrize("header", ["", "actor_id,name\n", "actor_id,name,kind,colour\n", "actor_id,name,kind,kind\n"])
def test_a_header_with_missing_unknown_or_repeated_columns_is_refused(tmp_path, header):
    path = tmp_path / "own.csv"
    path.write_text(header, "utf-8")
    with pytest.raises(CatalogueError, match=r"an actor file has the columns actor_id, name, kind, .*; got"):
        Catalogue.read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        CatalogueError, match=r"none.csv: the actor file cannot be read: No such file.*; check the path"
    ):
        Catalogue.read(tmp_path / "none.csv")


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes((HEADER + "acme,Müller,organisation,,,,,\n").encode("latin-1"))
    with pytest.raises(CatalogueError, match=r"an actor file must be UTF-8, but byte \d+ is not; save it as UTF-8"):
        Catalogue.read(path)


def test_rows_of_a_frame_are_counted_from_one():
    with pytest.raises(CatalogueError, match=r"the actor frame, row 2: name is empty"):
        small(row("acme", "Acme"), row("bcme", ""))


def test_a_list_in_a_cell_of_a_frame_is_a_list_of_aliases_and_refused_elsewhere():
    frame = pd.DataFrame({"actor_id": ["acme"], "name": ["Acme"], "kind": ["person"], "aliases": [["Ac", "Me"]]})
    assert Catalogue.from_frame(frame)["acme"].aliases == ("Ac", "Me")
    with pytest.raises(CatalogueError, match=r"row 1: name holds one text; got a list"):
        Catalogue.from_frame(frame.assign(name=[["Ac"]]))
    with pytest.raises(CatalogueError, match=r"row 1: aliases holds texts without the sign '\|'; got \['A\|c'\]"):
        Catalogue.from_frame(frame.assign(aliases=[["A|c"]]))


def test_actors_given_as_objects_are_checked_without_rows():
    with pytest.raises(CatalogueError, match=r"^my list: the alias 'Acme' stands at both 'a1' and 'b1'; an alias"):
        Catalogue([Actor("a1", "Acme", "person"), Actor("b1", "Acme", "person")], source="my list")
    with pytest.raises(CatalogueError, match=r"^the catalogue: 'a1' has the parent 'b1', which is no actor_id"):
        Catalogue([Actor("a1", "Acme", "person", "b1")])


def test_a_catalogue_error_is_an_input_error():
    assert issubclass(CatalogueError, InputError)


# Extending ----------------------------------------------------------------------------------------


def test_an_own_entry_takes_the_place_of_the_old_one_with_its_id():
    own = small(row("nato", "Atlantic pact"))
    extended = Catalogue.builtin().extended(own)
    assert extended["nato"] == Actor("nato", "Atlantic pact", "organisation")
    assert len(extended) == len(Catalogue.builtin())
    assert ids("NATO met the Atlantic pact.", Matcher(extended)) == ["nato"]


def test_an_own_entry_of_the_kind_none_removes_the_builtin_one():
    extended = Catalogue.builtin().extended(small(row("oxfam", "Oxfam", "none")))
    assert ids("Oxfam thanked Kenya.", Matcher(extended)) == ["KEN"]
    assert ids("Oxfam International thanked Kenya.", Matcher(extended)) == ["KEN"]


def test_an_own_alias_is_taken_from_whoever_had_it():
    extended = Catalogue.builtin().extended(small(row("kremlin-cup", "Kremlin")))
    assert "Kremlin" not in extended["RUS"].aliases
    assert ids("The Kremlin sold tickets to Moscow.", Matcher(extended)) == ["kremlin-cup", "RUS"]


def test_an_entry_that_loses_its_name_goes_on_under_its_next_alias():
    extended = Catalogue.builtin().extended(small(row("oxfam-shop", "Oxfam")))
    assert extended["oxfam"].name == "Oxfam International"


def test_an_entry_that_loses_all_its_aliases_is_left_out_and_its_children_stand_alone():
    base = small(row("caritas", "Caritas"), row("crs", "Catholic Relief", parent_id="caritas"))
    extended = base.extended(small(row("own", "Caritas")))
    assert list(extended) == ["crs", "own"]
    assert extended["crs"].parent_id is None


def test_a_builtin_parent_that_an_own_entry_empties_does_not_break_its_children():
    hamas = Catalogue.builtin()["hamas"]
    own = small(row("own", "Hamas", aliases="|".join(hamas.aliases)))
    extended = Catalogue.builtin().extended(own)
    assert "hamas" not in extended
    assert extended["al-qassam-brigades"].parent_id is None


def test_an_own_entry_may_act_for_one_of_the_base():
    own = small(row("acme", "Acme Corp", parent_id="USA"), base=Catalogue.builtin())
    assert Catalogue.builtin().extended(own)["acme"].parent_id == "USA"


def test_an_own_parent_that_the_extended_catalogue_lacks_is_refused():
    own = small(row("acme", "Acme Corp", parent_id="USA"), base=Catalogue.builtin())
    with pytest.raises(CatalogueError, match=r"'acme' has the parent 'USA', which is no actor_id"):
        small(row("bcme", "Bcme")).extended(own)


def test_extending_leaves_both_catalogues_as_they_were():
    base, own = small(row("a-b", "Acme", aliases="Ac")), small(row("c-d", "Ac"))
    before = base.digest, own.digest
    base.extended(own)
    assert (Catalogue(base.values()).digest, Catalogue(own.values()).digest) == before


def test_the_source_of_an_extended_catalogue_names_both():
    assert (
        small(row("a-b", "Acme")).extended(small(row("c-d", "Bcme"))).source == "the actor frame with the actor frame"
    )


# Content, equality --------------------------------------------------------------------------------


def test_the_frame_of_a_catalogue_reads_back_as_the_same():
    frame = Catalogue.builtin().to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert Catalogue.from_frame(frame) == Catalogue.builtin()


def test_the_frame_of_an_empty_catalogue_has_the_same_columns():
    assert list(Catalogue([]).to_frame().columns) == list(COLUMNS)


def test_catalogues_are_equal_by_content_and_not_by_source():
    one, two = Catalogue([Actor("a-b", "Acme", "person")], source="x"), Catalogue([Actor("a-b", "Acme", "person")])
    assert one == two
    assert hash(one) == hash(two)
    assert one.digest == two.digest


@pytest.mark.parametrize(
    "other",
    [
        Actor("a-c", "Acme", "person"),
        Actor("a-b", "Acne", "person"),
        Actor("a-b", "Acme", "state"),
        Actor("a-b", "Acme", "person", aliases=("Ac",)),
        Actor("a-b", "Acme", "person", places=("Ac",)),
        Actor("a-b", "Acme", "person", as_of="2025-01-01"),
    ],
)
def test_any_difference_in_content_changes_the_digest(other):
    assert Catalogue([other]) != Catalogue([Actor("a-b", "Acme", "person")])


def test_a_catalogue_is_not_equal_to_a_dictionary_of_its_entries():
    catalogue = small(row("a-b", "Acme"))
    assert catalogue != dict(catalogue)


@pytest.mark.parametrize("clone", [copy.deepcopy, copy.copy, lambda catalogue: pickle.loads(pickle.dumps(catalogue))])
def test_a_copy_of_a_catalogue_is_equal_to_it(clone):
    catalogue = small(row("a-b", "Acme", aliases="Ac|Äc"))
    assert clone(catalogue) == catalogue
    assert clone(catalogue) is not catalogue


def test_a_catalogue_tells_its_size_and_source():
    assert repr(small(row("a-b", "Acme"))) == "Catalogue(1 actors, source='the actor frame')"


# Finding ------------------------------------------------------------------------------------------


def test_there_are_enough_cases():
    assert len(read_cases()) >= 150


@pytest.mark.parametrize(("sentence", "expected"), read_cases(), ids=[sentence for sentence, _ in read_cases()])
def test_the_actors_of_a_sentence_are_found(sentence, expected):
    assert ids(sentence) == expected


@pytest.mark.parametrize("text", ["", " ", ".", "No name stands here.", "\u0301"])
def test_nothing_is_found_where_nobody_is_named(text):
    assert MATCHER.find(text) == []
    assert MATCHER.names(text) == []


def test_a_mention_gives_its_span_and_the_list_it_stands_in():
    assert MATCHER.find("Kyiv blamed Russian guns, NATO said.") == [
        Mention(0, 4, "UKR", "place"),
        Mention(12, 19, "RUS", "adjective"),
        Mention(26, 30, "nato", "name"),
    ]


def test_names_give_places_and_phrases_that_name_nobody_as_well():
    text = "In Paris the New Mexico delegation met Syrian farmers."
    assert [(name.actor_id, text[name.start : name.end]) for name in MATCHER.names(text)] == [
        ("FRA", "Paris"),
        ("not-new-mexico", "New Mexico"),
        ("SYR", "Syrian"),
    ]


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ", "‘"])
def test_apostrophes_that_look_alike_are_read_alike(apostrophe):
    assert ids(f"Israel{apostrophe}s offer, al-Qa{apostrophe}ida said") == ["ISR", "al-qaeda"]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\t", "\n"])
def test_spaces_of_any_width_part_the_words_of_a_name(space):
    assert ids(f"Saudi{space}Arabia signed") == ["SAU"]


@pytest.mark.parametrize("hyphen", ["-", "‑", "‐"])
def test_hyphens_that_look_alike_are_read_alike(hyphen):
    assert ids(f"Guinea{hyphen}Bissau signed") == ["GNB"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Côte d'Ivoire", "Türkiye", "Médecins Sans Frontières", "São Tomé and Príncipe"])
def test_a_name_is_found_with_composed_and_decomposed_accents(form, name):
    written = unicodedata.normalize(form, name)
    text = f"🙂 {written} signed"
    (mention,) = MATCHER.find(text)
    assert text[mention.start : mention.end] == written


@pytest.mark.parametrize("text", ["Malians", "Omani", "xMali", "Mali\u0301", "Mali2", "Mali_x", "МMali", "Maliم"])
def test_a_name_inside_a_longer_word_is_not_that_name(text):
    assert [name.actor_id for name in MATCHER.names(text) if name.end - name.start == 4] == []


def test_an_alias_in_lower_case_is_found_in_any_case():
    assert [ids(text) for text in ("aid workers", "Aid workers", "Aid Workers", "AID WORKERS")] == [["aid-workers"]] * 4


def test_an_alias_with_capitals_is_not_found_in_lower_case():
    assert ids("the polish, the china, a kremlin, us, who, isis") == []


def test_the_alias_as_written_wins_over_the_variant_of_another():
    own = small(row("lower", "acme group", "generic"), row("upper", "Acme group"))
    assert ids("Acme group and acme group", Matcher(own)) == ["upper", "lower"]


def test_an_own_catalogue_finds_its_own_actors_alone():
    own = small(row("acme", "Acme Corp", aliases="Acme"))
    assert ids("Acme Corp and Acme left Russia", Matcher(own)) == ["acme", "acme"]


def test_a_matcher_of_an_empty_catalogue_finds_nobody():
    assert ids("Russia", Matcher(Catalogue([]))) == []


def test_a_pickled_matcher_finds_the_same():
    clone = pickle.loads(pickle.dumps(MATCHER))
    for sentence, _ in read_cases():
        assert clone.find(sentence) == MATCHER.find(sentence)
    assert clone.catalogue == MATCHER.catalogue


# Properties ---------------------------------------------------------------------------------------

ALIASES = sorted({alias for actor in Catalogue.builtin().values() for alias, _ in actor.spellings()})
OWNERS = {alias: actor.actor_id for actor in Catalogue.builtin().values() for alias, _ in actor.spellings()}
# Anything may surround a name: letters of every script, accents, emoji, marks that turn the direction of writing.
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
PARTS = st.lists(
    st.one_of(AROUND, st.sampled_from(ALIASES), st.sampled_from([" ", ", ", "'s ", "-", " in "])), max_size=9
)


@given(PARTS)
@settings(deadline=None, max_examples=300)
def test_mentions_are_in_order_disjoint_and_spell_an_alias(parts):
    text = "".join(parts)
    names, free = MATCHER.names(text), 0
    folded = {alias.casefold() for alias in ALIASES}
    for name in names:
        assert free <= name.start < name.end <= len(text)
        free = name.end
        spelled = unicodedata.normalize("NFC", re.sub("[’‘ʼ]", "'", text[name.start : name.end]))
        spelled = re.sub("[‑‐]", "-", re.sub(r"[\u00a0\u202f\t\n\r]", " ", spelled))
        assert spelled.casefold() in folded


@given(PARTS)
@settings(deadline=None, max_examples=300)
def test_actors_are_some_of_the_names(parts):
    text = "".join(parts)
    names = MATCHER.names(text)
    assert [name for name in names if name in set(MATCHER.find(text))] == MATCHER.find(text)


@given(st.sampled_from(ALIASES), AROUND, AROUND)
@settings(deadline=None, max_examples=300)
def test_a_name_between_full_stops_is_found_whatever_surrounds_it(alias, before, after):
    # "Marcos Jr." is an alias, too.
    assume(f"{alias}." not in OWNERS)
    text = f"{before}. {alias}. {after}"
    start = len(before) + 2
    assert (start, start + len(alias), OWNERS[alias]) in {name[:3] for name in MATCHER.names(text)}


def test_an_article_does_not_hide_the_name_behind_it():
    text = "the West Papua National Liberation Army"
    assert [(name.start, name.end) for name in MATCHER.names(text)] == [(4, len(text))]


@given(st.sampled_from(ALIASES))
@settings(deadline=None, max_examples=200)
def test_the_longest_name_wins(alias):
    (name,) = MATCHER.names(alias)
    assert (name.start, name.end, name.actor_id) == (0, len(alias), OWNERS[alias])


@given(PARTS)
@settings(deadline=None, max_examples=100)
def test_finding_twice_gives_the_same(parts):
    text = "".join(parts)
    assert MATCHER.find(text) == MATCHER.find(text)


@given(
    st.sampled_from([sentence for sentence, _ in read_cases()]),
    st.sampled_from([". 🙂", "\n\n", " שלום."]),
)
@settings(deadline=None, max_examples=200)
def test_what_follows_the_end_of_a_sentence_does_not_change_who_is_found_in_it(sentence, tail):
    assert MATCHER.find(sentence + tail) == MATCHER.find(sentence)
