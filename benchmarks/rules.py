"""What each special rule does on rows with known answers: the table of docs/reconcile.md.

    python benchmarks/rules.py [--write]

The rows are those of tests/golden/epoch_2025.csv, in Epoch AI's layout. A rule that is in force is switched off, one
that went is switched on, each by itself, and the row's number with the rule is held against that without: a rule fires
where the two differ, and is better or worse where it is nearer to, or further from, what was published. p is that of a
one-sided sign test, ties left out; `folds` says in how many of ten nine-tenths of the rows it is below .05. A rule that
changes numbers stays if it reads something literal, or fires on eight rows or more with p < .05.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from gold import Rows, frozen, joined
from margins import folds

from computeest import pipeline
from computeest.estimation import assumptions, base_models, combine, options
from computeest.estimation.base_models import Lineage
from computeest.facts import model_lookup
from computeest_plugins.layouts import epoch

PAGE = Path(__file__).parents[1] / "docs" / "reconcile.md"
BEGIN, END = "<!-- rules: written by python benchmarks/rules.py --write -->\n", "<!-- end -->"
FEWEST, SURE = 8, 0.05


@dataclass(frozen=True)
class Special:
    """One rule: what it does, why, and how the other state of it comes about."""

    says: str
    why: str
    #: literal, refusal, or empty: what decides whether it stays besides its record.
    kind: str
    #: Patches that switch it off where it is in force, on where it is not: object, name, what stands there instead.
    patches: Callable[[], list[tuple[Any, str, Any]]]
    in_force: bool = True


def _defaults(column: str, change: Callable[[Any], Any]) -> list[tuple[Any, str, Any]]:
    """Another default for a column."""
    found = dict(assumptions.defaults())
    found[column] = change(found[column])
    return [(assumptions, "defaults", lambda: found)]


def _case(column: str, why: str, **values: Any) -> Callable[[], list[tuple[Any, str, Any]]]:
    """The case of a default whose reason begins so, with other values; without values, left out."""
    def changed(default: Any) -> Any:
        cases = tuple(dataclasses.replace(case, **values) if case.why.startswith(why) else case
                      for case in default.cases if values or not case.why.startswith(why))
        assert cases != default.cases, why
        return dataclasses.replace(default, cases=cases)
    return lambda: _defaults(column, changed)


def _epochs(change: Callable[[Any], None]) -> Callable[[], list[tuple[Any, str, Any]]]:
    return lambda: [(epoch, "_undecided_epochs", change)]


def _unfinished_as_one(spec: Any) -> None:
    epochs = spec.column("epochs")
    spec.numbers["epochs"] = np.where(epochs < 1, 1.0, epochs)


def _impossible_dropped(spec: Any) -> None:
    with np.errstate(invalid="ignore"):
        beyond = spec.column("tokens") * spec.column("epochs") > epoch._MOST_TOKENS
    spec.numbers["epochs"] = np.where(beyond, np.nan, spec.column("epochs"))


def _experts(least: float, since: int, active: Callable[[Any], Any]) -> Callable[[], list[tuple[Any, str, Any]]]:
    def fill(spec: Any, years: Any) -> None:
        parameters = spec.column("parameters")
        with np.errstate(invalid="ignore"):
            large = (parameters > least) & (years >= since)
        spec.fill("active_share", active(parameters) / parameters, large)
    return lambda: [(epoch, "_experts_or_dense", fill)]


def _half_way(self: Any, fact: Any) -> Any:
    desktop = any(word in fact.name for word in ("GeForce", "TITAN", "Quadro", "RTX"))
    return dataclasses.replace(fact, peak=fact.peak / fact.format_gap**0.5) if desktop and fact.format_gap > 1 else fact


def _no_base(spec: Any, reconciled: Any, ancestors: Any) -> Lineage:
    return Lineage(np.full(len(reconciled.flop), np.nan))


RULES = (
    Special("a base model's compute is added", "the published figure includes it in 62 of 77 rows that name one",
            "", lambda: [(base_models, "find", _no_base)]),
    Special("base models that no row knows are looked up in the bundled table", "facts with sources", "literal",
            lambda: [(pipeline, "bundled", lambda names: {})]),
    Special("an unknown base model is scaled from another size of its series", "a series sees about the same data",
            "", lambda: [(pipeline, "bundled", lambda names: {}),
                           (base_models._Bases, "_sibling", lambda self, own, name, ancestors: np.nan)]),
    Special("methods within 3x are averaged, not the leading one alone taken", "analysts take the geometric mean",
            "", lambda: [(combine, "APART", 1.0)]),
    Special("active parameters in a name: 30B-A3B", "the name says them", "literal",
            lambda: [(epoch, "_named_active", lambda spec: np.full(spec.size, np.nan))]),
    Special("0.28 of the parameters of names such as 8x7B", "the name says a mixture", "literal",
            _case("active_share", "A name such as")),
    Special("0.12 of the parameters where the name says mixture of experts", "the name says a mixture",
            "literal", _case("active_share", "The name says")),
    Special("active parameters of known mixtures from the bundled table", "facts with sources", "literal",
            lambda: [(model_lookup, "fill", lambda spec: None)]),
    Special("data points of several domains are tokens from 1e10 on", "nobody has so many pairs", "",
            lambda: [(epoch, "_TOKENS_FROM", np.inf)]),
    Special("labelled data sets below 1e9 are not counted as tokens", "their tasks learn from labelled examples",
            "refusal", lambda: [(epoch, "_LABELLED_UP_TO", 0.0)]),
    Special("parameters above 1.2e9 before 2012 are refused", "entries of n-gram tables", "refusal",
            lambda: [(epoch, "_refuse_tables", lambda spec, years: None)]),
    Special("40 passes over less than 1e9 tokens", "small corpora are repeated", "",
            _case("epochs", "One pass, unless the paper says more; but a corpus of less than a billion", value=40.0),
            in_force=False),
    Special("25 passes before GPT-3", "BERT 40, RoBERTa and ELECTRA more", "",
            _case("epochs", "One pass, unless the paper says more; but before GPT-3", value=25.0), in_force=False),
    Special("0.4 of a corpus above 4e11 tokens before Chinchilla", "Kaplan et al.'s advice", "",
            _case("epochs", "One pass or a part of one", value=0.4), in_force=False),
    Special("passes below one count as one", "the unique points of an unfinished epoch are those read", "",
            _epochs(_unfinished_as_one), in_force=False),
    Special("passes that make more than 1e14 tokens count as one", "nobody read so many", "",
            _epochs(_impossible_dropped), in_force=False),
    Special("36e9 active parameters above 1e11 since 2025", "most such models are mixtures", "",
            _experts(1e11, 2025, lambda parameters: np.full(len(parameters), 36e9)), in_force=False),
    Special("8 % active above 6e11 parameters", "no dense model is larger", "",
            _experts(6e11, 0, lambda parameters: 0.08 * parameters), in_force=False),
    Special("0.75 of a stated utilization, averaged over all hours", "restarts, stalls, evaluation", "",
            _case("goodput", "The analysts take", value=0.75), in_force=False),
    Special("desktop cards half way (in log) to single precision", "small groups use the default precision", "",
            lambda: [(epoch.EpochLayout, "chip", _half_way)], in_force=False),
)


@contextmanager
def _patched(patches: list[tuple[Any, str, Any]]) -> Iterator[None]:
    def forget() -> None:
        for remembered in (pipeline._planner, options.assumptions_of):
            remembered.cache_clear()

    forget()
    with ExitStack() as stack:
        for place, name, value in patches:
            stack.enter_context(patch.object(place, name, value))
        yield
    forget()


def sign_test(better: int, worse: int) -> float:
    """The chance of so many better ones or more where either is as likely."""
    count = better + worse
    return sum(comb(count, k) for k in range(better, count + 1)) / 2**count


@dataclass(frozen=True)
class Record:
    """What a rule did: rows changed, nearer, further, estimated only with it or only without it and how near."""

    fires: int
    better: int
    worse: int
    only_with: pd.Series[float]
    only_without: pd.Series[float]
    folds: int

    @property
    def chance(self) -> float:
        """The p of the sign test."""
        return sign_test(self.better, self.worse)


def record(with_it: pd.Series[float], without: pd.Series[float], truth: pd.Series[float]) -> Record:
    """What a rule did on rows estimated with it and without it."""
    far, away = (np.log(flop / truth).abs() for flop in (with_it, without))
    same = np.isclose(with_it.fillna(-1.0), without.fillna(-1.0), rtol=1e-6)
    better, worse = ~same & (far < away - 1e-9), ~same & (far > away + 1e-9)
    held = sum(sign_test(int(better[~here].sum()), int(worse[~here].sum())) < SURE for here in folds(len(truth)))
    return Record(int((~same).sum()), int(better.sum()), int(worse.sum()), far[without.isna() & with_it.notna()],
                  away[with_it.isna() & without.notna()], held)


def measured(rows: Rows) -> Iterator[tuple[Special, Record]]:
    """Each rule's record."""
    now = joined(rows, {})["flop"]
    for rule in RULES:
        with _patched(rule.patches()):
            other = joined(rows, {})["flop"]
        yield rule, record(now, other, rows.truth) if rule.in_force else record(other, now, rows.truth)
    yield from _precedences(rows)


