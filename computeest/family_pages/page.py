"""The families there are, and their variants, as rows and as the page docs/families.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from computeest import schema
from computeest.contract import Family, Network
from computeest.kit.families import build, members
from computeest.kit.finding import first_line
from computeest.registry import Registry
from computeest.text.listing import cell

Row = dict[str, Any]

COLUMNS = ("name", "example", "parameters", "variants", "source")


def families(registry: Registry) -> list[Row]:
    """One row a family: name, what one example is, its parameters with their defaults, its variants, its source."""
    return [_row(family, registry.modules[f"family {family.name}"]) for family in registry.families.values()]


def _row(family: Family, module: str) -> Row:
    return {"name": family.name, "means": first_line(family.forward), "example": family.example,
            "parameters": _parameters(family), "variants": sorted(family.variants), "source": family.source,
            "from": module}


def _parameters(family: Family) -> Mapping[str, Any]:
    """Parameters by name, with their defaults; the text 'required' where there is none."""
    accepted = family.parameters.values()
    return {p.name: "required" if p.default is p.empty else p.default for p in accepted if p.kind is not p.VAR_KEYWORD}


def short(row: Row) -> dict[str, str]:
    """A family's row as texts for a table: only parameters that have to or usually do differ are named with values."""
    shown = (name if value == "required" or value is None else f"{name}={value}"
             for name, value in row["parameters"].items())
    return {"name": row["name"], "example": row["example"], "parameters": ", ".join(shown),
            "variants": str(len(row["variants"])), "source": row["source"]}


def markdown(registry: Registry) -> str:
    """The page docs/families.md: a table of families, then every variant with what it counts to."""
    rows = families(registry)
    lines = ["# Families", "",
             "Written by `computeest families --format markdown`: one image, sequence or other example through each "
             "network,", "a multiply-add being two FLOP. `computeest families show NAME` prints the layers.", "",
             "| family | what it counts | one example | variants |", "| --- | --- | --- | ---: |"]
    lines += [f"| [{row['name']}](#{row['name']}) | {cell(row['means'])} | {row['example']} | {len(row['variants'])} |"
              for row in rows]
    for row in rows:
        said = [f"- `{name}`: {means}" for name, means in registry.families[row["name"]].means.items()]
        lines += ["", f"## {row['name']}", "", f"Parameters: {cell(short(row)['parameters'])}.", "",
                  *(said and [*said, ""]), f"Source: {cell(row['source'])}."]
        lines += list(_variants(registry.families[row["name"]]))
        lines += list(_aliases(registry, row["name"]))
    return "\n".join(lines) + "\n"


def _variants(family: Family) -> Iterator[str]:
    if not family.variants:
        return
    yield from ("", "| variant | parameters | active | forward FLOP | FLOP per token |",
                "| --- | ---: | ---: | ---: | ---: |")
    for member in members(family):
        if member.name not in family.variants:
            continue
        counted = build(family, member)
        if not isinstance(counted, Network):
            yield f"| {member.name} | | | {counted:.4g} | |"
            continue
        active = f"{counted.active_parameters:,}" if counted.active_parameters != counted.parameters else ""
        a_token = f"{counted.forward_flop_per_token:.4g}" if counted.tokens else ""
        yield f"| {member.name} | {counted.parameters:,} | {active} | {counted.forward_flop:.4g} | {a_token} |"


def _aliases(registry: Registry, family: str) -> Iterator[str]:
    """What libraries call members of a family: a line for each library."""
    found: dict[str, list[str]] = {}
    for aliases in registry.aliases.values():
        for alias in aliases:
            of = registry.variants.get(schema.key(alias.member), (alias.member, {}))[0]
            if of == family:
                differs = "".join(f", {key}={value}" for key, value in alias.differs.items())
                found.setdefault(alias.library, []).append(f"`{alias.name}` ({alias.member}{differs})")
    for library in sorted(found):
        yield from ("", f"Names of {library}: {', '.join(sorted(found[library]))}.")
