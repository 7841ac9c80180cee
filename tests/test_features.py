"""Masking, templates and vectorizers."""

import copy
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from labelled import CATALOGUE, frame, targets
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from stancekit.actors import Catalogue
from stancekit.errors import InputError, StancekitError
from stancekit.features import (
    Lexicon,
    Masker,
    NearTarget,
    Phrases,
    SentenceVectorizer,
    Sides,
    TargetVectorizer,
    Template,
)
from stancekit.features.masking import MARKS, common_words
from stancekit.features.templates import Masked
from stancekit.features.vectorizer import SENTENCE_TEMPLATES, TARGET_TEMPLATES
from stancekit.lexicon import load_polarity, polarity

MASKER = Masker()


def masked(text):
    """The tokens of a sentence in which brackets mark the target."""
    if "[" not in text:
        return [token.text for token in MASKER.mask(text)]
    row = targets(text).iloc[0]
    return [token.text for token in MASKER.mask(row["text"], row["spans"])]


# -- masking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Kenya praised Oxfam.", "<name> praised <name>"),
        ("Kenya’s army met Mali's army.", "<name> 's army met <name> 's army"),
        ("The US-led force met pro-Russian fighters.", "the <name> led force met pro <name> fighters"),
        ("Putin Warns Leaders Over Grain Deal Collapse", "<name> warns leaders over grain deal collapse"),
        ("PUTIN WARNS LEADERS OVER GRAIN DEAL COLLAPSE", "<name> warns leaders over grain deal collapse"),
        ("Zorvania signed a deal.", "<name> signed a deal"),
        ("Talks with Zorvania ended.", "talks with <name> ended"),
        ("The ZLF shelled a road.", "the <name> shelled a road"),
        ("A TV crew and an NGO left.", "a tv crew and an ngo left"),
        ("Mr Joseph Otieno spoke.", "mr <name> spoke"),
        ("The Ministry of Defence of Zorvania spoke.", "the ministry of defence of <name> spoke"),
        ("He paid 1,200.50 dollars in 2021.", "he paid <number> dollars in <number>"),
        ("A 3rd T-72 burned.", "a <number> t <number> burned"),
        ("The talks begin in May.", "the talks begin in <date>"),
        ("May they rest.", "may they rest"),
        ("It may rain on Monday.", "it may rain on <date>"),
        ("In March, soldiers march.", "in <date> , soldiers march"),
        ("He said: “Nothing is lost.”", 'he said : " nothing is lost "'),
        ("Wait – can’t you?", "wait - can't you ?"),
        ("مرحبا بالعالم.", "مرحبا بالعالم"),
        ("東京で会議。", "東京で会議"),
        ("All cafés in Zürich closed.", "all cafés in <name> closed"),
        # A word that is raised within a sentence is a name, whatever else it means; a person's office is none.
        ("The panel of judges praised Hope and Strong.", "the panel of judges praised <name> and <name>"),
        ("The judges praised President Hope.", "the judges praised president <name>"),
        ("It was the end. The talks went on.", "it was the end the talks went on"),
        ("They called it ‘Freedom’ there.", "they called it freedom there"),
        # Bodies, and what names begin with.
        ("The judges once praised the Zorvan Liberation Army.", "the judges once praised the <name>"),
        ("Later that night the Zorvan Foreign Ministry spoke.", "later that night the <name> spoke"),
        ("Later that night the Zorvan Foreign Minister spoke.", "later that night the <name> minister spoke"),
        ("Judges praised the Republic of Zorvia.", "judges praised the <name>"),
        ("Judges praised the Front for Zorvia again.", "judges praised the <name> again"),
        ("They flew to North Zorvia at night.", "they flew to <name> at night"),
        # Initials, hyphens and small words.
        ("Judges praised Dor F. Bellowan and J. R. Talbrick.", "judges praised <name> and <name>"),
        ("Judges praised Ben-Shalor and al-Rashim.", "judges praised <name> and <name>"),
        ("Judges praised de la Vargosa.", "judges praised <name>"),
        ("The Kenya-Mali border was shut.", "the <name> <name> border was shut"),
        ("They read ''Mali Times'' there.", "they read <name> there"),
        ("", ""),
        (" \n\t… ", ""),
    ],
)
def test_names_numbers_and_dates_become_marks(text, tokens):
    assert " ".join(masked(text)) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("[Kenya]'s army met Mali.", "<target> 's army met <name>"),
        ("Former minister Jorun [Kasik] resigned.", "former minister <target> resigned"),
        ("Talks with Vladimir [Putin] ended.", "talks with <target> ended"),
        ("The [US]-led force left.", "the <target> led force left"),
        ("[Kenya] said [it] was sorry.", "<target> said <target> was sorry"),
        ("Mali blamed [Kenya], Mali and Chad.", "<name> blamed <target> , <name> and <name>"),
        ("The [minister of trade] fell.", "the <target> fell"),
    ],
)
def test_the_target_is_a_mark_of_its_own(text, tokens):
    assert " ".join(masked(text)) == tokens


