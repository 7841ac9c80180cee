"""Rolling actors up to states, and the edges from holders to targets."""

import pandas as pd
import pytest

from stancekit import Scorer
from stancekit.actors import Actor, Catalogue
from stancekit.errors import InputError
from stancekit.scoring.lineage import lineage, states

TEXT = (
    "Vladimir Putin praised the Russian navy. Hezbollah accused Israel of shelling a village. "
    "Kenya's foreign minister accused Uganda of torture. The harbour master blamed Uganda for the fire. "
    "Uganda built a bridge. Gazprom cut the gas."
)


@pytest.fixture(scope="module")
def scores():
    articles = pd.DataFrame({"article_id": ["a", "b"], "text": [TEXT, "Uganda was accused of theft."]})
    return Scorer().score(articles)


def test_persons_firms_and_groups_count_for_their_state(scores):
    table = scores.by("actor", level="state").set_index("actor_id")
    assert "vladimir-putin" not in table.index
    assert "gazprom" not in table.index
    assert table.loc["RUS", ["actor", "kind"]].tolist() == ["Russia", "state"]


def test_who_has_no_state_above_stays_itself(scores):
    table = scores.by("actor", level="state").set_index("actor_id")
    assert table.loc["hezbollah", "kind"] == "armed_group"


def test_a_sentence_that_names_a_state_twice_over_counts_once_and_both_stances_count(scores):
    row = scores.by("actor", level="state").set_index("actor_id").loc["RUS"]
    assert row["n_sentences"] == 2
    assert row[["n_favor", "n_neutral", "n_against", "n_undecided"]].sum() == 3


def test_rolling_up_loses_no_stance(scores):
    labels = ["n_favor", "n_neutral", "n_against", "n_undecided"]
    assert scores.by("actor", level="state")[labels].sum().sum() == len(scores.stances)


def test_rolling_up_goes_with_other_keys(scores):
    table = scores.by("article", "actor", level="state")
    assert set(zip(table["article_id"], table["actor_id"], strict=True)) >= {("a", "RUS"), ("b", "UGA")}


def test_levels_are_refused_where_they_mean_nothing(scores):
    with pytest.raises(InputError, match=r"level must be one of 'actor', 'state'; got 'region'"):
        scores.by("actor", level="region")
    with pytest.raises(InputError, match=r"level must be one of 'actor', 'state'; got 'region'"):
        scores.edges(level="region")
    with pytest.raises(InputError, match=r"level='state' needs an actor among the keys: write by\('actor'"):
        scores.by("article", level="state")


def test_the_actors_of_scores_are_those_that_occur_and_those_above_them(scores):
    assert list(scores.actors["actor_id"]) == sorted(
        ["vladimir-putin", "RUS", "hezbollah", "ISR", "KEN", "UGA", "gazprom"]
    )
    assert scores.actors.set_index("actor_id").loc["gazprom", "parent_id"] == "RUS"


def test_a_chain_of_parents_is_followed_over_several_steps():
    catalogue = Catalogue(
        [
            Actor("FRD", "Freedonia", "state"),
            Actor("guard", "Coast Guard", "armed_group", "FRD"),
            Actor("crew", "Night Crew", "armed_group", "guard"),
        ]
    )
    assert states(lineage(catalogue, ["crew"])) == {"FRD": "FRD", "guard": "FRD", "crew": "FRD"}


def test_a_chain_that_bites_its_tail_reaches_no_state():
    catalogue = Catalogue([Actor("a-b", "Acme", "organisation", "b-c"), Actor("b-c", "Bcme", "organisation", "a-b")])
    assert states(lineage(catalogue, ["a-b"])) == {}


def pairs(edges):
    rows = edges.astype(object).where(edges.notna(), None)
    return set(zip(rows["holder_id"], rows["holder"], rows["actor_id"], strict=True))


def test_edges_lead_from_holders_to_targets(scores):
    assert pairs(scores.edges()) == {
        ("vladimir-putin", "Vladimir Putin", "RUS"),
        ("hezbollah", "Hezbollah", "ISR"),
        ("KEN", "Kenya", "UGA"),
        (None, "The harbour master", "UGA"),
        (None, None, "UGA"),
    }


def test_the_narrator_is_a_holder_on_demand(scores):
    fresh = pairs(scores.edges(narrator=True)) - pairs(scores.edges())
    assert (None, "narrator", "gazprom") in fresh
    assert {holder for _, holder, _ in fresh} == {"narrator"}


def test_edges_count_every_attributed_stance_once(scores):
    labels = ["n_favor", "n_neutral", "n_against", "n_undecided"]
    attributed = int(scores.stances["attributed"].sum())
    assert scores.edges()[labels].sum().sum() == attributed
    assert scores.edges(narrator=True)[labels].sum().sum() == len(scores.stances)


def test_edges_roll_up_holders_and_targets(scores):
    assert ("RUS", "Russia", "RUS") in pairs(scores.edges(level="state"))


def test_edges_have_the_same_columns_where_there_are_none(scores):
    empty = Scorer().score("It rained.").edges()
    assert list(empty.columns) == list(scores.edges().columns)
    assert list(empty.dtypes) == list(scores.edges().dtypes)
    assert len(empty) == 0
