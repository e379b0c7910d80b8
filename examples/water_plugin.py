"""Water: what cools the data centre, and what power plants take for its electricity."""

from computeest.contract import Consequence, Default, Field, NewColumn, hookimpl

#: Joules of a kilowatt-hour: columns are stored for a joule, and people write litres for a kilowatt-hour.
KWH = 3.6e6


@hookimpl
def computeest_columns():
    """Water for a kilowatt-hour, on the site and at the power plant; both are assumed where nobody states them."""
    return [
        NewColumn(Field("site_water", "place, emissions", "Water that cools the machines, for their energy.",
                        "litre/joule", low_included=True, high=1e-4, example="0.3 litre/kWh",
                        unit_aliases={"site_water": "litre/kilowatt_hour"}),
                  Default(0.3 / KWH, 0.6, "Li et al. 2023, arXiv:2304.03271",
                          "large operators report 0.15 to 0.55 litres for a kilowatt-hour")),
        NewColumn(Field("source_water", "place, emissions", "Water that power plants take, for their electricity.",
                        "litre/joule", low_included=True, high=1e-4, example="3.1 litre/kWh",
                        unit_aliases={"source_water": "litre/kilowatt_hour"}),
                  Default(3.1 / KWH, 0.4, "Li et al. 2023, arXiv:2304.03271", "the mean of the United States")),
    ]


def on_and_off_site(chip_time, node_power, network_share, pue, site_water, source_water):
    """Water for cooling and for electricity (Li et al. 2023, section 3)."""
    return chip_time * node_power * network_share * (site_water + pue * source_water)


@hookimpl
def computeest_consequences():
    """Water in thousands of litres, where it is asked for or where one of its facts is stated."""
    return [Consequence("water", "kilolitre", "kL", {"on and off site": on_and_off_site},
                        "Li et al. 2023, arXiv:2304.03271", asked_by=("site_water", "source_water"))]