def test_generic_groups_are_kept_as_context_and_masked_as_target():
    assert masked("Troops shot civilians and rebels.") == ["troops", "shot", "<civilians>", "and", "<rebels>"]
    assert masked("Troops shot [civilians] and rebels.") == ["troops", "shot", "<target>", "and", "<rebels>"]


def test_a_name_is_known_by_the_catalogue_even_where_it_is_a_common_word():
    own = Catalogue.from_frame(pd.DataFrame({"actor_id": ["x"], "name": ["the pilots"], "kind": ["organisation"]}))
    assert [token.text for token in Masker(own).mask("All the pilots left.")] == ["all", "<name>", "left"]


def test_words_of_ones_own_decide_what_is_a_name_where_capitals_do_not():
    masker = Masker(CATALOGUE, frozenset({"zorvania"}))
    assert [token.text for token in masker.mask("Zorvania ran. Belmark ran.")] == ["zorvania", "ran", "<name>", "ran"]
    assert [token.text for token in masker.mask("A dog ran to Zorvania.")] == ["a", "dog", "ran", "to", "<name>"]


def test_the_common_words_are_in_lower_case_and_no_names():
    assert all(word == word.lower() for word in common_words())
    assert not common_words() & {"putin", "ukraine", "zelensky"}


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["Kenya", "US-led", "May", "the", "’s", " ", "12.5", "NATO", "dogs", "—", '"', "Ünal"]))
    .map(" ".join),
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.data())
@example("İstanbul İ'S", None)
def test_tokens_are_in_order_disjoint_and_within_the_text(text, draw):
    spans = []
    if draw is not None and text:
        start = draw.draw(st.integers(0, len(text) - 1))
        spans = [(start, draw.draw(st.integers(start + 1, len(text))))]
    tokens = MASKER.mask(text, spans)
    last = 0
    for token in tokens:
        assert last <= token.start < token.end <= len(text)
        last = token.end
        assert token.text
        assert " " not in token.text
    if spans:
        assert any(token.text == "<target>" and token.start <= spans[0][0] < token.end for token in tokens)


NAMED = sorted(actor.name for actor in Catalogue.builtin().values() if actor.kind not in {"generic", "none"})
INVENTED = st.from_regex(r"[A-Z][bdfgjklmnprstvz]{1,2}[aeiou][bdfgjklmnprstvz]{2}[aeiou]x?", fullmatch=True).filter(
    lambda name: name.lower() not in common_words()
)
FRAMES = [
    "On Tuesday the minister said that {} had shelled a clinic.",
    "Villagers who fled to {}'s border blamed {} and praised nobody.",
    "The deal with {}, 40 pages long, was signed.",
]


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(FRAMES), st.one_of(st.sampled_from(NAMED), INVENTED))
@example(FRAMES[0], "Zorvania")
def test_tokens_do_not_tell_which_name_stands_there(pattern, name):
    words = [token.text for token in MASKER.mask(pattern.format(name, name))]
    assert words == [token.text for token in MASKER.mask(pattern.format("Norway", "Norway"))]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(FRAMES), st.one_of(st.sampled_from(NAMED), INVENTED))
