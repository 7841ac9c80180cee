"""What scoring found, and tables of counts from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from stancekit.actors.levels import check_level
from stancekit.articles.dates import periods
from stancekit.errors import InputError
from stancekit.scoring.edges import edges
from stancekit.scoring.frames import stance_names
from stancekit.scoring.lineage import ACTOR, no_lineage, roll_up
from stancekit.tasks import FRAMING, SENTIMENT, STANCE

__all__ = ["Scores", "added", "count", "shares"]

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

    @staticmethod
    def concat(scores: Sequence["Scores"]) -> "Scores":
        """Put scores of different articles together.

        Parameters
        ----------
        scores : sequence of Scores
            At least one, such as some of :meth:`Scorer.stream`.

        Returns
        -------
        Scores
            Rows in the order given.

        Raises
        ------
        InputError
            If there is none.
        """
        if not scores:
            raise InputError("concat() needs at least one Scores, got none")
        if len(scores) == 1:
            return scores[0]
        frames = {
            name: pd.concat([getattr(one, name) for one in scores], ignore_index=True)
            for name in ("sentences", "stances", "articles", "rejected", "actors")
        }
        frames["actors"] = (
            frames["actors"].drop_duplicates("actor_id").sort_values("actor_id", kind="stable", ignore_index=True)
        )
        return Scores(**frames, n_cut=sum(one.n_cut for one in scores))

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
            One row per combination that occurs, missing values included; ``n_articles`` and ``n_sentences`` are
            different articles and sentences. With a column of the stances among the keys, such as the actor or its
            ``kind``, ``n_`` and ``share_`` of stances and flags count (sentence, actor) pairs, ``n_undecided`` those
            without a stance. Otherwise they count sentences, with their sentiment and flags, and the stances in them.
            Shares are of the rows that have a label, between 0 and 1, missing where there is none. By actor alone, the
            most frequent come first; otherwise rows are sorted by the keys, labels in their own order. Where a stance
            of one's own is called like another count (``"sentences"``, say), the columns of all stances begin with
            ``n_stance_`` and ``share_stance_``.

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
    """Count labels per combination of keys; counts of different articles may be added up.

    Parameters
    ----------
    sentences, stances, articles : DataFrame
        As in :class:`Scores`.
    keys : sequence of str
        As in :meth:`Scores.by`.

    Returns
    -------
    DataFrame
        The columns that the keys stand for, then counts under names of their own, which :func:`shares` makes plain.

    Raises
    ------
    InputError
        If a key is unknown.
    """
    columns = key_columns(keys)
    _check_keys(keys, {*stances.columns, *sentences.columns, *articles.columns}, set(stances.columns))
    told = _kept(sentences, IDS, [*columns, "sentiment", *FRAMING.labels])
    described = _kept(
        articles, ["article_id"], [name for name in columns if name not in told.columns and name not in stances.columns]
    )
    whole = told.merge(described, on="article_id", how="left")
    pairs = _kept(stances, IDS, [*columns, "stance"]).merge(whole, on=IDS, how="left")
    if any(name in stances.columns for name in columns if name not in IDS):
        group, table = _grouped(pairs, columns)
        return table.join(_tallied(pairs, group, STANCE.name))
    group, table = _grouped(whole, columns)
    per_sentence = _tallied(whole, group, SENTIMENT.name)
    of_pairs = _kept(stances, IDS, ["stance"]).merge(whole[IDS].assign(group=group), on=IDS, how="left")
    tallies = {name: of_pairs["stance"] == label for name, label in _labels(of_pairs["stance"], STANCE.name)}
    tallies[UNDECIDED_STANCES] = of_pairs["stance"].isna()
    per_pair = pd.DataFrame(tallies, index=of_pairs.index).groupby(of_pairs["group"]).sum()
    return table.join(per_sentence).join(per_pair.reindex(table.index, fill_value=0).astype("int64"))


# Names of counts that no label can have: they hold a space.
ARTICLES, SENTENCES, UNDECIDED, UNDECIDED_STANCES = "n articles", "n sentences", "n undecided", "n stances undecided"
PLAIN = {ARTICLES: "articles", SENTENCES: "sentences", UNDECIDED: "undecided", UNDECIDED_STANCES: "stances_undecided"}


def _check_keys(keys: Sequence[str], known: set[str], own: set[str]) -> None:
    for key in keys:
        if ALIASES.get(key, key) not in known:
            raise InputError(
                f"no key {key!r}: give actor, article, month, year or a column: {', '.join(sorted(known - {'text'}))}"
            )
    counted = [key for key in keys if key.startswith(("n_", "share_")) and key not in own]
    if counted:
        raise InputError(
            f"a key must not begin with n_ or share_, as counts do, got {counted[0]!r}; rename that column"
        )


def _kept(frame: pd.DataFrame, ids: list[str], names: Sequence[str]) -> pd.DataFrame:
    return frame[[*ids, *dict.fromkeys(name for name in names if name in frame.columns and name not in ids)]]


def key_columns(keys: Sequence[str]) -> list[str]:
    """Give the columns that keys stand for: an actor is told by id, name and kind."""
    columns: list[str] = []
    for key in keys:
        columns += ACTOR if key == "actor" else [ALIASES.get(key, key)]
    return list(dict.fromkeys(columns))


def _grouped(rows: pd.DataFrame, columns: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    """Give the number of each row's group, and the groups in their order; categories keep theirs."""
    group = rows.groupby(columns, dropna=False, sort=True, observed=True).ngroup()
    first = rows[columns].assign(group=group).drop_duplicates("group").set_index("group").sort_index()
    return group, first


