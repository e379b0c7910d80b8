"""Each kind of input, given to computeest in this process, and what is wrong with the answer.

An input is made from its seed alone, so that a seed is all that has to be kept of a fault.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from computeest.facts.set_apart import FAULT
from computeest.problems import InputError, UsageError
from computeest.text.files import OutputError
from fuzz import making

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


def faults_of(kind: str, seed: str) -> list[str]:
    """What is wrong with the answer to the input of a kind that a seed makes."""
    chance = Random(f"{kind} {seed}")
    try:
        with limited():
            return KINDS[kind](chance)
    except Hang:
        return [f"takes more than {HANGS:g} s"]
    except Exception:  # every refusal in words was taken for one before: this is none
        return [traceback.format_exc(limit=-4)]


def _record_faults(record: Any) -> list[str]:
    """What no record may be: not JSON, not finite, its point outside of its interval, a fault of ours."""
    found = []
    try:
        text = json.dumps(record, allow_nan=False)
    except ValueError as error:
        return [f"the record is no JSON: {error}"]
    if FAULT in text:
        found.append(f"a fault is said: {text[text.index(FAULT) - 200:][:200]}")
    flop, low, high = (record[name] for name in ("flop", "flop_low", "flop_high"))
    if (flop is not None and not (low or 0) <= flop * (1 + 1e-9)) or (flop is not None
                                                                    and high is not None and high * (1 + 1e-9) < flop):
        found.append(f"{flop} lies outside of {low} to {high}")
    return found


def _refused(error: BaseException) -> list[str]:
    text = str(error)
    return [f"a fault is said: {text[:400]}"] if FAULT in text or not text.strip() else []


def papers(chance: Random) -> list[str]:
    """A paper as a mapping, and the same written down: one answer, twice the same, whatever the order of its keys."""
    from computeest import estimate
    from computeest.facts.paper import read_text

    made = making.paper(chance)
    try:
        record = dict(estimate(made))
    except REFUSALS as error:
        return _refused(error)
    found = _record_faults(record)
    again = dict(estimate(dict(reversed(made.items()))))
    if again != record:
        keys = [key for key in record if record[key] != again[key]]
        found.append(f"the order of the keys changes {keys} of {made!r:.300}")
    with contextlib.suppress(*REFUSALS):
        read_text(json.dumps(made), "paper.yaml")
    return found


def strings(chance: Random) -> list[str]:
    """A text, to every reader of texts."""
    from computeest.text.units import UnitError

    text = making.text(chance)
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


def readers() -> dict[str, Callable[[str], Any]]:
    """Every reader of texts, by name, as the cells of papers and tables reach it."""
    from computeest import schema
    from computeest.hardware import load as load_hardware
    from computeest.schema import cells

    database = load_hardware(())
    from computeest.audit import against_note
    from computeest.estimation import base_models
    from computeest.schema import header_words
    from computeest.text import dates, model_names, note_tokens, number_formats, numbers, quotes, units, yaml_nodes

    def within(text: str) -> str:
        return text if len(text) <= cells.LONGEST_WORDS else ""  # as audit does with a note

    kept = {f"cell {name}": (lambda text, field=field: cells.read(field, text)) for name, field in schema.FIELDS.items()
            if name in ("parameters", "time", "chip_time", "chips", "utilization", "number_format",
                        "reported_compute", "tokens")}
    return kept | {
        "number": lambda text: numbers.read(text), "unit": lambda text: units.canonical(text),
                   "chip": lambda text: database.find(text, None),
        "chips": lambda text: database.find_all(text, None), "dates": dates.read, "header": header_words.read,
        "note": lambda text: against_note.read(within(text), 1e20),
                   "tokens of notes": lambda text: note_tokens.tokens(within(text)),
                   "model": model_names.fold, "series": model_names.series_of,
        "base models": lambda text: base_models.named([text] if len(text) <= cells.LONGEST else []),
                   "format": number_formats.read,
        "quote": lambda text: (quotes.active_parameters(text, 1e9), quotes.each_of(text), quotes.one_of(text),
                               quotes.counted(text, 1e9)), "yaml": yaml_nodes.load,
        "json": cells.from_json}


def tables(chance: Random) -> list[str]:
    """A table in any format to a table in any format: every row accounted for, twice the same bytes."""
    headers, rows = making.table(chance, chance.randint(1, 28))
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / f"in.{chance.choice(IN_FORMATS)}"
        whole = _written(path, headers, rows)
        if chance.random() < 0.12:
            _damage(chance, path)
            whole = False
        out = Path(folder) / f"out.{chance.choice(OUT_FORMATS)}"
        try:
            summary = annotated(path, out)
        except REFUSALS as error:
            return _refused(error) or ([f"a table that is whole is refused: {error}"]
                                       if whole and _surprising(error) else [])
        found = []
        if whole and summary.rows != len(rows):
            found.append(f"{summary.rows} of {len(rows)} rows in {path.name}")
        if summary.estimated + summary.lacking + summary.rejected != summary.rows:
            found.append("rows are not accounted for")
        if any(FAULT in kind or "fault of computeest" in kind for kind in summary.problems):
            found.append(f"a fault is said: {[kind for kind in summary.problems if 'fault' in kind][:2]}")
        found += _table_faults(out)
        if chance.random() < 0.2:
            other = Path(folder) / f"again{''.join(out.suffixes)}"
            annotated(path, other)
            if other.read_bytes() != out.read_bytes():
                found.append(f"not the same bytes twice in {out.name}")
        return found


def _surprising(error: BaseException) -> bool:
    """Whether a refusal is none of those that a table of any headers may meet."""
    known = ("both mean", "same name", "two columns", "no column", "cannot be read", "there is nothing",
             "not understood",
             "Excel", "is no unit", "columns have", "the first line", "JSON object")
    return not any(word in str(error) for word in known)


def annotated(path: Path, out: Path, **more: Any) -> Any:
    """What the command does, in this process."""
    from computeest.pipeline import Options
    from computeest.tables.runner import Request, run

    return run(Request(str(path), str(out), Options(), **more), lambda rows, part: None, lambda text: None)


def _written(path: Path, headers: list[str], rows: list[list[Any]]) -> bool:
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
        columns = {header: pa.array([row[at].encode("utf-8", "replace").decode() for row in clean])
                   for at, header in enumerate(whole)}
        pq.write_table(pa.table(columns), path)
        return True
    from computeest.tables import workbook

    safe = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in clean]
    workbook.write(path, [header.encode("utf-8", "replace").decode() for header in headers], safe)
    return all(any(cell for cell in row) for row in safe)


def _damage(chance: Random, path: Path) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 8)):
        if content:
            at = chance.randrange(len(content))
            roll = chance.random()
            if roll < 0.4:
                content[at] = chance.randrange(256)
            elif roll < 0.7:
                del content[at:at + chance.randint(1, 60)]
            else:
                content[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 9)))
    path.write_bytes(bytes(content))


def _table_faults(out: Path) -> list[str]:
    """What no table that we write may hold."""
    if out.name.endswith(".csv"):
        rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
        for row in rows:
            flop, low, high = (float(row.get(name) or "nan") for name in ("flop", "flop_low", "flop_high"))
            if any(map(math.isinf, (flop, low, high))) or low > flop * (1 + 1e-9) or high < flop * (1 - 1e-9):
                return [f"{flop} lies outside of {low} to {high}"]
    if out.name.endswith(".jsonl"):
        for line in out.read_text("utf-8").split("\n")[:-1]:
            json.loads(line, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    return []


def relations(chance: Random) -> list[str]:
    """What must hold between the answers to two papers or tables that say the same, or twice as much."""
    from computeest import estimate

    size, tokens = chance.choice((1e6, 7e9, 1.75e11)), chance.uniform(1, 9) * 10 ** chance.randint(8, 12)
    hours, chips = chance.choice((3, 29, 500)), chance.choice((1, 8, 1000))
    counted = {"parameters": size, "tokens_seen": tokens}
    timed = {"chip": "A100 SXM4 80GB", "chips": chips, "time": f"{hours} hours", "number_format": "bf16"}
    found = []

    def alike(one: Any, other: Any, factor: float, what: str) -> None:
        if not math.isclose(one["flop"] * factor, other["flop"], rel_tol=1e-9):
            found.append(f"{what}: {one['flop']} and {other['flop']}")

    first, second = estimate(counted), estimate(timed)
    alike(first, estimate({**counted, "tokens_seen": 2 * tokens}), 2, "twice the tokens")
    alike(first, estimate({**counted, "parameters": 2 * size}), 2, "twice the parameters")
    alike(second, estimate({**timed, "chips": 2 * chips}), 2, "twice the chips")
    alike(second, estimate({**timed, "time": f"{60 * hours} minutes"}), 1, "hours in minutes")
    alike(first, estimate({**counted, "tokens_seen": f"{tokens / 1e9!r} billion tokens"}), 1, "tokens in billions")
    alike(first, estimate({"parameters": size, "runs": [{"tokens_seen": tokens / 2}, {"tokens_seen": tokens / 2}]}),
          1, "a run in two")
    return found + _in_tables(chance, {**counted, **timed}, [counted, timed])


def _in_tables(chance: Random, every: dict[str, Any], papers_: list[dict[str, Any]]) -> list[str]:
    """The same rows in every format, and with a column that means nothing: one answer."""
    from computeest import estimate

    headers = list(every)
    rows = [["" if paper.get(name) is None else str(paper[name]) for name in headers] for paper in papers_]
    expected = [estimate(paper)["flop"] for paper in papers_]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for suffix in chance.sample(IN_FORMATS, 2):
            path, out = Path(folder) / f"in.{suffix}", Path(folder) / f"{suffix}.csv"
            _written(path, [*headers, "no such thing"],
                     [[*row, making.text(chance).replace("\0", "")[:200]] for row in rows])
            annotated(path, out)
            got = [float(row["flop"] or "nan") for row in csv.DictReader(out.open(encoding="utf-8", newline=""))]
            if len(got) != len(expected) or not all(math.isclose(*pair, rel_tol=1e-9) for pair in zip(got, expected,
                                                                                                      strict=True)):
                return [f"{suffix}: {got} for {expected}"]
    return []


def configurations(chance: Random) -> list[str]:
    """A config.json, a hardware file, a column map, an ONNX graph."""
    roll = chance.random()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        try:
            if roll < 0.5:
                return _config(chance)
            if roll < 0.7:
                from computeest.hardware import load

                (Path(folder) / "x.yaml").write_text(making.overlay(chance), "utf-8", "replace")
                load((Path(folder),)).find(making.text(chance), None)
            elif roll < 0.85:
                from computeest.schema.headers import read

                (Path(folder) / "map.yaml").write_text(making.mutated(chance, json.dumps(
                    {chance.choice(making.KEYS): chance.choice((making.text(chance), None,
                                                                {"column": "x", "unit": making.text(chance)}))
                     for _ in range(3)})), "utf-8", "replace")
                read(Path(folder) / "map.yaml", ["x", "y", "Model"])
            else:
                return _graph(chance, Path(folder))
        except REFUSALS as error:
            return _refused(error)
    return []


def _config(chance: Random) -> list[str]:
    from computeest import estimate

    made = making.config(chance)
    try:
        return _record_faults(dict(estimate({"family": "huggingface", "architecture": {"config": made},
                                             "tokens": "1B"})))
    except REFUSALS as error:
        return _refused(error)


def _graph(chance: Random, folder: Path) -> list[str]:
    """An ONNX file of one product, some of its bytes not what they should be."""
    import onnx
    from onnx import TensorProto, helper

    from computeest import estimate

    size = [chance.choice((1, 3, 0, -1, 2**40, 8)) for _ in range(2)]
    kinds = (TensorProto.FLOAT, TensorProto.INT8, TensorProto.STRING)
    inputs = [helper.make_tensor_value_info("x", chance.choice(kinds), chance.choice((size, ["N", 8], [])))]
    weights = [helper.make_tensor("w", TensorProto.FLOAT, [8, 4], [0.0] * 32)]
    node = helper.make_node(chance.choice(("MatMul", "Gemm", "Conv", "LSTM", "Attention", "NoSuch")), ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              weights)
    path = folder / "m.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString() if chance.random() < 0.9 else b"\x08" * 40)
    if chance.random() < 0.5:
        _damage(chance, path)
    assert onnx
    try:
        return _record_faults(dict(estimate({"family": "onnx", "architecture": {"onnx": str(path)}, "examples": 5,
                                             "epochs": 1})))
    except REFUSALS as error:
        return _refused(error)


COMMANDS = (
    ("estimate", "{paper}"), ("estimate", "{paper}", "--explain"), ("estimate", "{paper}", "--format", "json"),
    ("estimate", "{paper}", "{paper}", "--format", "csv"), ("estimate", "{paper}", "--threshold", "all"),
            ("validate", "{paper}"),
    ("estimate", "{paper}", "--fact", "{fact}"), ("estimate", "{paper}", "--assume", "{fact}"),
            ("solve", "utilization", "{paper}"),
    ("sensitivity", "{paper}"), ("annotate", "{table}", "-o", "{out}"), ("annotate", "{table}"), ("columns", "{table}"),
    ("annotate", "{table}", "--columns", "{paper}", "-o", "{out}"),
            ("audit", "{table}", "--published", "x", "--notes", "Notes"),
    ("diff", "{table}", "{table}"), ("hardware", "find", "{text}"), ("hardware", "find", "{text}", "--format", "json"),
    ("families", "show", "{text}"), ("models", "show", "{text}"), ("annotate", "{glob}", "-o", "{out}"), ("{text}",),
    ("estimate", "{paper}", "--format", "{text}"), ("annotate", "{table}", "-o", "{text}"),
            ("estimate", "{paper}", "--format", "markdown"),
    ("estimate", "{paper}", "--format", "yaml"), ("estimate", "{paper}", "--format", "latex"),
            ("hardware", "show", "{text}"),
)
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def commands(chance: Random) -> list[str]:
    """A whole command: it ends as promised, without a traceback, and steers no terminal."""
    template = chance.choice(COMMANDS)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        values = {"paper": f"{folder}/paper.yaml", "table": f"{folder}/t.{chance.choice(IN_FORMATS)}",
                  "out": f"{folder}/o.csv",
                  "glob": f"{folder}/*.yaml", "text": making.text(chance).replace("\0", ""),
                  "fact": f"{chance.choice(making.KEYS)}={making.text(chance)}".replace("\0", "")}
        text = json.dumps(making.paper(chance), ensure_ascii=chance.random() < 0.8)
        Path(values["paper"]).write_text(making.mutated(chance, text) if chance.random() < 0.3 else text, "utf-8",
                                         "replace")
        _written(Path(values["table"]), *making.table(chance, chance.randint(0, 9)))
        words = [word.format(**values) if word.startswith("{") else word for word in template]
        code, out, said = ran(words, folder)
        found = []
        if code not in (0, 1, 2):
            found.append(f"{words} ends with {code}")
        if "Traceback" in said + out or FAULT in said + out:
            found.append(f"{words}: {(said + out)[-600:]}")
        data = "csv" in words or "annotate" in words
        usage = said.startswith("Usage:")  # the user's own words
        if (not usage and _STEERS.search(said)) or (not data and _STEERS.search(out.replace("\n", " "))):
            found.append(f"{words} lets through {set(_STEERS.findall(said + out))}")
        if code == 0 and words[-1] == "json" and out:
            json.loads(out)
        return found


def ran(words: list[str], folder: str) -> tuple[int, str, str]:
    """A command in this process: how it ends, and what it writes."""
    from computeest.cli.app import main

    out, said = io.StringIO(), io.StringIO()
    argv, here = sys.argv, Path.cwd()
    sys.argv = ["computeest", *words]
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(_Bytes(out)), contextlib.redirect_stderr(said):
            main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        sys.argv = argv
        os.chdir(here)
    return code, out.getvalue(), said.getvalue()


class _Bytes(io.TextIOBase):
    """A stream of text that takes bytes as well, as standard output does."""

    encoding = "utf-8"

    def __init__(self, into: io.StringIO) -> None:
        self._into = into

    def write(self, text: Any) -> int:
        text = text.decode("utf-8") if isinstance(text, bytes | memoryview) else text
        text.encode("utf-8")  # half a character cannot be written
        return self._into.write(text)

    @property
    def buffer(self) -> Any:
        return self

    def isatty(self) -> bool:
        return False


KINDS: dict[str, Callable[[Random], list[str]]] = {
    "papers": papers, "strings": strings, "tables": tables, "relations": relations, "configurations": configurations,
    "commands": commands}
