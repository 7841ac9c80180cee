"""Names that an article introduces: abbreviations, short forms, surnames."""

import pickle

import pandas as pd
import pytest

from stancekit import Scorer
from stancekit.actors import Matcher
from stancekit.features import Masker
from stancekit.features.masking import unmasked_words

MATCHER = Matcher()


def found(*parts):
    matcher = MATCHER.for_article(parts, unmasked_words())
    return [(mention.actor_id, part[mention.start : mention.end]) for part in parts for mention in matcher.find(part)]


@pytest.mark.parametrize(
    ("text", "actor_id", "alias"),
    [
        ("The Arakan Army (AA) took the port. Later, {} freed the crew.", "arakan-army", "AA"),
        ("The Arakan Army (the AA) took the port. The {} freed the crew.", "arakan-army", "AA"),
        ("The Arakan Army (“AA”) took the port. The {}'s men freed the crew.", "arakan-army", "AA"),
        ("The Arakan Army, or AA, took the port. {}-led patrols freed the crew.", "arakan-army", "AA"),
        ("The AA (the Arakan Army) took the port. The {} freed the crew.", "arakan-army", "AA"),
        ("The Sinaloa Cartel (SC) and others fled. The {} returned.", "sinaloa-cartel", "SC"),
        ("The Polisario Front (FPLS) took the port. The {} freed the crew.", "polisario-front", "FPLS"),
        ("Boeing (the Company) paid. The {} said no more.", "boeing", "Company"),
        ('The Wagner Group (hereafter "the Group") left. The {} was paid.', "wagner-group", "Group"),
        ("Burkina Faso (BF) signed. Days later {} withdrew.", "BFA", "BF"),
        ("President Adama Barrow spoke. President {} then left.", "adama-barrow", "Barrow"),
        ("Ferdinand Marcos Jr. spoke. Then Mr {} left.", "ferdinand-marcos-jr", "Marcos"),
        ("Fayez al-Sarraj spoke. Later {} left.", "fayez-al-sarraj", "Sarraj"),
    ],
)
def test_a_name_that_the_text_introduces_is_known_for_the_rest_of_it(text, actor_id, alias):
    assert found(text.format(alias))[-1] == (actor_id, alias)


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("Friends of Oxfam (FOO) sang. Then FOO left.", "FOO"),
        ("The Popular Polisario Front (PPF) sang. Then PPF left.", "PPF"),
        ("Oxfam (AFP) paid. AFP wrote of it.", "AFP"),
        ("Norway (the sponsor) paid. The Sponsor said no more.", "Sponsor"),
        ("Kenya (KFA ranking: 102) lost. KFA was there.", "KFA"),
        ("Theresa May spoke. In May it rained.", "May"),
        ("Adama Barrow waved, and so did his wife, Fatou Barrow. Barrow then left.", "Barrow"),
        ("Adama Barrow waved. Barrow Island was flooded.", "Barrow"),
        ("Kim Jong Un waved. The Un was never seen.", "Un"),
        ("Boeing (the Company) paid. In good company they left.", "company"),
        ("Boeing (the Company) paid. The Company Store was closed.", "Company"),
        ("The Arakan Army (AA) left, as did African Aid (AA). AA praised AAs.", "AAs"),
    ],
)
def test_what_introduces_no_actor_is_not_taken(text, alias):
    matcher, end = MATCHER.for_article([text], unmasked_words()), text.index(". ") + 2
    assert alias not in {text[end:][name.start : name.end] for name in matcher.find(text[end:])}


def test_an_abbreviation_of_two_actors_is_not_taken():
    text = (
        "The Arakan Army (AA) fought Action Against Hunger (AAH). The Azawad Liberation Front (ALF) fell. The ALF rose."
    )
    assert ("azawad-liberation-front", "ALF") in found(text)
    both = "The Sinaloa Cartel (SC) met the Shabiha Council; Save the Children (SC) left. The SC spoke."
    assert "SC" not in {written for _, written in found(both)}


def test_an_alias_of_the_catalogue_keeps_its_meaning():
    assert found("Boeing (WHO) paid. The WHO thanked it.") == [("boeing", "Boeing"), ("who", "WHO"), ("who", "WHO")]


def test_a_headline_may_use_what_the_body_introduces():
    assert found("AA takes port", "The Arakan Army (AA) took the port.")[0] == ("arakan-army", "AA")


def test_an_introduced_name_of_a_state_may_be_a_mere_place():
    assert found("Burkina Faso (BF) signed. Rain fell in BF.")[-1][1] == "BF"
    assert len(found("Burkina Faso (BF) signed. Rain fell in BF.")) == 2


def test_where_nothing_is_introduced_the_matcher_is_the_same_object():
    assert MATCHER.for_article(["Kenya (population 54 million) thanked Oxfam.", ""]) is MATCHER


def test_what_one_article_introduces_is_unknown_in_the_next():
    MATCHER.for_article(["The Arakan Army (AA) left."])
    assert MATCHER.find("The AA left.") == []


def test_a_pickled_matcher_of_an_article_finds_the_same():
    matcher = MATCHER.for_article(["The Arakan Army (AA) left."])
    clone = pickle.loads(pickle.dumps(matcher))
    assert clone.find("The AA left Kenya.") == matcher.find("The AA left Kenya.") != []


# Scoring ------------------------------------------------------------------------------------------

ARTICLES = pd.DataFrame(
    {
        "article_id": ["a", "b"],
        "text": [
            (
                "The Arakan Army (AA) shelled a clinic. Villagers condemned the AA for the attack. Adama Barrow wept. "
                "Kenya praised Barrow for his patience."
            ),
            "The AA repaired cars. Barrow watched.",
        ],
    }
)


def test_the_scorer_knows_introduced_names_within_their_article_alone():
    stances = Scorer().score(ARTICLES).stances
    assert list(zip(stances["article_id"], stances["actor_id"], strict=True)) == [
        ("a", "arakan-army"),
        ("a", "civilians"),
        ("a", "arakan-army"),
        ("a", "adama-barrow"),
        ("a", "KEN"),
        ("a", "adama-barrow"),
    ]
    texts = dict(zip(ARTICLES["article_id"], ARTICLES["text"], strict=True))
    for row in stances.to_dict("records"):
        assert texts[row["article_id"]][row["mention_start"] : row["mention_end"]] == row["mention"]


def test_an_article_with_introduced_names_scores_alone_as_in_company():
    together = Scorer().score(ARTICLES).stances
    alone = pd.concat([Scorer().score(ARTICLES.iloc[[i]]).stances for i in range(2)], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


@pytest.mark.parametrize("alias", ["AA", "FPLS", "Barrow", "Sarraj"])
def test_an_introduced_name_never_reaches_a_model(alias):
    assert alias.lower() not in unmasked_words()
    masker = Masker()
    around = [token.text for token in masker.mask(f"Villagers condemned {alias} for the raid.")]
    assert around == ["<civilians>", "condemned", "<name>", "for", "the", "raid"]
    as_target = [
        token.text for token in masker.mask(f"Villagers condemned {alias} for the raid.", [(20, 20 + len(alias))])
    ]
    assert as_target == ["<civilians>", "condemned", "<target>", "for", "the", "raid"]
