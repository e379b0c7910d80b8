"""Files made to harm: each is read within limits, or refused by name, and what is right in it is not lost."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from annotating import annotated, read
from conftest import Cli

from computeest import estimate
from computeest.facts import set_apart
from computeest.pipeline import Options
from computeest.problems import InputError
from computeest.schema import cells
from computeest.tables import parquet, streams, workbook_parts
from computeest.tables.inputs import source
from computeest.text.files import file_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def related(**targets: str) -> str:
    inside = "".join(f'<Relationship Id="r{place}" Type="x/{kind}" Target="{target}"/>'
                     for place, (kind, target) in enumerate(targets.items(), 1))
    return f"<Relationships>{inside}</Relationships>"


PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": related(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets>'
                       "</workbook>",
    "xl/_rels/workbook.xml.rels": related(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml",
                                          styles="styles.xml"),
}
HEAD = '<c t="inlineStr"><is><t>model</t></is></c><c t="inlineStr"><is><t>parameters</t></is></c>' \
       '<c t="inlineStr"><is><t>tokens</t></is></c>'
ROW = '<c t="inlineStr"><is><t>a</t></is></c><c><v>7e9</v></c><c><v>1e12</v></c>'


def workbook(path: Path, sheet: str, **parts: str) -> Path:
    """A workbook whose first sheet is this XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (PARTS | {"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>'}
                           | {f"xl/{name}.xml": text for name, text in parts.items()}).items():
            archive.writestr(name, text)
    return path


def rows_of(path: Path) -> list[list[Any]]:
    return [row for found in [source(str(path))] for piece in found.pieces() for row in piece.content]


@pytest.mark.parametrize("claimed", [
    '<dimension ref="A1"/>', '<dimension ref="A1:C2"/>',
    '<dimension ref="A1:XFD1048576"/>', '<dimension ref="x"/>', ""])
def test_a_workbook_has_the_rows_it_has_whatever_it_claims(tmp_path: Path, claimed: str) -> None:
    path = workbook(tmp_path / "t.xlsx", f"{claimed}<sheetData><row>{HEAD}</row><row r='2'>{ROW}</row>"
                                         f"<row r='9'>{ROW}</row></sheetData>")
    assert rows_of(path) == [("a", "7000000000", "1000000000000")] * 2


@pytest.mark.parametrize(("sheet", "said"), [
    (f"<row>{HEAD}</row><row r='999999999999'>{ROW}</row>", "a row has the number 999999999999"),
    (f"<row>{HEAD}</row><row r='1048577'>{ROW}</row>", "a row has the number 1048577"),
    (f"<row r='5'>{HEAD}</row><row r='3'>{ROW}</row>", "row 3 comes after row 5"),
    (f"<row>{HEAD}</row><row><c r='XFE2'><v>1</v></c></row>", "row 2 has a cell 'XFE2'"),
    (f"<row>{HEAD}</row><row><c r='B2'/><c r='A2'/></row>", "row 2 has a cell 'A2' after 2 others"),
    (f"<row>{HEAD}</row><row><c t='str'><v>{'x' * 70_000}</v></c></row>", "a cell has more than 32,767 characters"),
    (f"<row>{HEAD}</row><row {'x' * 2_000_000}='1'>", "an element of its sheet does not end"),
    ("<a>" * 80, "one of its parts is nested too deeply"),
    (f"<row>{HEAD}</row><row>{ROW}", "its sheet cannot be read to the end"),
])
def test_what_no_sheet_holds_is_refused_by_name(tmp_path: Path, sheet: str, said: str) -> None:
    path = workbook(tmp_path / "t.xlsx", f"<sheetData>{sheet}</sheetData>")
    with pytest.raises(InputError, match=f"t.xlsx: {said}"):
        rows_of(path)


def test_too_many_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "MOST_CELLS", 100)
    path = workbook(tmp_path / "t.xlsx", f"<sheetData><row>{HEAD}</row><row><c r='CV2'><v>1</v></c></row></sheetData>")
    with pytest.raises(InputError, match="its sheet has more than 100 cells"):
        rows_of(path)


