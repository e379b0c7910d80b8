"""What can be wrong with the words for a chip, with its number format, and with files of chips."""

from __future__ import annotations

from computeest.problems.kind import wrong

CHIPS_OF_SEVERAL_KINDS = wrong(
    "chips-of-several-kinds", "One text names several kinds of chips",
    "'{text}' names {count} kinds of chips: give each its own run")
CHIP_UNKNOWN = wrong(
    "chip-unknown", "A chip that the database does not have", "no chip is called '{text}'")
CHIP_TEXT_TOO_LONG = wrong(
    "chip-text-too-long", "A text is longer than any chip's name",
    "the text has {count:,} characters; a chip's name has fewer than {most:,}")
CHIP_EMPTY = wrong(
    "chip-empty", "There is no chip's name", "the text is empty")
CHIP_NOT_NAMED = wrong(
    "chip-not-named", "A text names no chip", "'{text}' names no chip")
CHIP_WORD_UNKNOWN = wrong(
    "chip-word-unknown", "A word beside a chip's name means nothing",
    "'{word}' in '{text}' is not a chip that is known")
CHIP_NOT_OF_KIND = wrong(
    "chip-not-of-kind", "No chip of a series has what a text says of it", "no {chip} is what '{text}' says")
CHIP_COUNT_OR_MEMORY = wrong(
    "chip-count-or-memory", "A number beside a chip may be a count or its memory",
    "in '{text}', {size:g} may be a count or a memory size: write '{size:g} x' or '{size:g} GB'")
CHIP_COUNT_OR_MODEL = wrong(
    "chip-count-or-model", "A number beside a chip may be a count or a model's size",
    "in '{text}', {number} may be a number of chips or the size of a model: write the number of chips in figures")
CHIP_OF_SEVERAL = wrong(
    "chip-of-several", "A text may mean any of several chips", "'{text}' may be any of several chips")
CHIP_COUNT_REFUSED = wrong(
    "chip-count-refused", "How many chips a text counts cannot be told", "in '{text}', {error}")
CHIP_NOT_BY_VENDOR = wrong(
    "chip-not-by-vendor", "A chip is not by the vendor named", "'{text}': {chip} is not by {vendor}")
NUMBER_FORMAT_NOT_OF_CHIP = wrong(
    "number-format-not-of-chip", "A chip has no rate in a number format",
    "{chip} has no {wanted} rate; it has {known}")
PEAK_UNPUBLISHED = wrong(
    "peak-unpublished", "No peak of a chip has been published", "no FLOP/s of {chip} has been published{why}")
NUMBER_FORMAT_UNKNOWN = wrong(
    "number-format-unknown", "A number format that is not known", "'{text}' is no number format")
NUMBER_FORMAT_OF_INTEGERS = wrong(
    "number-format-of-integers", "A number format counts integer operations",
    "{wanted} counts integer operations, which are no FLOP")
CHIP_OF_INTEGERS = wrong(
    "chip-of-integers", "A chip computes with integers only",
    "{chip} computes with integers only ({known}), which is no FLOP/s")
HARDWARE_MISSING = wrong(
    "hardware-missing", "A directory of hardware is not there", "no such file or directory",
    "a directory with YAML files")
HARDWARE_EMPTY = wrong(
    "hardware-empty", "A directory of hardware holds no YAML", "holds no YAML file", "files named *.yaml")
HARDWARE_REFUSED = wrong(
    "hardware-refused", "The lint finds an error in a file of hardware: docs/hardware.md lists its codes",
    "{message} [{code}]")
