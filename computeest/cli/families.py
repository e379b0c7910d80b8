"""Commands on model families: the list of them, and one network's layers."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from computeest.cli.options import Output, Plugins, check_form
from computeest.cli.output import emit, say, table

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
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
    from computeest.kit import catalogue

    check_form(form, ("table", "json", "markdown"))
    loaded = registry.load(registry.named(plugin or ()))
    for sentence in loaded.broken:
        say(sentence)
    if form == "markdown":
        emit(catalogue.markdown(loaded), output)
        return
    rows = catalogue.families(loaded)
    emit(table(catalogue.COLUMNS, [catalogue.short(row) for row in rows]) if form == "table" else
         json.dumps(rows, indent=1, default=str), output)


@app.command()
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
    from computeest.kit import layer_table

    check_form(form, ("table", "json"))
    loaded = registry.load(registry.named(plugin or ()))
    report = layer_table.counted(loaded, name, layer_table.architecture(settings or ()))
    if form == "json":
        emit(json.dumps(report, indent=1), output)
        return
    rows = layer_table.rows(report, every=every)
    layers = table(layer_table.COLUMNS, rows) if rows else ""
    emit(layers + layer_table.summary(report), output)