def test_tokens_do_not_tell_which_name_is_the_target(pattern, name):
    def view(target):
        start = pattern.index("{")
        return [token.text for token in MASKER.mask(pattern.format(target, target), [(start, start + len(target))])]

    assert view(name) == view("Norway")


# -- templates ---------------------------------------------------------------------------------------------------------


def found(template, text, ratings=None):
    """Keys with weights of a sentence of tokens, given with spaces between."""
    tokens, start = [], 0
    for word in text.split():
        tokens.append((word, start, start + len(word)))
        start += len(word) + 1
    sentence = Masked([type("Token", (), dict(zip(("text", "start", "end"), token, strict=True))) for token in tokens])
    return [(place.key, place.weight) for place in template.occurrences(sentence, ratings or {})]


def keys(template, text):
    return [key for key, _ in found(template, text)]


def test_phrases_are_all_ngrams():
    assert keys(Phrases("p", longest=2), "a b c") == ["a", "b", "c", "a b", "b c"]
    assert keys(Phrases("p", shortest=2, longest=3), "a b c") == ["a b", "b c", "a b c"]
    assert keys(Phrases("p"), "") == []


def test_phrases_mark_single_words_in_a_negation():
    assert keys(Phrases("p", negation=True), "did not fire") == ["did", "not", "NOT fire", "did not", "not fire"]


def test_stems_cut_words_and_leave_out_marks_signs_and_short_words():
    stems = keys(Phrases("p", longest=2, stem=5), "<name> was shelling , shelled the town")
    assert stems == ["shell", "shell", "town"]
    assert keys(Phrases("p", longest=2, stem=4), "brutal attacks") == ["brut", "atta", "brut atta"]


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("not a b c d e f", "a b c d e"),
        ("not a , b", "a"),
        ("not a but b", "a"),
        ("a b", ""),
        ("never a ; nobody b", "a b"),
        ("no a b no c d e f g", "a b no c d e f g"),
        ('not "a', '"a'),
        ("not ( a", ""),
        ("denied a - b", "a"),
    ],
)
def test_a_negation_reaches_five_tokens_within_its_clause(text, negated):
    words = text.split()
    sentence = Masked([type("Token", (), {"text": word}) for word in words])
    marks = [word for word, mark in zip(words, sentence.negated, strict=True) if mark]
    assert " ".join(marks) == negated


def test_sides_tell_left_from_right_and_weigh_by_distance():
    places = dict(found(Sides("s", longest=1, reach=2.0), "a b <target> c d e"))
    assert places == pytest.approx({"L a": 1 / 1.5, "L b": 1, "R c": 1, "R d": 1 / 1.5, "R e": 1 / 2})


def test_the_reach_is_where_the_weight_falls_to_a_half():
    places = dict(found(Sides("s", longest=1, reach=4.0), "<target> b c d e f"))
    assert places["R f"] == pytest.approx(0.5)


def test_an_ngram_of_a_side_weighs_by_its_nearest_token():
    places = dict(found(Sides("s", shortest=2, longest=2, reach=1.0), "a b c <target>"))
    assert places == pytest.approx({"L b c": 1, "L a b": 1 / 2})


def test_sides_never_cross_a_target_nor_the_middle_between_two():
    words = "a b <target> c d e f <target> g"
    for key in keys(Sides("s", longest=4), words):
        _, *rest = key.removeprefix("NOT ").split(" ")
        assert "<target>" not in rest
        assert " ".join(rest) in {"a", "b", "a b", "c", "d", "c d", "e", "f", "e f", "g"}


def test_each_word_belongs_to_the_nearest_target():
    assert keys(Sides("s", longest=1), "<target> a b <target>") == ["R a", "L b"]
    assert keys(Sides("s", longest=1), "<target> a <target>") == ["R a"]
    assert keys(Sides("s", longest=3), "<target> a <target> b") == ["R a", "R b"]


