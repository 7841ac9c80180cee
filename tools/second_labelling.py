"""A second, blind labelling of the corpus, and a third reading where both differ.

Usage::

    python tools/second_labelling.py export --corpus datasets/conflict-news --output sheet.txt [--from IDS]
    python tools/second_labelling.py check SHEET ANSWERS
    python tools/second_labelling.py merge --corpus datasets/conflict-news SHEET ANSWERS
    python tools/second_labelling.py disagreements --corpus datasets/conflict-news --output sheet.txt
    python tools/second_labelling.py decide --corpus datasets/conflict-news DECISIONS

A sheet holds, shuffled, every sentence of ``dev`` and ``test`` and of a third of the articles of ``train`` that has no
second labels yet, each with a code, its text and the actors in it; ``--from IDS`` is a file
of article ids, one a line, that stand in the place of the third. An answer is one line per sentence::

    CODE | negative | ht | RUS against by the ministry = SAU | civilians neutral narrator

``disagreements`` lists what both passes answered differently, without saying who said what; a decision is one line per
question::

    CODE | sentiment | neutral | balance of loss and rescue
    CODE | RUS | against | rule 3
    CODE | RUS attributed | yes | the ministry's words
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from drafts import SENTIMENTS, STANCES, read_tables, write_tables

FLAGS = ("-", "h", "t", "ht")
QUESTIONS = ("sentiment", "humanitarian", "tactical")
TRUTH = {"yes": True, "no": False}


def code(article_id: str, sentence_id: int) -> str:
    """Give a sentence's code, which tells nothing of its article."""
    return hashlib.sha256(f"{article_id}/{sentence_id}".encode()).hexdigest()[:8]


def third(name: str) -> bool:
    """Choose a third of the articles by their names alone."""
    return int(hashlib.sha256(f"second {name}".encode()).hexdigest(), 16) % 3 == 0


def coded(table: pd.DataFrame) -> pd.Series:
    """Give the code of each row's sentence."""
    return pd.Series(
        [code(*key) for key in zip(table["article_id"], table["sentence_id"], strict=True)], index=table.index
    )


def mentions(row: Any, text: str) -> str:
    """Name an actor's mentions."""
    return ", ".join(f"{text[start:end]} ({start})" for start, end in json.loads(row.spans))


def export(corpus: dict[str, pd.DataFrame], chosen: frozenset[str] | None = None) -> str:
    """Write the sheet; of `train`, the chosen articles or a third."""
    splits = dict(zip(corpus["articles"]["article_id"], corpus["articles"]["split"], strict=True))
    sentences = corpus["sentences"].assign(code=coded(corpus["sentences"])).sort_values("code")
    actors = dict(list(corpus["stances"].groupby(["article_id", "sentence_id"])))
    lines = []
    for row in sentences[sentences["sentiment_2"].isna()].itertuples():
        name = row.article_id
        if splits[name] == "train" and not (third(name) if chosen is None else name in chosen):
            continue
        lines += [f"# {row.code}", row.text]
        if (row.article_id, row.sentence_id) in actors:
            lines += [
                f"  {actor.actor_id}: {mentions(actor, row.text)}"
                for actor in actors[row.article_id, row.sentence_id].itertuples()
            ]
        lines.append("")
    return "\n".join(lines)


def read_sheet(path: Path) -> dict[str, tuple[str, list[str]]]:
    """Read a sheet: the text and actors of each code."""
    found: dict[str, tuple[str, list[str]]] = {}
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        head, text, *actors = block.split("\n")
        found[head[2:]] = (text, [actor.split(":")[0].strip() for actor in actors])
    return found


def read_actor(part: str, text: str) -> tuple[str, dict[str, object]]:
    """Read the answer about one actor."""
    match = re.fullmatch(r"(\S+) (\w+) (narrator|by (.+))", part)
    if not match or match[2] not in STANCES:
        raise ValueError(f"ID stance narrator|by TEXT [= ID], got {part}")
    holder, _, holder_id = (match[4] or "").partition(" = ")
    if holder and holder != "-" and holder not in text:
        raise ValueError(f"the holder {holder!r} is not in the sentence")
    answer = {
        "label": match[2],
        "attributed": match[3] != "narrator",
        "holder_text": None if holder in {"", "-"} else holder,
        "holder_id": holder_id or None,
    }
    return match[1], answer


