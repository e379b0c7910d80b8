"""What installed plugins bring, by name, kept between runs: a module of families is imported when a paper is of one.

Importing all of the hundred that come with computeest takes a third of `computeest estimate PAPER`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.machinery import PathFinder
from itertools import islice
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

import pluggy

from computeest.problems import InputError, UsageError, fails, note_failure, told
from computeest.text import kept
from computeest.text.names import folded
from computeest.text.suggest import did_you_mean

GROUP = "computeest"
#: How the modules of the plugins begin that come with computeest.
OURS = "computeest_plugins."
#: Descriptors that one hook of a plugin brings at most.
_MOST_OFFERED = 100_000
_Value = TypeVar("_Value")


class PluginError(UsageError):
    """A plugin that cannot be used: which, and why."""

    def __init__(self, said: str, *modules: str) -> None:
        super().__init__(said)
        #: The modules whose fault it may be.
        self.modules = modules


@dataclass(frozen=True, slots=True)
class Installed:
    """One entry point: its name, its module as the entry point writes it, and the distribution that brings it."""

    name: str
    module: str
    owner: str
    version: str

    def load(self) -> Any:
        """What the entry point is: a module."""
        if self.module.replace(".", "_").isidentifier():
            return importlib.import_module(self.module)
        from importlib.metadata import EntryPoint  # 20 ms, and only for a part of a module

        return EntryPoint(self.name, self.module, GROUP).load()


@dataclass(frozen=True, slots=True)
class Offers:
    """The modules that bring families or aliases and nothing else, and the names of what they bring."""

    #: Family -> its module.
    families: Mapping[str, str]
    #: Variant, as `schema.key` writes it -> its family.
    variants: Mapping[str, str]
    #: Alias, folded -> the modules that bring one so called.
    aliases: Mapping[str, Sequence[str]]

    @property
    def modules(self) -> frozenset[str]:
        """All modules that need not be imported until something of theirs is asked for."""
        return frozenset(self.families.values()).union(*self.aliases.values())


class OnAsking(Mapping[str, _Value]):
    """A mapping whose names are known and whose values are made when asked for, each once."""

    def __init__(self, names: Sequence[str], make: Callable[[str], _Value]) -> None:
        self._names = dict.fromkeys(sorted(names))
        self._make = make
        self._made: dict[str, _Value] = {}

    def __getitem__(self, name: str) -> _Value:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def installed() -> tuple[Installed, ...]:
    """Every entry point, in the order of names; read anew when a distribution has come, gone or changed."""
    state = _distributions()
    digest = kept.digest(json.dumps(state).encode()) if state is not None else ""
    if digest and (known := kept.recall("installed", digest)):
        return tuple(Installed(*one) for one in known["points"])
    found = _read_points()
    if digest:
        kept.keep("installed", digest, {"points": [[one.name, one.module, one.owner, one.version] for one in found]})
    return found


def _read_points() -> tuple[Installed, ...]:
    from importlib.metadata import entry_points  # with what it reads 40 ms, which is why `installed` keeps it

    found = []
    owners: dict[int, tuple[str, str]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        dist = point.dist
        if id(dist) not in owners:  # a distribution's own words are parsed anew each time they are asked for
            owners[id(dist)] = ("unknown", "unknown") if dist is None else (dist.name, dist.version)
        found.append(Installed(point.name, point.value, *owners[id(dist)]))
    return tuple(found)


def _distributions() -> list[Any] | None:
    """Every installed distribution's place, and size and time of its entry points; None where they lie elsewhere."""
    if any(hasattr(finder, "find_distributions") for finder in sys.meta_path if finder is not PathFinder):
        return None
    found: list[Any] = []
    for place in sys.path:
        try:
            with os.scandir(place or ".") as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
        except NotADirectoryError:
            return None  # an archive
        except OSError:
            continue
        found += [(place or os.getcwd(), name, [_state(os.path.join(place, name, part))  # noqa: PTH109, PTH118
                                                for part in ("entry_points.txt", "METADATA")]) for name in names]
    return found


