"""Commands on what computeest knows: methods, families, schema, references, assumptions."""

from __future__ import annotations

import json
import math
from typing import Annotated

import typer

from computeest.cli.output import Output, Plugins, check_form, emit, listed, say, table

Form = Annotated[str, typer.Option("--format", "-f", help="table or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(methods)
    app.command()(assumptions)
    app.command()(references)
    app.command()(schema)


def methods(
    form: Annotated[str, typer.Option("--format", "-f", help="table or json; of the graph, dot or mermaid.")] = "",
    plugin: Plugins = None,
    graph: Annotated[bool, typer.Option("--graph", help="Draw methods and rules: what each takes and fills.")] = False,
    output: Output = None,
) -> None:
    """List the methods that estimate training compute, or draw how rules lead to them."""
    from computeest import registry

    loaded = registry.load(registry.named(plugin or ()))
    if graph:
        from computeest.estimation import graph as drawing

        check_form(form or "dot", ("dot", "mermaid"))
        emit(drawing.mermaid(loaded) if form == "mermaid" else drawing.dot(loaded), output)
        return
    from computeest.estimation.plan import parameters_of
    from computeest.kit.finding import first_line

    rows = [{"name": m.name, "needs": ", ".join(parameters_of(m.formula)), "means": first_line(m.formula),
             "source": m.source, "from": loaded.modules[f"method {m.name}"]} for m in loaded.methods.values()]
    check_form(form or "table", ("table", "json"))
    emit(listed(("name", "needs", "means", "source", "from"), rows, form or "table"), output)


def assumptions(form: Form = "table", plugin: Plugins = None) -> None:
    """List what is assumed where a paper is silent, with spread and source."""
    from computeest import registry
    from computeest.estimation.assumptions import with_overrides
    from computeest.text.numbers import NINETY

    taken = with_overrides({}, of_plugins=registry.load(registry.named(plugin or ())).defaults)

    rows = [{"column": a.column, "value": f"{a.value:g}", "spread": f"x/{math.exp(NINETY * a.sigma):.2f}",
             "source": a.source, "why": a.why} for a in taken.values()]
    _print(("column", "value", "spread", "source", "why"), rows, form)


def references(form: Form = "table") -> None:
    """List the works that methods, rules and assumptions cite."""
    from computeest.registry import references as known

    rows = [{"key": key, "title": entry.title, "url": entry.url} for key, entry in known().items()]
    _print(("key", "title", "url"), rows, form)


def schema(form: Annotated[str, typer.Option("--format", "-f", help="json (JSON Schema) or table.")] = "json",
           plugin: Plugins = None, output: Output = None) -> None:
    """Print the JSON Schema of paper.yaml for editors, or all its keys as a table."""
    check_form(form, ("json", "table"))
    from computeest import offers

    if plugin or any(one.owner != offers.GROUP for one in offers.installed()):
        from computeest import registry

        registry.load(registry.named(plugin or ()))  # whose keys are then among the schema's
    if form == "table":
        from computeest.schema import FIELDS, INPUTS

        rows = [{"key": f.name, "unit": f.unit or f.kind, "means": f.means, "such as": f.example,
                 "also called": ", ".join((*f.aliases, *(a for a in f.unit_aliases if a != f.name)))}
                for f in map(FIELDS.__getitem__, INPUTS)]
        emit(listed(("key", "unit", "means", "such as", "also called"), rows, form), output, form)
        return
    from computeest.schema.json_schema import json_schema

    emit(json.dumps(json_schema(), indent=1) + "\n", output)


def _print(columns: tuple[str, ...], rows: list[dict[str, str]], form: str) -> None:
    check_form(form, ("table", "json"))
    emit(listed(columns, rows, form), form=form)


families_app = typer.Typer(add_completion=False)


@families_app.callback(invoke_without_command=True)
def families(
    context: typer.Context,
    form: Annotated[str, typer.Option("--format", "-f", help="table, json or markdown.")] = "table",
    plugin: Plugins = None,
    output: Output = None,
) -> None:
    """List the families of networks: what one example is, their parameters, variants and sources."""
    if context.invoked_subcommand is not None:
        return
    from computeest import registry
    from computeest.family_pages import page

    check_form(form, ("table", "json", "markdown"))
    loaded = registry.load(registry.named(plugin or ()))
    for sentence in loaded.broken:
        say(sentence)
    if form == "markdown":
        emit(page.markdown(loaded), output)
        return
    rows = page.families(loaded)
    emit(table(page.COLUMNS, [page.short(row) for row in rows]) if form == "table" else
         json.dumps(rows, indent=1, default=str), output)


@families_app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A family or one of its variants: resnet, resnet-50.")],
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE",
                                                       help="Change a parameter of the network: depth=101.")] = None,
    every: Annotated[bool, typer.Option("--every", help="Also layers without parameters and matrix products.")] = False,
    form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    plugin: Plugins = None,
    output: Output = None,
) -> None:
    """Print a network layer by layer: shape, parameters and FLOP of one example's forward pass, and the totals."""
    from computeest import registry
    from computeest.family_pages import layer_table

    check_form(form, ("table", "json"))
    loaded = registry.load(registry.named(plugin or ()))
    report = layer_table.counted(loaded, name, layer_table.architecture(settings or ()))
    if form == "json":
        emit(json.dumps(report, indent=1), output)
        return
    rows = layer_table.rows(report, every=every)
    layers = table(layer_table.COLUMNS, rows) if rows else ""
    emit(layers + layer_table.summary(report), output)
