"""The data of the built-in actor catalogue: every row keeps the rules of the format, and nobody of note is missing."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pycountry
import pytest

import stancekit.actors
from stancekit.actors import KINDS, Catalogue
from stancekit.actors.catalogue import COLUMNS

CATALOGUE = Path(stancekit.actors.__file__).with_name("catalogue.csv")
LISTS = ("aliases", "places", "adjectives")

# Entries of ISO 3166 that are neither UN members nor actors of the catalogue.
# fmt: off
TERRITORIES = {
    "ABW", "AIA", "ALA", "ASM", "ATA", "ATF", "BES", "BLM", "BMU", "BVT", "CCK", "COK", "CUW", "CXR", "CYM", "FLK",
    "FRO", "GGY", "GIB", "GLP", "GRL", "GUF", "GUM", "HKG", "HMD", "IMN", "IOT", "JEY", "MAC", "MAF", "MNP", "MSR",
    "MTQ", "MYT", "NCL", "NFK", "NIU", "PCN", "PRI", "PYF", "REU", "SGS", "SHN", "SJM", "SPM", "SXM", "TCA", "TKL",
    "UMI", "VGB", "VIR", "WLF",
}
# fmt: on
NOT_MEMBERS = {"VAT", "PSE", "XKX", "TWN", "ESH"}

# Plain forms that name someone or something else: Male (a word), San Jose (California).
NO_PLAIN_FORM = {"Malé", "San José"}

# fmt: off
COMMON_SURNAMES = [
    "Johnson", "Marcos", "Bush", "Clinton", "Khan", "Austin", "Harris", "May", "Brown", "Morales", "Castro",
    "Santos", "Ortega", "Abbas", "Singh", "Kim", "Li", "Lee", "Wang", "Saleh", "Katz", "Bennett", "Bolton", "Kerry",
    "Vance", "Cameron", "Blair", "Shah", "Sharif", "Michel", "Costa", "Petro", "Pistorius", "Mubarak", "Albanese",
    "Yunus",
]
# fmt: on

with CATALOGUE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
BY_ID = {row["actor_id"]: row for row in ROWS}


def split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def aliases(row: dict[str, str]) -> list[str]:
    return [alias for column in LISTS for alias in split(row[column])]


def of_kind(kind: str) -> list[dict[str, str]]:
    return [row for row in ROWS if row["kind"] == kind]


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.translate(str.maketrans("ıøØđłŁ", "ioOdlL")))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def names_in_pycountry(code: str) -> set[str]:
    """Give the names of a country in natural order: no "X, Republic of", no article."""
    country = pycountry.countries.get(alpha_3=code)
    found = set()
    for field in ("name", "common_name", "official_name"):
        name = re.sub(r"\s*\(.*\)", "", getattr(country, field, "") or "")
        head, comma, tail = name.partition(", ")
        found.add(re.sub(r"^the ", "", f"{tail} {head}" if comma else name, flags=re.IGNORECASE))
    return found - {""}


def whole_phrases(text: str) -> Iterator[str]:
    """Give every shorter phrase in a text that begins and ends at a word boundary."""
    edges = [i for i in range(len(text) + 1) if not (0 < i < len(text) and text[i - 1].isalnum() and text[i].isalnum())]
    return (text[i:j] for i in edges for j in edges if i < j and j - i < len(text))


def test_the_file_has_the_columns_of_the_format_in_order():
    assert CATALOGUE.read_text(encoding="utf-8").splitlines()[0] == ",".join(
        name for name in COLUMNS if name != "pattern"
    )


def test_the_file_has_one_line_per_actor_and_unix_line_ends():
    raw = CATALOGUE.read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == len(ROWS) + 1


def test_the_loader_accepts_every_row():
    assert list(Catalogue.builtin()) == [row["actor_id"] for row in ROWS]


def test_rows_are_sorted_by_kind_then_id():
    keys = [(row["kind"], row["actor_id"]) for row in ROWS]
    assert keys == sorted(keys)


def test_no_id_stands_twice_even_when_case_is_ignored():
    counts = Counter(row["actor_id"].casefold() for row in ROWS)
    assert [name for name, count in counts.items() if count > 1] == []


def test_ids_are_codes_for_states_and_slugs_for_all_others():
    pattern = {True: re.compile(r"[A-Z]{3}"), False: re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")}
    wrong = [row["actor_id"] for row in ROWS if not pattern[row["kind"] == "state"].fullmatch(row["actor_id"])]
    assert wrong == []


def test_only_traps_have_ids_that_begin_with_not():
    assert [row["actor_id"] for row in ROWS if row["actor_id"].startswith("not-") != (row["kind"] == "none")] == []


def test_every_kind_is_known():
    assert {row["kind"] for row in ROWS} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "least"),
    [("state", 198), ("person", 90), ("armed_group", 90), ("organisation", 110), ("generic", 20), ("none", 60)],
)
def test_the_catalogue_is_broad_enough_in_every_kind(kind, least):
    assert len(of_kind(kind)) >= least


def test_every_parent_is_an_actor_that_can_be_acted_for():
    wrong = [
        row["actor_id"]
        for row in ROWS
        if row["parent_id"]
        and BY_ID.get(row["parent_id"], {}).get("kind") not in {"state", "armed_group", "organisation"}
    ]
    assert wrong == []


def test_states_generic_groups_and_traps_have_no_parent():
    assert [row["actor_id"] for row in ROWS if row["parent_id"] and row["kind"] in {"state", "generic", "none"}] == []


def test_no_actor_is_its_own_ancestor():
    for row in ROWS:
        line = [row["actor_id"]]
        while parent := BY_ID[line[-1]]["parent_id"]:
            assert parent not in line
            line.append(parent)


def test_only_private_persons_and_leaders_of_oppositions_have_no_parent():
    alone = {row["actor_id"] for row in of_kind("person") if not row["parent_id"]}
    assert alone == {
        "ali-al-sistani",
        "chelsea-manning",
        "edward-snowden",
        "elon-musk",
        "jamal-khashoggi",
        "juan-guaido",
        "malala-yousafzai",
        "maria-corina-machado",
        "raila-odinga",
        "sviatlana-tsikhanouskaya",
    }


def test_no_alias_stands_twice_in_the_file():
    counts = Counter(alias for row in ROWS for alias in aliases(row))
    assert [alias for alias, count in counts.items() if count > 1] == []


def test_no_two_actors_share_an_alias_in_a_headline_where_case_is_lost():
    owners: dict[str, set[str]] = {}
    for row in ROWS:
        for alias in aliases(row):
            owners.setdefault(alias.upper(), set()).add(row["actor_id"])
    assert {alias: ids for alias, ids in owners.items() if len(ids) > 1} == {}


def test_aliases_are_tidy():
    wrong = [alias for row in ROWS for alias in aliases(row) if len(alias) < 2 or alias != " ".join(alias.split())]
    assert wrong == []


def test_aliases_are_composed_unicode_with_plain_apostrophes_and_hyphens():
    wrong = [
        alias
        for row in ROWS
        for alias in aliases(row)
        if unicodedata.normalize("NFC", alias) != alias or re.search("[‘’ʼ‐‑–—“”]", alias)
    ]
    assert wrong == []


def test_the_name_of_a_state_is_a_place():
    assert [row["actor_id"] for row in of_kind("state") if row["name"] not in split(row["places"])] == []


def test_the_name_of_every_other_actor_is_one_of_its_aliases():
    assert [row["actor_id"] for row in ROWS if row["kind"] != "state" and row["name"] not in aliases(row)] == []


@pytest.mark.parametrize("kind", ["person", "armed_group", "generic", "none"])
def test_only_states_and_organisations_are_also_places_or_adjectives(kind):
    assert [row["actor_id"] for row in of_kind(kind) if row["places"] or row["adjectives"]] == []


def test_a_name_with_diacritics_can_also_be_written_without():
    missing = [
        alias
        for row in ROWS
        if row["kind"] != "none"
        for alias in aliases(row)
        if alias not in NO_PLAIN_FORM and plain(alias) not in aliases(row)
    ]
    assert missing == []


@pytest.mark.parametrize("alias", sorted(plain(alias) for alias in NO_PLAIN_FORM))
def test_a_plain_form_that_means_something_else_is_left_out(alias):
    assert not any(alias in aliases(row) for row in ROWS)


def test_generic_groups_are_lower_case_except_abbreviations_and_the_west():
    capitals = {
        alias for row in of_kind("generic") for alias in aliases(row) if alias != alias.lower() and "West" not in alias
    }
    assert capitals == {"IDPs", "POW", "POWs", "PoW", "PoWs", "opposition MP", "opposition MPs"}


def test_persons_organisations_and_groups_carry_a_capital_unless_they_are_common_nouns():
    lower = {
        alias
        for kind in ("person", "organisation", "armed_group")
        for row in of_kind(kind)
        for alias in aliases(row)
        if alias == alias.lower()
    }
    assert lower == {"anti balaka", "anti-balaka", "colectivo", "colectivos", "peshmerga", "shabiha"}


def test_every_person_is_listed_under_a_full_name():
    # Hemedti is known by one name alone.
    assert {row["actor_id"] for row in of_kind("person") if " " not in row["name"]} == {"hemedti"}


@pytest.mark.parametrize(
    "surname",
    COMMON_SURNAMES,
)
def test_a_common_surname_alone_names_nobody(surname):
    assert [row["actor_id"] for row in ROWS if surname in aliases(row)] == []


@pytest.mark.parametrize(
    "city",
    [
        "New York",
        "Shanghai",
        "Istanbul",
        "Mumbai",
        "Lagos",
        "Karachi",
        "Kharkiv",
        "Aleppo",
        "Goma",
        "Tel Aviv",
        "Geneva",
        "The Hague",
        "Sydney",
        "Gaza City",
    ],
)
def test_a_big_city_that_is_no_capital_names_no_state(city):
    assert [row["actor_id"] for row in ROWS if city in aliases(row)] == []


@pytest.mark.parametrize(
    "word",
    [
        "CAR",
        "IS",
        "PDF",
        "AA",
        "LeT",
        "KIA",
        "Congress",
        "Conservatives",
        "Labour",
        "Supreme Court",
        "Korean",
        "English",
    ],
)
def test_a_word_with_a_more_common_meaning_names_nobody(word):
    assert [row["actor_id"] for row in ROWS if word in aliases(row)] == []


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["kind"] in {"person", "armed_group"}], ids=lambda row: row["actor_id"]
)
def test_persons_and_groups_say_until_when_they_are_known(row):
    assert date(2020, 1, 1) <= date.fromisoformat(row["as_of"]) <= date(2026, 12, 31)


def test_what_does_not_change_has_no_date():
    assert [row["actor_id"] for row in ROWS if row["as_of"] and row["kind"] not in {"person", "armed_group"}] == []


def test_the_states_are_the_members_of_the_united_nations_and_five_more():
    codes = {country.alpha_3 for country in pycountry.countries}
    members = codes - TERRITORIES - NOT_MEMBERS
    assert len(members) == 193
    assert {row["actor_id"] for row in of_kind("state")} == members | NOT_MEMBERS


@pytest.mark.parametrize("code", [row["actor_id"] for row in of_kind("state") if row["actor_id"] != "XKX"])
def test_a_state_carries_a_name_that_pycountry_gives_it(code):
    row = BY_ID[code]
    assert names_in_pycountry(code) & {*split(row["aliases"]), *split(row["places"])}


def test_every_state_has_an_adjective_unless_another_state_owns_it():
    assert {row["actor_id"] for row in of_kind("state") if not row["adjectives"]} == {"COG", "DMA", "VAT"}


def test_every_state_has_a_capital_or_a_second_name():
    alone = {row["actor_id"] for row in of_kind("state") if len(split(row["places"])) == 1}
    assert alone == set()


def test_every_trap_holds_the_name_of_an_actor():
    names = {form for row in ROWS if row["kind"] != "none" for alias in aliases(row) for form in (alias, alias.upper())}
    idle = [alias for row in of_kind("none") for alias in aliases(row) if names.isdisjoint(whole_phrases(alias))]
    assert idle == []


def test_a_trap_is_named_by_its_first_phrase():
    wrong = [row["actor_id"] for row in of_kind("none") if split(row["aliases"])[0] != row["name"]]
    assert wrong == []


@pytest.mark.parametrize(
    ("alias", "column", "actor_id"),
    [
        ("Kremlin", "aliases", "RUS"),
        ("Moscow", "places", "RUS"),
        ("Russian", "adjectives", "RUS"),
        ("the Russians", "adjectives", "RUS"),
        ("Kiev", "places", "UKR"),
        ("US", "places", "USA"),
        ("American", "adjectives", "USA"),
        ("Pentagon", "aliases", "USA"),
        ("Trump administration", "aliases", "USA"),
        ("UK", "places", "GBR"),
        ("British", "adjectives", "GBR"),
        ("Quai d'Orsay", "aliases", "FRA"),
        ("Elysee", "aliases", "FRA"),
        ("IDF", "aliases", "ISR"),
        ("IRGC", "aliases", "IRN"),
        ("Congo", "places", "COD"),
        ("Congolese", "adjectives", "COD"),
        ("Sudanese", "adjectives", "SDN"),
        ("South Sudanese", "adjectives", "SSD"),
        ("Nigerien", "adjectives", "NER"),
        ("Nigerian", "adjectives", "NGA"),
        ("Dominican", "adjectives", "DOM"),
        ("Brussels", "places", "european-union"),
        ("Mexico City", "places", "MEX"),
        ("Turkiye", "places", "TUR"),
        ("Zelenskiy", "aliases", "volodymyr-zelensky"),
        ("Erdogan", "aliases", "recep-tayyip-erdogan"),
        ("MBS", "aliases", "mohammed-bin-salman"),
        ("RSF", "aliases", "rapid-support-forces"),
        ("Daesh", "aliases", "islamic-state"),
        ("al Qaeda", "aliases", "al-qaeda"),
        ("WHO", "aliases", "who"),
        ("U.N.", "aliases", "united-nations"),
        ("Red Crescent", "aliases", "red-cross-red-crescent"),
        ("ICRC", "aliases", "icrc"),
        ("Doctors Without Borders", "aliases", "msf"),
        ("noncombatants", "aliases", "civilians"),
        ("rights groups", "aliases", "human-rights-groups"),
        ("insurgents", "aliases", "rebels"),
        ("the West", "aliases", "the-west"),
        ("the West Bank", "aliases", "not-the-west-bank"),
        ("New Mexico", "aliases", "not-new-mexico"),
        ("National Security Council", "aliases", "not-national-security-council"),
    ],
)
def test_a_well_known_name_stands_where_it_belongs(alias, column, actor_id):
    assert alias in split(BY_ID[actor_id][column])


@pytest.mark.parametrize(
    ("actor_id", "parent_id"),
    [
        ("vladimir-putin", "RUS"),
        ("yahya-sinwar", "hamas"),
        ("hemedti", "rapid-support-forces"),
        ("antonio-guterres", "united-nations"),
        ("al-qassam-brigades", "hamas"),
        ("unhcr", "united-nations"),
        ("iswap", "islamic-state"),
    ],
)
def test_whoever_acts_for_another_has_that_one_as_parent(actor_id, parent_id):
    assert BY_ID[actor_id]["parent_id"] == parent_id