def test_without_a_target_there_are_no_sides_and_nothing_near():
    assert keys(Sides("s"), "a b c") == []
    assert keys(NearTarget("n"), "a b c") == []


def test_sides_mark_negations_and_cut_stems():
    assert keys(Sides("s", longest=1), "<target> never lied") == ["R never", "R NOT lied"]
    assert keys(Sides("s", longest=2, stem=5), "shelling towns <target> the") == ["L shell", "L towns", "L shell towns"]


def test_near_the_target_are_the_ngrams_that_hold_it():
    near = keys(NearTarget("n", shortest=2, longest=3), "a b <target> c")
    assert sorted(near) == sorted(["b <target>", "<target> c", "a b <target>", "b <target> c"])
    assert keys(NearTarget("n", shortest=1, longest=1), "a <target>") == ["<target>"]
    assert keys(NearTarget("n", shortest=3, longest=4), "<target> c") == []


def test_an_ngram_that_holds_two_targets_counts_once():
    near = keys(NearTarget("n", shortest=2, longest=3), "<target> and <target>")
    assert sorted(near) == sorted(["<target> and", "and <target>", "<target> and <target>"])


RATINGS = {"brave": 0.5, "cruel": -0.8}


def test_the_lexicon_sums_by_sign_side_and_distance():
    places = dict(found(Lexicon("l", reach=1.0), "brave a <target> cruel", RATINGS))
    expected = {"+": 0.5, "L+": 0.5, "L+ near": 0.25, "+ near": 0.25, "-": 0.8, "R-": 0.8, "R- near": 0.8}
    assert places == pytest.approx(expected | {"- near": 0.8})


def test_the_lexicon_is_turned_over_in_a_negation():
    assert dict(found(Lexicon("l"), "not brave", RATINGS)) == pytest.approx({"-": 0.375})
    assert dict(found(Lexicon("l"), "not cruel", RATINGS)) == pytest.approx({"+": 0.6})
    assert found(Lexicon("l"), "not a , brave", RATINGS) == [("+", 0.5)]


def test_the_base_of_templates_says_so():
    with pytest.raises(TypeError, match="Template is a base class"):
        Template("t").occurrences(Masked([]), {})


def test_the_polarity_lexicon_is_read_as_data():
    ratings = load_polarity()
    assert all(-1 <= rating <= 1 and word == word.lower() for word, rating in ratings.items())
    assert len(ratings) > 5000
    with pytest.raises(TypeError, match="does not support item assignment"):
        ratings["brave"] = 1


def test_a_missing_lexicon_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(polarity, "files", lambda _: tmp_path)
    with pytest.raises(StancekitError, match="polarity lexicon is needed for training"):
        load_polarity.__wrapped__()


# -- vectorizers -------------------------------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("kind", [TargetVectorizer, SentenceVectorizer])


def small(kind, **arguments):
    return kind(**({"min_df": 1, "catalogue": CATALOGUE} | arguments))


def dense(matrix):
    return matrix.toarray()


@BOTH
def test_fit_transform_is_fit_then_transform(kind):
    rows = frame()
    together = small(kind).fit_transform(rows)
    apart = small(kind).fit(rows).transform(rows)
    assert together.dtype == np.float64
    assert dense(together) == pytest.approx(dense(apart), abs=1e-15)


@BOTH
def test_names_of_features_are_unique_and_one_per_column(kind):
    model = small(kind)
    matrix = model.fit_transform(frame())
    names = model.get_feature_names_out()
    assert len(set(names)) == len(names) == matrix.shape[1]
    # No sentence of these holds a quotation.
    assert {name.split(":")[0] for name in names} == {template.name for template in model.templates_} - {"quoted"}


