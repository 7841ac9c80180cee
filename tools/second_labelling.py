"""A second, blind labelling of the corpus: hand out sentences without their labels, and take the answers in.

Usage::

    python tools/second_labelling.py export DRAFT... --splits splits.csv --output sheet.txt [--exclude answers.txt ...]
    python tools/second_labelling.py check sheet.txt answers.txt
    python tools/second_labelling.py import DRAFT... --sheet sheet.txt --answers answers.txt --output second.csv

A sheet holds every sentence of ``dev`` and ``test`` and a third of the articles of ``train``, shuffled, each with a
code, its text and the actors in it. An answer is one line per sentence::

    CODE | negative | ht | RUS against by the ministry = SAU | civilians neutral narrator
"""

import argparse
import hashlib
import re
import sys
from pathlib import Path

import pandas as pd
from drafts import SENTIMENTS, STANCES, Article, Sentence, parse

FLAGS = ("-", "h", "t", "ht")


def code(article: Article, index: int) -> str:
    """Give a sentence's code, which tells nothing of its article."""
    return hashlib.sha256(f"{article.meta['article_id']}/{index}".encode()).hexdigest()[:8]


def third(name: str) -> bool:
    """Choose a third of the articles by their names alone."""
    return int(hashlib.sha256(f"second {name}".encode()).hexdigest(), 16) % 3 == 0


def chosen(articles: list[Article], splits: dict[str, str]) -> list[tuple[str, Article, int, Sentence]]:
    """List the sentences that are labelled twice."""
    rows = []
    for article in articles:
        name = article.meta["article_id"]
        if splits[name] != "train" or third(name):
            rows += [
                (code(article, index), article, index, sentence) for index, sentence in enumerate(article.sentences)
            ]
    return sorted(rows, key=lambda row: row[0])


def export(articles: list[Article], splits: dict[str, str], done: set[str]) -> str:
    """Write the sheet."""
    lines = []
    for key, _, _, sentence in chosen(articles, splits):
        if key in done:
            continue
        lines += [f"# {key}", sentence.text]
        for actor in sentence.actors:
            mentions = ", ".join(f"{sentence.text[start:end]} ({start})" for start, end in actor.spans)
            lines.append(f"  {actor.actor_id}: {mentions}")
        lines.append("")
    return "\n".join(lines)


def read_sheet(path: Path) -> dict[str, tuple[str, list[str]]]:
    """Read a sheet: the text and actors of each code."""
    found: dict[str, tuple[str, list[str]]] = {}
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        head, text, *actors = block.split("\n")
        found[head[2:]] = (text, [actor.split(":")[0].strip() for actor in actors])
    return found


def read_answers(path: Path, sheet: dict[str, tuple[str, list[str]]]) -> tuple[list[dict[str, object]], list[str]]:
    """Read answers against their sheet; give the rows and what is wrong with them."""
    rows: list[dict[str, object]] = []
    wrong: list[str] = []
    seen = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|")]
        key = parts[0]
        if key not in sheet or key in seen:
            wrong.append(f"line {number}: {'a second answer for' if key in seen else 'no such code'} {key}")
            continue
        seen.add(key)
        text, actors = sheet[key]
        if len(parts) < 3 or parts[1] not in SENTIMENTS or parts[2] not in FLAGS:
            wrong.append(f"line {number}: CODE | sentiment | flags | ..., got {line[:60]}")
            continue
        rows.append({"code": key, "actor_id": "", "sentiment": parts[1], "flags": parts[2]})
        given = {}
        for part in parts[3:]:
            match = re.fullmatch(r"(\S+) (\w+) (narrator|by (.+))", part)
            if not match or match[2] not in STANCES:
                wrong.append(f"line {number}: ID stance narrator|by TEXT [= ID], got {part}")
                continue
            holder, _, holder_id = (match[4] or "").partition(" = ")
            if holder and holder != "-" and holder not in text:
                wrong.append(f"line {number}: the holder {holder!r} is not in the sentence")
            given[match[1]] = {
                "label": match[2],
                "attributed": match[3] != "narrator",
                "holder_text": "" if holder == "-" else holder,
                "holder_id": holder_id,
            }
        if sorted(given) != sorted(actors):
            wrong.append(f"line {number}: actors asked for {sorted(actors)}, answered {sorted(given)}")
        rows += [{"code": key, "actor_id": actor} | answer for actor, answer in given.items()]
    wrong += [f"no answer for {key}" for key in sheet if key not in seen]
    return rows, wrong


def joined(articles: list[Article], rows: list[dict[str, object]]) -> pd.DataFrame:
    """Put article and sentence ids to the answers."""
    keys = {
        code(article, index): (article.meta["article_id"], index)
        for article in articles
        for index in range(len(article.sentences))
    }
    frame = pd.DataFrame(rows)
    frame.insert(0, "article_id", [keys[key][0] for key in frame["code"]])
    frame.insert(1, "sentence_id", [keys[key][1] for key in frame["code"]])
    return frame.drop(columns="code").sort_values(["article_id", "sentence_id", "actor_id"])


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("export", "check", "import"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--splits", type=Path)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--exclude", type=Path, nargs="*", default=[], help="answers that are there already")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    if options.command == "check":
        sheet, answers = options.files
        rows, wrong = read_answers(answers, read_sheet(sheet))
        print("\n".join(wrong))
        print(f"{len(rows)} rows, {len(wrong)} problems")
        return 1 if wrong else 0
    articles = [article for path in options.files for article in parse(path)]
    if options.command == "export":
        splits = dict(pd.read_csv(options.splits, dtype=str).itertuples(index=False))
        done = {
            line.split("|")[0].strip()
            for path in options.exclude
            for line in path.read_text(encoding="utf-8").splitlines()
        }
        options.output.write_text(export(articles, splits, done), encoding="utf-8")
        return 0
    rows, wrong = read_answers(options.answers, read_sheet(options.sheet))
    print("\n".join(wrong))
    joined(articles, rows).to_csv(options.output, index=False, lineterminator="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
