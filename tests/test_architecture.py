"""One direction, a cheap import, plugins that know the contract only, and small modules."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ROOT / "computeest"
PLUGINS = ROOT / "plugins"

#: The rooms in the order of the flow: each imports only from those before it. Some are reserved for what is to come.
ORDER = (
    "problems", "text", "schema", "layers", "hardware", "progress", "contract", "offers", "registry",
    "version",
    "models", "facts", "documents", "estimation", "consequences", "records", "pipeline", "integrations", "tables",
    "ledger", "questions", "audit", "kit", "family_pages", "web", "cli", "__main__", "computeest",
)
RESERVED = {"documents", "consequences", "ledger", "web"}
#: Three wings on the ground floor: of the project they know how people write, and what goes wrong.
GROUND = {"layers": {"text", "problems"}, "hardware": {"text", "problems"}, "progress": {"text", "problems", "schema"}}
#: Imports against the order, each within a function, with the reason.
LAZY = {
    ("computeest", "version"): "the package's version",
}
#: What says that an input is wrong, and which of its arguments holds what is wrong.
SAYING = {"Problem": 3, "CellError": 0, "YamlError": 1, "UnitError": 0, "DocumentError": 0, "NetworkError": 0,
          "PartError": 0, "Refusal": 0, "unreadable": 1, "problem": 2}
MOST_LOOSE, MOST_LEVELS, MOST_LINES, MOST_PARAMETERS = 7, 14, 400, 12
#: What takes long to import, and nothing needs before a command runs.
HEAVY = ("pandas", "numpy", "pint", "scipy", "rich", "matplotlib", "pyarrow")


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "template" not in path.parts)


def part(dotted: str) -> str:
    """`computeest.hardware.find.lex` is of `hardware`."""
    names = dotted.split(".")
    return names[1] if len(names) > 1 else names[0]


def name_of(path: Path) -> str:
    """`computeest/text/units.py` is `computeest.text.units`; a package's face has the package's name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


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


def test_every_module_has_its_room() -> None:
    there = {part(name_of(path)) for path in modules(CODE)}
    assert there - set(ORDER) == set()
    assert set(ORDER) - there - RESERVED == set()


def test_few_modules_lie_loose() -> None:
    loose = {path.stem for path in CODE.glob("*.py")} - {"__init__", "__main__"}
    assert len(loose) <= MOST_LOOSE, sorted(loose)


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in modules(CODE)])
def test_imports_point_one_way(path: Path) -> None:
    own = part(name_of(path))
    for name, line in imported(path, types=True):
        if name.split(".")[0] == "computeest" and name != "computeest":
            other = part(name)
            assert other == own or ORDER.index(other) < ORDER.index(own) or (own, other) in LAZY, \
                f"{path}:{line}: {own} imports {other}, which comes after it"
            assert other == own or own not in GROUND or other in GROUND[own], f"{path}:{line}: {own} imports {other}"


def graph() -> dict[str, set[str]]:
    """Which module imports which, those for types included."""
    known = {name_of(path) for path in modules(CODE)}
    return {name_of(path): {name if name in known else name.rpartition(".")[0] for name, _ in imported(path, types=True)
                            if name.split(".")[0] == "computeest"} - {name_of(path)} for path in modules(CODE)}


def level(name: str, above: dict[str, set[str]], found: dict[str, int], path: tuple[str, ...] = ()) -> int:
    """On which floor something stands: one above the highest that it imports."""
    assert name not in path, f"a circle: {' -> '.join((*path[path.index(name):], name))}"
    if name not in found:
        found[name] = 1 + max((level(other, above, found, (*path, name)) for other in above.get(name, ())), default=0)
    return found[name]


def test_no_module_imports_itself_in_a_circle() -> None:
    faces = {name_of(path) for path in modules(CODE) if path.name == "__init__.py"}
    found: dict[str, int] = {}
    # what a module takes from its own package's face is defined below the face
    bare = {name: {other for other in others if not (other in faces and name.startswith(f"{other}."))}
            for name, others in graph().items()}
    for name in bare:
        level(name, bare, found)


