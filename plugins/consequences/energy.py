"""Energy: what the chips drew, the nodes around them, the network, and the data centre around those."""

from __future__ import annotations

from computeest.contract import Column, Consequence, Rule, hookimpl


def at_the_wall(wall_energy: Column) -> Column:
    """Energy of the nodes, their network and the data centre around them."""
    return wall_energy


def of_nodes_and_centre(chip_time: Column, node_power: Column, pue: Column) -> Column:
    """Energy of the nodes and the data centre around them (Patterson et al. 2021, section 2.5)."""
    return chip_time * node_power * pue


def of_nodes(chip_time: Column, node_power: Column) -> Column:
    """Energy of the nodes: chips, processors, memory, fans, power supplies."""
    return chip_time * node_power


def of_chips_and_centre(chip_time: Column, chip_power: Column, drawn_share: Column, pue: Column) -> Column:
    """Energy of the chips alone, with the data centre's overhead for them."""
    return chip_time * chip_power * drawn_share * pue


def of_chips(chip_time: Column, chip_power: Column, drawn_share: Column) -> Column:
    """Energy of the chips alone, as their own meters show it (Dodge et al. 2022, Table 2)."""
    return chip_time * chip_power * drawn_share


def as_authors_count(chip_time: Column, counted_power: Column) -> Column:
    """Hours x rated power x PUE, as most model cards count (Touvron et al. 2023, section 6): without the host."""
    return chip_time * counted_power


def node_power_of_rated(chip_power: Column, node_share: Column) -> Column:
    """Mean power of a node for each chip, from the chip's rated power."""
    return chip_power * node_share


def wall_energy_of_chip_time(chip_time: Column, node_power: Column, network_share: Column, pue: Column) -> Column:
    """Energy at the wall, from accelerator time."""
    return chip_time * node_power * network_share * pue


def wall_energy_of_stated(energy: Column, stated_scope: Column) -> Column:
    """Energy at the wall, from what the authors state of part of it."""
    return energy * stated_scope


def wall_energy_of_emissions(emissions: Column, stated_scope: Column, grid_intensity: Column) -> Column:
    """Energy at the wall, from the emissions that the authors state."""
    return emissions * stated_scope / grid_intensity


def chip_time_of_wall_energy(wall_energy: Column, node_power: Column, network_share: Column, pue: Column) -> Column:
    """Accelerator time that the energy at the wall ran for."""
    return wall_energy / (node_power * network_share * pue)


def chip_time_of_compute(run_flop: Column, peak: Column, utilization: Column) -> Column:
    """Accelerator time that the run's FLOP took, where nobody states it."""
    return run_flop / (peak * utilization)


@hookimpl
def computeest_rules() -> list[Rule]:
    """How power, energy and accelerator time follow from one another."""
    return [
        Rule("node_power", node_power_of_rated, "patterson2021"),
        Rule("wall_energy", wall_energy_of_chip_time, "patterson2021"),
        Rule("wall_energy", wall_energy_of_stated, "patterson2021"),
        Rule("wall_energy", wall_energy_of_emissions, "patterson2021"),
        Rule("chip_time", chip_time_of_wall_energy, "patterson2021"),
        Rule("chip_time", chip_time_of_compute, "erdil2022"),
    ]


@hookimpl
def computeest_consequences() -> list[Consequence]:
    """Energy within each boundary that papers draw."""
    return [Consequence(
        "energy", "megawatt_hour", "MWh",
        {"wall": at_the_wall, "node+pue": of_nodes_and_centre, "node": of_nodes, "chips+pue": of_chips_and_centre,
         "chips": of_chips, "authors": as_authors_count},
        "patterson2021", sigma=0.02, chosen_by="energy_boundary", stated="energy",
        asked_by=("energy", "energy_boundary", "pue", "power_per_chip", "operator"), way=("boundary", "boundaries"))]
