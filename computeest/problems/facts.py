"""What can be wrong with a paper, a row or a column of facts."""

from __future__ import annotations

from computeest.problems.kind import wrong

LAYOUT_COLUMN_MISSING = wrong(
    "layout-column-missing", "A layout of tables needs a column that the table does not have",
    "the table has no such column", "a table of the layout '{layout}'; or name the columns with a column map")
CHIPS_CONTRADICT = wrong(
    "chips-contradict", "The chip's text and the key `chips` count differently",
    "'{text}' counts {counted:g} chips, but chips says {stated:g}", "one number of chips")
MACHINES_OF_TIME_UNKNOWN = wrong(
    "machines-of-time-unknown", "Time is of machines, and nothing says how many chips each has",
    "this is the time of {machine}s, and nothing says how many chips each has",
    "the machine as the chip, such as 'chip: DGX A100', or the time in GPU-hours")
CHIP_OF_TIME_CONTRADICTS = wrong(
    "chip-of-time-contradicts", "Accelerator time is of another chip than `chip`",
    "this is the time of {chip} ('{word}'), but chip is {stated} ('{text}')", "one kind of chip, or a run for each")
CHIP_OF_COUNT_CONTRADICTS = wrong(
    "chip-of-count-contradicts", "The number of chips names another chip than `chip`",
    "these are {chip} ('{word}'), but chip is {stated} ('{text}')", "one kind of chip, or a run for each")
CHIP_OF_TIME_UNKNOWN = wrong(
    "chip-of-time-unknown", "Accelerator time names a chip that the database does not have",
    "'{name}' in this time is no chip that is known", "{near}")
FILE_NAMED_IN_CELL = wrong(
    "file-named-in-cell", "A table's cell names a file, and files may not be opened",
    "a table's cell names a file ('{file}')",
    "its contents in the cell, or --allow-files where you trust the table")
GGUF_WITHOUT_WEIGHTS = wrong(
    "gguf-without-weights", "A GGUF file holds no tensors", "there are no weights in it", "a model")
GGUF_PART_MISSING = wrong(
    "gguf-part-missing", "A file of several parts lacks one", "its part {part} is not there",
    "all parts in one folder")
GGUF_NOT_INSTALLED = wrong(
    "gguf-not-installed", "The package that reads GGUF is not there",
    "a GGUF file is read with the package 'gguf', which is not installed", "pip install computeest[gguf]")
PAPER_NOT_A_MAPPING = wrong(
    "paper-not-a-mapping", "The file holds no keys with values", "the file is not a list of 'key: value' lines",
    "such as 'epochs: 90'")
PAPER_WITHOUT_FACTS = wrong(
    "paper-without-facts", "The file holds keys and no fact", "there are no facts in it",
    "'key: value' lines, such as 'epochs: 90'")
RUNS_NOT_A_LIST = wrong(
    "runs-not-a-list", "Runs are given as something else than a list",
    "this is not a list of runs", "a list, each entry starting with '- '")
RUNS_TOO_MANY = wrong(
    "runs-too-many", "More runs than any paper has", "there are {count:,} runs", "at most {most:,}")
CELL_NOT_ONE_VALUE = wrong(
    "cell-not-one-value", "A list or a mapping stands where one value is asked for", "this is a list or a mapping",
    "one value, such as '{example}'")
CELL_WITHOUT_VALUE = wrong(
    "cell-without-value", "A mapping of one fact has no value", "there is no 'value' in it",
    '{{value: 90, source: "Table 3"}}')
NOT_USED_NOT_A_LIST = wrong(
    "not-used-not-a-list", "Readings that were left out are given as something else than a list",
    "this is not a list of readings that were left out",
    "entries such as '- {{column: time, value: 3 days, why: another model}}'")
RUN_WITHOUT_FACTS = wrong(
    "run-without-facts", "An entry of `runs` holds no fact", "this run has no facts", "'key: value' lines")
KEY_UNKNOWN = wrong(
    "key-unknown", "A key that means nothing", "no key is called '{key}'", "{near}")
FACT_GIVEN_TWICE = wrong(
    "fact-given-twice", "Two keys state one fact", "'{column}' is given twice, first on line {first}",
    "each fact once")
COMMA_ENDS_VALUE = wrong(
    "comma-ends-value", "A value within braces holds a comma without quotes",
    "the comma ends the value, and '{key}' starts another one",
    'quotes around a value with commas within braces: {{value: "1,000"}}')
CELL_KEY_UNKNOWN = wrong(
    "cell-key-unknown", "A mapping of one fact has a key that means nothing", "'{key}' is none of {known}",
    "{near}")
ALTERNATIVE_WITHOUT_VALUE = wrong(
    "alternative-without-value", "Another reading of a fact has no value", "an alternative has no 'value'",
    "alternatives: [{{value: 90, quote: ..., page: 4}}]")
