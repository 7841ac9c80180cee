"""The module table of docs/structure.md holds for the code."""

import ast
import re
from pathlib import Path

import pytest

import stancekit

HOME = Path(__file__).parent.parent
PACKAGE = HOME / "stancekit"


def rows():
    lines = (HOME / "docs" / "structure.md").read_text(encoding="utf-8").splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("| `")]
    return [re.findall(r"`(\w+)`", cell) for cell in cells]


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """The rooms of the package that a file imports, on import or later."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "stancekit":
            parts = node.module.split(".")
            yield from ([parts[1]] if len(parts) > 1 else [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("stancekit."))


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_module_stands_in_the_table_once():
    listed = [name for row in rows() for name in row]
    assert sorted(listed) == sorted({room(path) for path in FILES})


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_the_table(path):
    order = {name: (number, place) for number, row in enumerate(rows()) for place, name in enumerate(row)}
    above = {name for name in imported(path) if name != room(path) and order[name] <= order[room(path)]}
    assert not above


def test_the_public_names_are_pinned():
    assert stancekit.__all__ == [
        "Catalogue",
        "FramingClassifier",
        "Scorer",
        "Scores",
        "SentimentClassifier",
        "StanceClassifier",
        "StancekitError",
        "__version__",
        "load_model",
        "save_model",
    ]
    assert all(getattr(stancekit, name) is not None for name in stancekit.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Score'"):
        stancekit.Score  # noqa: B018


def test_no_machine_is_named_in_the_repository():
    pattern = re.compile(r"/(?:home|root|work|Users)/\w")
    texts = [path for suffix in ("md", "py", "toml", "csv") for path in HOME.rglob(f"*.{suffix}")]
    ours = [
        path
        for path in texts
        if not {".venv", "venv", "build", "dist", ".git"}.intersection(path.relative_to(HOME).parts)
    ]
    assert not [path for path in ours if path != Path(__file__) and pattern.search(path.read_text(encoding="utf-8"))]
