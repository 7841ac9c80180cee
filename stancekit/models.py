"""Model folders: JSON and arrays, read without running code from them.

A folder holds ``manifest.json``, which names every other file with its size and sha256 and carries a digest of itself:

=================  =====================================================================================================
file               content
=================  =====================================================================================================
``model.json``     task, classes, templates, calibration, parameters of the fit
``features.json``  per template, its phrases in the order of the columns
``coef.npy``       weights, float64, one row per class (one row for two classes)
``intercept.npy``  biases
``idf.npy``        what a term weight is multiplied by
``ratings.json``   polar words with their ratings
``roles.csv``      the role lexicon; empty if no template asks for it
``names.csv``      the catalogue whose names are masked
``words.txt``      common words, which are no names even where they are capitalised
``probes.json``    sentences with the probabilities they must have, checked whenever the folder is loaded
=================  =====================================================================================================

``README.md``, the card, stands beside them and is no part of the manifest. The format's number and the procedure for
raising it are in ``docs/model-format.md``.
"""

import hashlib
import io
import json
import platform
import stat
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import pandas as pd

from stancekit._version import __version__
from stancekit.actors import Catalogue
from stancekit.calibration import FlagCalibration, SoftmaxCalibration
from stancekit.classifiers import FramingClassifier, LinearClassifier, SentimentClassifier, StanceClassifier
from stancekit.classifiers.flags import MOST_FLAGS
from stancekit.errors import ModelError, OutputError, StancekitError
from stancekit.features import (
    FrameSums,
    Lexicon,
    Masker,
    NearTarget,
    Patterns,
    Phrases,
    Quoted,
    Roles,
    RoleSums,
    Sides,
    SideSums,
    Template,
    WordSums,
)
from stancekit.lexicon import RoleLexicon
from stancekit.tasks import TASKS

__all__ = ["ESTIMATORS", "FORMAT", "load_model", "save_model", "shipped_models"]

FORMAT = 2
"""The number of the format that this version writes."""

ESTIMATORS: dict[str, type[LinearClassifier]] = {
    "stance": StanceClassifier,
    "sentiment": SentimentClassifier,
    "framing": FramingClassifier,
}
TEMPLATES: dict[str, type[Template]] = {
    kind.__name__: kind
    for kind in (
        *(Phrases, Sides, NearTarget, Lexicon),
        *(FrameSums, Patterns, Quoted, Roles, RoleSums, SideSums, WordSums),
    )
}
FILES = (
    "model.json",
    "features.json",
    "coef.npy",
    "intercept.npy",
    "idf.npy",
    "ratings.json",
    "roles.csv",
    "names.csv",
    "words.txt",
    "probes.json",
)
# Format 1 has no role lexicon; else it is as format 2.
FILES_OF = {1: tuple(name for name in FILES if name != "roles.csv"), FORMAT: FILES}
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 1_000_000
TOLERANCE = 1e-6
# Far above any weight; squares of larger numbers would overflow.
LARGEST = 1e100
# What reading JSON, headers of arrays and estimators' arguments raises where a file was made to mislead.
BROKEN = (
    *(KeyError, TypeError, ValueError, IndexError, AttributeError, EOFError, ArithmeticError, RecursionError),
    *(MemoryError, SyntaxError, TokenError, StancekitError),
)


def shipped_models() -> dict[str, Path]:
    """Give the folders of the models that come with the package.

    Returns
    -------
    dict of str to Path
        By task; empty if the package was installed without them.
    """
    installed = Path(str(files("stancekit"))) / "_shipped" / "models"
    # An editable install finds the same files at the top of the repository.
    home = installed if installed.is_dir() else Path(str(files("stancekit"))).parent / "models"
    return {task: home / task for task in TASKS if (home / task / MANIFEST).is_file()}


