"""Printing: data to standard output or a file, words for people to standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from computeest.problems import Problem


#: Forms that programs read: what they write to a pipe or a file stays as it is.
DATA = ("json", "yaml", "csv")


def emit(text: str, output: Path | None = None, form: str = "") -> None:
    """A command's answer, to a file that appears whole or not at all, or to standard output.

    The one way out: words of a file may be in the text, and must not steer a terminal.
    """
    from computeest.text.files import OutputError, escaped, standard_output, visible, write_whole

    text = text if text.endswith("\n") else text + "\n"
    text = escaped(text) if form == "json" else text
    if output is not None:
        text = _CODES.sub("", text)
        write_whole(output, text if form in DATA else visible(text))
        return
    stream = standard_output()
    if form not in DATA or stream.isatty():
        text = _CODES.sub("\x1b\\1", visible(text)) if stream.isatty() else visible(_CODES.sub("", text))
    try:
        _written(stream, text)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"standard output: cannot be written: {said.lower().rstrip('.')}") from None


#: What stands for the lines, bars and dashes of our tables where a terminal lacks them.
_PLAIN = str.maketrans("┏┳┓┡╇┩└┴┘━─┃│█–…", "+++++++++--||#-.")


def _written(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a name of a file that is no text, or a locale without these letters
        code = stream.encoding or "ascii"
        stream.write(text.translate(_PLAIN).encode(code, "backslashreplace").decode(code))
    stream.flush()


def say(text: str) -> None:
    """Words for people, on standard error."""
    from computeest.text.files import visible

    typer.echo(visible(text), err=True)


@contextmanager
def own_output() -> Iterator[None]:
    """While a command runs, standard output is its own: what plugins and programs that they start print is no data."""
    from computeest.text.files import keep_standard_output

    kept = sys.stdout
    copy = _apart(kept)
    keep_standard_output(copy or kept)
    sys.stdout = sys.stderr
    failed: OSError | None = None
    try:
        yield
    finally:
        sys.stdout = kept
        keep_standard_output(None)
        if copy is not None:
            try:
                copy.flush()
            except OSError as error:  # of a full disk or a closed pipe: what was already said of it stands
                failed = error
            os.dup2(copy.fileno(), kept.fileno())
            with suppress(OSError):
                copy.close()
    if failed is not None:
        raise failed


def _apart(stream: TextIO) -> TextIO | None:
    """Another descriptor of the process's own standard output, which then leads where standard error does."""
    try:
        if stream is not sys.__stdout__ or stream.fileno() != 1 or sys.stderr.fileno() != 2:
            return None
        stream.flush()
        copy = open(os.dup(1), "w", encoding=stream.encoding, errors=stream.errors, newline="")  # noqa: PTH123, SIM115
        os.dup2(2, 1)
    except (OSError, ValueError, AttributeError):
        return None
    return copy


def say_failures() -> None:
    """Name each plugin that failed since the last time, once; what is an error of its own is said as one."""
    from computeest.problems import failures

    about = str(sys.exc_info()[1])
    for sentence in failures():
        if sentence != about:
            say(sentence)


def say_problems(problems: Sequence[Problem]) -> None:
    """Everything that is wrong, one after the other."""
    for problem in problems:
        say(str(problem))


#: Columns of what is no terminal, where COLUMNS does not say them.
_PIPED = 160
#: Colours of the words that say how sure a number is, and how bad a finding.
_COLOURS = {"confident": "green", "likely": "yellow", "speculative": "red", "error": "red", "warning": "yellow"}
#: What stands for the escape character of our own colours until the text goes out: no input can know it.
_OURS = f"<{os.urandom(16).hex()}>"
_CODES = re.compile(rf"{_OURS}(\[[0-9;]*m)")
#: A text cell that is cut into lines is at least so wide.
_LEAST = 18


def width() -> int:
    """Characters of a line: as COLUMNS says, or as the terminal has them."""
    import shutil

    return max(40, shutil.get_terminal_size((_PIPED, 24)).columns)


