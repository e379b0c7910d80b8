"""What papers write, column by column: the float in the schema's unit, or the words of the refusal."""

from __future__ import annotations

import datetime
import math

import pytest

from computeest import schema
from computeest.problems import CellError
from computeest.schema import cells
from computeest.text.numbers import APPROXIMATE

HOUR, DAY, WEEK = 3600.0, 86400.0, 604800.0
PFS_DAY = 1e15 * DAY
GPT3 = 3640 * PFS_DAY

#: (column, text, value in the schema's unit)
READ: list[tuple[str, str, float]] = [
    # training compute: OpenAI's unit in all its spellings (Amodei and Hernandez 2018; Brown et al. 2020, Table D.1)
    ("reported_compute", "3640 petaflop/s-day", GPT3),
    ("reported_compute", "3640 petaflop/s-days", GPT3),
    ("reported_compute", "3,640 PF-days", GPT3),
    ("reported_compute", "3.64E+03 PF-days", GPT3),
    ("reported_compute", "3640 pfs-day", GPT3),
    ("reported_compute", "3640 pfs-days", GPT3),
    ("reported_compute", "3640 PFS-days", GPT3),
    ("reported_compute", "3640 PF/s-days", GPT3),
    ("reported_compute", "3640 PFlops-days", GPT3),
    ("reported_compute", "3640 petaflops days", GPT3),
    ("reported_compute", "3640 petaFLOPS-days", GPT3),
    ("reported_compute", "3640 petaflop-days", GPT3),
    ("reported_compute", "3640 PFLOP/s days", GPT3),
    ("reported_compute", "3640 PFLOP-days", GPT3),
    ("reported_compute", "3640 peta-flop/s-days", GPT3),
    ("reported_compute", "3.64 exaflop/s-days", GPT3),
    ("reported_compute", "87360 petaflop/s-hours", GPT3),
    ("reported_compute", "23.5 TFLOP/s-day", 23.5e12 * DAY),
    ("reported_compute", "1.5 PFLOP/s-year", 1.5e15 * 365.25 * DAY),
    ("reported_compute", "3.14e23", 3.14e23),
    ("reported_compute", "3.14E+23 FLOP", 3.14e23),
    ("reported_compute", "3.14x10^23 FLOP", 3.14e23),
    ("reported_compute", "3.14×10^23 FLOPs", 3.14e23),
    ("reported_compute", "3.14 × 10²³ FLOPs", 3.14e23),
    ("reported_compute", "3.14 * 10**23 FLOP", 3.14e23),
    ("reported_compute", "3.14·10^{23} FLOPs", 3.14e23),
    ("reported_compute", "10^23 FLOP", 1e23),
    ("reported_compute", "10²³ FLOP", 1e23),
    ("reported_compute", "314 zettaFLOP", 3.14e23),
    ("reported_compute", "314 ZFLOPs", 3.14e23),
    ("reported_compute", "0.314 yottaFLOPs", 3.14e23),
    ("reported_compute", "1e23 floating point operations", 1e23),
    ("reported_compute", "1e23 floating-point operations", 1e23),
    ("reported_compute", "5 exaflops", 5e18),
    # rates
    ("peak", "312 TFLOP/s", 312e12),
    ("peak", "312 TFLOPS", 312e12),
    ("peak", "312 TFLOPs", 312e12),
    ("peak", "312 tflops", 312e12),
    ("peak", "312 teraFLOPS", 312e12),
    ("peak", "312 TF", 312e12),
    ("peak", "312 TF/s", 312e12),
    ("peak", "312 TFLOPS per chip", 312e12),
    ("peak", "312 TFLOP/s/chip", 312e12),
    ("peak", "19.5 teraflops per second", 19.5e12),
    ("peak", "1.2 PFLOPS", 1.2e15),
    ("peak", "312 trillion FLOP/s", 312e12),
    ("peak", "312e12", 312e12),
    # accelerator time
    ("chip_time", "2.788e6 GPU-hour", 2.788e6 * HOUR),
    ("chip_time", "2.788M GPU hours", 2.788e6 * HOUR),
    ("chip_time", "2.788M H800 GPU hours", 2.788e6 * HOUR),
    ("chip_time", "2664K GPU-hours", 2.664e6 * HOUR),
    ("chip_time", "1,022,362 A100-hours", 1022362 * HOUR),
    ("chip_time", "64 A100-80GB hours", 64 * HOUR),
    ("chip_time", "0.7M A100-SXM4 GPU hours", 0.7e6 * HOUR),
    ("chip_time", "64 GPUh", 64 * HOUR),
    ("chip_time", "6 GPU-days", 6 * DAY),
    ("chip_time", "6 V100 days", 6 * DAY),
    ("chip_time", "2.5k TPUv3-days", 2500 * DAY),
    ("chip_time", "64 TPUv4 chip-hours", 64 * HOUR),
    ("chip_time", "64 accelerator-hours", 64 * HOUR),
    ("chip_time", "64 device hours", 64 * HOUR),
    ("chip_time", "1 GPU-year", 365.25 * DAY),
    # of PaLM 540B (arXiv:2204.02311, appendix B): 8,404,992 chip-hours
    ("chip_time", "6144 TPU v4 chips for 1200 hours and 3072 TPU v4 chips for 336 hours", 8404992 * HOUR),
    ("chip_time", "64 GPUs for 3 days, then 128 GPUs for 2 weeks", (64 * 3 + 128 * 14) * DAY),
    ("chip_time", "512 TPUv4 chips for 3 days + 8 TPU v4 chips for 12 hours", (512 * 3 + 4) * DAY),
    ("chip_time", "8 A100s for 2 days and 3 hours", 8 * 51 * HOUR),
    # wall-clock time
    ("time", "29 hours", 29 * HOUR),
    ("time", "29h", 29 * HOUR),
    ("time", "29 hrs", 29 * HOUR),
    ("time", "3 weeks", 3 * WEEK),
    ("time", "34 days", 34 * DAY),
    ("time", "14.8d", 14.8 * DAY),
    ("time", "1 day 6 hours", 30 * HOUR),
    ("time", "1 day and 6 hours", 30 * HOUR),
    ("time", "1 day, 6 hours", 30 * HOUR),
    ("time", "1 d 6 h 30 min", 30.5 * HOUR),
    ("time", "90 mins", 1.5 * HOUR),
    ("time", "2 months", 2 * 30.4375 * DAY),
    ("time", "1 yr", 365.25 * DAY),
    ("time", "3600", HOUR),
    # data
    ("tokens", "300B tokens", 300e9),
    ("tokens", "300 B tokens", 300e9),
    ("tokens", "300B", 300e9),
    ("tokens", "300 B", 300e9),
    ("tokens", "300 billion tokens", 300e9),
    ("tokens", "300bn tokens", 300e9),
    ("tokens", "300G tokens", 300e9),
    ("tokens", "1.4 trillion tokens", 1.4e12),
    ("tokens", "14.8T", 14.8e12),
    ("tokens", "300,000,000,000", 300e9),
    ("tokens", "300_000_000_000", 300e9),
    ("tokens", "300B tokens per epoch", 300e9),
    ("parameters", "65.2B total", 65.2e9),
    ("peak", "19.5 TFLOPS (TF32)", 19.5e12),
    ("peak", "312 TFLOPS (BF16)", 312e12),
    ("peak", "9.7 TFLOPS fp64", 9.7e12),
    ("peak", "4.29 TFLOPS single precision", 4.29e12),
    ("utilization", "46.2 % MFU", 0.462),
    ("forward_flop", "4.1 GFLOPs per forward pass", 4.1e9),
    ("steps", "3M mini-batches", 3e6),
    ("steps", "600k weight updates", 600e3),
    ("tokens", "137 billion word pieces", 137e9),
    ("tokens", "5T high-quality tokens", 5e12),
    ("tokens", "1.4t", 1.4e12),
    ("tokens", "300-billion tokens", 300e9),
    ("tokens", "9.3T nucleotides", 9.3e12),
    ("tokens", "86B amino acids", 86e9),
    ("tokens", "315 million base pairs", 315e6),
    ("tokens", "2^35 tokens", 2.0**35),
    ("parameters", "350m", 350e6),
    ("parameters", "7b", 7e9),
    ("parameters", "12-billion-parameter", 12e9),
    ("parameters", "7 Billion", 7e9),
    ("epochs", "300 epochs on ImageNet-21k", 300),
    ("epochs", "3 epochs over the Pile", 3),
    ("steps", "200 fine-tuning steps", 200),
    ("batch_size", "1538 contexts", 1538),
    ("batch_tokens", "2^20", 2.0**20),
    ("batch_tokens", "25000 target tokens", 25000),
    ("forward_flop", "18.57 Bn FLOPs", 18.57e9),
    ("examples", "1.28M examples", 1.28e6),
    ("examples", "1.28 million images", 1.28e6),
    ("examples", "1.28 M", 1.28e6),
    ("examples", "1,281,167", 1281167),
    ("examples", "36M sentence pairs", 36e6),
    ("examples", "13k images", 13e3),
    ("batch_size", "256", 256),
    ("batch_size", "4k", 4000),
    ("batch_size", "256 images/step", 256),
    ("sequence_length", "128K", 128000),
    ("sequence_length", "2048 tokens", 2048),
    ("steps", "500k", 500e3),
    ("steps", "0.5M iterations", 500e3),
    ("epochs", "90 passes", 90),
    ("words", "3.3 billion words", 3.3e9),
    ("text_size", "45 TB", 45e3),
    ("text_size", "16 GiB", 16 * 2**30 / 1e9),
    # network
    ("parameters", "174,600M", 174.6e9),
    ("parameters", "175B parameters", 175e9),
    ("parameters", "60 million weights", 60e6),
    ("forward_flop", "8.2 GFLOP", 8.2e9),
    ("forward_flop", "8.2 GFLOPs", 8.2e9),
    ("forward_flop", "3.8 billion FLOPs", 3.8e9),
    ("forward_flop", "3.8×10⁹", 3.8e9),
    ("forward_flop", "8.2 GFLOP/image", 8.2e9),
    ("forward_macs", "4.1 GMACs", 4.1e9),
    ("forward_macs", "569M Mult-Adds", 569e6),
    ("forward_macs", "569M multiply-adds", 569e6),
    ("forward_macs", "569M", 569e6),
    ("flop_per_parameter", "6 FLOP/parameter/token", 6),
    # shares
    ("score", "75.3 %", 0.753),
    ("score", "75.3%", 0.753),
    ("score", "75.3 percent", 0.753),
    ("score", "0.753", 0.753),
    ("score", "0", 0.0),
    # money, power
    ("chip_price", "$2/GPU-hour", 2.0 / 3600),
    ("chip_price", "$2 per GPU hour", 2.0 / 3600),
    ("chip_price", "2 USD per GPU-hour", 2.0 / 3600),
    ("chip_price", "$2.50/hour", 2.5 / 3600),
    ("cost", "$4.6M", 4.6e6),
    ("cost", "$4.6 million", 4.6e6),
    ("cost", "US$4,600,000", 4.6e6),
    ("energy", "1,287 MWh", 1287 * 3.6e9),
    ("energy", "433 kilowatt-hours", 433 * 3.6e6),
    ("chip_power", "0.4 kW", 400.0), ("power_per_chip", "1 W", 1.0),
    ("chip_price", "0.0011 USD per GPU-second", 0.0011), ("chip_price", "0.01 USD/hour", 0.01 / 3600),
    ("chips", "6144 TPU v4 chips", 6144),
    ("chips", "8 A100s", 8),
    # a comma for a point, where nothing else can be meant
    ("time", "3,5 days", 3.5 * DAY), ("time", "2,25 h", 2.25 * HOUR), ("time", "3,5 Tage", 3.5 * DAY),
    ("chip_time", "1,5 GPU-days", 1.5 * DAY), ("chip_time", "1,3 million GPU hours", 1.3e6 * HOUR),
    ("parameters", "1,5B", 1.5e9), ("tokens", "1,4 T", 1.4e12), ("tokens", "1,25 Milliarden", 1.25e9),
    ("parameters", "0,35B", 0.35e9), ("parameters", "0,323B", 0.323e9),
    ("utilization", "0,38", 0.38), ("utilization", "38,25 %", 0.3825),
    ("tokens", "1,400", 1400), ("time", "2,250 h", 2250 * HOUR),
    # scales of several words, and of other languages
    ("parameters", "7 thousand million", 7e9), ("tokens", "1 million million", 1e12),
    ("tokens", "3 hundred billion tokens", 3e11), ("tokens", "1.5 trillions", 1.5e12),
    ("tokens", "300 billions of tokens", 3e11), ("parameters", "7 mil millones", 7e9),
    ("parameters", "7 miliardi", 7e9),
    ("parameters", "7 bilhões", 7e9), ("parameters", "7 млрд", 7e9), ("parameters", "130억", 1.3e10),
    ("tokens", "1.4조", 1.4e12), ("tokens", "1.4 X 10^12", 1.4e12),
    # marks of notes and sources, as Wikipedia's list of large language models has them
    ("parameters", "7B†", 7e9), ("parameters", "7B*", 7e9), ("tokens", "1.4 trillion[59][63]", 1.4e12),
    ("parameters", "0.5B [a]", 5e8),
    # words beside a time that say nothing of how long it was
    ("time", "3.5 days (per run)", 3.5 * DAY), ("time", "3.5 days per training run", 3.5 * DAY),
    ("time", "3 days of wall-clock time", 3 * DAY), ("time", "3 days in total", 3 * DAY), ("time", "24 hrs.", DAY),
    ("time", "3 and a half days", 3.5 * DAY), ("time", "10.00 hours", 10 * HOUR), ("time", "3.311 hours", 3.311 * HOUR),
    ("time", "3.500 days", 3.5 * DAY), ("batch_size", "512 seqs", 512), ("utilization", "40.2 pct", 0.402),
    # parts of one number
    ("time", "2 weeks and 3 days", 2 * WEEK + 3 * DAY), ("time", "1 month 2 weeks", (30.4375 + 14) * DAY),
    ("time", "72:30:00", 72.5 * HOUR), ("time", "1h30m", 1.5 * HOUR), ("time", "3-04:00:00", 76 * HOUR),
    ("chip_time", "5 GPU-days 3 GPU-hours", 123 * HOUR), ("chips", "8 A100s and 16 A100s", 24),
    # products that are no powers of ten without their raise
    ("batch_size", "4 x 1024", 4096), ("batch_tokens", "4 x 1024 tokens", 4096), ("sequence_length", "4 × 1024", 4096),
    ("chips", "2 x 1024", 2048), ("reported_compute", "6 x 7e9 x 10e12", 4.2e23), ("tokens", "16 x 1024", 16384),
    ("tokens", "3 x 100B", 300e9), ("tokens", "10e12", 1e13), ("tokens", "2 x 1024 x 1024", 2097152),
    ("steps", "1025 steps", 1025), ("reported_compute", "1024000 FLOP", 1024000),
]


