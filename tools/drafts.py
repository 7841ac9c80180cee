"""Turn labelled drafts of articles into the tables of datasets/conflict-news, checking every line on the way.

A draft file holds any number of articles, written and labelled by hand in a plain notation::

    @ article_id: port-blockade-lifted
    @ topic: blockade
    @ conflict: red-sea-blockade
    @ region: middle-east
    @ style: wire
    @ outlet: Harbour Gazette
    @ published: 2024-03-14

    H A Yemeni port reopens
    : negative t
    > YEM | Yemeni | neutral | narrator
    P A sentence that opens a paragraph.
    : neutral -
    S The next sentence of the same paragraph, in which Yemen is named, and Yemen again.
    : negative ht
    > YEM | Yemen#1, Yemen#2 | against | by the harbour master
    > SAU | Saudi Arabia | favor | by the harbour master
    > civilians | residents | neutral | by the ministry = YEM

``H`` is the headline, ``P`` opens a paragraph, ``S`` continues it. Under each sentence stands ``: SENTIMENT FLAGS``
(``-``, ``h``, ``t`` or ``ht``) and a line per actor: id, mentions (``#2`` for the second occurrence of the same word),
stance, and whose view it is: ``narrator``, ``by TEXT``, ``by TEXT = ID``, or ``by -`` where the holder is not named in
the sentence.

Usage::

    python tools/drafts.py check DRAFT...
    python tools/drafts.py build DRAFT... --output datasets/conflict-news [--split train]

``build`` adds the articles to those that the folder holds already, puts them into a split, and replaces one whose id is
there already.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from stancekit.datasets.repetition import collapsed, near_duplicates, shared_runs

STANCES = ("favor", "neutral", "against")
SENTIMENTS = ("positive", "neutral", "negative")
FIELDS = ("article_id", "topic", "conflict", "region", "style", "outlet", "published")


class DraftError(ValueError):
    """A line of a draft that breaks the notation."""


@dataclass
class Actor:
    """What one sentence says of one actor."""

    actor_id: str
    spans: list[tuple[int, int]]
    label: str
    attributed: bool
    holder_text: str | None
    holder_id: str | None


@dataclass
class Sentence:
    """One sentence with its labels."""

    kind: str
    text: str
    line: int
    sentiment: str | None = None
    flags: str = ""
    actors: list[Actor] = field(default_factory=list)


@dataclass
class Article:
    """One article with what is known of it."""

    meta: dict[str, str]
    sentences: list[Sentence] = field(default_factory=list)


def find_mention(text: str, mention: str) -> tuple[int, int]:
    """Give the span of ``word`` or, as ``word#2``, of its second occurrence, at word boundaries."""
    word, _, number = mention.partition("#")
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    spans = [match.span() for match in pattern.finditer(text)]
    nth = int(number) if number else 1
    if len(spans) < nth:
        raise DraftError(f"the mention {mention!r} does not stand in the sentence as a word of its own")
    if not number and len(spans) > 1:
        raise DraftError(f"{word!r} stands {len(spans)} times: say which, or list all, as {word}#1, {word}#2")
    return spans[nth - 1]


def parse_actor(line: str, text: str) -> Actor:
    """Read one ``>`` line."""
    parts = [part.strip() for part in line[1:].split("|")]
    if len(parts) != 4:
        raise DraftError("an actor line has four parts: > id | mentions | stance | narrator or by TEXT [= id]")
    actor_id, mentions, label, view = parts
    if label not in STANCES:
        raise DraftError(f"the stance must be one of {', '.join(STANCES)}, got {label!r}")
    spans = sorted(find_mention(text, mention.strip()) for mention in mentions.split(","))
    if view == "narrator":
        return Actor(actor_id, spans, label, False, None, None)
    if not view.startswith("by "):
        raise DraftError(f"the last part is 'narrator' or 'by TEXT', got {view!r}")
    holder, _, holder_id = (
        (part.strip() for part in view[3:].rpartition(" = ")) if " = " in view else (view[3:].strip(), "", "")
    )
    if holder == "-":
        return Actor(actor_id, spans, label, True, None, holder_id or None)
    if holder not in text:
        raise DraftError(
            f"the holder {holder!r} does not stand in the sentence (write 'by -' where it is not named there)"
        )
    return Actor(actor_id, spans, label, True, holder, holder_id or None)


def parse(path: Path) -> Iterator[Article]:
    """Read the articles of a draft file; the first broken line ends it with file and line number."""
    article: Article | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        try:
            if line.startswith("@"):
                name, _, value = line[1:].partition(":")
                if name.strip() == "article_id":
                    if article:
                        yield article
                    article = Article({})
                begun(article).meta[name.strip()] = value.strip()
            else:
                parse_line(line, number, begun(article))
        except DraftError as error:
            raise DraftError(f"{path}:{number}: {error}") from None
    if article:
        yield article


def begun(article: Article | None) -> Article:
    """Give the article that a line belongs to; there must be one."""
    if article is None:
        raise DraftError("an article begins with '@ article_id: ...'")
    return article