def test_the_house_has_few_floors() -> None:
    rooms: dict[str, set[str]] = {}
    for name, others in graph().items():
        rooms.setdefault(part(name), set()).update(part(other) for other in others if part(other) != part(name))
    rooms.pop("computeest", None)
    found: dict[str, int] = {}
    assert max(level(room, rooms, found) for room in rooms) <= MOST_LEVELS, found


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
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT)))
                                  for p in (*modules(CODE), *modules(PLUGINS)) if "cli" not in p.parts])
def test_functions_take_few_parameters(path: Path) -> None:
    """Beyond a dozen they are a frozen dataclass; only commands, where an option is a parameter, have more."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            taken = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            taken = [name for name in taken if name not in ("self", "cls")]
            assert len(taken) <= MOST_PARAMETERS, f"{path}:{node.lineno}: {node.name} takes {len(taken)}"


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in modules(CODE)])
def test_nothing_is_caught_without_a_name_but_where_plugins_are_called(path: Path) -> None:
    # measure.py calls a user's module where its numbers are not there
    plugins_are_called = {"measure.py", "registry.py", "offers.py", "evaluate.py", "network_lookup.py", "derivation.py",
                          "of_plugins.py", "readers.py"}
    nets = {"set_apart.py"}  # what the engine itself fails on is named, and costs its own row
    broad = [node.lineno for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.ExceptHandler)
             and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))]
    assert not broad or path.name in plugins_are_called | nets or path.parent.name == "kit", (path, broad)


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT)))
                                  for p in (*modules(CODE), *modules(PLUGINS)) if "problems" not in p.parts])
def test_what_is_said_of_an_input_is_a_registered_kind(path: Path) -> None:
    """Words stand in `computeest/problems` alone: `raise CellError(wrong.NOT_A_DATE(text=text))`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in SAYING and len(node.args) > SAYING[name]:
            assert not isinstance(node.args[SAYING[name]], ast.Constant | ast.JoinedStr | ast.BinOp), \
                f"{path}:{node.lineno}: {name} takes a kind of computeest/problems, not words"
        assert name != "Fault", f"{path}:{node.lineno}: a fault is of a kind"


def fresh(code: str, cache: Path | None = None) -> str:
    """What a new interpreter prints, with a cache of its own where one is given."""
    environment = os.environ if cache is None else {**os.environ, "XDG_CACHE_HOME": str(cache)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60,
                         check=False, env=environment)
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
    missing = {str(path.parent.relative_to(ROOT)) for path in (*modules(CODE), *modules(PLUGINS))} - packages
    assert missing == set(), "packages that the wheel would lack"


def test_the_page_on_the_house_names_every_room_in_order() -> None:
    block = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("```text\n")[2].partition("```")[0]
    named = [line.split()[0].removesuffix("/") for line in block.splitlines() if line]
    built = {part(name_of(path)) for path in modules(CODE)} - {"computeest", "__main__"}
    assert set(named) == built
    assert named == [room for room in ORDER if room in named]


def test_no_room_outgrows_what_the_page_says() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## How large")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)/` \| ?(\d*) \| (\d+) \|", page, re.MULTILINE)
    assert [room for room, _, _ in rows] == [room for room in ORDER if (CODE / room).is_dir()]
    for room, _, most in rows:
        count = sum(CODE / room in path.parents for path in modules(CODE))
        assert count <= int(most), f"{room} has {count} modules"
        assert count > int(most) - 8, f"{room} has {count} modules; the page may say less than {most}"
    assert sum(int(then or 0) for _, then, _ in rows) == 161 - 6  # and those that lay loose


