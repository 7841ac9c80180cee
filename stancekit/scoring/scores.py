"""What scoring found, and tables of counts from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from stancekit.articles.dates import periods
from stancekit.errors import InputError
from stancekit.scoring.edges import edges
from stancekit.scoring.lineage import ACTOR, check_level, no_lineage, roll_up
from stancekit.tasks import FRAMING

__all__ = ["Scores", "count", "shares"]

ALIASES = {"article": "article_id"}
IDS = ["article_id", "sentence_id"]


# Frames have no equality of their own that would answer yes or no.
@dataclass(frozen=True, eq=False)
class Scores:
    """Sentences and stances of scored articles.

    Attributes
    ----------
    sentences : DataFrame
        One row per sentence.
    stances : DataFrame
        One row per sentence and actor; joins with ``sentences`` on ``article_id, sentence_id``.
    articles : DataFrame
        One row per scored article: ``article_id`` and every other column but the text.
    rejected : DataFrame
        One row per article that could not be scored: ``file``, ``row``, ``article_id``, ``reason``.
    n_cut : int
        Sentences that were cut hard because no end came within 10,000 characters.
    actors : DataFrame
        One row per actor that occurs as target or holder, and per actor for whom one of these acts: ``actor_id``,
        ``actor``, ``kind``, ``parent_id``.
    """

    sentences: pd.DataFrame
    stances: pd.DataFrame
    articles: pd.DataFrame
    rejected: pd.DataFrame
    n_cut: int = 0
    actors: pd.DataFrame = field(default_factory=no_lineage)

    def __repr__(self) -> str:
        rejected = f", {len(self.rejected)} rejected" if len(self.rejected) else ""
        counts = f"{len(self.articles)} articles, {len(self.sentences)} sentences, {len(self.stances)} stances"
        return f"Scores({counts}{rejected})"

    def by(self, *keys: str, level: str = "actor") -> pd.DataFrame:
        """Count labels and give their shares, per actor, article, outlet, month or any other column.

        Labels are counted as they were predicted. That is a summary of the scores, not an estimate of the true
        shares: a classifier's errors do not cancel out.

        Parameters
        ----------
        *keys : str
            ``"actor"``, ``"article"``, ``"month"`` or ``"year"`` (of ``published``), or a column of the articles,
            sentences or stances, such as ``"outlet"``, ``"kind"``, ``"part"``, ``"frame"``.
        level : {"actor", "state"}, default "actor"
            ``"state"`` counts persons, forces and groups for the state at the end of their chain of parents; those
            whose chain reaches none stay themselves. A sentence that names a state and its president is then one of
            ``n_sentences`` and two stances.

        Returns
        -------
        DataFrame
            One row per combination that occurs, missing values included. With an actor among the keys a row counts
            (sentence, actor) pairs: ``n_articles``, ``n_sentences``, then ``n_`` and ``share_`` of each stance and
            flag, and ``n_undecided`` for pairs without a stance. Otherwise it counts sentences, with their sentiment
            and flags, and the stances in them. Shares are of the rows that have a label, between 0 and 1, missing where
            there is none. By actor alone, the most frequent come first; otherwise rows are sorted by the keys.

        Raises
        ------
        InputError
            If a key or the level is unknown, or a level of states is asked for without an actor among the keys.

        Examples
        --------
        >>> from stancekit import Scorer
        >>> scores = Scorer().score("Kenya praised Oxfam. Oxfam thanked Kenya.")
        >>> scores.by("actor")["n_sentences"].tolist()
        [2, 2]
        """
        if not keys:
            raise InputError("by() needs a key or more, such as by('actor') or by('outlet', 'month')")
        if all(isinstance(key, str) for key in keys):
            check_level(level)
            if level != "actor" and not set(ACTOR).intersection(key_columns(keys)):
                raise InputError(f"level={level!r} needs an actor among the keys: write by('actor', level={level!r})")
            stances = roll_up(self.stances, self.actors, level)
            counts = count(self.sentences, stances, self._described(keys), keys)
            return shares(counts, keys)
        raise InputError(
            f"keys must be names of columns, got {', '.join(repr(key) for key in keys)}; write by('outlet', 'month')"
        )

    def edges(self, *, narrator: bool = False, level: str = "actor") -> pd.DataFrame:
        """Count who takes which stance toward whom: holder, target, and how often.

        Parameters
        ----------
        narrator : bool, default False
            Whether to add what the outlet says in its own voice, under the holder ``"narrator"``. Left out by default:
            the narrator is no actor, and its edges outnumber all others.
        level : {"actor", "state"}, default "actor"
            As in :meth:`by`, for holders and targets.

        Returns
        -------
        DataFrame
            One row per holder and target: ``holder_id`` (missing if the holder is no actor of the catalogue),
            ``holder`` (the actor's name, else the words of the text, missing where the text names nobody),
            ``actor_id``, ``actor``, ``kind`` of the target, ``n_articles``, ``n_sentences``, ``n_`` of each stance, and
            ``n_undecided``. The most frequent come first.

        Raises
        ------
        InputError
            If the level is unknown.

        Examples
        --------
        >>> from stancekit import Scorer
        >>> scores = Scorer().score("Kenya accused Uganda of shelling a village.")
        >>> scores.edges()[["holder_id", "actor_id"]].values.tolist()
        [['KEN', 'UGA']]
        """
        return edges(self.stances, self.actors, narrator=narrator, level=level)

    def _described(self, keys: Sequence[str]) -> pd.DataFrame:
        """Give the articles with the month and year that keys ask for."""
        articles = self.articles
        for period in ("month", "year"):
            if period in keys and period not in articles.columns:
                articles = articles.assign(**{period: periods(articles["published"], period)})
        return articles


def count(sentences: pd.DataFrame, stances: pd.DataFrame, articles: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Count labels per combination of keys; counts of chunks may be added up.

    Parameters
    ----------
    sentences, stances, articles : DataFrame
        As in :class:`Scores`.
    keys : sequence of str
        As in :meth:`Scores.by`.

    Returns
    -------
    DataFrame
        Indexed by the columns that the keys stand for.

    Raises
    ------
    InputError
        If a key is unknown.
    """
    columns = key_columns(keys)
    known = {*stances.columns, *sentences.columns, *articles.columns}
    for key, column in zip(keys, (ALIASES.get(key, key) for key in keys), strict=True):
        if column not in known:
            raise InputError(
                f"no key {key!r}: give actor, article, month, year or a column: {', '.join(sorted(known - {'text'}))}"
            )
    counted = [column for column in columns if column.startswith(("n_", "share_")) and column not in stances.columns]
    if counted:
        raise InputError(
            f"a key must not begin with n_ or share_, as counts do, got {counted[0]!r}; rename that column"
        )
    # A column of the articles gives way to one of the scores that has its name.
    told = _kept(sentences, IDS, [*columns, "sentiment", *FRAMING.labels])
    described = _kept(
        articles, ["article_id"], [name for name in columns if name not in told.columns and name not in stances.columns]
    )
    whole = told.merge(described, on="article_id", how="left")
    pairs = _kept(stances, IDS, [*columns, "stance"]).merge(whole, on=IDS, how="left")
    if any(name in stances.columns for name in columns if name not in IDS):
        return _tallied(pairs, columns, "stance")
    per_sentence = _tallied(whole, columns, "sentiment")
    per_stance = _tallied(pairs, columns, "stance").rename(columns={"n_undecided": "n_stances_undecided"})
    fresh = [name for name in per_stance.columns if name not in per_sentence.columns]
    return per_sentence.join(per_stance[fresh], how="left").fillna(0).astype("int64")


def _kept(frame: pd.DataFrame, ids: list[str], names: Sequence[str]) -> pd.DataFrame:
    return frame[[*ids, *dict.fromkeys(name for name in names if name in frame.columns and name not in ids)]]


def key_columns(keys: Sequence[str]) -> list[str]:
    """Give the columns that keys stand for: an actor is told by id, name and kind."""
    columns: list[str] = []
    for key in keys:
        columns += ACTOR if key == "actor" else [ALIASES.get(key, key)]
    return list(dict.fromkeys(columns))


def _tallied(rows: pd.DataFrame, columns: list[str], question: str) -> pd.DataFrame:
    """Count rows, articles, labels of a question and flags per group."""
    prefix = "n_sentiment_" if question == "sentiment" else "n_"
    tallies = {f"{prefix}{label}": rows[question] == label for label in rows[question].cat.categories}
    tallies["n_undecided"] = rows[question].isna()
    for flag in FRAMING.labels:
        tallies[f"n_{flag}"] = rows[flag].fillna(False)
        tallies[f"n_{flag}_decided"] = rows[flag].notna()
    groups = [
        rows[name].astype(object) if isinstance(rows[name].dtype, pd.CategoricalDtype) else rows[name]
        for name in columns
    ]
    articles = pd.concat([*groups, rows["article_id"]], axis=1)
    # Rolled up, a sentence may name one actor twice; by other columns, such as kind, rows are pairs and all counted.
    pairs = pd.concat([*groups, rows[IDS]], axis=1)
    fresh = ~pairs.duplicated() if "actor_id" in columns else True
    table = pd.DataFrame(
        {"n_articles": ~articles.duplicated(), "n_sentences": fresh} | tallies, index=rows.index
    ).astype("int64")
    return table.groupby(groups, dropna=False, sort=True).sum()


def shares(counts: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Turn counts to the table of :meth:`Scores.by`.

    Parameters
    ----------
    counts : DataFrame
        From :func:`count`.
    keys : sequence of str
        The same.

    Returns
    -------
    DataFrame
        Keys as columns, counts, shares.
    """
    table = counts.copy()
    named = [
        name
        for name in table.columns
        if name.startswith("n_")
        and name not in {"n_articles", "n_sentences", "n_undecided", "n_stances_undecided"}
        and not name.endswith("_decided")
    ]
    flags = [f"n_{flag}" for flag in FRAMING.labels]
    tones = [name for name in named if name.startswith("n_sentiment_")]
    stances = [name for name in named if name not in {*flags, *tones}]
    for group in (stances, tones):
        total = table[group].sum(axis=1)
        for name in group:
            table[f"share_{name[2:]}"] = (table[name] / total).where(total > 0)
    for name in flags:
        total = table.pop(f"{name}_decided")
        table[f"share_{name[2:]}"] = (table[name] / total).where(total > 0)
    if list(keys) == ["actor"]:
        table = table.sort_values("n_sentences", ascending=False, kind="stable")
    return table.reset_index()