def filled(text: str) -> str:
    """A sentence in lines that end between words, where the width of a line is known."""
    import textwrap

    from computeest.text.files import standard_output

    if not standard_output().isatty() and "COLUMNS" not in os.environ:
        return text
    return textwrap.fill(text, width(), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a table for people, as wide as the terminal; where numbers would be cut, a card for each row."""
    texts = {name: [clean(row.get(name)) for row in rows] for name in columns}
    numeric = {name: bool(rows) and all(map(_numeric, texts[name])) for name in columns}
    least = {name: _least([name, *texts[name]], whole=numeric[name]) for name in columns}
    room = width() - 3 * len(columns) - 1
    if sum(least.values()) > room:
        return "\n".join(card([(name, texts[name][at]) for name in columns if texts[name][at]])
                         for at in range(len(rows)))
    most = {name: max(map(len, (name, *texts[name]))) for name in columns}
    wide = _widths(least, most, room)
    if not _coloured() and all(_plain((name, *texts[name]), wide[name]) for name in columns):
        return _boxed([[name, *texts[name]] for name in columns], list(wide.values()), list(numeric.values()))
    from rich.table import Table

    shown = Table(header_style="bold")
    for name in columns:
        shown.add_column(name, justify="right" if numeric[name] else "left", overflow="fold", no_wrap=numeric[name],
                         width=wide[name])
    for at in range(len(rows)):
        shown.add_row(*(_painted(texts[name][at]) for name in columns))
    return _drawn(shown)


def _boxed(columns: Sequence[Sequence[str]], wide: Sequence[int], right: Sequence[bool]) -> str:
    """A table as rich draws it, of letters of one width whose words all fit: to import rich takes 30 ms."""
    lines = ["┏" + "┳".join("━" * (width + 2) for width in wide) + "┓"]
    for at in range(len(columns[0])):
        cells = [_folded(cells[at], width) for cells, width in zip(columns, wide, strict=True)]
        for row in zip_longest(*cells, fillvalue=""):
            drawn = [f" {part:{'>' if right_ else '<'}{width}} " for part, width, right_ in
                     zip(row, wide, right, strict=True)]
            lines.append(("│" if at else "┃").join(("", *drawn, "")))
        if at == 0:
            lines.append("┡" + "╇".join("━" * (width + 2) for width in wide) + "┩")
    lines.append("└" + "┴".join("─" * (width + 2) for width in wide) + "┘")
    return "\n".join(lines) + "\n"


def _plain(texts: Iterable[str], width: int) -> bool:
    """Whether every letter is as wide as any other, and no word wider than the lines."""
    return all(text.isascii() and all(len(word) <= width for word in text.split()) for text in texts)


def _folded(text: str, width: int) -> list[str]:
    """A text in lines that end between words."""
    if len(text) <= width:
        return [text]
    import textwrap

    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _widths(least: Mapping[str, int], most: Mapping[str, int], room: int) -> dict[str, int]:
    """A width for each column between the least and what its longest cell needs; what is scarce is shared by need."""
    spare, need = room - sum(least.values()), {name: max(0, most[name] - least[name]) for name in least}
    wanted = sum(need.values())
    share = min(1.0, spare / wanted) if wanted else 0.0
    return {name: least[name] + int(share * need[name]) for name in least}


def card(lines: Sequence[tuple[str, str]]) -> str:
    """Names and what they are, one below the other."""
    texts = [(name, clean(text)) for name, text in lines]
    left = max((len(name) for name, _ in texts), default=0) + 2
    if not _coloured() and _plain([*(name for name, _ in texts), *(text for _, text in texts)], width() - left):
        lines_ = [f"{name if not at else '':{left}}{line}".rstrip() for name, text in texts
                  for at, line in enumerate(_folded(text, width() - left))]
        return "".join(f"{line}\n" for line in lines_)  # without rich: 7 % of `estimate PAPER`
    from rich.table import Table

    shown = Table.grid(padding=(0, 2))
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, text in texts:
        shown.add_row(name, _painted(text))
    return "\n".join(line.rstrip() for line in _drawn(shown).splitlines()) + "\n"


def clean(value: Any) -> str:
    """A value as one line without what would steer a terminal."""
    text = "" if value is None else str(value)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _least(texts: Sequence[str], *, whole: bool) -> int:
    """The width below which a number of these texts would be cut: that of whole cells, or of words with digits."""
    if whole:
        return max(map(len, texts))
    words = [word for text in texts for word in text.split()] or [""]
    numbers = [len(word) for word in words if any(map(str.isdigit, word)) and len(word) <= 24]
    return max([min(_LEAST, max(map(len, words))), *numbers])


def _painted(text: str) -> Any:
    from rich.text import Text

    return Text(text, style=_COLOURS.get(text, ""))


def _coloured() -> bool:
    """Whether a terminal shows colours, and NO_COLOR does not forbid them."""
    from computeest.text.files import standard_output

    return standard_output().isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _drawn(shown: Any) -> str:
    """What rich draws, in colour where it is shown."""
    import io

    from rich.console import Console

    colour, buffer = _coloured(), io.StringIO()
    Console(file=buffer, width=width(), highlight=False, force_terminal=colour, no_color=not colour,
            color_system="standard" if colour else None).print(shown)
    return buffer.getvalue().replace("\x1b", _OURS)


def listed(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], form: str) -> str:
    """Rows as table, json, csv or markdown."""
    import json

    from computeest.text import listing

    if form == "json":
        return json.dumps(list(rows), indent=1)
    if form == "table":
        return table(columns, rows)
    return listing.as_csv(columns, rows) if form == "csv" else listing.as_markdown(columns, rows)


def _numeric(value: Any) -> bool:
    try:
        float(str(value or 0).replace(",", ""))
    except ValueError:
        return False
    return True


Papers = Annotated[list[str], typer.Argument(metavar="PAPER", help="paper.yaml files; - reads standard input.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="A paper.yaml file; - reads standard input.")]
Plugins = Annotated[list[str] | None, typer.Option("--plugin", metavar="MODULE_OR_FILE",
                                                   help="Also load this plugin: a module, or a Python file.")]
Overlays = Annotated[list[Path] | None, typer.Option("--hardware", metavar="DIR",
                                                     help="Also read the hardware database in this directory.")]
Assume = Annotated[list[str] | None, typer.Option("--assume", metavar="COLUMN=VALUE",
                                                  help="Assume this where the paper is silent: utilization=0.4.")]
Facts = Annotated[list[str] | None, typer.Option("--fact", metavar="COLUMN=VALUE",
                                                 help="A fact in the place of the paper's own: tokens=15T.")]
Prefer = Annotated[str, typer.Option("--prefer", help="Take this method's answer alone wherever it has one.")]
With = Annotated[list[str] | None, typer.Option("--with", metavar="NAMES",
                                                help="Also say what the run took besides FLOP: energy,cost,carbon.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE",
                                             help="Write here instead of to standard output; whole or not at all. "
                                                  "The name may say the format: FILE.json.")]


def check_form(form: str, forms: Sequence[str]) -> None:
    """Wrong usage when the form asked for is none of those that a command has."""
    if form not in forms:
        known = f"neither {forms[0]} nor {forms[1]}" if len(forms) == 2 else f"none of {', '.join(forms)}"
        raise typer.BadParameter(f"'{form}' is {known}", param_hint="--format")


def pairs(options: list[str] | None, option_name: str = "--assume",
          example: str = "utilization=0.4") -> dict[str, str]:
    """`COLUMN=VALUE` options as a mapping."""
    found: dict[str, str] = {}
    for option in options or ():
        name, equals, value = option.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f"'{option}' is not COLUMN=VALUE, such as {example}", param_hint=option_name)
        found[name.strip()] = value.strip()
    return found
