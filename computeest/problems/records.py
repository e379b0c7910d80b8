"""What records say of a number: `docs/checks.md`. Checks of plugins bring their own."""

from __future__ import annotations

from computeest.problems.kind import Code

UNIT_NOT_STATED = Code(
    "unit-not-stated", "warning", "A time or an energy is written without a unit, and taken in seconds or joules",
    "{column} is {said} without a unit, and taken in {unit}s: write the unit, as in '{example}'")

DATE_ORDER = Code(
    "date-order", "info", "A date may start with the day or the month, and nothing in its column decides which",
    "{column} '{text}' may start with the day or the month, and nothing in its column decides which: only the year is "
    "taken")
PERHAPS_IN_FULL = Code(
    "perhaps-in-full", "warning", "A number under a header in thousands or more is larger than all but the largest "
    "trainings took, and may stand in full: the interval reaches down to that",
    "{column} stands under a header in {scale}, is more than all but the largest trainings took, and may be in full: "
    "the interval reaches down to that; write the unit into the cell")
DATE_IN_FUTURE = Code(
    "date-in-future", "warning", "The paper's date has not come yet", "the date, {day}, is in the future")
FACT_UNDER_ANOTHER_KEY = Code(
    "fact-under-another-key", "info", "A cell states another fact than its key asks for, and was taken for that one",
    "{under} says '{text}', which is taken for {column}")
FRACTION_UNDER_PERCENT = Code(
    "fraction-under-percent", "info", "A bare share of at most 1 stands in a column of utilizations in percent, and is "
    "taken for a fraction", "{column} {value:g} stands under a header in percent, and is taken for a fraction: no run "
    "is known to reach so little of the peak")
BOUND = Code(
    "bound", "info", "A number is given only as a bound, and what it leaves open widens the interval",
    "{column} is '{text}', no more than a bound ({kind}): {low:.3g} to {high:.3g}{unit} are taken")
STATED_CONTRADICTS = Code(
    "stated-contradicts-facts", "warning", "Energy, cost or emissions that the authors state lie far outside what the "
    "other facts give, in whichever way they may be counted: the stated figure is not used",
    "{column} is stated as {stated:.4g} {unit}, and the other facts give {value:.4g} {unit}: {factor:.3g} times too "
    "{way}, so the stated figure is not used")
TOTAL_OF_NUMBERS = Code(
    "total-of-numbers", "warning", "The compute is the `total_flos` of a log beside which nothing says that its inputs "
    "were texts; of images the interval reaches to 764 times fewer", "{column} is {text}, which may be of images")
BATCH_OF_ONE_DEVICE = Code(
    "batch-of-one-device", "warning", "The quote beside a batch speaks of one device, and the interval reaches that of "
    "all", "{column} is {text}, of one device")
BATCH_OF_ONE_OR_ALL = Code(
    "batch-of-one-or-all", "warning", "A `train_batch_size`, of one device in Hugging Face's model cards and of all in "
    "DeepSpeed's configurations, beside which nothing decides: the interval spans both",
    "train_batch_size {batch:g} is taken for that of {taken}: it is of one device in Hugging Face's model cards, and "
    "{all:g} on {chips:g} chips with {passes:g} accumulation steps, but of all in DeepSpeed's configurations; state "
    "batch_size or device_batch_size")
BATCH_OF_EACH_PASS = Code(
    "batch-of-each-pass", "warning", "A batch beside accumulation steps, which may be that of a whole optimizer step "
    "or of each pass: the interval spans both",
    "a batch of {batch:g} beside {passes:g} accumulation steps is taken for that of a whole step; of each pass, a step "
    "has {all:g}: state device_batch_size and chips, too")
BATCH_OF_COPIES = Code(
    "batch-of-copies", "info", "A batch of one device, of a model so large that several devices may hold one copy and "
    "share its batch: the interval reaches down to that of the copies", "a batch of one device is taken for each of "
    "{chips:g} chips, but {shared:.3g} of them may hold one copy of {parameters:.3g} parameters and share its batch: "
    "the interval reaches down to that; state batch_size")
CONTEXT_WINDOW = Code(
    "context-window", "info", "A context window longer than models are mostly trained on: the usual length is taken, "
    "and the interval reaches to the window", "the context window, {window:.0f} tokens, is the longest text that the "
    "model takes: {length:.0f} are taken as the length trained on, and the interval reaches to the window; state "
    "sequence_length")
