"""Each kind of input, given to computeest in this process, and what is wrong with the answer.

An input is made from its seed alone, as data that JSON can hold: seed and input are what is kept of a fault, so that it
comes back even where the generators have changed since.
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from computeest.facts.set_apart import FAULT
from computeest.problems import InputError, UsageError
from computeest.text.files import OutputError

from . import hostile, making

#: Seconds of this process's own time that any input may take.
HANGS = 5.0
REFUSALS = (InputError, UsageError, OutputError)
IN_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx")
OUT_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx", "db", "csv.gz")


class Hang(BaseException):
    """An input that takes too long."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Ends what takes more than its time."""

    def end(*_: Any) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of input: how it is made, and what is wrong with the answer to it."""

    make: Callable[[Random], Any]
    faults: Callable[[Any], list[str]]


def made(kind: str, seed: str) -> Any:
    """The input of a kind that a seed makes."""
    return KINDS[kind].make(Random(f"{kind} {seed}"))


def faults_in(kind: str, given: Any) -> list[str]:
    """What is wrong with the answer to an input."""
    try:
        with limited():
            return KINDS[kind].faults(given)
    except Hang:
        return [f"takes more than {HANGS:g} s"]
    except Exception:  # every refusal in words was taken for one before: this is none
        return [traceback.format_exc(limit=-4)]


def faults_of(kind: str, seed: str) -> list[str]:
    """What is wrong with the answer to the input of a kind that a seed makes."""
    return faults_in(kind, made(kind, seed))


def record_faults(record: Any) -> list[str]:
    """What no record may be: not JSON, not finite, its point outside of its interval, a fault of ours."""
    found = []
    try:
        text = json.dumps(record, allow_nan=False)
    except ValueError as error:
        return [f"the record is no JSON: {error}"]
    if FAULT in text:
        found.append(f"a fault is said: {text[max(0, text.index(FAULT) - 200) :][:200]}")
    for stem in ("flop", "energy", "cost", "emissions", "base_flop", "prior_flop"):
        point, low, high = (record.get(stem + end) for end in ("", "_low", "_high"))
        if isinstance(point, float) and (
            (isinstance(low, float) and low > point * (1 + 1e-9))
            or (isinstance(high, float) and high * (1 + 1e-9) < point)
        ):
            found.append(f"{stem}: {point} lies outside of {low} to {high}")
    if record["flop"] is not None and not record["flop"] > 0:
        found.append(f"{record['flop']} FLOP")
    return found


def refused(error: BaseException) -> list[str]:
    text = str(error)
    return [f"a fault is said: {text[:400]}"] if FAULT in text or not text.strip() else []


def _paper(chance: Random) -> Any:
    return {"paper": making.paper(chance), "again": chance.random() < 0.3}


def papers(given: Any) -> list[str]:
    """A paper as a mapping; of some, written down and with its keys the other way round: one answer."""
    from computeest import estimate
    from computeest.facts.paper import read_text

    paper = given["paper"]
    try:
        record = dict(estimate(paper))
    except REFUSALS as error:
        return refused(error)
    found = record_faults(record)
    if given["again"]:
        again = dict(estimate(dict(reversed(paper.items()))))
        if again != record:
            keys = [key for key in record if record[key] != again[key]]
            found.append(f"the order of the keys changes {keys} of {paper!r:.300}")
        with contextlib.suppress(*REFUSALS):
            read_text(json.dumps(paper), "paper.yaml")
    return found


def strings(text: str) -> list[str]:
    """A text, to every reader of texts."""
    from computeest.text.units import UnitError

    for name, reader in readers().items():
        try:
            reader(text)
        except (*REFUSALS, UnitError, ValueError) as error:
            if not type(error).__module__.startswith("computeest") and name not in ("dates", "json"):
                return [f"{name} of {text[:200]!r}: {type(error).__name__}: {error}"]
        except Hang:
            return [f"{name} hangs at {text[:200]!r}"]
        except Exception:
            return [f"{name} of {text[:200]!r}: {traceback.format_exc(limit=-3)}"]
    return []


@lru_cache(maxsize=1)
def readers() -> dict[str, Callable[[str], Any]]:
    """Every reader of texts, by name, as the cells of papers and tables reach it."""
    from computeest import schema
    from computeest.hardware import load as load_hardware
    from computeest.schema import cells

    database = load_hardware(())
    from computeest.audit import against_note, arithmetic
    from computeest.estimation import base_models
    from computeest.schema import header_words
    from computeest.text import dates, model_names, note_tokens, number_formats, numbers, quotes, units, yaml_nodes

    most = (arithmetic.MOST_TOKENS, arithmetic.MOST_NUMBERS)

    def within(text: str) -> str:
        return text if len(text) <= cells.LONGEST_WORDS else ""  # as audit does with a note

    kept = {
        f"cell {name}": (lambda text, field=field: cells.read(field, text))
        for name, field in schema.FIELDS.items()
        if name
        in ("parameters", "time", "chip_time", "chips", "utilization", "number_format", "reported_compute", "tokens")
    }
    return kept | {
        "number": lambda text: numbers.read(text), "unit": lambda text: units.canonical(text),
        "chip": lambda text: database.find(text, None), "chips": lambda text: database.find_all(text, None),
        "dates": dates.read, "header": header_words.read, "note": lambda text: against_note.read(within(text), 1e20),
        "tokens of notes": lambda text: note_tokens.tokens(within(text), *most), "model": model_names.fold,
        "series": model_names.series_of,
        "base models": lambda text: base_models.named([text] if len(text) <= cells.LONGEST else []),
        "format": number_formats.read,
        "quote": lambda text: (
            quotes.active_parameters(text, 1e9), quotes.each_of(text), quotes.one_of(text, 3.0),
            quotes.counted(text, 1e9),
        ),
        "yaml": yaml_nodes.load,
        "json": cells.from_json,
    }


def _table(chance: Random) -> Any:
    headers, rows = making.table(chance, chance.randint(2, 30))
    return {
        "headers": headers, "rows": rows, "form": chance.choice(IN_FORMATS), "out": chance.choice(OUT_FORMATS),
        "damage": str(chance.random()) if chance.random() < 0.1 else "", "twice": chance.random() < 0.08,
    }


def tables(given: Any) -> list[str]:
    """A table in any format to a table in any format: every row accounted for, twice the same bytes."""
    headers, rows = given["headers"], given["rows"]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / f"in.{given['form']}"
        whole = written(path, headers, rows)
        if given["damage"]:
            damage(Random(given["damage"]), path)
            whole = False
        out = Path(folder) / f"out.{given['out']}"
        try:
            summary = annotated(path, out)
        except REFUSALS as error:
            return refused(error) or (
                [f"a table that is whole is refused: {error}"] if whole and _surprising(error) else []
            )
        found = _summary_faults(summary)
        if whole and summary.rows != len(rows):
            found.append(f"{summary.rows} of {len(rows)} rows in {path.name}")
        found += _table_faults(out, summary.rows)
        if given["twice"]:
            other = Path(folder) / f"again{''.join(out.suffixes)}"
            annotated(path, other)
            if other.read_bytes() != out.read_bytes():
                found.append(f"not the same bytes twice in {out.name}")
        return found


def _summary_faults(summary: Any) -> list[str]:
    found = []
    if summary.estimated + summary.lacking + summary.rejected != summary.rows:
        found.append("rows are not accounted for")
    if any(FAULT in kind or "fault of computeest" in kind for kind in summary.problems):
        found.append(f"a fault is said: {[kind for kind in summary.problems if 'fault' in kind][:2]}")
    return found


def _attack(chance: Random) -> Any:
    return {
        "attack": chance.choice(sorted(hostile.ATTACKS)), "seed": str(chance.random()),
        "out": chance.choice(OUT_FORMATS),
    }


def files(given: Any) -> list[str]:
    """A file that is hostile in how it is built: its good rows are estimated, or it is refused by name."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = hostile.ATTACKS[given["attack"]](Random(given["seed"]), Path(folder))
        out = Path(folder) / f"out.{given['out']}"
        try:
            summary = annotated(path, out)
        except REFUSALS as error:
            found = refused(error)
            if (
                str(path.name)
                and ascii(path.name)[1:-1] == path.name
                and path.name not in str(error)
                and not isinstance(error, OutputError)
            ):
                found.append(f"a refusal does not name the file: {error}")
            left = sorted(one.name for one in Path(folder).iterdir() if one.name.startswith("out"))
            return found + ([f"a refused table leaves {left}"] if left else [])
        found = _summary_faults(summary) + _table_faults(out, summary.rows)
        if given["attack"] == "named" and (summary.estimated or b"123457" in out.read_bytes()):
            found.append("a cell's file was read")
        return found