#: How many modules of the engine, and how many of libraries, a command may import: what it does not use it does not pay
#: for. A count, unlike a time, is the same on a busy machine.
BUDGETS = {
    ("--help",): (24, 172),
    ("estimate", "examples/gpt3.yaml", "--format", "json"): (122, 302),
    ("estimate", "examples/gpt3.yaml"): (123, 302),
    ("validate", "examples/gpt3.yaml"): (112, 300),  # and makes no records
    ("solve", "utilization", "examples/gpt3.yaml"): (119, 300),
    ("sensitivity", "examples/gpt3.yaml"): (118, 352),
    ("hardware", "find", "8 V100"): (47, 168),
    ("hardware", "list"): (47, 168),
    ("families",): (95, 322),
    ("methods",): (93, 372),
    ("schema",): (25, 180),  # and whether others' plugins are installed, whose keys are the schema's
    ("columns", "examples/imagenet/models.csv"): (141, 306),  # with units, which headers and cells say
    ("annotate", "examples/imagenet/models.csv", "-o", os.devnull, "-f", "parquet", "-j", "1"): (154, 328),
}


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which chips, units, plugins and data files lie compiled, as the first command of all leaves it."""
    cache = tmp_path_factory.mktemp("cache")
    fresh("from computeest import registry\nfrom computeest.hardware import load\n"
          "from computeest.text import units, yaml_nodes\n"
          "load()\nregistry.load()\nunits.dimension('token')\n"
          "for name in ('assumptions', 'margins', 'prior'):\n    yaml_nodes.of_package(f'{name}.yaml')", cache)
    return cache


@pytest.mark.parametrize(("command", "most"), BUDGETS.items(), ids=[" ".join(command) for command in BUDGETS])
def test_a_command_imports_no_more_than_it_uses(command: tuple[str, ...], most: tuple[int, int], warm: Path) -> None:
    own, others = json.loads(fresh(f"""
import contextlib, io, json, sys
from computeest.cli.app import main
sys.argv = ["computeest", *{list(command)!r}]
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), \\
        contextlib.suppress(SystemExit):
    main()
print(json.dumps([sum(name.startswith("computeest.") for name in sys.modules),
                  sum(not name.startswith("computeest") for name in sys.modules)]))
""", warm))
    assert own <= most[0], own
    assert others <= most[1], others


def test_the_walk_of_one_fact_is_the_way_it_goes() -> None:
    """Each function of the page is entered, for the first time one after the other, when its paper is estimated."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## One fact")[2].partition("\n## ")[0]
    steps = re.findall(r"^\| `([\w.]+)` \|", page, re.MULTILINE)
    assert len(steps) > 12
    entered = json.loads(fresh("""
import json, sys
import computeest
paper = "examples/alexnet.yaml"
computeest.estimate("examples/gpt3.yaml")["derivation"]  # what every paper needs is remembered
entered = {}
def watch(frame, event, arg):
    module = frame.f_globals.get("__name__", "")
    if event == "call" and module.startswith("computeest"):
        entered.setdefault(f"{module.partition('.')[2]}.{frame.f_code.co_name}", None)
sys.setprofile(watch)
record = computeest.estimate(paper)
record["checks"], record["derivation"]  # both are made when they are read
sys.setprofile(None)
print(json.dumps(list(entered)))
"""))
    assert [step for step in steps if step not in entered] == []
    assert steps == sorted(steps, key=entered.index)


#: Where the engine has a name that a built-in method has as well, and why.
ALSO = {
    "schema/fields.py": "what tables call accelerator time: an alias of a column",
    "schema/header_words.py": "a word of headers",
    "cli/people.py": "what a narrow table calls the built-in ones; any other is called by its name",
}


def test_the_engine_names_no_method() -> None:
    """A fourth method takes part as the three do: by what it rests on and yields to."""
    from computeest import registry

    names = set(registry.load().methods)
    assert len(names) >= 3
    naming = {str(path.relative_to(CODE)) for path in modules(CODE)
              for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
              and isinstance(node.value, str) and node.value.removeprefix("flop_by_") in names}
    assert naming == set(ALSO)
