"""The documentation's site builds without the network, and every command that a page prints is one there is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from computeest.cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "examples" / "README.md"]
#: What stands for a word of the reader's: TABLE, [docs/x.md], PAPER...
_PLACEHOLDER = re.compile(r"[A-Z_/.|]{2,}|\.\.\.")


def printed() -> Iterator[tuple[Path, str]]:
    """Every command line in the consoles of the pages."""
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            text = re.sub(r"\\\n\s*", " ", block)
            for line in re.findall(r"^\$ (computeest .*)$", text, re.MULTILINE):
                yield page, re.split(r"\s[|>#]|\s2>", line)[0]


COMMANDS = list(printed())


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and the words that are its arguments."""
    found: Any = get_command(app)
    while words and words[0] in getattr(found, "commands", {}):
        found, words = found.commands[words[0]], words[1:]
    return found, words


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page.stem}-{at}" for at, (page, _) in enumerate(COMMANDS)])
def test_a_command_of_a_page_is_one_that_there_is(page: Path, line: str) -> None:
    """Its name, its options and the number of its arguments; test_tutorials.py and test_page_commands.py run it."""
    command, words = command_of(shlex.split(line)[1:])
    if getattr(command, "commands", None):
        assert not words or words[0].startswith("-"), f"{page.name}: {line}"
    context = command.make_context("computeest", list(words), resilient_parsing=True)
    assert context is not None
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)} <= known | {"--help"}, line


def test_the_site_leads_to_every_page() -> None:
    """What is in no menu is found by nobody."""
    menu = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if f": {page}\n" not in menu} == set()


def test_commands_were_found() -> None:
    assert len(COMMANDS) > 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="the extra 'docs' is not installed")
    pytest.importorskip("mkdocstrings", reason="the extra 'docs' is not installed")
    folder = tmp_path_factory.mktemp("site")
    # proxies that lead nowhere: what would ask the network fails
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "https_proxy": "http://127.0.0.1:9",
                   "http_proxy": "http://127.0.0.1:9", "NO_MKDOCS_2_WARNING": "1"}
    ran = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", folder], cwd=ROOT,
                         env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return folder


def test_the_site_has_every_part_and_loads_nothing_from_elsewhere(site: Path) -> None:
    commands = (site / "reference" / "commands.html").read_text("utf-8")
    root: Any = get_command(app)
    for name in root.commands:
        assert f"computeest {name}" in commands
    assert "989.4" in (site / "reference" / "chips.html").read_text("utf-8")  # NVIDIA's data sheet of the H100 SXM
    assert "989.4" in (site / "reference" / "chips" / "nvidia-h100-sxm.html").read_text("utf-8")
    assert "Erdil and Besiroglu 2022" in (site / "reference" / "methods.html").read_text("utf-8")
    python = (site / "reference" / "python.html").read_text("utf-8")
    assert "computeest.pipeline.estimate" in python
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="https?://(?!github|arxiv)[^"]+\.(?:js|css|woff2?)"',
                              text), page.name
    assert len(list((site / "tutorials").glob("*.html"))) == 6