def _surprising(error: BaseException) -> bool:
    """Whether a refusal is none of those that a table of any headers may meet."""
    known = (
        "both mean", "same name", "two columns", "no column", "cannot be read", "there is nothing", "not understood",
        "Excel", "is no unit", "columns have", "the first line", "JSON object",
    )
    return not any(word in str(error) for word in known)


def annotated(path: Path, out: Path, **more: Any) -> Any:
    """What the command does, in this process."""
    from computeest.pipeline import Options
    from computeest.tables.runner import Request, run

    return run(Request(str(path), str(out), Options(), **more), lambda rows, part: None, lambda text: None)


def written(path: Path, headers: list[str], rows: list[list[Any]]) -> bool:
    """Write a table; whether every row of it is one to whoever reads the file."""
    clean = [[cell if isinstance(cell, str) else str(cell) for cell in row] for row in rows]
    if path.suffix in (".csv", ".tsv"):
        with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writerow(headers)
            writer.writerows(clean)
        # a row of one empty cell is an empty line, and a lone carriage return ends a line to some
        return len(headers) > 1 and not any("\r" in cell or "\0" in cell for row in [headers, *clean] for cell in row)
    if path.suffix == ".jsonl":
        path.write_text("".join(f"{json.dumps(dict(zip(headers, row, strict=True)))}\n" for row in clean), "utf-8")
        return True
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        whole = [header.encode("utf-8", "replace").decode() for header in headers]  # Arrow takes no half characters
        columns = {
            header: pa.array([row[at].encode("utf-8", "replace").decode() for row in clean])
            for at, header in enumerate(whole)
        }
        pq.write_table(pa.table(columns), path)
        return True
    from computeest.tables import workbook

    safe = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in clean]
    workbook.write(path, [header.encode("utf-8", "replace").decode() for header in headers], safe)
    return all(any(cell for cell in row) for row in safe)


