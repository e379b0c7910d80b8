"""The wheel, installed into an environment of its own and run from an empty directory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = (".py", ".yaml", ".json", ".txt", ".typed", ".html", ".js", ".css", ".svg")
PAPER = "chip: A100\nchips: 8\ntime: 3 days\nnumber_format: bf16\nutilization: 0.4\n"


def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy, so that nothing of an earlier build gets in, and none is left behind."""
    source = tmp_path_factory.mktemp("source") / "computeest"
    for folder in ("computeest", "plugins", "hardware_db"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    output = tmp_path_factory.mktemp("wheel")
    built = subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", output, source],
                           capture_output=True, text=True, timeout=300, check=False,
                           env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (found,) = output.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory)


def test_a_wheel_built_again_has_the_same_bytes(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With the time of the commit as SOURCE_DATE_EPOCH, as `make wheel` sets it."""
    assert build(tmp_path_factory).read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a new environment that has the wheel, and what the wheel depends on from this one."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    scheme = {"base": str(home), "platbase": str(home)}
    library = Path(sysconfig.get_path("purelib", "venv", scheme))  # Python 3.11 is the first to know of "venv"
    commands = Path(sysconfig.get_path("scripts", "venv", scheme))
    python = commands / Path(sys.executable).name
    ran = subprocess.run([sys.executable, "-m", "pip", "--python", python if python.exists() else commands / "python",
                          "install", "--quiet", "--no-deps", "--no-index", wheel],
                         capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    # plain paths: the .pth files beside the dependencies, one of which leads to this checkout, are not followed
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return commands


def run(commands: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([commands / "computeest", *arguments], cwd=folder, env=clean, capture_output=True, text=True,
                          timeout=120, check=False)


def test_plugins_and_data_are_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder, package in (("computeest", "computeest"), ("plugins", "computeest_plugins"),
                            ("hardware_db", "computeest_hardware")):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in DATA and "template" not in path.parts:
                assert f"{package}/{path.relative_to(ROOT / folder)}" in inside
    assert not [name for name in inside if name.startswith(("tests/", "examples/", "benchmarks/"))]


def test_it_runs_from_an_empty_directory(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text(PAPER)
    ran = run(installed, tmp_path, "estimate", "paper.yaml", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    record = json.loads(ran.stdout)
    # 8 A100 for 3 days at 40 % of 312 TFLOP/s (NVIDIA's data sheet, dense BF16)
    assert record["flop"] == pytest.approx(8 * 3 * 86400 * 312e12 * 0.4, rel=1e-9)
    assert record["versions"]["hardware_db"]


def test_the_code_that_runs_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    code = "import computeest, computeest_plugins, computeest_hardware as h; print(computeest.__file__, h.__file__)"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ran = subprocess.run([installed / "python", "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True,
                         timeout=60, check=True)
    assert str(ROOT) not in ran.stdout
    assert str(installed.parent) in ran.stdout


@pytest.mark.parametrize("arguments", [("hardware", "list"), ("methods",), ("assumptions",), ("references",),
                                       ("schema",), ("hardware", "show", "A100 SXM 80GB"), ("--help",)])
def test_its_commands_find_their_data(arguments: tuple[str, ...], installed: Path, tmp_path: Path) -> None:
    ran = run(installed, tmp_path, *arguments)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) > 5