def _state(path: str) -> tuple[int, int] | None:
    try:
        state = os.stat(path)  # noqa: PTH116  a path is 4 us, and there are hundreds
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def recall(points: Sequence[Installed]) -> Offers | None:
    """What was kept of exactly these plugins; None when nothing was, or any file of theirs has changed since."""
    found = kept.recall("plugins", _digest(points))
    return Offers(found["families"], found["variants"], found["aliases"]) if found else None


def keep(points: Sequence[Installed], offers: Offers) -> None:
    """Keep for the next run what these plugins bring."""
    kept.keep("plugins", _digest(points), {"families": dict(offers.families), "variants": dict(offers.variants),
                                           "aliases": dict(offers.aliases)})


def _digest(points: Sequence[Installed]) -> str:
    """Tells apart any two sets of plugins: their names, versions, and size and time of every file beside them."""
    state: list[Any] = [[(one.name, one.module, one.owner, one.version) for one in points]]
    for package in sorted({one.module.partition(":")[0].partition(".")[0] for one in points} | {"computeest"}):
        spec = importlib.util.find_spec(package)
        places = [] if spec is None else list(spec.submodule_search_locations or [str(spec.origin)])
        state.append([(package, place, *found) for place in places for found in kept.stamps(Path(place))])
    return kept.digest(json.dumps(state).encode())


def imported(module: str) -> Any:
    """A plugin's module; PluginError says why it does not load."""
    try:
        return importlib.import_module(module)
    except fails() as error:
        raise PluginError(f"the plugin {module} does not load: {told(error)}", module) from None


def offered(plugin: Any, module: str, hook: str, kind: type, judged: Callable[[Any], str] = lambda _: "",
            ) -> Iterable[Any]:
    """What one plugin's hook returns, each item of the right kind, and nothing said of it by `judged`."""
    function = getattr(plugin, hook, None)
    if function is None:
        return ()
    try:
        returned = function()
        if isinstance(returned, kind):
            raise PluginError(f"{module}.{hook} returns a {kind.__name__}; it must return a list of them", module)
        items = list(islice(returned, _MOST_OFFERED + 1))
    except PluginError:
        raise
    except fails() as error:
        raise PluginError(f"{module}.{hook} fails: {told(error)}", module) from None
    if len(items) > _MOST_OFFERED:
        raise PluginError(f"{module}.{hook} returns more than {_MOST_OFFERED:,} {kind.__name__}s", module)
    for item in items:
        if not isinstance(item, kind):
            what = f"the class {item.__name__}" if isinstance(item, type) else f"a {type(item).__name__}"
            raise PluginError(f"{module}.{hook} returns {what}; it must return {kind.__name__}s", module)
        if wrong := wrong_part(item) or judged(item):
            raise PluginError(f"{module}.{hook} returns a {kind.__name__} whose {wrong}", module)
    return items


def check_hook_names(manager: pluggy.PluginManager, hooks: Sequence[str]) -> None:
    """Refuse a function that is marked as a hook and named as none: it would never be called."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        module = manager.get_name(error.plugin) or str(error.plugin)
        wrong = next((name for name in vars(error.plugin) if name.startswith("computeest_") and name not in hooks), "")
        near = did_you_mean(wrong, hooks) or "there are " + ", ".join(f"'{hook}'" for hook in hooks)
        raise PluginError(f"{module}: no hook is called '{wrong}'; {near}", module) from None


def not_the_engines(code: str, module: str) -> None:
    """Refuse a check whose code the engine has; those that come with computeest are held by a test."""
    if module.startswith(OURS):
        return
    from computeest.problems.register import CODES

    if code in CODES:
        raise PluginError(f"{module}: the check '{code}' has a code of the engine's own: {CODES[code].title}", module)


def register(manager: pluggy.PluginManager, module: Any, name: str) -> None:
    """Make a module known to the manager as a plugin, under a name; once."""
    if manager.is_registered(module):
        return
    try:
        manager.register(module, name=name)
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginError(f"the plugin {name} cannot be registered: {error}") from None


def asked_module(name: str) -> Any:
    """A plugin named on the command line: a module, or a Python file."""
    path = Path(name)
    try:
        if path.suffix != ".py":
            return importlib.import_module(name)
        spec = importlib.util.spec_from_file_location(f"computeest_plugin_{path.stem}", path)
        if spec is None or spec.loader is None or not path.is_file():
            raise PluginError(f"--plugin {name}: there is no such file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    except PluginError:
        raise
    except fails() as error:
        raise PluginError(f"--plugin {name}: does not load: {told(error)}") from None
    return module


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """A plugin's layout; what it fails with is its own fault, by name."""

    layout: Any
    module: str

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.layout, name)
        return partial(self._called, name, found) if callable(found) else found

    def _called(self, name: str, method: Callable[..., Any], *given: Any) -> Any:
        try:
            return method(*given)
        except (InputError, UsageError):
            raise
        except fails() as error:
            raise UsageError(f"{self.module}: the layout '{self.layout.name}' fails in {name}: "
                             f"{told(error)}") from error


