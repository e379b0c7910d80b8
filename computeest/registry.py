"""Every method, rule and family that plugins bring, validated before any is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import pluggy

from computeest import offers, schema
from computeest.contract import (
    RESTS_ON,
    Alias,
    Check,
    Consequence,
    Default,
    Family,
    Hooks,
    Layout,
    Method,
    NewColumn,
    Reader,
    Rule,
    TableFormat,
    TextCheck,
)
from computeest.offers import (
    GROUP,
    OURS,
    Installed,
    NamedLayout,
    Offers,
    OnAsking,
    asked_module,
    check_hook_names,
    fits,
    imported,
    not_the_engines,
    register,
)
from computeest.offers import PluginError as PluginError  # and of the registry, for those who load it
from computeest.offers import named as named
from computeest.offers import optional as optional
from computeest.offers import parameters as parameters
from computeest.problems import UsageError, fails, note_failure, told
from computeest.text.names import folded
from computeest.text.suggest import did_you_mean


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """What is there to estimate with."""

    methods: Mapping[str, Method]
    rules: tuple[Rule, ...]
    families: Mapping[str, Family]
    checks: tuple[Check, ...]
    #: Named members of families: variant -> (family, its architecture).
    variants: Mapping[str, tuple[str, Mapping[str, Any]]]
    #: Where each method, rule and family is from: name -> module.
    modules: Mapping[str, str]
    #: Distributions that brought plugins, and their versions.
    versions: Mapping[str, str]
    #: Installed plugins that could not be loaded, one sentence each.
    broken: tuple[str, ...] = ()
    #: What libraries call members, by folded name.
    aliases: Mapping[str, tuple[Alias, ...]] = field(default_factory=dict)
    #: The schema's columns and the plugins' own, and what is taken where nobody states one of theirs.
    columns: schema.Columns = schema.OWN
    defaults: Mapping[str, Default] = field(default_factory=dict)
    text_checks: tuple[TextCheck, ...] = ()
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    formats: Mapping[str, TableFormat] = field(default_factory=dict)
    consequences: Mapping[str, Consequence] = field(default_factory=dict)
    readers: Mapping[str, Reader] = field(default_factory=dict)

    def family_of(self, variant: str) -> str:
        """The family that a variant is of."""
        return self.variants[schema.key(variant)][0]

    def fitting(self, headers: Sequence[str]) -> list[str]:
        """The layouts that a table is plainly of."""
        return [name for name, layout in self.layouts.items()
                if fits(layout, headers, self.modules.get(f"layout {name}", "a plugin"))]

    def layout(self, name: str) -> Layout:
        """The layout of tables of that name; UsageError where there is none."""
        if name and name not in self.layouts:
            raise UsageError(f"no preset is called '{name}'; "
                             + (did_you_mean(name, self.layouts) or f"there are {', '.join(self.layouts)}"))
        if not name:
            return Layout()
        module, found = self.modules.get(f"layout {name}", OURS), self.layouts[name]
        return found if module.startswith(OURS) else cast(Layout, NamedLayout(found, module))


def load(extra: tuple[str, ...] = ()) -> Registry:
    """The registry of all installed plugins and of the modules or files named; PluginError says what is wrong.

    From then on their columns are read.
    """
    found = _loaded(extra)
    if not found.methods:
        why = "".join(f"\n  {sentence}" for sentence in found.broken[:3])
        raise PluginError("no plugin with a method loads, so nothing can be estimated; an installation older than the "
                          f"code does this: install computeest again (pip install -e .){why}")
    schema.use(found.columns)
    for sentence in found.broken:
        note_failure(sentence)
    return found


@lru_cache(maxsize=8)
def _loaded(extra: tuple[str, ...]) -> Registry:
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(Hooks)
    points = offers.installed()
    known = offers.recall(points)
    versions, broken = _installed(manager, points, known.modules if known else frozenset())
    asked = [asked_module(name) for name in extra]
    for module in asked:
        register(manager, module, module.__name__)
        versions[module.__name__] = str(getattr(module, "__version__", "unversioned"))
    found = _whole(manager, versions, broken, known, frozenset(module.__name__ for module in asked))
    if known is None and not broken and not extra:
        offers.keep(points, _offers(manager, found))
    return found


def _whole(manager: pluggy.PluginManager, versions: dict[str, str], broken: list[str], known: Offers | None,
           asked: frozenset[str]) -> Registry:
    """What all plugins bring; one that is wrong is left out and named, unless it was asked for or is ours."""
    while True:
        try:
            check_hook_names(manager, [name for name in vars(Hooks) if name.startswith("computeest_")])
            return _collect(manager, versions, tuple(broken), known)
        except PluginError as error:
            at_fault = next((module for module in reversed(error.modules) if _may_be_left_out(module, asked)
                             and manager.get_plugin(module) is not None), None)
            if at_fault is None or asked & set(error.modules):
                raise
            manager.unregister(name=at_fault)
            broken.append(f"the plugin {at_fault} is left out: {error}")


def _may_be_left_out(module: str, asked: frozenset[str]) -> bool:
    return module not in asked and not module.startswith(OURS)


def forget() -> None:
    """Load plugins anew the next time: those of a file may have changed."""
    _loaded.cache_clear()


def _installed(manager: pluggy.PluginManager, points: Sequence[Installed],
               later: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """Registers every installed plugin but those for later, by name; one that does not load is set aside, not fatal."""
    versions, broken = dict[str, str](), list[str]()
    for one in points:
        if one.module not in later:
            try:
                module = one.load()
                register(manager, module, one.module)
            except PluginError as error:
                if not _may_be_left_out(one.module, frozenset()):
                    raise
                broken.append(str(error))
                continue
            except fails() as error:
                broken.append(f"the plugin '{one.name}' of {one.owner} does not load: {told(error)}")
                continue
        versions[one.owner] = one.version
    return versions, broken


def _offers(manager: pluggy.PluginManager, found: Registry) -> Offers:
    """What the next run needs to know of the modules that bring families or aliases and nothing else."""
    hooks = {name: {hook for hook in vars(Hooks) if hasattr(plugin, hook) and hook.startswith("computeest_")}
             for name, plugin in manager.list_name_plugin()}
    families = {name: found.modules[f"family {name}"] for name in found.families}
    families = {name: module for name, module in families.items() if hooks[module] == {"computeest_families"}}
    aliases: dict[str, list[str]] = {}
    for module in sorted(module for module, brought in hooks.items() if brought == {"computeest_aliases"}):
        for name in _alias_names(module):
            aliases.setdefault(name, []).append(module)
    return Offers(families, {variant: family for variant, (family, _) in found.variants.items() if family in families},
                  aliases)


@dataclass(slots=True)
class _Collected:
    """Descriptors by name, with the module each came from."""

    modules: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, name: str, module: str) -> None:
        label = f"{kind} {name}"
        if label in self.modules:
            first, second = sorted((self.modules[label], module))
            raise PluginError(f"two plugins bring a {kind} called '{name}': {first} and {second}", first, second)
        self.modules[label] = module


def _collect(manager: pluggy.PluginManager, versions: dict[str, str], broken: tuple[str, ...],
             known: Offers | None) -> Registry:
    seen = _Collected()
    later = known or Offers({}, {}, {})
    for name, module_name in later.families.items():
        seen.add("family", name, module_name)
    for module_name in {module for modules in later.aliases.values() for module in modules}:
        seen.add("aliases of", module_name, module_name)
    columns, defaults = _columns(manager, seen)
    schema.use(columns)  # what follows may rest on them
    methods: dict[str, Method] = {}
    rules: list[Rule] = []
    families: dict[str, Family] = {}
    checks: list[Check] = []
    aliases: list[tuple[str, Alias]] = []
    for module_name, plugin in sorted(manager.list_name_plugin()):
        for method in _offered(plugin, module_name, "computeest_methods", Method):
            seen.add("method", method.name, module_name)
            _check_method(method, module_name)
            methods[method.name] = method
        for rule in _offered(plugin, module_name, "computeest_rules", Rule):
            _check_formula(rule.name, rule.formula, module_name, rule.target)
            seen.add("rule", rule.name, module_name)
            rules.append(rule)
        for family in _offered(plugin, module_name, "computeest_families", Family):
            seen.add("family", family.name, module_name)
            families[family.name] = family
        for check in _offered(plugin, module_name, "computeest_checks", Check):
            not_the_engines(check.code, module_name)
            seen.add("check", check.code, module_name)
            checks.append(check)
        brought = [(module_name, alias) for alias in _offered(plugin, module_name, "computeest_aliases", Alias)]
        if brought:
            seen.add("aliases of", module_name, module_name)
        aliases += brought
    all_families = OnAsking((*families, *later.families), lambda name: families.get(name) or _family(later, name))
    variants = _variants(families, seen.modules, later.variants)
    all_variants = OnAsking((*variants, *later.variants), lambda key: variants.get(key) or _variant(
        all_families[later.variants[key]], key))
    all_aliases = _aliases(aliases, all_families, all_variants, later)
    texts = _named(manager, seen, "text check", "computeest_text_checks", TextCheck, "code")
    formats = _named(manager, seen, "format", "computeest_formats", TableFormat)
    _check_owners(seen, texts)
    offers.check_endings(formats, seen.modules)
    return Registry(dict(sorted(methods.items())), tuple(rules), all_families, tuple(checks), all_variants,
                    seen.modules, versions, broken, all_aliases, columns, defaults, tuple(texts.values()),
                    _named(manager, seen, "layout", "computeest_layouts", Layout), formats,
                    _consequences(manager, seen),
                    _named(manager, seen, "reader", "computeest_readers", Reader))


def _columns(manager: pluggy.PluginManager, seen: _Collected) -> tuple[schema.Columns, dict[str, Default]]:
    """The schema's columns and those of plugins; a name that is taken is an error."""
    found, columns, defaults = dict(schema.OWN.fields), schema.OWN, dict[str, Default]()
    for module, plugin in sorted(manager.list_name_plugin()):
        for new in _offered(plugin, module, "computeest_columns", NewColumn):
            name = new.field.name
            seen.add("column", name, module)
            if name in schema.OWN.fields:
                raise PluginError(f"{module}: the column '{name}' is one of the schema's own", module)
            try:
                columns = schema.Columns.of((*found.values(), new.field))
            except ValueError as error:
                raise PluginError(f"{module}: the column '{name}': {error}", module) from None
            found[name] = new.field
            if new.default is not None:
                defaults[name] = new.default
    return columns, defaults


