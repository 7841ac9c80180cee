"""Accounts add up to decisions, and comparisons to differences; both can be read."""

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import CATALOGUE, data, frame, make, targets
from sklearn.exceptions import NotFittedError

from stancekit import load_model
from stancekit.errors import InputError
from stancekit.explanation import actor_rows, compare, explain, group_values, sentence_rows

TASKS = ["stance", "sentiment", "framing"]
WORDS = [
    *("Arvonia", "Belmark", "Kenya", "Oxfam", "rebels", "praised", "blamed", "killed", "not", "never", "clinic", "the"),
    *(
        "cruel",
        "rescued",
        "shelled",
        "shelling",
        "Zorblatt",
        "brave",
        "3,000",
        "Monday",
        ",",
        ";",
        '"',
        "but",
        "a",
        "for",
    ),
    *("café", "世界", "\U0001f600", "naïve", "<b>&", "it's", "peace"),
]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join) | st.text(min_size=1, max_size=60)


def fitted(task, labels=None):
    X, y = data(task)
    return make(task).fit(X, y if labels is None else labels)


@pytest.fixture(scope="module")
def models():
    """One small model per task, of several classes, flags and two classes, and the shipped ones."""
    own = {task: fitted(task) for task in TASKS}
    two = {task: fitted(task, np.where(data(task)[1] == "neutral", "no", "yes")) for task in TASKS[:2]}
    shipped = {f"shipped {task}": load_model(task) for task in TASKS}
    return own | {f"two classes {task}": model for task, model in two.items()} | shipped


KINDS = [*TASKS, "two classes stance", "two classes sentiment", *(f"shipped {task}" for task in TASKS)]


def rows_for(model, texts, cuts):
    """X: sentences, or with a target at a random place."""
    if "stance" not in type(model).__name__.lower():
        return texts
    spans = [sorted((int(a * len(text)), int(b * len(text)))) for text, (a, b) in zip(texts, cuts, strict=True)]
    spans = [(min(a, len(text) - 1), max(b, a + 1)) for text, (a, b) in zip(texts, spans, strict=True)]
    return pd.DataFrame({"text": texts, "start": [a for a, _ in spans], "end": [max(a + 1, b) for a, b in spans]})


def decided(model, X):
    values = model.decision_function(X)
    return values.reshape(len(values), -1)


# -- accounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(texts=st.lists(SENTENCES, min_size=1, max_size=4), data=st.data())
def test_bias_and_occurrences_sum_to_the_decision_value(models, kind, texts, data):
    model = models[kind]
    share = st.floats(0, 0.99)
    X = rows_for(model, texts, [data.draw(st.tuples(share, share)) for _ in texts])
    account = explain(model, X)
    values = decided(model, X)
    labels = list(account.decisions["label"].cat.categories)
    assert len(account.decisions) == values.size
    for row in range(len(texts)):
        for column, label in enumerate(labels):
            for parts in (account.contributions, account.words):
                mine = parts[(parts["row"] == row) & (parts["label"] == label)]["contribution"]
                total = math.fsum([model.intercept_[column], *mine])
                assert abs(total - values[row, column]) < 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_the_frames_say_what_the_model_says(models, kind):
    model = models[kind]
    X = targets("Nurses praised [Arvonia] for opening the clinic.", "[Belmark] killed nine shoppers.", "[Zzz]")
    X = X if "stance" in kind else list(X["text"])
    account = explain(model, X)
    assert account.decisions["decision"].to_numpy() == pytest.approx(decided(model, X).ravel(), abs=0)
    proba = model.predict_proba(X)
    assert (account.rows[[f"p_{name}" for name in model.classes_]].to_numpy() == proba).all()
    shown = proba[:, -decided(model, X).shape[1] :]
    assert (account.decisions["probability"].to_numpy() == shown.ravel()).all()
    assert list(account.rows["known_terms"]) == list(model.known_terms(X))
    sums = account.decisions["bias"] + account.decisions["contributions"]
    assert (sums - account.decisions["decision"]).abs().max() < 1e-9


@pytest.mark.parametrize("kind", ["stance", "two classes sentiment"])
def test_the_label_is_the_predicted_one(models, kind):
    X = frame()
    assert list(explain(models[kind], X).rows["label"]) == list(models[kind].predict(X))


