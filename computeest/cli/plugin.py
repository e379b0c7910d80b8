"""Commands for authors of plugins: new, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.output import check_form, emit, listed, say

if TYPE_CHECKING:
    from computeest.kit import Finding

app = typer.Typer(no_args_is_help=True, add_completion=False)

_COLUMNS = ("plugin", "subject", "item", "verdict", "reason")


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The family's name, such as my_family.")],
    directory: Annotated[Path, typer.Option("--directory", "-d", help="Where the package's folder is made.")] = Path(),
) -> None:
    """Write a complete package: one family, its tests, and the entry point by which it is found."""
    from computeest.kit.package import write_package

    for path in write_package(name, directory):
        emit(str(path))
    say(f"next: computeest plugin check {directory / name}")


@app.command()
def check(
    plugin: Annotated[str, typer.Argument(metavar="PLUGIN", help="A Python file, a package's folder, a module, or the "
                                                                 "name of an installed plugin.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Check every installed plugin, built-in ones too.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Print only what fails.")] = False,
    form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
) -> None:
    """Hold a plugin to the contract: units, missing facts, columns, sources, published numbers."""
    from computeest.kit import contract

    check_form(form, ("table", "json"))
    if everything == bool(plugin):
        raise typer.BadParameter("name one plugin, or say --all", param_hint="PLUGIN")
    found = contract(plugin or None)
    shown = [one for one in found if one.verdict == "fail"] if failed else found
    if shown or form == "json":
        rows = [{column: str(getattr(one, column)) for column in _COLUMNS} for one in shown]
        emit(listed(_COLUMNS, rows, form), form=form)
    say(_summary(found))
    if any(one.verdict == "fail" for one in found):
        raise typer.Exit(1)


def _summary(found: list[Finding]) -> str:
    counts = {verdict: sum(one.verdict == verdict for one in found) for verdict in ("pass", "fail", "none")}
    things = len({(one.plugin, one.subject) for one in found})
    return (f"{things} checked by {len(found)} clauses: {counts['pass']} pass, {counts['fail']} fail, "
            f"{counts['none']} have nothing to be held against")
