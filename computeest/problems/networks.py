"""What can be wrong with a list of layers, or with a network's parameters."""

from __future__ import annotations

from computeest.problems.kind import wrong

LAYER_KEY_MISSING = wrong(
    "layer-key-missing", "A layer lacks a key that it needs", "it lacks {missing}")
LAYER_TAKES_NO_VALUE = wrong(
    "layer-takes-no-value", "A layer without keys is given a value", "it takes no value, but is given {value!r}")
LAYER_NEEDS_KEYS = wrong(
    "layer-needs-keys", "A layer needs more than one value", "one value is not enough; write {{{keys}}}")
OUTPUT_NOT_SAVED = wrong(
    "output-not-saved", "A layer takes an output that nothing saves", "no output is saved as {name!r}; {near}")
NOT_A_WHOLE_NUMBER = wrong(
    "not-a-whole-number", "A layer's key takes a whole number", "{value!r} is not a whole number")
SIZE_OUT_OF_RANGE = wrong(
    "size-out-of-range", "A number is larger than any network's",
    "{value} is out of range; expected between 0 and {most:,}")
TOO_FEW = wrong(
    "too-few", "A layer needs more of something", "{count} is too few; expected at least {low}")
LAYER_KEY_UNKNOWN = wrong(
    "layer-key-unknown", "A layer has no such key", "it has no '{key}'; {near}")
NOT_TRUE_OR_FALSE = wrong(
    "not-true-or-false", "A layer's key takes true or false", "{value!r} is not true or false")
NOT_A_WORD = wrong(
    "not-a-word", "A layer's key takes a word", "{value!r} is not a word")
HEADS_OF_KEYS = wrong(
    "heads-of-keys", "The heads do not divide into those of keys and values",
    "{heads} heads do not divide into {shared} key-value heads")
CAUSAL_UNKNOWN = wrong(
    "causal-unknown", "How masked scores are counted is given in another word",
    "causal is '{causal}'; expected 'full' (every score) or 'half' (the mask halves them)")
WINDOW_BELOW_ONE = wrong(
    "window-below-one", "A window of attention holds no position",
    "a window of {window} positions; expected at least 1")
ATTENTION_RANK_NEGATIVE = wrong(
    "attention-rank-negative", "A size of compressed attention is negative",
    "rope_dim is {rope_dim} and q_rank is {q_rank}; expected 0 or more")
EXPERTS_CHOSEN = wrong(
    "experts-chosen", "More experts are chosen than there are, or none",
    "{top_k} of {experts} experts; expected between 1 and {experts}")
EXPERTS_WITHOUT_WIDTH = wrong(
    "experts-without-width", "Experts are narrower than one unit", "experts are {hidden} wide; expected at least 1")
WIDTH_OF_HEADS = wrong(
    "width-of-heads", "The width does not divide into the heads",
    "a width of {channels} does not divide into {heads} heads; give head_dim")
ATTENTION_SIZE_BELOW_ONE = wrong(
    "attention-size-below-one", "A size of compressed attention is below one",
    "{what} is {size}; expected at least 1")
WINDOW_WITH_STRIDE = wrong(
    "window-with-stride", "A window with its stride is larger than what comes in",
    "a window of {kernel} with stride {stride} does not fit an input of {shape}")
GROUPS_OF_CONVOLUTION = wrong(
    "groups-of-convolution", "Channels do not divide into the groups of a convolution",
    "{channels} input and {out} output channels do not divide into {groups} groups")
TOKENS_EMPTY = wrong(
    "tokens-empty", "Tokens, their vocabulary or their width are below one",
    "{positions} tokens of {vocabulary} words, {width} wide; all must be at least 1")
OUTPUT_EMPTY = wrong(
    "output-empty", "A layer gives no channel", "{out} output channels; expected at least 1")
VOCABULARY_EMPTY = wrong(
    "vocabulary-empty", "A vocabulary has no word", "a vocabulary of {vocabulary} words; expected at least 1")
PARAMETERS_NEGATIVE = wrong(
    "parameters-negative", "A number of parameters is negative", "{count} parameters; expected 0 or more")
COUNTS_NEGATIVE = wrong(
    "counts-negative", "FLOP or parameters stated for a layer are negative",
    "FLOP and parameters cannot be negative")
TABLE_OF_POSITIONS = wrong(
    "table-of-positions", "A table of positions has no row", "a table of {rows} positions; expected at least 1")
INPUT_EMPTY = wrong(
    "input-empty", "An input has an extent below one",
    "{channels} channels over {size} is empty; every extent must be at least 1")