TIME_OF_ONE_EPOCH = Code(
    "time-of-one-epoch", "warning", "The quote beside a time speaks of one epoch, and the interval reaches that of all",
    "{column} is {text}, of one epoch")
TIME_OF_ONE_STEP = Code(
    "time-of-one-step", "warning", "The quote beside a time speaks of one step, and the interval reaches that of all",
    "{column} is {text}, of one step")
TIME_OF_ONE_MODEL = Code(
    "time-of-one-model", "warning", "The quote beside a time speaks of one of several models, folds or runs, and the "
    "interval reaches that of all", "{column} is {text}, of one model")
COUNT_OF_ONE_EPOCH = Code(
    "count-of-one-epoch", "warning", "The quote beside the steps, or what was seen, speaks of one epoch, and the "
    "interval reaches that of all", "{column} is {text}, of one epoch")
HOURS_OF_ONE_OR_ALL = Code(
    "hours-of-one-or-all", "info", "A model card's hours used, and several chips: those of one, or of all together",
    "{hours:g} hours are used, and {chips:g} chips: accelerator time or wall-clock time may be meant, and the interval "
    "spans both")

CHIPS_MIXED = Code(
    "chips-mixed", "warning", "Several kinds of chips in one text are taken to have run side by side for all the time",
    "{what}")
CHIP_AMBIGUOUS = Code(
    "chip-ambiguous", "info", "The chip's name fits several products, and one was taken", "{what}")
CHIP_WORD_NOT_UNDERSTOOD = Code(
    "chip-word-not-understood", "warning", "A word beside the chip's name is not understood, and may make another chip "
    "of it: no such answer is called confident", "'{word}' beside the chip's name in '{text}' is not understood, and "
    "may make another chip of it than {chip}, which is taken")
CHIP_UNCERTAIN = Code(
    "chip-uncertain", "warning", "What is known of the chip comes from sources of low confidence (warning), or another "
    "remark of the database's (info)", "{what}", or_else="info")
NUMBER_FORMAT_ASSUMED = Code(
    "number-format-assumed", "warning", "No number format is stated, the answer rests on the peak, and single "
    "precision is more than 4 times slower: the interval holds that rate", "no number format is stated, and {chip} is "
    "{gap:.0f} times slower in single precision than in the {number_format} that is assumed")
NUMBER_FORMAT = Code(
    "number-format", "info", "No number format is stated, and the chip's usual one was taken", "{what}")
CHIP_WITHOUT_PEAK = Code(
    "chip-without-peak", "warning", "The chip has no rate to train with, such as one for integers only", "{what}")
CHIPS_PER_NODE = Code(
    "chips-per-node", "info", "Fewer chips than nodes are given, and taken for those of each node",
    "{chips:g} chips are fewer than {nodes:g} nodes, and taken for those of each: {all:g} in all")
CHIPS_OR_OF_EACH_NODE = Code(
    "chips-or-of-each-node", "warning", "So few chips beside several nodes may be those of each, and the interval "
    "spans both", "{chips:g} chips on {nodes:g} nodes may be all of them or those of each, {all:g} in all: the "
    "interval spans both")
CHIPS_OR_CORES_OF_SLICE = Code(
    "chips-or-cores-of-slice", "warning", "The number of chips is the one in a slice's name, which counts its cores: "
    "the interval spans both, and no such answer is called confident",
    "chips is {all:g}, and '{text}' names {all:g} cores, which are {chips:g} chips: these are taken, and the interval "
    "spans both; state {chips:g} chips, or name the chip without its slice")
MACHINES_COUNTED = Code(
    "machines-counted", "warning", "The chip's name is that of a machine of several chips, and machines were counted: "
    "GPUs may be meant, and the interval widens by their number in each", "one '{text}' is {each:g} chips, and they "
    "are taken to be {all:g} chips in all: where chips were counted, name the chip alone")

RUN_NOT_ESTIMATED = Code(
    "run-not-estimated", "warning", "Some run of the paper, or the run beside the base model's, lacks facts",
    "{lacking}, so the number {covers}")
SEARCH_NOT_ESTIMATED = Code(
    "search-not-estimated", "warning", "Runs that searched for those that count lack facts; they are no part of the "
    "answer", "what the runs of role {roles} took cannot be estimated from their facts; the number does not hold it")
PRACTICE_LEFT_OUT = Code(
    "practice-left-out", "warning", "Facts of how a model was trained (docs/training.md) are no part of its count, for "
    "others are lacking that they need", "{facts} is stated and no part of the count: {lacking}")
