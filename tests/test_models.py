"""Model folders: what is saved comes back to the bit, and what was changed is refused in one line."""

import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelled import CATALOGUE, CLASSES, data, make, tiny
from sklearn.base import clone

from stancekit import StanceClassifier, load_model, save_model
from stancekit.actors import Catalogue
from stancekit.errors import ModelError, OutputError
from stancekit.features import Phrases
from stancekit.models import FILES, FORMAT, MANIFEST, MANIFEST_LIMIT, shipped_models

TASKS = pytest.mark.parametrize("task", list(CLASSES))


@cache
def trained(task, binary=False):
    X, y = data(task)
    return make(task).fit(X, np.where(y == "neutral", "no", "yes") if binary else y)


@pytest.fixture
def folder(tmp_path):
    """A small model that was saved with probes."""
    return save_model(tiny(), tmp_path / "model", probes=data("stance")[0].iloc[:2])


def digest(manifest):
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def change_manifest(folder, **changes):
    """Change the manifest and make it fit its digest again."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8")) | changes
    manifest["digest"] = digest(manifest)
    path.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def replace(folder, name, content):
    """Replace a file and make the manifest fit it."""
    (folder / name).write_bytes(content)
    files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    files[name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    change_manifest(folder, files=files)


def change_json(folder, name, change):
    described = json.loads((folder / name).read_text(encoding="utf-8"))
    described = change(described) or described
    replace(folder, name, json.dumps(described).encode())


def refused(folder, match):
    with pytest.raises(ModelError, match=match) as caught:
        load_model(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


# -- round trips -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "binary"), [(task, False) for task in CLASSES] + [("stance", True), ("sentiment", True)]
)
def test_a_model_comes_back_to_the_bit(tmp_path, task, binary):
    X, _ = data(task)
    model = trained(task, binary)
    loaded = load_model(save_model(model, tmp_path / "model", probes=X.iloc[:3]), task=task)
    assert type(loaded) is type(model)
    for method in ("predict_proba", "decision_function", "predict", "known_terms"):
        ours, theirs = getattr(model, method)(X), getattr(loaded, method)(X)
        assert (ours == theirs).all()
    assert list(loaded.classes_) == list(model.classes_)
    assert loaded.vectorizer_.features_ == model.vectorizer_.features_
    assert loaded.vectorizer_.occurrences(X) == model.vectorizer_.occurrences(X)


@pytest.mark.parametrize("labels", [[-1, 0, 1], [3, 4], [True, False], ["yes", "no"]])
def test_labels_keep_their_type(tmp_path, labels):
    X, _ = data("sentiment")
    y = np.array(labels)[np.arange(40) % len(labels)]
    model = make("sentiment", calibration_folds=0).fit(X, y)
    loaded = load_model(save_model(model, tmp_path))
    assert loaded.predict(X).dtype == model.predict(X).dtype
    assert loaded.predict(X).tolist() == model.predict(X).tolist()


@TASKS
def test_a_loaded_model_saves_to_the_same_files(tmp_path, task):
    probes = data(task)[0].iloc[:2]
    first = save_model(trained(task), tmp_path / "1", probes=probes)
    second = save_model(load_model(first), tmp_path / "2", probes=probes)
    for name in (*FILES, MANIFEST):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@TASKS
def test_a_loaded_model_can_be_trained_again(tmp_path, task):
    X, y = data(task)
    loaded = load_model(save_model(trained(task), tmp_path))
    again = clone(loaded).fit(X, y)
    assert (again.coef_ == trained(task).coef_).all()


def test_numbers_of_a_grid_search_can_be_saved(tmp_path):
    X, y = data("stance")
    model = make("stance", C=np.int64(2), min_df=np.int64(1), calibration_folds=np.int64(2)).fit(X, y)
    assert load_model(save_model(model, tmp_path)).get_params()["C"] == 2


def test_own_names_and_words_are_kept(folder):
    masker = load_model(folder).vectorizer_.masker_
    assert masker.matcher.catalogue == CATALOGUE
    assert masker.words == {"the", "clinic", "nurses"}


def test_the_manifest_is_the_models_information(tmp_path):
    told = {"training": "invented sentences", "seed": 0}
    info = load_model(save_model(trained("framing"), tmp_path, info=told)).model_info_
    assert info["task"] == "framing"
    assert info["format"] == FORMAT
    assert info["info"] == told
    assert set(info["files"]) == set(FILES)


def test_an_older_model_in_the_folder_is_replaced(tmp_path):
    save_model(trained("stance"), tmp_path)
    save_model(trained("sentiment"), tmp_path)
    assert load_model(tmp_path).model_info_["task"] == "sentiment"


def test_a_card_beside_the_model_is_ignored(folder):
    (folder / "README.md").write_text("A card.", encoding="utf-8")
    (folder / "notes").mkdir()
    assert load_model(folder).model_info_["task"] == "stance"


def test_probes_may_be_a_list_of_sentences(tmp_path):
    folder = save_model(trained("sentiment"), tmp_path, probes=["Nurses praised the clinic."])
    (probe,) = json.loads((folder / "probes.json").read_text(encoding="utf-8"))
    assert set(probe) == {"text", "p"}
    load_model(folder)


def test_no_file_is_a_pickle(folder):
    for path in folder.iterdir():
        content = path.read_bytes()
        assert not content.startswith(b"\x80"), path.name
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).dtype == np.float64
        else:
            content.decode("utf-8")


def test_loading_in_a_fresh_process_unpickles_nothing(folder):
    X, _ = data("stance")
    X.to_json(folder / "X.json", orient="records")
    script = (
        "import json, pickle, sys, pandas as pd\n"
        "from stancekit import load_model\n"
        "def never(*_, **__): raise SystemExit('unpickled')\n"
        "pickle.load = pickle.loads = pickle.Unpickler = never\n"
        "model = load_model(sys.argv[1])\n"
        "rows = pd.DataFrame(json.load(open(sys.argv[1] + '/X.json')))\n"
        "print(json.dumps(model.predict_proba(rows).tolist()))\n"
    )
    told = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == load_model(folder).predict_proba(X).tolist()


# -- the shipped models ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "classes"),
    [
        ("stance", ["against", "favor", "neutral"]),
        ("sentiment", ["negative", "neutral", "positive"]),
        ("framing", ["humanitarian", "tactical"]),
    ],
)
def test_the_shipped_models_load_with_probes_and_a_card(task, classes):
    model = load_model(task, task=task)
    assert list(model.classes_) == classes
    folder = shipped_models()[task]
    assert len(json.loads((folder / "probes.json").read_text(encoding="utf-8"))) >= 1
    assert "## Limits" in (folder / "README.md").read_text(encoding="utf-8")
    assert "training" in model.model_info_["info"]
    assert model.predict_proba(data(task)[0]).shape == (40, len(classes))


def test_a_shipped_model_of_another_task_is_refused():
    with pytest.raises(ModelError, match="a model for framing, but one for stance is needed"):
        load_model("framing", task="stance")


@pytest.mark.parametrize("name", ["stances", "", "no/such/folder", "\0"])
def test_an_unknown_name_lists_the_shipped_models(name, tmp_path):
    with pytest.raises(ModelError, match=r"(no such model; shipped models are stance, sentiment, framing|manifest)"):
        load_model(name or str(tmp_path / "none"))


# -- damage ------------------------------------------------------------------------------------------------------------


# Every byte of each file is flipped in one of the tasks, whose files are alike.
@pytest.mark.parametrize(("task", "mask", "first"), [("stance", 0xFF, 0), ("sentiment", 0x01, 1), ("framing", 0x20, 2)])
def test_any_flipped_byte_is_refused(tmp_path, task, mask, first):
    folder = save_model(tiny(task), tmp_path / "model", probes=data(task)[0].iloc[:1])
    load_model(folder)
    accepted = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for place in range(first, len(content), 3):
            path.write_bytes(content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :])
            try:
                load_model(folder)
            except ModelError as error:
                if "\n" in str(error):
                    accepted.append((path.name, place, str(error)))
            else:
                accepted.append((path.name, place, chr(content[place])))
        path.write_bytes(content)
    assert accepted == []
    load_model(folder)


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([name for name in FILES if name != "words.txt"]), st.integers(0), st.integers(0, 255))
def test_a_changed_file_with_a_manifest_made_to_fit_is_a_model_or_refused(folder, name, place, byte):
    path = folder / name
    whole, manifest = path.read_bytes(), (folder / MANIFEST).read_bytes()
    content = bytearray(whole)
    content[place % len(content)] = byte
    try:
        replace(folder, name, bytes(content))
        try:
            model = load_model(folder)
        except ModelError as error:
            told = str(error)
        else:
            told = "a model"
            assert np.isfinite(model.predict_proba(data("stance")[0])).all()
        assert "\n" not in told
    finally:
        path.write_bytes(whole)
        (folder / MANIFEST).write_bytes(manifest)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    refused(folder, rf"{name}.*No such file or directory")


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
@pytest.mark.parametrize("left", [0, 1, -1])
def test_a_truncated_file_is_refused(folder, name, left):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:left] if left != -1 or name != MANIFEST else content[:-2])
    refused(folder, "bytes where the manifest says|not readable as JSON")


@pytest.mark.parametrize("name", FILES)
def test_a_longer_file_is_refused_before_it_is_read(folder, name):
    os.truncate(folder / name, 10**11)
    tracemalloc.start()
    refused(folder, "100000000000 bytes where the manifest says")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_huge_manifest_is_refused(folder):
    os.truncate(folder / MANIFEST, 10**11)
    tracemalloc.start()
    refused(folder, f"larger than the {MANIFEST_LIMIT} bytes")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_link_that_leads_out_is_refused(folder, name, tmp_path):
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    refused(folder, "leads out of the model folder")


def test_a_link_within_the_folder_is_followed(folder):
    (folder / "idf.npy").rename(folder / "real.npy")
    (folder / "idf.npy").symlink_to("real.npy")
    load_model(folder)


@pytest.mark.parametrize("name", ["idf.npy", MANIFEST])
def test_a_link_to_itself_is_refused(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to(name)
    refused(folder, "symbolic links")


@pytest.mark.parametrize("name", ["idf.npy", MANIFEST])
def test_a_pipe_or_a_folder_in_the_place_of_a_file_is_refused(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    refused(folder, "not a regular file|bytes where the manifest says")
    (folder / name).unlink()
    (folder / name).mkdir()
    refused(folder, "not a regular file|bytes where the manifest says|Is a directory")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "model").write_text("text", encoding="utf-8")
    refused(tmp_path / "model", "no such model")


def test_an_empty_folder_is_refused(tmp_path):
    refused(tmp_path, "the manifest cannot be read: No such file")


# -- manifests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": FORMAT + 1}, rf"format {FORMAT + 1}, but this version reads up to {FORMAT}; install a newer"),
        ({"format": 10**300}, "install a newer stancekit"),
        ({"format": "1"}, "the format must be a whole number from 1, got '1'"),
        ({"format": True}, "the format must be a whole number from 1"),
        ({"format": 0}, "the format must be a whole number from 1"),
        ({"format": None}, "the format must be a whole number from 1"),
        ({"program": "other"}, "not the manifest of a stancekit model"),
        ({"task": "irony"}, "the task must be one of stance, sentiment, framing, got 'irony'"),
        ({"task": ["stance"]}, "the task must be one of"),
        ({"task": "framing"}, "model.json is for stance, the manifest for framing"),
        ({"files": {}}, "the manifest must list just model.json"),
        ({"files": ["model.json"]}, "the manifest must list just"),
        ({"files": dict.fromkeys([*FILES, "../x"])}, "the manifest must list just"),
        ({"files": dict.fromkeys(["../x" if name == "idf.npy" else name for name in FILES])}, "must list just"),
        ({"files": dict.fromkeys(FILES)}, "model.json needs a size and a sha256"),
        ({"files": {name: {"size": "1", "sha256": ""} for name in FILES}}, "needs a size and a sha256"),
        ({"files": {name: {"size": -1, "sha256": ""} for name in FILES}}, "bytes where the manifest says -1"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(folder, changes, message):
    change_manifest(folder, **changes)
    refused(folder, message)


def test_a_changed_manifest_without_a_new_digest_is_refused(folder):
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"info": {"training": "better data"}}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    refused(folder, "does not fit its own digest")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a": "\\ud800"}',
        b'{"a":' * 100_000,
        b"1" * 6000,
        b"\x80\x04K\x01.",
    ],
)
def test_a_manifest_that_is_no_json_is_refused(folder, content):
    (folder / MANIFEST).write_bytes(content)
    refused(folder, "not readable as JSON")


@pytest.mark.parametrize("content", [b"[]", b"null", b'"stancekit model"', b"3", b"{}"])
def test_a_manifest_of_another_thing_is_refused(folder, content):
    (folder / MANIFEST).write_bytes(content)
    refused(folder, "not the manifest of a stancekit model")


# -- contents that a manifest attests, and that are no model -----------------------------------------------------------


def npy(array):
    return npy_header(array.shape, array.dtype.str) + array.tobytes()


def npy_header(shape, kind="<f8"):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize("name", ["coef.npy", "intercept.npy", "idf.npy"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -1e200])
def test_numbers_that_are_not_finite_are_refused(folder, name, bad):
    array = np.load(folder / name)
    array.flat[-1] = bad
    replace(folder, name, npy(array))
    refused(folder, f"{name} holds values that are not finite")


@pytest.mark.parametrize("name", ["coef.npy", "intercept.npy", "idf.npy"])
def test_a_header_of_another_shape_is_refused_before_anything_is_allocated(folder, name):
    replace(folder, name, npy_header((10**6, 10**6)) + b"\0" * 8)
    tracemalloc.start()
    refused(folder, rf"{name} must be float64 of shape .*, got float64 of shape \(1000000, 1000000\)")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x09\x00",
        b"\x80\x04K\x01.",
        npy_header("(3,)")[:40],
        npy_header("(3,)"),
        npy_header("(3"),
        npy_header("__import__('os')"),
        npy_header("(3,)", "|O") + b"\x80\x04]\x94(K\x01K\x01K\x01e.",
        npy(np.zeros(3, dtype=np.float32)),
        npy(np.zeros(4)),
    ],
)
def test_an_array_that_is_none_is_refused(folder, content):
    replace(folder, "intercept.npy", content)
    refused(folder, "do not make up a model")


@pytest.mark.parametrize("name", ["model.json", "features.json", "ratings.json", "probes.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"3", b'"x"', b"\xff", b"[" * 100_000, b"[[[1]]]", b"[1e999]", b"[{}]"])
def test_contents_of_another_form_are_refused(folder, name, content):
    replace(folder, name, content)
    refused(folder, "do not make up a model|probes get other probabilities")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("model.json", lambda told: told.pop("classes"), "classes"),
        ("model.json", lambda told: told.update(classes=["a", "b"]), "shape"),
        ("model.json", lambda told: told.update(classes=["a", "a", "b"]), "two different labels"),
        ("model.json", lambda told: told.update(classes=[["a"], ["b"], ["c"]]), "two different labels"),
        ("model.json", lambda told: told.update(templates=[{"type": "Evil", "name": "x"}]), "Evil"),
        ("model.json", lambda told: told["templates"][0].update(command="x"), "command"),
        ("model.json", lambda told: told.update(templates=told["templates"][:1]), "must list phrases"),
        ("model.json", lambda told: told["parameters"].update(alpha=1), "alpha"),
        ("model.json", lambda told: told["calibration"].update(scale=[1e200]), "finite numbers"),
        ("model.json", lambda told: told["calibration"].update(scale=[0.0]), "positive scale"),
        ("model.json", lambda told: told["calibration"].update(scale=[]), "number of scales"),
        ("model.json", lambda told: told["calibration"].update(shift=[0.0]), "3 shifts"),
        ("model.json", lambda told: told["calibration"].update(type="flags"), "must be of type softmax"),
        ("features.json", lambda told: told[0].append(told[0][0]), "each phrase once"),
        ("features.json", lambda told: told[0].append("one more"), "idf.npy must be float64 of shape"),
        ("features.json", lambda told: [[] for _ in told], "must list phrases"),
        ("ratings.json", lambda told: told.update(praised=float("nan")), "ratings that are not finite"),
        ("ratings.json", lambda told: told.update(praised="high"), "could not convert"),
        ("probes.json", lambda told: [{"text": "a", "start": 0, "end": 1}, *told], "'p'"),
        ("probes.json", lambda _: [{"start": 0, "end": 1, "p": [1, 0, 0]}], "needs the columns text"),
        ("probes.json", lambda told: told[0].update(start=999), "does not lie in the text"),
        ("probes.json", lambda told: told[0].update(p=[1, 0, 0]), "probes get other probabilities"),
        ("probes.json", lambda told: [probe | {"p": [0.5, 0.5]} for probe in told], "probes get other probabilities"),
    ],
)
def test_contents_that_do_not_fit_are_refused(folder, name, change, message):
    def changed(told):
        result = change(told)
        return result if isinstance(result, list) and name in {"features.json", "probes.json"} else told

    change_json(folder, name, changed)
    refused(folder, message)


def test_a_probe_may_differ_in_the_last_digits(folder):
    change_json(folder, "probes.json", lambda told: [probe | {"p": [p + 1e-8 for p in probe["p"]]} for probe in told])
    load_model(folder)


@pytest.mark.parametrize("content", [b"", b"actor_id,name\n", b"actor_id,name,kind\nx,X,planet\n", b"\xff", b'a,"b'])
def test_names_that_are_no_catalogue_are_refused(folder, content):
    replace(folder, "names.csv", content)
    refused(folder, "do not make up a model")


def test_the_classes_of_framing_are_its_flags(tmp_path):
    folder = save_model(tiny("framing"), tmp_path)
    change_json(folder, "model.json", lambda told: told | {"classes": ["tactical", "tactical"]})
    refused(folder, "the classes of framing must be the names of one to 20 different flags")


# -- what cannot be saved ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [StanceClassifier(), object(), "stance", None])
def test_only_a_fitted_classifier_is_saved(tmp_path, model):
    with pytest.raises(ModelError, match="only a fitted StanceClassifier, SentimentClassifier, FramingClassifier"):
        save_model(model, tmp_path / "model")
    assert not (tmp_path / "model").exists()


class Whole(Phrases):
    """A template that no folder can name."""


def test_templates_and_labels_that_a_folder_cannot_hold_are_told_at_once(tmp_path):
    X, y = data("sentiment")
    own = make("sentiment", calibration_folds=0, templates=[Whole("own")]).fit(X, y)
    with pytest.raises(ModelError, match=r"templates of Phrases, Sides, .* only, got Whole"):
        save_model(own, tmp_path)
    halves = make("sentiment", calibration_folds=0).fit(X, np.arange(40) % 2 + 0.5)
    with pytest.raises(ModelError, match="labels that are strings or integers"):
        save_model(halves, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="the model cannot be written: File exists"):
        save_model(trained("stance"), tmp_path / "file")
    with pytest.raises(OutputError, match="the model cannot be written: Not a directory"):
        save_model(trained("stance"), tmp_path / "file" / "model")


def test_a_catalogue_whose_parents_live_elsewhere_is_kept(tmp_path):
    own = pd.DataFrame({"actor_id": ["x"], "name": ["Zorvan Guard"], "kind": ["armed_group"], "parent_id": ["RUS"]})
    catalogue = Catalogue.from_frame(own, base=Catalogue.builtin())
    model = make("stance", catalogue=catalogue).fit(*data("stance"))
    loaded = load_model(save_model(model, tmp_path))
    assert "x" in loaded.vectorizer_.masker_.matcher.catalogue


def test_the_path_may_be_a_string_or_a_path(folder):
    assert load_model(str(folder)).model_info_ == load_model(Path(folder)).model_info_


def test_a_model_of_format_1_loads_with_the_probabilities_of_its_probes():
    folder = Path(__file__).parent / "data" / "models" / "format-1"
    model = load_model(folder)
    probes = json.loads((folder / "probes.json").read_text(encoding="utf-8"))
    expected = [probe.pop("p") for probe in probes]
    assert model.model_info_["format"] == 1 < FORMAT
    assert len(expected) == 6
    np.testing.assert_allclose(model.predict_proba(pd.DataFrame(probes)), expected, atol=1e-6)


def test_other_white_space_and_order_in_the_manifest_is_harmless(folder):
    path = folder / MANIFEST
    told = json.loads(path.read_text(encoding="utf-8"))
    before = load_model(folder)
    path.write_text(json.dumps(dict(reversed(list(told.items()))), indent=7), encoding="utf-8")
    assert load_model(folder).model_info_ == before.model_info_
    path.write_text(json.dumps(told | {"info": {"name": "another"}}), encoding="utf-8")
    refused(folder, "does not fit its own digest")


@pytest.mark.parametrize("weight", [None, "balanced", {"favor": 2.0, "against": 0.5}])
def test_the_settings_of_the_fit_are_kept(tmp_path, weight):
    X, y = data("stance")
    model = make("stance", class_weight=weight, max_iter=321).fit(X, y)
    loaded = load_model(save_model(model, tmp_path / "m", language="sw"))
    assert (loaded.class_weight, loaded.max_iter, loaded.language_) == (weight, 321, "sw")
    assert (clone(loaded).fit(X, y).coef_ == model.coef_).all()
    again = load_model(save_model(loaded, tmp_path / "again"))
    assert again.language_ == "sw"
