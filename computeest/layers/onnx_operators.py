"""What is known of ONNX operators: which hold no matrix product, and which of their inputs are weights."""

from __future__ import annotations

_FREE = """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli BitCast
    BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip
    Col2Im Compress Concat Constant ConstantOfShape Cos Cosh CumProd CumSum DepthToSpace DequantizeLinear Div
    Dropout DynamicQuantizeLinear Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu
    GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow
    HannWindow HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization
    LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool Max MaxPool MaxRoiPool MaxUnpool Mean
    MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss
    NonMaxSuppression NonZero Not OneHot Or PRelu Pad Pow QuantizeLinear RMSNormalization RandomNormal
    RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
    ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize ReverseSequence RoiAlign
    RotaryEmbedding Round Scatter ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice
    Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Swish Tan Tanh
    ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor
"""
#: Operators without matrix products. Any other that has no rule is said, whichever it is: a new operator may hold
#: nearly all the work there is (Attention, of opset 23).
FREE = frozenset(_FREE.split())
#: Which inputs of an operator are weights, where not all are: the rest are statistics, bounds and sizes.
WEIGHTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("Clip", "Range", "OneHot"), ()),
    **dict.fromkeys(("Resize", "Upsample", "Pad", "Slice", "Pow", "Reshape", "Expand", "Dropout"), (0,)),
    **dict.fromkeys(("DequantizeLinear", "QuantizeLinear"), (0,)),
    "BatchNormalization": (1, 2),
    "QLinearConv": (3, 8),
    "QLinearMatMul": (0, 3),
    "ConvInteger": (1,),
    "MatMulInteger": (0, 1),
}
#: The input of a quantized operator that a weight may be, in whole numbers.
QUANTIZED = {"DequantizeLinear": 0, "QLinearConv": 3, "QLinearMatMul": 3, "ConvInteger": 1, "MatMulInteger": 1}
#: Operators through which no gradient flows.
FLAT = ("Shape", "Size", "ConstantOfShape", "ArgMax", "ArgMin", "Equal", "Greater", "Less", "Not", "Round")
#: Gates of a recurrent operator.
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