METHOD_LEFT_OUT = Code(
    "method-left-out", "info", "A method has an answer that the estimate takes nothing of, for it is too far from the "
    "one that leads, or another is preferred", "{method} gives {flop:.3g} FLOP, {factor:.3g}x apart, and is left out")
METHOD_FAILED = Code(
    "method-failed", "warning", "A method's or a rule's formula raised, gave no number, or one that its column cannot "
    "hold; only its own answer is left out", "{method}: {why}")

BASE_COMPUTE_MISSING = Code(
    "base-compute-missing", "warning", "The base model's compute is not known: the number covers the run alone, and "
    "the interval widens", "the compute of the base model, {base}, is not known, so the number leaves it out{near}")
BASE_DESCRIBED_AGAIN = Code(
    "base-described-again", "info", "The facts are within 10 % of the base model's compute: they describe its run, "
    "which is not added again, but the interval reaches to both together; a `stage` such as continued pretraining says "
    "that they are of another run",
    "the facts are those of the base model, {base}, so it is not added again; if this run came on top of it, say so as "
    "its stage: continued pretraining")
BASE_ADDED_TWICE = Code(
    "base-added-twice", "warning", "The authors' figure is the base model's compute and the run's together, so the "
    "former is not added again", "the figure that the authors state holds that of the base model, {base}, already, so "
    "it is not added again")
ACTIVE_FROM_TABLE = Code(
    "active-from-table", "info", "The active parameters are those of this mixture in the bundled table, "
    "[models.md](models.md)",
    "no active parameters are stated; {name} in the bundled table has {active:.3g}: computeest models show")
EXPERTS_IN_COLUMN = Code(
    "experts-in-column", "info", "A table's column that is none of ours says that the model is a mixture of experts; "
    "nothing says how many of its parameters are active",
    "the column '{header}' says '{text}': {share:.2f} of the parameters are taken to be active, and 3 to 30 % may be; "
    "state active_parameters")
EXPERTS_IN_QUOTE = Code(
    "experts-in-quote", "info", "A quote, or the note on the parameters, says that the model is a mixture of experts; "
    "nothing says how many of its parameters are active",
    "a quote of the paper's speaks of a mixture of experts: {share:.2f} of the parameters are taken to be active, and "
    "3 to 30 % may be; state active_parameters")
ACTIVE_QUOTED = Code(
    "active-quoted", "info", "The active parameters of a mixture of experts are those of a quote",
    "the paper's quotes speak of {active:.3g} active parameters, of {total:.3g}, which are taken: state "
    "active_parameters")
EXPERTS_DOUBTED = Code(
    "experts-doubted", "warning", "A note, or a quote that leaves it open, speaks of a mixture of experts",
    "the note, or a quote that leaves open whether this model has them, speaks of experts: all parameters are taken to "
    "be active, and the interval reaches down to {least:.2f} of them; state active_parameters")
EXPERTS_OR_PEOPLE = Code(
    "experts-or-people", "warning", "A column of experts holds no number that is usual of networks, so that it may "
    "count people: the interval spans both", "the column '{header}' says '{text}', which may be networks of a mixture "
    "or people: {least:.2f} to all of the parameters are taken to be active; state active_parameters")
BASE_FROM_TABLE = Code(
    "base-from-table", "info", "The base model's compute is that of the bundled table, [models.md](models.md)",
    "the compute of the base model is that of {base} in the bundled table, estimated from its facts: computeest models "
    "show")
BASE_COMPUTE_SCALED = Code(
    "base-compute-scaled", "warning", "The base model's compute was scaled from another size of its series", "{what}")
BASE_CYCLE = Code(
    "base-cycle", "error", "The model starts from one that starts from it",
    "the model starts from {base}, which starts from it")
BASE_OF_OTHER_SIZE = Code(
    "base-of-other-size", "warning", "The base model has over 1.5 times the parameters of the model, or less than a "
    "quarter of them: one that was only taught by it, or starts from another size, is misread; the interval spans both",
    "the model has {own:.3g} parameters and its base model, {base}, has {size:.3g}: unless it was pruned or grown, "
    "that is a teacher, which is no base_model, or another size; the interval spans both")
BASE_DOMINATES = Code(
    "base-dominates", "warning", "The run is less than a tenth of its base model's compute: a source that counts "
    "fine-tuning apart states far less", "the model's own run is {own:.2g} FLOP, the rest is its base model's: a "
    "source that counts fine-tuning apart states only the former")