def test_the_label_of_flags_names_those_that_are_on(models):
    X = frame()
    flags = models["framing"].predict(X)
    names = {(0, 0): "neither", (1, 0): "humanitarian", (0, 1): "tactical", (1, 1): "humanitarian+tactical"}
    assert list(explain(models["framing"], X).rows["label"]) == [names[tuple(row)] for row in flags.tolist()]


@pytest.mark.parametrize("task", TASKS)
def test_places_hold_the_text(models, task):
    account = explain(models[task], frame())
    for parts in (account.contributions, account.words):
        assert len(parts)
        cut = [account.texts[part.row][part.start : part.end] for part in parts.itertuples()]
        assert cut == list(parts["text"])


def test_a_phrase_stands_at_its_place(models):
    X = targets("Doctors praised [Arvonia].")
    found = explain(models["stance"], X).contributions
    near = found.query("phrase == 'praised <target>' and label == 'favor' and template == 'near'")
    assert near[["start", "end", "text"]].to_numpy().tolist() == [[8, 23, "praised Arvonia"]]


def test_a_phrase_that_stands_twice_is_two_occurrences_and_one_phrase(models):
    account = explain(models["sentiment"], ["Nurses praised teachers and bishops praised doctors."])
    praised = account.contributions.query("phrase == 'praised' and label == 'positive' and template == 'sentence'")
    assert list(praised["start"]) == [7, 36]
    row = account.by_phrase().query("phrase == 'praised' and label == 'positive' and template == 'sentence'")
    assert list(row["n"]) == [2]
    assert row["contribution"].iloc[0] == pytest.approx(praised["contribution"].sum(), abs=1e-12)


def test_phrases_come_by_size_within_row_and_label(models):
    table = explain(models["stance"], frame()).by_phrase()
    for _, part in table.groupby(["row", "label"], observed=True):
        assert part["contribution"].abs().is_monotonic_decreasing
    assert (
        table[["row", "label"]]
        .drop_duplicates()
        .equals(table[["row", "label"]].drop_duplicates().sort_values(["row", "label"]))
    )


def test_no_rows_give_empty_frames_with_all_columns(models):
    whole, empty = explain(models["stance"], frame()), explain(models["stance"], frame().iloc[:0])
    for name in ("rows", "decisions", "contributions", "words"):
        assert list(getattr(empty, name).columns) == list(getattr(whole, name).columns)
        assert not len(getattr(empty, name))
    assert empty.text() == ""
    assert empty.by_phrase().empty


def test_x_is_left_as_it_is(models):
    X = frame()
    explain(models["stance"], X)
    pd.testing.assert_frame_equal(X, frame())


def test_what_is_no_model_is_refused():
    with pytest.raises(InputError, match=r"model must be a StanceClassifier.*got str; load_model gives one"):
        explain("stance", ["Talks began."])


def test_an_unfitted_model_is_refused():
    with pytest.raises(NotFittedError, match="not fitted"):
        explain(make("sentiment"), ["Talks began."])


def test_a_bare_string_is_refused(models):
    with pytest.raises(InputError, match="got a single string; put it in a list"):
        explain(models["sentiment"], "Talks began.")


# -- shown -------------------------------------------------------------------------------------------------------------


def test_text_shows_decision_and_phrases_and_one_sum_for_the_rest(models):
    account = explain(models["stance"], targets("Doctors praised [Arvonia] for its brave rescue."))
    shown = account.text(top=3)
    lines = shown.splitlines()
    label, decision = account.rows["label"][0], account.decisions
    entry = decision[decision["label"] == label].iloc[0]
    assert lines[0] == account.texts[0]
    assert lines[1] == f"predicted for Arvonia: {label}; probability of {label}: {entry.probability:.3f}"
    assert f"decision value of {label}: {entry.decision:+.3f} = bias {entry.bias:+.3f}" in lines[2]
    added = [float(line.split()[0]) for line in lines[5:]]
    assert len(added) == 4
    assert sum(added) == pytest.approx(entry.contributions, abs=0.005)
    assert lines[-1].endswith("more")
    assert "\x1b" not in shown


def test_all_phrases_are_shown_on_request(models):
    account = explain(models["sentiment"], ["Doctors praised the brave rescue."])
    label = account.rows["label"][0]
    n = (account.contributions["label"] == label).sum()
    assert len(account.text(top=0).splitlines()) == 3 + 2 + n


