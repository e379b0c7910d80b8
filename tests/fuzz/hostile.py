"""Files that are hostile in how they are built, whatever their cells say: the name of an attack and a seed make one."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = "model,parameters,tokens\n"
GOOD = "a,7e9,1e12\n"


def _related(*targets: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="r{place}" Type="x/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, 1)
    )
    return f"<Relationships>{inside}</Relationships>"


def _workbook(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _cell(chance: Random, value: str) -> str:
    place = chance.choice(("", "", "", ' r="A2"', ' r="XFD2"', ' r="XFE2"', ' r="a2"', ' r="B0"', ' r="2"', ' r=""'))
    roll = chance.random()
    if roll < 0.3:
        return f'<c{place} t="inlineStr"><is><t>{value}</t></is></c>'
    if roll < 0.5:
        return f"<c{place}><v>{value}</v></c>"
    kind = chance.choice(("s", "str", "b", "e", "d", "n", "x", ""))
    return f'<c{place} t="{kind}" s="{chance.choice((0, 1, 99, -1))}"><v>{value}</v></c>'


def workbooks(chance: Random, folder: Path) -> Path:
    """A workbook whose parts are not what Excel writes."""
    values = (
        "7e9", "1e12", "0", "43981", "2958466", "-1", "1e308", "1E+400", "nan", "99999999999", "a", "", "&#7;",
        "&amp;", "&x;", "<v/>", "]]>", "x" * 40_000,
    )
    rows = [
        f"<row>{''.join(_cell(chance, chance.choice(values)) for _ in range(chance.randint(0, 4)))}</row>"
        for _ in range(chance.randint(0, 5))
    ]
    if chance.random() < 0.4:
        number = chance.choice((0, 1, 2, 7, 1_048_576, 1_048_577, 999_999_999_999, "-5", "x", ""))
        rows.append(f'<row r="{number}"><c><v>1</v></c></row>')
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("model", "parameters", "tokens"))
    dimension = chance.choice(("", '<dimension ref="A1"/>', '<dimension ref="A1:XFD1048576"/>', '<dimension ref="?"/>'))
    sheet = f'<worksheet xmlns="{MAIN}">{dimension}<sheetData><row>{head}</row>{"".join(rows)}</sheetData></worksheet>'
    if chance.random() < 0.15:
        at = chance.randrange(len(sheet))
        sheet = (
            sheet[:at]
            + chance.choice(("", "<", "&", "\x00", "<a>" * 200, "<!--", "<![CDATA[", "x" * 100_000))
            + sheet[at + chance.choice((0, 1, 30)) :]
        )
    texts = chance.choice(
        (
            "<sst><si><t>m</t></si></sst>", "<sst/>", "", "<sst><si>" + "<r>" * 90,
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst>&b;</sst>',
            "<sst>" + "<si><t>x</t></si>" * 2000 + "</sst>",
        )
    )
    styles = chance.choice(
        (
            "<styleSheet/>", "", '<styleSheet><cellXfs><xf numFmtId="14"/><xf numFmtId="x"/></cellXfs></styleSheet>',
            "<styleSheet>" + "<cellXfs>" * 60,
        )
    )
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": _related(("officeDocument", "xl/workbook.xml")).encode(),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>".encode(),
        "xl/_rels/workbook.xml.rels": _related(
            (
                "worksheet",
                chance.choice(
                    ("worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "../../etc/passwd", "worksheets/sheet1.xml")
                ),
            ),
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"),
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet.encode("utf-8", "replace"), "xl/sharedStrings.xml": texts.encode(),
        "xl/styles.xml": styles.encode(),
    }
    if chance.random() < 0.2:
        del parts[chance.choice(list(parts))]
    path = folder / "t.xlsx"
    _workbook(path, parts)
    return path


def _values(chance: Random) -> tuple[list[Any], Any]:
    """Three values and the Arrow type of a column that holds them."""
    import pyarrow as pa

    return chance.choice(
        (
            lambda: ([2**64 - 1, 0, None], pa.uint64()), lambda: ([-(2**63), 2**63 - 1, None], pa.int64()),
            lambda: ([float("nan"), float("inf"), -0.0], pa.float64()), lambda: ([1.5, None, 6e4], pa.float16()),
            lambda: ([[1, 2], [], None], pa.list_(pa.int64())),
            lambda: ([{"a": 1}, None, {"a": None}], pa.struct([("a", pa.int64())])),
            lambda: ([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
            lambda: ([b"\xff\xfe", b"a", None], pa.binary()), lambda: ([b"ab", b"\x00\xff", None], pa.binary(2)),
            lambda: ([date(9999, 12, 31), date(1, 1, 1), None], pa.date32()),
            lambda: ([2**31 - 1, -(2**31), None], pa.date32()),
            lambda: ([2**62, -(2**62), None], pa.timestamp(chance.choice(("s", "ms", "us", "ns")))),
            lambda: ([datetime(2020, 1, 1), None, datetime(1970, 1, 1)], pa.timestamp("us", "Asia/Tokyo")),
            lambda: ([timedelta(days=3), None, timedelta(0)], pa.duration("us")),
            lambda: ([1, 2, None], pa.time32("s")), lambda: ([True, False, None], pa.bool_()),
            lambda: ([None, None, None], pa.null()), lambda: (["7e9", "x" * 30_000, None], pa.large_string()),
            lambda: (["a", "a", None], pa.dictionary(pa.int32(), pa.string())),
            lambda: ([7, 1, None], pa.decimal128(38, 0)), lambda: ([1, -1, None], pa.decimal256(76, 70)),
            lambda: (["1e9", "2", None], pa.string()), lambda: ([1, 2, None], pa.int8()),
        )
    )()


def parquets(chance: Random, folder: Path) -> Path:
    """A Parquet file whose columns are of any type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = (
        "model", "parameters", "tokens", "chip", "published", "time", "Notes", "architecture", "runs", "layers", "é",
        "a\x1b[31m", "x" * 300,
    )
    columns = {name: pa.array(*_values(chance)) for name in chance.sample(names, chance.randint(1, 6))}
    path = folder / "t.parquet"
    version = chance.choice(("1.0", "2.4", "2.6"))
    rows, packing = chance.choice((1, 2, 100)), chance.choice(("none", "zstd", "gzip"))

    def put() -> None:
        pq.write_table(
            pa.table(columns), path, row_group_size=rows, version=version, compression=packing,
            coerce_timestamps="us" if version == "1.0" else None, allow_truncated_timestamps=True,
        )

    try:
        put()
    except pa.ArrowInvalid:  # times that no version of the format holds
        columns = {name: column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
                   for name, column in columns.items()}
        put()
    if chance.random() < 0.2:
        content = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(bytes(content))
    return path


