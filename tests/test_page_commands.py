"""Every command that README, docs/ and the examples print is run; those that cannot be say why, and have their help."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cli
from page_commands import IN_WORDS, PAGES, ROOT, Command, commands, pattern, prepare, steps

WITH = [page for page in PAGES if commands(page)]
#: What a command of a page needs that not every installation has.
NEEDS = {"progress": "scipy", "report": "jinja2", "serve": "starlette", "plot": "matplotlib"}


@pytest.fixture
def address() -> Iterator[str]:
    """A server, for the commands that ask one."""
    pytest.importorskip("starlette", reason="the extra 'web' is not installed")
    from serving import server

    with server() as client:
        assert client.get("/health").json()["status"] == "ok"
        yield client.url


@pytest.mark.parametrize("page", WITH, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run(page: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                    request: pytest.FixtureRequest) -> None:
    prepare(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    for command in steps(page):
        if isinstance(command, tuple):
            Path(command[0]).write_text(command[1], "utf-8")
            continue
        words = shlex.split(command.text, comments=True)
        if "serve" in words or words[0] == "curl":
            serves(command, request.getfixturevalue("address"))
        elif words[0] == "computeest":
            ours(command, words[1:], cli)
        else:
            others(words)


def ours(command: Command, words: list[str], cli: Cli) -> None:
    """A command of this package: its whole output goes where the line says."""
    if (needed := NEEDS.get(words[0])) is not None:
        pytest.importorskip(needed, reason=f"{needed} is not installed")
    target = words[words.index(">") + 1] if ">" in words else ""
    words = words[:min((words.index(sign) for sign in (">", "|") if sign in words), default=len(words))]
    if command.why:
        done = cli(*names(words), "--help")
        assert "Usage" in done.out, command.text
        return
    spread = [found for word in words for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])]
    done = cli(*spread)
    assert done.code == command.code, f"{command.text}: {done.code}\n{done.out}\n{done.err}"
    assert done.out or done.err or "-o" in words
    printed = ["".join(f"{line.rstrip()}\n" for line in text.splitlines()) for text in (done.out, done.out + done.err)]
    assert not command.prints or any(re.fullmatch(pattern(command.prints), text) for text in printed), printed
    if target:
        Path(target).write_text(done.out, "utf-8")


def names(words: list[str]) -> list[str]:
    """The words that name a command, which its options and arguments follow."""
    from typer.main import get_command

    from computeest.cli.app import app

    found, taken = get_command(app), list[str]()
    while words and words[0] in getattr(found, "commands", {}):
        found, taken, words = found.commands[words[0]], [*taken, words[0]], words[1:]  # type: ignore[attr-defined]
    return taken


def serves(command: Command, address: str) -> None:
    """What asks the server, asked of the one that runs."""
    if "curl" not in command.text:
        return  # it was started to get here
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    line = command.text.replace("http://127.0.0.1:8765", address)
    ran = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert '"flop":3.1' in ran.stdout


def others(words: list[str]) -> None:
    """Commands of other programs: what they name is there."""
    if words[0] == "make":
        ran = subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
    elif words[0] == "mkdir":
        subprocess.run(words, check=True)
    elif words[:2] == ["pip", "install"]:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
        asked = re.search(r"\[(.*)\]", words[-1])
        assert not asked or set(asked[1].split(",")) <= extras.keys()
    elif words[0] == "sqlite3":
        assert sqlite3.connect(words[1]).execute(words[2]).fetchall()
    elif words[1:3] == ["-m", "pytest"]:
        assert all((ROOT / word).exists() for word in words if word.startswith("tests/"))
    else:
        raise AssertionError(f"no test knows how to run {words[0]}")


def test_pages_have_commands_and_few_are_not_run() -> None:
    found = [command for page in PAGES for command in commands(page)]
    assert len(found) > 60
    unrun = [command for command in found if command.why and "its name alone" not in command.why]
    assert len(unrun) <= 12
    assert set(IN_WORDS) <= {command.text for command in found}