@pytest.mark.parametrize(("column", "text", "value"), READ, ids=[f"{c}: {t}" for c, t, _ in READ])
def test_reads_what_papers_write(column: str, text: str, value: float) -> None:
    cell = cells.read(schema.FIELDS[column], text)
    assert (cell.column, cell.sigma, cell.text) == (column, 0.0, text)
    assert type(cell.value) is float
    assert cell.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("column", "text", "target", "value"), [
    ("tokens", "300B words", "words", 300e9),
    ("tokens", "40 GB", "text_size", 40.0),
    ("tokens", "1.28M images", "examples", 1.28e6),
    ("examples", "300B tokens", "tokens", 300e9),
    ("batch_size", "3.2M tokens", "batch_tokens", 3.2e6),
    ("batch_tokens", "256 examples", "batch_size", 256.0),
    ("chips", "2048 TPUv3 cores", "cores", 2048.0),
    ("time", "2 GPU-days", "chip_time", 2 * DAY),
    ("time", "2500 TPUv3-core-days", "core_time", 2500 * DAY),
    ("chip_time", "2.5k TPU v3 core-days", "core_time", 2500 * DAY),
    ("forward_flop", "4.1 GMAC", "forward_macs", 4.1e9),
    ("forward_flop", "350 GFLOP per token", "forward_flop_per_token", 350e9),
    ("examples_seen", "1.4T tokens", "tokens_seen", 1.4e12),
])
def test_the_unit_decides_the_column(column: str, text: str, target: str, value: float) -> None:
    cell = cells.read(schema.FIELDS[column], text)
    assert (cell.column, cell.value) == (target, pytest.approx(value, rel=1e-12))


