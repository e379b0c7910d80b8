"""Whoever adds a chip touches one file, a family two, a check one: each is added to a copy of computeest, and works."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


class House:
    """A copy of computeest that commands are run in, and what was changed of it since."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder / "house", folder / "path"
        for name in ("computeest", "plugins", "hardware_db"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", self.folder)
        packages = {"computeest": "computeest", "computeest_plugins": "plugins", "computeest_hardware": "hardware_db"}
        self.path.mkdir()
        for package, place in packages.items():
            (self.path / package).symlink_to(self.folder / place)
        self.before = self.hashes()

    def hashes(self) -> dict[str, str]:
        return {str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}

    def touched(self) -> set[str]:
        """The files that differ from the copy as it was, new ones included."""
        return {name for name, _ in set(self.hashes().items()) ^ set(self.before.items())}

    def add(self, file: str, text: str, before: str = "") -> None:
        """Put a text in front of another of a file, or at its end; the file need not be there yet."""
        path = self.folder / file
        old = path.read_text("utf-8") if path.exists() else ""
        assert old.count(before) == 1 or not before, f"{before!r} is in {file} {old.count(before)} times"
        path.write_text(old.replace(before, text + before) if before else old + text, "utf-8")

    def run(self, *arguments: str) -> str:
        """What a command prints; the copy is installed as its pyproject.toml says."""
        project = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))["project"]
        info = self.path / "computeest-0.0.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: computeest\nVersion: 0.0.0\n")
        points = [f"{name} = {value}" for name, value in project["entry-points"]["computeest"].items()]
        (info / "entry_points.txt").write_text("\n".join(("[computeest]", *points)))
        environment = {**os.environ, "PYTHONPATH": str(self.path), "XDG_CACHE_HOME": str(self.path / "cache"),
                       "PYTHONDONTWRITEBYTECODE": "1"}
        code = f"import computeest.cli.app as app; assert app.__file__.startswith({str(self.path)!r}); app.main()"
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=300,
                              env=environment, cwd=self.path, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def estimate(self, **facts: Any) -> dict[str, Any]:
        paper = self.path / "paper.json"
        paper.write_text(json.dumps(facts), "utf-8")
        found = json.loads(self.run("estimate", str(paper), "--format", "json"))
        return dict(found[0] if isinstance(found, list) else found)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    shutil.rmtree(tmp_path / "house")


CHIP = """
schema: 1
vendor: Example
sources:
  sheet: {title: "Example One data sheet", url: "https://example.com/one", kind: datasheet, accessed: "2026-11-21"}
architectures:
  one: {name: Example architecture, unit: core, years: [2025, 2027], formats: [bf16-tensor], source: sheet}
chips:
  example-one:
    name: Example One
    kind: asic
    architecture: one
    status: released
    released: {value: "2026-01-01", source: sheet}
    peak:
      bf16-tensor: {value: "100 TFLOP/s", accumulate: fp32, source: sheet}
    training-format: bf16-tensor
    memory: {value: "64 GB", type: HBM3, source: sheet}
    confidence: high
"""


def test_a_chip_touches_one_file(house: House) -> None:
    house.add("hardware_db/example.yaml", CHIP)
    assert house.touched() == {"hardware_db/example.yaml"}
    house.run("hardware", "lint", "--strict")
    assert json.loads(house.run("hardware", "find", "8 x Example One", "--format", "json"))["chip"] == "example-one"
    record = house.estimate(model="Small", chip="Example One", chips=8, time="10 hours", utilization=0.5)
    assert record["flop"] == pytest.approx(8 * 36_000 * 100e12 * 0.5, rel=1e-6)


def test_a_chip_beside_its_maker_s_others_touches_one_file(house: House) -> None:
    """A T4 with twice the memory, entered where the T4 stands."""
    house.add("hardware_db/nvidia-turing.yaml", """  nvidia-t4-32gb:
    name: NVIDIA T4 32GB
    kind: gpu
    architecture: tu10x
    status: announced
    peak:
      fp16-tensor: {value: "65 TFLOP/s", source: SOURCE}
    training-format: fp16-tensor
    confidence: low
    limited: true
""".replace("SOURCE", source_of("nvidia-t4")), before="  nvidia-t4:\n")
    assert house.touched() == {"hardware_db/nvidia-turing.yaml"}
    house.run("hardware", "lint")
    assert "nvidia-t4-32gb" in house.run("hardware", "list", "--format", "csv")


def source_of(chip: str) -> str:
    from computeest.hardware import load

    return str(load().chip(chip).facts["peak"]["fp16-tensor"]["source"])


