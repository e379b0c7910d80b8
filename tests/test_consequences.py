"""Energy, cost and emissions: against published runs, and what they say of themselves."""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from computeest import annotate, estimate, registry
from computeest.cli.app import app
from computeest.consequences.answers import CONTRADICTS
from computeest.contract import Consequence
from computeest.hardware import load as hardware
from computeest.kit import assert_contract
from computeest.problems import InputError, UsageError
from computeest.registry import PluginError

ROOT = Path(__file__).parents[1]
WATER = str(ROOT / "examples" / "water_plugin.py")
ALL = ("energy", "cost", "carbon")
MEENA = {"model": "Meena", "chip": "TPU v3", "chips": "1024", "time": "30 days", "region": "US (Georgia)",
         "published": "2019-12"}


def said(facts: dict[str, Any], *names: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = estimate(facts, consequences=names or ALL, **options)["consequences"]
    return found


@pytest.fixture(scope="module")
def compared() -> Any:
    import importlib.util

    spec = importlib.util.spec_from_file_location("published_consequences", ROOT / "benchmarks" / "consequences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module, list(module.compared())


def of(compared: Any, group: str) -> list[Any]:
    module, found = compared
    return [one for one in found if group in module._groups(one) and one.ratio is not None]


def middle(rows: list[Any]) -> float:
    return statistics.median(one.ratio for one in rows)


def test_energy_measured_at_the_node_is_met(compared: Any) -> None:
    rows = of(compared, "energy measured at the node")
    assert len(rows) >= 15
    assert 1 / 1.15 < middle(rows) < 1.15
    assert sum(one.held for one in rows) >= 0.9 * len(rows)


def test_energy_measured_at_the_chips_is_held(compared: Any) -> None:
    rows = of(compared, "energy measured at the chips")
    assert len(rows) >= 10
    assert sum(one.held for one in rows) >= 0.9 * len(rows)


def test_the_authors_own_counting_is_repeated(compared: Any) -> None:
    rows = of(compared, "energy as authors count")
    assert len(rows) >= 3
    assert all(abs(one.ratio - 1) < 0.05 for one in rows)


def test_emissions_where_the_region_is_known(compared: Any) -> None:
    rows = of(compared, "emissions by location, region known")
    assert len(rows) >= 15
    assert 1 / 1.3 < middle(rows) < 1.3


def test_costs_are_within_their_intervals(compared: Any) -> None:
    amortized, rental = of(compared, "cost, amortized"), of(compared, "cost, rental")
    assert all(one.held for one in amortized)
    assert 1 / 1.15 < middle(amortized) < 1.15
    assert sum(one.held for one in rental) >= 0.9 * len(rental)


def test_of_the_published_figures_only_the_known_slip_is_flagged(compared: Any) -> None:
    assert [one.model for one in compared[1] if one.flagged] == ["Llama 3.3 70B"]


@pytest.mark.parametrize(("chip", "published", "hours", "price"), [
    # Epoch AI's own run of Cottier et al. 2024: what a server's share was worth when training began
    ("H100 SXM", "2024-12-12", None, 25_223), ("A100 SXM 80GB", "2025-03-03", 504.0, 7_249),
    ("H100 SXM", "2025-02-17", 2400.0, 25_492)])
def test_what_hardware_is_worth_when_training_begins(chip: str, published: str, hours: float | None,
                                                      price: float) -> None:
    import datetime

    database = hardware()
    found = database.prices.owned(database.chip(database.find(chip).chip),  # type: ignore[union-attr]
                                  datetime.date.fromisoformat(published), math.nan if hours is None else hours)
    assert found is not None
    worth = found.value * 0.81 / (0.14 * math.log(10))
    assert worth == pytest.approx(price, rel=0.05)


def test_the_parts_of_energy_multiply() -> None:
    """Meena by hand: 1024 x 720 h x 283 W x 1.05 x 1.10."""
    energy = said(MEENA, "energy")["energy"]
    assert energy["value"] == pytest.approx(1024 * 720 * 283 * 1.05 * 1.10 / 1e6, rel=1e-6)
    assert energy["boundary"] == "wall"
    assert energy["low"] < energy["value"] < energy["high"]
    assert energy["unit"] == "MWh"
    assert energy["problem"] is None
    assert energy["assumed"] == {"network_share": 1.05, "pue": 1.1}
    assert "wall_energy = chip_time x node_power x network_share x pue" in energy["derivation"]
    assert energy["boundaries"]["node+pue"]["value"] == pytest.approx(energy["value"] / 1.05)
    assert energy["boundaries"]["node"]["value"] == pytest.approx(energy["value"] / 1.05 / 1.10)


def test_stated_facts_take_the_place_of_what_is_looked_up() -> None:
    facts = {**MEENA, "pue": "1.09", "power_per_chip": "289 W", "power_basis": "node",
             "grid_intensity": "415 gCO2e/kWh"}
    found = said(facts)
    energy = 1024 * 720 * 289 * 1.05 * 1.09 / 1e6
    assert found["energy"]["value"] == pytest.approx(energy, rel=1e-6)
    assert found["carbon"]["value"] == pytest.approx(energy * 0.415, rel=1e-6)
    assert found["energy"]["assumed"] == {"network_share": 1.05}
    # Patterson et al. 2021, Table 4: 232 MWh and 96.4 t, without the network
    assert found["energy"]["boundaries"]["node+pue"]["value"] == pytest.approx(232, rel=0.005)
    assert found["carbon"]["value"] / 1.05 == pytest.approx(96.4, rel=0.005)


@pytest.mark.parametrize(("basis", "watts", "wall"), [
    ("tdp", 400, 400 * 1.2 * 1.05 * 1.2), ("node", 480, 480 * 1.05 * 1.2), ("chip", 320, 320 * 1.35 * 1.05 * 1.2),
    ("", 400, 400 * 1.2 * 1.05 * 1.2), ("", 480, 480 * 1.05 * 1.2)])
def test_a_stated_power_is_that_of_what_it_is(basis: str, watts: float, wall: float) -> None:
    facts = {"chip": "A100 SXM 80GB", "chips": "512", "time": "10 days", "power_per_chip": f"{watts} W",
             **({"power_basis": basis} if basis else {})}
    energy = said(facts, "energy")["energy"]
    assert energy["value"] == pytest.approx(512 * 240 * wall / 1e6, rel=1e-6)
    assert energy["boundaries"]["authors"]["value"] == pytest.approx(512 * 240 * watts / 1e6, rel=1e-6)


def test_what_the_user_assumes_goes_before_what_is_looked_up_and_not_before_what_is_stated() -> None:
    assumed = said(MEENA, "energy", assume={"pue": "1.5"})["energy"]
    assert assumed["assumed"]["pue"] == 1.5
    assert assumed["value"] == pytest.approx(1024 * 720 * 283 * 1.05 * 1.5 / 1e6, rel=1e-6)
    stated = said({**MEENA, "pue": "1.2"}, "energy", assume={"pue": "1.5"})["energy"]
    assert stated["value"] == pytest.approx(1024 * 720 * 283 * 1.05 * 1.2 / 1e6, rel=1e-6)


def test_a_boundary_without_an_energy_chooses_what_is_given() -> None:
    for boundary in ("chips", "node", "node+pue", "wall"):
        energy = said({**MEENA, "energy_boundary": boundary}, "energy")["energy"]
        assert energy["boundary"] == boundary
        assert energy["value"] == energy["boundaries"][boundary]["value"]


def test_every_factor_moves_the_answer_as_it_should() -> None:
    base = said({**MEENA, "pue": "1.1"})
    twice = said({**MEENA, "chips": "2048", "pue": "1.1"})
    for name in ("energy", "carbon", "cost"):
        assert twice[name]["value"] == pytest.approx(2 * base[name]["value"], rel=1e-9)
    assert said({**MEENA, "pue": "1.65"}, "energy")["energy"]["value"] == pytest.approx(1.5 * base["energy"]["value"])


def test_accelerator_time_follows_from_compute_where_nobody_states_it() -> None:
    """OLMo 2 7B: 4.05 trillion tokens, 7.3 billion parameters; its GPUs took 131 MWh."""
    energy = said({"chip": "H100 SXM", "parameters": "7.3B", "tokens": "4.05T", "domain": "Language",
                   "published": "2024"}, "energy")["energy"]
    assert energy["boundaries"]["chips"]["low"] < 131 < energy["boundaries"]["chips"]["high"]
    assert "chip_time = run_flop / (peak x utilization)" in energy["derivation"]
    assert "utilization" in energy["assumed"]
    stated = said({"chip": "H100 SXM", "chip_time": "200000 GPU-hours", "parameters": "7.3B", "tokens": "4.05T"},
                  "energy")["energy"]
    assert stated["high"] / stated["low"] < energy["high"] / energy["low"]


@pytest.mark.parametrize(("facts", "name", "words"), [
    ({"parameters": "7B", "tokens": "1T"}, "energy", "chips needs chip (or power_per_chip)"),
    ({"chip": "SN40L", "chips": "256", "time": "10 days"}, "energy", "power_per_chip"),
    ({"chip": "A100", "chips": "8", "time": "10 days"}, "cost", "published"),
    ({"chip": "MLU370-X8", "chips": "8", "time": "10 days", "published": "2023"}, "cost", "chip_price"),
    ({**MEENA, "region": "Atlantis"}, "carbon", "'Atlantis' is no place that is known"),
    ({**MEENA, "region": "Georgia"}, "carbon", "'Georgia' is a country and a state"),
])
def test_what_is_not_known_is_said(facts: dict[str, Any], name: str, words: str) -> None:
    entry = said(facts, name)[name]
    assert words in entry["problem"]
    if name != "carbon":
        assert entry["value"] is None
        assert entry["derivation"] == ""


@pytest.mark.parametrize(("chip", "watt"), [
    ("TPU v5e", 110), ("TPU v5p", 430), ("TPU v6e", 305), ("TPU v7x", 770), ("Trainium1", 250), ("Trainium2", 600),
    ("Trainium3", 840), ("Inferentia2", 250), ("Inferentia", 85),
])
def test_an_estimated_power_gives_a_wide_energy_that_says_so(chip: str, watt: float) -> None:
    energy = said({"chip": chip, "chips": "256", "time": "10 days", "published": "2025-06"}, "energy")["energy"]
    assert energy["value"] is not None
    assert energy["problem"] is None
    assert energy["assumed"]["node_power"] == watt
    assert f"{chip.split()[-1][:5]}" in energy["derivation"]
    assert ", estimated)" in energy["derivation"]
    assert any(source.startswith("Estimated: ") for source in energy["sources"])
    assert energy["high"] / energy["low"] > 2.6
    measured = said({"chip": "TPU v4", "chips": "256", "time": "10 days", "published": "2025-06"}, "energy")["energy"]
    assert measured["high"] / measured["low"] < 2
    assert "node_power" not in measured["assumed"]


def test_without_a_region_the_mean_of_the_world_is_assumed_and_said() -> None:
    facts = {name: text for name, text in MEENA.items() if name != "region"}
    carbon, placed = said(facts, "carbon")["carbon"], said(MEENA, "carbon")["carbon"]
    assert carbon["assumed"]["grid_intensity"] == pytest.approx(471, rel=0.01)
    assert math.log(carbon["high"] / carbon["low"]) > 1.5 * math.log(placed["high"] / placed["low"])


def test_market_based_emissions_are_a_claim_and_never_estimated() -> None:
    meta = {"chip": "H100 SXM", "chip_time": "6.4M GPU-hours", "region": "US", "published": "2024-04"}
    market = said({**meta, "operator": "Meta"}, "carbon")["carbon"]["market"]
    assert market["value"] == 0.0
    assert "Meta" in market["says"]
    assert market["source"]
    assert said({**meta, "operator": "CoreWeave"}, "carbon")["carbon"]["market"]["value"] is None
    assert said({**meta, "operator": "Meta", "published": "2019"}, "carbon")["carbon"]["market"]["value"] is None


def test_a_cost_is_in_dollars_of_its_year_on_the_basis_that_is_meant() -> None:
    facts = {"chip": "A100 SXM 80GB", "chips": "512", "time": "10 days", "published": "2022-06"}
    cost = said(facts, "cost")["cost"]
    assert (cost["basis"], cost["year"], cost["unit"]) == ("amortized", 2022, "USD")
    # FRED PCU518210518210: 118.13 in 2023 over 116.35 in 2022
    assert cost["usd_2023"] == pytest.approx(cost["value"] * 118.13 / 116.35, rel=1e-4)
    rented = said({**facts, "operator": "AWS", "organization": "Stability AI"}, "cost")["cost"]
    assert (rented["basis"], rented["assumed"]["price_basis"]) == ("rental", "rental")
    assert said({**facts, "chip_price": "2 USD"}, "cost")["cost"]["value"] == pytest.approx(512 * 240 * 2)
    prices = {basis: said({**facts, "price_basis": basis}, "cost")["cost"]["value"]
              for basis in ("on-demand", "one-year", "three-year", "spot")}
    assert prices["on-demand"] > prices["one-year"] > prices["three-year"] > prices["spot"]
    assert prices["three-year"] < said({**facts, "price_basis": "rental"}, "cost")["cost"]["value"] < \
        prices["on-demand"]


@pytest.mark.parametrize(("given", "hours"), [
    # BLOOM: 1,082,990 A100-hours; LLaMA-65B: 1,022,362; DeepSeek-V3: 2.788 million H800-hours
    ({"chip": "A100 SXM 80GB", "energy": "433 MWh", "energy_boundary": "chips", "published": "2022"}, 1.083e6),
    ({"chip": "A100 SXM 80GB", "energy": "449 MWh", "published": "2023"}, 1.022e6),
    ({"chip": "A100 SXM 80GB", "emissions": "173 t", "region": "US average", "published": "2023"}, 1.022e6),
    ({"chip": "H800", "cost": "5.576M USD", "price_basis": "rental", "published": "2024-12"}, 2.788e6),
])
def test_stated_figures_run_backwards_into_accelerator_time(given: dict[str, Any], hours: float) -> None:
    record = estimate({"model": "m", **given})
    assert record["chip_hours"] == pytest.approx(hours, rel=0.7)
    assert record["method"] == "gpu_time"
    exact = estimate({"model": "m", "chip": given["chip"], "chip_time": f"{hours} GPU-hours"})
    assert record["flop_low"] < exact["flop"] < record["flop_high"]
    assert math.log(record["flop_high"] / record["flop_low"]) > math.log(exact["flop_high"] / exact["flop_low"])


def test_emissions_by_contract_say_nothing_of_the_energy() -> None:
    with pytest.raises(InputError):
        estimate({"chip": "A100", "emissions": "40 t", "emissions_basis": "net", "region": "US", "published": "2021"})


def test_accelerator_time_that_is_stated_is_never_taken_from_money_or_energy() -> None:
    facts = {"chip": "A100", "chips": "64", "time": "10 days", "published": "2023"}
    plain = estimate(facts)
    for more in ({"cost": "1000 USD"}, {"energy": "100 MWh"}, {"emissions": "10 t"}):
        assert estimate({**facts, **more})["flop"] == plain["flop"]


LLAMA = {"model": "Llama 3.3 70B", "chip": "H100 SXM", "chip_time": "7.0M GPU-hours", "organization": "Meta",
         "region": "US", "published": "2024-12"}


def test_a_stated_figure_that_contradicts_its_facts_is_flagged_and_not_used() -> None:
    record = estimate({**LLAMA, "emissions": "12.9 t"})
    assert "stated-contradicts-facts" in [check["code"] for check in record["checks"]]
    carbon = record["consequences"]["carbon"]
    assert carbon["stated"] == pytest.approx(12.9)
    assert carbon["value"] == pytest.approx(said(LLAMA, "carbon")["carbon"]["value"])
    fair = estimate({**LLAMA, "emissions": "2040 t"})
    assert "stated-contradicts-facts" not in [check["code"] for check in fair["checks"]]


def test_a_figure_is_flagged_from_twice_outside_every_interval_on() -> None:
    ways = said(LLAMA, "carbon")["carbon"]["bases"].values()
    low, high = min(way["low"] for way in ways) / CONTRADICTS, max(way["high"] for way in ways) * CONTRADICTS

    def flagged(tonnes: float) -> bool:
        checks = estimate({**LLAMA, "emissions": f"{tonnes} t"})["checks"]
        return "stated-contradicts-facts" in [check["code"] for check in checks]

    assert [flagged(low * 0.98), flagged(low * 1.02), flagged(high * 0.98), flagged(high * 1.02)] == \
        [True, False, False, True]


def test_runs_add_up_and_a_run_that_lacks_facts_is_said() -> None:
    first = {"chip": "A100", "chips": "64", "time": "10 days"}
    both = {"published": "2023", "runs": [{"stage": "a", **first}, {"stage": "b", **first, "time": "5 days"}]}
    whole = said(both, "energy")["energy"]
    assert whole["value"] == pytest.approx(1.5 * said({"published": "2023", **first}, "energy")["energy"]["value"])
    partly = said({"published": "2023", "runs": [{"stage": "a", **first}, {"stage": "b", "parameters": "1B",
                                                                           "tokens": "1B"}]}, "energy")["energy"]
    assert partly["value"] == pytest.approx(whole["value"] / 1.5)
    assert "covers only the others" in partly["problem"]


def test_records_have_them_only_when_asked_or_when_a_fact_asks() -> None:
    assert "consequences" not in estimate({"chip": "A100", "chips": "8", "time": "1 day"})
    assert list(estimate({"chip": "A100", "chips": "8", "time": "1 day", "pue": "1.2"})["consequences"]) == ["energy"]
    assert list(said({"chip": "A100", "chips": "8", "time": "1 day"}, "carbon,energy")) == ["carbon", "energy"]
    with pytest.raises(UsageError, match="no consequence is called 'carbone'; closest: 'carbon'"):
        estimate(MEENA, consequences="carbone")


def test_what_is_asked_never_changes_the_flop() -> None:
    assert estimate(MEENA, consequences=ALL)["flop"] == estimate(MEENA)["flop"]


def test_energy_is_given_where_the_flop_cannot_be() -> None:
    facts = {"chips": "100", "time": "10 days", "power_per_chip": "700 W", "power_basis": "node"}
    record = estimate(facts, consequences="energy")
    assert record["flop"] is None
    assert record["consequences"]["energy"]["value"] == pytest.approx(100 * 240 * 700 * 1.05 * 1.2 / 1e6)
    with pytest.raises(InputError):
        estimate(facts)


TABLE = """model,chip,chips,time,published,region
A,A100,64,10 days,2022,France
B,,,,2022,
C,TPU v3,1024,30 days,2019,US
"""


def test_tables_have_flat_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    ran = CliRunner().invoke(app, ["annotate", str(tmp_path / "t.csv"), "-o", str(tmp_path / "o.csv"),
                                   "--with", "energy,cost,carbon", "-q"])
    assert ran.exit_code == 1  # a row lacks facts
    rows = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text())))
    for name in ("energy_mwh", "cost_usd", "carbon_tco2e"):
        assert float(rows[0][f"{name}_low"]) < float(rows[0][name]) < float(rows[0][f"{name}_high"])
        assert rows[1][name] == ""
    one = said({"chip": "A100", "chips": "64", "time": "10 days", "published": "2022", "region": "France"})
    assert float(rows[0]["energy_mwh"]) == pytest.approx(one["energy"]["value"])
    assert float(rows[0]["carbon_tco2e"]) == pytest.approx(one["carbon"]["value"])
    assert float(rows[0]["cost_usd"]) == pytest.approx(one["cost"]["value"])


