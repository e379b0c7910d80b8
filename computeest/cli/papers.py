"""Commands on papers: estimate, validate, solve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeest.cli.output import (
    Assume,
    Facts,
    Output,
    Overlays,
    Paper,
    Papers,
    Plugins,
    Prefer,
    With,
    check_form,
    emit,
    pairs,
    say,
    say_problems,
    table,
)

if TYPE_CHECKING:
    from computeest.facts.paper import Paper as PaperRead
    from computeest.pipeline import Options
    from computeest.problems import Problem
    from computeest.questions.sensitivity import Influence, Question, Sensitivity
    from computeest.records.columns import Record


Format = Annotated[str, typer.Option("--format", "-f", help="table, json, yaml, csv, markdown or latex.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(estimate)
    app.command()(validate)
    app.command()(solve)
    app.command()(sensitivity)


#: Codes of checks by which a part of the answer is not known.
_LEAVES_OPEN = ("run-not-estimated", "base-compute-missing")


def estimate(
    papers: Papers,
    form: Format = "table",
    explain: Annotated[bool, typer.Option("--explain", help="Print how each number was derived.")] = False,
    tokens: Annotated[str, typer.Option(metavar="COUNT", help="Tokens of one epoch, as the fact of that name.")] = "",
    fact: Facts = None,
    assume: Assume = None,
    prefer: Prefer = "",
    plugin: Plugins = None,
    hardware: Overlays = None,
    threshold: Annotated[list[str] | None, typer.Option(
        metavar="NAME_OR_FLOP", help="Say how likely the compute is above it: eu-systemic-risk, 1e25, all.")] = None,
    consequence: With = None,
    samples: Annotated[int, typer.Option(min=0, metavar="N", help="Check the interval by N draws (Monte Carlo).")] = 0,
    reference: Annotated[str, typer.Option(metavar="TABLE", help="Published compute of base models.")] = "",
    output: Output = None,
) -> None:
    """Estimate the training compute of each PAPER: a paper.yaml, or a Hugging Face config.json with --tokens."""
    from computeest.pipeline import Options
    from computeest.records import formats

    formats.check_form(form)
    facts = pairs(fact, "--fact", "tokens=15T") | ({"tokens": tokens} if tokens else {})
    options = Options.of(assume=pairs(assume), prefer=prefer, plugins=plugin or (), hardware=hardware or (),
                         reference=_reference(reference), consequences=consequence or ())
    records, failed = _estimated(papers, facts, options, thresholds=threshold or (), samples=samples)
    if records:
        text = _shown(records) if form == "table" else formats.render(records, form, alone=len(papers) == 1)
        words = "".join(f"\n{_title(record)}\n{record['derivation']}\n{_derived(record)}" for record in records
                        if explain)
        words += "".join(_sampled(record) for record in records if samples and form not in ("json", "yaml"))
        words += "".join(_judged(record) for record in records if threshold and form not in ("json", "yaml"))
        emit(text + words if form == "table" else text, output, form)
        if words and form != "table":
            say(words)  # data stays data
        for line in options.unheeded(_assumed(records), {name for record in records for name in record["methods"]}):
            say(line)
    doubted = [(record, why) for record in records if (why := _doubted(record))]
    for record, why in doubted:
        say(f"{_title(record)}: exit code 1 for {why}")
    if failed:
        say(f"{len(papers)} papers: {len(records)} estimated, {failed} with problems" if len(papers) > 1 else
            "not estimated")
    if failed or doubted:
        raise typer.Exit(1)


def _doubted(record: Record) -> str:
    """Why a record is no full answer: it has no number, or a check says that it is wrong or leaves out a part."""
    codes = dict.fromkeys(check["code"] for check in record["checks"]
                          if check["level"] == "error" or check["code"] in _LEAVES_OPEN)
    return ", ".join(codes) or ("no FLOP" if record["flop"] is None else "")


def _shown(records: list[Record]) -> str:
    """The records for people."""
    from computeest.cli.people import shown

    return shown(records)


def _estimated(papers: list[str], facts: dict[str, str], options: Options, **asked: Any) -> tuple[list[Record], int]:
    """The records of the papers that can be estimated; what is wrong with the others is said."""
    from computeest import pipeline
    from computeest.problems import InputError

    read, failed = [], 0
    for paper in papers:
        try:
            read.append(_read(paper, facts, options if len(papers) > 1 else None))
        except InputError as error:
            say_problems(error.problems)
            failed += 1
    try:
        return (pipeline.estimate_together(read, options, **asked) if read else []), failed
    except InputError as error:
        say_problems(error.problems)
        return [], len(papers)


def _read(paper: str, facts: dict[str, str], alone: Options | None) -> PaperRead:
    """One paper; of several, each is first estimated alone, so that what one of them lacks does not keep the others."""
    from computeest import pipeline
    from computeest.facts.paper import read_paper

    found = read_paper(paper, facts)
    if alone is not None:
        pipeline.evaluated([found], alone)
    return found


def _reference(table: str) -> dict[str, float]:
    """Compute by model, from a table of what was published."""
    if not table:
        return {}
    from computeest.tables.inputs import published_compute

    return dict(published_compute(table))


def _sampled(record: Record) -> str:
    """The interval by Monte Carlo beside that of the record."""
    drawn = record["sampled"]
    return (f"\n{_title(record)}\n90 % between {drawn['flop_low']:.3g} and {drawn['flop_high']:.3g} FLOP by "
            f"{drawn['samples']} draws, between {record['flop_low']:.3g} and {record['flop_high']:.3g} in "
            "closed form\n")


def _title(record: Record) -> str:
    return str(record["model"] or "the paper")


def _assumed(records: list[Record]) -> set[str]:
    """What any number of the records rests on that nobody stated."""
    return {name for record in records for entry in (record, *record.get("consequences", {}).values())
            for name in entry["assumed"]}


def _derived(record: Record) -> str:
    """How energy, cost and emissions follow, where they were asked for."""
    return "".join(f"\n{said['derivation']}\n" for said in record.get("consequences", {}).values()
                   if said["derivation"])


def _judged(record: Record) -> str:
    """How the estimate stands to each threshold that was asked for, in words."""
    found = f"\n{_title(record)}\n"
    for judgement in record["thresholds"]:
        found += f"{judgement['threshold']}: {judgement['sentence']}\n"
        found += "".join(f"  {rule['says']}   [{rule['source']}]\n" for rule in judgement["rules"])
    return found if record["thresholds"] else f"{found}no threshold of a modification: the paper names no base model\n"


def validate(
    papers: Papers,
    form: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    plugin: Plugins = None,
    hardware: Overlays = None,
) -> None:
    """Say everything that is wrong with each PAPER: file, line, what, and what was expected."""
    from computeest import pipeline
    from computeest.problems import InputError

    check_form(form, ("text", "json"))
    wrong = 0
    problems: list[Problem] = []
    for paper in papers:
        try:
            pipeline.check(paper, pipeline.Options.of(plugins=plugin or (), hardware=hardware or ()))
        except InputError as error:
            problems += error.problems
            wrong += 1
            if form == "text":
                say_problems(error.problems)
    if form == "json":
        import json

        emit(json.dumps({"checked": len(papers), "wrong": wrong, "problems": [
            {"file": one.file, "line": one.line, "key": one.place, "what": one.what, "expected": one.expected,
             "code": one.code} for one in problems]}, indent=2))
    else:
        say(f"{len(papers)} checked: {len(papers) - wrong} right, {wrong} wrong")
    if wrong:
        raise typer.Exit(1)


def solve(
    unknown: Annotated[str, typer.Argument(metavar="UNKNOWN", help="The number to solve for, such as utilization.")],
    paper: Paper,
    form: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    assume: Assume = None,
    plugin: Plugins = None,
    hardware: Overlays = None,
) -> None:
    """Solve for any one UNKNOWN of PAPER from the rest: the value at which its methods agree."""
    import json

    from computeest.questions.solve import solve as solved
    from computeest.records import wording

    check_form(form, ("text", "json"))
    found = solved(unknown, Path(paper) if paper != "-" else paper, assume=pairs(assume), plugins=plugin or (),
                   hardware=hardware or ())
    if form == "json":
        emit(json.dumps(found.to_dict(), indent=2))
        return
    value, low, high = (wording.amount(found.column, v) for v in (found.value, found.low, found.high))
    emit(f"{found.column} = {value} (90 %: {low} to {high}), so that {found.method} gives the "
         f"{wording.flop(found.flop)} of {' and '.join(found.based_on)}")


#: A bar of the whole variance is this long.
_BAR = 40


def sensitivity(
    paper: Paper,
    form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    assume: Assume = None,
    prefer: Prefer = "",
    plugin: Plugins = None,
    hardware: Overlays = None,
    output: Output = None,
) -> None:
    """Say which facts move PAPER's estimate most, and what one more fact would narrow its interval to."""
    import json

    from computeest.questions.sensitivity import sensitivity as studied

    check_form(form, ("table", "json"))
    found = studied(Path(paper) if paper != "-" else paper, prefer=prefer, assume=pairs(assume), plugins=plugin or (),
                    hardware=hardware or ())
    emit(json.dumps(found.to_dict(), indent=2, allow_nan=False) if form == "json" else _influences(found), output)