def test_cells_of_every_kind_are_read(tmp_path: Path) -> None:
    texts = f'<sst xmlns="{MAIN}"><si><t>mo</t><rPh sb="0" eb="1"><t>aloud</t></rPh><r><t>del</t></r></si></sst>'
    styles = f'<styleSheet xmlns="{MAIN}"><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' \
             '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    names = "".join(f'<c t="str"><v>{name}</v></c>' for name in "bcde")
    values = '<c s="1"><v>43981</v></c><c t="b"><v>1</v></c><c t="s"><v>99</v></c><c><v>1.5</v></c>' \
             '<c t="e"><v>#N/A</v></c>'
    path = workbook(tmp_path / "t.xlsx", f'<sheetData><row><c t="s"><v>0</v></c>{names}</row><row>{values}</row>'
                    "</sheetData>", sharedStrings=texts, styles=styles)
    assert source(str(path)).columns == ("model", "b", "c", "d", "e")
    assert rows_of(path) == [("2020-05-30", "True", "#VALUE!", "1.5", "#N/A")]


def test_a_document_type_in_a_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", "", sharedStrings='<!DOCTYPE x [<!ENTITY a "b">]><sst/>')
    with pytest.raises(InputError, match="declares a type of document"):
        rows_of(path)


def test_large_parts_are_refused_before_they_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "LARGEST_TEXTS", 1000)
    path = workbook(tmp_path / "t.xlsx", "", sharedStrings="<sst>" + "<si/>" * 1000 + "</sst>")
    with pytest.raises(InputError, match="the texts of its cells have 5,011 bytes unpacked"):
        rows_of(path)


