"""Chips as rows and cards, for tables, JSON, CSV and Markdown."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from computeest.hardware.chip import Chip
from computeest.hardware.database import Database
from computeest.hardware.find.answer import Match, Refusal
from computeest.hardware.peak import Peak, choose, flag
from computeest.text import number_formats
from computeest.text.files import write_whole
from computeest.text.number_formats import FORMATS
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Row = dict[str, Any]

#: Columns of the list: name in JSON and CSV, heading in a table, and how much of the unit a table shows.
COLUMNS: Final[Mapping[str, tuple[str, float]]] = {
    "id": ("id", 0), "name": ("name", 0), "vendor": ("vendor", 0), "kind": ("kind", 0),
    "architecture": ("architecture", 0), "released": ("released", 0), "number_format": ("format", 0),
    "peak": ("TFLOP/s", 1e12), "memory": ("GB", 1), "bandwidth": ("GB/s", 1), "tdp": ("W", 1),
    "confidence": ("confidence", 0),
}
#: What a terminal has room for.
SHORT: Final = ("id", "vendor", "released", "number_format", "peak", "memory", "bandwidth", "tdp", "confidence")


class ListError(ValueError):
    """A filter or a column that there is not: what, and the nearest right word."""


def rows(database: Database, vendor: str = "", kind: str = "", year: str = "", number_format: str = "",
         sort: str = "") -> list[Row]:
    """The chips that pass the filters, with their peak in the format asked for, sorted by a column."""
    _known(vendor, {chip.vendor for chip in database}, "vendor")
    _known(kind, {chip.kind for chip in database}, "kind")
    first, last = _years(year)
    if number_format and number_formats.read(number_format) is None:
        close = did_you_mean(number_format, FORMATS) or f"there are {', '.join(FORMATS)}"
        raise ListError(f"no number format is called '{number_format}'; {close}")
    found = []
    for chip in database:
        if (vendor and chip.vendor.lower() != vendor.lower()) or (kind and chip.kind != kind.lower()):
            continue
        when = chip.released or chip.announced
        if year and not (when is not None and first <= when.year <= last):
            continue
        peak = choose(chip, number_format or None)
        if number_format and not isinstance(peak, Peak):
            continue
        found.append(row(chip, peak if isinstance(peak, Peak) else None))
    return _sorted(found, sort)


def row(chip: Chip, peak: Peak | None) -> Row:
    """One chip as a row: numbers in FLOP/s, GB, GB/s and W."""
    when = chip.released or chip.announced
    return {
        "id": chip.id, "name": chip.name, "vendor": chip.vendor, "kind": chip.kind,
        "architecture": chip.architecture, "released": when.isoformat() if when else None,
        "number_format": peak.key if peak else None, "peak": peak.value if peak else None,
        "memory": chip.memory, "bandwidth": chip.bandwidth, "tdp": chip.tdp, "confidence": chip.confidence,
    }


def shown(found: Iterable[Row], columns: Sequence[str] = SHORT) -> tuple[list[str], list[dict[str, str]]]:
    """Rows for people: headings with units, rounded numbers."""
    headings = [COLUMNS[name][0] for name in columns]
    return headings, [{COLUMNS[name][0]: _text(each[name], COLUMNS[name][1]) for name in columns} for each in found]


def card(chip: Chip) -> list[Row]:
    """Everything known of one chip: field, value, and the document that says so."""
    found: list[Row] = [_line(name, value) for name, value in (
        ("id", chip.id), ("name", chip.name), ("vendor", chip.vendor), ("kind", chip.kind),
        ("architecture", " ".join(part for part in (chip.architecture, f"({chip.architecture_name})"
                                                    if chip.architecture_name else "") if part)),
        ("form factor", chip.form_factor), ("status", chip.status)) if value]
    for name in ("announced", "released", "expected"):
        found.extend(_fact(name, chip.facts.get(name), chip))
    for key, fact in chip.facts.get("peak", {}).items():
        found.extend(_fact(f"peak {key}", fact, chip))
    for name, fact in chip.facts.items():
        if name not in ("peak", "announced", "released", "expected") and isinstance(fact, dict) and "source" in fact:
            found.extend(_fact(name, fact, chip))
    for name, value in (("training format", chip.training_format), ("dies", chip.dies if chip.dies > 1 else None),
                        ("units", ", ".join(f"{unit} = {multiple:g} chips" for unit, multiple in chip.units.items())),
                        ("also called", ", ".join(chip.aliases)), ("leaves open", chip.ambiguous.get("question")),
                        ("confidence", chip.confidence), ("note", chip.note)):
        if value:
            found.append(_line(name, str(value)))
    found.extend(_line("disputed", f"{dispute.get('field')}: {dispute.get('value')} by {dispute.get('by')} "
                                   f"({dispute.get('why')})") for dispute in chip.disputed)
    if chip.confidence == "low":
        found.append(_line("warning", flag(chip, "")))
    return found


def _line(field: str, value: str, source: str = "", url: str = "") -> Row:
    return {"field": field, "value": value, "source": source, "url": url}


def _fact(name: str, fact: Mapping[str, Any] | None, chip: Chip) -> list[Row]:
    if not fact:
        return []
    source = chip.sources[fact["source"]]
    rest = ", ".join(_detail(key, value, chip) for key, value in fact.items()
                     if key not in ("value", "source", "unit-kind"))
    kind = f" ({fact['unit-kind']})" if "unit-kind" in fact else ""
    value = str(fact.get("value", "")) + kind
    title = source.title + (" (not opened)" if source.unopened else "")
    return [_line(name, "; ".join(part for part in (value, rest) if part), title, source.url)]


def _detail(key: str, value: Any, chip: Chip) -> str:
    """What stands beside a value: a part of it, or who else says so."""
    if key == "second":
        return f"{value['value']} by {chip.sources[value['source']].title}"
    if key in ("confirmed", "bus-source"):
        what = "confirmed by" if key == "confirmed" else "bus by"
        return f"{what} {chip.sources[value].title}"
    return f"{key.replace('-', ' ')} {value}"


def _known(word: str, among: set[str], what: str) -> None:
    if word and word.lower() not in {each.lower() for each in among}:
        close = did_you_mean(word, among) or f"there are {', '.join(sorted(among))}"
        raise ListError(f"no {what} is called '{word}'; {close}")


def _years(text: str) -> tuple[int, int]:
    first, _, last = text.partition("..") if ".." in text else text.partition("-")
    try:
        return (int(first), int(last or first)) if text else (0, 9999)
    except ValueError:
        raise ListError(f"'{text}' is no year; a year such as 2022, or 2020..2022") from None


def _sorted(found: list[Row], sort: str) -> list[Row]:
    if not sort:
        return found
    name = sort.removeprefix("-").replace("-", "_")
    if name not in COLUMNS:
        close = did_you_mean(name, COLUMNS) or f"there are {', '.join(COLUMNS)}"
        raise ListError(f"no column is called '{name}'; {close}")
    known = [each for each in found if each[name] is not None]
    unknown = [each for each in found if each[name] is None]
    return sorted(known, key=lambda each: each[name], reverse=sort.startswith("-")) + unknown


def _text(value: Any, scale: float) -> str:
    if value is None:
        return ""
    return f"{value / scale:.4g}" if scale and value / scale < 1000 else f"{value / scale:.0f}" if scale else str(value)


#: Label, the database's keys for it, colour and marker: Okabe and Ito's colours, told apart by the shape as well.
SERIES: Final = (
    ("FP32 vector", ("fp32",), "#000000", "o"),
    ("TF32 matrix", ("tf32",), "#009E73", "v"),
    ("FP16/BF16 matrix", ("bf16-tensor", "fp16-tensor"), "#0072B2", "s"),
    ("FP8 matrix", ("fp8",), "#E69F00", "D"),
    ("FP4 matrix", ("fp4",), "#CC79A7", "^"),
)
KINDS: Final = ("gpu", "tpu", "asic")


def _drawn(series: list[tuple[datetime.date, float, str]]) -> tuple[Any, list[float]]:
    return [day for day, *_ in series], [value for _, value, _ in series]


def points(chips: Iterable[Chip], sure: bool = True) -> dict[str, list[tuple[datetime.date, float, str]]]:
    """For each series, when each accelerator came out, its peak in FLOP/s and its name, in order of time.

    `sure` chooses between the chips that are known well and those of low confidence.
    """
    found: dict[str, list[tuple[datetime.date, float, str]]] = {label: [] for label, *_ in SERIES}
    for chip in chips:
        if chip.kind not in KINDS or chip.released is None or (chip.confidence != "low") != sure:
            continue
        for label, keys, *_ in SERIES:
            rate = next((chip.peaks[key] for key in keys if key in chip.peaks), None)
            if rate is not None:
                found[label].append((chip.released, rate.value, chip.name))
    return {label: sorted(series) for label, series in found.items()}


def frontier(series: list[tuple[datetime.date, float, str]]) -> list[tuple[datetime.date, float, str]]:
    """The chips that were the fastest of their series when they came out."""
    best, found = 0.0, []
    for point in series:
        if point[1] > best:
            best = point[1]
            found.append(point)
    return found


def plot(chips: Iterable[Chip], path: Path) -> None:
    """Draw the plot as PNG or SVG, as the file's name says; the file appears whole or not at all."""
    import matplotlib as mpl

    form = path.suffix.lower().lstrip(".")
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "computeest", "svg.fonttype": "none"}):
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        _figure(list(chips)).savefig(drawn, format=form, metadata=metadata)
    write_whole(path, drawn.getvalue())