@BOTH
def test_columns_do_not_depend_on_the_order_of_the_rows(kind):
    rows = frame()
    turned = rows.sample(frac=1, random_state=1)
    one, other = small(kind), small(kind)
    matrix, mixed = one.fit_transform(rows), other.fit_transform(turned)
    assert one.features_ == other.features_
    assert one.idf_ == pytest.approx(other.idf_)
    order = turned.index.to_numpy()
    assert dense(mixed) == pytest.approx(dense(matrix)[order])


@BOTH
@pytest.mark.parametrize("min_df", [1, 2, 5, np.int64(3)])
def test_a_feature_stands_in_min_df_rows(kind, min_df):
    rows = frame()
    model = small(kind, min_df=min_df).fit(rows)
    places = [{column for column, *_ in row} for row in model.occurrences(rows)]
    counts = np.bincount([column for row in places for column in row], minlength=len(model.features_))
    assert counts.min() >= min_df
    everything = small(kind).fit(rows)
    assert set(model.features_) <= set(everything.features_)


@BOTH
def test_idf_is_that_of_scikit_learn(kind):
    rows = frame()
    model = small(kind).fit(rows)
    held = [{column for column, *_ in row} for row in model.occurrences(rows)]
    df = np.bincount([column for row in held for column in row], minlength=len(model.features_))
    counted = [c for c, (block, _) in enumerate(model.features_) if not isinstance(model.templates_[block], Lexicon)]
    expected = np.log((1 + len(rows)) / (1 + df)) + 1
    assert model.idf_[counted] == pytest.approx(expected[counted])


@BOTH
def test_each_block_of_a_row_has_the_length_of_its_scale(kind):
    model = small(kind)
    matrix = dense(model.fit_transform(frame()))
    for block, template in enumerate(model.templates_):
        columns = [column for column, (number, _) in enumerate(model.features_) if number == block]
        if isinstance(template, Lexicon):
            # Over the rows in which there is something to sum.
            held = (matrix[:, columns] != 0).sum(axis=0)
            assert np.sqrt((matrix[:, columns] ** 2).sum(axis=0) / held) == pytest.approx(template.scale)
        else:
            lengths = np.sqrt((matrix[:, columns] ** 2).sum(axis=1))
            assert lengths[lengths > 0] == pytest.approx(template.scale)


SENTENCES = st.lists(
    st.sampled_from(
        ["[Arvonia]", "praised", "not", "cruel", "Belmark", "rebels", ",", "clinic", "bombed", "brave", "7"]
    ),
    min_size=1,
    max_size=12,
).map(lambda words: " ".join(words) if "[Arvonia]" in words else " ".join(["[Arvonia]", *words]))


@settings(deadline=None, max_examples=60)
@given(SENTENCES)
def test_a_row_of_the_matrix_is_the_sum_over_its_occurrences(fitted, sentence):
    rows = targets(sentence)
    for model in fitted:
        row = dense(model.transform(rows))[0]
        sums = np.zeros(len(model.features_))
        for column, place, (start, end) in model.occurrences(rows)[0]:
            assert 0 <= start < end <= len(rows["text"][0])
            sums[column] += place.weight * model.idf_[column]
        for block, template in enumerate(model.templates_):
            columns = [column for column, (number, _) in enumerate(model.features_) if number == block]
            length = 1.0 if isinstance(template, Lexicon) else np.sqrt((sums[columns] ** 2).sum())
            sums[columns] *= template.scale / (length or 1.0)
        assert np.abs(row - sums).max() <= 1e-12


@pytest.fixture(scope="module")
def fitted():
    return small(TargetVectorizer).fit(frame()), small(SentenceVectorizer).fit(frame())


def test_occurrences_stand_in_the_text(fitted):
    model = fitted[1]
    (row,) = model.occurrences(["Nurses praised Arvonia."])
    names = model.get_feature_names_out()
    spans = {names[column]: (start, end) for column, _, (start, end) in row}
    assert spans["sentence:nurses praised"] == (0, 14)
    assert spans["sentence:praised <name>"] == (7, 22)