def _labels(values: pd.Series, question: str) -> list[tuple[str, str]]:
    return [(f"{question} {label}", label) for label in values.cat.categories]


def _tallied(rows: pd.DataFrame, group: pd.Series, question: str) -> pd.DataFrame:
    """Count articles, sentences, labels of a question and flags per group."""
    tallies = {
        # Rows are (sentence, actor) pairs where a stance is asked: an article or a sentence is counted once.
        ARTICLES: ~rows[["article_id"]].assign(group=group).duplicated(),
        SENTENCES: ~rows[IDS].assign(group=group).duplicated(),
    }
    tallies |= {name: rows[question] == label for name, label in _labels(rows[question], question)}
    tallies[UNDECIDED] = rows[question].isna()
    for flag in FRAMING.labels:
        tallies[f"flag {flag}"] = rows[flag].fillna(False)
        tallies[f"decided {flag}"] = rows[flag].notna()
    return pd.DataFrame(tallies, index=rows.index).astype("int64").groupby(group).sum()


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
    columns = key_columns(keys)
    names = {name: name.partition(" ") for name in counts.columns if name not in columns}
    stances = [name for name, (what, _, _) in names.items() if what == STANCE.name]
    plain = stance_names([names[name][2] for name in stances])
    titles = dict(zip(stances, plain, strict=True)) | {name: PLAIN[name] for name in names if name in PLAIN}
    tones = [name for name, (what, _, _) in names.items() if what == SENTIMENT.name]
    titles |= {name: f"sentiment_{names[name][2]}" for name in tones}
    flags = {f"flag {flag}": f"decided {flag}" for flag in FRAMING.labels}
    titles |= {name: name.partition(" ")[2] for name in flags}
    table = counts[columns].copy()
    for name in names:
        if name in titles:
            table[f"n_{titles[name]}"] = counts[name]
    for group in (stances, tones):
        total = counts[group].sum(axis=1)
        for name in group:
            table[f"share_{titles[name]}"] = (counts[name] / total).where(total > 0)
    for name, decided in flags.items():
        table[f"share_{titles[name]}"] = (counts[name] / counts[decided]).where(counts[decided] > 0)
    if list(keys) == ["actor"]:
        table = table.sort_values("n_sentences", ascending=False, kind="stable")
    return table.reset_index(drop=True)


def added(counts: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    """Add up counts of different articles.

    Parameters
    ----------
    counts : sequence of DataFrame
        From :func:`count`; at least one.
    keys : sequence of str
        The same.

    Returns
    -------
    DataFrame
        Sorted by the keys.
    """
    return pd.concat(counts).groupby(key_columns(keys), dropna=False, sort=True, observed=True).sum().reset_index()