def _named(manager: pluggy.PluginManager, seen: _Collected, kind: str, hook: str, of: type[Any],
           key: str = "name") -> dict[str, Any]:
    """What plugins offer of one kind, by name."""
    found = {}
    for module, plugin in sorted(manager.list_name_plugin()):
        for item in _offered(plugin, module, hook, of):
            seen.add(kind, getattr(item, key), module)
            found[getattr(item, key)] = item
    return found


def _consequences(manager: pluggy.PluginManager, seen: _Collected) -> dict[str, Consequence]:
    """What runs have besides FLOP, by name."""
    found: dict[str, Consequence] = _named(manager, seen, "consequence", "computeest_consequences", Consequence)
    for name, one in found.items():
        for formula in one.formulas.values():
            _check_formula(formula.__name__, formula, seen.modules[f"consequence {name}"])
    return found


def _offered(plugin: Any, module: str, hook: str, kind: type) -> Iterable[Any]:
    if module.startswith(OURS):  # held by a test
        return offers.offered(plugin, module, hook, kind)
    from computeest.schema import descriptors  # with the units, which none of ours needs
    return offers.offered(plugin, module, hook, kind, descriptors.wrong)


def _check_method(method: Method, module: str) -> None:
    if method.rests_on not in RESTS_ON:
        raise PluginError(f"{module}: the method '{method.name}' rests on '{method.rests_on}'; it must be one of "
                          f"{', '.join(RESTS_ON)}", module)
    _check_formula(method.name, method.formula, module)