def test_what_an_earlier_run_estimated_is_no_stated_figure(tmp_path: Path) -> None:
    import pandas as pd

    frame = annotate(pd.read_csv(io.StringIO(TABLE)), consequences=ALL)
    again = annotate(frame)
    assert "energy_mwh_estimated" not in again
    assert again["flop_estimated"].equals(frame["flop"])
    stated = annotate(pd.read_csv(io.StringIO("model,chip,chips,time,energy_mwh\nA,A100,64,10 days,9\n")))
    assert "energy_mwh_estimated" in stated


def test_records_as_csv_have_them_too(tmp_path: Path) -> None:
    paper = tmp_path / "p.yaml"
    paper.write_text("".join(f"{name}: {text}\n" for name, text in MEENA.items()))
    ran = CliRunner().invoke(app, ["estimate", str(paper), "--with", "energy,cost", "-f", "csv"])
    (row,) = csv.DictReader(io.StringIO(ran.stdout))
    assert float(row["energy_mwh_low"]) < float(row["energy_mwh"]) < float(row["energy_mwh_high"])
    assert float(row["cost_usd"]) > 0
    assert float(row["carbon_tco2e"]) > 0  # for the region is stated
    plain = CliRunner().invoke(app, ["estimate", str(paper), "-f", "csv"])
    assert "energy_mwh" not in next(iter(csv.DictReader(io.StringIO(plain.stdout))))
    yaml = CliRunner().invoke(app, ["estimate", str(paper), "--with", "energy", "-f", "yaml"])
    assert "boundary: wall" in yaml.stdout