GROUPS_OF_NORM = wrong(
    "groups-of-norm", "Channels do not divide into the groups of a norm",
    "{channels} channels do not divide into {groups} groups")
NORM_UNKNOWN = wrong(
    "norm-unknown", "A norm that is not known", "no norm is called '{kind}'; expected none, {known}")
ACTIVATION_UNKNOWN = wrong(
    "activation-unknown", "An activation that is not known",
    "no activation is called '{kind}'; expected one of {known}")
WINDOW_OF_POOLING = wrong(
    "window-of-pooling", "A window of pooling is larger than what comes in",
    "a window of {kernel} does not fit an input of {shape}")
JOINED_ALONG_UNKNOWN = wrong(
    "joined-along-unknown", "Shapes are joined along something that they do not have",
    "cannot join along '{along}'; expected channels or positions")
JOINED_CHANNELS_DIFFER = wrong(
    "joined-channels-differ", "What is joined along positions differs in channels",
    "cannot join {shapes}: the channels differ")
RESHAPED_TO_OTHER_SIZE = wrong(
    "reshaped-to-other-size", "A shape is written as one of another number of values",
    "{shape} holds {values} values, {wanted} would hold {wanted_values}")
POSITIONS_ASKED = wrong(
    "positions-asked", "More positions are taken than there are", "{positions} positions were asked of {shape}")
PARTS_OF_CHANNELS = wrong(
    "parts-of-channels", "Channels do not divide into the parts asked for",
    "{channels} channels do not divide into {parts} parts")
JOINED_EXTENTS_DIFFER = wrong(
    "joined-extents-differ", "What is joined along channels differs in extents",
    "cannot join {shapes}: the extents differ")
CHANNELS_DIFFER = wrong(
    "channels-differ", "What is added or multiplied differs in channels",
    "cannot {kind} {shape} and {other}: the channels differ")
EXTENTS_DIFFER = wrong(
    "extents-differ", "What is added or multiplied differs in extents",
    "cannot {kind} {shape} and {other}: the extents differ")
NOT_A_LAYER = wrong(
    "not-a-layer", "An entry is neither a word nor a mapping",
    "{entry} is not a layer; write a word such as 'relu', or a mapping such as linear: 10")
LAYER_OF_SEVERAL_OPERATIONS = wrong(
    "layer-of-several-operations", "An entry names several operations",
    "a layer has one operation, such as conv or linear; here there are {count} ({words})")
EXTENTS_OF_OPERATION = wrong(
    "extents-of-operation", "An operation is of another number of extents",
    "'{word}' has {extents} extents, but what comes in has {count}")
LAYER_UNKNOWN = wrong(
    "layer-unknown", "A layer that is not known", "no layer is called '{name}'; {near}")
BLOCKS_TOO_DEEP = wrong(
    "blocks-too-deep", "Blocks are nested too deeply", "blocks are nested more than {most} deep")
INPUT_EXTENTS = wrong(
    "input-extents", "An input has no extent, or more than three",
    "{count} extents; expected channels and up to three more, such as [3, 224, 224]")
NOTHING_FLOWS_IN = wrong(
    "nothing-flows-in", "The first layer says nothing of what comes in",
    "nothing flows into it; begin with {{input: [3, 224, 224]}} or {{tokens: 1024}}")
LAYERS_NOT_A_LIST = wrong(
    "layers-not-a-list", "Layers are no list", "{entries} is not a list of layers")
LAYERS_TOO_MANY = wrong(
    "layers-too-many", "More layers than are counted one by one",
    "more than {most:,} layers have to be counted one by one")
OUTPUT_TOO_LARGE = wrong(
    "output-too-large", "A layer's output is larger than any network's", "its output is larger than any network's")
BRANCHES_NOT_A_LIST = wrong(
    "branches-not-a-list", "Branches are no list of lists of layers",
    "{value} is not a list of branches, each a list of layers")
JOIN_UNKNOWN = wrong(
    "join-unknown", "Branches are joined in a way that is not known",
    "{join!r} is no way to join branches; expected concat, add or multiply")
BLOCK_UNKNOWN = wrong(
    "block-unknown", "A block is used that is not defined", "no block is defined as '{name}'; {near}")
BLOCK_VALUES_NOT_A_MAPPING = wrong(
    "block-values-not-a-mapping", "A block's values are not given by name",
    "{given} is not a mapping of names to values")
LAYER_KEYS_APART = wrong(
    "layer-keys-apart", "Two keys of a layer exclude one another", "'{key}' does not go with '{structure}'")
CHANNELS_COME_IN = wrong(
    "channels-come-in", "The channels stated are not those that come in",
    "{given} come in, but the layer before gives {channels}")
