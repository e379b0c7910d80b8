"""The report: one file, nothing to load, and in it every number that the records have."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jinja2", reason="the extra 'web' is not installed")

from conftest import Cli

import computeest
from computeest.facts.paper import read_paper, read_text
from computeest.pipeline import Options
from computeest.text.files import visible
from computeest.web import figures, inputs, numbers, progress, report, rows, study

ROOT = Path(__file__).parents[1]
GPT3 = ROOT / "examples" / "gpt3.yaml"
#: A name that would end a script, start a tag, and leave an attribute.
HOSTILE = "</script><img src=x onerror=alert(1)>\"'& \u2028 x"


class Parts(HTMLParser):
    """The elements of a page, its words, and the contents of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.words = ""
        self._open: list[str] = []
        self._script = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        if tag == "script":
            self._script = dict(attrs).get("id") or "code"

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        elif not self._open or self._open[-1] != "style":
            self.words += data


def made(cli: Cli, folder: Path, *arguments: Any, code: int = 0) -> str:
    ran = cli("report", *arguments, "-o", folder / "report.html")
    assert ran.code == code, ran.err
    return (folder / "report.html").read_text("utf-8")


def test_a_papers_report_holds_its_record_and_everything_beside_it(cli: Cli, tmp_path: Path) -> None:
    text = made(cli, tmp_path, GPT3)
    page = Parts(text)
    (record,) = json.loads(page.scripts["records"])
    assert record == json.loads(json.dumps(computeest.estimate(GPT3)))
    words = " ".join(page.words.split())
    for title in ("Thresholds in law", "Methods side by side", "From the facts to the number", "Assumed", "Checks",
                  "What moves it most", "Facts", "Sources", "paper.yaml"):
        assert title in words
    assert "3.14 × 10^23" in words.replace("\u00a0", " ")
    assert "EU AI Act, presumption of a general-purpose AI model with systemic risk" in words
    assert GPT3.read_text("utf-8").strip() in page.words  # to copy
    assert "Statement on training compute" not in words