def test_colour_adds_nothing_but_colour(models):
    account = explain(models["stance"], targets("Doctors praised [Arvonia] for its brave rescue."))
    coloured = account.text(color=True)
    assert "\x1b[4m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == account.text()


def test_both_flags_are_shown_and_one_on_request(models):
    account = explain(models["framing"], ["Doctors treat the wounded."])
    assert account.text().count("decision value of") == 2
    assert account.text(label="tactical").count("decision value of tactical") == 1


def test_flags_are_shown_with_the_probability_from_which_they_are_on(models):
    model = models["shipped framing"]
    account = explain(model, ["Doctors treat the wounded."])
    assert account.decisions["threshold"].tolist() == model.thresholds_.tolist()
    for flag, threshold in zip(model.classes_, model.thresholds_, strict=True):
        (line,) = [line for line in account.text(label=flag).splitlines() if line.startswith("predicted")]
        assert line.endswith(f", on from {threshold:.3f}")
        assert f", on from {threshold:.3f}" in account.html(label=flag)
    of_classes = explain(models["sentiment"], ["Doctors treat the wounded."])
    assert of_classes.decisions["threshold"].isna().all()
    assert "on from" not in of_classes.text()


def test_where_another_label_is_more_probable_that_is_said(models):
    account = explain(models["sentiment"], ["Doctors treat the wounded."])
    proba = account.rows[["p_negative", "p_neutral", "p_positive"]].iloc[0]
    assert "more probable" not in account.text()
    rarest = proba.idxmin().removeprefix("p_")
    chosen = replace(account, rows=account.rows.assign(label=rarest))
    most = proba.idxmax().removeprefix("p_")
    assert f"{most} is more probable ({proba.max():.3f}); rarer labels are said from less on" in chosen.text()
    flags = explain(models["framing"], ["Doctors treat the wounded.", "Cordova moved tanks."])
    assert "more probable" not in replace(flags, rows=flags.rows.assign(label="tactical")).text()


def test_of_three_flags_all_are_shown_however_many_are_on():
    X, y = data("framing")
    model = make("framing", flags=["aid", "war", "never"]).fit(X, np.column_stack([y, np.arange(len(y)) < 2]))
    account = explain(model, X)
    one = account.rows.index[account.rows["label"].isin(["aid", "war"])]
    assert len(one)
    shown = explain(model, X.iloc[one[:1]]).text()
    assert shown.count("decision value of") == 3


def test_of_two_classes_the_second_is_shown(models):
    account = explain(models["two classes sentiment"], ["The ship left with a load of grain."])
    assert account.text().count("decision value of yes") == 1


def test_a_sentence_without_known_words_is_said_to_have_the_prior(models):
    account = explain(models["shipped sentiment"], ["Zorblatt."])
    assert "the answer is its prior" in account.text()
    assert "the answer is its prior" in account.html()


