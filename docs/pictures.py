"""The README's pictures: the terminal's answer, a report, and a figure of progress; `make docs` draws them again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDE = 104


def answer() -> None:
    """What `computeest estimate examples/gpt3.yaml --explain` prints, as SVG without anything to load."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    printed = run("estimate", "examples/gpt3.yaml", "--explain")
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDE, file=nowhere, force_terminal=True)
        console.print(Text("$ computeest estimate examples/gpt3.yaml --explain", style="bold"))
        for line in printed.rstrip().splitlines():
            console.print(Text(line), overflow="fold")
        plain = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
        text = console.export_svg(title="computeest", code_format=plain, unique_id="answer")
    write("answer.svg", text.encode())


def progress() -> None:
    """The compute that scores on ImageNet need, from year to year."""
    with tempfile.TemporaryDirectory() as folder:
        table, figure = Path(folder) / "imagenet.csv", Path(folder) / "progress.svg"
        run("annotate", "examples/imagenet/models.csv", "-o", str(table))
        run("progress", "plot", "thresholds", str(table), "--centre", "2012,4.7e17,1e6", "--bootstrap", "50", "-o",
            str(figure))
        write("progress.svg", figure.read_bytes())


def report() -> None:
    """The report on GPT-3 and on ImageNet's models in a browser; left as it is where there is none."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browsing import ARGUMENTS, chromium

    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return
    if not chromium():
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        path = Path(folder) / "report.html"
        run("report", "examples/gpt3.yaml", "-o", str(path))
        browser = running.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1100, "height": 820})
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        write("report.png", page.screenshot())
        browser.close()


def run(*arguments: str) -> str:
    """What a command prints; the checks of an estimate may end it with another code."""
    environment = {**os.environ, "COLUMNS": str(WIDE), "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-m", "computeest", *arguments], cwd=ROOT, env=environment,  # noqa: S603
                          capture_output=True, text=True, check=False).stdout


def write(name: str, content: bytes) -> None:
    """Write a picture where it changed."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / name
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


if __name__ == "__main__":
    answer()
    progress()
    report()
