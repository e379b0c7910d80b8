"""Papers in the rows of a table: files that rows name, or rows of which one column lists the paper's runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest import schema
from computeest.facts.keys import FILES
from computeest.facts.lookup import Lookup
from computeest.facts.paper import Paper, Run, read_paper
from computeest.facts.spec import Spec, of_papers
from computeest.problems import InputError, Problem
from computeest.problems import facts as wrong
from computeest.schema import cells

if TYPE_CHECKING:
    import pyarrow as pa

RUNS = "runs"
_NESTED = ("list", "mapping")


def there_are(table: pa.Table) -> bool:
    """Whether rows list runs, or cells say where their values are from, as JSON lines of whole papers do."""
    if RUNS in table.column_names and table.column(RUNS).null_count < table.num_rows:
        return True
    return any(_says_where(table, name) for name in table.column_names
               if (column := schema.column(name)) and column in schema.INPUTS
               and schema.FIELDS[column].kind not in _NESTED)


def _says_where(table: pa.Table, name: str) -> bool:
    """Whether the first cell of a column is a value with its source or its quote."""
    from computeest.facts import columns

    first = next((cell for cell in columns.cells_of(table.column(name).slice(0, 100)) if cell is not None), None)
    return isinstance(first, str) and first.startswith('{"value"')


def papers(table: pa.Table) -> list[Mapping[str, Any]]:
    """Each row as a paper of the keys that papers have; other columns are not facts."""
    from computeest.facts import columns

    names = [name for name in table.column_names if name == RUNS or schema.column(name) in schema.INPUTS]
    return [{name: _value(name, value) for name, value in row.items() if value is not None}
            for row in (dict(zip(names, cells_, strict=True)) for cells_ in zip(
                *(columns.cells_of(table.column(name)) for name in names), strict=True))]


def _value(name: str, value: Any) -> Any:
    """Lists and mappings, which columns hold as JSON, as themselves."""
    if not isinstance(value, str) or value[:1] not in ("[", "{"):
        return value
    try:
        return cells.from_json(value)
    except ValueError:
        return value


def refuse_files(spec: Spec) -> None:
    """Take away each architecture that names a file, with a problem of its rows: a stranger wrote the table."""
    architectures = spec.kinds("architecture")
    stated = set().union(*(fact for fact in architectures.facts if isinstance(fact, dict)))
    if not any(schema.key(str(key)) in FILES for key in stated):  # as in most tables: 0.5 % of their time
        return
    named = [_file(fact) for fact in architectures.facts]
    if not any(named):
        return
    for row in np.flatnonzero(np.array([*map(bool, named), False])[architectures.codes]).tolist():
        spec.problem(row, "architecture", wrong.FILE_NAMED_IN_CELL(file=named[architectures.codes[row]][:60]))
    kept = [place for place, file in enumerate(named) if not file]
    place = np.full(len(named) + 1, -1, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    spec.coded["architecture"] = Lookup(place[architectures.codes], tuple(architectures.facts[at] for at in kept))
    spec.words["architecture"] = spec.coded["architecture"].objects()


def _file(architecture: Any) -> str:
    """The file that an architecture names; '' for none."""
    if not isinstance(architecture, dict):
        return ""
    return next((str(value) for key, value in architecture.items()
                 if schema.key(str(key)) in FILES and value is not None and not isinstance(value, dict)), "")


def of_sources(sources: Sequence[Path | Mapping[str, Any]]) -> Spec:
    """The facts of paper.yaml files or mappings, a paper each; what is wrong with one is noted, and it has no facts."""
    read, refused = [], []
    for index, source in enumerate(sources):
        try:
            if isinstance(source, Path) and source.exists() and not source.is_file():
                raise InputError([Problem(str(source), 0, "", wrong.PAPER_NOT_A_FILE())])
            read.append(read_paper(source))
        except InputError as error:
            read.append(Paper("" if isinstance(source, Mapping) else str(source), (Run({}, frozenset()),)))
            refused += [(index, problem) for problem in error.problems]
    spec = of_papers(read)
    first = {int(paper): row for row, paper in reversed(list(enumerate(spec.paper)))}
    spec.problems = [(first[index], replace(problem, file="")) for index, problem in refused]
    return spec