def save_model(
    model: LinearClassifier,
    folder: str | Path,
    *,
    probes: Any = None,
    info: dict[str, Any] | None = None,
    language: str | None = None,
) -> Path:
    """Write a fitted classifier as a folder.

    Parameters
    ----------
    model : StanceClassifier, SentimentClassifier or FramingClassifier
        Fitted.
    folder : str or Path
        Made if it is not there; files of an earlier model in it are replaced.
    probes : see the classifier's X, optional
        A few sentences whose probabilities are stored and checked at every load; none by default.
    info : dict, optional
        What else the manifest is to say, for JSON: where the training data comes from, development scores, seed.
    language : str, optional
        Of the texts, such as "en"; by default that with which the model was loaded, otherwise "en".

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ModelError
        If the classifier is not fitted, is of another kind, or has templates or labels that a folder cannot hold.
    OutputError
        If the folder cannot be written.
    """
    task = next((task for task, kind in ESTIMATORS.items() if type(model) is kind), None)
    if task is None or not hasattr(model, "coef_"):
        raise ModelError(
            f"only a fitted {', '.join(kind.__name__ for kind in ESTIMATORS.values())} can be saved, "
            f"got {type(model).__name__}; call fit first"
        )
    folder = Path(folder)
    contents = _contents(model, task, probes, str(language or getattr(model, "language_", "en")))
    manifest = {
        "program": "stancekit model",
        "format": FORMAT,
        "task": task,
        "versions": {"stancekit": __version__, "python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "scikit-learn")},
        "info": info or {},
        "files": {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        },
    }
    manifest["digest"] = _digest(manifest)
    contents[MANIFEST] = _json(manifest, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise OutputError(f"{folder}: the model cannot be written: {error.strerror}; give another folder") from None
    return folder


def load_model(name: str | Path, *, task: str | None = None) -> Any:
    """Read a model folder.

    Parameters
    ----------
    name : str or Path
        ``"stance"``, ``"sentiment"`` or ``"framing"`` for a shipped model, otherwise a folder.
    task : str, optional
        What the model must be for.

    Returns
    -------
    StanceClassifier, SentimentClassifier or FramingClassifier
        Fitted; its attribute ``model_info_`` holds the manifest.

    Raises
    ------
    ModelError
        If the folder is missing, damaged, of a newer format or of another task; nothing large is read before sizes and
        checksums have been compared.

    Examples
    --------
    >>> from stancekit import load_model
    >>> model = load_model("sentiment")
    >>> model.classes_.tolist()
    ['negative', 'neutral', 'positive']
    """
    shipped = shipped_models()
    folder = shipped[name] if isinstance(name, str) and name in shipped else Path(name)
    if not folder.is_dir():
        known = ", ".join(shipped) or "none"
        raise ModelError(
            f"{name}: no such model; shipped models are {known}, otherwise give a folder that holds {MANIFEST}"
        )
    manifest = _read_manifest(folder)
    if task is not None and manifest["task"] != task:
        raise ModelError(
            f"{folder}: a model for {manifest['task']}, but one for {task} is needed here; give another folder"
        )
    contents = {entry: _read_checked(folder, entry, manifest["files"][entry]) for entry in FILES_OF[manifest["format"]]}
    try:
        model = _restore(manifest["task"], contents)
        fits = _probes_fit(model, contents["probes.json"])
    except BROKEN as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ModelError(f"{folder}: the files do not make up a model ({reason}); fetch or train it again") from None
    if not fits:
        raise ModelError(
            f"{folder}: the model's probes get other probabilities than when it was saved; "
            "use the version of stancekit that saved it, or train it again"
        )
    model.model_info_ = manifest
    return model


# -- writing -----------------------------------------------------------------------------------------------------------


def _contents(model: LinearClassifier, task: str, probes: Any, language: str) -> dict[str, bytes]:
    vectorizer = model.vectorizer_
    calibration = model.calibration_
    foreign = [
        type(template).__name__ for template in vectorizer.templates_ if type(template) not in TEMPLATES.values()
    ]
    if foreign:
        raise ModelError(
            f"a model folder holds templates of {', '.join(TEMPLATES)} only, got {foreign[0]}; use joblib.dump"
        )
    if not all(isinstance(label, str | int) for label in model.classes_.tolist()):
        raise ModelError(f"a model folder holds labels that are strings or integers, got {model.classes_.tolist()}")
    described = {
        "task": task,
        "classes": model.classes_.tolist(),
        "language": language,
        "parameters": {
            "C": float(model.C),
            "min_df": int(model.min_df),
            "calibration_folds": int(model.calibration_folds),
            "class_weight": _class_weight(model),
            "max_iter": int(model.max_iter),
        },
        "templates": [{"type": type(template).__name__} | vars(template) for template in vectorizer.templates_],
        "calibration": {
            "type": "softmax" if isinstance(calibration, SoftmaxCalibration) else "flags",
            "scale": np.atleast_1d(calibration.scale).tolist(),
            "shift": calibration.shift.tolist(),
            "threshold": [] if calibration.threshold is None else calibration.threshold.tolist(),
        },
    }
    phrases: list[list[str]] = [[] for _ in vectorizer.templates_]
    for block, key in vectorizer.features_:
        phrases[block].append(key)
    names = vectorizer.masker_.matcher.catalogue.to_frame()
    # Masking asks for names and kinds; a parent in another catalogue could not be found when this one is read.
    names["parent_id"] = names["parent_id"].where(names["parent_id"].isin(names["actor_id"]), "")
    return {
        "model.json": _json(described, indent=1),
        "features.json": _json(phrases),
        "coef.npy": _npy(model.coef_),
        "intercept.npy": _npy(model.intercept_),
        "idf.npy": _npy(vectorizer.idf_),
        "ratings.json": _json(dict(sorted(vectorizer.ratings_.items()))),
        "roles.csv": (vectorizer.roles_.text if vectorizer.roles_ is not None else "").encode(),
        "names.csv": names.to_csv(index=False, lineterminator="\n").encode(),
        "words.txt": ("\n".join(sorted(vectorizer.masker_.words)) + "\n").encode(),
        "probes.json": _json(_probes(model, probes)),
    }


def _class_weight(model: LinearClassifier) -> Any:
    """Give the weights of classes for JSON: as they are, or as pairs, since keys of JSON objects are strings."""
    if model.class_weight is None or isinstance(model.class_weight, str):
        return model.class_weight
    return [[np.asarray(label).item(), float(weight)] for label, weight in model.class_weight.items()]


def _probes(model: LinearClassifier, probes: Any) -> list[dict[str, Any]]:
    if probes is None:
        return []
    if not isinstance(probes, pd.DataFrame):
        probes = pd.DataFrame({"text": list(probes)})
    rows = [
        {name: row[name] if name == "text" else int(row[name]) for name in ("text", "start", "end") if name in row}
        for row in probes.to_dict("records")
    ]
    return [row | {"p": p} for row, p in zip(rows, model.predict_proba(pd.DataFrame(rows)).tolist(), strict=True)]


def _json(value: Any, indent: int | None = None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False) + "\n").encode()


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype=np.float64), allow_pickle=False)
    return buffer.getvalue()


