"""Scoring beyond one machine: over Dask frames, on a running Dask cluster, and the function to hand to Spark.

Dask comes with the extra ``stancekit[dask]``; Spark needs nothing of stancekit but :class:`FrameScorer`. The machines
that score need stancekit in the same version, and nothing else: models, actors and all that the scorer has loaded
travel with it, and are unpacked once a process.
"""

import hashlib
import pickle
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

import pandas as pd

from stancekit._version import __version__
from stancekit.articles import Chunk, check_articles
from stancekit.errors import InputError, WorkerError
from stancekit.scoring import Scorer, Scores
from stancekit.scoring.engine import Engine
from stancekit.scoring.processes import Promised
from stancekit.scoring.work import Work, portions

__all__ = ["ClusterPool", "DaskScores", "FrameScorer", "score_dask"]

TABLES = ("sentences", "stances", "articles", "rejected")

RETRIES = 3
"""How often a portion is tried again on another worker, when the one that had it is gone."""

_UNPACKED: dict[str, Engine] = {}
_UNPACKING = threading.Lock()


class _Packed:
    """A loaded scorer on its way: small to send, unpacked once in each process that it comes to."""

    def __init__(self, engine: Engine) -> None:
        self.payload = zlib.compress(pickle.dumps(engine), level=1)
        self.key = hashlib.sha256(self.payload).hexdigest()
        with _UNPACKING:
            _UNPACKED.clear()
            _UNPACKED[self.key] = engine

    @property
    def engine(self) -> Engine:
        # A worker's threads ask at once: one unpacks, and none takes it from another.
        with _UNPACKING:
            engine = _UNPACKED.get(self.key)
            if engine is None:
                engine = pickle.loads(zlib.decompress(self.payload))  # noqa: S301 - packed by this program
                _UNPACKED.clear()
                _UNPACKED[self.key] = engine
            return engine


def _score_frame(
    packed: _Packed, frame: pd.DataFrame, columns: Mapping[str, str] | None = None, source: str = "frame"
) -> Scores:
    articles, rejected = check_articles(frame, source=source, columns=columns)
    works = portions([Chunk(articles, rejected)])
    return Scores.concat([packed.engine.score_work(work) for work in works])


# -- Dask --------------------------------------------------------------------------------------------------------------


class DaskScores(NamedTuple):
    """The tables of :class:`stancekit.Scores` as Dask DataFrames, which are worked out when they are asked for.

    Attributes
    ----------
    sentences, stances, articles, rejected : dask.dataframe.DataFrame
        One partition per partition of the articles; compute several together with ``dask.compute(*scores)``, so that
        the articles are scored once.
    """

    sentences: Any
    stances: Any
    articles: Any
    rejected: Any


def score_dask(articles: Any, scorer: Scorer | None = None, *, columns: Mapping[str, str] | None = None) -> DaskScores:
    """Score a Dask DataFrame of articles, partition by partition.

    Parameters
    ----------
    articles : dask.dataframe.DataFrame
        As for :meth:`stancekit.Scorer.score`. Ids are checked within each partition only.
    scorer : Scorer, optional
        By default one with the shipped models.
    columns : mapping of str to str, optional
        Which column holds what, where names differ.

    Returns
    -------
    DaskScores
        With declared columns and types; nothing is scored yet.

    Raises
    ------
    InputError
        If it is no Dask DataFrame, or a column is missing.

    Examples
    --------
    >>> import dask.dataframe as dd
    >>> import pandas as pd
    >>> from stancekit.distributed import score_dask
    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "text": ["Kenya praised Oxfam.", "Rain fell."]})
    >>> score_dask(dd.from_pandas(frame, npartitions=2)).stances["actor_id"].compute().tolist()
    ['KEN', 'oxfam']
    """
    if not hasattr(articles, "map_partitions") or not hasattr(articles, "_meta"):
        raise InputError(
            f"articles must be a Dask DataFrame, got {type(articles).__name__}; for a pandas DataFrame use "
            "Scorer().score, for files Scorer().stream or stancekit.runs.score_files"
        )
    import dask  # noqa: PLC0415 - an extra

    packed = _Packed((Scorer() if scorer is None else scorer).engine)
    empty = _score_frame(packed, articles._meta.iloc[:0], columns)  # noqa: SLF001 - how Dask's own code asks for types
    # One object travels to each worker, rather than one to each partition.
    shipped = dask.delayed(packed, name=f"stancekit-{packed.key}", traverse=False)
    whole = articles.map_partitions(
        _score_partition,
        shipped,
        columns,
        meta=pd.DataFrame({"scores": pd.Series([], dtype=object)}),
        enforce_metadata=False,
    )
    tables = {name: whole.map_partitions(_table, name, meta=getattr(empty, name)) for name in TABLES}
    return DaskScores(**tables)


def _score_partition(
    frame: pd.DataFrame,
    packed: _Packed,
    columns: Mapping[str, str] | None,
    partition_info: dict[str, Any] | None = None,
) -> pd.DataFrame:
    source = f"partition {(partition_info or {}).get('number', '')}".strip()
    cell = pd.Series([None], dtype=object)
    cell[0] = _score_frame(packed, frame, columns, source)
    return pd.DataFrame({"scores": cell})


