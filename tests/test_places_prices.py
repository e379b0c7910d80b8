"""Places, operators and prices: what words mean, what numbers are found, and what the lint finds wrong."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest

from computeest.hardware import load
from computeest.hardware.files import File
from computeest.hardware.lint import money
from computeest.hardware.lint.lint import lint
from computeest.hardware.places import Places, Unknown, at_year
from computeest.hardware.prices import Prices

PLACES: Places = load().places
PRICES: Prices = load().prices
TODAY = datetime.date(2026, 11, 26)


@pytest.mark.parametrize(("text", "place"), [
    ("US", "usa"), ("USA", "usa"), ("United States of America", "usa"), ("US (Georgia)", "us-ga"),
    ("Georgia, US", "us-ga"), ("US-GA", "us-ga"), ("geo", "geo"), ("France", "fra"), ("UK", "gbr"), ("FR", "fra"),
    ("us-central1", "gcp-us-central1"), ("us-east-1", "aws-us-east-1"), ("us-east1", "gcp-us-east1"),
    ("AWS us-west-2", "aws-us-west-2"), ("East US", "azure-eastus"), ("eastus2", "azure-eastus2"),
    ("US (Texas, Austin Energy)", "us-tx"), ("Guangdong", "cn-gd"), ("Austin, TX, USA", "us-tx"),
    ("South Korea", "kor"), ("Finland (LUMI)", "fin"), ("US average (convention)", "usa"), ("Europe", "europe")])
def test_a_place_is_found_by_what_people_call_it(text: str, place: str) -> None:
    found = PLACES.place(text)
    assert not isinstance(found, Unknown), found
    assert found.id == place


@pytest.mark.parametrize(("text", "reason"), [
    ("Atlantis", "no place that is known"), ("Georgia", "is a country and a state"),
    ("US and Finland", "names several places"), ("", "no place that is known"), ("us-east-99", "no place")])
def test_what_is_no_place_is_refused(text: str, reason: str) -> None:
    found = PLACES.place(text)
    assert isinstance(found, Unknown)
    assert reason in found.reason
    assert found.expected


def test_every_name_of_every_country_and_region_finds_it() -> None:
    document = PLACES._document
    both = {name.lower() for name in (entry["name"] for entry in document["states"].values())}
    for key, entry in document["countries"].items():
        for name in (key, entry["name"], *entry.get("also", ())):
            if str(name).lower() not in both:
                assert getattr(PLACES.place(str(name)), "id", "") == key, name
    for key, entry in document["cloud-regions"].items():
        assert getattr(PLACES.place(entry["name"], entry["operator"]), "id", "") == key


def test_several_regions_of_one_name_leave_their_differences_open() -> None:
    both = PLACES.place("AWS us-east")
    assert not isinstance(both, Unknown)
    assert both.id == "aws-us-east-1+aws-us-east-2"
    found, one = PLACES.intensity(both, 2022), PLACES.intensity(PLACES.of_id("aws-us-east-1"), 2022)
    assert found is not None
    assert one is not None
    assert found.sigma > one.sigma


@pytest.mark.parametrize(("text", "year", "grams"), [
    # Ember through Our World in Data; eGRID 2023; Google Cloud 2022, as their files have them
    ("France", 2022, 78), ("Singapore", 2022, 504), ("US", 2020, 412), ("US-GA", 2023, 325), ("us-central1", 2022, 460),
    ("us-central1", 2024, 413)])
def test_intensities_are_those_published(text: str, year: int, grams: float) -> None:
    place = PLACES.place(text)
    assert not isinstance(place, Unknown)
    found = PLACES.intensity(place, year)
    assert found is not None
    assert found.value == pytest.approx(grams, rel=0.01)


def test_the_finer_the_place_the_less_is_open() -> None:
    spreads = []
    for text in ("World", "US", "US-IA", "us-central1"):
        place = PLACES.place(text)
        assert not isinstance(place, Unknown)
        found = PLACES.intensity(place, 2023)
        assert found is not None
        spreads.append(found.sigma)
    assert spreads == sorted(spreads, reverse=True)
    average = PLACES.place("US average")
    assert not isinstance(average, Unknown)
    assert average.average


def test_clouds_lie_about_their_countries_and_states_as_far_as_is_said() -> None:
    """Google's figures of its regions, of operation alone, against those of the places that they are in."""
    document = PLACES._document
    held: dict[str, list[bool]] = {"states": [], "countries": []}
    for key, entry in document["cloud-regions"].items():
        kind = next((kind for kind in held if entry.get("place") in document[kind]), None)
        if kind is None or entry.get("source") != "google-regions":
            continue
        for year, grams in entry["grams"].items():
            around = PLACES.intensity(PLACES.of_id(entry["place"]), int(year))
            assert around is not None, key
            held[kind].append(abs(math.log(grams / around.value)) <= 1.645 * around.sigma)
    for kind, many in (("states", 35), ("countries", 120)):
        assert len(held[kind]) > many
        assert 0.8 <= sum(held[kind]) / len(held[kind]) <= 0.97, kind