MEASURED = """
import resource, sys
from computeest.cli.app import main
sys.argv = ["computeest", *sys.argv[1:]]
try:
    main()
finally:
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def long_line(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"model": "')
        for _ in range(300):
            file.write(b"a" * 1_000_000)
        file.write(b'"}\n')


def many_rows(path: Path) -> None:
    rows = 3_000_000
    codes = pa.array(np.arange(rows) * 7919 % 251)
    names = pa.array([f"m{number}" for number in range(251)]).take(codes)
    pq.write_table(pa.table({"name of something": names}), path, row_group_size=rows, compression="none")


def shared_text(path: Path) -> None:
    names = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 1_000_000]))
    pq.write_table(pa.table({"model": names}), path, compression="zstd")


def long_cell(path: Path) -> None:
    pq.write_table(pa.table({"model": pa.array(["y" * 300_000_000])}), path, compression="zstd")


def workbook_cell(path: Path) -> None:
    workbook(path, f"<sheetData><row>{HEAD}</row><row><c t='str'><v>{'x' * 200_000_000}</v></c></row></sheetData>")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured where /proc is")
@pytest.mark.parametrize(("name", "make", "said"), [
    ("t.jsonl.gz", long_line, "t.jsonl.gz:1: the line has more than 4,194,304 bytes"),
    ("t.parquet", shared_text, "t.parquet: 'model' has "),
    ("t.parquet", long_cell, "'model' has 300,000,0"),
    ("t.xlsx", workbook_cell, "t.xlsx: a cell has more than 32,767 characters"),
])
def test_small_files_do_not_take_gigabytes(tmp_path: Path, name: str, make: Callable[[Path], None], said: str) -> None:
    make(tmp_path / name)
    ran = subprocess.run([sys.executable, "-c", MEASURED, "annotate", tmp_path / name, "-o", tmp_path / "out.csv"],
                         capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 1, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert int(ran.stdout.split()[-1]) < 500_000


def test_a_table_of_more_rows_than_its_bytes_can_say_anything_of_is_refused(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many_rows(tmp_path / "t.parquet")
    size = (tmp_path / "t.parquet").stat().st_size
    for limits, said in (({"FEW_ROWS": 1_000, "ROWS_A_BYTE": 0.9}, f"it has 3,000,000 rows in {size:,} bytes"),
                         ({"LARGEST_GROUP": 2_999_999}, "row group 0 has 3,000,000 rows")):
        with monkeypatch.context() as patched:
            for name, value in limits.items():
                patched.setattr(parquet, name, value)
            parquet._known.cache_clear()
            with pytest.raises(InputError, match=f"t.parquet: {said}"):
                annotated(tmp_path / "t.parquet", tmp_path / "out.csv")
    parquet._known.cache_clear()
    assert source(str(tmp_path / "t.parquet")).columns == ("name of something",)


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zst", "t.jsonl.gz"])
def test_what_unpacks_to_more_than_a_table_is_refused(tmp_path: Path, name: str,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "FEW_BYTES", 20_000)
    row = b'{"model": "a"}\n' if "jsonl" in name else b"model\na\n"
    path = tmp_path / name
    path.write_bytes(streams.compressed(row * 1_000, path.suffix))
    assert annotated(path, tmp_path / "out.csv").rows == (1_000 if "jsonl" in name else 1_999)
    path.write_bytes(streams.compressed(row * 300_000, path.suffix))
    with pytest.raises(InputError, match=rf"{name}: its [0-9,]+ bytes unpack to more than 100 times as many"):
        annotated(path, tmp_path / "out.csv")


def test_a_large_row_group_is_read_in_parts(tmp_path: Path) -> None:
    many_rows(tmp_path / "t.parquet")
    found = source(str(tmp_path / "t.parquet"))
    pieces = found.pieces()
    read_ = [found.read(piece).table for piece in (next(pieces), next(pieces))]
    assert [table.num_rows for table in read_] == [36_864, 36_864]
    assert pa.total_allocated_bytes() < 100_000_000
    last = list(source(str(tmp_path / "t.parquet")).pieces())[-1]
    assert found.read(last).table.num_rows == 3_000_000 % 36_864
    assert found.read(next(found.pieces())).table.num_rows == 36_864, "pieces may be asked for again, from the first"


def test_broken_lines_cost_themselves_only(tmp_path: Path) -> None:
    right = {"model": "b", "parameters": "7B", "tokens": "1T"}
    lines = ['{"model": "a\\ud800", "parameters": "7B"}', json.dumps({"model": "deep", "x": eval("[" * 60 + "]" * 60)}),
             "[" * 100_000, json.dumps(right), '{"model": "\\ud83d\\ude00", "parameters": "7B", "tokens": "1T"}']
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    annotated(tmp_path / "t.jsonl", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert [bool(row["flop"]) for row in rows] == [False, False, False, True, True]
    assert ["half a character" in rows[0]["problems"], "24 levels deep" in rows[1]["problems"],
            "not JSON" in rows[2]["problems"]] == [True, True, True]
    assert rows[4]["model"] == "\U0001f600"


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx", "db"])
def test_columns_of_any_kind_are_read_and_written(tmp_path: Path, suffix: str) -> None:
    table = pa.table({
        "model": pa.array([b"caf\xe9", b"b"], pa.binary()), "parameters": [7e9, 7e9], "tokens": [1e12, 1e12],
        "chip": pa.array([["A100"], None], pa.list_(pa.string())), "published": pa.array([10**7, 18_000], pa.date32()),
        "big": pa.array([2**64 - 1, 1], pa.uint64()), "span": pa.array([1, None], pa.duration("ns")),
        "at": pa.array([2**50, 0], pa.timestamp("ms")), "what": pa.array([{"a": b"\xff"}, None]),
        "money": pa.array([None, None], pa.decimal128(30, 2)), "epochs": pa.array([2**63, 1], pa.uint64())})
    pq.write_table(table, tmp_path / "t.parquet")
    out = tmp_path / f"out.{suffix}"
    summary = annotated(tmp_path / "t.parquet", out)
    assert summary.rows == 2
    assert summary.estimated == 2
    assert out.stat().st_size


def test_a_cell_of_a_table_names_no_file_unless_allowed(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    cell = json.dumps({"config": str(tmp_path / "config.json")}).replace('"', '""')
    (tmp_path / "t.csv").write_text(f'model,family,architecture,tokens\na,huggingface,"{cell}",1T\n')
    ran = cli("annotate", tmp_path / "t.csv", "-o", tmp_path / "out.csv")
    assert ran.code == 1
    assert "names a file" in read(tmp_path / "out.csv")[0]["problems"]
    ran = cli("annotate", tmp_path / "t.csv", "-o", tmp_path / "out.csv", "--allow-files")
    assert ran.code == 0
    assert read(tmp_path / "out.csv")[0]["flop"]
    (tmp_path / "t.jsonl").write_text(json.dumps({"runs": [{
        "family": "huggingface", "architecture": {"config": str(tmp_path / "config.json")}, "tokens": "1T"}]}) + "\n")
    cli("annotate", tmp_path / "t.jsonl", "-o", tmp_path / "out.csv")
    assert "names a file" in read(tmp_path / "out.csv")[0]["problems"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes as POSIX has them")
@pytest.mark.parametrize("kind", ["fifo", "/dev/zero", "folder"])
def test_only_regular_files_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "config.json"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        (path / "config.json").mkdir(parents=True)
    else:
        path.symlink_to(kind)
    (tmp_path / "p.yaml").write_text("family: huggingface\narchitecture: {config: config.json}\ntokens: 1T\n")
    with pytest.raises(InputError, match=r"cannot be read: (this is no regular file|Is a directory)"):
        estimate(tmp_path / "p.yaml")
    with pytest.raises(OSError, match=r"no regular file|Is a directory"):
        file_bytes(path / "config.json" if kind == "folder" else path, 10)


def test_a_paper_that_is_a_pipe_costs_itself_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_text("parameters: 7B\ntokens: 1T\n")
    summary = annotated(str(tmp_path / "*.yaml"), tmp_path / "out.csv")
    assert (summary.estimated, summary.rejected) == (1, 1)


def test_an_architecture_beside_layers_is_this_papers_problem() -> None:
    with pytest.raises(InputError, match="'variant' says nothing of a list of layers"):
        estimate({"architecture": "resnet-50", "layers": [{"linear": 4}], "epochs": 1, "examples": 5})


def test_what_the_engine_fails_on_costs_its_own_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from computeest import pipeline

    look_up = pipeline.look_up

    def failing(spec: Any, options: Options) -> None:
        look_up(spec, options)
        if any(word in ("bad", "worse") for word in spec.words["model"]):
            raise TypeError("an example of a fault")

    monkeypatch.setattr(pipeline, "look_up", failing)
    (tmp_path / "t.csv").write_text("model,parameters,tokens\n" + "".join(
        f"{name},7B,1T\n" for name in ("a", "bad", "c", "worse", "e")))
    summary = annotated(tmp_path / "t.csv", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert [bool(row["flop"]) for row in rows] == [True, False, True, False, True]
    assert rows[1]["problems"].startswith(f"row: TypeError: an example of a fault ({set_apart.FAULT})")
    assert summary.rejected == 2
    with pytest.raises(InputError, match="cannot be estimated: TypeError: an example of a fault"):
        estimate({"model": "bad", "parameters": 7e9, "tokens": 1e12})


@pytest.mark.parametrize(("column", "length", "said"), [
    ("chip", 401, "the text has 401 characters"), ("published", 401, "the text has 401 characters"),
    ("time", 401, "is too long for a number"), ("base_model", 401, "the text has 401 characters"),
    ("note", 20_001, "the text has 20,001 characters"), ("family", 401, "the text has 401 characters"),
])
def test_no_cell_longer_than_people_write_reaches_a_reader(column: str, length: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        estimate({"parameters": 7e9, "tokens": 1e12, column: "1" * length})
    (tmp_path / "t.csv").write_text(f"model,parameters,tokens,{column}\na,7B,1T,{'1' * length}\n")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv")
    [row] = read(tmp_path / "out.csv")
    assert said in row["problems"]
    assert row["flop"]


def test_json_cells_are_limited_by_depth_and_size() -> None:
    assert cells.from_json('{"depth": 50}') == {"depth": 50}
    for text, said in (("[" * 30 + "]" * 30, "24 levels"), ("[" * 100_000, "24 levels"), (" " * 1_000_001, "at most")):
        with pytest.raises(ValueError, match=said):
            cells.from_json(text)


def test_both_ends_of_every_range_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,parameters,tokens,epochs,utilization\na,7B,1T,1e-300..1e300,\n"
                                    "b,7B,1T,1 ± 1e308,\nc,7B,1T,1,0.01..50\n", "utf-8")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv")
    assert all("cannot be" in row["problems"] for row in read(tmp_path / "out.csv"))


EVIL = "\u001b[31mRED\u001b]0;owned\u0007\u009b31m\u202e"


@pytest.mark.parametrize("words", [
    ("estimate", "p.yaml"), ("estimate", "p.yaml", "--explain"), ("estimate", "p.yaml", "--threshold", "all"),
    ("estimate", "p.yaml", "--format", "markdown"), ("sensitivity", "p.yaml"), ("columns", "t.csv"),
                                   ("validate", "bad.yaml"),
    ("audit", "t.csv", "--published", "compute", "--notes", "notes"), ("diff", "a.csv", "b.csv"),
                                   ("hardware", "find", EVIL),
    ("families", "show", EVIL), ("estimate", EVIL), ("annotate", "t.csv", "-o", "o.csv", "--columns", "bad.yaml"),
])
def test_nothing_of_an_input_steers_a_terminal(words: tuple[str, ...], tmp_path: Path, cli: Cli,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = json.dumps(EVIL)
    Path("p.yaml").write_text(f"model: {said}\nparameters: 7B\ntokens: 1T\nchip: A100\nchips: 8\ntime: 3 days\n"
                              f"base_model: {said}\n")
    Path("bad.yaml").write_text(f"{said}: 1\nparameters: {said}\n")
    Path("t.csv").write_text(f"model,parameters,tokens,compute,notes,{EVIL}\n{EVIL},7B,1T,1e20,{EVIL} 6 * 7 = 1,x\n",
                             "utf-8")
    for name, flop in (("a", "1e20"), ("b", "2e20")):
        Path(f"{name}.csv").write_text(f"model,flop,flop_low,flop_high,x\n{EVIL},{flop},1e19,1e21,{EVIL}\n", "utf-8")
    ran = cli(*words)
    assert ran.out or ran.err
    steering = {c for c in ran.out + ran.err if not c.isprintable() and c not in "\n\t"}
    assert steering == set()


def test_what_a_format_cannot_hold_is_said_before_the_work_begins(tmp_path: Path,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    from computeest.tables.annotator import Work
    from computeest.text.files import OutputError

    long, wide = tmp_path / "long.csv", tmp_path / "wide.csv"
    long.write_text("model,parameters,tokens,x\n" + "a,7B,1T,y\n" * 5 + f"a,7B,1T,{'y' * 32_768}\n")
    wide.write_text(",".join(f"c{n}" for n in range(2000)) + "\n" + ",".join("1" * 2000) + "\n")
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.setattr(Work, "annotate", lambda self, piece: pytest.fail("the work has begun"))
    for table, name, said in ((long, "o.xlsx", "holds 32,767 characters and 'x' has more in row 6"),
                              (wide, "o.db", "a SQLite table holds 2,000 columns"),
                              (long, "folder.csv", "this is a directory")):
        with pytest.raises(OutputError, match=said):
            annotated(table, tmp_path / name)


def test_a_text_that_we_write_ourselves_is_cut_where_a_cell_ends_and_shows_it(tmp_path: Path) -> None:
    from computeest.tables import workbook as writer

    writer.write(tmp_path / "o.xlsx", ["a"], [["x" * 40_000]])
    assert [cell[0][-7:] for cell in writer.Workbook(tmp_path / "o.xlsx")._rows()][1:] == ["x [...]"]


def test_facts_that_read_alike_are_written_as_one_text() -> None:
    import numpy as np

    from computeest.facts.lookup import Lookup
    from computeest.records import frames

    made = frames.array(Lookup(np.array([0, 1, -1, 2]), ("day", "day", "year")))
    assert made.dictionary.to_pylist() == ["day", "year"]
    assert made.to_pylist() == ["day", "day", None, "year"]


def test_a_long_base_model_reaches_no_reader_of_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pass over a table reads base models too, before any cell is held to its length."""
    from computeest.tables import base_model_pass

    seen: list[str] = []
    monkeypatch.setattr(base_model_pass, "named_bases", lambda texts: (seen.extend(texts), (set(), set()))[1])
    (tmp_path / "t.csv").write_text(f"model,base_model,parameters,tokens\na,{'1.000 ' * 20_000},7B,1T\nb,GPT-2,7B,1T\n")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv")
    assert seen == ["GPT-2"]
    assert "the text has" in read(tmp_path / "out.csv")[0]["problems"]


