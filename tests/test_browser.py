"""The calculator and the report in a real browser: what a person does, every error state, axe-core, both widths."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra 'web' is not installed")

from browsing import THEMES, WIDTHS, browser, findings, page, shot, until
from serving import Client, server

from computeest.pipeline import Options
from computeest.web import inputs, report

ROOT = Path(__file__).parents[1]
CSV = "model,parameters,tokens,published\nA,7B,2T,2023-01-01\nB,7B,lots,2024-02-02\nC,70B,15T,2024-07-01\n"
CARD = ("# Foo-7B\n\nFoo-7B is a model with 7B parameters. We train Foo-7B on 2T tokens. We use 1024 A100 GPUs for 21 "
        "days.\n")


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def site(opened: Any) -> Iterator[Client]:
    with server("--root-path", "/x") as client:
        yield client


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a paper, a table and a result on progress."""
    folder = tmp_path_factory.mktemp("report")
    thresholds = [{"score": score, "data": 1e6, "compute": {str(2012 + n): 1e20 / 2**n * (1 + score) for n in range(9)},
                   "halving_months": {"point": 12.0, "low": 9.0, "high": 15.0}, "reachable_from": None}
                  for score in (0.6, 0.8)]
    (folder / "thresholds.json").write_text(json.dumps({"thresholds": thresholds}))
    names = [ROOT / "examples" / "gpt3.yaml", ROOT / "examples" / "imagenet" / "models.csv", folder / "thresholds.json"]
    content = inputs.read([str(name) for name in names], Options())
    (folder / "report.html").write_text(report.page(content, "eu"), "utf-8")
    return folder / "report.html"


def answer(shown: Any) -> str:
    """The short answer, once the page has one."""
    shown.wait_for_selector(".answer")
    return str(shown.locator(".summary").first.text_content()).replace("\u00a0", " ")


def test_a_paper_is_typed_and_answered_while_one_types(opened: Any, site: Client) -> None:
    """GPT-3 from its paper's facts: 3.14e23 FLOP (Brown et al. 2020, table D.1)."""
    with page(opened, f"{site.url}/x/") as shown:
        shown.get_by_label("parameters", exact=True).press_sequentially("174.6B")
        shown.wait_for_selector(".problems h3")
        assert "Not yet an answer" in shown.locator(".problems").text_content()
        shown.keyboard.press("Tab")  # by keyboard alone, field after field
        for _ in range(3):
            shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.dataset.key") == "tokens"
        shown.keyboard.type("300B tokens")
        assert "3.14 × 10^23 FLOP" in answer(shown)
        assert "EU AI Act" in shown.locator(".result").text_content()
        shown.get_by_label("chip", exact=True).fill("V100")
        shown.keyboard.press("Tab")
        field = "document.querySelector('[data-key=chip]').closest('.field')"
        until(shown, f"{field}.textContent.includes('125 TFLOP/s')")
        assert shown.locator("#chips option").count() > 300
        assert shown.locator("#families option").count() > 500


