"""Cost: hardware that is owned and loses value, or is rented; in dollars of the year of the run."""

from __future__ import annotations

from types import MappingProxyType

from computeest.contract import Column, Consequence, Rule, hookimpl

#: What each way to pay is counted as.
WORDS = MappingProxyType({"amortized": "amortized", **dict.fromkeys(
    ("rental", "on-demand", "one-year", "three-year", "reserved", "spot"), "rental")})


def amortized(chip_time: Column, hardware_price: Column, wall_energy: Column, electricity_price: Column) -> Column:
    """What owned hardware lost in value over the run, and its electricity (Cottier et al. 2024, section 2.2)."""
    return chip_time * hardware_price + wall_energy * electricity_price


def rental(chip_time: Column, chip_price: Column) -> Column:
    """What renting the chips for that long cost."""
    return chip_time * chip_price


def chip_time_of_owned(cost: Column, hardware_price: Column, node_power: Column, network_share: Column, pue: Column,
                       electricity_price: Column) -> Column:
    """Accelerator time of owned hardware that the money paid for."""
    return cost / (hardware_price + node_power * network_share * pue * electricity_price)


@hookimpl
def computeest_rules() -> list[Rule]:
    """Accelerator time from what owned hardware cost; from what rented hardware cost is an old rule."""
    return [Rule("chip_time", chip_time_of_owned, "cottier2024")]


@hookimpl
def computeest_consequences() -> list[Consequence]:
    """Cost on either basis; what idle time of an owned cluster adds is within the spread."""
    return [Consequence(
        "cost", "dollar", "USD", {"amortized": amortized, "rental": rental}, "cottier2024", sigma=0.2,
        chosen_by="price_basis", words=WORDS, stated="cost", asked_by=("cost", "price_basis", "chip_price"),
        tells=("year", "usd_2023"))]