def test_a_table_whose_headers_ask_has_them_and_another_has_not() -> None:
    import pandas as pd

    frame = pd.read_csv(io.StringIO(TABLE))
    asked = annotate(frame)
    assert "carbon_tco2e" in asked
    assert "energy_mwh" not in asked
    assert "carbon_tco2e" not in annotate(frame.drop(columns="region"))
    assert annotate(frame, consequences=["energy"])["energy_mwh"].notna().tolist() == [True, False, True]


def test_the_terminal_shows_them_in_eighty_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    paper = tmp_path / "p.yaml"
    paper.write_text("".join(f"{name}: {text}\n" for name, text in MEENA.items()))
    ran = CliRunner().invoke(app, ["estimate", str(paper), "--with", "energy,cost,carbon"])
    lines = ran.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    for name, unit in (("energy", "MWh"), ("cost", "USD of 2019"), ("carbon", "tCO2e")):
        assert any(line.startswith(name) and unit in line for line in lines)
    found = json.loads(CliRunner().invoke(app, ["estimate", str(paper), "--with", "energy", "-f", "json"]).stdout)
    assert {"value", "low", "high", "unit", "assumed", "derivation", "problem"} <= set(found["consequences"]["energy"])


def test_a_consequence_of_ones_own() -> None:
    """Li et al. 2023 reckon 5.4 million litres for GPT-3's 1,287 MWh, 0.55 on the site and 3.14 at the plant."""
    facts = {"chip": "V100", "chip_time": "3.552M GPU-hours", "published": "2020", "pue": "1.17",
             "power_per_chip": "330 W", "power_basis": "node", "site_water": "0.55", "source_water": "3.14"}
    found = estimate(facts, plugins=[WATER])["consequences"]
    assert found["water"]["value"] / 1.05 == pytest.approx(5000, rel=0.1)
    assert found["water"]["unit"] == "kL"
    assumed = said(MEENA, "water", plugins=[WATER])["water"]
    assert assumed["assumed"]["site_water"] == pytest.approx(0.3)
    assert "energy" not in estimate({**MEENA, "site_water": "0.1"}, plugins=[WATER])["consequences"]