def _check_formula(name: str, formula: Any, module: str, fills: str = "") -> None:
    needed = parameters(formula)
    if any(one not in schema.NUMERIC for one in (*needed, *filter(None, (fills,)))):
        from computeest.schema import descriptors
        raise PluginError(f"{module}: {descriptors.unknown(name, needed, fills)}", module)


def _check_owners(seen: _Collected, texts: Iterable[str]) -> None:
    """Refuse two checks of one code, whatever they read."""
    for code in texts:
        module = seen.modules[f"text check {code}"]
        not_the_engines(code, module)
        other = seen.modules.get(f"check {code}", module)  # one package may say one thing of numbers and of words
        if other.partition(".")[0] != module.partition(".")[0]:
            raise PluginError(f"two checks have the code '{code}', of {other} and of {module}", other, module)


def _family(known: Offers, name: str) -> Family:
    """A family whose module was not imported until now."""
    module = known.families[name]
    brought: Iterable[Family] = _offered(imported(module), module, "computeest_families", Family)
    return next(family for family in brought if family.name == name)


@lru_cache(maxsize=64)
def _alias_names(module: str) -> dict[str, tuple[Alias, ...]]:
    """What a module of aliases that was not imported until now calls members, by folded name."""
    found: dict[str, tuple[Alias, ...]] = {}
    for alias in _offered(imported(module), module, "computeest_aliases", Alias):
        found[folded(alias.name)] = (*found.get(folded(alias.name), ()), alias)
    return found


