"""One direction, a cheap import, plugins that know the contract only, and small modules."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ROOT / "computeest"
PLUGINS = ROOT / "plugins"

#: The order of the flow: a module imports only what stands before it. Packages count as one.
ORDER = (
    # words and numbers
    "suggest", "problems", "files", "listing", "units", "number_words", "quantity", "notes", "schema", "wording",
    "symbols", "strict_yaml", "named_chips", "dates", "cells", "conditions", "references", "assumptions",
    "lookup", "layers",
    "architecture", "contract",
    # what there is to estimate with
    "registry", "version", "hardware",
    # paper.yaml and tables -> spec
    "structures", "inheritance", "reader", "json_schema", "facts", "spec", "chips", "networks", "columns", "presets",
    "table_words", "tables",
    # spec -> candidates -> records
    "plan", "evaluate", "runs", "spreads", "policy", "reconcile", "lineage", "results", "thresholds", "evidence",
    "remarks", "checks", "derivation", "record", "flat", "outputs", "sampling", "pipeline", "annotation", "notebook",
    "io", "solve", "what_if", "sensitivity",
    # what is made of tables and records
    "audit_notes", "audit", "guess", "diff", "progress",
    # plugins, and all of it
    "kit", "cli", "__main__", "computeest",
)
#: Imports against the order, each within a function, with the reason.
LAZY = {
    ("computeest", "version"): "the package's version",
}
#: What takes long to import, and nothing needs before a command runs.
HEAVY = ("pandas", "numpy", "pint", "scipy", "rich", "matplotlib", "pyarrow")


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "template" not in path.parts)


def part(dotted: str) -> str:
    """`computeest.hardware.find` is of `hardware`, and `computeest.note_tokens` of `notes`."""
    names = dotted.split(".")
    name = names[1] if len(names) > 1 else names[0]
    return "notes" if name.startswith("note_") or name in ("amounts", "arithmetic") else name


def imported(path: Path, types: bool = False) -> Iterator[tuple[str, int]]:
    """Modules that a file imports at any place, and the line; those for types only where asked for."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {id(inner) for node in ast.walk(tree)
                 if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
                 for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in for_types and not types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            for alias in node.names:
                inside = (ROOT / node.module.replace(".", "/") / f"{alias.name}.py").exists()
                package = (ROOT / node.module.replace(".", "/") / alias.name).is_dir()
                yield (f"{node.module}.{alias.name}" if inside or package else node.module), node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)


def test_every_module_has_its_place_in_the_flow() -> None:
    there = {part(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in modules(CODE)}
    there = {name for name in there if name != "__init__"}
    assert there - set(ORDER) == set()


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in modules(CODE)])
def test_imports_point_one_way(path: Path) -> None:
    own = part(".".join(path.relative_to(ROOT).with_suffix("").parts))
    own = "computeest" if own == "__init__" else own
    for name, line in imported(path):
        if name.split(".")[0] == "computeest":
            other = part(name)
            assert other == own or ORDER.index(other) < ORDER.index(own) or (own, other) in LAZY, \
                f"{path}:{line}: {own} imports {other}, which comes after it"


@pytest.mark.parametrize("path", [pytest.param(p, id=p.name) for p in modules(PLUGINS)])
def test_plugins_import_only_the_contract(path: Path) -> None:
    """The built-in plugins are what plugin authors copy."""
    for name, line in imported(path, types=True):
        if name.split(".")[0] == "computeest":
            assert name == "computeest.contract", f"{path}:{line} imports {name}"
        else:
            assert name.split(".")[0] in {*sys.stdlib_module_names, "numpy", "computeest_plugins"}, f"{path}:{line}"


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT)))
                                  for p in (*modules(CODE), *modules(PLUGINS))])
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in modules(CODE)])
def test_nothing_is_caught_without_a_name_but_where_plugins_are_called(path: Path) -> None:
    plugins_are_called = {"registry.py", "evaluate.py", "networks.py", "symbols.py"}
    broad = [node.lineno for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.ExceptHandler)
             and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))]
    assert not broad or path.name in plugins_are_called or path.parent.name == "kit", (path, broad)


def fresh(code: str) -> str:
    """What a new interpreter prints."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60,
                         check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_command_line_imports_nothing_heavy_and_opens_no_data() -> None:
    found = json.loads(fresh(f"""
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import computeest.cli.app
data = [path for path in opened if path.endswith((".yaml", ".yml", ".txt", ".json", ".csv"))]
print(json.dumps([sorted(set({HEAVY!r}) & set(sys.modules)), data]))
"""))
    assert found == [[], []]


def test_the_package_imports_nothing_at_all() -> None:
    found = json.loads(fresh("import json, sys, computeest\n"
                             "print(json.dumps([n for n in sys.modules if n.startswith('computeest')]))"))
    assert set(found) == {"computeest", "computeest.version"}


@pytest.mark.parametrize("form", ["json", "csv", "yaml"])
def test_one_paper_needs_no_pandas(form: str) -> None:
    found = json.loads(fresh(f"""
import contextlib, io, json, sys
from computeest.cli.app import main
sys.argv = ["computeest", "estimate", "examples/gpt3.yaml", "--format", "{form}"]
printed = io.StringIO()
with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
    main()
heavy = set({HEAVY!r}) & set(sys.modules) - {{"numpy", "pint"}}
print(json.dumps([sorted(heavy), "175B" in printed.getvalue()]))
"""))
    assert found == [[], True]


def test_every_data_file_of_the_package_is_declared() -> None:
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    packages = {name.replace("computeest_plugins", "plugins").replace(".", "/") for name in declared["packages"]}
    missing = {str(path.parent.relative_to(ROOT)) for path in modules(CODE)} - packages
    assert missing == set(), "packages that the wheel would lack"