def json_lines(chance: Random, folder: Path) -> Path:
    """JSON Lines whose values and lines are of any kind."""
    values = (
        '"7e9"', "7e9", "1e400", "-1e400", "NaN", "Infinity", "9" * 4000, "9" * 5000, "0." + "0" * 400 + "1", "true",
        "null", "[]", "{}", "[1,2]", '{"a": {"b": 1}}', '"\\ud83d"', '"\\u0000"', '"\\u001b[31m"',
        "[" * 30 + "]" * 30, "[" * 5000, '{"value": 7, "source": "x"}', '"' + "x" * 21_000 + '"', "'a'", "", "1_0",
        "01", "+1", "1.", '"a\nb"',
    )
    lines = []
    for _ in range(chance.randint(1, 8)):
        line = ", ".join(
            f'"{chance.choice(("model", "parameters", "tokens", "runs", "architecture", "chip", "x"))}": '
            f"{chance.choice(values)}"
            for _ in range(chance.randint(0, 4))
        )
        line = f"{{{line}}}"
        roll = chance.random()
        lines.append(
            line
            if roll < 0.8
            else chance.choice(
                (
                    "", "null", "[]", "5", '"a"', line[:-1], line + line, " ", "\ufeff" + line, line + ",", "{}",
                    "[" + line + "]",
                )
            )
        )
    content = chance.choice(("\n", "\n", "\r\n", "\r")).join(lines).encode("utf-8", "surrogatepass")
    if chance.random() < 0.15:
        content = content.replace(b"x", b"\xff\xfe", 1) + chance.choice((b"", b"\xed\xa0\x80", b"\x00", b"\xc0\x80"))
    path = folder / "t.jsonl"
    path.write_bytes(content)
    return path