#: (column, text, what, expected)
REFUSED: list[tuple[str, str, str, str]] = [
    ("peak", "312 TFLOP", "'312 TFLOP' is compute (FLOP), not compute per time and chip",
     "write compute per time and chip, such as '312 TFLOP/s'"),
    ("peak", "624 TOPS", "'624 TOPS' is a rate of integer operations (OP/s), not compute per time and chip",
     "write compute per time and chip, such as '312 TFLOP/s'"),
    ("reported_compute", "624 TOPS-days", "'624 TOPS-days' is a count of integer operations (OP), not compute (FLOP)",
     "write compute (FLOP), such as '3640 petaflop/s-day'"),
    ("reported_compute", "3e23 FLOPS", "'3e23 FLOPS' is compute per time (FLOP/s), not compute (FLOP)",
     "write compute (FLOP), such as '3640 petaflop/s-day'; FLOPS in capitals is FLOP/s: for a count write FLOP"),
    ("reported_compute", "1e21 MAC", "'1e21 MAC' is a count of multiply-adds (MAC), not compute (FLOP)",
     "write compute (FLOP), such as '3640 petaflop/s-day'; a multiply-add is two FLOP: write twice as many"),
    ("reported_compute", "9**9**9", "'**9**9' raises a unit to a power",
     "products and quotients of units, such as 'FLOP/s'"),
    ("reported_compute", "1 FLOP²", "'FLOP²' raises a unit to a power",
     "products and quotients of units, such as 'FLOP/s'"),
    ("power_per_chip", "0.4", "'0.4' is 0.4 watt/chip, and less than 1 cannot be",
     "write power per chip, such as '330 W'"),
    ("chip_price", "0.0011 USD/h", "'0.0011 USD/h' is 3.056e-07 dollar/chip/second, and less than 5.556e-07 cannot be",
     "write a price per accelerator time, such as '2 USD per GPU-hour'"),
    ("reported_compute", "5", "'5' is 5 FLOP, and less than 1000 cannot be",
     "write compute (FLOP), such as '3640 petaflop/s-day'"),
    ("time", "9 furlongs", "'furlongs' is no unit", "write time, such as '29 hours'"),
    ("time", "29 hous", "'hous' is no unit", "closest: 'hour'"),
    ("time", "300 watts", "'300 watts' is power, not time", "write time, such as '29 hours'"),
    ("time", "1e12 hours", "'1e12 hours' is 3.6e+15 second, and more than 3.2e+10 cannot be",
     "write time, such as '29 hours'"),
    ("time", "-3 hours", "'-3 hours' is negative", "write time, such as '29 hours'"),
    ("time", "1 day 6", "'1 day 6' holds two numbers", "one number, or a unit behind each: '1 day 6 hours'"),
    ("time", "12:30", "'12:30' is not a number",
     "a decimal point, and commas between thousands only, such as '1,281.5'"),
    ("tokens", "300Btokens", "'Btokens' runs a number and a unit together", "such as '300B tokens'"),
    # powers of ten as text copied from a PDF has them: Muennighoff et al. 2023 on Gopher's "5.76 × 1023 FLOPs"
    *((column, text, f"'{text}' may be {one} or {other}", f"the number that is meant, such as '{one}'")
      for column, text, one, other in (
          ("reported_compute", "5.76 × 1023 FLOPs", "5.76e23", "5892.48"),
          ("reported_compute", "3 × 1023", "3e23", "3069"), ("reported_compute", "~2x1025 FLOP", "2e25", "2050"),
          ("reported_compute", "1022 FLOPs", "1e22", "1022"), ("tokens", "1.4 × 1012 tokens", "1.4e12", "1416.8"),
          ("parameters", "6.7 × 109", "6.7e9", "730.3"), ("examples", "1.28 × 106 images", "1.28e6", "135.68"),
          ("steps", "3 × 105", "3e5", "315"), ("forward_flop", "3.8 × 109", "3.8e9", "414.2"),
          ("chip_time", "1.2 × 106 GPU hours", "1.2e6", "127.2"),
          ("batch_tokens", "3.2 × 106", "3.2e6", "339.2"),
          ("reported_compute", "5 x 10e24 FLOP", "5e24", "5e25"), ("tokens", "1.4 x 10e12", "1.4e12", "1.4e13"))),
    *(("tokens", text, f"'{text}' has a scale on its upper end only, which its lower end is too large for",
       "the scale of both: '500B-1T'") for text in ("500-1T", "500 to 1T tokens", "800-1.2 trillion")),
    # two values in one cell are no sum
    *((column, text, f"'{text}' may be a sum or two values", "the value that is meant, or the sum")
      for column, text in (
          ("parameters", "7B parameters, 13B parameters"), ("tokens", "100B unique tokens, 300B total tokens"),
          ("tokens", "5B tokens 10B tokens"), ("examples", "1.28M images, 14M images"), ("time", "3 days, 5 days"),
          ("time", "21 days, 504 hours"), ("time", "504 hours 21 days"), ("time", "7 days of 24 hours"),
          ("time", "2 weeks of 5 days"), ("time", "1 day 30 hours"), ("chip_time", "100 GPU-hours, 200 GPU-hours"),
          ("steps", "500k steps, 1M steps"), ("epochs", "90 epochs and 300 epochs"),
          ("sequence_length", "512 tokens, 2048 tokens"), ("batch_size", "256 images, 512 images"),
          ("peak", "312 TFLOPS, 624 TFLOPS"), ("reported_compute", "3e23 FLOP and 1e22 FLOP"),
          ("forward_flop", "4.1 GFLOPs, 8.2 GFLOPs"), ("chips", "8 GPUs, 16 GPUs"))),
    ("parameters", "7,13B", "'7,13B' is not a number", "a decimal point: '7.13B'"),
    ("chips", "8,16 GPUs", "'8,16 GPUs' is not a number", "a decimal point: '8.16 GPUs'"),
    ("epochs", "3,5 epochs", "'3,5 epochs' is not a number", "a decimal point: '3.5 epochs'"),
    ("parameters", "1,300 miliardi", "'1,300 miliardi' may be 1.300 or 1300",
     "a decimal point, and no commas between thousands"),
    ("time", "10.000 hours", "'10.000 hours' may be 10 or 10000", "no point between thousands: '1,024'"),
    ("chip_time", "9.500 A100 GPU hours", "'9.500 A100 GPU hours' may be 9.5 or 9500",
     "no point between thousands: '1,024'"),
    ("time", "3 days per model", "'model' in 'days per model' is no unit", "write time, such as '29 hours'"),
    ("parameters", "7B [12B]", "'12B' in '[12B]' is no unit", "write a number of parameters, such as '175B'"),
    ("epochs", "0", "'0' is zero", "write a number of epochs, such as '90'"),
    ("epochs", "-90", "'-90' is negative", "write a number of epochs, such as '90'"),
    ("epochs", "nan", "'nan' is not a number", "a number, or a number and a unit"),
    ("epochs", ".inf", "'.inf' is not a number", "a number, or a number and a unit"),
    ("epochs", "1e400", "'1e400' is not a finite number", "a number that a float64 can hold"),
    ("epochs", "1,5", "'1,5' is not a number",
     "a decimal point, and commas between thousands only, such as '1,281.5'"),
    ("epochs", "0x5A", "'0x5A' is not a number",
     "a decimal point, and commas between thousands only, such as '1,281.5'"),
    ("epochs", "plenty", "'plenty' is not a number", "a number, or a number and a unit"),
    ("epochs", "5..3", "'5..3' is no range", "a smaller and a larger positive number, such as '0.3..0.5'"),
    ("epochs", "", "there is no value", "a number, or a number and a unit"),
    ("score", "75", "'75' is more than 1", "if it is in percent, write '75 %'"),
    ("score", "753 %", "'753 %' is more than 1", "write a plain number, such as '75.3 %'"),
    ("chip_price", "$2", "'$2' is money, not a price per accelerator time",
     "write a price per accelerator time, such as '2 USD per GPU-hour'; the key for it is 'cost'"),
]


