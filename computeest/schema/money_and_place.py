"""The columns of what a run cost in energy, money and emissions, and of where it ran."""

from __future__ import annotations

from types import MappingProxyType

from computeest.schema.field import Field, text

#: Words that papers and tables have for the choices, folded.
_BOUNDARIES = MappingProxyType({
    "gpu": "chips", "gpus": "chips", "chip": "chips", "accelerators": "chips", "gpupue": "chips+pue",
    "nodes": "node", "server": "node", "servers": "node", "it": "node", "facility": "node+pue",
    "datacenter": "node+pue", "datacentre": "node+pue", "nodenetworkpue": "wall", "plug": "wall"})
_POWERS = MappingProxyType({
    "rated": "tdp", "peak": "tdp", "gpu": "chip", "measuredgpu": "chip", "measurednode": "node", "system": "node",
    "measuredsystem": "node", "server": "node"})
_PRICES = MappingProxyType({
    "cloud": "rental", "rented": "rental", "rent": "rental", "list": "on-demand", "listprice": "on-demand",
    "owned": "amortized", "amortised": "amortized", "purchase": "amortized", "1year": "one-year",
    "3year": "three-year", "committed": "reserved", "preemptible": "spot"})
_BASES = MappingProxyType({"locationbased": "location", "gross": "location", "marketbased": "market", "net": "market"})

MONEY_POWER = (
    Field("cost", "money, power", "What the accelerator time cost.", "dollar", high=1e15, example="4.6M USD",
          aliases=("training_cost",),
          adds_up=True, routes={"FLOP": "reported_compute"}),
    # stored for a second, as every time is; a bare number is what people mean: for an hour
    Field("chip_price", "money, power", "Price of one accelerator for an hour.", "dollar/chip/second",
          # no chip is let for less than a fifth of a cent: prices for a second are, as they stand (0.0011 of an H100)
          low=0.002 / 3600, high=300.0,
          also=("dollar/second",), unit_aliases={"chip_price": "dollar/chip/hour"}, example="2 USD per GPU-hour"),
    Field("energy", "money, power", "Energy that the run used, as the authors state it.", "joule", high=1e20,
          unit_aliases={"energy_mwh": "megawatt_hour", "energy_kwh": "kilowatt_hour"}, example="1287 MWh",
          adds_up=True),
    Field("energy_boundary", "money, power", "What the energy covers: the chips alone, the whole node, either with the "
          "data centre's overhead (PUE), or all of it with the network.", kind="choice",
          choices=("chips", "chips+pue", "node", "node+pue", "wall"), says=_BOUNDARIES, example="node+pue"),
    Field("power_per_chip", "money, power", "Electric power for one chip, as the authors state or measured it.",
          "watt/chip", low=1.0, low_included=True, high=1e6, also=("watt",), aliases=("power_consumption",),
          example="330 W"),
    Field("power_basis", "money, power", "What the power is: the rated one (tdp), the mean of the chip alone, or the "
          "mean of its share of the node.", kind="choice", choices=("tdp", "chip", "node"), says=_POWERS,
          example="node"),
    Field("price_basis", "money, power", "How the cost is counted: hardware that is owned and written off (amortized), "
          "or rented.", kind="choice",
          choices=("amortized", "rental", "on-demand", "one-year", "three-year", "reserved", "spot"),
          says=_PRICES, example="on-demand"),
)

PLACE = (
    text("operator", "place, emissions", "Who runs the data centre.", "cloud_provider", "data_center_operator",
          "datacenter_operator", example="Google Cloud"),
    text("region", "place, emissions", "Where the data centre is: a country, a state, or a cloud's region.",
          "compute_region", "cloud_region", "grid_region", "datacenter_region", example="us-central1"),
    Field("pue", "place, emissions", "Energy of the whole data centre over that of its machines.", "dimensionless",
          low=1.0, low_included=True, high=5.0, aliases=("power_usage_effectiveness",), example="1.1"),
    # stored for a joule, as energy is; a bare number is what people mean: grams for a kilowatt-hour
    Field("grid_intensity", "place, emissions", "Greenhouse gases emitted for the electricity, in CO2 equivalents.",
          "gram/joule", low=2.7e-7, high=1e-3, unit_aliases={"grid_intensity": "gram/kilowatt_hour",
                                                 "carbon_intensity": "gram/kilowatt_hour"},
          example="385 gCO2e/kWh"),
    Field("emissions", "place, emissions", "Greenhouse gases that the run emitted, as the authors state them, in CO2 "
          "equivalents; a bare number is in tonnes.", "gram", high=1e14,
          unit_aliases={"emissions": "tonne", "carbon_emissions": "tonne", "carbon_emitted": "tonne",
                        "emissions_t": "tonne", "emissions_kg": "kilogram"},
          example="552 tCO2e", adds_up=True),
    Field("emissions_basis", "place, emissions", "Whose electricity the emissions are of: the grid's where it runs "
          "(location), or what its operator has contracted (market).", kind="choice",
          choices=("location", "market"), says=_BASES, example="location"),
)

#: Columns that only look-ups and rules fill.
FILLED = (
    Field("run_flop", "derived", "FLOP of one run, as its methods say together.", "FLOP", high=1e32, adds_up=True),
    Field("node_share", "derived", "Mean power of a node, for each chip, over the chip's rated power.",
          "dimensionless", high=10),
    Field("drawn_share", "derived", "Mean power of a chip over its rated power.", "dimensionless", high=2),
    Field("network_share", "derived", "Power with the network between nodes over that without.", "dimensionless",
          high=3),
    Field("node_power", "derived", "Mean power of a node for each of its chips, while it trains.", "watt/chip",
          high=1e6, said_by=("chip",)),
    Field("wall_energy", "derived", "Energy of the nodes, their network and the data centre around them.", "joule",
          high=1e20, adds_up=True),
    Field("stated_scope", "derived", "Energy at the wall over the part of it that stated figures cover.",
          "dimensionless", high=10),
    Field("counted_power", "derived", "Power for one chip as authors count it: as stated, or as rated; with the PUE "
          "that they state.", "watt/chip", high=1e6, said_by=("power_per_chip", "chip")),
    Field("hardware_price", "derived", "What one owned chip, with its share of server and network, loses in value.",
          "dollar/chip/second", high=300.0, unit_aliases={"hardware_price": "dollar/chip/hour"}, said_by=("chip",)),
    Field("electricity_price", "derived", "Price of electricity.", "dollar/joule", high=1e-3,
          unit_aliases={"electricity_price": "dollar/kilowatt_hour"}, said_by=("region",)),
)
