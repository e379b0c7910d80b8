"""The tutorials do what they say: their files are written, their commands run in order and print what stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Cli
from page_commands import pattern

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "docs" / "index.md", *sorted((ROOT / "docs" / "tutorials").glob("*.md"))]
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exits with (\d|any)$")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a page, the code it ends with, and what it prints, with ... for whatever."""

    text: str
    code: str
    prints: str


def steps(page: Path) -> Iterator[tuple[str, str] | Command]:
    """What a page has in order: files with their contents, and commands."""
    for kind, title, content in _BLOCK.findall(page.read_text("utf-8")):
        if title:
            yield title, content
        elif kind == "console":
            for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
                line, _, prints = part.partition("\n")
                found = _EXIT.search(line)
                yield Command(_EXIT.sub("", line), found[1] if found else "0", prints)


def ran(command: str, cli: Cli) -> tuple[int, str]:
    """The code and the output of a command, in this process where it is one of ours and writes no file itself."""
    words = shlex.split(command, comments=True)
    if words[0] == "computeest" and ">" not in words:
        done = cli(*words[1:])
        return done.code, done.out + done.err
    assert words[0] in ("python", "computeest"), command
    own = shlex.quote(sys.executable)
    line = re.sub(r"^computeest", f"{own} -m computeest", re.sub(r"^python", own, command))
    shell = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    return shell.returncode, shell.stdout + shell.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_does_what_it_says(page: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page.stem == "fit-progress":
        pytest.importorskip("scipy", reason="the extra 'progress' is not installed")
    if "computeest report" in page.read_text("utf-8"):
        pytest.importorskip("jinja2", reason="the extra 'web' is not installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    commands = 0
    for step in steps(page):
        if isinstance(step, tuple):
            (tmp_path / step[0]).write_text(step[1], "utf-8")
            continue
        if step.text.startswith("pip install"):
            continue
        code, out = ran(step.text, cli)
        commands += 1
        assert step.code in ("any", str(code)), f"{step.text}: {code}\n{out}"
        printed = "".join(f"{line.rstrip()}\n" for line in out.splitlines())
        assert re.fullmatch(pattern(step.prints), printed) or not step.prints, \
            f"{step.text} prints\n{printed}\nand not\n{step.prints}"
    assert commands


def test_what_a_page_leaves_out_matches_anything_and_nothing_else() -> None:
    assert re.fullmatch(pattern("a ... c\n...\nd\n"), "a b c\nx\ny\nd\n")
    assert re.fullmatch(pattern("a\n...\nd\n"), "a\nd\n")
    assert not re.fullmatch(pattern("a ... c\n"), "a b d\n")
    assert not re.fullmatch(pattern("a\n"), "a\nb\n")