@pytest.mark.parametrize(("column", "text", "what", "expected"), REFUSED, ids=[f"{c}: {t}" for c, t, _, _ in REFUSED])
def test_refuses_in_words(column: str, text: str, what: str, expected: str) -> None:
    with pytest.raises(CellError) as caught:
        cells.read(schema.FIELDS[column], text)
    assert (caught.value.what, caught.value.expected) == (what, expected)


@pytest.mark.parametrize("text", ["9" * 400, "1 " + "FLOP" * 100])
def test_refuses_what_is_too_long_without_reading_it(text: str) -> None:
    with pytest.raises(CellError, match="is too long for a number"):
        cells.read(schema.FIELDS["reported_compute"], text)


@pytest.mark.parametrize("column", [name for name in schema.INPUTS if schema.FIELDS[name].numeric])
def test_every_example_of_the_schema_is_read(column: str) -> None:
    field = schema.FIELDS[column]
    assert field.example, "error messages and editors show it"
    cell = cells.read(field, field.example)
    assert cell.column == column
    assert math.isfinite(cell.value)


@pytest.mark.parametrize("text", ["just over 3 days", "slightly more than 3 days", "a little under 3 days"])
def test_a_little_more_or_less_is_about_as_much(text: str) -> None:
    cell = cells.read(schema.FIELDS["time"], text)
    assert (cell.value, cell.sigma, cell.bound) == (3 * DAY, APPROXIMATE, "")


