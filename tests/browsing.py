"""A browser for tests: the system's Chromium, driven by Playwright; skipped with a reason where either is missing."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "build" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
#: What the guidelines call serious; below are matters of taste.
SERIOUS = ("serious", "critical")
WIDTHS, THEMES = (360, 1440), ("light", "dark")


def chromium() -> str:
    """Where the browser is, empty where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


@contextmanager
def browser() -> Iterator[Any]:
    """A browser of its own; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not chromium():
        pytest.skip("there is no Chromium: install the package 'chromium', or name it in CHROMIUM")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def page(opened: Any, url: str, width: int = 1440, theme: str = "light", **context: Any) -> Iterator[Any]:
    """A page that is ready; an error of its scripts fails the test, and so does a request that leaves the machine."""
    found = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce",
                               **context)
    shown = found.new_page()
    shown.set_default_timeout(15_000)
    wrong: list[str] = []
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    shown.on("console", lambda message: wrong.append(message.text) if message.type == "error"
             and "status of" not in message.text and "net::ERR" not in message.text else None)
    shown.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:"))
             else wrong.append(f"asks {request.url}"))
    shown.goto(url)
    shown.wait_for_selector("html[data-ready]", state="attached")
    yield shown
    found.close()
    assert wrong == []


def until(shown: Any, expression: str) -> None:
    """Wait until an expression holds; Playwright's own way needs an eval that the page's policy forbids."""
    end = time.monotonic() + 15
    while not shown.evaluate(expression):
        assert time.monotonic() < end, f"never: {expression}"
        shown.wait_for_timeout(50)


def findings(shown: Any) -> list[str]:
    """What axe-core finds that is serious."""
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is not installed")
    result = axe.Axe().run(shown)
    return [f"{each['id']}: {node['html'][:160]} {node['any'][:1]}" for each in result["violations"]
            if each["impact"] in SERIOUS for node in each["nodes"]]


def shot(shown: Any, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page for people to look at, and hold that nothing reaches over its edge."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=SHOTS / f"{name}.png", full_page=whole)
    wide = shown.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], f"{name} is {wide[0]} wide"
