"""A text on hardware in one spelling: one kind of space and sign, counts in figures, and other ways to say the same."""

from __future__ import annotations

import re
import unicodedata
from math import prod

from computeest.hardware.find import scheduler
from computeest.text.number_words import counts_in_digits
from computeest.text.numerals import counts_plain

#: "8xA100": the x belongs to the count, except in 'xlarge' and in names such as '7900XTX'.
_COUNTED = re.compile(r"(?<![a-z0-9.])(\d+)x(?=[a-z])(?!large|tx?(?![a-z0-9]))", re.IGNORECASE)
_COUNTED_SIGN = re.compile(r"\d[xX][A-Za-z]")
_FOLDED = str.maketrans({
    "×": " × ", "✕": " × ", "✖": " × ", "⨉": " × ", "∗": " × ", "*": " × ",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "﹣": "-", "­": "",
    "™": " ", "®": " ", "©": " ", "’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "\u200b": "",
    "Ⅱ": "II", "œ": "oe",
    # a number of footnote raised behind a word is none of its figures
    **{mark: f" ^{figure} " for figure, mark in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
})
#: What Chinese, Japanese, Korean and Russian texts say of chips and of what holds them.
_ELSEWHERE = (
    (re.compile(r"每个?(?:节点|台|服务器|机器)(?:上|有|配|使用)*|每節點"), " each node with "),
    (re.compile(r"(?:个|個)?(?:计算)?(?:节点|節點|ノード|노드)"), " nodes "),
    (re.compile(r"(?<=\d)\s*(?:台|대)(?:服务器|机器|主机|服務器|機器|サーバー?)?|服务器|伺服器|サーバー?|서버"),
     " servers "),
    (re.compile(r"(?<=\d)\s*(?:[张張块塊片颗顆枚卡个個장기개]|基)(?:显卡|加速卡|卡)?|显卡|顯卡|加速卡"), " cards "),
    (re.compile(r"小时|小時|時間|시간|часов|часа"), " hours "), (re.compile(r"天|日間|일간|дней|дня"), " days "),
    (re.compile(r"(?<=\d)\s*(?:ГБ|Гб)"), " GB"), (re.compile(r"видеокарт\w*|карт\w*"), " cards "),
    (re.compile(r"显存|顯存|内存|メモリ"), " memory "), (re.compile(r"[和及与與]"), " and "),
    (re.compile("每"), " each "),
    (re.compile(r"训练|訓練|学習|使用|采用|在|用|上|共|的"), " of "),
)
_NOT_LATIN = re.compile(r"[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
#: 'second-generation TPUs' and 'Tensor Processing Units' are TPU v2 and TPUs.
_SPELLED_OUT = re.compile(r"\btensor processing unit(s?)\b", re.IGNORECASE)
_GENERATIONS = {word: number for number, words in enumerate((
    ("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th"), ("sixth", "6th"),
    ("seventh", "7th")), 1) for word in words}
_GENERATION = re.compile(rf"\b({'|'.join(_GENERATIONS)})[ -]gen(?:eration)?\.? ((?:google )?(?:cloud )?tpu)s?\b"
                         r"(?! v\d)", re.IGNORECASE)
#: Trademarks in letters: 'Intel(R) Gaudi(R) 2', 'Core(TM) i7'.
_MARKS = re.compile(r"\((?:R|TM|C)\)", re.IGNORECASE)
_X86 = re.compile(r"\bx86(?:[_-]64)?\b", re.IGNORECASE)
#: The plus of a bound, '2,000+ A100'; behind 'x 8' it adds another kind of chip.
_MORE = re.compile(r"(?<![\w.,])(?<![x×*] )(?<![x×*])(\d[\d,.]*[kK]?)\+(?=[ -]?[A-Za-z])")
_WITH = re.compile(r"\bw/(?!o\b)\s*", re.IGNORECASE)
#: How schedulers ask for chips: '--gres=gpu:a100:4', 'A100:8'; 'A100:40' may be so much memory.
_MEMORIES = r"(?:24|32|40|48|64|80|94|96)"
_SCHEDULED = re.compile(r"(?<!\S)(?:(\S*?gpus?[:=])?[\"']?)([A-Za-z][\w.-]*\d[\w.-]*):"
                        rf"(?(1)|(?!{_MEMORIES}\b))(\d{{1,5}})[\"']?(?![\w:.])")
#: A name and how many there were, and nothing else: 'A100: 8', 'H100 SXM = 16'.
_LISTED = re.compile(r"((?!.*\btpu)[A-Za-z](?:[\w.-]|[ ](?=[A-Za-z\d]))*?\d[\w.-]*?(?:[ ][A-Za-z\d]+)?)\s*[:=]\s*"
                     rf"(?!(?:16|{_MEMORIES})$)(\d{{1,4}})", re.IGNORECASE)
#: A count that its chip's name follows at once: '8A100', '4V100s', '16H800 GPUs'.
_GLUED = re.compile(r"(\d{1,5})(?=(?:[AHVPB]\d{2,3}|[ahv]\d00|K[48]0|L(?:4|20|40)S?|G[BH]\d00|MI\d{2,3}X?)s?\b)")
#: '2080 Ti RTX' turned around; '8 RTX 2080' and '1024 RTX PRO 6000' are not.
_TURNED = re.compile(r"([1-5]\d{3})(?<!\w\d{4})( Ti| Super)? (RTX|GTX)\b(?!\s*(?:(?:PRO\s*)?[A-Z]?\d|Titan\b))",
                     re.IGNORECASE)
#: The shape of a slice behind its name, or in front of its noun: 'TPU v4 (4x4x8)', 'a 4x4x8 slice of TPU v4'.
_TPU = r"\bTPUs?[ -]?v?\d[a-z]{0,3}(?:-\d+)?"
_OF_SLICE = r"(?:pod[ -]?slices?|slices?|pods?|topology|torus|mesh|configuration|shape)\b"
_SHAPE = r"(?P<shape>\d{1,3}(?:\s?[x×]\s?\d{1,3}){1,2})(?![\d.x×]|\s?[x×]|\s*(?:[GT]i?B|TPU|chips?|cores?)\b)"
_SHAPES_SIGN = re.compile(r"\d\s?[x×]\s?\d")
_SHAPED = re.compile(rf"(?P<name>{_TPU})(?:[\s(,:]|-(?=[a-z])|\b(?:{_OF_SLICE}|(?:with|in|an?|of)\b)){{1,16}}{_SHAPE}"
                     rf"\s*\)?(?:\s+{_OF_SLICE})*\)?", re.IGNORECASE)
#: A slice's name with its shape: 'v5p-4x4x4', 'tpu7x-2x2x1'; behind the hyphen it is no product of the slice's number.
_NAMED_SHAPE = re.compile(r"(?<![\w.])(?:(?:cloud )?tpu[ -]?)?(?P<name>v\d(?:[ep]|litepod)?|(?<=tpu)7x)[ -]?-[ -]?"
                          r"(?P<shape>\d{1,3}(?:x\d{1,3}){1,2})(?![\w.])", re.IGNORECASE)
_SHAPE_FIRST = re.compile(rf"{_SHAPE}\s+{_OF_SLICE}\s+of\s+(?:an?\s+)?(?P<name>{_TPU})(?:\s+chips)?\b", re.IGNORECASE)
#: A count that is written right behind the memory: 'A100 80GBx8'.
_SIZE_TIMES = re.compile(r"(?<=\dGB)[x×](?=\d{1,5}\b)", re.IGNORECASE)
#: French gigabytes, in the only way that they are written.
_GO = re.compile(r"(?<=\d) ?Go\b")


def _chips_of_shape(match: re.Match[str]) -> str:
    chips = prod(int(figures) for figures in re.findall(r"\d+", match["shape"]))
    if match.re is _NAMED_SHAPE:
        return f"TPU {match['name']} ({chips} chips)"
    return f"{match['name']} ({chips} chips)" if match.start("name") < match.start("shape") else \
        f"{chips} {match['name']} chips"


def begins_a_name(after: str) -> bool:
    """Whether four figures in front of this are no count but a name: '2080 GTX'."""
    return _TURNED.match(f"2080{after}") is not None


def plain(text: str) -> str:
    """The text with one kind of space, hyphen and multiplication sign, and counts in plain figures."""
    if _SHAPES_SIGN.search(text):
        text = _NAMED_SHAPE.sub(_chips_of_shape, text)
        if "tpu" in text.lower():
            text = _SHAPE_FIRST.sub(_chips_of_shape, _SHAPED.sub(_chips_of_shape, " ".join(text.split())))
    # what asks a scheduler or a launcher for chips; one by one, for each text is read here
    if "=" in text or "--" in text or "-N" in text or "-n" in text or "s:" in text or (
            "ount" in text or ".com/" in text or "gke-" in text):
        text = scheduler.in_words(text)
    if "+" in text:
        text = _MORE.sub(r"\1", text)
    text = counts_plain(counts_in_digits(text))
    if not text.isascii() or "*" in text or "`" in text:
        if _NOT_LATIN.search(text):
            for pattern, words in _ELSEWHERE:
                text = pattern.sub(words, text)
        text = unicodedata.normalize("NFKC", text.translate(_FOLDED)).translate(_FOLDED)
    text = _spelled(" ".join(text.split()))
    if "bx" in text.lower():
        text = _SIZE_TIMES.sub(" x ", text)
    return _COUNTED.sub(r"\1 x ", text) if _COUNTED_SIGN.search(text) else text


def _spelled(text: str) -> str:
    """The text with what is said in another order or at length in the usual way."""
    lower = text.lower()
    if "tensor p" in lower:
        text = _SPELLED_OUT.sub(r"TPU\1", text)
    if "tpu" in lower and "gen" in lower:
        text = _GENERATION.sub(lambda match: f"{match[2]} v{_GENERATIONS[match[1].lower()]}", text)
    if "x86" in lower:
        text = _X86.sub("", text)
    if "(" in text:
        text = " ".join(_MARKS.sub(" ", text).split())
    if "/" in text:
        text = _WITH.sub("with ", text)
    if ":" in text or "=" in text:
        listed = _LISTED.fullmatch(text)
        text = f"{listed[2]} x {listed[1]}" if listed else _SCHEDULED.sub(r"\3 x \2", text)
    if text[:1].isdigit() and (glued := _GLUED.match(text)):
        text = f"{glued[1]} x {text[glued.end():]}"
    if "tx" in lower:
        text = _TURNED.sub(r"\3 \1\2", text)
    return _GO.sub(" GB", text) if "Go" in text else text