@pytest.mark.parametrize(("year", "value", "off"), [
    (2016, 100.0, 0), (2020, 200.0, 0), (2018, math.sqrt(100 * 200), 2), (2010, 100.0, 6), (2023, 200.0, 3)])
def test_a_year_between_two_is_between_them(year: int, value: float, off: int) -> None:
    found, away, says = at_year({"2016": 100, "2020": 200}, year)
    assert (found, away) == (pytest.approx(value), off)
    assert str(year) in says or "that of" in says


@pytest.mark.parametrize(("text", "operator"), [
    ("Google", "google"), ("Google Cloud", "google"), ("DeepMind", "google"), ("Microsoft Azure (OpenAI)", "microsoft"),
    ("AWS", "amazon"), ("Jean Zay", "idris"), ("Meta AI", "meta")])
def test_operators_by_their_names(text: str, operator: str) -> None:
    found = PLACES.operator(text)
    assert found is not None
    assert found.id == operator
    assert PLACES.operator("Somebody") is None


def test_pue_of_a_region_goes_before_that_of_its_operator() -> None:
    region = PLACES.place("us-west-2")
    assert not isinstance(region, Unknown)
    own, fleet = PLACES.pue("amazon", region, 2023), PLACES.pue("amazon", None, 2023)
    assert own is not None
    assert fleet is not None
    assert (own.value, fleet.value) == (1.13, 1.15)
    assert own.sigma < fleet.sigma
    assert PLACES.pue("", None, 2023) is None


def test_rental_prices_fall_with_the_commitment_and_are_of_their_vendor() -> None:
    prices = [PRICES.rental("nvidia-a100-sxm4-80gb", 2023, terms) for terms in
              ("on-demand", "one-year", "three-year", "spot")]
    values = [price.value for price in prices if price is not None]
    assert len(values) == 4
    assert values == sorted(values, reverse=True)
    # AWS p3.16xlarge in 2018: 24.48 USD an hour for 8 V100 (DAWNBench, fast.ai)
    aws = PRICES.rental("nvidia-v100-sxm2-16gb", 2018, "on-demand", "Amazon Web Services")
    assert aws is not None
    assert aws.value == pytest.approx(24.48 / 8, rel=0.01)
    assert PRICES.rental("nvidia-a100-sxm4-80gb", 2010) is None
    assert PRICES.rental("no-such-chip", 2023) is None


@pytest.mark.parametrize(("chip", "low", "high"), [
    # TensorWave 1.50, Vultr 1.85, Azure and Oracle 6 in May 2026 (Cliff Center); Spheron's own of March 2026
    ("amd-mi300x", 1.5, 6), ("amd-mi325x", 1.95, 1.95), ("nvidia-h200-sxm", 4.54, 4.54), ("nvidia-b200", 6.03, 6.03),
    ("nvidia-rtx-5090", 0.76, 0.76), ("nvidia-h100-sxm", 2.5, 3.49),
])
def test_chips_of_these_years_have_a_price_of_2026(chip: str, low: float, high: float) -> None:
    price = PRICES.rental(chip, 2026, "on-demand")
    assert price is not None
    assert low * 0.999 <= price.value <= high * 1.001


def test_a_price_of_another_year_is_less_sure() -> None:
    near, far = PRICES.rental("nvidia-k80", 2018, "on-demand"), PRICES.rental("nvidia-b200", 2027, "on-demand")
    assert near is not None
    assert far is not None
    assert far.sigma > near.sigma


def test_hardware_loses_value_with_every_month() -> None:
    chip = load().chip("nvidia-a100-sxm4-80gb")
    worth = [PRICES.owned(chip, datetime.date(year, 6, 1)) for year in (2021, 2022, 2023, 2024)]
    values = [one.value for one in worth if one is not None]
    assert values == sorted(values, reverse=True)
    assert values[1] / values[2] == pytest.approx(10**0.14, rel=0.01)
    assert PRICES.owned(load().chip("cambricon-mlu370-x8"), datetime.date(2023, 1, 1)) is None \
        if "cambricon-mlu370-x8" in load() else True


def test_electricity_of_another_country_is_that_of_the_united_states_and_less_sure() -> None:
    own, other = PRICES.electricity("usa", 2022), PRICES.electricity("fra", 2022)
    assert own.value == other.value == 0.0832  # EIA, industrial, 2022
    assert other.sigma > own.sigma


