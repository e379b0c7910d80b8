"""What several tests share: the command line as a person runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from computeest import problems, schema
from computeest.cli.app import main

# the machines tests run on are shared: how long one example takes says nothing
settings.register_profile("computeest", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("computeest")


@dataclass(frozen=True, slots=True)
class Ran:
    """How one command ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _no_width_but_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as COLUMNS says, and some runners of tests say it."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def _no_columns_but_ours() -> None:
    """Columns of a plugin stay in use until plugins are loaded again, as every command of its own process does."""
    schema.use(schema.OWN)


@pytest.fixture(autouse=True)
def _no_failures_but_ours() -> None:
    """What is said of plugins that failed is said once in a process."""
    problems._failed.clear()
    problems._said.clear()


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs `computeest ARGUMENTS...` in this process."""

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["computeest", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        else:
            code = 0
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