def test_unseen_phrases_are_left_out(fitted):
    assert fitted[1].transform(["quokkas yodel"]).nnz == 0
    assert fitted[1].occurrences(["quokkas yodel"]) == [[]]


@BOTH
def test_no_rows_give_an_empty_matrix(kind):
    model = small(kind).fit(frame())
    empty = frame().iloc[:0]
    assert model.transform(empty).shape == (0, len(model.features_))
    assert model.known_terms(empty).shape == (0,)
    assert model.occurrences(empty) == []


def test_known_terms_are_words_learnt_without_marks_function_words_and_signs(fitted):
    sentences = ["Nurses praised Arvonia.", "The of and, 7!", "Quokkas yodel.", "praised praised praised"]
    assert fitted[1].known_terms(sentences).tolist() == [2, 0, 0, 1]
    assert fitted[0].known_terms(targets("Nurses praised [Arvonia].", "[Arvonia] yodels")).tolist() == [2, 0]


def test_scripts_without_case_have_known_terms():
    model = SentenceVectorizer(min_df=1, catalogue=CATALOGUE).fit(["مرحبا بالعالم", "世界 平和"])
    assert model.known_terms(["مرحبا", "平和 世界", "hello"]).tolist() == [1, 2, 0]


def test_templates_of_ones_own_take_the_place_of_the_defaults():
    model = small(SentenceVectorizer, templates=[Phrases("one", longest=1)]).fit(["a nice day"])
    assert list(model.get_feature_names_out()) == ["one:a", "one:day", "one:nice"]
    assert model.ratings_ == {}


def test_the_defaults_have_names_of_their_own():
    for templates in (TARGET_TEMPLATES, SENTENCE_TEMPLATES):
        assert len({template.name for template in templates}) == len(templates)


@BOTH
def test_copies_give_the_same_matrix(kind, tmp_path):
    rows = frame()
    model = small(kind).fit(rows)
    joblib.dump(model, tmp_path / "model.joblib")
    matrix = dense(model.transform(rows))
    copies = pickle.loads(pickle.dumps(model)), joblib.load(tmp_path / "model.joblib"), copy.deepcopy(model)
    for other in (*copies, clone(model).fit(rows)):
        assert (dense(other.transform(rows)) == matrix).all()
    with pytest.raises(NotFittedError, match="not fitted"):
        clone(model).transform(rows)


def test_a_pipeline_with_scikit_learn_learns():
    rows = frame()
    model = make_pipeline(small(TargetVectorizer), LogisticRegression(C=10)).fit(rows, rows["label"])
    assert model.score(rows, rows["label"]) > 0.9
    assert model[:-1].get_feature_names_out().dtype == object


@BOTH
def test_before_fit_there_is_nothing_to_ask(kind):
    for method in ("transform", "known_terms", "occurrences"):
        with pytest.raises(NotFittedError, match="not fitted"):
            getattr(kind(), method)(frame())
    with pytest.raises(NotFittedError, match="not fitted"):
        kind().get_feature_names_out()


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ("One sentence.", "got a single string; put it in a list"),
        (["fine", None], "row 1 of X must be a string, got NoneType"),
        (["fine", 3], "row 1 of X must be a string, got int"),
        (pd.DataFrame({"body": ["a"]}), "X needs a column 'text', got body"),
        (pd.DataFrame({"text": ["a", float("nan")]}), "row 1 of X must be a string, got float"),
        ([], "nothing to fit on"),
        (["...", ""], "no phrase stands in min_df=1 rows or more"),
    ],
)
def test_sentences_that_cannot_be_used_are_refused(X, message):
    with pytest.raises(InputError, match=message):
        small(SentenceVectorizer).fit(X)


