"""The role lexicon, relations to the target, and the templates that rest on both."""

import csv
import io
import pickle
from importlib.resources import files

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancekit.errors import InputError
from stancekit.features import Masker, Patterns, Quoted, Roles, RoleSums, SideSums, TargetVectorizer, WordSums
from stancekit.features.role_templates import FrameSums
from stancekit.features.syntax import relations
from stancekit.features.templates import Masked
from stancekit.lexicon import RoleLexicon, load_roles
from stancekit.lexicon.inflection import noun_forms, verb_forms
from stancekit.lexicon.roles import COLUMNS

T = "<target>"


def found(sentence, kinds=None):
    """Give (kind, word) pairs of a sentence in which the target is written X and other names Y."""
    words = [{"X": T, "Y": "<name>"}.get(word, word) for word in sentence.split()]
    pairs = [(one.kind, one.word) for one in relations(words, load_roles(), T)]
    return [pair for pair in pairs if kinds is None or pair[0] in kinds]


def masked(text, name):
    start = text.index(name)
    return Masked(Masker().mask(text, [(start, start + len(name))]))


def occurrences(template, sentence):
    return {(one.key, one.weight) for one in template.occurrences(sentence, {})}


@pytest.mark.parametrize(
    ("lemma", "irregular", "form", "tags"),
    [
        ("shell", (), "shelled", "NP"),
        ("shell", (), "shelling", "G"),
        ("accuse", (), "accused", "NP"),
        ("deny", (), "denies", "S"),
        ("push", (), "pushes", "S"),
        ("veto", (), "vetoes", "S"),
        ("ban", (), "banned", "NP"),
        ("free", (), "freeing", "G"),
        ("die", (), "dying", "G"),
        ("take", ("took", "taken"), "taken", "N"),
        ("take", ("took", "taken"), "took", "P"),
        ("say", ("said",), "said", "NP"),
        ("hit", ("hit",), "hit", "BNP"),
        ("label", ("labelled",), "labeled", "NP"),
    ],
)
def test_verbs_are_inflected(lemma, irregular, form, tags):
    assert verb_forms(lemma, irregular)[form] == tags


def test_nouns_have_a_plural():
    assert noun_forms("atrocity") == ("atrocity", "atrocities")
    assert noun_forms("crisis", ("crises",))[-1] == "crises"


@given(st.from_regex(r"[a-z]{2,12}", fullmatch=True))
def test_every_verb_has_a_base_and_a_form_in_ing(lemma):
    forms = verb_forms(lemma)
    assert "B" in forms[lemma]
    assert any("G" in tags and form.endswith("ing") for form, tags in forms.items())


