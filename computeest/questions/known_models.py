"""The bundled models as the pipeline estimates them: records by id, and what the command line lists and shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from computeest import pipeline
from computeest.facts.paper import read_paper
from computeest.models import table as models
from computeest.models.entry import Entry
from computeest.records.columns import Record
from computeest.text import numbers
from computeest.text.suggest import nearest

#: What `models list` says of each model; counts as numbers of parameters, tokens and FLOP.
COLUMNS = ("id", "name", "published", "parameters", "active_parameters", "tokens", "flop", "flop_low", "flop_high",
           "sources")


def records(entries: Iterable[Entry]) -> dict[str, Record]:
    """The record of each entry by id, with the compute of the models that it starts from."""
    asked = list(entries)
    family = models.with_bases(asked)
    found = pipeline.estimate_together([read_paper(entry.paper()) for entry in family.values()], pipeline.Options())
    by_id = dict(zip(family, found, strict=True))
    return {entry.id: by_id[entry.id] for entry in asked}


def rows() -> list[dict[str, Any]]:
    """Every model of the table under `COLUMNS`, by the order of files and entries."""
    table = models.entries()
    return [_row(table[key], record) for key, record in records(table.values()).items()]


def _row(entry: Entry, record: Record) -> dict[str, Any]:
    active = entry.text("active_parameters")
    return {"id": entry.id, "name": entry.name, "published": record["published"], "parameters": record["parameters"],
            "active_parameters": numbers.read(active).value if active else None, "tokens": record["training_tokens"],
            "flop": record["flop"], "flop_low": record["flop_low"], "flop_high": record["flop_high"],
            "sources": "; ".join(_citation(entry, key) for key in entry.sources)}


def _citation(entry: Entry, key: str) -> str:
    """Where a reader can look: the address, or what was judged; marked where we did not look ourselves."""
    source = entry.sources[key]
    return f"{source.url} (not opened)" if source.unopened else source.url or f"judgement: {source.title}"


def for_people(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with counts as people write them: 7B parameters, 2T tokens, 8.9e+22 FLOP; and under short headers too."""
    counts = {name: _count(row[name]) for name in ("parameters", "active_parameters", "tokens")}
    flop = {name: f"{row[name]:.2e}" for name in ("flop", "flop_low", "flop_high")}
    short = {"model": row["name"], "date": row["published"], "params": counts["parameters"],
             "active": counts["active_parameters"], "FLOP": flop["flop"],
             "90 % interval": f"{flop['flop_low']}–{flop['flop_high']}"}
    return {**row, **counts, **flop, **short}


def _count(value: float | None) -> str:
    for scale, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if value is not None and value >= scale:
            return f"{value / scale:.3g}{letter}"
    return "" if value is None else f"{value:g}"


def shown(entry: Entry) -> dict[str, Any]:
    """The record of one model with its names, its facts as the table states them, and their sources."""
    sources = {key: {name: value for name, value in (("title", source.title), ("url", source.url),
                                                     ("accessed", source.accessed), ("unopened", source.unopened),
                                                     ("judgement", source.judgement)) if value}
               for key, source in entry.sources.items()}
    return {"id": entry.id, **records([entry])[entry.id], "aliases": list(entry.aliases), "tuned": list(entry.tuned),
            "facts": dict(entry.facts), "fact_sources": sources}


def card(entry: Entry) -> list[dict[str, str]]:
    """What is known of one model, line by line, each value with its source."""
    record = records([entry])[entry.id]
    lines = [{"field": name, "value": text, "source": ""} for name, text in (
        ("name", entry.name), ("also", ", ".join(entry.aliases)), ("tuned from it", ", ".join(entry.tuned)),
        ("developer", entry.developer)) if text]
    for stage, facts in (("", entry.facts), *((str(run.get("stage", i)), run) for i, run in
                                             enumerate(entry.facts.get("runs", ()), 1))):
        lines += [_line(entry, f"{stage}: {column}" if stage else column, fact) for column, fact in facts.items()
                  if column not in ("runs", "stage")]
    low, high, base = record["flop_low"], record["flop_high"], record["base_flop"]
    of_base = f"; {base:.3g} of it by {record['base_model']}" if base else ""
    return [*lines, {"field": "training compute", "source": "estimated from these facts",
                     "value": f"{record['flop']:.3g} FLOP, 90 % between {low:.3g} and {high:.3g}{of_base}"}]


def _line(entry: Entry, field: str, fact: Any) -> dict[str, str]:
    if not isinstance(fact, dict) or "source" not in fact:
        value = ", ".join(f"{key}: {item}" for key, item in fact.items()) if isinstance(fact, dict) else str(fact)
        return {"field": field, "value": value, "source": ""}
    where = f", {fact['at']}" if fact.get("at") else ""
    return {"field": field, "value": fact["value"], "source": f"{entry.sources[fact['source']].words}{where}"}


def alike(name: str) -> Sequence[str]:
    """Names of the table that are spelled nearly so."""
    return nearest(name, [spelling for entry in models.entries().values() for spelling in entry.names[1:]])