def _table(scored: pd.DataFrame, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(scored["scores"].iloc[0], name)
    return frame


class ClusterPool:
    """Have portions scored on a running Dask cluster, for :func:`stancekit.runs.score_files`.

    A portion whose worker is lost is scored on another one.

    Parameters
    ----------
    scorer : Scorer
        Models and actors.
    address : str
        Of the scheduler: ``"tcp://host:8786"``.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers, it has no worker, or a worker has other versions.
    """

    def __init__(self, scorer: Scorer, address: str) -> None:
        try:
            from distributed import Client  # noqa: PLC0415 - an extra
            from distributed.comm import get_address_host_port  # noqa: PLC0415
        except ImportError as error:
            raise InputError("a cluster needs Dask: pip install 'stancekit[dask]'") from error
        try:
            # A client of what is no address at all would complain once more when it is thrown away.
            get_address_host_port(address)
            self._client = Client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            rule = "give the address of one that runs, as tcp://host:8786"
            raise InputError(f"no Dask scheduler answers at {address!r}; {rule}") from error
        threads = self._client.nthreads()
        problem = self._unfit() if threads else "has no worker; start one with 'dask worker'"
        if problem is not None:
            self._client.close()
            raise InputError(f"the Dask cluster at {address!r} {problem}")
        self.window = 2 * sum(threads.values()) + 1
        self._packed = self._client.submit(_itself, _Packed(scorer.engine), pure=False, retries=RETRIES)

    def _unfit(self) -> str | None:
        """Say what is wrong with the workers."""
        own = _versions()
        try:
            found = self._client.run(_versions)
        except (ImportError, AttributeError) as error:
            return f"has workers that cannot import stancekit: {error}; install version {__version__} on them"
        for worker, versions in found.items():
            for name, number in own.items():
                if versions[name] != number:
                    return (
                        f"has a worker, {worker}, with {name} {versions[name]}, here it is {number}; install the same"
                    )
        return None

    def submit(self, work: Work) -> Promised:
        """Have a portion scored.

        Parameters
        ----------
        work : Work
            The portion.

        Returns
        -------
        future
            With ``result()`` and ``done()``.
        """
        future = self._client.submit(_score_work, self._packed, work, pure=False, retries=RETRIES)
        return Promised(future, _losses(), _lost)

    def close(self) -> None:
        """Leave the cluster; what it is still at is cancelled."""
        self._client.close()


def _losses() -> tuple[type[BaseException], ...]:
    from concurrent.futures import CancelledError  # noqa: PLC0415

    from distributed import KilledWorker  # noqa: PLC0415 - an extra
    from distributed.client import FutureCancelledError  # noqa: PLC0415 - an extra

    return KilledWorker, CancelledError, FutureCancelledError, OSError


def _lost(error: BaseException) -> WorkerError:
    what = " ".join(str(error).split())[:200] or type(error).__name__
    return WorkerError(f"the cluster lost its workers or its scheduler: {what}")


def _versions() -> dict[str, str]:
    return {"stancekit": __version__} | {name: version(name) for name in ("numpy", "pandas", "scikit-learn")}


def _itself(packed: _Packed) -> _Packed:
    return packed


def _score_work(packed: _Packed, work: Work) -> Scores:
    return packed.engine.score_work(work)


# -- Spark -------------------------------------------------------------------------------------------------------------

SPARK_TYPES = {"b": "boolean", "i": "bigint", "f": "double"}


class FrameScorer:
    """Frames in, frames out: what Spark's ``mapInPandas`` asks for, and anything else that works that way.

    Parameters
    ----------
    table : {"stances", "sentences"}, default "stances"
        Which table comes out.
    scorer : Scorer, optional
        By default one with the shipped models.
    columns : mapping of str to str, optional
        Which column holds what, where names differ.

    Attributes
    ----------
    schema : str
        Columns and types, as Spark writes them.

    Raises
    ------
    InputError
        If there is no such table.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit.distributed import FrameScorer
    >>> score = FrameScorer("stances")
    >>> score.schema[:48]
    '`article_id` string, `sentence_id` bigint, `acto'
    >>> frames = [pd.DataFrame({"article_id": ["a"], "text": ["Kenya praised Oxfam."]})]
    >>> [frame["actor_id"].tolist() for frame in score(frames)]
    [['KEN', 'oxfam']]
    """

    def __init__(
        self, table: str = "stances", scorer: Scorer | None = None, *, columns: Mapping[str, str] | None = None
    ) -> None:
        if table not in {"stances", "sentences"}:
            raise InputError(f"table must be 'stances' or 'sentences', got {table!r}")
        engine = (Scorer() if scorer is None else scorer).engine
        self.table = table
        self.columns = columns
        self.schema = _spark_schema(getattr(engine.empty, table))
        self._packed = _Packed(engine)

    def __call__(self, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Score frames as they come.

        Parameters
        ----------
        frames : iterable of DataFrame
            Articles. Ids are checked within each frame; what cannot be scored is left out.

        Yields
        ------
        DataFrame
            With the columns of ``schema``: labels are strings, what is missing is None.
        """
        for frame in frames:
            found: pd.DataFrame = getattr(_score_frame(self._packed, frame, self.columns), self.table)
            yield pd.DataFrame({name: _plain(found[name]) for name in found})


def _spark_schema(empty: pd.DataFrame) -> str:
    return ", ".join(f"`{name}` {SPARK_TYPES.get(_kind(dtype), 'string')}" for name, dtype in empty.dtypes.items())


def _kind(dtype: Any) -> str:
    return "O" if isinstance(dtype, pd.CategoricalDtype) else str(dtype.kind)


def _plain(values: pd.Series) -> pd.Series:
    if _kind(values.dtype) in {"i", "f"}:
        return values
    return pd.Series(
        [None if missing else value for value, missing in zip(values, values.isna(), strict=True)], dtype=object
    )
