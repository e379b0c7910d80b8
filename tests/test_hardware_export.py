"""The database as tables: what they say is what the chips say, in every form, and the package explains them."""

from __future__ import annotations

import csv
import datetime
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import Cli

from computeest.hardware import load
from computeest.hardware.export import DATABASE, FORMS, export
from computeest.hardware.files import package_files
from computeest.hardware.lint.lint import read
from computeest.hardware.lint.schema import FORMATS
from computeest.hardware.table import Table
from computeest.hardware.tables import tables
from computeest.text import yaml_nodes

NAMES = ("chips", "facts", "sources", "machines", "machine_peaks", "families", "prices", "places", "yearly")
OVERLAY = """\
schema: 1
vendor: Example
sources:
  sheet: {title: Example One datasheet, kind: datasheet, url: https://example.com/one, accessed: "2026-01-02"}
chips:
  example-one:
    name: Example One
    kind: gpu
    architecture: ga100
    status: released
    released: {value: "2022-01-01", source: sheet}
    peak:
      fp32: {value: "19.5 TFLOP/s", unit-kind: vector, source: sheet}
    training-format: fp32
    confidence: medium
    lint-ok: {no-matrix-rate: the datasheet prints none}
"""


@pytest.fixture(scope="module")
def built() -> dict[str, Table]:
    return {table.name: table for table in tables(read(package_files())[0])}


@pytest.fixture(scope="module")
def facts(built: dict[str, Table]) -> list[dict[str, Any]]:
    return list(built["facts"].rows)


def _said(facts: list[dict[str, Any]], chip: str, field: str, form: str | None = None, state: str = "stands",
          ) -> list[dict[str, Any]]:
    return [row for row in facts
            if (row["chip"], row["field"], row["number_format"], row["state"]) == (chip, field, form, state)]


@pytest.mark.parametrize(("chip", "field", "form", "value", "unit"), [
    # the vendors' datasheets
    ("nvidia-a100-sxm4-80gb", "peak", "bf16-tensor", 312e12, "FLOP/s"),
    ("nvidia-a100-sxm4-80gb", "peak.sparse", "bf16-tensor", 624e12, "FLOP/s"),
    ("nvidia-a100-sxm4-80gb", "peak", "int8", 624e12, "OP/s"),
    ("nvidia-a100-sxm4-80gb", "memory", None, 80.0, "GB"),
    ("nvidia-a100-sxm4-80gb", "bandwidth", None, 2039.0, "GB/s"),
    ("nvidia-a100-sxm4-80gb", "bandwidth.bus-bits", None, 5120.0, "bit"),
    ("nvidia-a100-sxm4-80gb", "tdp", None, 400.0, "W"),
    ("nvidia-a100-sxm4-80gb", "units-count.sm", None, 108.0, ""),
    ("nvidia-a100-sxm4-80gb", "clocks.boost", None, 1410.0, "MHz"),
    ("amd-mi250x", "peak", "fp16-tensor", 383e12, "FLOP/s"),
    ("google-tpu-v4", "peak", "bf16-tensor", 275e12, "FLOP/s"),
])
def test_values_are_those_published(facts: list[dict[str, Any]], chip: str, field: str, form: str | None,
                                    value: float, unit: str) -> None:
    (row,) = _said(facts, chip, field, form)
    assert row["value"] == pytest.approx(value, rel=2e-3)
    assert row["unit"] == unit


def test_every_peak_is_the_one_that_estimates_use(built: dict[str, Table], facts: list[dict[str, Any]]) -> None:
    long = {(row["chip"], row["number_format"]): row["value"] for row in facts
            if (row["field"], row["state"]) == ("peak", "stands")}
    wide = {row["id"]: row for row in built["chips"].rows}
    used = {(chip.id, key): rate.value for chip in load() for key, rate in chip.peaks.items()}
    assert long == used
    for chip in load():
        row = wide[chip.id]
        columns = {form: f"{form.replace('-', '_')}_{'op' if form.startswith('int') else 'flop'}_per_s"
                   for form in FORMATS}
        assert {form: row[column] for form, column in columns.items() if row[column] is not None} == \
            {key: rate.value for key, rate in chip.peaks.items()}
        assert (row["memory_gb"], row["bandwidth_gb_per_s"], row["tdp_w"]) == (chip.memory, chip.bandwidth, chip.tdp)
        assert (row["vendor"], row["architecture_name"], row["dies"]) == (
            chip.vendor, chip.architecture_name, chip.dies)
        assert row["released"] == (chip.released.isoformat() if chip.released else None)