def parse_line(line: str, number: int, article: Article) -> None:
    """Add one line of the body to the article."""
    if line[:2] in {"H ", "P ", "S "}:
        text = line[2:].strip()
        article.sentences.append(Sentence(line[0], text, number))
        return
    if not article.sentences:
        raise DraftError("labels stand under a sentence (H, P or S)")
    sentence = article.sentences[-1]
    if line.startswith(":"):
        words = line[1:].split()
        if len(words) != 2 or words[0] not in SENTIMENTS or words[1] not in {"-", "h", "t", "ht"}:
            raise DraftError(f"labels are ': positive|neutral|negative -|h|t|ht', got {line!r}")
        sentence.sentiment, sentence.flags = words[0], words[1]
    elif line.startswith(">"):
        actor = parse_actor(line, sentence.text)
        if actor.actor_id in {other.actor_id for other in sentence.actors}:
            raise DraftError(f"one line per actor: {actor.actor_id} has two")
        taken = {span for other in sentence.actors for span in other.spans}
        if taken & set(actor.spans):
            raise DraftError(f"a mention of {actor.actor_id} is already another actor's")
        sentence.actors.append(actor)
    else:
        raise DraftError(f"a line begins with @, H, P, S, : or >, got {line[:40]!r}")


def problems(article: Article, known_ids: frozenset[str]) -> Iterator[str]:
    """Say what is wrong with an article as a whole."""
    name = article.meta.get("article_id", "?")
    for key in FIELDS:
        if not article.meta.get(key):
            yield f"{name}: '@ {key}: ...' is missing"
    if not article.sentences or article.sentences[0].kind != "H":
        yield f"{name}: the first sentence is the headline (H)"
    if sum(sentence.kind == "H" for sentence in article.sentences) > 1:
        yield f"{name}: one headline (H) only; a heading within the text is a paragraph (P)"
    for sentence in article.sentences:
        if sentence.sentiment is None:
            yield f"{name}, line {sentence.line}: no ': sentiment flags' line"
        for actor in sentence.actors:
            for actor_id in filter(None, (actor.actor_id, actor.holder_id)):
                if known_ids and actor_id not in known_ids:
                    yield f"{name}, line {sentence.line}: no actor {actor_id!r} in the catalogue"


def repetitions(articles: list[Article]) -> Iterator[str]:
    """Find sentences that share more than half of their word 4-grams, or any eight words in a row across articles."""
    rows = [(article.meta.get("article_id", "?"), sentence) for article in articles for sentence in article.sentences]
    names = [name for name, _ in rows]
    words = [
        collapsed(sentence.text, (span for actor in sentence.actors for span in actor.spans)) for _, sentence in rows
    ]
    for later, earlier, shared, of in near_duplicates(words):
        name, sentence = rows[later]
        yield (
            f"{name}, line {sentence.line}: shares {shared} of {of} 4-grams with {names[earlier]}: {sentence.text[:70]}"
        )
    for later, earlier, run in shared_runs(words, names):
        name, sentence = rows[later]
        yield f"{name}, line {sentence.line}: shares the 8-gram '{run}' with {names[earlier]}"


def body_and_offsets(article: Article) -> tuple[str, list[tuple[int, int]]]:
    """Join the sentences of the body to a text; give each one's span in its part."""
    text, spans = "", []
    for sentence in article.sentences:
        if sentence.kind == "H":
            spans.append((0, len(sentence.text)))
            continue
        if text:
            text += "\n\n" if sentence.kind == "P" else " "
        spans.append((len(text), len(text) + len(sentence.text)))
        text += sentence.text
    return text, spans