def _digest(manifest: dict[str, Any]) -> str:
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# -- reading -----------------------------------------------------------------------------------------------------------


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    again = "fetch or train it again"
    try:
        content = _bytes_within(folder, MANIFEST, MANIFEST_LIMIT)
    except OSError as error:
        raise ModelError(
            f"{path}: the manifest cannot be read: {error.strerror}; give a folder that holds one"
        ) from None
    if len(content) > MANIFEST_LIMIT:
        raise ModelError(f"{path}: larger than the {MANIFEST_LIMIT} bytes a manifest may have; {again}")
    try:
        manifest = json.loads(content.decode("utf-8"))
        digest = _digest(manifest) if isinstance(manifest, dict) else None
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: the manifest is not readable as JSON ({error}); {again}") from None
    if not isinstance(manifest, dict) or manifest.get("program") != "stancekit model":
        raise ModelError(f"{path}: not the manifest of a stancekit model; give another folder")
    number = manifest.get("format")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ModelError(f"{path}: the format must be a whole number from 1, got {str(number)[:40]!r}; {again}")
    if number > FORMAT:
        raise ModelError(
            f"{path}: format {str(number)[:40]}, but this version reads up to {FORMAT}; install a newer stancekit"
        )
    if manifest.get("digest") != digest:
        raise ModelError(f"{path}: the manifest does not fit its own digest, it was changed or damaged; {again}")
    if not isinstance(manifest.get("task"), str) or manifest["task"] not in ESTIMATORS:
        raise ModelError(
            f"{path}: the task must be one of {', '.join(ESTIMATORS)}, got {str(manifest.get('task'))[:40]!r}"
        )
    listed = manifest.get("files")
    if not isinstance(listed, dict) or sorted(listed) != sorted(FILES_OF[number]):
        raise ModelError(f"{path}: the manifest must list just {', '.join(FILES_OF[number])}; {again}")
    return manifest


