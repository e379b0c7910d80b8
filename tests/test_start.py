"""What is kept between runs and what is left out at start: the answers stay those of doing it all."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from computeest import offers, registry, schema
from computeest.cli import compiled
from computeest.text import kept, units, yaml_nodes
from computeest.text.package_data import files

ROOT = Path(__file__).parents[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    registry.forget()
    yield tmp_path / "computeest"
    registry.forget()


def run(code: str, home: Path) -> object:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                          env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})
    return json.loads(done.stdout)


IMPORTED = "[name for name in sys.modules if name.startswith('computeest_plugins')]"


def test_a_family_is_imported_when_it_is_asked_for(home: Path) -> None:
    code = f"import json, sys\nfrom computeest import registry\nr = registry.load()\nbefore = {IMPORTED}\n" \
           f"r.variants['resnet_50']\nprint(json.dumps([before, {IMPORTED}]))"
    everything, _ = run(code, home)  # type: ignore[misc]
    assert "computeest_plugins.vit" in everything
    before, after = run(code, home)  # type: ignore[misc]
    assert "computeest_plugins.vit" not in before
    assert "computeest_plugins.methods.gpu_time" in before
    assert "computeest_plugins.resnet" in set(after) - set(before)


def test_what_is_kept_is_what_all_plugins_bring(home: Path) -> None:
    whole = registry.load()
    registry.forget()
    short = registry.load()
    assert list(short.families) == list(whole.families)
    assert list(short.variants) == list(whole.variants)
    assert list(short.aliases) == list(whole.aliases)
    assert {name: family.variants for name, family in short.families.items()} == {
        name: family.variants for name, family in whole.families.items()}
    assert dict(short.variants) == dict(whole.variants)
    assert dict(short.aliases) == dict(whole.aliases)
    assert short.modules == whole.modules
    assert short.versions == whole.versions


def test_a_changed_file_or_version_is_seen(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "their_plugin.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    theirs = offers.Installed("their", "their_plugin", "theirs", "1.0")
    offers.keep([theirs], offers.Offers({"net": "their_plugin"}, {"net_1": "net"}, {}))
    assert offers.recall([theirs]) == offers.Offers({"net": "their_plugin"}, {"net_1": "net"}, {})
    assert offers.recall([offers.Installed("their", "their_plugin", "theirs", "1.1")]) is None
    (tmp_path / "their_plugin.py").write_text("x = 1000\n")
    assert offers.recall([theirs]) is None


def test_a_new_plugin_may_not_take_the_name_of_a_kept_family(home: Path, tmp_path: Path) -> None:
    registry.load()
    registry.forget()
    mine = tmp_path / "mine.py"
    mine.write_text('from computeest.contract import Family, hookimpl\n\n@hookimpl\ndef computeest_families():\n'
                    '    return [Family("resnet", lambda depth: 1e9 * depth, "image", "authors")]\n')
    with pytest.raises(registry.PluginError, match="two plugins bring a family called 'resnet'"):
        registry.load((str(mine),))


def test_kept_units_are_those_of_pint(home: Path) -> None:
    units._usual.cache_clear()
    try:
        made = units._usual()
        assert kept.recall("units", next(home.glob("units-*.json")).stem.removeprefix("units-")) == made
        for unit, dimension in made["dimensions"].items():
            assert units._dimension(unit) == dimension
        for to, factors in made["factors"].items():
            for unit, factor in factors.items():
                assert factor == pytest.approx(units.registry().convert(1.0, unit, to), rel=1e-14)
    finally:
        units._usual.cache_clear()


@pytest.mark.parametrize("name", ["assumptions", "margins", "prior", "references", "thresholds"])
def test_kept_data_files_are_the_files(home: Path, name: str) -> None:
    text = files("computeest").joinpath(f"{name}.yaml").read_text("utf-8")
    read = yaml_nodes.plain(yaml_nodes.load(text))
    assert yaml_nodes.of_package(f"{name}.yaml") == read
    assert list(home.glob(f"yaml-{name}.yaml-*.json"))
    again = yaml_nodes.of_package(f"{name}.yaml")
    assert repr(again) == repr(read)  # in the same order, and no whole number in place of another


def test_a_data_file_that_changed_is_read_anew(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "files", lambda package: tmp_path)
    (tmp_path / "some.yaml").write_text("a: 1\n")
    assert yaml_nodes.of_package("some.yaml") == {"a": 1}
    (tmp_path / "some.yaml").write_text("a: 22\n")
    assert yaml_nodes.of_package("some.yaml") == {"a": 22}


def test_the_columns_units_need_no_pint() -> None:
    made = units._usual()["dimensions"]
    missing = {str(field.unit) for field in schema.FIELDS.values() if field.unit} - set(made)
    assert len(missing) <= 10, sorted(missing)


def test_plain_options_build_no_validator(home: Path) -> None:
    code = "import json, sys\nfrom computeest.cli.app import main\nsys.argv = ['computeest', 'validate', " \
           "'examples/gpt3.yaml']\ntry:\n    main()\nexcept SystemExit:\n    pass\n" \
           "print(json.dumps(['pydantic' in sys.modules, 'pint' in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                          env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                           env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})
    assert done.returncode == again.returncode == 0
    assert json.loads(again.stdout.splitlines()[-1]) == [False, False]


def test_paths_flags_and_plain_numbers_build_no_validator(home: Path, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("model: Name\nreported_compute: Compute\n")
    (tmp_path / "models.csv").write_text("Name,Compute\nGPT-3,3.14e23\n")
    done = command(home, "annotate", str(tmp_path / "models.csv"), "-o", str(tmp_path / "out.csv"), "--jobs", "1",
                   "--columns", str(tmp_path / "map.yaml"), "--chunk", "0099", "-q",
                   before="sys.modules['pydantic'] = None")
    assert done.returncode == 0, done.stderr
    assert "reported = reported_compute" in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize("words", [("--jobs", "0"), ("--jobs", "-1"), ("--chunk", "1.5"), ("--chunk", "x")])
def test_numbers_out_of_bounds_are_refused_as_typer_does(home: Path, words: tuple[str, str]) -> None:
    done = command(home, "annotate", "examples/imagenet/models.csv", *words)
    assert done.returncode == 2
    assert f"Invalid value for '{words[0]}'" in done.stderr
    assert "Input should be a" in done.stderr or "greater than or equal to 1" in done.stderr


FUNCTIONS = """import json, sys
from computeest.cli import start
if {asked}:
    start.arrow_functions_when_asked()