FAMILY = '''"""A perceptron of one width, as a stand-in for what is added."""

from __future__ import annotations

from computeest.contract import Family, Network, Published, hookimpl


def tower(width: int = 784, layers: int = 2, classes: int = 10) -> Network:
    """One image through layers of one width."""
    if min(width, layers, classes) < 1:
        raise ValueError("width, layers and classes are counts; expected at least 1")
    net = Network()
    x = net.input(784)
    for _ in range(layers):
        x = net.activation(net.linear(x, width))
    net.linear(x, classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """The tower."""
    return [Family("tower", tower, "image", "Somebody 2026, a stand-in", {"tower-300": {"width": 300, "layers": 1}},
                   {"tower-300": Published("Somebody 2026, by hand", parameters=784 * 300 + 300 + 300 * 10 + 10)})]
'''


def test_a_family_touches_its_file_and_the_entry_points(house: House) -> None:
    house.add("plugins/tower.py", FAMILY)
    first = 'alexnet = "computeest_plugins.alexnet"\n'
    house.add("pyproject.toml", first.replace("alexnet", "tower"), before=first)
    assert house.touched() == {"plugins/tower.py", "pyproject.toml"}
    shown = json.loads(house.run("families", "show", "tower-300", "--format", "json"))
    assert shown["totals"]["parameters"] == 238_510
    house.run("plugin", "check", "computeest_plugins.tower")
    record = house.estimate(model="Tower", family="tower-300", examples="60000 images", epochs=10)
    assert record["flop"] == pytest.approx(600_000 * 3 * 2 * (784 * 300 + 300 * 10))


def test_a_check_touches_one_file(house: House) -> None:
    checks = "plugins/checks/plausibility.py"
    house.add(checks, '''def round_number(time: Column) -> Column:
    """A day to the second, which is seldom measured."""
    return time == 86400


''', before="@hookimpl\n")
    house.add(checks, '''        Check("time-of-a-day", "info", round_number,
              "a time of {time:.0f} seconds is exactly one day"),
''', before='        Check("utilization-above-one"')
    assert house.touched() == {checks}
    house.run("plugin", "check", "computeest_plugins.checks.plausibility")
    facts = {"model": "Small", "chip": "A100 SXM 80GB", "chips": 8, "utilization": 0.4}
    assert "a time of 86400 seconds is exactly one day" in json.dumps(house.estimate(**facts, time="1 day"))
    assert "exactly one day" not in json.dumps(house.estimate(**facts, time="2 days"))


LAYOUT = '''

@hookimpl
def computeest_layouts() -> list[Layout]:
    """Epoch AI's tables, and those of a lab."""
    return [EpochLayout(), Layout("small-lab", (Wanted("model", ("net",)), Wanted("parameters", ("size",)),
                                                Wanted("tokens_seen", ("read",))))]
'''


def test_a_layout_touches_one_file(house: House, tmp_path: Path) -> None:
    layouts = "plugins/layouts/epoch.py"
    path = house.folder / layouts
    hook = "\n\n@hookimpl\ndef computeest_layouts()"
    text = path.read_text("utf-8")
    assert text.count(hook) == 1
    path.write_text(text.partition(hook)[0] + LAYOUT, "utf-8")
    assert house.touched() == {layouts}
    (tmp_path / "lab.csv").write_text("Net,Size,Read\nSmall,1e9,2e10\n", "utf-8")
    house.run("annotate", str(tmp_path / "lab.csv"), "-o", str(tmp_path / "out.csv"), "--preset", "small-lab")
    [row] = csv.DictReader((tmp_path / "out.csv").read_text("utf-8").splitlines())
    assert (row["model"], float(row["flop"])) == ("Small", pytest.approx(6 * 1e9 * 2e10))


FORMAT = '''"""Tables as lines of `key=value`, as a stand-in for what is added."""

import pyarrow as pa

from computeest.contract import TableFormat, hookimpl


def _read(path):
    lines = path.read_text("utf-8").splitlines()
    return pa.Table.from_pylist([dict(cell.split("=") for cell in line.split()) for line in lines])


@hookimpl
def computeest_formats():
    """The format."""
    return [TableFormat("pairs", (".pairs",), _read, None)]
'''


def test_a_format_touches_one_file(house: House, tmp_path: Path) -> None:
    house.add("plugins/pairs.py", FORMAT)
    assert house.touched() == {"plugins/pairs.py"}
    plugin = str(house.folder / "plugins" / "pairs.py")
    (tmp_path / "in.pairs").write_text("model=Small parameters=1e9 tokens_seen=2e10\n", "utf-8")
    house.run("plugin", "check", plugin)
    house.run("annotate", str(tmp_path / "in.pairs"), "-o", str(tmp_path / "out.csv"), "--plugin", plugin)
    [row] = csv.DictReader((tmp_path / "out.csv").read_text("utf-8").splitlines())
    assert (row["model"], float(row["flop"])) == ("Small", pytest.approx(6 * 1e9 * 2e10))