def _bytes_within(folder: Path, name: str, limit: int) -> bytes:
    """Read a file of the folder, no more than one byte beyond the limit."""
    path = folder / name
    mode = path.stat().st_mode
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"{path}: a link that leads out of the model folder; fetch or train it again")
    # Pipes and devices have no size of their own and may never end.
    if not stat.S_ISREG(mode):
        raise ModelError(f"{path}: not a regular file; fetch or train it again")
    with path.open("rb") as stream:
        return stream.read(limit + 1)


def _read_checked(folder: Path, name: str, entry: Any) -> bytes:
    path = folder / name
    again = "fetch or train it again"
    if (
        not isinstance(entry, dict)
        or not isinstance(entry.get("size"), int)
        or not isinstance(entry.get("sha256"), str)
    ):
        raise ModelError(f"{folder / MANIFEST}: {name} needs a size and a sha256; {again}")
    try:
        size = path.stat().st_size
        if size != entry["size"]:
            raise ModelError(f"{path}: {size} bytes where the manifest says {str(entry['size'])[:40]}; {again}")
        content = _bytes_within(folder, name, size)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}; {again}") from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ModelError(f"{path}: the content does not fit its sha256, it was changed or damaged; {again}")
    return content


def _restore(task: str, contents: dict[str, bytes]) -> LinearClassifier:
    described = json.loads(contents["model.json"])
    if described["task"] != task:
        raise ModelError(f"model.json is for {described['task']}, the manifest for {task}")
    templates = tuple(TEMPLATES[entry.pop("type")](**entry) for entry in described["templates"])
    catalogue = _catalogue(contents["names.csv"])
    parameters = dict(described["parameters"])
    if isinstance(parameters.get("class_weight"), list):
        parameters["class_weight"] = dict(parameters["class_weight"])
    if task == "framing" and tuple(described["classes"]) != TASKS[task].labels:
        parameters["flags"] = tuple(described["classes"])
    model = ESTIMATORS[task](templates=templates, catalogue=catalogue, **parameters)
    model.language_ = str(described["language"])
    vectorizer = model.vectorizer_class(templates, min_df=model.min_df, catalogue=catalogue)
    vectorizer.templates_ = templates
    vectorizer.ratings_ = {str(word): float(rating) for word, rating in json.loads(contents["ratings.json"]).items()}
    roles = contents.get("roles.csv", b"")
    vectorizer.roles_ = _role_lexicon(roles) if roles else None
    if vectorizer.roles_ is None and any(template.needs_roles for template in templates):
        raise ModelError("roles.csv is empty, but templates of the model need it")
    vectorizer.masker_ = Masker(catalogue, _word_list(contents["words.txt"]))
    vectorizer.features_ = [
        (block, str(key)) for block, keys in enumerate(json.loads(contents["features.json"])) for key in keys
    ]
    n = len(vectorizer.features_)
    blocks = {block for block, _ in vectorizer.features_}
    if not n or len(set(vectorizer.features_)) < n or max(blocks) >= len(templates):
        raise ModelError(f"features.json must list phrases for {len(templates)} templates, each phrase once")
    if not _usable(list(vectorizer.ratings_.values())):
        raise ModelError("ratings.json holds ratings that are not finite or out of range")
    model.classes_ = _classes(described["classes"], task)
    k = len(model.classes_)
    width = k if task == "framing" or k > 2 else 1
    vectorizer.idf_ = _array(contents["idf.npy"], "idf.npy", (n,))
    vectorizer.index()
    model.vectorizer_ = vectorizer
    model.coef_ = _array(contents["coef.npy"], "coef.npy", (width, n))
    model.intercept_ = _array(contents["intercept.npy"], "intercept.npy", (width,))
    model.calibration_ = _calibration(described["calibration"], width, flags=task == "framing" or k == 2)
    return model


