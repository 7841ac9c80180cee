"""Names cannot change a stance: with another name of the same kind in its place, probabilities are bit-equal."""

import pandas as pd
import pytest

from stancekit import load_model
from stancekit.actors import Catalogue

MIDDLE = (
    "On Monday the minister said that {target} had shelled a hospital near {other} "
    "and praised {other} for its restraint."
)
FRONT = "{target} accused {other} of torturing prisoners, a charge it called a shameful lie."
CONTEXT = "Villagers fled when {other} began to shell the road that leads to the {other} border."


def names(kind):
    """Every name of every actor of a kind."""
    return [actor.name for actor in Catalogue.builtin().values() if actor.kind == kind]


def row(template, target, other):
    before = template.split("{target}")[0]
    text = template.format(target=target, other=other)
    start = len(before.format(other=other))
    return {"text": text, "start": start, "end": start + len(target)}


@pytest.fixture(scope="module")
def stance():
    return load_model("stance")


@pytest.mark.parametrize("template", [MIDDLE, FRONT], ids=["middle", "front"])
@pytest.mark.parametrize("kind", ["state", "person", "organisation", "armed_group"])
def test_swapping_the_target_changes_no_bit(stance, kind, template):
    rows = pd.DataFrame([row(template, name, "Norway") for name in names(kind)])
    proba = stance.predict_proba(rows)
    assert (proba == proba[0]).all()


@pytest.mark.parametrize("template", [MIDDLE, FRONT], ids=["middle", "front"])
@pytest.mark.parametrize("kind", ["state", "person", "organisation", "armed_group"])
def test_swapping_another_name_changes_no_bit(stance, kind, template):
    rows = pd.DataFrame([row(template, "Mali", name) for name in names(kind)])
    proba = stance.predict_proba(rows)
    differing = rows["text"][(proba != proba[0]).any(axis=1)]
    assert list(differing) == []


@pytest.mark.parametrize("task", ["sentiment", "framing"])
@pytest.mark.parametrize("kind", ["state", "person", "organisation", "armed_group"])
def test_names_do_not_change_sentiment_or_framing(task, kind):
    texts = [CONTEXT.format(other=name) for name in names(kind)]
    proba = load_model(task).predict_proba(texts)
    differing = [text for text, p in zip(texts, proba, strict=True) if (p != proba[0]).any()]
    assert differing == []


@pytest.mark.parametrize("party", ["Republican", "Democratic", "Conservative", "Labour", "Tory", "Green Left"])
def test_parties_are_names_too(stance, party):
    text = "On Monday the {} senator from Kenya met voters and was praised."
    rows = [
        {"text": text.format(name), "start": 25 + len(name), "end": 30 + len(name)} for name in (party, "Zorvanian")
    ]
    rows = pd.DataFrame(
        [row | {"start": row["text"].index("Kenya"), "end": row["text"].index("Kenya") + 5} for row in rows]
    )
    proba = stance.predict_proba(rows)
    assert (proba[0] == proba[1]).all()


def test_what_is_said_does_change_the_stance(stance):
    rows = pd.DataFrame(
        [
            row("The court praised {target} for {other}.", "Mali", "Chad"),
            row("The court condemned {target} for {other}.", "Mali", "Chad"),
        ]
    )
    proba = stance.predict_proba(rows)
    assert (proba[0] != proba[1]).any()


def test_a_generic_group_is_masked_as_target_and_kept_as_context(stance):
    masker = stance.vectorizer_.masker_
    text = "Rebels attacked the civilians."
    assert [token.text for token in masker.mask(text, [(0, 6)])] == ["<target>", "attacked", "the", "<civilians>"]
    assert [token.text for token in masker.mask(text, [(20, 29)])] == ["<rebels>", "attacked", "the", "<target>"]