def damage(chance: Random, path: Path) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 8)):
        if content:
            at = chance.randrange(len(content))
            roll = chance.random()
            if roll < 0.4:
                content[at] = chance.randrange(256)
            elif roll < 0.7:
                del content[at : at + chance.randint(1, 60)]
            else:
                content[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 9)))
    path.write_bytes(bytes(content))


def _table_faults(out: Path, count: int) -> list[str]:
    """What no table that we write may hold, and whether it has all rows."""
    rows: list[dict[str, Any]] = []
    if out.name.endswith(".csv"):
        csv.field_size_limit(1 << 30)  # a cell of the input, as long as it was
        with out.open(encoding="utf-8", newline="") as file:
            rows = [_result(row) for row in csv.DictReader(file)]
    elif out.name.endswith(".jsonl"):
        with out.open(encoding="utf-8", newline="\n") as lines:
            rows = [_result(json.loads(line, parse_constant=_no_number)) for line in lines]
    elif out.name.endswith(".parquet"):
        import pyarrow.parquet as pq

        table = pq.read_table(out)
        rows = (
            table.select([name for name in _RESULT if name in table.column_names]).to_pylist()
            if table.num_columns
            else []
        )
    else:
        return []
    if len(rows) != count:
        return [f"{len(rows)} of {count} rows are written to {out.name}"]
    for row in rows:
        flop, low, high = (_float(row.get(name)) for name in _RESULT)
        if any(map(math.isinf, (flop, low, high))) or low > flop * (1 + 1e-9) or high < flop * (1 - 1e-9):
            return [f"{flop} lies outside of {low} to {high}"]
    return []


_RESULT = ("flop", "flop_low", "flop_high")


def _result(row: dict[str, Any]) -> dict[str, Any]:
    """What is looked at of a row: a harness that holds all of a table would be what fills the memory."""
    return {name: row[name] for name in _RESULT if name in row}


def _float(cell: Any) -> float:
    """A number of a record; a column of the input of the same name may hold anything."""
    try:
        return float(math.nan if cell in (None, "") else cell)
    except (TypeError, ValueError):
        return math.nan


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _kinds() -> dict[str, Kind]:
    from . import commands, configurations, relations

    return {
        "papers": Kind(_paper, papers), "strings": Kind(making.text, strings), "tables": Kind(_table, tables),
        "files": Kind(_attack, files), "relations": Kind(relations.made, relations.faults),
        "configurations": Kind(configurations.made, configurations.faults),
        "commands": Kind(commands.made, commands.faults),
    }


KINDS = _kinds()
