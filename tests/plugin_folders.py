"""Installs a plugin's folder the way pip leaves it: modules beside a dist-info that names the entry points."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "plugin"


def install(folder: Path, target: Path) -> Path:
    """`target` as a directory for PYTHONPATH in which the folder's package is installed."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    for package in (folder / "src").iterdir():
        shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    info = target / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return target


def run(*arguments: str, path: Path | None = None, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, with `path` on its PYTHONPATH."""
    command = "from computeest.cli.app import main; main()"
    return python("-c", command, *arguments, path=path, folder=folder)


def python(*arguments: str, path: Path | None = None, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter, with `path` on its PYTHONPATH."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONPATH", None)
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, cwd=folder,
                          timeout=120, check=False)