def test_no_value_of_the_files_is_left_out(facts: list[dict[str, Any]]) -> None:
    """As many rows as the files have values under a source, counted from the text of the files."""
    def count(node: Any) -> int:
        if not isinstance(node, dict):
            return 0
        own = sum(key not in ("source", "confirmed", "bus-source", "second", "type", "term", "scope", "direction",
                              "unit-kind", "accumulate") and not isinstance(value, dict)
                  for key, value in node.items()) if "source" in node else 0
        return own + sum(map(count, node.values()))

    roots = [yaml_nodes.load(file.content.decode()) for file in package_files()]
    chips = [chip for root in roots if root is not None
             for chip in (yaml_nodes.plain(root).get("chips") or {}).values()]
    assert len(chips) > 400
    assert sum(row["state"] != "disputed" for row in facts) == sum(map(count, chips))
    assert sum(row["state"] == "disputed" for row in facts) == sum(len(chip.get("disputed", ())) for chip in chips)


def test_history_says_what_was_said_before_and_why(facts: list[dict[str, Any]]) -> None:
    (row,) = _said(facts, "intel-gaudi3", "peak", "bf16-tensor", "disputed")  # sold at 1600 MHz, announced at 1750
    assert (row["value"], row["stated"], row["source"]) == (1835e12, "1835 TFLOP/s", None)
    assert "1750 MHz" in row["note"]
    (row,) = _said(facts, "intel-gaudi3", "peak", "bf16-tensor")
    assert row["value"] == pytest.approx(1678e12, rel=1e-3)


def test_a_row_says_where_its_value_is_from(built: dict[str, Table], facts: list[dict[str, Any]]) -> None:
    sources = {row["id"]: row for row in built["sources"].rows}
    for row in facts:
        assert row["source"] is None if row["state"] == "disputed" else row["source"] in sources
        if row["source"]:
            source = sources[row["source"]]
            assert (row["source_kind"], row["opened"], row["accessed"]) == (
                source["kind"], source["opened"], source["accessed"])
            assert (row["opened"] is None) == (row["source_kind"] == "derived")
    (row,) = _said(facts, "nvidia-a100-sxm4-80gb", "bandwidth.gbit-per-pin")
    assert sources[row["source"]]["title"].startswith("TechPowerUp")
    (row,) = _said(facts, "nvidia-a100-sxm4-80gb", "released", state="second")
    assert (row["stated"], row["value"], row["unit"]) == ("2020-11-16", None, None)


def test_what_was_not_opened_is_said(facts: list[dict[str, Any]]) -> None:
    """As many as the text of the files has values whose source is marked so."""
    unopened = 0
    for file in package_files():
        root = yaml_nodes.load(file.content.decode())
        plain = yaml_nodes.plain(root) if root is not None else {}
        if "chips" in plain:
            closed = {key for key, source in plain["sources"].items() if source.get("unopened")}
            unopened += sum(fact["source"] in closed for chip in plain["chips"].values()
                            for fact in (*chip["peak"].values(), *chip.values())
                            if isinstance(fact, dict) and "value" in fact and "source" in fact)
    found = [row for row in facts if row["opened"] is False and row["state"] == "stands"]
    assert sum("." not in row["field"] for row in found) == unopened > 100
    assert any(row["confirmed"] for row in found)