def delimited(chance: Random, folder: Path) -> Path:
    """CSV in encodings, with quotes, ends of lines and widths that are not what its header promises."""
    rows = [HEAD, GOOD]
    rows += [
        chance.choice(
            (
                GOOD, "a,7e9\n", "a,7e9,1e12,5,6\n", '"a,7e9,1e12\n', '"a""b",7e9,1e12\n', 'a"b"c,7e9,1e12\n', "\n",
                ",,\n", '"a\nb",7e9,1e12\n', "a;7e9;1e12\n", "a\t7e9\t1e12\n", "a,7e9,1e12\r", "a,7e9,1e12\r\n",
                "\x00,7e9,1e12\n", "=cmd(),7e9,1e12\n", "a,\ufeff7e9,1e12\n", '"' * 501 + "\n", "," * 3000 + "\n",
                "x" * 30_000 + ",7e9,1e12\n", '"","",""\n', "a,\u0660\u0661,1e12\n", " a , 7e9 , 1e12 \n",
                "'a',7e9,1e12\n", "a,7e9,1e12",
            )
        )
        for _ in range(chance.randint(0, 6))
    ]
    if chance.random() < 0.2:
        rows[0] = chance.choice(
            (
                "model,model,tokens\n", "\n", ",,\n", '"model,parameters\n', "model\n", "\ufeff" + HEAD, HEAD * 2,
                "model;parameters;tokens\n", "m\x1b[31m,parameters,tokens\n", "",
            )
        )
    content = "".join(rows).encode(chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")))
    if chance.random() < 0.15:
        content = content[:-1] + chance.choice((b"\xff", b"\xc3", b"\x1a", b"\x00", b"\x85"))
    packed = chance.random() < 0.25
    path = folder / ("t.csv.gz" if packed else "t.csv")
    if packed:
        content = gzip.compress(content)
        content = (
            content[: -chance.randint(1, 12)]
            if chance.random() < 0.5
            else content + chance.choice((b"", b"junk", content))
        )
    path.write_bytes(content)
    return path


def packed(chance: Random, folder: Path) -> Path:
    """Little on disk, much once it is unpacked: a line, a cell, a part, a text that all rows share."""
    size = chance.choice((1, 3, 20)) * 1_000_000
    kind = chance.randrange(5)
    if kind == 0:
        path = folder / "t.csv.gz"
        path.write_bytes(
            gzip.compress(HEAD.encode() + chance.choice((b'"', b"")) + b"a" * size + b"\n" + GOOD.encode(), 1)
        )
    elif kind == 1:
        path = folder / "t.jsonl.gz"
        path.write_bytes(gzip.compress(b'{"model": "' + b"a" * size + b'"}\n', 1))
    elif kind == 2:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path, rows = folder / "t.parquet", size // 10
        text = "x" * chance.choice((1, 1000))
        names = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()).take(pa.array([0] * rows)), pa.array([text]))
        pq.write_table(pa.table({"what": names}), path, row_group_size=rows, compression="zstd")
    else:
        path = folder / "t.xlsx"
        big = (
            b"<worksheet><sheetData><row><c t='str'><v>" + b"a" * size + b"</v></c></row></sheetData></worksheet>"
            if kind == 3
            else b"<worksheet><sheetData><row><c t='str'><v>a</v></c></row>"
            + b"<row/>" * (size // 6)
            + b"</sheetData></worksheet>"
        )
        _workbook(
            path,
            {
                "_rels/.rels": _related(("officeDocument", "xl/workbook.xml")).encode(),
                "xl/workbook.xml": b'<workbook xmlns:r="r"><sheets><sheet r:id="r1"/></sheets></workbook>',
                "xl/_rels/workbook.xml.rels": _related(("worksheet", "sheet1.xml")).encode(), "xl/sheet1.xml": big,
            },
        )
    return path


def named(chance: Random, folder: Path) -> Path:
    """Cells that name files: none may be opened."""
    target = folder / "secret.json"
    target.write_text(
        json.dumps(
            {
                "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                "vocab_size": 123_457, "intermediate_size": 128,
            }
        )
    )
    names = (
        str(target), "secret.json", "./secret.json", "/dev/zero", "/proc/self/environ", "file://" + str(target),
        "/etc/passwd", "~/x", "\\\\server\\x", "http://127.0.0.1:9/x", "secret.json\x00",
    )
    what = chance.choice(
        ({"config": chance.choice(names)}, {"onnx": chance.choice(names)}, {"config": {"config": chance.choice(names)}})
    )
    path = folder / "t.jsonl"
    row = {
        "model": "a", "family": chance.choice(("huggingface", "onnx", "")), "architecture": json.dumps(what),
        "tokens": "1e9",
    }
    if chance.random() < 0.4:
        row = {
            "model": "a", "family": "huggingface", f"architecture.{next(iter(what))}": chance.choice(names),
            "tokens": "1e9",
        }
    path.write_text(json.dumps(row) + "\n", "utf-8")
    return path


def strange(chance: Random, folder: Path) -> Path:
    """What is no file, or has no name that can be written."""
    kind = chance.randrange(6)
    path = folder / "t.csv"
    if kind == 0:
        path.symlink_to(path)
    elif kind == 1:
        path.mkdir()
    elif kind == 2:
        path = Path(chance.choice(("/dev/null", "/dev/zero", "/proc/self/mem", "/nowhere/t.csv", "")))
    elif kind == 3:
        path = folder / chance.choice(("\udcff.csv", "a\nb.csv", "a\x1b[31m.csv", "-.csv", "*.csv", "a b.csv", "é.csv"))
        path.write_text(HEAD + GOOD)
    elif kind == 4:
        path = folder / chance.choice(
            ("t.xlsx", "t.parquet", "t.jsonl", "t.csv.gz", "t.csv.zst", "t.csv.xz", "t.csv.bz2")
        )
        path.write_bytes(
            chance.choice(
                (
                    b"", b"PK\x03\x04", b"PAR1PAR1", b"\x1f\x8b", b"{", b"\x28\xb5\x2f\xfd", b"BZh9", HEAD.encode(),
                    io.BytesIO(b"\0" * 5000).getvalue(),
                )
            )
        )
    else:
        path.write_text(HEAD + GOOD)
        path = folder / "t.csv/more.csv"
    return path


ATTACKS: dict[str, Callable[[Random, Path], Path]] = {
    attack.__name__: attack for attack in (workbooks, parquets, json_lines, delimited, packed, named, strange)
}
