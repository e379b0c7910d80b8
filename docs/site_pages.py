"""What the site has beside the pages of this folder: the reference that the code writes, and the changelog."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from mkdocs.structure.files import File, Files, InclusionLevel
from typer.main import get_command

from computeest import registry
from computeest.cli.app import app
from computeest.estimation.assumptions import defaults
from computeest.estimation.plan import parameters_of
from computeest.hardware import load, show
from computeest.hardware.pages import INDEX
from computeest.hardware.pages import pages as each_chip
from computeest.kit.finding import first_line
from computeest.text.listing import as_markdown
from computeest.text.numbers import NINETY

ROOT = Path(__file__).parents[1]
#: Where links that lead out of the folder go.
ELSEWHERE = re.compile(r"\]\(\.\./([\w./-]+)((?:#[\w-]+)?)\)")


def commands() -> str:
    """Every command with what `--help` says of it."""
    import click

    text = "# Commands\n\nWhat `--help` prints, for every command.\n"
    root: Any = get_command(app)
    for name, command in _walk(root, "computeest"):
        context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
        text += f"\n## {name}\n\n```text\n{_help(command, context)}\n```\n"
    return text


def _help(command: Any, context: Any) -> str:
    return str(command.get_help(context)).rstrip()


def _walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield name, command
    for key, each in inner.items():
        yield from _walk(each, f"{name} {key}")


def methods() -> str:
    """Methods, rules, assumptions and the works that they cite."""
    loaded = registry.load()
    works = registry.references()
    text = "# Methods, assumptions, works\n\nWritten from the code.\n\n## Methods\n\n"
    text += as_markdown(("method", "needs", "means", "source"), (
        {"method": f"`{m.name}`", "needs": ", ".join(f"`{p}`" for p in parameters_of(m.formula)),
         "means": first_line(m.formula), "source": m.source} for m in loaded.methods.values()))
    text += "\n## Assumptions\n\nWhat is taken where a paper is silent, and how far off 90 % of cases are at most.\n\n"
    text += as_markdown(("column", "value", "spread", "source", "why"), (
        {"column": f"`{a.column}`", "value": f"{a.value:g}", "spread": f"x/{math.exp(NINETY * a.sigma):.2f}",
         "source": a.source, "why": a.why} for a in defaults().values()))
    text += "\n## Works\n\n"
    return text + as_markdown(("key", "title", "address"), (
        {"key": f"`{key}`", "title": work.title, "address": f"<{work.url}>" if work.url else ""}
        for key, work in works.items()))


def chips() -> str:
    """Every chip of the database, with the peak that an estimate takes where no number format is stated."""
    def scaled(value: float | None, unit: float) -> str:
        return "" if value is None else f"{float(f'{value / unit:.4g}'):,.10g}"

    return ("# Every chip\n\nDense peaks in the number format that a bare name means; `computeest hardware show NAME` "
            "has every format, and where each value is from.\n\n") + as_markdown(
        ("chip", "vendor", "released", "number format", "TFLOP/s", "memory, GB", "GB/s", "W", "id"), (
            {"chip": f"[{chip['name']}](chips/{chip['id']}.md)", "vendor": chip["vendor"],
             "released": chip["released"] or "", "number format": chip["number_format"] or "",
             "TFLOP/s": scaled(chip["peak"], 1e12),
             "memory, GB": scaled(chip["memory"], 1), "GB/s": scaled(chip["bandwidth"], 1),
             "W": scaled(chip["tdp"], 1), "id": f"`{chip['id']}`"} for chip in show.rows(load(()))))


def python() -> str:
    """The functions that people call from Python."""
    return ("# Python\n\n::: computeest.pipeline.estimate\n\n::: computeest.pipeline.annotate\n\n"
            "::: computeest.pipeline.Options\n\n::: computeest.problems.InputError\n\n"
            "::: computeest.problems.Problem\n\n"
            "## computeest.contract\n\n::: computeest.contract\n    options: {show_root_heading: false}\n")


def on_files(files: Files, config: Any) -> Files:
    """Add what is written from the code, and the changelog."""
    pages = {"reference/commands.md": commands(), "reference/methods.md": methods(), "reference/chips.md": chips(),
             "reference/python.md": python(), "changelog.md": (ROOT / "CHANGELOG.md").read_text("utf-8")}
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    for path, text in each_chip(load(())):
        if path != INDEX:
            page = text.replace("](../index.md)", "](../chips.md)")
            files.append(File.generated(config, f"reference/{path}", content=page,
                                        inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that lead out of the folder: to the page of the same, or as the file's name."""
    def led(found: re.Match[str]) -> str:
        name = found[1]
        if name == "CHANGELOG.md":
            return "](changelog.md)"
        return "](index.md)"

    depth = page.file.src_uri.count("/")
    if depth:
        return markdown
    return ELSEWHERE.sub(led, markdown)


__all__ = ["on_files", "on_page_markdown", "typer"]