def test_every_price_and_every_year_of_a_grid_is_there(built: dict[str, Table]) -> None:
    """Against what the files hold, and values as their documents print them."""
    files = {file.name: yaml_nodes.plain(yaml_nodes.load(file.content.decode()))  # type: ignore[arg-type]
             for file in package_files() if file.name in ("prices.yaml", "grids.yaml")}
    prices, yearly = built["prices"].rows, built["yearly"].rows
    stated = [(row, entry["chips"]) for entry in files["prices.yaml"]["prices"].values()
              for row in (*entry.get("purchase", ()), *entry.get("rental", ()))]
    assert len(prices) == sum(
        sum(key in row for key in ("usd", "on-demand", "one-year", "three-year", "spot"))
        * (1 if "chip" in row else len(chips)) for row, chips in stated)
    (sold,) = (row for row in prices if row["chip"] == "amd-mi300x" and row["basis"] == "purchase")
    assert (sold["value"], sold["unit"], sold["date"], sold["kind"]) == (25733.71, "USD", "2025-02-10", "server")
    (lent,) = (row for row in prices if (row["chip"], row["year"], row["basis"]) == ("google-tpu-v4", 2023, "one-year"))
    assert (lent["value"], lent["unit"], lent["vendor"]) == (2.03, "USD/h", "Google Cloud")
    grids = files["grids.yaml"]
    assert len(yearly) == sum(
        len(entry.get("grams", ())) + len(entry.get("pue", {}).get("years", ()))
        for kind in ("operators", "countries", "states", "cloud-regions") for entry in grids[kind].values()
    ) + sum(len(entry[key]) for kind, key in (("electricity", "usd-per-kWh"), ("deflator", "index"))
            for entry in files["prices.yaml"][kind].values())
    found = {(row["quantity"], row["place"], row["year"]): row["value"] for row in yearly}
    assert found["grid_intensity", "us-ca", 2023] == 179
    assert found["pue", "google", 2023] == 1.1
    assert {row["place"] for row in yearly} - {None} <= {row["id"] for row in built["places"].rows}


def _csv(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _json(folder: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))  # type: ignore[no-any-return]


def _parquet(folder: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()  # type: ignore[no-any-return]


def _sqlite(folder: Path, name: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f'SELECT * FROM "{name}" ORDER BY rowid')]


READERS: dict[str, Callable[[Path, str], list[dict[str, Any]]]] = {
    "csv": _csv, "json": _json, "parquet": _parquet, "sqlite": _sqlite}
#: A cell of a form as the table has it.
AS_HELD: dict[str, Callable[[Any], Any]] = {
    "string": lambda cell: cell, "number": float, "integer": int,
    "boolean": lambda cell: cell in (True, 1, "True"),
    "date": lambda cell: cell.isoformat() if isinstance(cell, datetime.date) else cell,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same(tmp_path: Path, built: dict[str, Table], form: str) -> None:
    written = export(list(built.values()), tmp_path / "out", form, "1")
    assert set(written) == set((tmp_path / "out").iterdir())
    document = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    resources = {resource["name"].replace("-", "_"): resource for resource in document["resources"]}
    assert tuple(resources) == tuple(built) == NAMES
    for name, table in built.items():
        found = READERS[form](tmp_path / "out", name)
        kinds = {column["name"]: column["type"] for column in resources[name]["schema"]["fields"]}
        assert list(found[0]) == list(kinds) == [column.name for column in table.columns]
        held = [{key: AS_HELD[kinds[key]](cell) if cell not in (None, "") else None for key, cell in row.items()}
                for row in found]
        assert held == [{key: cell if cell != "" else None for key, cell in row.items()} for row in table.rows]


@pytest.mark.parametrize("form", FORMS)
def test_the_package_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: dict[str, Table],
                              form: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    export(list(built.values()), tmp_path / "out", form, "1")
    monkeypatch.chdir(tmp_path / "out")
    report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["name", "message"])[:5]


