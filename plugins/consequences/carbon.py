"""Carbon: greenhouse gases emitted for the electricity that a run took."""

from __future__ import annotations

from computeest.contract import Column, Consequence, hookimpl


def location(wall_energy: Column, grid_intensity: Column) -> Column:
    """Emissions of the grid where the run took its electricity, whoever contracted it (location-based)."""
    return wall_energy * grid_intensity


def as_authors_count(chip_time: Column, counted_power: Column, grid_intensity: Column) -> Column:
    """Hours x rated power x PUE x the grid's intensity, as most model cards count: without the host."""
    return chip_time * counted_power * grid_intensity


@hookimpl
def computeest_consequences() -> list[Consequence]:
    """Emissions by location; what an operator has contracted (market-based) never follows from where it is."""
    return [Consequence(
        "carbon", "tonne", "tCO2e", {"location": location, "authors": as_authors_count}, "patterson2021",
        stated="emissions", asked_by=("emissions", "emissions_basis", "region", "grid_intensity"), tells=("market",))]