import pyarrow as pa
import pyarrow.compute as pc
made = len(vars(pc))
from pyarrow.compute import and_, equal
names = json.loads({names!r}) or [name for name in vars(pc) if not name.startswith("_")]
found = [[name, type(getattr(pc, name)).__name__, str(getattr(getattr(pc, name), "__doc__", ""))] for name in names]
missing = [name for name in ("hash_sum", "no_such_function", "count_all") if hasattr(pc, name)]
sums = [pc.sum(pa.array([1, 2])).as_py(), pc.and_(True, False).as_py(), pa.array([1]).cast(pa.string()).to_pylist()]
print(json.dumps([made, found, missing, sums]))"""


def test_functions_of_arrow_are_made_when_asked_for_and_are_the_same(home: Path) -> None:
    all_, told, *rest = run(FUNCTIONS.format(asked=False, names="null"), home)  # type: ignore[misc]
    names = json.dumps([name for name, *_ in told])
    few, same, *others = run(FUNCTIONS.format(asked=True, names=names), home)  # type: ignore[misc]
    assert same == told
    assert others == rest
    assert few < all_ / 2


def test_an_arrow_of_another_make_is_taken_as_it_is(home: Path) -> None:
    code = "import json\nfrom computeest.cli import start\nfrom pyarrow import _compute\n" \
           "real = _compute.function_registry\n_compute.FunctionRegistry.get_function\n" \
           "def broken():\n    raise AttributeError('another make')\n_compute.function_registry = broken\n" \
           "start.arrow_functions_when_asked()\n_compute.function_registry = real\n" \
           "import pyarrow.compute as pc\nprint(json.dumps(pc.sum([1, 2]).as_py()))"
    assert run(code, home) == 3


def test_an_option_that_is_no_number_is_still_refused() -> None:
    done = subprocess.run([sys.executable, "-m", "computeest", "estimate", "examples/gpt3.yaml", "--samples", "many"],
                          capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "--samples" in done.stderr


def test_main_can_be_called_any_number_of_times(home: Path) -> None:
    code = "import json, sys\nfrom typer import core\nfrom computeest.cli.app import main\n" \
           "sys.argv = ['computeest', 'validate', 'examples/gpt3.yaml']\nfound = set()\nfor _ in range(3):\n" \
           "    try:\n        main()\n    except SystemExit:\n        pass\n" \
           "    found.add(id(core.build_runtime_param))\nprint(json.dumps(len(found)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                          env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})
    assert json.loads(done.stdout.splitlines()[-1]) == 1  # each would ask all before it, until none could


def command(home: Path, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, which at last says what it imported on standard error."""
    code = f"""import sys
{before}
sys.argv = ["computeest", *{list(words)!r}]
from computeest.__main__ import main
try:
    main()
finally:
    print("typer" in sys.modules, file=sys.stderr)"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT,
                          env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})


@pytest.mark.parametrize("words", [("--help",), ("hardware", "find", "--help")])
def test_help_that_is_kept_is_the_help(home: Path, words: tuple[str, ...]) -> None:
    first, again = command(home, *words), command(home, *words)
    assert first.stdout == again.stdout != ""
    assert first.returncode == again.returncode == 0
    assert first.stderr.endswith("True\n")
    assert again.stderr.endswith("False\n")
    narrow = subprocess.run([sys.executable, "-m", "computeest", *words], capture_output=True, text=True, check=True,
                            cwd=ROOT, env={**os.environ, "XDG_CACHE_HOME": str(home.parent), "COLUMNS": "60"})
    assert max(map(len, narrow.stdout.splitlines())) < max(map(len, first.stdout.splitlines()))


#: Says at last how many expressions were compiled.
COUNTED = """import atexit, re
made, real = [], re._compiler.compile
re._compiler.compile = lambda *given: (made.append(given[0]), real(*given))[1]
atexit.register(lambda: print(len(made), file=sys.stderr))"""


def test_what_was_compiled_is_not_compiled_again(home: Path) -> None:
    words = ("estimate", "examples/gpt3.yaml", "--format", "json")
    runs = [command(home, *words, before=COUNTED) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    first, again = (int(run.stderr.splitlines()[-1]) for run in runs)
    assert first > 100
    assert again < 20


@pytest.fixture
def compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[str]], list[str]]:
    """What runs that use these expressions, one after the other, compile; another has kept forty before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(dataclasses, "exec", exec, raising=False)
    monkeypatch.setattr(re, "_MAXCACHE", 512)
    monkeypatch.setattr(compiled, "_methods", {})
    monkeypatch.setattr(compiled, "_MOST", 50)

    def used(texts: Sequence[str]) -> list[str]:
        re.purge()
        before = compiled.recall("test")
        new = [text for text in texts if (str, text, 0) not in before]
        for text in texts:
            re.compile(text)
        compiled.keep("test", before)
        return new

    used([f"before {number}" for number in range(40)])
    return used