GRIDS = """schema: 1
sources:
  s: {title: "A table", url: "https://example.org", kind: database, accessed: "2026-01-01"}
countries:
  aaa: {name: Aland, also: [AA], spread: 0.2, source: s, grams: {2022: 400, 2023: 390}}
  bbb: {name: Bland, spread: 0.2, source: s, grams: {2022: 400}}
states:
  aaa-x: {name: Xshire, country: aaa, spread: 0.2, source: s, grams: {2022: 300}}
operators:
  op: {name: Op, pue: {source: s, years: {2022: 1.2}}}
cloud-regions:
  op-one: {name: one, operator: op, place: aaa-x}
"""
COSTS = """schema: 1
sources:
  s: {title: "A table", url: "https://example.org", kind: database, accessed: "2026-01-01"}
prices:
  group:
    chips: [nvidia-a100-sxm4-80gb]
    purchase:
      - {date: "2021-06-30", usd: 20000, kind: server, source: s}
    rental:
      - {year: 2022, vendor: One, on-demand: 4, one-year: 3, three-year: 2, offers: 3, source: s}
      - {year: 2023, vendor: One, on-demand: 3, offers: 1, source: s}
electricity:
  aaa: {source: s, usd-per-kWh: {2022: 0.08}}
"""


class _Chips(dict[str, Any]):
    """The chips of the lint's world, as far as prices ask for them."""


def found(text: str) -> set[tuple[str, str]]:
    """Level and code of what the lint says of a file of grids or prices."""
    own = lint([File("mine.yaml", text.encode())], TODAY)
    return {(one.level, one.code) for one in own if one.code != "price-chip" or "is no chip" not in one.message}


def test_right_files_are_right() -> None:
    assert found(GRIDS) == set()
    assert found(COSTS) == set()


@pytest.mark.parametrize(("text", "old", "new", "code"), [
    (GRIDS, "2023: 390", "2023: 39000", ("error", "grid")), (GRIDS, "2023: 390", "2023: 39", ("warning", "grid")),
    (GRIDS, "2023: 390", "2027: 390", ("error", "dates")), (GRIDS, "spread: 0.2, source: s, grams: {2022: 300}",
     "spread: 20, source: s, grams: {2022: 300}", ("error", "grid")),
    (GRIDS, "country: aaa", "country: zzz", ("error", "place")),
    (GRIDS, "place: aaa-x", "place: q", ("error", "place")),
    (GRIDS, "operator: op", "operator: oq", ("error", "place")), (GRIDS, "name: Bland", "name: AA", ("error", "place")),
    (GRIDS, "2022: 1.2", "2022: 12", ("error", "pue")), (GRIDS, "2022: 1.2", "2022: 0.9", ("error", "pue")),
    (GRIDS, "source: s, grams: {2022: 400}", "grams: {2022: 400}", ("error", "source-missing")),
    (GRIDS, "source: s, years", "source: q, years", ("error", "source-unknown")),
    (COSTS, "usd: 20000", "usd: 2", ("error", "price")), (COSTS, "usd: 20000", "usd: 2e9", ("error", "shape")),
    (COSTS, "2021-06-30", "2031-06-30", ("error", "dates")), (COSTS, "year: 2023", "year: 2033", ("error", "dates")),
    (COSTS, "on-demand: 3,", "on-demand: 300,", ("error", "price")),
    (COSTS, "on-demand: 3,", "on-demand: 30,", ("warning", "price")),
    (COSTS, "three-year: 2", "three-year: 3.9", ("warning", "price")),
    (COSTS, "on-demand: 3, ", "", ("error", "price")), (COSTS, "kind: server", "kind: gift", ("error", "word")),
    (COSTS, "2022: 0.08", "2022: 8", ("error", "price")), (COSTS, "vendor: One, on-demand: 3", "on-demand: 3",
     ("error", "missing-key")), (COSTS, "chips: [nvidia-a100-sxm4-80gb]\n", "chips: []\n", None)])
def test_the_lint_finds_what_is_wrong(text: str, old: str, new: str, code: tuple[str, str] | None) -> None:
    assert text.count(old) == 1
    said = found(text.replace(old, new))
    assert code is None or code in said


def test_a_price_of_no_chip_and_of_one_in_two_entries() -> None:
    said = [str(one) for one in lint([File("mine.yaml", COSTS.encode())], TODAY)]
    assert any("'nvidia-a100-sxm4-80gb' is no chip" in one for one in said)
    twice = COSTS.replace("electricity:", "  other:\n    chips: [nvidia-a100-sxm4-80gb]\nelectricity:")
    assert any("has prices in 'group' already" in str(one) for one in lint([File("mine.yaml", twice.encode())], TODAY))


def test_bounds_hold_what_there_is() -> None:
    """Every number of the database's own files lies within the lint's bounds, and not by a hair."""
    grams = [value for kind in ("countries", "states", "cloud-regions")
             for entry in PLACES._document[kind].values() for value in entry.get("grams", {}).values()]
    assert money.GRAMS[0] < min(grams)
    assert max(grams) < money.GRAMS[1]
