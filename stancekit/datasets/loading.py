"""Loading: a corpus folder of three tables, or a public set, as frames of one form."""

from importlib.resources import files
from pathlib import Path

import pandas as pd

from stancekit.datasets.frames import SPLITS, Labelled, empty_rejected, label_column
from stancekit.datasets.public import SOURCES, load_public
from stancekit.errors import InputError
from stancekit.tasks import SENTIMENT, STANCE

__all__ = ["load"]

IDS = ["article_id", "sentence_id"]
NEEDED = {
    "articles": ("article_id", "split", "title", "text"),
    "sentences": ("article_id", "sentence_id", "text", "sentiment", "humanitarian", "tactical"),
    "stances": ("article_id", "sentence_id", "actor_id", "start", "end", "spans", "label"),
}
TEXT_COLUMNS = (
    "article_id",
    "text",
    "title",
    "published",
    "outlet",
    "actor_id",
    "label",
    "spans",
    "holder_text",
    "holder_id",
    "sentiment",
    "part",
)


def load(name: str = "conflict-news", *, split: str | None = None, path: str | Path | None = None) -> Labelled:
    """Load a labelled set.

    Parameters
    ----------
    name : str, default "conflict-news"
        ``"conflict-news"`` comes with the package; its text and its labels are machine-written. The public sets
        ``"newsmtsc"``, ``"rusentne"``, ``"plover"`` and ``"disaster_response"`` are read from `path`, or from where
        :func:`get` put them. Any other name is that of a corpus folder at `path`.
    split : str, optional
        Only the rows of one split: ``train``, ``dev`` or ``test`` of a corpus; ``train``, ``dev_mt`` or ``dev_rw`` of
        newsmtsc; ``dev`` of rusentne and plover; ``train`` or ``dev`` of disaster_response. All by default.
    path : str or Path, optional
        The folder. A corpus folder holds articles.csv, sentences.csv and stances.csv. The folder of a public set holds
        one CSV file per split; its sha256 must be the one that is pinned in ``datasets.SOURCES``.

    Returns
    -------
    Labelled
        Frames of articles, sentences, stances and rejected rows; rows in the order of the files. Which of them a public
        set fills depends on its name alone.

    Raises
    ------
    InputError
        If the set is not there, a file cannot be read, lacks a column or has another sha256, a label is unknown, or a
        stance belongs to no sentence.

    Notes
    -----
    Where a public set does not tell articles apart, a sentence counts as an article of its own: ``article_id`` is the
    name of the set and a hash of the text. So rows can always be grouped by ``article_id``.

    The labels of the public sets are those of their makers, not of the codebook. Stances of PLOVER are events: what
    cooperates is ``favor``, what conflicts ``against``. The flags of Disaster Response Messages say what a message is
    about; none is the codebook's ``humanitarian`` or ``tactical`` (``military`` is a part of ``aid_related``).

    Examples
    --------
    >>> from stancekit import datasets
    >>> corpus = datasets.load("conflict-news", split="train")
    >>> set(corpus.stances["label"]) == {"favor", "neutral", "against"}
    True
    """
    if name in SOURCES:
        return load_public(SOURCES[name], split, None if path is None else Path(path))
    if split is not None and split not in SPLITS:
        raise InputError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    folder = Path(path) if path is not None else _home() / name
    articles, sentences, stances = (_read(folder, table) for table in ("articles", "sentences", "stances"))
    if split is not None:
        articles = articles[articles["split"] == split].reset_index(drop=True)
    kept = frozenset(articles["article_id"])
    sentences = sentences[sentences["article_id"].isin(kept)].reset_index(drop=True)
    stances = stances[stances["article_id"].isin(kept)].reset_index(drop=True)
    sentences["sentiment"] = label_column(str(folder / "sentences.csv"), sentences["sentiment"], SENTIMENT)
    stances["label"] = label_column(str(folder / "stances.csv"), stances["label"], STANCE)
    texts = sentences[[*IDS, "text"]]
    twice = texts.duplicated(IDS)
    if twice.any():
        raise InputError(f"{folder / 'sentences.csv'}: {_place(texts, twice)} stands twice; keep one row per sentence")
    stances = stances.merge(texts, on=IDS, how="left")
    lost = stances["text"].isna()
    if lost.any():
        raise InputError(f"{folder / 'stances.csv'}: {_place(stances, lost)} is no row of sentences.csv; add it there")
    return Labelled(articles, sentences, stances, empty_rejected())


def _place(rows: pd.DataFrame, wrong: pd.Series) -> str:
    first = rows[wrong].iloc[0]
    return f"sentence {first['sentence_id']} of article {first['article_id']!r}"


def _home() -> Path:
    installed = Path(str(files("stancekit"))) / "_shipped" / "datasets"
    # An editable install finds the same files at the top of the repository.
    return installed if installed.is_dir() else Path(str(files("stancekit"))).parent / "datasets"


def _read(folder: Path, table: str) -> pd.DataFrame:
    path = folder / f"{table}.csv"
    if not path.is_file():
        raise InputError(f"{path}: no such file; a corpus is a folder with articles.csv, sentences.csv and stances.csv")
    try:
        frame = pd.read_csv(
            path,
            dtype=dict.fromkeys(TEXT_COLUMNS, "str"),
            keep_default_na=False,
            na_values={"holder_text": [""], "holder_id": [""]},
        )
    except ValueError as error:
        raise InputError(f"{path}: not readable as CSV in UTF-8 ({error}); check the file") from None
    missing = [name for name in NEEDED[table] if name not in frame.columns]
    if missing:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing, got {', '.join(frame.columns)}")
    return frame