@pytest.mark.parametrize("new", [10, 11, 50])
def test_what_is_used_is_kept_though_as_much_is_kept_that_nothing_uses(
        compiling: Callable[[Sequence[str]], list[str]], new: int) -> None:
    """As after versions of computeest whose expressions were others."""
    texts = [f"now {number}" for number in range(new)]
    assert compiling(texts) == texts
    assert compiling(texts) == []


def test_what_the_interpreter_would_let_go_of_stays(compiling: Callable[[Sequence[str]], list[str]],
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_MOST", 1000)
    texts = [f"now {number}" for number in range(900)]
    compiling(texts)
    assert compiling([*texts, "another"]) == ["another"]
    assert {(str, text, 0) for text in texts} <= re._cache.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("text", "kept"), [("x" * 399, False), ("x" * 400, True)])
def test_one_long_expression_is_worth_a_file(compiling: Callable[[Sequence[str]], list[str]], text: str,
                                             kept: bool) -> None:
    assert compiling([text]) == [text]
    assert compiling([text]) == ([] if kept else [text])


@pytest.mark.parametrize("spoilt", [b"", b"rubbish", b"0" * 64 + b"\n" + b"\xe3\x00"])
def test_a_damaged_file_of_compiled_things_harms_nothing(home: Path, spoilt: bytes) -> None:
    words = ("hardware", "find", "V100")
    first = command(home, *words)
    (file,) = home.glob("compiled-hardware-*")
    file.write_bytes(spoilt)
    assert command(home, *words).stdout == first.stdout
    file.chmod(0o666)
    assert command(home, *words).stdout == first.stdout


