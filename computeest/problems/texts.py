"""What can be wrong with a text, whatever it is of: a number, a unit, YAML."""

from __future__ import annotations

from computeest.problems.kind import wrong

NUMBER_TOO_LONG = wrong(
    "number-too-long", "A text is longer than any number", "'{text}...' is too long for a number",
    "a number, or a number and a unit")
BOUND_NOT_A_VALUE = wrong(
    "bound-not-a-value", "A bound stands where a value is asked for", "'{text}' is a bound, not a value",
    "a value, or a range such as '0.3..0.5' (found '{sign}')")
BOUND_OF_NO_NUMBER = wrong(
    "bound-of-no-number", "A bound is of something that is no positive number",
    "'{text}' is a bound of what is no number", "a bound such as 'more than 2T'")
RANGE_REVERSED = wrong(
    "range-reversed", "A range does not rise, or reaches to zero", "'{text}' is no range",
    "a smaller and a larger positive number, such as '0.3..0.5'")
RANGE_UNIT_ON_LOWER_END = wrong(
    "range-unit-on-lower-end", "Only the lower end of a range has a unit",
    "'{text}' has a unit on its lower end only", "the unit at the end: '3..5 days'")
RANGE_SCALE_ON_UPPER_END = wrong(
    "range-scale-on-upper-end", "Only the upper end of a range has a scale, and the lower one another or none",
    "'{text}' has a scale on its upper end only, which its lower end is too large for",
    "the scale of both: '500B-1T'")
ERROR_UNREADABLE = wrong(
    "error-unreadable", "What stands around a sign of error is no value and its error",
    "'{text}' is no value with an error", "such as '90 ± 5'")
NUMBER_EMPTY = wrong(
    "number-empty", "There is no number", "there is no value", "a number, or a number and a unit")
NUMBER_GOES_ON = wrong(
    "number-goes-on", "A number goes on in a way that may mean several", "'{text}' is not a number",
    "a decimal point, and commas between thousands only, such as '1,281.5'")
POINT_OR_THOUSANDS = wrong(
    "point-or-thousands", "A comma may be a decimal point or part thousands",
    "'{text}' may be {point} or {thousands}", "a decimal point, and no commas between thousands")
NUMBERS_IN_A_ROW = wrong(
    "numbers-in-a-row", "A text holds two numbers of one unit, of which the second is no part of the first",
    "'{text}' may be a sum or two values", "the value that is meant, or the sum")
POWER_UNSURE = wrong(
    "power-unsure", "A power of ten has lost its raise, or is written as 10e23", "'{text}' may be {one} or {other}",
    "the number that is meant, such as '{one}'")
NUMBER_NOT_FINITE = wrong(
    "number-not-finite", "A number is larger than a float64 holds", "'{text}' is not a finite number",
    "a number that a float64 can hold")
NOT_A_NUMBER = wrong(
    "not-a-number", "A text that starts with no number", "'{text}' is not a number",
    "a number, or a number and a unit")
TWO_NUMBERS = wrong(
    "two-numbers", "Two numbers stand side by side", "'{text}' holds two numbers",
    "one number, or a unit behind each: '1 day 6 hours'")
UNITS_DIFFER = wrong(
    "units-differ", "One unit is converted to another of something else", "{unit} is not {to}")
UNIT_PART_UNKNOWN = wrong(
    "unit-part-unknown", "A part of a unit means nothing", "'{word}'{inside} is no unit", "{near}")
UNIT_TOO_LONG = wrong(
    "unit-too-long", "A text is longer than any unit", "'{text}...' is no unit",
    "a unit such as 'FLOP' or 'GPU-hour'")
UNIT_TO_A_POWER = wrong(
    "unit-to-a-power", "A unit is raised to a power", "'{text}' raises a unit to a power",
    "products and quotients of units, such as 'FLOP/s'")
UNIT_MISSING = wrong(
    "unit-missing", "A sign of division has no unit on one side", "a unit is missing beside '/'",
    "a unit such as 'FLOP/s'")
UNIT_RUN_TOGETHER = wrong(
    "unit-run-together", "A number's scale and its unit are one word", "'{word}' runs a number and a unit together",
    "such as '300{scale} {unit}'")
UNIT_AMBIGUOUS = wrong(
    "unit-ambiguous", "A letter may be one of several units", "'{word}' is no unit",
    "'min' for minutes, 'months' for months, 'M' for a million")
UNIT_SAYS_MORE = wrong(
    "unit-says-more", "Behind a number stands more than its unit", "'{text}' says more than a unit",
    "one number with its unit, and every other fact under a key of its own")
UNIT_UNKNOWN = wrong(
    "unit-unknown", "A unit that means nothing", "'{word}' is no unit", "{near}")
YAML_BROKEN = wrong(
    "yaml-broken", "A text breaks the rules of YAML", "not YAML: {problem}",
    "'key: value' lines; quote a text that holds ': ' or starts with a special character")
YAML_TOO_LARGE = wrong(
    "yaml-too-large", "A file is larger than any paper.yaml", "the file has {count:,} characters",
    "at most {most:,}")
YAML_CONTROL_CHARACTER = wrong(
    "yaml-control-character", "A file holds a control character", "there is a control character (U+{number:04X})",
    "text")
YAML_SECOND_DOCUMENT = wrong(
    "yaml-second-document", "A file holds several documents", "a second document starts here",
    "one document in a file")
YAML_ALIAS = wrong(
    "yaml-alias", "A file uses an alias of YAML", "'*{anchor}' is an alias", "the value written out")
YAML_ANCHOR = wrong(
    "yaml-anchor", "A file uses an anchor of YAML", "'&{anchor}' is an anchor",
    "the value written out where it is used")
YAML_TAG = wrong(
    "yaml-tag", "A file uses a tag of YAML", "'{tag}' is a tag", "plain text, numbers, lists and mappings")
YAML_TOO_DEEP = wrong(
    "yaml-too-deep", "Values are nested too deeply", "values are nested too deeply", "at most {most} levels")
YAML_NOT_SCANNED = wrong(
    "yaml-not-scanned", "A text cannot be taken apart as YAML", "not YAML: {error}", "text")
YAML_VALUES_TOO_MANY = wrong(
    "yaml-values-too-many", "A file holds more values than any paper", "there are more than {most:,} values",
    "a paper's facts")
YAML_KEY_NOT_A_WORD = wrong(
    "yaml-key-not-a-word", "A key is a list or a mapping", "a key is a list or a mapping", "a word")
YAML_KEY_TWICE = wrong(
    "yaml-key-twice", "A mapping has one key twice", "the key '{key}' is given twice; first on line {first}",
    "each key once")
