"""What a run is to do, and how it differs from another one."""

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import uuid4

import joblib

from stancekit._version import __version__
from stancekit.articles import Inputs, Source
from stancekit.articles.folders import PARTS, PROGRAM
from stancekit.errors import InputError
from stancekit.scoring import Scorer
from stancekit.tasks import TASKS

__all__ = ["INPUTS", "check_same_plan", "input_lines", "plan_of"]

INPUTS = "inputs.jsonl"
"""Beside the plan: a line for each file that is read."""

HEAD = 2**20


def plan_of(scorer: Scorer, options: Mapping[str, Any], lines: Iterable[str]) -> dict[str, Any]:
    """Describe a run by all that its results depend on.

    Parameters
    ----------
    scorer : Scorer
        Its models are loaded.
    options : mapping
        Whatever else the results depend on, for JSON.
    lines : iterable of str
        From :func:`input_lines`.

    Returns
    -------
    dict
        For JSON, with an id of its own under ``"run"``.
    """
    digest, n_files = hashlib.sha256(), 0
    for line in lines:
        digest.update(line.encode())
        n_files += 1
    return {
        "program": PROGRAM,
        "run": uuid4().hex,
        "versions": {"stancekit": __version__, "python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "pandas", "scikit-learn")},
        "models": {
            task: {"name": str(given) if isinstance(given, str | Path) else type(given).__name__}
            | {"digest": _digest(given, getattr(scorer.models, task))}
            for task, given in ((task, getattr(scorer, task)) for task in TASKS)
        },
        "actors": {"entries": len(scorer.catalogue), "digest": scorer.catalogue.digest},
        "options": {"min_confidence": scorer.min_confidence} | dict(options),
        "inputs": {"files": n_files, "sha256": digest.hexdigest()},
    }


def _digest(given: Any, model: Any) -> str:
    # What an object says of the folder it came from need not hold any more.
    return str(model.model_info_["digest"]) if isinstance(given, str | Path) else str(joblib.hash(model))


def input_lines(inputs: Inputs, stdin: bytes | None) -> Iterator[str]:
    """Describe the files of a run, a line of JSON for each.

    Parameters
    ----------
    inputs : Inputs
        What is read.
    stdin : bytes or None
        What came from standard input.

    Yields
    ------
    str
        With the end of the line.
    """
    for source in inputs.sources:
        yield json.dumps({"file": source.file} | _seen(source, stdin), ensure_ascii=False) + "\n"
    for rejection in inputs.rejected:
        yield json.dumps({"file": rejection.file, "rejected": rejection.reason}, ensure_ascii=False) + "\n"


def _seen(source: Source, stdin: bytes | None) -> dict[str, Any]:
    if source.path is None:
        content = stdin or b""
        return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    try:
        status = source.path.stat()
        with source.path.open("rb") as stream:
            head = hashlib.sha256(stream.read(HEAD)).hexdigest()
    except OSError as error:
        return {"unreadable": error.strerror}
    return {"size": status.st_size, "changed": status.st_mtime_ns, "sha256": head}


def check_same_plan(folder: Path, found: Mapping[str, Any], plan: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Refuse to go on with a run that was to do something else.

    Parameters
    ----------
    folder : Path
        Where the run is, for the message.
    found : mapping
        What it was to do.
    plan : mapping
        What is asked now.
    lines : iterable of str
        The files that are read now; those of the run stand in its folder.

    Raises
    ------
    InputError
        With the first difference.
    """
    difference = _difference(found, plan) or _other_inputs(folder, found, plan, lines)
    if difference is not None:
        raise InputError(
            f"{folder} holds a run that cannot be resumed: {difference}; give what was given then, "
            "or start anew with --overwrite (overwrite=True)"
        )


def _difference(found: Mapping[str, Any], plan: Mapping[str, Any]) -> str | None:
    for group, what in (("versions", "the version of"), ("models", "the model for"), ("options", "the option")):
        then, now = found.get(group) or {}, plan[group]
        for name in now:
            if then.get(name) != now[name]:
                return f"{what} {name} was {_shown(then.get(name))}, now it is {_shown(now[name])}"
    then, now = found.get("actors") or {}, plan["actors"]
    if then != now:
        return f"the actors were {_shown(then)}, now they are {_shown(now)}"
    return None


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "digest" in value:
        what = value.get("name") or f"{value.get('entries')} entries"
        return f"{what} ({str(value['digest'])[:12]})"
    return repr(value)


def _other_inputs(folder: Path, found: Mapping[str, Any], plan: Mapping[str, Any], lines: Iterable[str]) -> str | None:
    then, now = found.get("inputs") or {}, plan["inputs"]
    if then == now:
        return None
    try:
        with (folder / PARTS / INPUTS).open(encoding="utf-8") as stream:
            for before, after in zip_longest(stream, lines):
                if before != after:
                    return _other_file(before, after)
    except (OSError, ValueError):
        pass
    return f"the input was {then.get('files')} files, now it is {now['files']}, or what they hold has changed"


def _other_file(before: str | None, after: str | None) -> str:
    if before is None or after is None:
        file = json.loads(before or after or "{}").get("file")
        return f"{file!r} is {'read now and was not then' if before is None else 'not read now, but was then'}"
    then, now = json.loads(before), json.loads(after)
    if then["file"] != now["file"]:
        return f"{then['file']!r} was read where now {now['file']!r} is"
    names = {
        "size": "its size in bytes",
        "changed": "the time of its last change",
        "sha256": "the sum of its beginning",
    }
    for name, what in names.items():
        if then.get(name) != now.get(name):
            return f"{then['file']!r} is another file: {what} was {then.get(name)}, now it is {now.get(name)}"
    return f"{then['file']!r} could not be read then, or cannot now"