SEVERAL_GGUF_FILES = wrong(
    "several-gguf-files", "A folder holds several whole GGUF files", "there are {count} GGUF files in it",
    "one of them, such as '{name}'")
PAPER_EMPTY = wrong(
    "paper-empty", "The file is empty", "there is nothing in it", "'key: value' lines, such as 'epochs: 90'")
READING_STOPS = wrong(
    "reading-stops", "So much is wrong that reading was stopped", "reading stops here, there may be more")
CELL_KEY_NOT_ONE_VALUE = wrong(
    "cell-key-not-one-value", "A key beside a value holds a list or a mapping",
    "its '{key}' is a list or a mapping", "a text or a number")
PAPER_NOT_TEXT = wrong(
    "paper-not-text", "The file is no text in UTF-8", "this is not text in UTF-8", "a paper.yaml in UTF-8")
ROW_FAILS = wrong(
    "row-fails", "The engine failed on a row, which costs that row alone", "cannot be estimated: {error}")
ROWS_FAIL_TOGETHER = wrong(
    "rows-fail-together", "The engine failed on rows that do not fail one by one",
    "these rows cannot be estimated together: {error}")
COLUMN_UNIT_DIFFERS = wrong(
    "column-unit-differs", "A column's unit is one of something else",
    "the column '{name}' is {wanted}, not {found}")
CELL_NOT_AN_OBJECT = wrong(
    "cell-not-an-object", "A cell that holds an architecture is no JSON object", "'{text}' is not a JSON object",
    'such as {{"depth": 50}}')
HEADER_UNIT_UNKNOWN = wrong(
    "header-unit-unknown", "What stands in brackets in a header is no unit", "'{unit}' is not understood",
    "a unit of {wanted}")
UNITS_BELOW_HEADER = wrong(
    "units-below-header", "The row below a table's headers says their units",
    "the row below it says units and no facts ({units}), without which the numbers mean others",
    "the units in the headers, such as '{header} ({unit})', and no such row")
ROW_OF_SEVERAL = wrong(
    "row-of-several", "A table's row is called a total or an average of others",
    "'{name}' is no model: the row adds up or averages others", "a row for each model, or the name of the model")
COLUMN_NAMED_TWICE = wrong(
    "column-named-twice", "Two columns of a table have one name", "two columns have this name",
    "one column for each fact")
FRAME_NOT_READ = wrong(
    "frame-not-read", "A frame's library or its memory does not give its rows", "cannot be read: {error}")
PAPER_NOT_A_FILE = wrong(
    "paper-not-a-file", "What should be a paper is a device, a pipe or the like", "this is no regular file",
    "a paper.yaml")
FACTS_LACKING = wrong(
    "facts-lacking", "No method can estimate the compute from what is given",
    "no method can estimate this from the facts given", "write more facts: {ways}")
TIME_OF_MANY = wrong(
    "time-of-many", "An accelerator time is multiplied, by chips or by runs",
    "'{text}' may be the time of so many chips, or of so many runs",
    "'8 GPUs for 1344 hours', or the accelerator time with its unit: '10,752 GPU-hours'")
TIME_OF_SEVERAL_GROUPS = wrong(
    "time-of-several-groups", "A time is of several groups of chips that cannot be added",
    "'{text}' is the time of several groups of chips, of different kinds or not all understood",
    "one of 'runs:' for each group, with its own chip, chips and time")
UNIT_OF_ANOTHER_KIND = wrong(
    "unit-of-another-kind", "A value's unit is one of something else", "'{text}' is {found}, not {wanted}",
    "{such_as}{slip}{key}")
CHOICE_UNKNOWN = wrong(
    "choice-unknown", "A word is none of those that a key takes", "'{text}' is none of {choices}", "{near}")
CELL_TOO_LONG_FOR_NUMBER = wrong(
    "cell-too-long-for-number", "A cell is longer than any number", "'{text}...' is too long for a number",
    "a number, or a number and a unit")
CELL_TOO_LONG = wrong(
    "cell-too-long", "A cell is longer than any that a person writes", "the text has {count:,} characters",
    "at most {most:,}")
CELL_EMPTY = wrong(
    "cell-empty", "A cell holds nothing", "there is no value", "{expected}")
PLAYING_TIME = wrong(
    "playing-time", "An amount of data is given as how long it plays",
    "'{text}' is how long something plays, not {wanted}",
    "examples: how many clips or windows of so many seconds that is")
MIXTURE_MULTIPLIED = wrong(
    "mixture-multiplied", "Parameters are given as experts times their size",
    "'{text}' names a mixture of experts, which share parameters", "all of them together")
BATCH_TIMES_LENGTH = wrong(
    "batch-times-length", "A batch is a product with the sequence length, and may be of sequences or of tokens",
    "'{text}' may be {value:,.0f} sequences, or so many tokens in sequences of {length:g}",
    "'batch_size: {value:.0f}', or 'batch_tokens: {value:.0f}'")