@pytest.mark.parametrize(("text", "low", "high"), [("900 to 1.1k", 900, 1100), ("500B-1T", 5e11, 1e12),
                                                   ("0.5-1T", 5e11, 1e12), ("2000-1M", 2000, 1e6)])
def test_the_lower_end_of_a_range_has_the_scale_of_the_upper_where_it_can(text: str, low: float, high: float) -> None:
    cell = cells.read(schema.FIELDS["tokens"], text)
    assert cell.value == pytest.approx(math.sqrt(low * high))


@pytest.mark.parametrize(("text", "day"), [
    ("2015-12-10", datetime.date(2015, 12, 10)),
    ("2015/12/10", datetime.date(2015, 12, 10)),
    ("2015-12-10T08:00:00Z", datetime.date(2015, 12, 10)),
    ("2015-12", datetime.date(2015, 12, 15)),
    ("2015", datetime.date(2015, 7, 1)),
    ("2024-02-29", datetime.date(2024, 2, 29)),
    ("10 December 2015", datetime.date(2015, 12, 10)),
    ("December 10, 2015", datetime.date(2015, 12, 10)),
    ("10th Dec. 2015", datetime.date(2015, 12, 10)),
    ("10-Dec-2015", datetime.date(2015, 12, 10)),
    ("2015-Dec-10", datetime.date(2015, 12, 10)),
    ("August 2021", datetime.date(2021, 8, 15)),
    ("Sept. 2019", datetime.date(2019, 9, 15)),
    ("2021 May", datetime.date(2021, 5, 15)),
    ("22/10/2020", datetime.date(2020, 10, 22)),
    ("10/22/2020", datetime.date(2020, 10, 22)),
    ("30.11.2022", datetime.date(2022, 11, 30)),
    ("05/05/2020", datetime.date(2020, 5, 5)),
    ("early 2021", datetime.date(2021, 3, 1)),
    ("mid-2021", datetime.date(2021, 7, 1)),
    ("Late 2019", datetime.date(2019, 11, 1)),
    ("Q3 2021", datetime.date(2021, 8, 15)),
    ("2021-Q1", datetime.date(2021, 2, 15)),
    ("fall of 2016", datetime.date(2016, 10, 15)),
    ("~2021", datetime.date(2021, 7, 1)),
    ("c. 1987", datetime.date(1987, 7, 1)),
    ("around March 2021", datetime.date(2021, 3, 15)),
])
def test_dates_of_a_day_a_month_or_a_year(text: str, day: datetime.date) -> None:
    assert cells.read(schema.FIELDS["published"], text).value.toordinal() == day.toordinal()


