"""When a published figure is doubted, how sure a finding is, and when arithmetic in a note counts."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

from computeest import estimate
from computeest.audit import against_note
from computeest.audit.arithmetic import close, products
from computeest.audit.audit import Finding, audit
from computeest.pipeline import Options
from computeest.problems import InputError
from computeest.problems.audits import PUBLISHED_NOT_READ
from computeest.text.numbers import NINETY
from deciding.kinds import Amount, Limit

AUDIT, ASKED, NOTE, ARITHMETIC = (f"computeest/audit/{name}.py"
                                  for name in ("audit", "asked", "against_note", "arithmetic"))
#: 8 chips of 100 TFLOP/s for 1e6 s can do 8e20 FLOP.
CHIPS = {"chips": "8", "time": "1e6 s", "peak": "100 TFLOP/s", "utilization": "0.4"}
COUNTED = {"parameters": "1e9", "tokens_seen": "1e10"}


def found(published: float, note: str = "", **facts: str) -> dict[str, Finding]:
    """The findings on one row, by code."""
    row = {**facts, "published FLOP": f"{published:.12g}", "note": note}
    table = pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})
    return {finding.code: finding for finding in audit(table, "published FLOP", "note").findings}


def sure(code: str, published: float, note: str = "", **facts: str) -> float:
    """How sure a finding is; NaN where there is none."""
    finding = found(published, note, **facts).get(code)
    return math.nan if finding is None else finding.certainty


def used(code: str, utilization: float) -> Finding | None:
    """What is said of a published figure that the chips would be so busy with."""
    return found(8e20 * utilization, **CHIPS).get(code)


def remarks(note: str, published: float, base: float = 0.0) -> dict[str, against_note.Remark]:
    """What a note's arithmetic says against a figure."""
    return {remark.code: remark for remark in against_note.read(note, published, base).remarks}


def slip(factor: float, published: float = 1e30, how: str = "6 * 1e9 * 1e10", value: float = 6e19) -> Any:
    """What is said of a note whose stated result is so many times what its arithmetic gives."""
    return remarks(f"{how} = {value * factor:.12g} FLOP", published).get("note-slip")


def outside(sigmas: float) -> float:
    """How sure it is that a figure is wrong that is so many spreads above the estimate of 6e19."""
    record = estimate(COUNTED)
    spread = math.log(record["flop_high"] / record["flop"]) / NINETY
    return sure("outside-interval", 6e19 * math.exp(sigmas * spread), **COUNTED)


def of_base(published: float, note: str = "") -> dict[str, Finding]:
    """Findings on a run of 6e19 that starts from a model of 1e22."""
    return found(published, note, **COUNTED, base_model="A", base_compute="1e22")


