"""Records for people: one as a card, several as a table of rounded figures, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from computeest.cli.output import card, filled, table, width
from computeest.records.columns import Record

#: How methods are called where there is little room.
_METHODS = {"operation_counting": "counting", "gpu_time": "chip time", "reported": "reported"}
#: How wide a terminal must be for each further column of a table of several records.
_COLUMNS = (("model", 0), ("date", 0), ("FLOP", 0), ("90 % interval", 0), ("sure", 70), ("method", 96),
            ("checks", 116), ("assumed", 150))


def shown(records: Sequence[Record]) -> str:
    """The records, then what their checks say."""
    text = _card(records[0]) if len(records) == 1 else _table(records)
    if len(records) > 1 and any("consequences" in record for record in records):
        text += "\n" + _consequences(records)
    notes = [f"{title(record)}: {check['level']}: {check['message']}" for record in records
             for check in record["checks"]]
    return text + "".join(f"{filled(note)}\n" for note in notes)


def title(record: Record) -> str:
    """What a record is called."""
    return str(record["model"] or "the paper")


def figure(value: float | None, digits: int = 3) -> str:
    """A number of three figures: 3.14e+23, 0.3, 1,024; nothing where there is none."""
    if value is None:
        return ""
    if 1e-3 <= abs(value) < 1e6 or value == 0:
        rounded = float(f"{value:.{digits}g}")
        return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:g}"
    return f"{value:.{digits - 1}e}"


def _table(records: Sequence[Record]) -> str:
    wide = width()
    return table([name for name, least in _COLUMNS if least <= wide], [_row(record) for record in records])


def _consequences(records: Sequence[Record]) -> str:
    """What several records say besides FLOP, a column for each."""
    names = list(dict.fromkeys(name for record in records for name in record.get("consequences", {})))
    rows = [{"model": str(record["model"] or ""), **{
        name: consequence(record["consequences"][name]) if name in record.get("consequences", {}) else ""
        for name in names}} for record in records]
    return table(["model", *names], rows)


def _row(record: Record) -> dict[str, str]:
    interval = f"{figure(record['flop_low'])}–{figure(record['flop_high'])}" if record["flop"] is not None else ""
    return {"model": str(record["model"] or ""), "date": record["published"] or "", "FLOP": figure(record["flop"]),
            "90 % interval": interval, "sure": record["confidence"] or "", "method": _by(record["method"]),
            "checks": ", ".join(_codes(record)), "assumed": _assumed(record["assumed"])}


def _codes(record: Record) -> list[str]:
    return list(dict.fromkeys(check["code"] for check in record["checks"] if check["level"] != "info"))


def _by(method: str | None) -> str:
    return " + ".join(_METHODS.get(name, name.replace("_", " ")) for name in (method or "").split("+") if name)


def _assumed(assumed: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_taken(value)}" for name, value in assumed.items())


def _taken(value: Any) -> str:
    """What was assumed; of runs that take different values, each once."""
    if isinstance(value, list):
        return "/".join(dict.fromkeys(map(_taken, value)))
    return value if isinstance(value, str) else figure(value)


def _card(record: Record) -> str:
    """One record, a line for each thing it says."""
    hours = f"{figure(record['chip_hours'])} chip-hours" if record["chip_hours"] is not None else ""
    base = f", {figure(record['base_flop'])} FLOP" if record["base_flop"] is not None else ""
    lines = (
        ("model", str(record["model"] or "")), ("date", record["published"] or ""),
        ("training compute", "not known" if record["flop"] is None else f"{figure(record['flop'])} FLOP"),
        ("90 % interval", "" if record["flop"] is None else
         f"{figure(record['flop_low'])} to {figure(record['flop_high'])} FLOP"),
        ("confidence", record["confidence"] or ""),
        ("method", (record["method"] or "").replace("+", " + ")),
        *((f"  {name}", _of_method(found)) for name, found in record["methods"].items()
          if len(record["methods"]) > 1),
        ("parameters", figure(record["parameters"])), ("training tokens", figure(record["training_tokens"])),
        ("training examples", figure(record["training_examples"])),
        ("chip", ", ".join(part for part in (record["chip"] or "", hours) if part)),
        ("base model", f"{record['base_model']}{base}" if record["base_model"] else ""),
        *((name, consequence(said)) for name, said in record.get("consequences", {}).items()),
        ("assumed", _assumed(record["assumed"])), ("checks", ", ".join(_codes(record))),
    )
    return card([(name, text) for name, text in lines if text])


def consequence(said: Mapping[str, Any]) -> str:
    """Energy, cost or emissions in a line: 1,580 MWh (1,140 to 2,210), wall."""
    if said["value"] is None:
        return f"not known: {said['problem']}"
    way = next((said[key] for key in ("boundary", "basis") if said.get(key)), "")
    year = f", USD of {said['year']}" if said.get("year") else ""
    return (f"{figure(said['value'])} {said['unit']} ({figure(said['low'])} to {figure(said['high'])})"
            + (f", {way}" if way else "") + year)


def _of_method(found: Mapping[str, Any]) -> str:
    return f"{figure(found['flop'])} FLOP ({figure(found['flop_low'])} to {figure(found['flop_high'])})"