@pytest.mark.parametrize(("text", "what"), [
    ("2015-02-30", "'2015-02-30' is not a day of the calendar"),
    ("2015-13-01", "'2015-13-01' is not a day of the calendar"),
    ("0000", "'0000' is not a day of the calendar"),
    ("30 February 2015", "'30 February 2015' is not a day of the calendar"),
    ("last December", "'last December' is not a date"),
    ("2015 or so", "'2015 or so' is not a date"),
    ("12/10/2015", "'12/10/2015' may start with the day or with the month"),
    ("31/02/2020", "'31/02/2020' is not a day of the calendar"),
    ("13/13/2020", "'13/13/2020' is not a day of the calendar"),
    ("2021-2022", "'2021-2022' is not a date"),
    ("~", "'~' is not a date"),
])
def test_dates_that_are_none(text: str, what: str) -> None:
    with pytest.raises(CellError) as caught:
        cells.read(schema.FIELDS["published"], text)
    assert (caught.value.what, caught.value.expected) == (what, "write year-month-day, such as '2015-12-10'")


@pytest.mark.parametrize(("text", "word"), [
    ("bf16", "bf16"), ("BF16", "bf16"), ("bfloat16", "bf16"), ("FP16", "fp16"), ("half precision", "fp16"),
    ("float32", "fp32"), ("single", "fp32"), ("TF32", "tf32"), ("fp8 (E4M3)", "fp8"), ("E4M3", "fp8"), ("fp17", None),
    ("fp16 mixed precision", "fp16"), ("mixed precision (bf16)", "bf16"), ("bf16-mixed", "bf16"), ("precision", None),
    ("automatic mixed precision", "mixed"), ("FP32 (single precision)", "fp32"), ("bf16 with fp9", None),
    ("mixed precision", "mixed"), ("fp16/fp32", "fp16"), ("bf16 and fp8", "fp8"), ("FP64", "fp64"),
])
def test_number_formats(text: str, word: str | None) -> None:
    field = schema.FIELDS["number_format"]
    if word is None:
        with pytest.raises(CellError):
            cells.read(field, text)
    else:
        assert cells.read(field, text).value == word


def test_unknown_number_format_names_all_there_are() -> None:
    field = schema.FIELDS["number_format"]
    with pytest.raises(CellError) as caught:
        cells.read(field, "fp17")
    assert caught.value.what == f"'fp17' is none of {', '.join(field.choices)}"
    assert caught.value.expected.startswith("closest: 'fp16'")


@pytest.mark.parametrize(("column", "text", "value"), [
    ("reported_compute", "2.7e18 (+10.5 %)", 2.7e18), ("utilization", "38 % (-3.2%)", 0.38),
    ("time", "4 days (−10%)", 4 * 86400.0)])
def test_how_much_more_than_another_row_is_an_aside(column: str, text: str, value: float) -> None:
    assert cells.read(schema.FIELDS[column], text).value == value


def test_a_number_in_brackets_that_is_no_change_is_none() -> None:
    with pytest.raises(CellError):
        cells.read(schema.FIELDS["parameters"], "7B (-3)")