def read_answers(path: Path, sheet: dict[str, tuple[str, list[str]]]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Read answers against their sheet; give them by code, and what is wrong with them."""
    answers: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        key, *parts = (part.strip() for part in line.split("|"))
        if not line.strip():
            continue
        if key not in sheet or key in answers:
            wrong.append(f"line {number}: {'a second answer for' if key in answers else 'no such code'} {key}")
            continue
        text, actors = sheet[key]
        answers[key] = {"actors": {}}
        if len(parts) < 2 or parts[0] not in SENTIMENTS or parts[1] not in FLAGS:
            wrong.append(f"line {number}: CODE | sentiment | flags | ..., got {line[:60]}")
            continue
        answers[key] |= {"sentiment": parts[0], "humanitarian": "h" in parts[1], "tactical": "t" in parts[1]}
        try:
            answers[key]["actors"] = dict(read_actor(part, text) for part in parts[2:])
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
        if sorted(answers[key]["actors"]) != sorted(actors):
            wrong.append(f"line {number}: actors asked for {sorted(actors)}, answered {sorted(answers[key]['actors'])}")
    return answers, wrong + [f"no answer for {key}" for key in sheet if key not in answers]


def merge(corpus: dict[str, pd.DataFrame], answers: dict[str, dict[str, Any]]) -> None:
    """Put the second pass into the tables."""
    sentences, stances = corpus["sentences"], corpus["stances"]
    for table in (sentences, stances):
        passed = [name for name in table.columns if name.endswith("_2")] + ["note"]
        table[passed] = table[passed].astype(object)
    for index, key in coded(sentences).items():
        if key in answers:
            for question in QUESTIONS:
                sentences.loc[index, f"{question}_2"] = answers[key][question]
    for index, key in coded(stances).items():
        if key in answers:
            answer = answers[key]["actors"].get(stances.loc[index, "actor_id"])
            if answer is None:
                sys.exit(f"{key}: no answer about {stances.loc[index, 'actor_id']}; export the sheet again")
            for question in ("label", "attributed"):
                stances.loc[index, f"{question}_2"] = answer[question]


def differing(table: pd.DataFrame, question: str) -> pd.Series:
    """Tell the rows whose two passes differ and that no third reading has decided."""
    first, second = table[f"{question}_1"].astype(str), table[f"{question}_2"]
    return (
        second.notna()
        & (first != second.astype(str))
        & ~table["note"].astype(object).fillna("").str.contains(f"{question}:", regex=False)
    )


def disagreements(corpus: dict[str, pd.DataFrame]) -> str:
    """List what both passes answered differently."""
    lines: dict[str, list[str]] = {}
    texts = {}
    for row, key in zip(corpus["sentences"].itertuples(), coded(corpus["sentences"]), strict=True):
        texts[key] = row.text
    for question in QUESTIONS:
        rows = corpus["sentences"][differing(corpus["sentences"], question)]
        for key, row in zip(coded(rows), rows.to_dict("records"), strict=True):
            lines.setdefault(key, []).append(
                f"  {question}: {' / '.join(sorted(spoken(row[f'{question}_{n}']) for n in (1, 2)))}"
            )
    for question in ("label", "attributed"):
        rows = corpus["stances"][differing(corpus["stances"], question)]
        for key, row, named in zip(coded(rows), rows.to_dict("records"), rows.itertuples(), strict=True):
            asked = row["actor_id"] + (" attributed" if question == "attributed" else "")
            both = " / ".join(sorted(spoken(row[f"{question}_{n}"]) for n in (1, 2)))
            lines.setdefault(key, []).append(f"  {asked}: {both}   [{mentions(named, texts[key])}]")
    return "\n".join("\n".join([f"# {key}", texts[key], *lines[key], ""]) for key in sorted(lines))


def spoken(value: object) -> str:
    """Write a label as it is answered."""
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def decide(corpus: dict[str, pd.DataFrame], path: Path) -> list[str]:
    """Put the third reading's decisions and reasons into the tables; say which cannot be used."""
    wrong = []
    places = {
        name: dict(zip(coded(table), table.index, strict=True)) for name, table in corpus.items() if name == "sentences"
    }
    stances = corpus["stances"]
    pairs = dict(zip(zip(coded(stances), stances["actor_id"], strict=True), stances.index, strict=True))
    for table in (corpus["sentences"], stances):
        table["note"] = table["note"].astype(object)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = [part.strip() for part in line.split("|")]
        if not line.strip():
            continue
        if len(parts) != 4 or not parts[3]:
            wrong.append(f"line {number}: CODE | question | answer | reason, got {line[:60]}")
            continue
        key, asked, answer, reason = parts
        actor_id, _, attributed = asked.partition(" ")
        if asked in QUESTIONS:
            table, index, question = corpus["sentences"], places["sentences"].get(key), asked
        else:
            table, index, question = stances, pairs.get((key, actor_id)), "attributed" if attributed else "label"
        allowed = SENTIMENTS if question == "sentiment" else STANCES if question == "label" else tuple(TRUTH)
        if index is None or answer not in allowed:
            wrong.append(
                f"line {number}: no such question, or an answer that is none of {', '.join(allowed)}: {line[:60]}"
            )
            continue
        table.loc[index, question] = TRUTH.get(answer, answer)
        note = table.loc[index, "note"]
        table.loc[index, "note"] = f"{'' if pd.isna(note) else f'{note}; '}{question}: {reason}"
        if question == "attributed" and answer == "no":
            table.loc[index, ["holder_text", "holder_id"]] = None
    return wrong


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("export", "check", "merge", "disagreements", "decide"))
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--corpus", type=Path, default=Path("datasets/conflict-news"))
    parser.add_argument("--output", type=Path)
    parser.add_argument("--from", dest="chosen", type=Path, help="a file of article ids of train to export, one a line")
    options = parser.parse_args()
    if options.command in {"check", "merge"}:
        answers, wrong = read_answers(options.files[1], read_sheet(options.files[0]))
        print("\n".join([*wrong, f"{len(answers)} answers, {len(wrong)} problems"]))
        if options.command == "check" or wrong:
            return 1 if wrong else 0
    corpus = read_tables(options.corpus)
    if options.command in {"export", "disagreements"}:
        chosen = frozenset(options.chosen.read_text(encoding="utf-8").split()) if options.chosen else None
        text = export(corpus, chosen) if options.command == "export" else disagreements(corpus)
        options.output.write_text(text, encoding="utf-8")
        print(f"{text.count('# ')} sentences")
        return 0
    if options.command == "merge":
        merge(corpus, answers)
    else:
        wrong = decide(corpus, options.files[0])
        print("\n".join(wrong))
    write_tables(corpus, options.corpus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
