"""The layouts of tables that are known by name, and what a table's headers mean under one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from computeest.facts.headers import ColumnMap, read
from computeest.facts.layout import Preset
from computeest.problems import InputError, Problem
from computeest.text.suggest import did_you_mean

#: The layouts there are; one is imported where it is asked for.
PRESETS = ("epoch",)


def preset(name: str) -> Preset:
    """The layout of that name; without a name that of any table."""
    if not name:
        return Preset()
    if name not in PRESETS:
        raise InputError([Problem("", 0, "preset", f"no preset is called '{name}'",
                                  did_you_mean(name, PRESETS) or f"there are {', '.join(PRESETS)}")])
    from computeest.facts.epoch import EpochPreset

    return EpochPreset()


def map_in(path: Path, headers: Sequence[str], name: str = "") -> ColumnMap:
    """The map in a YAML file, over what the layout of that name, or the headers by themselves, mean."""
    return read(path, headers, preset(name).columns_of(headers) if name else None)


def map_of(name: str, chosen: ColumnMap | None, headers: Sequence[str]) -> ColumnMap:
    """What a table's headers mean: as a map has it, or else as the layout of that name does."""
    return chosen if chosen is not None else preset(name).columns_of(headers)


def fitting(headers: Sequence[str]) -> list[str]:
    """The layouts that a table is plainly of."""
    return [name for name in PRESETS if preset(name).fits(headers)]


def said_of(name: str, chosen: ColumnMap | None, headers: Sequence[str]) -> list[str]:
    """What to say of a table's headers: those not used, columns that lack, a layout that would fit."""
    used = map_of(name, chosen, headers).headers() | set(preset(name).quotes(headers))
    unused = [header for header in headers if header not in used]
    lines = preset(name).notes(headers)
    if unused:
        shown = ", ".join(f"'{' '.join(header.split())[:40]}'" for header in unused[:_SHOWN])
        more = f" and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
        lines.append(f"{len(unused)} of {len(headers)} columns are not used: {shown}{more}")
    if not name:
        lines += [f"the table is of the layout that --preset {other} reads" for other in fitting(headers)]
    return lines


#: Headers that are named.
_SHOWN = 8