def test_is_this_fine_tune_above_the_eus_threshold(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.get_by_role("button", name="a fine-tune of Llama 2 70B").click()
        shown.wait_for_selector(".answer")
        rows = shown.locator(".result tr", has_text="systemic risk")
        assert "less than 0.1%" in rows.first.text_content()
        modifier = shown.locator(".result tr", has_text="modifier of a general-purpose AI model")
        assert modifier.locator(".chance").text_content()
        assert "of it" in shown.locator(".result").text_content().lower()  # the base model's share is said


def test_which_rows_of_this_csv_are_wrong(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.set_input_files("#file", {"name": "models.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
        shown.wait_for_selector("section.overview")
        wrong = shown.locator("table.wrong tbody tr")
        assert wrong.count() == 1
        assert "2B" in wrong.text_content().replace("\n", "").replace(" ", "")
        assert "'lots' is not a number" in wrong.text_content()
        shown.wait_for_selector(".charts .plot")
        shown.get_by_role("button", name="C", exact=True).click()
        assert "operation_counting" in shown.locator("tr.detail").text_content()
        with shown.expect_download() as saved:
            shown.locator("[data-mode=table] [data-save=csv]").click()
        with Path(saved.value.path()).open(encoding="utf-8", newline="") as file:
            assert [bool(row["problems"]) for row in csv.DictReader(file)] == [False, True, False]


def refuse(status: int, what: str, route: Any) -> None:
    problem = {"line": 0, "key": "", "what": what, "expected": "another try"}
    route.fulfill(status=status, json={"problems": [problem]})


def test_every_error_state_says_what_to_do(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        tokens = shown.get_by_label("tokens", exact=True)
        tokens.fill("lots")
        shown.wait_for_selector("[data-key=tokens][aria-invalid=true]")
        assert "'lots' is not a number" in shown.locator(".field", has=tokens).text_content()
        shown.get_by_label("chip", exact=True).fill("Quantum 9000")
        tokens.fill("")
        shown.get_by_label("chips", exact=True).fill("8")
        shown.get_by_label("time", exact=True).fill("3 days")
        shown.wait_for_selector("[data-key=chip][aria-invalid=true]")
        shown.get_by_role("button", name="Clear").click()
        shown.wait_for_selector(".result .empty")
        for status, what in ((429, "too many requests are waiting"), (503, "this takes longer")):
            shown.route("**/study", partial(refuse, status, what))
            tokens.fill(f"{status}B")
            until(shown, f"document.querySelector('.problems').textContent.includes({what!r})")
            shown.unroute("**/study")
        shown.context.set_offline(True)
        tokens.fill("1B")
        until(shown, "document.querySelector('.problems').textContent.includes('does not answer')")
        shown.context.set_offline(False)
        shown.check("[value=table]")
        shown.get_by_role("button", name="Estimate every row").click()
        assert "Paste a table" in shown.locator("#table-answer").text_content()
        shown.fill("#csv", "colour\nred\n")
        shown.get_by_role("button", name="Estimate every row").click()
        until(shown, "document.querySelector('#table-answer').textContent.length > 40")
        shown.check("[value=document]")
        shown.get_by_role("button", name="Find the facts").click()
        assert "Paste a text" in shown.locator("#draft-answer").text_content()


def test_a_document_is_drafted_fact_by_fact(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.set_input_files("#file", {"name": "card.md", "mimeType": "text/markdown", "buffer": CARD.encode()})
        shown.wait_for_selector(".drafted")
        assert shown.locator(".passages mark.used").count() >= 2
        shown.get_by_label("chip", exact=True).last.uncheck()
        shown.get_by_label("chips", exact=True).last.uncheck()
        shown.get_by_label("time", exact=True).last.uncheck()
        shown.get_by_role("button", name="Estimate what is accepted").click()
        assert "8.40 × 10^22 FLOP" in answer(shown)  # 6 x 7e9 x 2e12
        text = shown.locator(".panel textarea").input_value()
        assert "We train Foo-7B on 2T tokens." in text
        assert "A100" not in text.replace("1024 A100", "")


def test_a_draft_has_the_runs_of_a_model_and_the_models_of_a_document(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.set_input_files("#file", ROOT / "examples" / "documents" / "heron-report.md")
        shown.wait_for_selector(".drafted")
        titles = shown.locator(".drafted h4").all_text_contents()
        assert titles == ["Run 1: pretraining", "Run 2: fine-tuning"]
        assert "undefined" not in shown.locator("#draft-answer").text_content()
        shown.get_by_label("utilization", exact=True).last.uncheck()
        shown.get_by_role("button", name="Estimate what is accepted").click()
        answer(shown)
        text = shown.locator(".panel textarea").input_value()
        assert "runs:" in text
        assert "- stage: \"pretraining\"" in text
        assert "1.2 trillion tokens" in text
        assert "utilization:" not in text
        shown.check("[value=document]")
        shown.locator("#draft-answer select").first.select_option("Heron-1B")
        shown.get_by_role("button", name="Estimate what is accepted").click()
        until(shown, "document.querySelector('.panel textarea').value.includes('Heron-1B')")
        until(shown, "document.querySelector('.summary').textContent.replaceAll('\\u00a0', ' ').includes('3.96')")


@pytest.mark.parametrize(("name", "content", "flop"), [
    ("paper.yaml", "parameters: {value: 7B, quote: a 7B model}\ntokens: 2T\n", "8.40 × 10^22"),
    ("config.json", json.dumps({"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "vocab_size": 50257,
                                "n_positions": 1024}, indent=1), ""),
])
def test_a_file_is_opened_as_what_it_is(opened: Any, site: Client, name: str, content: str, flop: str) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": content.encode()})
        area = shown.locator(".panel textarea")
        until(shown, "document.querySelector('.panel textarea').value.length > 20")
        if not flop:
            shown.wait_for_selector(".problems h3")
            area.fill(area.input_value().replace("tokens: \n", "tokens: 1B\n"))
            flop = "FLOP"
        assert flop in answer(shown)


def test_a_link_holds_the_whole_state_and_two_variants_are_compared(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.get_by_role("button", name="GPT-3").click()
        shown.wait_for_selector(".answer")
        shown.get_by_role("button", name="Compare with a variant").click()
        shown.locator("[data-key=parameters]").nth(1).fill("349.2B")
        for key in ("chip", "chips", "time", "reported_compute"):
            shown.locator(f"[data-key={key}]").nth(1).fill("")
        until(shown, "document.querySelector('#versus').textContent.includes('2×')")
        until(shown, "location.hash.length > 100")
        link = shown.url
        with shown.expect_download() as saved:
            shown.locator(".saves [data-save=report]").first.click()
        assert 'id="records"' in Path(saved.value.path()).read_text("utf-8")
    with page(opened, link) as again:
        until(again, "document.querySelectorAll('.answer').length === 2")
        assert again.locator("[data-key=parameters]").nth(1).input_value() == "349.2B"
        assert "2×" in again.locator("#versus").text_content()


def test_a_link_holds_how_a_draft_and_a_table_are_looked_at(opened: Any, site: Client) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        _document(shown)
        shown.get_by_label("chips", exact=True).last.uncheck()
        until(shown, "location.hash.length > 100")
        shown.wait_for_timeout(200)
        draft = shown.url
        _table(shown)
        shown.locator("[data-filter=state]").select_option("wrong")
        shown.locator("[data-sort=flop]").click()
        shown.wait_for_timeout(400)
        table = shown.url
    with page(opened, draft) as again:
        again.wait_for_selector(".drafted")
        assert not again.get_by_label("chips", exact=True).last.is_checked()
        assert again.get_by_label("chip", exact=True).last.is_checked()
    with page(opened, table) as again:
        until(again, "document.querySelector('th[aria-sort=ascending]') !== null")
        assert again.locator("[data-filter=state]").input_value() == "wrong"
        until(again, "document.querySelector('.count').textContent.startsWith('1 of 3')")


@pytest.mark.parametrize(("text", "mode", "says"), [
    ("parameters: 7B\ntokens: 2T\n", "facts", "8.40"),
    ('{"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "vocab_size": 50257}', "facts", "tokens"),
    (CSV, "table", "2 of 3"), (CSV.replace(",", "\t"), "table", "3 rows"), (CARD, "document", "Foo-7B"),
    ('{"model": "A", "parameters": "7B", "tokens": "2T"}\n{"model": "B"}\n', "table", "2 rows"),
])
def test_what_is_pasted_is_opened_as_what_it_is(opened: Any, site: Client, text: str, mode: str, says: str) -> None:
    with page(opened, f"{site.url}/x/") as shown:
        shown.evaluate("""text => { const held = new DataTransfer(); held.setData("text/plain", text);
            document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true})); }""", text)
        until(shown, f"document.querySelector('[name=mode]:checked').value === {mode!r}")
        if says == "2 of 3":
            says = "3 rows: 2 estimated, 1 not"
        section = f"section[data-mode={mode}]"
        until(shown, f"document.querySelector('{section}').innerText.replace(/\\s+/g, ' ').includes({says!r}) || "
                     f"[...document.querySelectorAll('{section} textarea')].some((a) => a.value.includes({says!r}))")


def test_no_word_of_an_input_is_taken_for_the_pages_own(opened: Any, site: Client) -> None:
    hostile = "<img src=x onerror=document.title=1>"
    with page(opened, f"{site.url}/x/") as shown:
        shown.get_by_label("model", exact=True).fill(hostile)
        shown.get_by_label("parameters", exact=True).fill("7B")
        shown.get_by_label("tokens", exact=True).fill("2T")
        answer(shown)
        assert shown.locator("main img").count() == 0
        assert hostile in shown.locator(".result h2").text_content()
        shown.check("[value=table]")
        shown.fill("#csv", f"model,parameters,tokens\n{hostile},7B,2T\n{hostile},x,{hostile}\n")
        shown.get_by_role("button", name="Estimate every row").click()
        shown.wait_for_selector("section.overview")
        shown.locator("button.open").first.click()
        assert shown.locator("main img").count() == 0
        assert shown.title() == "computeest: training compute"


def test_the_report_opens_from_disk_with_the_network_off(opened: Any, written: Path) -> None:
    with page(opened, written.as_uri(), offline=True) as shown:
        assert "3.14" in shown.locator(".answer .big").text_content()
        rows = shown.locator("table.records tbody tr[data-row]:visible")
        shown.wait_for_selector(".charts .plot .mark")
        assert rows.count() == 153
        shown.get_by_label("Search").fill("resnet-50")
        until(shown, "/^\\d+ of 153/.test(document.querySelector('.count').textContent) && "
                                "!document.querySelector('.count').textContent.startsWith('153 ')")
        assert 0 < rows.count() < 153
        shown.get_by_label("Search").fill("")
        until(shown, "document.querySelector('.count').textContent.startsWith('153 ')")
        shown.locator("[data-sort=flop]").click()
        shown.locator("[data-sort=flop]").click()
        assert shown.locator("th[aria-sort=descending]").count() == 1
        records = json.loads(shown.locator("#records").text_content())
        largest = max(records[1:], key=lambda record: record["flop"])["model"]
        assert rows.first.locator("th").text_content() == largest
        rows.first.locator("button").focus()
        shown.keyboard.press("Enter")
        assert "operation_counting" in shown.locator("tr.detail").text_content()
        assert shown.locator("section.progress .plot .line").count() == 2
        figure = shown.locator("figure[data-rows]").first
        before = figure.locator(".axis text").all_text_contents()
        figure.get_by_role("button", name="Zoom in").click()
        assert figure.locator(".axis text").all_text_contents() != before
        figure.get_by_role("button", name="Whole").click()
        assert figure.locator(".axis text").all_text_contents() == before
        figure.locator(".row").first.hover()
        assert "PF-days" in figure.locator(".tip").text_content()
        before = shown.locator(".charts .plot text").all_text_contents()
        shown.locator(".charts [aria-label='Zoom in']").first.click()
        assert shown.locator(".charts .plot text").all_text_contents() != before
        assert "Statement on training compute" in shown.locator("section.statement").text_content()
        shown.emulate_media(media="print", color_scheme="dark")
        assert shown.evaluate("getComputedStyle(document.documentElement).color") == "rgb(26, 31, 36)"  # ink on paper
        assert not shown.locator(".filters").first.is_visible()


#: States of the application, by name: what brings it there.
def _empty(shown: Any) -> None:
    shown.wait_for_selector(".result .empty")


def _answered(shown: Any) -> None:
    shown.get_by_role("button", name="GPT-3").click()
    shown.wait_for_selector(".answer")


def _wrong(shown: Any) -> None:
    shown.get_by_label("tokens", exact=True).fill("lots")
    shown.wait_for_selector("[aria-invalid=true]")


def _compared(shown: Any) -> None:
    _answered(shown)
    shown.get_by_role("button", name="Compare with a variant").click()
    until(shown, "document.querySelector('#versus').textContent.length > 9")


def _table(shown: Any) -> None:
    shown.check("[value=table]")
    shown.fill("#csv", CSV)
    shown.get_by_role("button", name="Estimate every row").click()
    shown.wait_for_selector(".charts .plot text")
    shown.locator("button.open").first.click()


def _document(shown: Any) -> None:
    shown.check("[value=document]")
    shown.fill("#text", CARD)
    shown.get_by_role("button", name="Find the facts").click()
    shown.wait_for_selector(".drafted")


STATES = {"empty": _empty, "answered": _answered, "wrong": _wrong, "compared": _compared, "table": _table,
          "document": _document}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_fits_and_axe_finds_nothing_serious(opened: Any, site: Client, written: Path, width: int,
                                                        theme: str) -> None:
    found: dict[str, list[str]] = {}
    for name, reach in STATES.items():
        looked_at = width == WIDTHS[theme == "light"]  # by axe, which one look at each is enough for
        if not looked_at and name in ("empty", "wrong", "document"):
            continue
        with page(opened, f"{site.url}/x/", width, theme) as shown:
            reach(shown)
            shot(shown, f"calculator-{name}-{width}-{theme}", whole=name in ("table", "document"))
            found[name] = findings(shown) if looked_at else []
    with page(opened, written.as_uri(), width, theme, offline=True) as shown:
        shown.wait_for_selector(".charts .plot .mark")
        shot(shown, f"report-{width}-{theme}", whole=True)
        found["report"] = findings(shown) if looked_at else []
    assert found == {name: [] for name in found}


def test_the_page_of_the_api(opened: Any, site: Client) -> None:
    found = opened.new_context(viewport={"width": 360, "height": 900})
    shown = found.new_page()
    shown.goto(f"{site.url}/x/api")
    assert "POST /x/estimate" in shown.locator("main").text_content()
    shot(shown, "api-360")
    assert findings(shown) == []
    found.close()