def spans_frame(**columns):
    return pd.DataFrame({"text": ["Arvonia fell.", "Arvonia, Belmark fell."], "start": [0, 0], "end": [7, 7]} | columns)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ("One sentence.", "must be a DataFrame with the columns text, start, end, got str"),
        (["One sentence."], "must be a DataFrame .* got list"),
        (pd.DataFrame({"text": ["a"], "start": [0]}), "text, start, end: end missing, got text, start"),
        (pd.DataFrame(), "text, start, end missing, got none"),
        (spans_frame(text=["Arvonia", None]), "row 1 of X must be a string"),
        (spans_frame(end=[7, 40]), r"row 1 of X: the target's span 0..40 does not lie in the text of 22 characters"),
        (spans_frame(start=[0, -1]), r"row 1 of X: the target's span -1..7"),
        (spans_frame(start=[7, 0]), r"row 0 of X: the target's span 7..7"),
        (spans_frame(start=[0, float("nan")]), "row 1 of X has no start or end"),
        (spans_frame(end=pd.array([7, None], dtype="Int64")), "row 1 of X has no start or end"),
        (spans_frame(end=pd.Series([7, None], dtype=object)), "row 1 of X has no start or end"),
        (spans_frame(start=[0, 0.5]), "row 1 of X: start and end must be whole numbers of characters, got 0.5 and 7"),
        (spans_frame(start=[0, float("-inf")]), "row 1 of X: start and end must be whole numbers"),
        (spans_frame(end=["7", "x"]), "row 1 of X: start and end must be whole numbers"),
        (spans_frame(spans=[None, [(5, 9)]]), "row 1 of X: the target's spans overlap at character 5"),
        (spans_frame(spans=[None, "[[0, 7], [9]]"]), r"row 1 of X: spans must be pairs of start and end"),
        (spans_frame(spans=[None, "not json"]), r"row 1 of X: spans must be pairs .* got 'not json'"),
        (spans_frame(spans=[None, [(0, 7.5)]]), r"row 1 of X: spans must be pairs"),
        (spans_frame(spans=[None, "[" * 100_000]), r"row 1 of X: spans must be pairs"),
        (spans_frame(spans=[None, "[[0, 1e999]]"]), r"row 1 of X: spans must be pairs"),
        (spans_frame(spans=[None, 7]), r"row 1 of X: spans must be pairs .* got 7"),
    ],
)
def test_targets_that_cannot_be_used_are_refused(X, message):
    with pytest.raises(InputError, match=message):
        small(TargetVectorizer).fit(X)


@pytest.mark.parametrize(
    "columns",
    [
        {"spans": [[(0, 7)], [(0, 7), (9, 16)]]},
        {"spans": ["[[0, 7]]", "[[0, 7], [9, 16]]"]},
        {"spans": [None, np.array([[9, 16]])]},
        {"spans": [float("nan"), [(9, 16)]]},
        {"spans": [pd.NA, "[[9, 16]]"]},
        {"start": [0.0, 0.0], "end": [7.0, 7.0], "spans": [None, [(9.0, 16.0)]]},
        {"start": np.array([0, 0], dtype=np.int32), "spans": pd.Series([None, "[[9, 16]]"], dtype="string")},
    ],
)
def test_spans_come_as_lists_json_or_not_at_all(columns):
    model = small(TargetVectorizer).fit(frame())
    expected = dense(model.transform(targets("[Arvonia] fell.", "[Arvonia], [Belmark] fell.")))
    assert (dense(model.transform(spans_frame(**columns))) == expected).all()


@pytest.mark.parametrize("min_df", [0, -1, 1.5, "2", None])
def test_min_df_must_be_a_number_of_rows(min_df):
    with pytest.raises(InputError, match="min_df must be an integer of at least 1"):
        small(SentenceVectorizer, min_df=min_df).fit(["a b"])


@pytest.mark.parametrize("templates", [[], [Phrases("p"), Lexicon("p")]])
def test_templates_need_names_of_their_own(templates):
    with pytest.raises(InputError, match="templates must be one or more with names of their own"):
        small(SentenceVectorizer, templates=templates).fit(["a b"])


def test_marks_are_what_masking_makes():
    assert set(masked("[Mali] met Chad on Monday with 3 men.")) >= MARKS