POINT_BETWEEN_THOUSANDS = wrong(
    "point-between-thousands", "A count has a point that may part thousands",
    "{text} may be {value:g} or {thousands:g}", "no point between thousands: '1,024'")
VALUE_TOO_LARGE = wrong(
    "value-too-large", "A value is larger than any can be", "{text} is {more_than}", "{expected}")
VALUE_TOO_SMALL = wrong(
    "value-too-small", "A value is negative, zero or smaller than any can be", "{text} is {found}", "{such_as}")
DATE_DAY_OR_MONTH = wrong(
    "date-day-or-month", "A date may start with the day or with the month",
    "'{text}' may start with the day or with the month", "write year-month-day, such as '2015-12-10'")
NOT_A_DATE = wrong(
    "not-a-date", "A text that is no date", "'{text}' is not a date{near}",
    "write year-month-day, such as '2015-12-10'")
STRUCTURE_OF_ANOTHER_KIND = wrong(
    "structure-of-another-kind", "A list stands where a mapping is asked for, or the reverse",
    "this is not a {kind}", "{expected}")
RANGE_TOO_WIDE = wrong(
    "range-too-wide", "An end of a range is a value that cannot be",
    "'{text}' reaches to {end:.3g}, which cannot be", "{such_as}")
DAY_THAT_IS_NOT = wrong(
    "day-that-is-not", "A date names a day that no calendar has", "'{text}' is not a day of the calendar",
    "write year-month-day, such as '2015-12-10'")
FILE_NAMED_IN_FACTS = wrong(
    "file-named-in-facts", "An architecture names a file, and files may not be opened",
    "'{key}' names a file, and no file can be named here", "{expected}")
COLUMN_MAP_NOT_A_MAPPING = wrong(
    "column-map-not-a-mapping", "A column map holds no columns with headers", "this is no map",
    "'column: header' lines")
MAPPED_COLUMN_UNKNOWN = wrong(
    "mapped-column-unknown", "A column map names a column that means nothing", "no column is called '{key}'",
    "{near}")
COLUMN_MAP_UNREADABLE = wrong(
    "column-map-unreadable", "A column map cannot be opened", "cannot be read: {error}", "a column map")
MAPPED_HEADER_REFUSED = wrong(
    "mapped-header-refused", "An entry of a column map says no header, or no unit", "{error}",
    "a header, or {{column: HEADER, unit: UNIT}}")
MAPPED_HEADER_MISSING = wrong(
    "mapped-header-missing", "A column map names a header that the table does not have",
    "the table has no column '{header}'", "{near}")
HEADERS_MEAN_ONE_COLUMN = wrong(
    "headers-mean-one-column", "Two headers mean one column", "'{first}' and '{second}' both mean {column}",
    "one column for each fact, or a column map that leaves one out")
WEIGHTS_UNREADABLE = wrong(
    "weights-unreadable", "The weights beside a config.json cannot be read", "{error}")
PAPER_TOO_LARGE = wrong(
    "paper-too-large", "A file is larger than any paper.yaml", "the file has {size:,} bytes",
    "a paper's facts, at most {most:,} characters")
PAPER_MISSING = wrong(
    "paper-missing", "A paper is not there", "there is no such file", "{near}")
PAPER_OF_ANOTHER_KIND = wrong(
    "paper-of-another-kind", "A table or a document stands where a paper.yaml is asked for", "this is no paper.yaml",
    "'key: value' lines; {kind} is read by: computeest {command} {name}")
PAPER_UNREADABLE = wrong(
    "paper-unreadable", "The system does not let a paper be read", "cannot be read: {reason}", "a paper.yaml")
GGUF_UNREADABLE = wrong(
    "gguf-unreadable", "A GGUF file is broken", "this is no GGUF file that can be read: {error}",
    "a file that llama.cpp reads")
OUT_OF_BOUNDS = wrong(
    "out-of-bounds", "A value is out of its column's bounds", "'{text}' is out of bounds", "{expected}")
REFUSED_UNDER_A_SCALE = wrong(
    "refused-under-a-scale", "A value cannot be, under a header that counts in thousands or more",
    "'{text}' stands under a header in {scale}: {what}", "{expected}")
IN_FULL_UNDER_A_SCALE = wrong(
    "in-full-under-a-scale", "A value may stand in full under a header that counts in thousands or more",
    "'{text}' stands under a header in {scale} and may be in full: in {scale}, a number of its column is more than any "
    "training took", "all in {scale}, or a header without them")
MODELS_REFUSED = wrong(
    "models-refused", "The lint finds an error in a table of models", "{message}")
SAID_TWICE_APART = wrong(
    "said-twice-apart", "Brackets say a number again in another unit, and it is another number",
    "'{first}' is not '{second}'", "one of the two")