def test_the_example_keeps_the_contract() -> None:
    assert_contract("examples/water_plugin.py" if Path("examples/water_plugin.py").exists() else WATER)


BROKEN = '''
from computeest.contract import Consequence, hookimpl


def wrong(chip_time{extra}):
    """What it is (Nobody 2020)."""
    return chip_time {times}


@hookimpl
def computeest_consequences():
    return [Consequence("steam", "{unit}", "kL", {{"all": wrong}}, "Nobody 2020")]
'''


@pytest.mark.parametrize(("extra", "times", "unit", "clause"), [
    (", flop", "* flop", "litre", "flop"), ("", "* 1.0", "litre", "is not in litre"),
    ("", "* 0 - 1", "chip * second", "positive: fail: gives -1")])
def test_the_kit_finds_what_is_wrong(tmp_path: Path, extra: str, times: str, unit: str, clause: str) -> None:
    file = tmp_path / "steam.py"
    file.write_text(BROKEN.format(extra=extra, times=times, unit=unit))
    with pytest.raises((AssertionError, PluginError), match=clause):
        assert_contract(str(file))


def test_two_plugins_may_not_bring_one_consequence(tmp_path: Path) -> None:
    file = tmp_path / "again.py"
    file.write_text(BROKEN.format(extra="", times="* 1.0", unit="litre").replace('"steam"', '"energy"'))
    with pytest.raises(PluginError, match="two plugins bring a consequence called 'energy'"):
        registry.load((str(file),))