BLOCK_VALUE_MISSING = wrong(
    "block-value-missing", "A block uses a value that it is not given",
    "'{name}' has no value; the block has {known}")
NOTHING_TO_SAVE = wrong(
    "nothing-to-save", "An output is saved before there is one", "there is nothing to save here")
BLOCK_VALUE_UNKNOWN = wrong(
    "block-value-unknown", "A block is given a value that it does not use",
    "block '{name}' has no '{key}'; it has {known}")
REPEATED_BELOW_ZERO = wrong(
    "repeated-below-zero", "A block is repeated less than no time",
    "a block cannot be repeated {count} times; expected 0 or more")
SHARED_OF_OTHER_SIZE = wrong(
    "shared-of-other-size", "A shared layer comes again with other parameters",
    "it was first used with {first:,} parameters, now with {now:,}")
RECURRENT_EMPTY = wrong(
    "recurrent-empty", "A recurrent network has no layer or no unit",
    "{layers} layers of {hidden} units; both must be at least 1")
HEADS_OF_SCAN = wrong(
    "heads-of-scan", "Inner channels do not divide into heads",
    "{inner} inner channels do not divide into heads of {head_dim}")
NETWORK_SHAPELESS = wrong(
    "network-shapeless", "A family is named, and nothing of which of its networks", "{what}")
PARAMETER_MISSING = wrong(
    "parameter-missing", "A family lacks a parameter that it needs", "the family '{family}' needs {lacking}")
FAMILY_COUNTS_NOTHING = wrong(
    "family-counts-nothing", "A plugin's family counts what no network has",
    "the family '{family}' counts {flop:g} FLOP, which no network has")
NETWORK_WITHOUT_PRODUCTS = wrong(
    "network-without-products", "A network has no layer that multiplies",
    "the network has no matrix products to count")
FAMILY_FAILS = wrong(
    "family-fails", "A plugin's family raises", "{what}")
FAMILY_UNKNOWN = wrong(
    "family-unknown", "A family that nobody brings", "no family is called '{name}'")
NETWORK_NAME_AMBIGUOUS = wrong(
    "network-name-ambiguous", "A network's name fits several",
    "the name '{name}' leaves open which network is meant: {open}")
NETWORK_NOT_COUNTED = wrong(
    "network-not-counted", "A library's network that no family counts",
    "{name} is not counted: {lacking} (so called by {library})")
NETWORK_NAME_UNKNOWN = wrong(
    "network-name-unknown", "A family or a variant that nobody brings", "{what}")
VARIANT_OF_ANOTHER_FAMILY = wrong(
    "variant-of-another-family", "A variant is of another family than is named",
    "the variant '{variant}' is of the family '{its}', not '{family}'")
PARAMETER_UNKNOWN = wrong(
    "parameter-unknown", "A family has no such parameter",
    "the family '{name}' has no '{key}'; it has {known}{near}")
PARAMETER_TWICE = wrong(
    "parameter-twice", "A parameter of a family is given under two names",
    "'{own}' is given twice, once as '{key}'")
WEIGHTS_TOO_MANY = wrong(
    "weights-too-many", "The weights have more parameters than any model",
    "{file}: more than {most:.0e} parameters; expected a safetensors file")
WEIGHTS_INDEX_TOO_LARGE = wrong(
    "weights-index-too-large", "The index of the weights is larger than any",
    "{file}: {bytes:,} bytes; expected at most {most:,}")
WEIGHTS_TOO_MANY_PARTS = wrong(
    "weights-too-many-parts", "The header or index of the weights holds more than any",
    "{file}: more than {most:,} lists and objects; expected a safetensors file or its index")
WEIGHTS_NO_OBJECT = wrong(
    "weights-no-object", "The header or index of the weights is no object",
    "{file}: this is no JSON object; expected safetensors' header or index")
WEIGHTS_HEADER_TOO_LONG = wrong(
    "weights-header-too-long", "The header of the weights is longer than any",
    "{file}: a header of {bytes:,} bytes; expected a safetensors file")
WEIGHTS_WITHOUT_SHAPE = wrong(
    "weights-without-shape", "A tensor of the weights has no shape",
    "{file}: {tensor} has no shape; expected a safetensors file")
WEIGHTS_NOT_JSON = wrong(
    "weights-not-json", "The header or index of the weights is no JSON",
    "{file}: this is not JSON; expected safetensors' header or index")
EXTENTS_GIVEN = wrong(
    "extents-given", "A kernel, stride or padding has another number of extents",
    "{value} gives {count} extents; expected {rank}, or one number for all")