def _variant(family: Family, key: str) -> tuple[str, Mapping[str, Any]]:
    return family.name, next(one for name, one in family.variants.items() if schema.key(name) == key)


def _variants(families: Mapping[str, Family], modules: Mapping[str, str],
              others: Mapping[str, str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Every named member; a name that two families claim is an error naming both."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    offers.check_alike({label[7:]: module for label, module in modules.items() if label.startswith("family ")})
    for family in families.values():
        for variant, architecture in family.variants.items():
            key = schema.key(variant)
            taken = found[key][0] if key in found else others.get(key, family.name)
            if taken != family.name:
                first, second = modules[f"family {taken}"], modules[f"family {family.name}"]
                raise PluginError(f"two families bring a variant called '{variant}': {first} and {second}",
                                  first, second)
            found[key] = (family.name, architecture)
    for name in families:
        if (taken := found.get(key := schema.key(name), (others.get(key, name), {}))[0]) != name:
            raise PluginError(f"the family '{name}' of {modules[f'family {name}']} has the name of a member of "
                              f"'{taken}', of {modules[f'family {taken}']}", modules[f"family {taken}"],
                              modules[f"family {name}"])
    return found


def _aliases(brought: Iterable[tuple[str, Alias]], families: Mapping[str, Family], variants: Mapping[str, Any],
             known: Offers) -> Mapping[str, tuple[Alias, ...]]:
    """What libraries call members, by folded name; an alias of nothing is an error."""
    found: dict[str, tuple[Alias, ...]] = {}
    for module, alias in brought:
        if not alias.lacking and alias.member not in families and schema.key(alias.member) not in variants:
            raise PluginError(f"{module}: the alias '{alias.name}' is of '{alias.member}', which no family has; "
                              + did_you_mean(alias.member, variants), module)
        key = folded(alias.name)
        found[key] = (*found.get(key, ()), alias)
    return OnAsking((*found, *known.aliases), lambda key: (*found.get(key, ()), *(
        alias for module in known.aliases.get(key, ()) for alias in _alias_names(module).get(key, ()))))


@dataclass(frozen=True, slots=True)
class Reference:
    """A work that a rule, a method or an assumption cites."""

    key: str
    title: str
    url: str


@lru_cache(maxsize=1)
def references() -> Mapping[str, Reference]:
    """The works of references.yaml, by key."""
    from computeest.text import yaml_nodes

    return {key: Reference(key, entry["title"], entry["url"])
            for key, entry in yaml_nodes.of_package("references.yaml").items()}
