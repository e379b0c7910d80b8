"""Commands on what computeest knows: methods, families, schema, references, assumptions."""

from __future__ import annotations

import json
import math
from typing import Annotated

import typer

from computeest.cli.options import Output, Plugins, check_form
from computeest.cli.output import emit, listed

Form = Annotated[str, typer.Option("--format", "-f", help="table or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(methods)
    app.command()(assumptions)
    app.command()(references)
    app.command()(schema)


def methods(form: Form = "table", plugin: Plugins = None) -> None:
    """List the methods that estimate training compute."""
    from computeest import registry
    from computeest.kit.prose import first_line
    from computeest.plan import parameters_of

    loaded = registry.load(registry.named(plugin or ()))
    rows = [{"name": m.name, "needs": ", ".join(parameters_of(m.formula)), "means": first_line(m.formula),
             "source": m.source, "from": loaded.modules[f"method {m.name}"]} for m in loaded.methods.values()]
    _print(("name", "needs", "means", "source", "from"), rows, form)


def assumptions(form: Form = "table") -> None:
    """List what is assumed where a paper is silent, with spread and source."""
    from computeest.assumptions import defaults
    from computeest.quantity import NINETY

    rows = [{"column": a.column, "value": f"{a.value:g}", "spread": f"x/{math.exp(NINETY * a.sigma):.2f}",
             "source": a.source, "why": a.why} for a in defaults().values()]
    _print(("column", "value", "spread", "source", "why"), rows, form)


def references(form: Form = "table") -> None:
    """List the works that methods, rules and assumptions cite."""
    from computeest.references import references as known

    rows = [{"key": key, "title": entry.title, "url": entry.url} for key, entry in known().items()]
    _print(("key", "title", "url"), rows, form)


def schema(form: Annotated[str, typer.Option("--format", "-f", help="json (JSON Schema) or table.")] = "json",
           output: Output = None) -> None:
    """Print the JSON Schema of paper.yaml for editors, or all its keys as a table."""
    if form == "table":
        from computeest.schema import FIELDS, INPUTS

        rows = [{"key": f.name, "unit": f.unit or f.kind, "means": f.means, "such as": f.example,
                 "also called": ", ".join((*f.aliases, *(a for a in f.unit_aliases if a != f.name)))}
                for f in map(FIELDS.__getitem__, INPUTS)]
        emit(listed(("key", "unit", "means", "such as", "also called"), rows, form), output)
        return
    from computeest.json_schema import json_schema

    emit(json.dumps(json_schema(), indent=1) + "\n", output)


def _print(columns: tuple[str, ...], rows: list[dict[str, str]], form: str) -> None:
    check_form(form, ("table", "json"))
    emit(listed(columns, rows, form))