def test_a_workbook_with_two_parts_of_one_name_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", f"<sheetData><row>{HEAD}</row><row>{ROW}</row></sheetData>")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    with pytest.raises(InputError, match="two of its parts have one name"):
        list(source(str(path)).pieces())


def test_what_lies_beyond_the_calendar_in_a_column_of_architectures_costs_no_row(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"architecture": pa.array([2**62, None], pa.timestamp("us")), "parameters": ["7e9", "7e9"],
                             "tokens": ["1e12", "1e12"]}), path)
    annotated(path, tmp_path / "o.csv")
    rows = read(tmp_path / "o.csv")
    assert [bool(row["flop"]) for row in rows] == [True, True]
    assert set_apart.FAULT not in rows[0]["problems"] + rows[1]["problems"]


def test_nan_within_a_list_is_null_in_json_whatever_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"parameters": ["7e9"], "tokens": ["1e12"], "x": [[1.0, float("nan"), float("inf")]],
                             "y": [{"k": float("nan")}]}), path)

    def none(name: str) -> None:
        raise AssertionError(name)

    annotated(path, tmp_path / "o.jsonl")
    row = json.loads((tmp_path / "o.jsonl").read_text("utf-8"), parse_constant=none)
    assert (row["x"], row["y"]) == ([1.0, None, None], {"k": None})
    annotated(path, tmp_path / "o.csv")
    assert json.loads(read(tmp_path / "o.csv")[0]["x"], parse_constant=none) == [1.0, None, None]
    annotated(path, tmp_path / "o.db")
    with sqlite3.connect(tmp_path / "o.db") as database:
        assert database.execute("SELECT x, y FROM records").fetchall() == [("[1.0, null, null]", '{"k": null}')]


def test_many_rows_in_few_bytes_are_refused_before_a_workbook_of_them_is_written(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    for rows, refused in ((50_000, False), (50_001, True)):
        names = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x"]))
        pq.write_table(pa.table({"what": names}), path, row_group_size=rows, compression="zstd")
        if refused:
            with pytest.raises(InputError, match="50,001 rows in"):
                source(str(path)).columns  # noqa: B018
        else:
            assert source(str(path)).columns == ("what",)


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "#REF!", "a", "\t=1"])
def test_a_text_is_a_text_in_a_workbook(tmp_path: Path, text: str) -> None:
    from openpyxl import load_workbook

    from computeest.tables import workbook as written

    written.write(tmp_path / "t.xlsx", ["a"], [[text], [None], [1.5]])
    sheet = load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    found = [(row[0].value, row[0].data_type) for row in sheet.iter_rows(min_row=2)]
    assert found[0] == (text, "s")
    assert found[-1] == (1.5, "n")