def test_the_table_of_the_package_is_whole():
    text = (files("stancekit.lexicon") / "roles.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({(row["lemma"], row["pos"]) for row in rows}) == len(rows) > 3000
    # A line that says nothing of anyone is there for verbs only, whose subject and object are looked for all the same.
    idle = [row["lemma"] for row in rows if row["pos"] != "v" and {row[name] for name in COLUMNS[2:6]} == {"0", ""}]
    assert idle == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("shell,v,-3,0,0,t,", "row 2, doer must be a whole number from -2 to 2, got '-3'"),
        ("Shell,v,-2,0,0,t,", "one word in lower case"),
        ("shell,x,-2,0,0,t,", "pos v, n or a"),
        ("shell,v,-2,0,0,z,", "frame h, t, ht or empty"),
        ("shell,v,-2", "row 2 must have 7 cells"),
        ("shell,v,-2,0,0,t,,,", "row 2 must have 7 cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(row, says):
    with pytest.raises(InputError, match=says):
        RoleLexicon.from_csv(",".join(COLUMNS) + "\n" + row + "\n")


def test_the_lexicon_survives_pickling():
    again = pickle.loads(pickle.dumps(load_roles()))
    assert again == load_roles()


def test_other_columns_are_refused():
    with pytest.raises(InputError, match=r"needs the columns lemma, pos"):
        RoleLexicon.from_csv("word,rating\nbad,-2\n")


@pytest.mark.parametrize(
    ("sentence", "kind", "word"),
    [
        ("X condemned the raid", "subj", "condemn"),
        ("Y condemned X on <date>", "dobj", "condemn"),
        ("X was condemned by Y", "psubj", "condemn"),
        ("the raid was condemned by X", "by", "condemn"),
        ("the village was reportedly shelled by the X army", "by", "shell"),
        ("Y imposed sanctions on X", "n_on", "sanction"),
        ("Y imposed sanctions on X", "pobj_on", "impose"),
        ("Y accused X of shelling the town", "dobj", "accuse"),
        ("Y accused X of shelling the town", "comp_of", "shell"),
        ("Y thanked X for its help", "compn_for", "help"),
        ("X 's brutal offensive went on", "poss", "offensive"),
        ("X 's brutal offensive went on", "possmod", "brutal"),
        ("X , a terrorist group , denied it", "app", "terrorist"),
        ("X , which bombed the port , denied it", "subj", "bomb"),
        ("X , which bombed the port , denied it", "subj", "deny"),
        ("X is a reliable ally", "is", "reliable"),
        ("X and Y praised the deal", "subj", "praise"),
        ("Y and X praised the deal", "subj", "praise"),
        ("Y said X denied the charge", "subj", "deny"),
        ("X entered the town , killing <number>", "subj", "kill"),
        ("X agreed to free the crew", "subj", "free"),
    ],
)
def test_relations_are_found(sentence, kind, word):
    assert (kind, word) in found(sentence)


@pytest.mark.parametrize(
    ("sentence", "kind", "word"),
    [
        ("the raid was condemned by X", "psubj", "condemn"),
        ("Y said X denied the charge", "dobj", "say"),
        ("the attack on X killed <number>", "subj", "kill"),
        ("X said Y bombed the port", "subj", "bomb"),
        ("X 's attack", "subj", "attack"),
    ],
)
def test_relations_of_others_are_not_the_targets(sentence, kind, word):
    assert (kind, word) not in found(sentence)


def test_passives_turn_praise_and_blame_around():
    def sums(text, name):
        return {key for key, _ in occurrences(RoleSums("r"), masked(text, name))}

    assert "PSUBJ+" in sums("Chad was praised by Mali.", "Chad")
    assert "PSUBJ-" in sums("Chad was accused by Mali.", "Chad")
    # Who accuses is neutral by accusing.
    assert sums("Chad was accused by Mali.", "Mali") == set()


def test_negation_turns_a_rating_over_and_halves_it():
    plain = dict(occurrences(RoleSums("r"), masked("Chad shelled the town.", "Chad")))
    negated = dict(occurrences(RoleSums("r"), masked("Chad never shelled the town.", "Chad")))
    assert plain["SUBJ-"] == 1.0
    assert negated["SUBJ+"] == 0.5
    assert ("SUBJ NOT shell", 1.0) in occurrences(Roles("r"), masked("Chad never shelled the town.", "Chad"))


def test_sides_and_words_are_summed_without_a_relation():
    sentence = masked("Shelling went on near a road that Chad holds.", "Chad")
    assert any(key.startswith("L Vdoer-") for key, _ in occurrences(SideSums("s"), sentence))
    assert ("Vdoer-", 1.0) in occurrences(WordSums("w"), sentence)
    assert ("T", 1.0) in occurrences(FrameSums("f"), sentence)


def test_patterns_put_signs_for_words():
    keys = {key for key, _ in occurrences(Patterns("p"), masked("Chad quickly shelled the town.", "Chad"))}
    assert "<target> V-0" in keys
    assert not any("shelled" in key or "quickly" in key for key in keys)


def test_quotation_tells_inside_from_outside():
    sentence = masked('"Chad is cruel," he said.', "Chad")
    assert {("HELD IN cruel", 1.0), ("HELD OUT said", 1.0)} <= occurrences(Quoted("q"), sentence)
    assert occurrences(Quoted("q"), masked("Chad is cruel, he said.", "Chad")) == set()


@given(
    st.lists(
        st.sampled_from(
            [T, "<name>", ",", "by", "was", "shelled", "of", "'s", "a", "and", "not", '"', "who", "killing"]
        )
    )
)
def test_any_tokens_have_relations_within_the_sentence(words):
    for one in relations(words, load_roles(), T):
        assert 0 <= one.first <= one.last < len(words)
        assert words[one.first] == T or words[one.last] == T
        assert -1 <= one.rating <= 1
        assert 0 < one.weight <= 1


def test_words_of_the_role_lexicon_are_known_terms():
    rows = pd.DataFrame({"text": ["Chad met Mali."] * 2, "start": [0, 9], "end": [4, 13]})
    vectorizer = TargetVectorizer(min_df=1).fit(rows)
    unseen = pd.DataFrame({"text": ["Chad bombarded it."], "start": [0], "end": [4]})
    assert vectorizer.known_terms(unseen).tolist() == [1]
