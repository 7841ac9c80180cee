"""The code in README.md and docs/ runs as it is printed, and every command is documented."""

import re
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from stancekit.cli import main

HOME = Path(__file__).parent.parent
PAGES = [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]
ALL_PAGES = [
    *sorted(HOME.glob("*.md")),
    *(page for room in ("docs", "datasets", "models", "tools") for page in sorted((HOME / room).rglob("*.md"))),
]


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_blocks_run_one_after_the_other(page, tmp_path, monkeypatch):
    # What a page writes stays out of the repository.
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks(page, "python"):
        exec(compile(block, page.name, "exec"), names)


def test_the_readme_shows_what_it_says():
    names = {}
    exec(blocks(HOME / "README.md", "python")[0], names)
    scores = names["scores"]
    assert list(scores.stances["actor_id"]) == ["KEN", "oxfam", "displaced-people", "rebels", "oxfam", "KEN"]
    assert list(scores.by("actor")["actor"])[:2] == ["Kenya", "Oxfam"]


def headings(page):
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page):
    """Relative links: file and anchor, either of which may be empty."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [link.partition("#")[::2] for link in found if not re.match(r"\w+:", link)]


def test_relative_links_lead_somewhere():
    broken = []
    for page in ALL_PAGES:
        for file, anchor in links(page):
            target = page.parent / file if file else page
            if not target.exists() or (anchor and anchor not in headings(target)):
                broken.append((str(page.relative_to(HOME)), file, anchor))
    assert sum(len(links(page)) for page in ALL_PAGES) > 30
    assert not broken


def test_files_that_are_named_are_there():
    folders = "benchmarks|datasets|docs|examples|models|stancekit|tests|tools"
    # Not within an address, nor where it is a part of another path.
    pattern = re.compile(rf"(?<![\w/.:-])(?:{folders})/[\w./-]*\w")
    named = [
        (str(page.relative_to(HOME)), name)
        for page in ALL_PAGES
        for name in pattern.findall(re.sub(r"https?://\S+", "", page.read_text(encoding="utf-8")))
    ]
    assert len(named) > 20
    assert not [(page, name) for page, name in named if not (HOME / name).exists()]


def test_the_actor_file_in_the_docs_is_read_and_used(tmp_path):
    (tmp_path / "own.csv").write_text(blocks(HOME / "docs" / "actors.md", "csv")[0], encoding="utf-8")
    (tmp_path / "a.txt").write_text("Acme Lines blamed the dockers' union.", encoding="utf-8")
    call = [
        "score",
        str(tmp_path / "a.txt"),
        "--output",
        str(tmp_path / "out"),
        "--format",
        "csv",
        "--actors",
        str(tmp_path / "own.csv"),
    ]
    assert CliRunner().invoke(main, call).exit_code == 0
    assert list(pd.read_csv(tmp_path / "out" / "stances.csv")["actor_id"]) == ["acme", "harbour-union"]


def commands(group, before=()):
    """Every command with the words that call it, groups and what is in them."""
    for name, command in sorted(group.commands.items()):
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


@pytest.mark.parametrize(("words", "command"), [pytest.param(*pair, id=" ".join(pair[0])) for pair in commands(main)])
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(words, command):
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    called = " ".join(["stancekit", *words])
    assert called in result.output.split("Examples:")[1]
    assert called in (HOME / "README.md").read_text(encoding="utf-8")
    undocumented = [option.name for option in command.params if option.param_type_name == "option" and not option.help]
    assert not undocumented