def _influences(found: Sensitivity) -> str:
    title = found.model or "the paper"
    text = (f"{title}: {found.flop:.3g} FLOP, 90 % between {found.flop_low:.3g} and {found.flop_high:.3g} "
            f"({found.width:.2g}x from low to high)\n\n")
    text += table(("fact", "value", "may be off by", "share of the uncertainty", ""),
                  [_bar(influence) for influence in found.influences])
    if found.best is None:
        return text + "\nno single fact would narrow the interval\n"
    text += "\n" + table(("ask for", "now", "interval then", "from low to high"), [_asked(q) for q in found.questions])
    return text + f"\nmost worth asking the authors: {found.best.ask}\n"


def _bar(influence: Influence) -> dict[str, str]:
    from computeest.records.wording import amount

    value = amount(influence.column, influence.value) if influence.value is not None else ""
    return {"fact": f"{influence.column} ({influence.kind})" if influence.kind != "methods" else
            "the methods, and where they disagree", "value": value,
            "may be off by": f"{influence.factor:.2f}x" if influence.factor else "",
            "share of the uncertainty": "█" * max(1, round(_BAR * influence.share)), "": f"{influence.share:.0%}"}


def _asked(question: Question) -> dict[str, str]:
    return {"ask for": question.ask + (f" (enables {question.enables})" if question.enables else ""),
            "now": question.now, "interval then": f"{question.flop_low:.2e} to {question.flop_high:.2e}",
            "from low to high": f"{question.width:.2f}x"}
