"""Score the shipped models on the split ``test`` of conflict-news: once each, lest they be tuned on it."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stancekit import datasets, load_model
from stancekit.evaluation import Evaluation, Figure, evaluate, evaluate_flags
from stancekit.tasks import FRAMING

__all__ = ["digest_of", "release"]

# What decides; probes and the manifest's figures do not.
DECIDING = (
    *("model.json", "features.json", "coef.npy", "intercept.npy", "idf.npy"),
    *("ratings.json", "roles.csv", "names.csv", "words.txt"),
)
# Figures that are kept and shown.
FIGURES = ("accuracy", "macro_f1", "ece")


def digest_of(folder: Path) -> str:
    """Give what tells a model from any that decides otherwise.

    Parameters
    ----------
    folder : Path
        Of the model.

    Returns
    -------
    str
        A sha256 over its files, its manifest, card and probes left out.
    """
    found = hashlib.sha256()
    for name in DECIDING:
        file = folder / name
        found.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode() if file.exists() else b"-")
    return found.hexdigest()


def read_record(record: Path) -> list[dict[str, Any]]:
    """Read what has been scored before."""
    if not record.exists():
        return []
    try:
        entries = json.loads(record.read_text(encoding="utf-8"))
        known = [{"task": entry["task"], "digest": entry["digest"]} | entry for entry in entries]
    except (ValueError, KeyError, TypeError):
        raise SystemExit(
            f"{record} cannot be read, so that nobody knows what was scored; restore it from the repository's history"
        ) from None
    return known


def scored(task: str, folder: Path, corpus: Path) -> dict[str, Evaluation]:
    """Score a model on test."""
    held = datasets.load("conflict-news", split="test", path=corpus)
    model = load_model(folder)
    if task == "stance":
        rows = held.stances
        proba = model.predict_proba(rows)
        return {task: evaluate(rows["label"].astype(str), proba, list(model.classes_), groups=rows["article_id"])}
    rows = held.sentences
    proba = model.predict_proba(rows)
    if task == "sentiment":
        return {task: evaluate(rows["sentiment"].astype(str), proba, list(model.classes_), groups=rows["article_id"])}
    flags = list(FRAMING.labels)
    return evaluate_flags(rows[flags], proba, flags, thresholds=model.thresholds_, groups=rows["article_id"])


def entry_of(task: str, digest: str, found: dict[str, Evaluation]) -> dict[str, Any]:
    """Give what is kept of a score."""
    figures = {
        name: {
            "n_rows": one.n_rows,
            "n_articles": one.n_groups,
            **{
                figure: {key: round(value, 4) for key, value in vars(getattr(one, figure)).items()}
                for figure in FIGURES
            },
            "classes": one.classes.round(4).to_dict("records"),
        }
        for name, one in found.items()
    }
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return {"task": task, "digest": digest, "scored": today, "figures": figures}


def told(entry: dict[str, Any]) -> str:
    """Write an entry for people."""
    lines = []
    for name, found in entry["figures"].items():
        values = [f"{figure} {Figure(**found[figure])}" for figure in FIGURES]
        on = [one["f1"] for one in found["classes"] if one["label"] == "on"]
        values += [f"F1 of on {100 * value:.1f}" for value in on]
        lines.append(f"{name}: {', '.join(values)}; {found['n_rows']:,} rows of {found['n_articles']:,} articles")
    return "\n".join(lines)


def release(models: dict[str, Path], corpus: Path, record: Path, tasks: Sequence[str] | None = None) -> str:
    """Score models on test, and keep what came out.

    Parameters
    ----------
    models : dict of str to Path
        Folders by task.
    corpus : Path
        A corpus folder.
    record : Path
        JSON of all scores so far; to be committed by who releases.
    tasks : sequence of str, optional
        Only these; all by default.

    Returns
    -------
    str
        Figures for people.

    Raises
    ------
    SystemExit
        If a model was scored before, whatever it was called then, or the record cannot be read. Nothing is scored then.
    """
    entries = read_record(record)
    chosen = {task: models[task] for task in tasks or models}
    digests = {task: digest_of(folder) for task, folder in chosen.items()}
    before = {entry["digest"]: entry for entry in entries}
    for task, digest in digests.items():
        if digest in before:
            raise SystemExit(
                f"{chosen[task]} was scored on test on {before[digest].get('scored')}, and each model is scored there "
                f"once; the figures stand in {record}. Name the tasks whose models are others with --task"
            )
    lines = []
    for task, folder in chosen.items():
        entry = entry_of(task, digests[task], scored(task, folder, corpus))
        entries.append(entry)
        # Kept before it is shown: a look that leaves no trace would not be the only one.
        partial = record.with_suffix(".partial")
        partial.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
        partial.replace(record)
        lines.append(told(entry))
    lines.append(f"kept in {record}: commit it with the models; these models are not scored on test again")
    return "\n".join(lines)