def test_a_notebook_gets_escaped_text_with_marked_words(models):
    account = explain(models["stance"], targets("<script>alert(1)</script> praised [Arvonia] & friends."))
    html = account._repr_html_()
    assert "<script" not in html
    assert "&lt;" in html
    assert re.search(r'<span style="background:rgba\([\d,.]+\)" title="[+-][\d.]+">(<u>)?', html)
    visible = re.sub(r"<[^>]+>", "", html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; praised Arvonia &amp; friends." in visible


def test_a_notebook_gets_the_first_twenty_rows_and_a_count_of_the_rest(models):
    account = explain(models["sentiment"], ["Talks began."] * 23)
    assert account._repr_html_().count("decision value of") == 20
    assert "3 more rows; html() shows all" in account._repr_html_()
    assert account.html().count("decision value of") == 23


@pytest.mark.parametrize("top", [-1, 1.5, True, "ten"])
def test_a_top_that_is_no_count_is_refused(models, top):
    with pytest.raises(InputError, match="top must be a number of phrases"):
        explain(models["sentiment"], ["Talks began."]).text(top=top)


def test_an_unknown_label_is_refused(models):
    with pytest.raises(InputError, match="label must be one of negative, neutral, positive, got 'favor'"):
        explain(models["sentiment"], ["Talks began."]).html(label="favor")


# -- comparisons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(groups=st.lists(st.sampled_from(["Gazette", "Post", "Echo", None]), min_size=40, max_size=40), data=st.data())
def test_differences_of_phrases_sum_to_the_difference_of_decision_values(models, kind, groups, data):
    groups[:2] = ["Gazette", "Post"]
    X = frame()
    model, b = models[kind], data.draw(st.sampled_from(["Post", None]))
    found = compare(model, X, groups, a="Gazette", b=b)
    values = decided(model, X)
    in_a = np.array([group == "Gazette" for group in groups])
    in_b = np.array([group == "Post" or (b is None and group == "Echo") for group in groups])
    assert (found.n_a, found.n_b) == (in_a.sum(), in_b.sum())
    assert found.n_left_out == 40 - in_a.sum() - in_b.sum()
    expected = values[in_a].mean(axis=0) - values[in_b].mean(axis=0)
    assert found.labels["difference"].to_numpy() == pytest.approx(expected, abs=1e-9)
    for label, difference in zip(found.labels["label"], expected, strict=True):
        mine = found.phrases[found.phrases["label"] == label]
        assert math.fsum(mine["mean_a"] - mine["mean_b"]) == pytest.approx(difference, abs=1e-9)
        assert math.fsum(mine["difference"]) == pytest.approx(difference, abs=1e-9)
        assert mine["difference"].abs().is_monotonic_decreasing


def test_the_means_of_phrases_are_those_of_the_accounts(models):
    X, groups = frame(), ["a", "b"] * 20
    found = compare(models["stance"], X, groups).phrases
    parts = explain(models["stance"], X).contributions
    keys = ["label", "template", "phrase"]
    mine = parts[parts["row"] % 2 == 0].groupby(keys, observed=True)["contribution"].sum() / 20
    theirs = found[found["rows_a"] > 0].set_index(keys)["mean_a"]
    assert len(mine) == len(theirs)
    assert (mine - theirs).abs().max() < 1e-12


def test_rows_that_hold_a_phrase_are_counted(models):
    texts = ["Nurses praised doctors and praised bishops.", "Nurses praised doctors.", "Talks began."]
    found = compare(models["sentiment"], texts, ["x", "x", "y"]).phrases
    row = found.query("phrase == 'praised' and label == 'positive' and template == 'sentence'")
    assert row[["rows_a", "rows_b"]].to_numpy().tolist() == [[2, 0]]


def test_two_groups_need_no_names_and_the_first_comes_first(models):
    found = compare(models["sentiment"], ["Talks began.", "It rained.", "A joyful rescue."], ["z", "a", "z"])
    assert (found.a, found.b) == ("z", "a")
    assert repr(found) == "Comparison('z' (2 rows) less 'a' (1 rows))"


def test_the_largest_differences_of_a_label_can_be_asked_for(models):
    found = compare(models["stance"], frame(), frame()["label"], a="favor", b="against")
    top = found.top("favor", 5)
    assert len(top) == 5
    assert set(top["label"]) == {"favor"}
    assert (top["difference"] > 0).any()
    with pytest.raises(InputError, match="label must be one of against, favor, neutral, got 'positive'"):
        found.top("positive")


@pytest.mark.parametrize(
    ("groups", "arguments", "message"),
    [
        (["x", "y"], {}, "groups must hold one value per row of X: 3 rows, got 2"),
        (["x", "y", "z"], {}, r"exactly two values.*got 3 \('x', 'y', 'z'\); name one as a"),
        (["x", "x", "x"], {}, r"exactly two values.*got 1 \('x'\)"),
        ([None, None, None], {}, r"exactly two values.*got 0 \(none\)"),
        (["x", "y", "y"], {"a": "q"}, "a='q' has no rows; groups are 'x', 'y'"),
        (["x", "y", "y"], {"a": "x", "b": "q"}, "b='q' has no rows"),
        (["x", "y", "y"], {"a": "x", "b": "x"}, "must be different groups"),
        (["x", "y", "y"], {"b": "x"}, "b='x' needs a"),
        (["x", "x", None], {"a": "x"}, "nothing to compare with: all rows are of the group 'x'"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(models, groups, arguments, message):
    with pytest.raises(InputError, match=message):
        compare(models["sentiment"], ["Talks began.", "It rained.", "It snowed."], groups, **arguments)


# -- articles to rows --------------------------------------------------------------------------------------------------

ARTICLES = pd.DataFrame(
    {
        "article_id": ["a1", "a2"],
        "title": ["Truce holds", None],
        "outlet": ["Gazette", "Post"],
        "text": ["Kenya praised Oxfam. Oxfam thanked Kenya, and Kenya smiled.", "It rained."],
    }
)


def test_sentences_come_with_their_places_and_the_columns_of_their_article():
    rows = sentence_rows(ARTICLES)
    assert list(rows["text"]) == [
        "Truce holds",
        "Kenya praised Oxfam.",
        "Oxfam thanked Kenya, and Kenya smiled.",
        "It rained.",
    ]
    assert list(rows["sentence_id"]) == [0, 1, 2, 0]
    assert list(rows["part"]) == ["title", "body", "body", "body"]
    assert list(rows["outlet"]) == ["Gazette"] * 3 + ["Post"]
    body = ARTICLES["text"][0]
    assert [body[a:b] for a, b in zip(rows["sentence_start"][1:3], rows["sentence_end"][1:3], strict=True)] == list(
        rows["text"][1:3]
    )


def test_each_actor_of_a_sentence_is_a_row_with_all_its_mentions():
    rows = actor_rows(ARTICLES)
    assert rows[["actor_id", "sentence_id"]].to_numpy().tolist() == [["KEN", 1], ["oxfam", 1], ["oxfam", 2], ["KEN", 2]]
    assert rows["spans"][3] == [(14, 19), (25, 30)]
    assert list(rows["outlet"]) == ["Gazette"] * 4


def test_own_actors_are_found():
    assert list(actor_rows("Arvonia won.", catalogue=CATALOGUE)["actor_id"]) == ["AAA"]


def test_rows_give_the_probabilities_that_scoring_gives(scorer):
    stances = scorer.score(ARTICLES).stances
    rows = actor_rows(ARTICLES)
    proba = explain(scorer.models.stance, rows).rows
    assert list(rows["actor_id"]) == list(stances["actor_id"])
    for label in ("favor", "neutral", "against"):
        # Native code sums in another order: equal to within rounding.
        assert proba[f"p_{label}"].to_numpy() == pytest.approx(stances[f"stance_p_{label}"].to_numpy(), abs=1e-12)


def test_an_article_that_cannot_be_used_is_refused_with_its_row():
    with pytest.raises(InputError, match="row 1 of the articles: text is empty"):
        sentence_rows(ARTICLES.assign(text=["Talks began.", " "]))


def test_a_text_without_actors_gives_no_rows():
    rows = actor_rows("It rained.")
    assert rows.empty
    assert {"text", "start", "end", "spans", "actor_id"} <= set(rows.columns)


def test_rows_are_grouped_by_column_month_or_year_and_missing_values_stay_missing():
    rows = sentence_rows(ARTICLES.assign(published=["2026-03-05", "someday"], n=[1, None]))
    assert list(group_values(rows, "outlet")) == ["Gazette"] * 3 + ["Post"]
    assert list(group_values(rows, "month").fillna("none")) == ["2026-03"] * 3 + ["none"]
    assert list(group_values(rows, "year").fillna("none")) == ["2026"] * 3 + ["none"]
    assert group_values(rows, "n").isna().tolist() == [False, False, False, True]


def test_an_unknown_column_to_group_by_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"no column 'paper' to group by; columns are article_id, .*outlet"):
        group_values(sentence_rows(ARTICLES), "paper")


# -- masking -----------------------------------------------------------------------------------------------------------


def test_a_copy_masks_the_names_of_own_actors_and_the_model_stays_as_it_is(models):
    model = models["shipped sentiment"]
    copied = model.masking(CATALOGUE)
    assert "Arvonia" not in {actor.name for actor in model.vectorizer_.masker_.matcher.catalogue.values()}
    assert copied.vectorizer_.masker_.matcher.catalogue["AAA"].name == "Arvonia"
    assert type(copied) is type(model)


@pytest.mark.parametrize("n", [1, 3])
def test_flags_of_ones_own_are_taken_apart(n):
    X, y = data("framing")
    flags = np.column_stack([y, y[:, 0] | y[:, 1]])[:, :n]
    model = make("framing", flags=["aid", "war", "any"][:n]).fit(X, flags)
    found = explain(model, X)
    assert len(found.decisions) == 40 * n
    told = found.decisions["bias"] + found.decisions["contributions"] - found.decisions["decision"]
    assert np.abs(told).max() < 1e-9
    on = ["+".join(name for name, flag in zip(model.classes_, row, strict=True) if flag) for row in model.predict(X)]
    assert found.rows["label"].tolist() == [name or "none" for name in on]