def tables(articles: list[Article], splits: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Give the three tables; the first pass is final until a third reading says otherwise."""
    heads, sentences, stances = [], [], []
    for article in articles:
        meta = article.meta
        text, spans = body_and_offsets(article)
        row = {
            "article_id": meta["article_id"],
            "split": splits[meta["article_id"]],
            "title": article.sentences[0].text,
        }
        row |= {key: meta[key] for key in ("published", "outlet", "topic", "conflict", "region", "style")}
        heads.append(row | {"text": text})
        for index, (sentence, (start, end)) in enumerate(zip(article.sentences, spans, strict=True)):
            key = {"article_id": meta["article_id"], "sentence_id": index}
            labels = {
                "sentiment": sentence.sentiment,
                "humanitarian": "h" in sentence.flags,
                "tactical": "t" in sentence.flags,
            }
            sentences.append(
                key
                | {"part": "title" if sentence.kind == "H" else "body", "sentence_start": start, "sentence_end": end}
                | {"text": sentence.text}
                | labels
                | passes(labels)
            )
            stances.extend(
                stance_row(key, actor) for actor in sorted(sentence.actors, key=lambda actor: actor.spans[0])
            )
    return {"articles": pd.DataFrame(heads), "sentences": pd.DataFrame(sentences), "stances": pd.DataFrame(stances)}


def passes(labels: dict[str, object]) -> dict[str, object]:
    """Give the columns of both passes and of the third reading's reason."""
    return (
        {f"{name}_1": value for name, value in labels.items()} | {f"{name}_2": None for name in labels} | {"note": None}
    )


def stance_row(key: dict[str, object], actor: Actor) -> dict[str, object]:
    """Give the row of one actor in one sentence."""
    labels = {"label": actor.label, "attributed": actor.attributed}
    return (
        key
        | {
            "actor_id": actor.actor_id,
            "start": actor.spans[0][0],
            "end": actor.spans[0][1],
            "spans": json.dumps(actor.spans),
        }
        | labels
        | {"holder_text": actor.holder_text, "holder_id": actor.holder_id}
        | passes(labels)
    )


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables that are there; empty ones if there are none."""
    names = ("articles", "sentences", "stances")
    return {name: pd.read_csv(path) if (path := folder / f"{name}.csv").exists() else pd.DataFrame() for name in names}


def write_tables(found: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in found.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def assign_splits(articles: list[Article], known: pd.DataFrame) -> dict[str, str]:
    """Put articles into train, dev and test, 60 / 20 / 20 within each topic; articles on one conflict stay together.

    What is assigned already stays; the largest conflicts go first, each to the split that lacks most.
    """
    shares = {"train": 0.6, "dev": 0.2, "test": 0.2}
    splits = dict(zip(known["article_id"], known["split"], strict=True)) if len(known) else {}
    home = dict(zip(known["conflict"], known["split"], strict=True)) if len(known) else {}
    counts: dict[tuple[str, str], int] = {}

    def take(topic: str, split: str) -> None:
        for key in (topic, "all"):
            counts[key, split] = counts.get((key, split), 0) + 1

    def lack(group: list[Article], split: str) -> float:
        keys = ["all", *(article.meta["topic"] for article in group)]
        lacks = []
        for key in keys:
            total = sum(counts.get((key, other), 0) for other in shares) + len(group)
            lacks.append(shares[split] * total - counts.get((key, split), 0))
        return lacks[0] + sum(lacks[1:]) / len(group)

    for topic, split in zip(known["topic"], known["split"], strict=True) if len(known) else ():
        take(topic, split)
    groups: dict[str, list[Article]] = {}
    for article in articles:
        name, conflict = article.meta["article_id"], article.meta["conflict"]
        if name not in splits:
            groups.setdefault(name if conflict == "none" else conflict, []).append(article)
    shuffled = sorted(groups.items(), key=lambda item: (-len(item[1]), hashlib.sha256(item[0].encode()).hexdigest()))
    for conflict, group in shuffled:
        split = home.get(conflict) if conflict != "none" else None
        split = split or max(shares, key=lambda name: lack(group, name))
        for article in group:
            splits[article.meta["article_id"]] = split
            take(article.meta["topic"], split)
    return splits


def catalogue_ids() -> frozenset[str]:
    """Give the ids of the shipped catalogue; none where it cannot be found."""
    path = Path(__file__).parent.parent / "stancekit" / "actors" / "catalogue.csv"
    return frozenset(pd.read_csv(path, dtype=str)["actor_id"]) if path.exists() else frozenset()


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("check", "build"))
    parser.add_argument("drafts", nargs="+", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--split", choices=("train", "dev", "test"), help="put all that is new into this split")
    parser.add_argument("--any-id", action="store_true", help="do not check ids against the catalogue")
    options = parser.parse_args()
    try:
        articles = [article for path in options.drafts for article in parse(path)]
    except DraftError as error:
        sys.exit(str(error))
    ids = [article.meta.get("article_id", "?") for article in articles]
    found = [f"article_id {name} is used twice" for name in {name for name in ids if ids.count(name) > 1}]
    known = frozenset() if options.any_id else catalogue_ids()
    found += [problem for article in articles for problem in problems(article, known)]
    found += list(repetitions(articles))
    print("\n".join(found))
    if options.command == "build" and not found:
        held = read_tables(options.output)
        splits = dict.fromkeys(ids, options.split) if options.split else assign_splits(articles, held["articles"])
        fresh = tables(articles, splits)
        replaced = set(fresh["articles"]["article_id"])
        whole = {
            name: pd.concat([old[~old["article_id"].isin(replaced)], fresh[name]], ignore_index=True)
            if len(old)
            else fresh[name]
            for name, old in held.items()
        }
        write_tables(whole, options.output)
        print("  split:", whole["articles"]["split"].value_counts().to_dict())
    counted = tables(articles, dict.fromkeys(ids, ""))
    sizes = ", ".join(f"{len(frame)} {name}" for name, frame in counted.items())
    print(f"{sizes}, {len(found)} problems")
    for table, column in (
        ("stances", "label"),
        ("stances", "attributed"),
        ("sentences", "sentiment"),
        ("sentences", "humanitarian"),
        ("sentences", "tactical"),
    ):
        if len(counted[table]):
            print(f"  {column}:", counted[table][column].value_counts().to_dict())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
