"""The check of a corpus folder: every rule of :data:`~stancekit.datasets.RULES`, on every row."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from stancekit.datasets.problems import Problem
from stancekit.datasets.repetition import collapsed, near_duplicates, shared_runs
from stancekit.datasets.schema import QUESTIONS, TABLES, Record, column_problems, read_corpus, read_records
from stancekit.errors import InputError

__all__ = ["check_corpus"]

_KEYS = {
    "articles": ("article_id",),
    "sentences": ("article_id", "sentence_id"),
    "stances": ("article_id", "sentence_id", "actor_id"),
}
_Key = tuple[Any, ...]


@dataclass(frozen=True)
class _Corpus:
    """The records of the tables, and the first record of each key of articles and sentences."""

    records: dict[str, list[Record]]
    articles: dict[_Key, Record]
    sentences: dict[_Key, Record]

    def split(self, record: Record) -> str | None:
        article = self.articles.get(record.get("article_id"))
        return None if article is None else article.values.get("split")


def check_corpus(folder: str | Path, known_ids: Collection[str] | None = None) -> list[Problem]:
    r"""List what is wrong with a corpus folder.

    Parameters
    ----------
    folder : str or Path
        With articles.csv, sentences.csv and stances.csv.
    known_ids : collection of str, optional
        The ids that actors and holders may have, such as the keys of a :class:`~stancekit.Catalogue`; any by default.

    Returns
    -------
    list of Problem
        By file and line; empty if every rule of :data:`RULES` is kept. Where a column is missing, nothing but that is
        told. A cell that cannot be read is told once; rules that need it pass over its row.

    Raises
    ------
    InputError
        If a file is missing or is no CSV in UTF-8, or `known_ids` is one string.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("articles", "sentences", "stances"):
    ...         _ = (Path(folder) / f"{name}.csv").write_text("article_id,title\n")
    ...     print(check_corpus(folder)[0])
    articles.csv: the columns split, text are missing (columns)
    """
    if isinstance(known_ids, str):
        raise InputError(f"known_ids must be a collection of ids, got the one string {known_ids!r}; put it into a list")
    tables = read_corpus(folder)
    headers = [problem for name in TABLES for problem in column_problems(name, tables[name])]
    if headers:
        return headers
    found: list[Problem] = []
    records = {}
    for name in TABLES:
        records[name], broken = read_records(name, tables[name])
        found += broken
    corpus = _Corpus(records, *(_by_key(records[name], _KEYS[name]) for name in ("articles", "sentences")))
    for rule in (_keys, _joins, _conflicts, _order, _sentences, _mentions, _claimed, _holders, _passes, _repetitions):
        found += rule(corpus)
    if known_ids is not None:
        found += _catalogue(corpus, frozenset(known_ids))
    places = {tables[name].file: place for place, name in enumerate(TABLES)}
    return sorted(found, key=lambda problem: (places[problem.file], problem.row or 0))


def _by_key(records: Iterable[Record], names: tuple[str, ...]) -> dict[_Key, Record]:
    first: dict[_Key, Record] = {}
    for record in records:
        key = record.get(*names)
        if None not in key:
            first.setdefault(key, record)
    return first


def _shown(key: _Key) -> str:
    shown = f"article {key[0]!r}"
    if len(key) > 1:
        shown = f"sentence {key[1]} of {shown}"
    return f"actor {key[2]!r} in {shown}" if len(key) > 2 else shown


def _keys(corpus: _Corpus) -> Iterator[Problem]:
    for name, columns in _KEYS.items():
        first = _by_key(corpus.records[name], columns)
        for record in corpus.records[name]:
            key = record.get(*columns)
            other = first.get(key, record)
            if other is record:
                continue
            yield record.problem(f"{_shown(key)} stands on line {other.line} already; keep one row", "key")
            here, there = record.values.get("split"), other.values.get("split")
            if name == "articles" and None not in (here, there) and here != there:
                yield record.problem(f"{_shown(key)} is in {here} here and in {there} on line {other.line}", "split")


def _joins(corpus: _Corpus) -> Iterator[Problem]:
    for child, parents, columns in (
        ("sentences", corpus.articles, _KEYS["articles"]),
        ("stances", corpus.sentences, _KEYS["sentences"]),
    ):
        for record in corpus.records[child]:
            key = record.get(*columns)
            if None not in key and key not in parents:
                parent = "articles" if child == "sentences" else "sentences"
                yield record.problem(f"{_shown(key)} is no row of {parent}.csv", "join")
    told = {record.get("article_id") for record in corpus.records["sentences"]}
    for key, record in corpus.articles.items():
        if key not in told:
            yield record.problem(f"{_shown(key)} has no sentence in sentences.csv", "join")


def _conflicts(corpus: _Corpus) -> Iterator[Problem]:
    home: dict[str, Record] = {}
    for record in corpus.records["articles"]:
        conflict, split = record.get("conflict", "split")
        if conflict in {None, "", "none"} or split is None:
            continue
        other = home.setdefault(conflict, record)
        if other.values["split"] != split:
            what = f"the conflict {conflict!r} is in {split} here and in {other.values['split']} on line {other.line}"
            yield record.problem(what, "conflict")


def _order(corpus: _Corpus) -> Iterator[Problem]:
    articles: dict[str, list[Record]] = defaultdict(list)
    for (article_id, _), record in corpus.sentences.items():
        articles[article_id].append(record)
    for sentences in articles.values():
        sentences.sort(key=lambda record: record.values["sentence_id"])
        if sentences[0].values["sentence_id"] != 0:
            yield sentences[0].problem("the sentences of an article are counted from 0", "order")
        for before, record in pairwise(sentences):
            (number, part, start), (last, other, end) = (
                record.get("sentence_id", "part", "sentence_start"),
                before.get("sentence_id", "part", "sentence_end"),
            )
            if number != last + 1:
                yield record.problem(
                    f"sentence {number} follows sentence {last}; number {last + 1} is missing", "order"
                )
            if part == "title" and other == "body":
                yield record.problem(f"sentence {number} is of the title, after one of the body", "order")
            if part == other and None not in (start, end) and start < end:
                what = f"sentence {number} begins at {start}, before sentence {last} ends at {end}"
                yield record.problem(what, "order")


def _sentences(corpus: _Corpus) -> Iterator[Problem]:
    for record in corpus.records["sentences"]:
        article = corpus.articles.get(record.get("article_id"))
        part, start, end, text = record.get("part", "sentence_start", "sentence_end", "text")
        if article is None or None in (part, start, end, text):
            continue
        whole = article.values.get("title" if part == "title" else "text")
        if whole is not None and whole[start:end] != text:
            what = f"{part} {start}:{end} holds {_short(whole[start:end])}, the text of the sentence is {_short(text)}"
            yield record.problem(what, "sentence")


def _text(corpus: _Corpus, stance: Record) -> str | None:
    sentence = corpus.sentences.get(stance.get("article_id", "sentence_id"))
    return None if sentence is None else sentence.values.get("text")


def _mentions(corpus: _Corpus) -> Iterator[Problem]:
    for record in corpus.records["stances"]:
        start, end, spans = record.get("start", "end", "spans")
        if spans is not None:
            if None not in (start, end) and spans[0] != (start, end):
                yield record.problem(f"the first span is {list(spans[0])}, but start, end are {start}, {end}", "spans")
            yield from (
                record.problem(f"the span {list(one)} must end before {list(other)} begins", "spans")
                for one, other in pairwise(spans)
                if one[1] > other[0]
            )
        elif None not in (start, end):
            spans = [(start, end)]
        text = _text(corpus, record)
        for span in spans or () if text is not None else ():
            wrong = _misplaced(str(text), *span)
            if wrong:
                yield record.problem(f"the mention at {span[0]}:{span[1]} {wrong}", "mention")


def _misplaced(text: str, start: int, end: int) -> str | None:
    if not 0 <= start < end <= len(text):
        return f"is empty or lies outside of its sentence ({len(text)} characters)"
    mention = text[start:end]
    if mention != mention.strip():
        return f"has blanks around it: {mention!r}"
    if text[start - 1 : start].isalpha() and start and mention[0].isalpha():
        return f"begins within a word: {text[max(0, start - 10) : end]!r}"
    if text[end : end + 1].isalpha() and mention[-1].isalpha():
        return f"ends within a word: {text[start : end + 10]!r}"
    return None


def _claimed(corpus: _Corpus) -> Iterator[Problem]:
    owners: dict[_Key, Record] = {}
    for record in corpus.records["stances"]:
        key = record.get("article_id", "sentence_id")
        if None in key:
            continue
        for span in record.values.get("spans", ()):
            owner = owners.setdefault((key, span), record)
            if owner is not record:
                what = f"the mention at {span[0]}:{span[1]} is already that of the actor on line {owner.line}"
                yield record.problem(what, "mention")


def _holders(corpus: _Corpus) -> Iterator[Problem]:
    for record in corpus.records["stances"]:
        attributed, text, holder = record.get("attributed", "holder_text", "holder_id")
        if attributed is False and (text or holder):
            yield record.problem(f"is not attributed, but has the holder {text or holder!r}", "holder")
        sentence = _text(corpus, record)
        if text and sentence is not None and text not in sentence:
            yield record.problem(f"the holder {text!r} does not stand in the sentence", "holder")


def _passes(corpus: _Corpus) -> Iterator[Problem]:
    for name, questions in QUESTIONS.items():
        for record in corpus.records[name]:
            (note,) = record.get("note")
            for question in questions:
                final, first = record.get(question, f"{question}_1")
                if f"{question}_1" in record.values and first is None and not _said(note, "added"):
                    what = f"{question} has no first pass, and the note gives no 'added: reason'"
                    yield record.problem(what, "passes")
                if None not in (final, first) and final != first and not _said(note, question):
                    what = f"{question} is {final}, the first pass {first}, and the note gives no '{question}: reason'"
                    yield record.problem(what, "passes")


def _said(note: str | None, what: str) -> bool:
    return bool(re.search(rf"(?:^|;)\s*{what}:\s*\S", note or ""))


def _repetitions(corpus: _Corpus) -> Iterator[Problem]:
    spans: dict[_Key, list[tuple[int, int]]] = defaultdict(list)
    for record in corpus.records["stances"]:
        spans[record.get("article_id", "sentence_id")] += record.values.get("spans", ())
    # Train comes first, so that what it shares with the other splits is told of their sentences.
    sentences = [record for record in corpus.sentences.values() if record.values.get("text")]
    sentences.sort(key=lambda record: corpus.split(record) != "train")
    words = [
        collapsed(
            record.values["text"],
            ((start, end) for start, end in spans[record.get("article_id", "sentence_id")] if 0 <= start < end),
        )
        for record in sentences
    ]
    for later, earlier, shared, of in near_duplicates(words):
        other = sentences[earlier]
        where = f"{_shown(other.get('article_id', 'sentence_id'))} (line {other.line})"
        what = f"{_short(sentences[later].values['text'])} shares {shared} of {of} word 4-grams with {where}"
        yield sentences[later].problem(what, "repetition")
    known = [k for k, record in enumerate(sentences) if corpus.split(record) is not None]
    groups = [corpus.split(sentences[k]) == "train" for k in known]
    for later, earlier, run in shared_runs([words[k] for k in known], groups):
        record, other = sentences[known[later]], sentences[known[earlier]]
        where = f"{_shown(other.get('article_id', 'sentence_id'))} (line {other.line})"
        yield record.problem(f"{corpus.split(record)} shares {run!r} with {where} of train", "leak")


def _catalogue(corpus: _Corpus, known_ids: frozenset[str]) -> Iterator[Problem]:
    for record in corpus.records["stances"]:
        for column in ("actor_id", "holder_id"):
            (actor_id,) = record.get(column)
            if actor_id is not None and actor_id not in known_ids:
                yield record.problem(f"{column} {actor_id!r} is not in the catalogue", "catalogue")


def _short(text: str) -> str:
    return repr(text if len(text) <= 70 else f"{text[:67]}...")
