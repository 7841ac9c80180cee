"""What is in a corpus folder, in numbers."""

from collections import Counter
from pathlib import Path

import pandas as pd

from stancekit.datasets.frames import SPLITS
from stancekit.datasets.schema import QUESTIONS, TABLES, read_corpus
from stancekit.tasks import FRAMING, SENTIMENT, STANCE

__all__ = ["count_corpus"]

_FLAGS = (*FRAMING.labels, "attributed")


def count_corpus(folder: str | Path) -> pd.DataFrame:
    r"""Count articles, sentences, stances and labels of a corpus folder, whatever is wrong with it.

    Parameters
    ----------
    folder : str or Path
        With articles.csv, sentences.csv and stances.csv.

    Returns
    -------
    DataFrame
        One row per thing counted (``what``), with the columns ``train``, ``dev``, ``test`` and ``total``. Rows whose
        article is in none of the splits count in ``total`` alone.

    Raises
    ------
    InputError
        If a file is missing or is no CSV in UTF-8.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name, text in {
    ...         "articles": "article_id,split\na,dev\n",
    ...         "sentences": "article_id,sentiment\na,neutral\n",
    ...         "stances": "article_id,label\na,favor\na,against\n",
    ...     }.items():
    ...         _ = (Path(folder) / f"{name}.csv").write_text(text)
    ...     counts = count_corpus(folder)
    >>> counts.set_index("what").loc["stances", "dev"]
    np.int64(2)
    """
    tables = read_corpus(folder)
    splits = {cells.get("article_id", ""): cells.get("split", "") for _, cells in tables["articles"].records()}
    counts: Counter[tuple[str, str]] = Counter()
    for name in TABLES:
        for _, cells in tables[name].records():
            split = splits.get(cells.get("article_id", ""), "")
            for what in (name, *_answers(name, cells)):
                counts.update({(what, split): 1, (what, "total"): 1})
    rows = [
        {"what": what} | {column: counts[what, column] for column in (*SPLITS, "total")}
        for what in (*TABLES, *_listed())
    ]
    return pd.DataFrame(rows)


def _answers(name: str, cells: dict[str, str]) -> list[str]:
    """Name what a row is counted as besides a row."""
    answers = []
    for question in QUESTIONS.get(name, ()):
        answer = cells.get(question, "")
        if question in _FLAGS:
            answers += [question] * (answer == "True")
        else:
            answers.append(_named(question, answer))
    return answers


def _named(question: str, label: str) -> str:
    return f"{STANCE.name if question == 'label' else question} {label}"


def _listed() -> list[str]:
    stances = [_named("label", label) for label in STANCE.labels]
    return [*stances, "attributed", *(_named("sentiment", label) for label in SENTIMENT.labels), *FRAMING.labels]