# Models that are used together hold the same names, roles and words: each is read, and kept in memory, once.
@lru_cache(maxsize=4)
def _catalogue(content: bytes) -> Catalogue:
    return Catalogue.from_csv(content.decode("utf-8"), source="names.csv")


@lru_cache(maxsize=4)
def _role_lexicon(content: bytes) -> RoleLexicon:
    return RoleLexicon.from_csv(content.decode("utf-8"))


@lru_cache(maxsize=4)
def _word_list(content: bytes) -> frozenset[str]:
    return frozenset(content.decode("utf-8").split())


def _classes(labels: list[Any], task: str) -> np.ndarray:
    classes = np.array(labels)
    if task == "framing":
        if (
            not all(isinstance(label, str) for label in labels)
            or not 1 <= len(set(labels)) == len(labels) <= MOST_FLAGS
        ):
            raise ModelError(f"the classes of framing must be the names of one to {MOST_FLAGS} different flags")
        return classes
    if classes.ndim != 1 or len(classes) < 2 or len(np.unique(classes)) < len(classes):
        raise ModelError("the classes must be two different labels or more")
    return classes


def _calibration(described: dict[str, Any], width: int, *, flags: bool) -> SoftmaxCalibration | FlagCalibration:
    scale, shift = np.array(described["scale"], dtype=np.float64), np.array(described["shift"], dtype=np.float64)
    if not _usable(scale) or not _usable(shift) or (scale <= 0).any() or shift.shape != (width,):
        raise ModelError(f"the calibration must be finite numbers with positive scale and {width} shifts")
    if described["type"] != ("flags" if flags else "softmax") or scale.shape != ((width,) if flags else (1,)):
        raise ModelError(
            f"the calibration must be of type {'flags' if flags else 'softmax'}, with its number of scales"
        )
    # Older folders have no thresholds.
    held = described.get("threshold", []) or ([0.5] * width if flags else [1.0] * width)
    threshold = np.array(held, dtype=np.float64)
    most = 1 - np.finfo(float).eps if flags else 1.0
    if threshold.shape != (width,) or not ((threshold > 0) & (threshold <= most)).all():
        raise ModelError(f"the calibration needs {width} thresholds between 0 and 1")
    if not flags:
        return SoftmaxCalibration(float(scale[0]), shift, threshold if described.get("threshold") else None)
    return FlagCalibration(scale, shift, threshold)


def _usable(values: Any) -> bool:
    return bool((np.abs(values) <= LARGEST).all())


def _array(content: bytes, name: str, shape: tuple[int, ...]) -> np.ndarray:
    # The header alone says how large the array would be: it is compared before anything is allocated.
    stream = io.BytesIO(content)
    major = np.lib.format.read_magic(stream)[0]
    read_header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    came, _, dtype = read_header(stream)
    if came != shape or dtype != np.float64:
        raise ModelError(f"{name} must be float64 of shape {shape}, got {dtype} of shape {came}")
    array: np.ndarray = np.load(io.BytesIO(content), allow_pickle=False)
    if not _usable(array):
        raise ModelError(f"{name} holds values that are not finite or out of range")
    return array


def _probes_fit(model: LinearClassifier, content: bytes) -> bool:
    """Tell whether the probes get the probabilities that they had when the model was saved."""
    probes = json.loads(content)
    if not probes:
        return True
    expected = np.array([probe.pop("p") for probe in probes])
    came = model.predict_proba(pd.DataFrame(probes))
    return expected.shape == came.shape and bool(np.allclose(expected, came, rtol=0, atol=TOLERANCE))
