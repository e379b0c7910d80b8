"""The command that drafts paper.yaml from documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeest.cli.output import Plugins, check_form, emit, say

if TYPE_CHECKING:
    from computeest.documents.document import Document, DocumentError
    from computeest.documents.draft import Draft
    from computeest.registry import Registry


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(draft)


def draft(
    documents: Annotated[list[str], typer.Argument(
        metavar="DOCUMENT", help="PDF, HTML, LaTeX, Markdown or text files, or directories; - reads standard input.")],
    model: Annotated[str, typer.Option(metavar="NAME", help="Draft this model alone.")] = "",
    form: Annotated[str, typer.Option("--format", "-f", help="yaml or json.")] = "yaml",
    show: Annotated[bool, typer.Option("--show", help="Print the passages with the facts marked instead.")] = False,
    estimate: Annotated[bool, typer.Option("--estimate", help="Go on to the estimate of each draft.")] = False,
    prompt: Annotated[bool, typer.Option("--prompt", help="Print a prompt for a language model instead.")] = False,
    check: Annotated[Path | None, typer.Option(metavar="ANSWER", help="Hold this answer (JSON or YAML) against the "
                                                                      "document instead.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Load documents that are given as addresses.")] = False,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE_OR_DIR/", help=(
        "FILE.yaml for one document, DIR/ for a file each, TABLE.csv for rows."))] = "",
    plugin: Plugins = None,
) -> None:
    """Draft the paper.yaml of each DOCUMENT: facts with quotes and pages, other readings, and what was left out."""
    check_form(form, ("yaml", "json"))
    from computeest import registry
    from computeest.documents import table

    loaded = registry.load(registry.named(plugin or ()))
    documents = list(table.documents(documents))
    if output.endswith(".csv"):
        _tabled(documents, Path(output), loaded)
        return
    folder = bool(output) and (Path(output).is_dir() or output.endswith(("/", "\\")))
    if output and not folder and len(documents) > 1:
        raise typer.BadParameter("several documents need a directory, such as 'drafts/'", param_hint="--output")
    if check is not None and len(documents) > 1:
        raise typer.BadParameter("an answer is held against one document", param_hint="--check")
    failed = False
    for number, name in enumerate(documents):
        document = _read(name, fetch)
        if document is None:
            failed = True
        elif check is not None:
            failed = not _checked(document, check)
        elif prompt:
            from computeest.documents.prompt import prompt as asked

            emit(asked(document, model), Path(output) if output and not folder else None)
        else:
            wanted = _Wanted(form, show, estimate, output, folder, number > 0, loaded)
            failed = not _drafted(document, model, wanted) or failed
    if failed:
        raise typer.Exit(1)


def _tabled(documents: list[str], output: Path, loaded: Registry) -> None:
    """Write a row for each document; rows of an earlier run are kept where the document did not change."""
    from computeest.documents import table

    rows = list(table.rows(documents, table.written(output), loaded))
    emit(table.as_csv(rows), output, "csv")
    wrong = [row for row in rows if row.get("problem")]
    for row in wrong:
        say(f"{row['document']}: {row['problem']}")
    say(f"{len(rows)} documents: {len(rows) - len(wrong)} drafted, {len(wrong)} with problems")
    if wrong:
        raise typer.Exit(1)


class _Wanted:
    """What the options ask for."""

    def __init__(self, form: str, show: bool, estimate: bool, output: str, folder: bool, again: bool,
                 loaded: Registry) -> None:
        self.loaded = loaded
        self.form, self.show, self.estimate, self.again = form, show, estimate, again
        self.output, self.folder = output, folder

    def target(self, name: str) -> Path | None:
        """The file for a document's draft; None for standard output."""
        if not self.folder:
            return Path(self.output) if self.output else None
        Path(self.output).mkdir(parents=True, exist_ok=True)
        return Path(self.output) / f"{name}.{self.form}"


def _read(name: str, fetch: bool) -> Document | None:
    """One document; what is wrong with it is said."""
    from computeest.documents import read
    from computeest.documents.document import DocumentError

    try:
        return read.read(name, fetch=fetch)
    except DocumentError as error:
        _say(name, error)
        return None


def _say(name: str, error: DocumentError) -> None:
    say(f"{name}: {error.what}" + (f"\n  expected {error.expected}" if error.expected else ""))


def _drafted(document: Document, model: str, wanted: _Wanted) -> bool:
    """Whether a document was drafted, written and, where that was asked for, estimated."""
    from computeest.documents import draft, show, writing
    from computeest.documents.document import DocumentError

    try:
        found = draft.drafted(document, model, wanted.loaded)
    except DocumentError as error:
        _say(document.name, error)
        return False
    if wanted.show or wanted.estimate:
        for note in found.document.notes:
            say(f"{document.name}: {note}")
    if wanted.show:
        emit(show.marked(found), wanted.target(document.name))
        return True
    if not wanted.estimate or wanted.output:
        text = writing.as_yaml(found) if wanted.form == "yaml" else writing.as_json(found) + "\n"
        emit(("---\n" if wanted.again and wanted.form == "yaml" and not wanted.output else "") + text,
             wanted.target(document.name), wanted.form)
    return _estimated(found) if wanted.estimate else True


def _estimated(found: Draft) -> bool:
    """Whether all papers of a draft could be estimated; a fact that rests on a doubtful reading is said."""
    from computeest import pipeline
    from computeest.cli.people import shown
    from computeest.documents import writing
    from computeest.problems import InputError

    good = True
    for paper, mapping in zip(found.papers, writing.as_mappings(found), strict=True):
        try:
            record = pipeline.estimate(mapping)
        except InputError as error:
            say(f"{found.document.name}: {paper.model or 'the paper'}: not estimated")
            for problem in error.problems:
                say(f"  {problem}")
            good = False
            continue
        emit(shown([record]))
        for said in writing.doubts(paper, found.document.counts):
            say(f"warning: {said}")
    return good


def _checked(document: Document, answer: Path) -> bool:
    """Whether every fact of an answer holds against the document; what does not is said."""
    from computeest.documents.check import checked

    good = True
    for paper in _papers(answer):
        for finding in checked(document, paper):
            good = good and not finding.what
            emit(f"{finding.key}: {finding.value}: {finding.what or 'holds'}"
                 + (f"; expected {finding.expected}" if finding.what and finding.expected else ""))
    return good


def _papers(answer: Path) -> list[dict[str, Any]]:
    """The papers of an answer in JSON or YAML: one mapping, several documents, or what `draft --format json` writes."""
    import yaml

    from computeest.documents.read import LARGEST
    from computeest.text.files import given_bytes

    try:
        found = list(yaml.safe_load_all(given_bytes(answer, LARGEST).decode("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise typer.BadParameter(f"{answer} cannot be read: {str(error)[:200]}", param_hint="--check") from None
    papers = [paper for one in found if one for paper in (one.get("papers", [one]) if isinstance(one, dict) else [one])]
    if not papers or not all(isinstance(paper, dict) for paper in papers):
        raise typer.BadParameter(f"{answer} holds no facts, such as {{\"epochs\": {{\"value\": 90}}}}",
                                 param_hint="--check")
    return papers