def test_built_in_consequences() -> None:
    found = registry.load().consequences
    assert set(found) == set(ALL)
    assert all(isinstance(one, Consequence) for one in found.values())
    assert {one.column for one in found.values()} == {"energy_mwh", "cost_usd", "carbon_tco2e"}


def test_the_guide_shows_the_example_word_for_word() -> None:
    import re

    blocks = re.findall(r"```py\n(.*?)```", (ROOT / "docs" / "plugins.md").read_text("utf-8"), re.DOTALL)
    source = Path(WATER).read_text("utf-8")
    assert len(blocks) == 3
    assert [block for block in blocks if block not in source] == []


def test_the_derivation_names_runs_where_there_are_several() -> None:
    """Two runs, each on a line of its own; of one run nobody asks which."""
    chip = {"model": "M", "chip": "A100 SXM 80GB", "utilization": 0.4}
    one = said({**chip, "chips": 8, "time": "5 days"}, "energy")["energy"]
    two = said({**chip, "runs": [{"chips": 8, "time": "5 days"}, {"chips": 8, "time": "3 days"}]}, "energy")["energy"]
    assert "run 1" not in one["derivation"]
    assert {"run 1: ", "run 2: "} <= {line[:7] for line in two["derivation"].splitlines()}
    assert two["value"] == pytest.approx(one["value"] * (5 + 3) / 5)