def _figure(chips: list[Chip]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    sure, unsure = points(chips), points(chips, sure=False)
    for order, (label, _, colour, marker) in enumerate(SERIES):
        style: dict[str, Any] = {"marker": marker, "markersize": 4.5, "linestyle": "none", "alpha": 0.65,
                                 "zorder": 3 + order}
        if doubtful := unsure[label]:
            axes.plot(*_drawn(doubtful), color=colour,
                      markerfacecolor="none", **style)
        if not (series := sure[label]):
            continue
        axes.plot(*_drawn(series), color=colour, markeredgewidth=0,
                  label=label, **style)
        leaders = frontier(series)
        ends = [*leaders, (max(day for day, *_ in series), leaders[-1][1], "")]
        axes.step(*_drawn(ends), where="post", color=colour,
                  linewidth=1.2, zorder=2)
    _dress(axes)
    return figure


def _dress(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.set_ylabel("dense peak of one chip, FLOP/s")
    axes.set_xlabel("release")
    axes.set_title("Peak FLOP/s of accelerators by number format", loc="left")
    axes.grid(which="major", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", title="line: the fastest so far; hollow: low confidence",
                alignment="left")


def described(database: Database, match: Match) -> dict[str, Any]:
    """What one text means, with the chip's name and the peak that an estimate uses; None where there is none."""
    chip = database.chip(match.chip)
    peak = database.peak(chip.id)
    found = {**match._asdict(), "alternatives": [*match.alternatives], "unknown": match.unknown or None,
             "name": chip.name, "confidence": chip.confidence,
             "number_format": None if isinstance(peak, Refusal) else peak.key,
             "peak": None if isinstance(peak, Refusal) else peak.value,
             "flag": "" if isinstance(peak, Refusal) else peak.flag}
    found = {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in found.items()}
    first = ("chip", "chips_per_unit", "chips", "ambiguous", "alternatives")
    return {key: found[key] for key in (*first, *(key for key in found if key not in first))}


def answer(database: Database, text: str, day: datetime.date | None) -> dict[str, Any]:
    """What one text means, as one row; `problem` says why nothing can be told, or what of it is not understood."""
    found = database.find(text, day)
    if isinstance(found, Refusal):
        return {"input": text, "chip": None, "chips": None, "alternatives": [], "ambiguous": None,
                "problem": str(found)}
    return {"input": text, "chip": found.chip, "chips": found.chips, "alternatives": [*found.alternatives],
            "ambiguous": found.ambiguous, "problem": not_understood(database, text, found) or None}


def not_understood(database: Database, text: str, match: Match) -> str:
    """The word beside a chip's name that may make another chip of it, in a sentence; empty where there is none."""
    from computeest.problems.records import CHIP_WORD_NOT_UNDERSTOOD

    return CHIP_WORD_NOT_UNDERSTOOD.says(word=match.unknown, text=" ".join(text.split())[:80],
                                         chip=database.chip(match.chip).name)["message"] if match.unknown else ""