def test_a_distribution_that_comes_or_changes_is_seen(home: Path, tmp_path: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "site"
    about = place / "their-1.0.dist-info"
    about.mkdir(parents=True)
    before = offers.installed()
    assert offers.installed() == before
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: their\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[computeest]\ntheir = their_plugin\n")
    monkeypatch.syspath_prepend(str(place))
    assert {*offers.installed()} - {*before} == {offers.Installed("their", "their_plugin", "their", "1.0")}
    (about / "entry_points.txt").write_text("[computeest]\ntheir = their_other_plugin\n")
    assert {*offers.installed()} - {*before} == {offers.Installed("their", "their_other_plugin", "their", "1.0")}


def test_every_command_is_where_the_table_of_commands_says() -> None:
    from computeest.cli import commands
    from computeest.cli.app import application

    def names(words: list[str]) -> list[str]:
        made = application(words)
        return [(one.name or one.callback.__name__).replace("_", "-") for one in made.registered_commands
                if one.callback] + [str(group.name) for group in made.registered_groups]

    assert {*names([])} == commands.NAMES
    for module, listed in commands.COMMANDS.items():
        for name in listed:
            assert names([name]) == list(listed), module
    for name in commands.GROUPS:
        assert names([name]) == [name]


def test_a_command_that_goes_on_for_long_collects_its_garbage_as_usual(home: Path) -> None:
    """Each piece of a table leaves few objects, and large ones, that only the collector frees: 1.5 kB a row."""
    code = "import gc, json\nfrom computeest.cli import app, start\nfound = []\n" \
           "for words in (['audit'], ['serve'], ['estimate']):\n    gc.set_threshold(700, 10, 10)\n" \
           "    start.sooner(app.application(words), words)\n    found.append(gc.get_threshold()[0])\n" \
           "print(json.dumps(found))"
    *long, brief = run(code, home)  # type: ignore[misc]
    assert set(long) == {700}
    assert brief > 700


def test_a_table_is_annotated_with_garbage_collected_as_usual(home: Path, tmp_path: Path) -> None:
    code = f"""import gc, json, sys
from computeest.cli.app import main
from computeest.tables import annotator
usual, found, annotate = gc.get_threshold(), [], annotator.Work.annotate
annotator.Work.annotate = lambda *given: found.append(gc.get_threshold() == usual) or annotate(*given)
sys.argv = ["computeest", "annotate", "examples/imagenet/models.csv", "-o", {str(tmp_path / "out.csv")!r}, "-q",
            "--chunk", "20"]
try:
    main()
except SystemExit:
    pass
print(json.dumps(found))"""
    begun, *others = run(code, home)  # type: ignore[misc]
    assert not begun  # nothing but the modules, which are no garbage
    assert len(others) > 1
    assert all(others)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system that copies no processes")
def test_a_copy_of_the_process_collects_its_garbage_as_usual(home: Path) -> None:
    """A worker that does not came to twice the memory."""
    code = "import gc, json, os\nfrom computeest.cli import app, start\nusual = gc.get_threshold()\n" \
           "start.sooner(app.application(['annotate']), ['annotate'])\nseldom = gc.get_threshold()\n" \
           "if not os.fork():\n    os._exit(gc.get_threshold() == usual)\n" \
           "print(json.dumps([seldom != usual, os.waitstatus_to_exitcode(os.wait()[1])]))"
    assert run(code, home) == [True, 1]


#: A plugin that leaves a file open and something to be done at exit.
LEAVES = """import atexit
kept = open("left.txt", "w")
kept.write("written")
atexit.register(lambda: print("at exit"))
"""


def test_all_objects_are_looked_at_only_where_a_file_is_open(tmp_path: Path) -> None:
    code = "import os\nfrom computeest import __main__ as m\nfound = [m._files_are_open()]\n" \
           "left = open('left.txt', 'w')\nfound.append(m._files_are_open())\nleft.close()\n" \
           "found.append(m._files_are_open())\nprint(found)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == f"[{not Path('/dev/fd').exists()}, True, {not Path('/dev/fd').exists()}]\n"


@pytest.mark.parametrize(("paper", "code"), [("parameters: 7B\ntokens: 1T\n", 0), ("parameters: 7B\n", 1)])
def test_what_a_command_leaves_open_is_written_though_it_ends_at_once(tmp_path: Path, paper: str, code: int) -> None:
    (tmp_path / "leaves.py").write_text(LEAVES, "utf-8")
    (tmp_path / "paper.yaml").write_text(paper, "utf-8")
    done = subprocess.run([sys.executable, "-m", "computeest", "validate", "paper.yaml", "--plugin", "leaves.py"],
                          capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "at exit\n" in done.stdout
    assert (tmp_path / "left.txt").read_text("utf-8") == "written"


def test_whoever_waits_for_the_command_line_gets_the_process_back() -> None:
    for words in (["-c", "import runpy, sys\nsys.argv = ['computeest', 'methods']\ntry:\n"
                   "    runpy.run_module('computeest', run_name='__main__')\nfinally:\n    print('still here')"],
                  ["-m", "cProfile", "-m", "computeest", "methods"]):
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, cwd=ROOT)
        assert "still here" in done.stdout or "function calls" in done.stdout


def test_a_thread_that_runs_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import threading, time\n"
                                      "threading.Thread(target=lambda: (time.sleep(1), print('done'))).start()\n")
    (tmp_path / "paper.yaml").write_text("parameters: 7B\ntokens: 1T\n", "utf-8")
    done = subprocess.run([sys.executable, "-m", "computeest", "validate", "paper.yaml", "--plugin", "slow.py"],
                          capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "done\n" in done.stdout