def _precedences(rows: Rows) -> Iterator[tuple[Special, Record]]:
    """The rules that once let a count yield to accelerator time: on which rows, by what stands beside the answer."""
    found = joined(rows, {})
    counted, hardware = found["flop_by_operation_counting"], found["flop_by_gpu_time"]
    apart = np.log(counted / hardware).abs() > np.log(combine.APART)
    for says, why, where in (
            ("a count above what the chips can do yields to their time", "one of the two is wrong",
             found["utilization_implied"] > 1),
            ("a count more than 3x from accelerator time yields to it", "tokens seen are mostly inferred", apart)):
        other = found["flop"].where(~where, found["flop"] / counted * hardware)
        yield Special(says, why, "", list, in_force=False), record(other, found["flop"], rows.truth)


def table(rows: Rows) -> str:
    """The records as a table of Markdown."""
    lines = ["| rule | reason | fires | better | worse | p | folds | |", "| --- " * 8 + "|"]
    for rule, found in measured(rows):
        supported = found.fires >= FEWEST and found.chance < SURE
        stays = "stays: it reads what is stated" if rule.kind == "literal" else "stays" if supported else ""
        verdict = _refused(found) if rule.kind == "refusal" else stays
        if not rule.in_force:
            verdict = "went, and might come back" if supported else "went"
        elif not verdict:
            verdict = "stays for the rows that only it estimates" if len(found.only_with) else "not supported"
        near = int((found.only_with < np.log(3)).sum())
        more = len(found.only_with)
        alone = f"; {more} more rows estimated, {near} of them within 3x" if more else ""
        chance = f"{found.chance:.2g}" if found.better + found.worse else ""
        lines.append(f"| {rule.says} | {rule.why} | {found.fires} | {found.better} | {found.worse} | {chance} | "
                     f"{found.folds} | {verdict}{alone} |")
    return "\n".join(lines) + "\n"


def _refused(found: Record) -> str:
    off = np.exp(found.only_without)
    return f"stays, a refusal: {len(off)} rows would be off by {off.min():.2g}x to {off.max():.2g}x" if len(off) else \
        "stays, a refusal"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    made = table(frozen())
    if parser.parse_args().write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(before + BEGIN + made + END + rest.partition(END)[2], "utf-8")
    else:
        print(made)


if __name__ == "__main__":
    main()
