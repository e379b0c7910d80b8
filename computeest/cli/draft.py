"""The command that drafts paper.yaml from documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.output import check_form, emit, say

if TYPE_CHECKING:
    from computeest.documents.draft import Draft


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(draft)


def draft(
    documents: Annotated[list[str], typer.Argument(
        metavar="DOCUMENT", help="PDF, HTML, LaTeX, Markdown or text files; - reads standard input.")],
    model: Annotated[str, typer.Option(metavar="NAME", help="Draft this model of the document alone.")] = "",
    form: Annotated[str, typer.Option("--format", "-f", help="yaml or json.")] = "yaml",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE_OR_DIR/",
                                                help="FILE.yaml for one document, DIR/ for a file for each.")] = "",
) -> None:
    """Draft the paper.yaml of each DOCUMENT: facts with quotes and pages, other readings, and what was left out."""
    check_form(form, ("yaml", "json"))
    folder = bool(output) and (Path(output).is_dir() or output.endswith(("/", "\\")))
    if output and not folder and len(documents) > 1:
        raise typer.BadParameter("several documents need a directory, such as 'drafts/'", param_hint="--output")
    failed = 0
    for name in documents:
        found = _drafted(name, model)
        if found is None:
            failed += 1
            continue
        text = _text(found, form)
        if folder:
            Path(output).mkdir(parents=True, exist_ok=True)
            emit(text, Path(output) / f"{Path(name).name}.{form}")
        else:
            emit(("---\n" if documents.index(name) and form == "yaml" else "") + text,
                 Path(output) if output else None)
    if failed:
        raise typer.Exit(1)


def _drafted(name: str, model: str) -> Draft | None:
    """The draft of one document; what is wrong with it is said."""
    from computeest.documents import draft, read
    from computeest.documents.document import DocumentError

    try:
        return draft.drafted(read.read(name), model)
    except DocumentError as error:
        say(f"{name}: {error.what}" + (f"\n  expected {error.expected}" if error.expected else ""))
        return None


def _text(found: Draft, form: str) -> str:
    from computeest.documents import writing

    return writing.as_yaml(found) if form == "yaml" else writing.as_json(found) + "\n"
