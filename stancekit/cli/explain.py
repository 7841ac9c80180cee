"""The command that takes a decision apart."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.errors import fail, plain_errors
from stancekit.cli.options import ACTORS

if TYPE_CHECKING:
    import pandas as pd

    from stancekit.actors import Catalogue
    from stancekit.explanation import Explanation

__all__ = ["explain"]

NUMBERS = ("bias", "contributions", "decision", "probability", "threshold")


@click.command(short_help="Take a decision apart: what each phrase adds to it.")
@click.argument("model", metavar="MODEL")
@click.argument("text", metavar="TEXT")
@click.option(
    "--actor", metavar="NAME", help="Only this actor: its id, its name or how the text calls it (stance models)."
)
@ACTORS
@click.option("--label", metavar="LABEL", help="Whose decision value is taken apart. [default: the predicted label's]")
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Phrases printed per decision; 0 for all. JSON always has all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, for scripts.")
@click.option(
    "--color/--no-color",
    default=None,
    help="Colour what speaks for the label blue, against it yellow. [default: if standard output is a terminal]",
)
def explain(model: str, text: str, **options: Any) -> None:
    """Take a decision apart: the bias, and what each phrase adds to it, with its place in the sentence.

    MODEL is stance, sentiment or framing for a shipped model, or a model folder. TEXT is a sentence or a longer text,
    taken sentence by sentence; @FILE reads it from a file, - from standard input. A stance model is asked about each
    actor that is found.

    Places are characters of the sentence, counted from 0. Bias and phrases sum to the decision value exactly; what
    --top leaves out is printed as one sum. Flags are printed with the probability from which they are on. What
    templates and their signs mean stands in docs/explain.md.

    \b
    Examples:
      stancekit explain sentiment "Shells killed two nurses."
      stancekit explain stance "Kenya praised Oxfam for its work." --actor Oxfam
      stancekit explain framing @article.txt --top 5
      cat article.txt | stancekit explain my-model - --json

    Exit codes: 0 explained, 2 the text, actor or model cannot be used or the call was wrong,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _explain(model, _read(text), options)


def _explain(name: str, text: str, options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.actors import Catalogue  # noqa: PLC0415
    from stancekit.explanation import actor_rows, sentence_rows  # noqa: PLC0415
    from stancekit.explanation import explain as account_for  # noqa: PLC0415
    from stancekit.models import load_model  # noqa: PLC0415

    model = load_model(name)
    catalogue = Catalogue.builtin()
    if options["actors"] is not None:
        catalogue = catalogue.extended(Catalogue.read(options["actors"], base=catalogue))
        model = model.masking(catalogue)
    task = model.model_info_["task"]
    if task == "stance":
        rows = _of_actor(actor_rows(text, catalogue=catalogue), options["actor"], catalogue)
    elif options["actor"] is not None:
        fail(f"--actor is for stance models; {name} is one for {task}, which asks about whole sentences")
    else:
        rows = sentence_rows(text)
    account = account_for(model, rows)
    # Asked for before anything is printed: a wrong label is said at once.
    printed = account.text(label=options["label"], top=options["top"], color=True)
    if options["as_json"]:
        source = {"model": name, "task": task, "digest": model.model_info_["digest"]}
        click.echo(json.dumps(source | {"rows": _plain(account, rows)}, indent=1, ensure_ascii=False))
        return
    color = options["color"]
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    # Where nobody looks, click takes the colours out again.
    click.echo(printed, color=color)


def _read(text: str) -> str:
    """Give the text itself: as it came, of a file, or of standard input."""
    from stancekit.articles.finding import system_reason  # noqa: PLC0415

    if text == "-":
        where, content = "standard input", sys.stdin.buffer.read()
    elif text.startswith("@"):
        where = text[1:]
        try:
            content = Path(where).read_bytes()
        except OSError as error:
            fail(f"{where}: {system_reason(error)}")
    else:
        return _with_words("TEXT", text)
    try:
        return _with_words(where, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        fail(f"{where}: not UTF-8 (byte {error.start}); save the text as UTF-8")


def _with_words(where: str, text: str) -> str:
    from stancekit.articles.values import text_problem  # noqa: PLC0415

    problem = text_problem(text)
    if problem is not None:
        fail(f"{where}: {problem}")
    return text


def _of_actor(rows: "pd.DataFrame", name: str | None, catalogue: "Catalogue") -> "pd.DataFrame":
    """Keep the rows of the actor asked for, or say who was found."""
    found = ", ".join(dict.fromkeys(rows["actor"]))
    if rows.empty:
        fail("no actor was found in the text; stance needs one (own actors: --actors FILE)")
    if name is None:
        return rows
    asked = name.casefold()
    called = {
        actor_id: {actor_id.casefold(), *(alias.casefold() for alias, _ in catalogue[actor_id].spellings())}
        for actor_id in set(rows["actor_id"])
    }
    kept = [
        asked in called[actor_id]
        or asked == actor.casefold()
        or asked in {text[start:end].casefold() for start, end in spans}
        for actor_id, actor, text, spans in zip(
            rows["actor_id"], rows["actor"], rows["text"], rows["spans"], strict=True
        )
    ]
    if not any(kept):
        fail(f"--actor {name}: not found in the text as an actor; found were {found}")
    return rows[kept].reset_index(drop=True)


def _plain(account: "Explanation", rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """Give the account as lists and numbers; places count from the start of the sentence."""
    labels = list(account.decisions["label"].cat.categories)
    classes = [name.removeprefix("p_") for name in account.rows.columns if name.startswith("p_")]
    decisions = account.decisions.groupby("row", sort=False)
    parts = dict(iter(account.contributions.groupby("row", sort=False)))
    plain = []
    for number, entry in enumerate(account.rows.to_dict("records")):
        place = rows.iloc[number]
        row: dict[str, Any] = {name: int(place[name]) for name in ("sentence_id", "sentence_start", "sentence_end")}
        row |= {"text": entry["text"]}
        if "actor_id" in rows.columns:
            spans = [[int(start), int(end)] for start, end in place["spans"]]
            row |= {"actor_id": place["actor_id"], "actor": place["actor"], "spans": spans}
        row |= {
            "label": str(entry["label"]),
            "probabilities": {name: float(entry[f"p_{name}"]) for name in classes},
            "known_terms": int(entry["known_terms"]),
            "decisions": [
                {
                    "label": str(one["label"]),
                    **{key: float(one[key]) for key in NUMBERS if one[key] == one[key]},
                }
                for one in decisions.get_group(number).to_dict("records")
            ],
            "phrases": _phrases(parts.get(number), len(labels)),
        }
        plain.append(row)
    return plain


def _phrases(parts: "pd.DataFrame | None", width: int) -> list[dict[str, Any]]:
    """Give one entry per occurrence, with what it adds to each label."""
    if parts is None:
        return []
    names = [str(label) for label in parts["label"].iloc[:width]]
    values = parts["contribution"].to_numpy().reshape(-1, width).tolist()
    first = parts.iloc[::width][["template", "phrase", "text", "start", "end"]].to_dict("records")
    return [
        {str(key): value for key, value in one.items()} | {"contributions": dict(zip(names, added, strict=True))}
        for one, added in zip(first, values, strict=True)
    ]