KERNEL_BELOW_ONE = wrong(
    "kernel-below-one", "A kernel, stride or dilation is below one",
    "kernel {kernel}, stride {stride} and dilation {dilation} must be at least 1")
PADDING_UNKNOWN = wrong(
    "padding-unknown", "A padding that is not known",
    "no padding is called '{padding}'; expected a number, 'same' or 'valid'")
ONNX_MISSING = wrong(
    "onnx-missing", "An ONNX file is not there", "{file}: there is no such file")
ONNX_TOO_LARGE = wrong(
    "onnx-too-large", "An ONNX file is larger than is read",
    "{file}: larger than {most} GB; export it with external weights")
ONNX_GRAPH_TOO_LARGE = wrong(
    "onnx-graph-too-large", "The graph of an ONNX file is larger than is read",
    "{file}: its graph alone, without weights, is larger than {most} MB, {nodes:,} operators or 64 dimensions")
ONNX_EMPTY = wrong(
    "onnx-empty", "An ONNX file holds no operator", "{file}: there is no operator in it")
ONNX_SIZE_OPEN = wrong(
    "onnx-size-open", "An input of an ONNX file has a size that is not fixed",
    "the size of {names} is not fixed; say it, such as sizes: {{{example}}}")
ONNX_SIZE_NOT_WHOLE = wrong(
    "onnx-size-not-whole", "A size for an ONNX file is no whole number",
    "sizes: {name} is {size!r}; expected a whole number from 1 to 1,000,000,000")
ONNX_SHAPE_OPEN = wrong(
    "onnx-shape-open", "The shape of an operator does not follow from the inputs",
    "{layer}: the shape of '{name}' does not follow; export the model with fixed input sizes")
ONNX_NOT_INSTALLED = wrong(
    "onnx-not-installed", "The package that reads ONNX is not there",
    "ONNX files need onnx: pip install 'computeest[onnx]'")
ONNX_UNREADABLE = wrong(
    "onnx-unreadable", "An ONNX file cannot be opened", "{file}: not a readable ONNX file: {error}")
NOT_ONNX = wrong(
    "not-onnx", "A file is no ONNX", "{file}: not an ONNX file")
ONNX_DIMENSION_UNKNOWN = wrong(
    "onnx-dimension-unknown", "A size is given for a dimension that the file does not name",
    "sizes: the file names no dimension '{name}'; {near}")
PARAMETER_NOT_A_NUMBER = wrong(
    "parameter-not-a-number", "A parameter of a family is a number", "{name}: '{value}' is not a number")
PARAMETER_NOT_A_FLAG = wrong(
    "parameter-not-a-flag", "A parameter of a family is true or false", "{name}: '{value}' is not true or false")
PARAMETER_TOO_LARGE = wrong(
    "parameter-too-large", "A parameter of a family is larger than any network's",
    "{name}: {value:.4g} is more than any network has; expected at most {most:g}")
PARAMETER_NOT_WHOLE = wrong(
    "parameter-not-whole", "A parameter of a family is a whole number", "{name}: {value} is not a whole number")
PARAMETER_TOO_DEEP = wrong(
    "parameter-too-deep", "A network is deeper than any",
    "{name}: {value:.4g} is deeper than any network; expected at most {most:,}")
PARAMETER_NOT_A_LIST = wrong(
    "parameter-not-a-list", "A parameter of a family is a list of numbers",
    "{name}: '{value}' is not a list of numbers, such as [3, 4, 6, 3]")
LAYERS_WITH_ARCHITECTURE = wrong(
    "layers-with-architecture", "A list of layers stands beside parameters of a family",
    "'{key}' says nothing of a list of layers; expected {known}, or a family without 'layers'")
FAMILY_REFUSES = wrong(
    "family-refuses", "A family of networks refuses the parameters given, in words of its own", "{what}")
OPERATION_REFUSED = wrong(
    "operation-refused", "A layer cannot be counted as it is given, in words of its operation's own", "{what}")
OUTPUT_SAVED_LATER = wrong(
    "output-saved-later", "A layer takes an output that nothing has saved before it",
    "no output is saved as {name!r}{near}")
ARCHITECTURE_WITHOUT_FAMILY = wrong(
    "architecture-without-family", "An architecture is given, and no family that could count it",
    "there is an architecture, but no family to count it", "family: resnet; see `computeest families`")
TOKENS_OF_NO_TOKENS = wrong(
    "tokens-of-no-tokens", "Tokens are stated for a network whose examples are images, recordings or the like",
    "the family '{family}' counts one {example}, and none of tokens")
