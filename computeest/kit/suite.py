"""The contract suite: every clause held against everything that a plugin brings."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from computeest import registry
from computeest.kit import aliases, checks, extensions, families, formulas
from computeest.kit.finding import Clauses, Finding, finding
from computeest.offers import GROUP, PluginError
from computeest.registry import Registry
from computeest.text.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Plugin:
    """What is to be checked, loaded beside everything that is installed."""

    name: str
    registry: Registry
    #: The modules that are the plugin.
    modules: tuple[str, ...]


def everything() -> Plugin:
    """Every installed plugin, the built-in ones included."""
    loaded = registry.load(())
    return Plugin("every plugin", loaded, tuple(sorted(set(loaded.modules.values()))))


def find(name: str) -> Plugin:
    """The plugin that a name means; PluginError says that there is none, or why it does not load."""
    path = Path(name)
    if path.suffix == ".py":
        return _file(path)
    if (path / "pyproject.toml").is_file():
        return _folder(path)
    installed = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    points = [point for point in installed if _is(point, name)]
    if points:
        return _installed(name, points)
    if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name) and _importable(name):
        return Plugin(name, registry.load((name,)), (name,))
    known = dict.fromkeys(word for point in installed for word in (point.name, point.value))
    near = did_you_mean(name, known)
    raise PluginError(f"no plugin is called '{name}': it is no Python file, no folder with a pyproject.toml, no"
                      " installed plugin and no module" + (f"; {near}" if near else ""))


def _is(point: EntryPoint, name: str) -> bool:
    """Whether a name means an installed entry point: its own, its module's, its package's or its distribution's."""
    distribution = point.dist.name if point.dist is not None else ""
    return (name in (point.name, point.value) or point.value.startswith((f"{name}.", f"{name}:"))
            or _normal(name) == _normal(distribution))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(name: str, points: list[EntryPoint]) -> Plugin:
    loaded = registry.load(())
    for sentence in loaded.broken:
        if any(sentence.startswith(f"the plugin '{point.name}' of ") for point in points):
            raise PluginError(sentence)
    return Plugin(name, loaded, tuple(point.value for point in points))


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _file(path: Path) -> Plugin:
    """A Python file; where it is an installed plugin's own, that plugin."""
    whole = path.resolve()
    for point in entry_points(group=GROUP):
        spec = importlib.util.find_spec(point.module) if _importable(point.module) else None
        if spec is not None and spec.origin is not None and Path(spec.origin) == whole:
            return _installed(path.name, [point])
    return Plugin(path.name, registry.load((str(whole),)), (f"computeest_plugin_{path.stem}",))


def _folder(folder: Path) -> Plugin:
    """A package's folder: the entry points of its pyproject.toml, installed or not."""
    file = folder / "pyproject.toml"
    try:
        project = tomllib.loads(file.read_text("utf-8")).get("project", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PluginError(f"{file}: {str(error).lower()}") from None
    stated = project.get("entry-points", {}).get(GROUP, {})
    if not stated:
        raise PluginError(f'{file}: there is no [project.entry-points.{GROUP}]; write one line for each module, such as'
                          ' my_family = "my_package"')
    installed = [point for point in entry_points(group=GROUP) if point.value in stated.values()]
    if len({point.value for point in installed}) == len(set(stated.values())):
        return _installed(folder.name, installed)
    modules = tuple(sorted({str(value).partition(":")[0] for value in stated.values()}))
    with _importing_from(folder / "src", folder):
        return Plugin(folder.name, registry.load(modules), modules)


@contextmanager
def _importing_from(*folders: Path) -> Iterator[None]:
    """Let modules be found in these folders for a while."""
    before = list(sys.path)
    sys.path[:0] = [str(folder.resolve()) for folder in folders if folder.is_dir()]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before


def contract(plugin: str | ModuleType | Plugin | None = None) -> list[Finding]:
    """What the contract suite finds of a plugin, or of every installed one without a name.

    A plugin is a module, its name, a Python file, a folder with a pyproject.toml, or an installed plugin's name.
    """
    if not isinstance(plugin, Plugin):
        plugin = everything() if plugin is None else find(plugin if isinstance(plugin, str) else plugin.__name__)
    found = list(_findings(plugin))
    loaded = {one.plugin for one in found}
    return found + [Finding(module, "plugin", "brings", "fail", "it brings nothing, such as a method or a family; a "
                            "function such as computeest_families, marked with hookimpl, returns them")
                    for module in plugin.modules if module not in loaded]


def assert_contract(plugin: str | ModuleType) -> None:
    """Raise AssertionError with every clause that a plugin does not keep; for the plugin's own tests."""
    try:
        failed = [one for one in contract(plugin) if one.verdict == "fail"]
    except PluginError as error:
        raise AssertionError(str(error)) from None
    if failed:
        raise AssertionError("\n".join(map(str, failed)))


def _findings(plugin: Plugin) -> Iterator[Finding]:
    for module, subject, clauses in _subjects(plugin):
        for item, clause in clauses:
            yield finding(module, subject, item, clause)


def _subjects(plugin: Plugin) -> Iterator[tuple[str, str, Clauses]]:
    """Everything that the plugin's modules bring, with the clauses it is held to."""
    from computeest.kit import consequences  # which `computeest methods` has no use for

    registry = plugin.registry
    subjects: dict[str, Clauses] = {f"method {name}": formulas.clauses(m) for name, m in registry.methods.items()}
    subjects |= {f"rule {rule.name}": formulas.clauses(rule) for rule in registry.rules}
    subjects |= {f"family {name}": families.clauses(f, registry) for name, f in registry.families.items()}
    subjects |= {f"check {check.code}": checks.clauses(check, registry) for check in registry.checks}
    subjects |= {subject: aliases.clauses(registry, module) for subject, module in registry.modules.items()
                 if subject.startswith("aliases of ")}
    subjects |= {f"consequence {name}": consequences.clauses(one) for name, one in registry.consequences.items()}
    subjects |= extensions.subjects(registry)
    for subject, clauses in subjects.items():
        module = registry.modules[subject]
        if module in plugin.modules:
            yield module, subject, clauses
