"""The one list of constants that decide: where each stands, why it has its value, and what it decides.

A `Limit` is a value at which an answer changes: its probe is asked a little below and a little above it.
An `Amount` is a value that an answer shows: its probe gives it back, and a little less or a little more would not.
Values stand here as numbers, not as names of the code, so that a constant that moves is noticed.
`tests/test_constants.py` makes the cases and holds that no number of the code that decides is missing here.
"""

from __future__ import annotations

from deciding import audit, checks, estimation, facts, records
from deciding.kinds import Amount, Limit

__all__ = ["ELSEWHERE", "HELD", "Amount", "Limit"]

HELD: list[Limit | Amount] = [*estimation.HELD, *facts.HELD, *checks.HELD, *records.HELD, *audit.HELD]

_GUARD = "keeps a logarithm or a division finite; no spread of a fact comes near it"
_STEP = "where an iteration ends or how far it steps: what it finds is the same"
_CACHE = "how much is remembered: nothing that is found depends on it"
_UNIT = "a unit, or how many digits are shown"

#: Numbers that decide nothing that a reader of a record could see, or that another test holds: where, number (None for
#: every one there), and why.
ELSEWHERE: dict[tuple[str, float | None], str] = {
    ("computeest/estimation/combine.py: PREFERRED", 1_000_000): "any number above every reliability",
    ("computeest/estimation/combine.py: _of_several", 1e-6): _GUARD,
    ("computeest/estimation/combine.py: _FEW_ROWS", 64): "which of two ways counts: both find the same",
    ("computeest/estimation/hints.py: _KEPT", 3): "two ways are shown, of which the nearest is among any three",
    ("computeest/estimation/hints.py: _KEPT", 8): "no chain of rules is longer, and the search ends where nothing "
                                                  "changes",
    ("computeest/estimation/prior.py: EPOCH", 2020.0): "where years start: the constant of each fit moves with it",
    ("computeest/estimation/prior.py: _years", 366): _UNIT,
    ("computeest/estimation/prior.py: _years", 65_536): _CACHE,
    ("computeest/estimation/evaluate.py: LN10", 10.0): "a unit: the natural logarithm of a power of ten",
    ("computeest/estimation/evaluate.py: _NUDGE", 1e-5): _STEP,
    ("computeest/estimation/evaluate.py: _groups", None): "columns as bits of bytes: the groups are the same",
    ("computeest/estimation/evaluate.py: monomial", None):
        "where a formula is tried, to see whether it is a product of powers",
    ("computeest/estimation/monte_carlo.py: sampled", None): "a median and the ends of 90 %: tests/test_sampling.py",
    ("computeest/estimation/plan.py: _LEAST", 1e-9): "any number above nothing: tests/test_plan.py",
    ("computeest/estimation/plan.py: _chosen", 1e-12): _GUARD,
    ("computeest/estimation/plan.py: _cost", 0.5):
        "any number between nothing and one puts a rule before the usual one that it goes beyond: tests/test_truth.py",
    ("computeest/records/checks.py: LEFT_OUT", 3.0): "how wide a count is that leaves a practice out: "
        "tests/test_training.py",
    ("computeest/estimation/plan.py: parameters_of", 1024): _CACHE,
    ("computeest/estimation/plan.py: needed_by", 1024): _CACHE,
    ("computeest/estimation/readings.py: _routes", 1024): _CACHE,
    ("computeest/estimation/margins.py: _places", 64): _CACHE,
    ("computeest/estimation/options.py: assumptions_of", 8): _CACHE,
    ("computeest/estimation/hints.py: _needed_by", 4096): _CACHE,
    ("computeest/estimation/hints.py: _words", 65_536): _CACHE,
    ("plugins/rules/practice.py: critic_of_generated", 3): "one pass forward and two backward: tests/test_training.py",
    ("computeest/estimation/results.py: mean_of", 1e-6): _GUARD,
    ("computeest/records/check_columns.py: decimal_year", 65_536): _CACHE,
    ("computeest/records/check_columns.py: needed", 1024): _CACHE,
    ("computeest/records/check_columns.py: _by_place", 1024): _CACHE,
    ("computeest/records/check_columns.py: _can_be_asked", 1024): _CACHE,
    ("computeest/records/check_columns.py: _askable", 512): _CACHE,
    ("computeest/records/check_columns.py: _ours", 1024): _CACHE,
    ("computeest/records/checks.py: _timed", 8): _CACHE,
    ("computeest/records/derivation.py: _pieces", 1024): _CACHE,
    ("computeest/records/checks.py: _of_quotes", 8): _CACHE,
    ("computeest/records/columns.py: RECORD", None): _UNIT,
    ("computeest/records/checks.py: _UNIT_FACTORS", None): "seconds of a day, joules of a MWh: tests/test_truth.py",
    ("plugins/checks/plausibility.py: _HOUR", 3600.0): _UNIT,
    ("plugins/checks/plausibility.py: computeest_checks", 1000.0): "a unit: M for B, tests/test_doubts.py",
    ("plugins/checks/plausibility.py: computeest_checks", 1e6): "a unit: millions of hours, tests/test_messy_tables.py",
    ("computeest/audit/audit.py: _LEAST_SURE", 0.05): "a product of doubts: tests/test_audit.py",
    ("computeest/audit/audit.py: _MOST_PASSES", 0.15): "what is left of a finding: tests/test_audit.py",
    ("plugins/checks/misreadings.py: _OF_ONE", 1e6): "examples that one of them lacks, tests/test_doubts.py",
    ("plugins/checks/misreadings.py: _OF_COUNTS", 10): "a part of an epoch, tests/test_doubts.py",
    ("computeest/estimation/readings.py: _MOST_SEQUENCES", None): "as in batch-of-tokens, tests/test_doubts.py",
    ("plugins/checks/missing_units.py: computeest_checks", None): "units: k, M, B or T, tests/test_truth.py",
    ("computeest/records/columns.py: _years", 4): _UNIT,
    ("computeest/records/formats.py: _yaml", 120): "the width of a line",
    ("computeest/records/thresholds.py: probability", 1e-9): _GUARD,
    ("computeest/records/thresholds.py: _sentence", 0.5): "about it both sentences are true: tests/test_truth.py",
    ("computeest/records/thresholds.py: in_words", 0.5): "about it both ways to write a probability are the same",
    ("computeest/records/wording.py: _COUNTS", None): _UNIT,
    ("computeest/records/wording.py: _RATES", None): _UNIT,
    ("computeest/records/wording.py: _TIMES", None): _UNIT,
    ("computeest/records/wording.py: amount", 3600): _UNIT,
    ("computeest/tables/diff.py: _shown", 60): "the width of a line",
    ("computeest/questions/known_models.py: _count", None): _UNIT,
    ("computeest/questions/sensitivity.py: start", 0.5): _STEP,
    ("computeest/questions/sensitivity.py: _NUDGE", 1e-3): _STEP,
    ("computeest/questions/sensitivity.py: _ROUNDS", 20): _STEP,
    ("computeest/questions/sensitivity.py: influences", 1e-300): _GUARD,
    ("computeest/questions/sensitivity.py: _enabled", None): _STEP,
    ("computeest/questions/solve.py: _CLOSE", 1e-9): _STEP,
    ("computeest/questions/solve.py: _ROUNDS", 60): _STEP,
    ("computeest/questions/solve.py: _start", 0.5): _STEP,
    ("computeest/questions/solve.py: _split", 1e-6): _GUARD,
    ("computeest/questions/solve.py: _combined", None): "one over the root of a sum: tests/test_solve.py; and a guard",
    ("computeest/questions/solve.py: _root", None): _STEP,
    ("computeest/audit/against_note.py: _short", None): "the width of a line",
    ("computeest/audit/arithmetic.py: close", 1e-9): _GUARD,
    ("computeest/hardware/peak.py: _single_note", 1e12): _UNIT,
    ("plugins/layouts/epoch.py: _FITS", 7): "how many usual headers suggest a layout, which a person then asks for",
    ("plugins/layouts/epoch.py: _of_time", 3600): _UNIT,
    ("computeest/facts/experts_said.py: _kind", 4096): _CACHE,
    ("computeest/facts/experts_said.py: _LONGEST", 60): "longer cells say something else: tests/test_experts_said.py",
    ("computeest/facts/network_defaults.py: WORTH_NAMING", 0.01): "what is named: it brings nothing to a spread",
    ("computeest/facts/network_defaults.py: _MOST_SPREADS", 5_000): _CACHE,
    ("computeest/facts/network_defaults.py: shapeless", 4): "how many members a message names",
    ("computeest/facts/network_defaults.py: _slopes", 0.5): _STEP,
    ("computeest/text/quotes.py: LONGEST", 5000): "no note says what it means by a number later",
    ("computeest/text/quotes.py: counted", 16_384): _CACHE,
    ("computeest/text/quotes.py: active_parameters", 16_384): _CACHE,
    **{(f"computeest/text/quotes.py: {name}", 16_384): _CACHE
       for name in ("each_of", "trained_on", "gpu_hours", "passes")},
    ("computeest/text/quotes.py: active_parameters", 100): _UNIT,
    ("computeest/text/quotes.py: gpu_hours", 6): "digits below which two numbers of hours are the same",
    ("plugins/layouts/epoch.py: _of_no_time", 3600): _UNIT,
    ("computeest/facts/chip_lookup.py: _hours_used", 3600): _UNIT,
    ("computeest/facts/chip_lookup.py: _MOST_REMEMBERED", 65_536): _CACHE,
    ("computeest/facts/chip_lookup.py: _one_object", 65_536): _CACHE,
    ("computeest/facts/chip_lookup.py: _is_device", 4): "a Cloud TPU device is four chips: tests/test_chips.py",
    ("computeest/facts/chip_lookup.py: _count", 1e-9): _GUARD,
    ("computeest/facts/network_lookup.py: FITTING", 0.1): "what fits a stated size: tests/test_network_defaults.py",
    ("computeest/facts/network_lookup.py: _OTHER_MEMBER", 1.5): "as in network-contradicted, tests/test_doubts.py",
    ("computeest/facts/network_lookup.py: _MOST_KNOWN", 20_000): _CACHE,
    ("computeest/facts/network_lookup.py: _LONGEST_KNOWN", 4_000): _CACHE,
}