def total(parts: tuple[str, ...], said: str, words: int = 0) -> bool:
    """Whether a total is taken for the sum of the figures before it."""
    between = " of all" * (words // 2) + " it" * (words % 2)
    note = "; ".join(f"{part} FLOP" for part in parts) + f". Total{between} {said}"
    return any(product.kind == "sum" for product in products(note))


def mean(figures: int) -> bool:
    """Whether a geometric mean is taken for that of all the figures before it, each twice the one before."""
    parts = [1e20 * 2.0**place for place in range(figures)]
    said = math.exp(sum(map(math.log, parts)) / figures)
    note = "; ".join(f"{part:.4g} FLOP" for part in parts) + f". Geometric mean {said:.4g}"
    return any(product.kind == "mean" and close(product.value, said) for product in products(note))


def unread() -> Finding:
    """What is said of a published figure that is no number."""
    table = pa.table({"parameters": ["1e9"], "tokens_seen": ["1e10"], "published FLOP": ["a lot"]})
    return next(finding for finding in audit(table, "published FLOP", "").findings
                if finding.code == PUBLISHED_NOT_READ.name)


def apart(agreement: float, published: float = 6e19) -> bool:
    """Whether it is a finding that 6e19 were counted and the chips would have done so many times more."""
    return "methods-disagree" in found(published, **COUNTED, **{**CHIPS, "time": f"{187_500 * agreement:.12g} s"})


def refused(figure: float) -> bool:
    """Whether a column of such figures is refused for want of a unit."""
    table = pa.table({"parameters": ["1e9"], "tokens_seen": ["1e10"], "published": [f"{figure:.12g}"]})
    try:
        audit(table, "published")
    except InputError:
        return True
    return False


def before_computers(year: float) -> bool:
    """Whether 40 FLOP are a figure to correct, of a machine of the middle of that year."""
    return "published-not-read" in found(40, publication_date=f"{year:.0f}")


def in_single_precision(utilization: float) -> float:
    """How sure a figure is wrong that an A100's single precision would be used so many times for."""
    return sure("published-utilization-above-one", 19.5e12 * 1e6 * utilization, chip="A100 SXM 80GB", chips="1",
                time="1e6 s", number_format="fp32")


def of_two_sizes(times: float) -> float:
    """How sure a size is wrong of which the note beside it says so many times more tokens."""
    names = ("Model", "Domain", "Parameters", "Training dataset size (datapoints)", "Dataset size notes", "FLOP")
    row = ("M", "Language", "1e9", "1e10", f"trained on {times * 10:.12g}B tokens", "6e20")
    table = pa.table({name: pa.array([cell]) for name, cell in zip(names, row, strict=True)})
    said = {one.code: one.certainty for one in audit(table, "FLOP", "", Options.of(preset="epoch")).findings}
    return said["size-and-note"]


def cut_off(notes: float) -> bool:
    """Whether arithmetic against a figure is not believed where so many notes end after as many characters."""
    table = pa.table({"FLOP": ["6e21"] * round(notes), "note": ["6 * 1e9 * 1e10 FLOP. Further"] * round(notes)})
    return not audit(table, "FLOP", "note").findings


HELD: list[Limit | Amount] = [
    Limit(f"{AUDIT}: _SLOW", 30, apart, False, True, "code that uses a hundredth of its chips is slow, and no slip"),
    Limit(f"{AUDIT}: _SLOW", 1.5, lambda x: apart(10, 6e19 / x), False, True,
          "a figure that differs from what is counted has another source"),
    Limit(f"{ASKED}: _FLOP_FROM", 1e12, refused, True, False,
          "no table of training compute has so little in its middle, but one of petaflop/s-days"),
    Limit(f"{AUDIT}: _BEFORE_COMPUTERS", 1960, before_computers, False, True,
          "machines of relays learned with tens of operations, those of transistors do more in a second"),
    Limit(f"{AUDIT}: _utilization", 1, lambda x: used("published-utilization-above-one", x) is not None, False, True,
          "more than the chips can do is impossible"),
    Limit(f"{AUDIT}: _BEST_RUN", 0.75, lambda x: used("published-utilization-high", x) is not None, False, True,
          "no published run achieved more over all its time"),
    Limit(f"{AUDIT}: _BEST_RUN", 0.01, lambda x: used("published-utilization-low", x) is not None, True, False,
          "few runs that were published for themselves used less"),
    *(Amount(f"{AUDIT}: _utilization", value, lambda c=code, u=utilization: used(c, u).certainty,
           # type: ignore[union-attr]
             "how often such a figure had to be corrected")
      for code, utilization, value in (("published-utilization-above-one", 1.5, 0.85),
                                       ("published-utilization-high", 0.9, 0.5),
                                       ("published-utilization-low", 0.001, 0.35))),
    *(Amount(f"{AUDIT}: _utilization", value, show, "what is usual, to say how large the difference is")
      for value, show in (
          (0.5, lambda: 1.5 / used("published-utilization-above-one", 1.5).factor),  # type: ignore[union-attr]
          (0.4, lambda: 0.9 / used("published-utilization-high", 0.9).factor),  # type: ignore[union-attr]
          (0.2, lambda: 0.001 * used("published-utilization-low", 0.001).factor))),  # type: ignore[union-attr]
    Limit(f"{AUDIT}: _implied", 4e22,
          lambda x: "published-utilization-above-one" in found(x, **CHIPS, base_model="A", base_compute="2e22"),
          False, True, "where most of a figure is the base model's, what is left says little of the run", (0.5,)),
    Limit(f"{AUDIT}: _interval", 9e21, lambda x: "base-left-out" in found(
        x, parameters="1e9", tokens_seen="1e14", base_model="A", base_compute="1e22"), True, False,
          "a figure that holds the base model is no smaller than it, rounding apart", (0.9,)),
    Amount(f"{AUDIT}: _interval", 0.35, lambda: of_base(6e19)["base-left-out"].certainty,
           "many databases count fine-tuning alone"),
    Amount(f"{AUDIT}: _interval", 0.1, lambda: of_base(6e19, "1e19 + 5e19 = 6e19 FLOP")[
        "base-left-out"].certainty,
           "a note that adds figures up may have added another value for the base model"),
    Limit(f"{AUDIT}: _interval", NINETY, lambda x: math.isnan(outside(x)), True, False,
          "the 90 % interval's end", (1,)),
    Amount(f"{AUDIT}: _interval", 0.2 + 0.1 * (3 - 1.6), lambda: outside(3), "0.2 at the end of the interval, "
           "and a tenth more for each spread beyond", (0.2, 0.1, 1.6), 0.02),
    Amount(f"{AUDIT}: _interval", 0.2 + 0.1 * (5 - 1.6), lambda: outside(5), "likewise", (0.2, 0.1, 1.6), 0.015),
    Amount(f"{AUDIT}: _interval", 0.6, lambda: outside(40), "the facts may be the ones that are wrong"),
    Amount(f"{AUDIT}: _EXPLAINED", 0.4, lambda: sure(
        "outside-interval", 6e25, "2 * 3e25 = 6e25 FLOP", **COUNTED) / 0.6,
           "a figure that its note gives is seldom the one that is wrong", by=0.03),
    Amount(f"{AUDIT}: _FACTS_DOUBTED", 0.5, lambda: sure(
        "outside-interval", 6e25, **COUNTED, trainable_parameters="2e9") / 0.6,
           "an error says that the facts themselves cannot be"),
    Amount(f"{AUDIT}: _OF_LEVEL", 0.5, lambda: sure("more-trained-than-all", 6e19, **COUNTED,
           trainable_parameters="2e9"), "an error of a check contradicts itself"),
    Amount(f"{AUDIT}: _OF_LEVEL", 0.15, lambda: sure("samples-for-tokens", 6e17, parameters="1e9", tokens_seen="1e7"),
           "a warning of a check is worth a look"),
    Limit(f"{AUDIT}: _MOST_PASSES", 1000.0, lambda x: sure(
        "outside-interval", 3e20 * x, parameters="5e8", tokens="1e11") > 0.2, False, True,
          "nobody reads a corpus more often"),
    Limit(f"{AUDIT}: _FEW_TOKENS", 10.0, lambda x: sure(
        "outside-interval", 6e20 * x * 2000, parameters="1e10", tokens=f"{x * 1e10:.12g}") > 0.2, False, True,
          "what is counted in sentences looks like so few tokens"),
    Limit(f"{AUDIT}: _OF_A_SENTENCE", 512.0, lambda x: sure(
        "outside-interval", 3e19 * x * 1000, parameters="5e9", tokens="1e9") > 0.2, False, True,
          "the longest sequences of BERT"),
    Limit(f"{AUDIT}: _A_PART", 0.2, lambda x: sure(
        "outside-interval", 3e20 * x, parameters="5e8", tokens="1e11") > 0.3, True, False,
          "PanGu-alpha read a fifth of its corpus"),
    Amount(f"{AUDIT}: _OF_ERROR", 5.0, lambda: found(6e19, **COUNTED, trainable_parameters="2e9")[
        "more-trained-than-all"].factor, "what cannot be comes before what may be"),
    Limit(f"{AUDIT}: _CONTRADICTS", 1.2, lambda x: sure(
        "accelerator-time-mismatch", 3e20, **CHIPS, chip_time=f"{8e6 / 3600 * x:.12g} GPU-hours") == 0.5, False, True,
          "two statements that differ by no more are said to agree", (1.0,)),
    Limit(f"{AUDIT}: _CONTRADICTS", 30.0, lambda x: of_two_sizes(x) > 0.3, False, True,
          "a corpus may have been read as often as that, and the note says the tokens seen"),
    Limit(f"{ASKED}: _CUT_OFF_ALIKE", 2.5, cut_off, False, True,
          "two notes may be of one length by chance, or be the same", (3,), 0.5 / 2.5),
    Amount(f"{AUDIT}: _TF32", 0.2, lambda: in_single_precision(2), "chips that have TensorFloat-32 mostly used it"),
    Limit(f"{AUDIT}: _TF32", 8.0, lambda x: in_single_precision(x) > 0.5, False, True,
          "TensorFloat-32 is eight times single precision"),
    Amount(f"{AUDIT}: _SIZED_BY", 0.5, lambda: 2.0 / found(
        1.6e21, parameters="1e9", tokens_seen=f"{1.6e21 / 6e9:.12g}", **{**CHIPS, "utilization": ""})[
            "utilization-above-one"].factor, "what is usual, to say how large the difference is"),
    Amount(f"{AUDIT}: _of_checks", 1.5, lambda: found(6e17, parameters="1e9", tokens_seen="1e7")[
        "samples-for-tokens"].factor, "a check that has no size of its own"),
    Amount(f"{AUDIT}: _LARGEST", math.log10(1000.0) * 0.6, lambda: found(6e28, **COUNTED)["outside-interval"].rank,
           "beyond a thousand a difference is a slip, not larger", (1000.0,)),
    Amount(f"{AUDIT}: rank", math.log10(1.05), lambda: Finding(1, "", "", 1.0, 1.01, "", 1, 1, 1, 1, None).rank,
           "what differs by less still counts for its certainty", (1.05,)),
    Limit(f"{NOTE}: _ROUNDING", 1.05, lambda x: slip(x) is not None, False, True, "less is rounded", by=0.002),
    Limit(f"{NOTE}: _ROUNDING", 300.0, lambda x: slip(x) is not None, True, False, "more is not understood"),
    Limit(f"{NOTE}: _GIVES", 1.1, lambda x: "note-against-published" in remarks("6 * 1e9 * 1e10 FLOP", 6e19 * x),
          False, True, "published figures are rounded to two digits", (0.1,), 0.005),
    Limit(f"{NOTE}: _QUOTES", 0.97, lambda x: "note-against-published" in remarks(
        f"6 * 1e9 * 1e10 FLOP; the authors say {2e20 * x:.12g} FLOP", 2e20), True, False,
        "a figure that the note quotes is where the published one is from", (0.03,), 0.002),
    Amount(f"{NOTE}: _sure", 0.25, lambda: slip(20, how="6e29 / 1e9 * 0.1", value=6e19).certainty,
           "'a/b*c' may have been meant as a/(b*c)"),
    Limit(f"{NOTE}: _sure", 10, lambda x: slip(x, how="6e29 / 1e9 * 0.1", value=6e19).certainty, 0.75, 0.25,
          "the other reading is far off"),
    Limit(f"{NOTE}: _sure", 1.2, lambda x: slip(x).certainty, 0.5, 0.75, "small slips may be meant"),
    Amount(f"{NOTE}: _sure", 0.5, lambda: slip(1.1).certainty, "likewise"),
    Amount(f"{NOTE}: _sure", 0.9, lambda: slip(3, published=1.8e20).certainty, "the slip was published"),
    Amount(f"{NOTE}: _sure", 0.75, lambda: slip(3).certainty, "the slip may have been seen"),
    Amount(f"{NOTE}: _against", 0.7, lambda: remarks("6 * 1e9 * 1e10 FLOP", 6e21)["note-against-published"].certainty,
           "a note of one estimate"),
    Amount(f"{NOTE}: _against", 0.45, lambda: remarks("6 * 1e9 * 1e10 FLOP or 6 * 1e9 * 3e10 FLOP", 6e21)[
        "note-against-published"].certainty, "a note of several estimates may choose or mix them in words"),
    Limit(f"{ARITHMETIC}: LONGEST", 50_000, lambda x: bool(products(" " * round(x) + "6 * 1e9 * 1e10")), True, False,
          "the longest of a database of 3,000 notes has 12,000 characters"),
    Limit(f"{ARITHMETIC}: MOST_TOKENS", 6_000, lambda x: bool(products("a " * round(x) + "6 * 1e9 * 1e10")),
          True, False, "the notes of that database have 420 words, numbers and signs at most"),
    Limit(f"{ARITHMETIC}: MOST_NUMBERS", 400, lambda x: bool(products("1 a " * round(x) + "6 * 1e9 * 1e10")),
          True, False, "the notes of that database have 50 numbers at most"),
    Limit(f"{ARITHMETIC}: SAME", 1.01, lambda x: close(x, 1.0), True, False, "the same number, rounded to two digits",
          (0.01,), 0.001),
    Limit(f"{ARITHMETIC}: SAME", 1.15, lambda x: bool(products(f"6 * 1e9 * {x * 1e10:.12g} = 6e19")[0].holds),
          True, False, "a figure of one digit is off by a sixth at most, more is no rounding", (0.15,)),
    Limit(f"{ARITHMETIC}: LEAST_FLOP", 1e15, lambda x: bool(
        [p for p in products(f"{x:.6g} and 3e20. Total: {3e20 + x:.12g}") if p.kind == "sum"]), False, True,
        "less is a number of tokens or parameters"),
    Limit(f"{ARITHMETIC}: _mean_of_some", 6.5, lambda x: mean(round(x)), True, False,
          "of more figures some mean fits by chance", (6,), 0.5 / 6.5),
    Amount(f"{AUDIT}: _UNREAD", 0.5, lambda: unread().certainty, "either the figure or the column is wrong"),
    Amount(f"{AUDIT}: findings", 1.5, lambda: unread().factor, "by how much, nobody can say"),
    Limit(f"{ARITHMETIC}: _LEAST_RATE", 1e8, lambda x: products(f"{x:.12g} * 100 seconds")[0].flop is not None,
          False, True, "numbers below are no rates of hardware"),
    Limit(f"{ARITHMETIC}: _TOTALS", 3.5, lambda x: total(("1e20", "2e20"), "3e20", words=round(x)), True, False,
          "what stands further behind the word is another sentence's", (5,), 0.5 / 3.5),
    Limit(f"{ARITHMETIC}: summaries", 6.5, lambda x: total(("1.00e20",) * round(x), f"{round(x)}.00e20"), True, False,
          "of more figures some sum fits by chance", (6,), 0.5 / 6.5),
]