def test_whole_numbers_with_gaps_are_numbers_in_parquet(tmp_path: Path, built: dict[str, Table]) -> None:
    """Readers that go through pandas would find 3.0 and nan in a column of integers."""
    export(list(built.values()), tmp_path, "parquet", "1")
    document = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    whole = 0
    for resource in document["resources"]:
        found = pq.read_table(tmp_path / resource["path"])
        for field in resource["schema"]["fields"]:
            if field["type"] == "integer":
                whole += 1
                assert found.column(field["name"]).null_count == 0, field
    kinds = {field["name"]: field["type"] for resource in document["resources"] if resource["name"] == "prices"
             for field in resource["schema"]["fields"]}
    gaps = pq.read_table(tmp_path / "prices.parquet").column("offers").null_count
    assert min(whole, gaps) > 0
    assert (kinds["offers"], kinds["year"]) == ("number", "integer")


def test_keys_hold(tmp_path: Path, built: dict[str, Table]) -> None:
    export(list(built.values()), tmp_path, "sqlite", "1")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("INSERT INTO chips (id) VALUES ('nvidia-t4')")
        database.execute("INSERT INTO facts (chip) VALUES ('no-such-chip')")
        assert len(database.execute("PRAGMA foreign_key_check").fetchall()) == 1
        (fastest,) = database.execute("SELECT vendor FROM chips WHERE kind = 'wafer' "
                                      "ORDER BY fp16_tensor_flop_per_s DESC LIMIT 1").fetchone()
    assert fastest == "Cerebras"


def test_the_same_database_gives_the_same_bytes(tmp_path: Path, built: dict[str, Table]) -> None:
    for form in FORMS:
        for name in ("a", "b"):
            export(list(built.values()), tmp_path / name, form, "1")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("form", FORMS)
def test_a_users_chip_is_among_them(cli: Cli, tmp_path: Path, form: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.yaml").write_text(OVERLAY, "utf-8")
    ran = cli("hardware", "export", "-f", form, "-o", tmp_path / "out", "--hardware", tmp_path / "mine")
    assert (ran.code, ran.out) == (0, "")
    assert "files into" in ran.err
    assert json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))["version"].startswith("0.1.0+")
    (row,) = [row for row in READERS[form](tmp_path / "out", "facts")
             if (row["chip"], row["field"]) == ("example-one", "peak")]
    assert (float(row["value"]), row["unit"], AS_HELD["boolean"](row["opened"]), str(row["accessed"])) == (
        19.5e12, "FLOP/s", True, "2026-01-02")


def test_a_page_a_chip(cli: Cli, tmp_path: Path) -> None:
    ran = cli("hardware", "export", "-f", "markdown", "-o", tmp_path / "out")
    assert (ran.code, ran.out) == (0, "")
    chips = {chip.id: chip for chip in load()}
    assert {path.stem for path in (tmp_path / "out" / "chips").iterdir()} == set(chips)
    index = (tmp_path / "out" / "index.md").read_text("utf-8")
    for chip in chips.values():
        assert f"| [{chip.name}](chips/{chip.id}.md) |" in index
    page = (tmp_path / "out" / "chips" / "intel-gaudi3.md").read_text("utf-8")
    assert page.startswith("# Intel Gaudi 3\n")
    white = chips["intel-gaudi3"].peaks["bf16-tensor"].source
    assert f"| peak bf16-tensor | 1678 TFLOP/s (matrix); accumulate fp32 | [{white.title}](<{white.url}>) |" in page
    assert "| disputed | peak.bf16-tensor: 1835 TFLOP/s by Intel Gaudi 3 white paper, first edition of 2024" in page


def test_what_is_wrong_is_not_exported(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(OVERLAY.replace("TFLOP/s", "GB"), "utf-8")
    ran = cli("hardware", "export", "-o", tmp_path / "out", "--hardware", tmp_path / "mine.yaml")
    assert ran.code == 1
    assert "mine.yaml:13" in ran.err
    assert not (tmp_path / "out").exists()


def test_where_it_cannot_be_written(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    ran = cli("hardware", "export", "-o", tmp_path / "out")
    assert (ran.code, ran.out) != (0, "")
    assert "out: cannot be made: file exists" in ran.err
    ran = cli("hardware", "export", "-f", "xml", "-o", tmp_path / "new")
    assert ran.code == 2
    assert "none of csv, parquet, sqlite, json, markdown" in ran.err
    assert not (tmp_path / "new").exists()