def fits(layout: Any, headers: Sequence[str], module: str) -> bool:
    """Whether a table is plainly of a plugin's layout; not where the layout cannot tell."""
    try:
        return bool(layout.fits(headers))
    except fails() as error:
        note_failure(f"{module}: the layout '{layout.name}' fails: {told(error)}")
        return False


#: What the parts of a descriptor must be, by their names.
_PARTS: Mapping[str, type[Any] | tuple[type[Any], ...]] = {
    "name": str, "code": str, "sentence": str, "level": str, "target": str, "source": str, "example": str,
    "member": str, "library": str, "variants": Mapping, "differs": Mapping, "dex": (int, float), "widens": (int, float),
    "label": str}


def wrong_part(item: Any) -> str:
    """Which part of a descriptor is not what it must be, in words; '' for none."""
    for name in ("formula", "forward", "test"):
        made = getattr(item, name, len)
        if made is len or isinstance(made, FunctionType):  # whose parameters can be read
            continue
        if not callable(made):
            return f"{name} is a {type(made).__name__}, not a function"
        try:
            inspect.signature(made)
        except (TypeError, ValueError):
            return f"{name} has no parameters that can be read"
    return next((f"{name} is a {type(getattr(item, name)).__name__}" for name, kind in _PARTS.items()
                 if hasattr(item, name) and not isinstance(getattr(item, name), kind)), "")


#: What a function's code says where it takes `*names` or `**names`.
_STARRED = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def parameters(formula: Callable[..., Any]) -> tuple[str, ...]:
    """The columns a formula takes: its parameter names."""
    if type(formula) is FunctionType and not formula.__dict__ and not formula.__code__.co_flags & _STARRED:
        code = formula.__code__  # a thirtieth of what `inspect` takes, for each of hundreds
        return code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    return tuple(inspect.signature(formula).parameters)


def optional(formula: Callable[..., Any]) -> frozenset[str]:
    """The columns that a formula can do without: parameters with a default."""
    if type(formula) is FunctionType and not formula.__dict__ and not formula.__defaults__ and not \
            formula.__kwdefaults__:
        return frozenset()
    return frozenset(name for name, one in inspect.signature(formula).parameters.items()
                     if one.default is not one.empty)


def named(names: Sequence[str]) -> tuple[str, ...]:
    """Plugin names as `load` takes them: each once, files by their full path."""
    return tuple(dict.fromkeys(str(Path(n).resolve()) if n.endswith(".py") else n for n in names))


def check_alike(families: Mapping[str, str]) -> None:
    """Refuse two families, by name the module of each, that papers cannot tell apart."""
    spelt: dict[str, str] = {}
    for module, name in sorted((module, name) for name, module in families.items()):
        if (other := spelt.setdefault(folded(name), name)) != name:
            raise PluginError(f"two families are called alike: '{other}' of {families[other]} and '{name}' of {module}",
                              families[other], module)


def check_endings(formats: Mapping[str, Any], modules: Mapping[str, str]) -> None:
    """Refuse two formats of files that end alike."""
    of_suffix: dict[str, str] = {}
    for name, suffix in ((name, suffix) for name, form in formats.items() for suffix in form.suffixes):
        if (before := of_suffix.setdefault(suffix, name)) != name:
            first, second = modules[f"format {before}"], modules[f"format {name}"]
            raise PluginError(f"two formats are of files that end in '{suffix}': '{before}' of {first} and '{name}' of "
                              f"{second}", first, second)