def test_nothing_is_loaded_and_only_its_own_script_runs(cli: Cli, tmp_path: Path) -> None:
    text = made(cli, tmp_path, GPT3, ROOT / "examples" / "imagenet" / "models.csv")
    page = Parts(text)
    loading = [(tag, attrs) for tag, attrs in page.tags
               if (tag in ("link", "iframe", "object", "embed", "base", "form") and tag != "form")
               or (tag in ("script", "img", "source", "use") and {"src", "href", "xlink:href"} & attrs.keys())]
    assert loading == []
    assert [attrs for _, attrs in page.tags if any(name.startswith("on") or name == "style" for name in attrs)] == []
    policy = next(attrs["content"] for _, attrs in page.tags
                  if attrs.get("http-equiv") == "Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        content = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[-1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "url(" not in text.partition("</style>")[0]


def test_no_word_of_an_input_is_taken_for_the_pages_own(tmp_path: Path) -> None:
    paper = {"model": HOSTILE, "organization": HOSTILE, "link": "javascript:alert(1)", "parameters":
             {"value": "7B", "source": HOSTILE, "quote": HOSTILE}, "tokens": "2T"}
    found = study.studied([read_paper(paper)], Options())
    text = report.page(report.Content(found, [("<b>", rows.of_papers([paper], Options()))]), "eu")
    page = Parts(text)
    assert not [tag for tag, attrs in page.tags if tag == "img" or "onerror" in attrs]
    assert not [attrs for _, attrs in page.tags if "javascript" in str(attrs.get("href"))]
    assert json.loads(page.scripts["records"])[0]["model"] == visible(HOSTILE)
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 3


def test_a_table_has_every_row_in_text_and_as_a_record(cli: Cli, tmp_path: Path) -> None:
    table = tmp_path / "models.csv"
    table.write_text("model,parameters,tokens,published,domain,colour\nA,7B,2T,2023-01-01,Language,red\n"
                     "B,7B,lots,2024-01-01,Vision,blue\nC,7B,,,,\n")
    page = Parts(made(cli, tmp_path, table, code=1))  # as for `annotate`: some rows have no estimate
    found = json.loads(page.scripts["records"])
    assert [record["model"] for record in found] == ["A", "B", "C"]
    assert [bool(record["problems"]) for record in found] == [False, True, True]
    words = " ".join(page.words.split())
    assert "3 rows: 1 estimated, 2 not" in words
    assert "Columns that were not read: colour" in words
    assert "'lots' is not a number" in words
    assert "1 with something wrong, 1 with too few facts" in words
    assert "Rows that are wrong" in words
    assert "1 row has too few facts" in words


def test_an_annotated_table_is_shown_as_it_is(cli: Cli, tmp_path: Path) -> None:
    facts = ROOT / "examples" / "imagenet" / "models.csv"
    assert cli("annotate", facts, "-o", tmp_path / "annotated.csv").code == 0
    shown = json.loads(Parts(made(cli, tmp_path, tmp_path / "annotated.csv")).scripts["records"])
    again = json.loads(Parts(made(cli, tmp_path, facts)).scripts["records"])
    assert len(shown) == len(again) == 153
    for one, other in zip(shown, again, strict=True):
        assert (one["model"], one["confidence"], one["method"]) == (
            other["model"], other["confidence"], other["method"])
        assert [c["code"] for c in one["checks"]] == [c["code"] for c in other["checks"]]
        for name in ("flop", "flop_low", "flop_high"):
            assert one[name] == pytest.approx(other[name])


def test_records_as_json_are_shown_as_they_are(cli: Cli, tmp_path: Path) -> None:
    ran = cli("estimate", GPT3, ROOT / "examples" / "bloom-176b.yaml", "--format", "json")
    (tmp_path / "records.json").write_text(ran.out)
    shown = json.loads(Parts(made(cli, tmp_path, tmp_path / "records.json")).scripts["records"])
    assert [record["flop"] for record in shown] == [record["flop"] for record in json.loads(ran.out)]


def test_a_thousand_records_stay_below_six_megabytes() -> None:
    papers = [json.loads(json.dumps(read)) for read in [_mapping(path) for path in
                                                        sorted((ROOT / "examples").glob("*.yaml"))[:20]]]
    many = rows.of_papers([papers[index % len(papers)] for index in range(1000)], Options())
    text = report.page(report.Content(tables=[("many", many)]))
    assert len(many.records) == 1000
    assert len(text.encode()) < 6_000_000


def _mapping(path: Path) -> Any:
    import yaml

    return {key: str(value) if key == "published" else value for key, value in
            yaml.safe_load(path.read_text("utf-8")).items()}


def test_the_statement_has_what_the_guidelines_ask_for() -> None:
    """Of docs/thresholds.md: the base model counts, synthetic data are said, two figures, whether within 30 %."""
    paper = read_text("model: B\nparameters: 70B\ntokens: 15T\nbase_model: Base\nbase_compute: 1e24\n", "b.yaml")
    (found,) = study.studied([paper], Options())
    words = " ".join(Parts(report.page(report.Content([found]), "eu")).words.replace("\u00a0", " ").split())
    total = 6 * 70e9 * 15e12 + 1e24  # 7.3e24
    assert f"Cumulative training compute{total:.1e}".replace("e+", " × 10^") in words
    assert "architecture-based" in words
    assert "beyond the overall margin of 30% accepted" in words
    for part in ("Facts", "Assumptions", "What is included, and what is not", "C(2025) 5045, paragraph 121",
                 "synthetic data", "The probability that it exceeds 1e+25".replace("1e+25", "1 × 10^25"),
                 "not legal advice"):
        assert part in words, part
    with pytest.raises(computeest.problems.UsageError, match="no form of statement"):
        report.page(report.Content([found]), "mars")


def test_what_the_run_took_besides_is_shown_where_it_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    llama = ROOT / "examples" / "llama2-70b.yaml"
    page = Parts(made(cli, tmp_path, llama, "--with", "energy,cost"))
    (record,) = json.loads(page.scripts["records"])
    assert set(record["consequences"]) == {"energy", "cost"}
    assert "How energy follows" in page.words
    assert "What the run took besides" not in Parts(made(cli, tmp_path, GPT3)).words


def test_results_on_progress_are_drawn(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("scipy", reason="the extra 'progress' is not installed")
    preset = ("--preset", "erdil-besiroglu-2022", "--format", "json")
    commands = {"thresholds": ("thresholds", *preset), "attribution": ("attribute", "AlexNet", "ViT-e", *preset)}
    for name, command in commands.items():
        (tmp_path / f"{name}.json").write_text(cli("progress", *command).out)
    page = Parts(made(cli, tmp_path, *(tmp_path / f"{name}.json" for name in commands)))
    planes = json.loads(page.scripts["planes"])
    assert [len(plane["series"]) for plane in planes] == [5]
    written = json.loads((tmp_path / "thresholds.json").read_text())["thresholds"][0]["compute"]
    assert {str(int(point["x"])): point["y"] for point in planes[0]["series"][0]["points"]} == pytest.approx(written)
    assert "Shares of the gain" in page.words


def test_every_kind_of_result_on_progress_is_shown(cli: Cli, tmp_path: Path) -> None:
    """What the commands print as JSON is a part of the page, with its numbers."""
    pytest.importorskip("scipy", reason="the extra 'progress' is not installed")
    runs, folder = {}, ROOT / "examples"
    commands = {
        "solvers": ("split", folder / "hardware_and_algorithms" / "solvers.csv"),
        "speedrun": ("split", folder / "speedrun" / "nanogpt.csv"),
        "levels": ("efficiency", "--preset", "ai-and-efficiency"),
        "losses": ("attribute", "RNN", "Chinchilla", "--preset", "ho-2024"),
    }
    for name, command in commands.items():
        (tmp_path / f"{name}.json").write_text(cli("progress", *command, "--format", "json").out)
        runs[name] = json.loads((tmp_path / f"{name}.json").read_text())
    page = Parts(made(cli, tmp_path, *(tmp_path / f"{name}.json" for name in commands)))
    for words in ("linear programs: hardware", "How much faster than the first record", "Efficiency: AlexNet",
                  "a loss of 4.43 to 2.05 nats", "parameter efficiency"):
        assert words in page.words, words
    assert numbers.times(runs["speedrun"]["speedup"]) in page.words
    planes = json.loads(page.scripts["planes"])
    assert {plane["y"]["label"] for plane in planes} == {
        "times as fast", "training compute, FLOP", "times the compute of the best"}
    figures_ = [json.loads(attrs["data-rows"] or "") for _, attrs in page.tags if "data-rows" in attrs]
    factors = next(figure for figure in figures_ if figure["title"] == "Factors")
    assert factors["rows"][0]["values"][0] == pytest.approx(runs["solvers"]["tables"][0]["hardware"])


def test_a_fit_of_losses_and_what_a_fit_expects_are_shown() -> None:
    """Of documents as the commands write them, cut short."""
    ends = {"point": 8.7, "low": 4.5, "high": 14.3}
    losses = {"model": "m7", "n": 231, "objective": 0.05, "level": 0.9, "warnings": ["4 minima"],
              "doubling_months": {"parameters": ends, "compute": ends}, "growth_per_year": {"compute": ends},
              "modes": [{"weight": 1.0, "doubling_months": {"compute": 8.7}}], "variants": [],
              "group_gain": [{"compute": 1e22, "year": 2023.0, "point": 3.0, "low": 1.5, "high": 3.2}],
              "shapley": [{"before": "RNN", "after": "LSTM", "shares": {"parameters": 0.4, "data": 0.6}}]}
    (fitted,) = progress.parts(losses, "ho")
    assert "is 8.7 months (4.5 to 14.3)" in " ".join(fitted.says)
    assert [row.values for row in fitted.rows[0].rows] == [[8.7, 4.5, 14.3]] * 2
    assert list(fitted.tables[0].rows) == [("RNN to LSTM", "40%", "60%")]
    expected = {"n": 97, "level": 0.95, "prediction": {"year": 2020.0, "compute": 1e20, "data": 2e6, "score": {
        "point": 0.84, "low": 0.83, "high": 0.85}, "model_low": 0.8, "model_high": 0.87, "extrapolates": []},
        "compute_needed": {"score": 0.99, "year": 2020.0, "reachable": False, "point": None}}
    (said,) = progress.parts(expected, "p")
    assert "out of reach" in " ".join(said.says)
    assert [row.values for row in said.rows[0].rows] == [[0.84, 0.83, 0.85], [0.84, 0.8, 0.87]]


@pytest.mark.parametrize("found", [{}, [], 3, {"flop": 1}, {"models": 1, "x": 2}])
def test_other_json_is_no_result_on_progress(found: Any) -> None:
    assert progress.kind(found) in ("", "comparison")


def test_what_is_wrong_with_any_input_is_said_together(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("epocs: 3\n")
    (tmp_path / "b.yaml").write_text("tokens: x\n")
    ran = cli("report", tmp_path / "a.yaml", tmp_path / "b.yaml", "-o", tmp_path / "out.html")
    assert ran.code == 1
    assert "a.yaml:1" in ran.err
    assert "b.yaml:1" in ran.err
    assert not (tmp_path / "out.html").exists()


def test_papers_may_be_each_others_base_models(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("model: Base\nreported_compute: 1e23\n")
    (tmp_path / "tuned.yaml").write_text("model: Tuned\nbase_model: Base\nparameters: 7B\ntokens: 1B\n")
    content = inputs.read([str(tmp_path / "base.yaml"), str(tmp_path / "tuned.yaml")], Options())
    assert content.records[1]["base_flop"] == pytest.approx(1e23)


@pytest.mark.parametrize(("value", "says"), [
    (3.144e23, "3.14 × 10^23"), (0.3, "0.3"), (1024, "1,020"), (0, "0"), (None, ""), (float("nan"), ""),
    (999_999.0, "1,000,000"), (1e6, "1.00 × 10^6"), (-2e-9, "-2.00 × 10^-9"),
])
def test_numbers_are_written_as_people_read_them(value: float | None, says: str) -> None:
    assert numbers.plain(value) == says


def test_powers_are_raised_in_words_and_nothing_else() -> None:
    assert str(numbers.raised("3.1e+23 <b> v1e5x 2e-3")) == (
        '<span class="num">3.1&nbsp;×&nbsp;10<span class="caret">^</span><sup>23</sup></span> &lt;b&gt; v1e5x '
        '<span class="num">2&nbsp;×&nbsp;10<span class="caret">^</span><sup>-3</sup></span>')


def test_places_on_an_axis() -> None:
    axis = figures.Axis(1e20, 1e30)
    assert [axis.at(v) for v in (1e20, 1e25, 1e30, 1e40, 1e10, None)] == [0, 50, 100, 100, 0, 0]
    assert figures.Axis.around([3e22, 1e25]) == figures.Axis(1e22, 1e26)
    assert [label for _, label in figures.Axis(0.0, 10.0, log=False).ticks()] == ["0", "2", "4", "6", "8", "10"]


def test_a_paper_that_was_no_file_can_be_copied_as_one() -> None:
    paper = {"model": "A", "parameters": {"value": "7B", "quote": "a 7B model"}, "runs": [{"tokens": "1T"},
                                                                                          {"tokens": "2T"}]}
    read = read_paper(paper)
    again = read_text(study.as_yaml(read), "again")
    assert computeest.estimate(paper)["flop"] == study.studied([again], Options())[0].record["flop"]


def test_a_bad_paper_costs_itself_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("model: bad\nparamters: 7B\n", "utf-8")
    (tmp_path / "lacks.yaml").write_text("model: lacks\nparameters: 7B\n", "utf-8")
    wrong = [str(tmp_path / "bad.yaml"), str(tmp_path / "lacks.yaml")]
    found = cli("report", str(GPT3), *wrong, "-o", str(tmp_path / "r.html"))
    assert found.code == 1
    assert "bad.yaml:2: no key is called 'paramters'" in found.err
    assert "lacks.yaml" in found.err
    assert "1 records, 0 without" in found.err
    assert "GPT-3" in (tmp_path / "r.html").read_text("utf-8")
    assert cli("report", *wrong, "-o", str(tmp_path / "none.html")).code == 1
    assert not (tmp_path / "none.html").exists()


def test_a_figure_of_progress_says_all_its_numbers_and_what_to_doubt(cli: Cli, tmp_path: Path) -> None:
    years = [2013 + 0.5 * at for at in range(9)]
    rows = "".join(f"net {at},{year},{1e21 / 2**at},{0.7 + at / 100}\n" for at, year in enumerate(years))
    (tmp_path / "records.csv").write_text(f"model,year,flop,score\n{rows}")
    (tmp_path / "level.json").write_text(cli("progress", "efficiency", tmp_path / "records.csv", "-f", "json").out)
    (tmp_path / "late.csv").write_text("model,year,flop\na,2018,1e20\nb,2019,1e21\nc,2020,1e20\n")
    (tmp_path / "trend.json").write_text(cli("progress", "trend", tmp_path / "late.csv", "-f", "json").out)
    preset = ("--preset", "erdil-besiroglu-2022")
    found = json.loads(cli("progress", "thresholds", *preset, "--scores", "0.7", "-f", "json").out)
    found["thresholds"][0]["extrapolated"] = [2012, 2018, 2019, 2020]
    (tmp_path / "needed.json").write_text(json.dumps(found))
    page = tmp_path / "report.html"
    assert cli("report", *(tmp_path / f"{name}.json" for name in ("level", "trend", "needed")), "-o", page).code == 0
    text = page.read_text()
    assert all(f"<td>net {at}</td><td>{year:g}</td>" in text for at, year in enumerate(years))
    assert all(f"<td>score 0.7</td><td>{year}</td>" in text for year in range(2012, 2023))
    assert "no level is asked for (--score)" in text
    assert "compute may not grow at all" in text
    assert "<td>2012, 2018 to 2020</td>" in text
