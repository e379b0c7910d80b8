"""The words around a chip's name: what each one tells about the chip, or about how many there are."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

# What a word can be.
UNIT: Final = "unit"  # something counted that is a chip or a known part of one
HOLDER: Final = "holder"  # something that holds chips: a node
FORM: Final = "form"  # a form factor
MEMORY: Final = "memory"  # a type of memory
GENERATION: Final = "generation"  # an architecture
BRAND: Final = "brand"  # a vendor or product line, which may be left out
CLOUD: Final = "cloud"  # who rents the chips out
NUMBER: Final = "number"
ARTICLE: Final = "article"
TIMES: Final = "times"
EACH: Final = "each"
PER: Final = "per"
LIST: Final = "list"  # joins two chips
MODIFIER: Final = "modifier"  # makes another product of the name it follows
OTHER: Final = "other"  # something counted that is no hardware: 3 days
LABEL: Final = "label"  # the number after it is no count: CUDA 11
SOME: Final = "some"  # a count nobody can know
TOTAL: Final = "total"
FORMAT: Final = "format"  # the letters of a number format or a standard: fp16, ddr4
PART: Final = "part"  # half of what follows
SERVER: Final = "server"  # who builds the machine, whose model number is none of a chip
NEGATION: Final = "negation"  # what follows was not used
HARMLESS: Final = "harmless"
PLAIN: Final = "plain"  # prose


def _words(kind: str, text: str, plural: bool = False) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for entry in text.split():
        word, _, value = entry.partition("=")
        found[word] = (kind, value or word)
        if plural:
            found[f"{word}es" if word.endswith(("x", "s", "ch")) else f"{word}s"] = (kind, value or word)
    return found


#: The vendor of each brand word.
BRANDS: Final = MappingProxyType({
    **dict.fromkeys(("nvidia", "nvdia", "nvida", "nvidea", "tesla", "geforce", "quadro", "gtx", "rtx"), "NVIDIA"),
    **dict.fromkeys(("amd", "radeon", "instinct", "epyc", "firepro", "ryzen", "threadripper"), "AMD"),
    **dict.fromkeys(("intel", "habana", "xeon", "nervana", "movidius"), "Intel"),
    **dict.fromkeys(("huawei", "hisilicon", "ascend"), "Huawei"),
    "google": "Google", "aws": "AWS", "amazon": "AWS", "apple": "Apple", "graphcore": "Graphcore",
    "cerebras": "Cerebras", "groq": "Groq", "sambanova": "SambaNova", "microsoft": "Microsoft", "meta": "Meta",
    "biren": "Biren", "metax": "MetaX", "iluvatar": "Iluvatar", "corex": "Iluvatar", "baidu": "Baidu Kunlunxin",
    "kunlunxin": "Baidu Kunlunxin", "cambricon": "Cambricon", "alibaba": "Alibaba", "hygon": "Hygon",
    "sunway": "Sunway", "nudt": "NUDT", "pezy": "PEZY", "qualcomm": "Qualcomm", "tenstorrent": "Tenstorrent",
    "enflame": "Enflame", "furiosaai": "FuriosaAI", "furiosa": "FuriosaAI", "xilinx": "Xilinx",
})

#: Companies that rent out other vendors' chips: their name in front of one is no contradiction.
RENTERS: Final = frozenset((
    "google", "aws", "amazon", "microsoft", "huawei", "baidu", "alibaba", "meta",
))

#: Architecture names as papers write them -> what the architecture is called in architectures.yaml.
GENERATIONS: Final = MappingProxyType({
    **{word: word for word in ("fermi", "kepler", "maxwell", "pascal", "volta", "turing", "ampere", "ada", "hopper",
                               "blackwell", "rubin")},
    "lovelace": "ada",
})

NUMBERS: Final = MappingProxyType({
    **{word: number for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"), 1)},
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "thousand": 1000, "dozen": 12,
    "single": 1, "dual": 2, "pair": 2, "both": 2, "quad": 4,
})

WORDS: Final = MappingProxyType({
    **_words(UNIT, "gpu chip card accelerator=device device processor=device npu=device tpu=device ipu=device "
                   "hpu=device lpu=device dcu=device xpu=device apu=device gpgpu=gpu wafer=chip cpu module=chip "
                   "socket=chip board core gcd die neuroncore stack tile superchip pod tensorcore=core subcore=core "
                   "them count=device quantity=device qty=device", plural=True),
    "dice": (UNIT, "die"),
    **_words(HOLDER, "node machine server host instance box system workstation computer vm blade rack cluster "
                     "supercomputer slice podslice=slice partition station appliance cabinet pc worker chassis replica "
                     "ultraserver tray dgx hgx noeud=node nodo=node serveur=server", plural=True),
    **_words(HOLDER, "knoten=node servidor=server servidores=server rechner=machine maschine=machine "
                     "maschinen=machine"),
    **_words(UNIT, "carte=card cartes=card karte=card karten=card grafikkarte=card grafikkarten=card tarjeta=card "
                   "tarjetas=card"),
    **_words(FORM, "sxm smx=sxm pcie pcle=pcie nvl dgxs oam nvlink=sxm"),
    **_words(MEMORY, "hbm gddr"),
    **_words(GENERATION, " ".join(f"{word}={name}" for word, name in GENERATIONS.items())),
    **_words(BRAND, " ".join(BRANDS)),
    **_words(CLOUD, "azure gcp ec2 colab cloud oracle coreweave tencent sagemaker kaggle nimbix runpod lambdalabs "
                    "paperspace"),
    **_words(SERVER, "poweredge thinksystem thinkedge proliant cray apollo ucs supermicro fusionserver xfusion ibm "
                     "dell hpe hp cisco lenovo inspur quanta bull atos fujitsu primergy primehpc nettrix h3c uniserver "
                     "sugon thinkstation asus gigabyte tyan nutanix altos"),
    **_words(NEGATION, "not no none without except excepting excluding excl besides instead unlike nicht kein keine "
                       "ohne sans sauf pas nor neither never"),
    **_words(NUMBER, " ".join(NUMBERS)), "pairs": (UNIT, "pair"),
    **_words(ARTICLE, "a an"),
    **_words(TIMES, "x times"),
    **_words(EACH, "each apiece every respectively=each je=each jeweils=each chacun=each chacune=each chaque=each "
                   "cada=each"),
    **_words(PER, "per par=per por=per"),
    **_words(LIST, "and or plus versus vs"),
    **_words(MODIFIER, "ti super mobile laptop notebook max maxq lite mini nano ultra pro xt xtx gre sff "
                       "mig vgpu ftw founders orin xavier jetson nx cnx ceo q d tx agx evo se le embedded emulated"),
    **_words(OTHER, "second sec s minute min hour hr h day d week wk month year yr epoch step iteration iter update "
                    "token word sentence image sample example sequence batch layer head parameter param watt kw w kwh "
                    "percent run trial seed experiment model task dataset tb tib mb mib kb ghz mhz tflop tflops pflop "
                    "pflops petaflop petaflops teraflop teraflops gflops flop flops gbps gbit bit fold game frame "
                    "video clip hop time year dollar usd thread vcpu query request million billion trillion "
                    "pflop teraop top tops ms us loop round stage ga gpuh gpuhr", plural=True),
    **_words(LABEL, "cuda cudnn pytorch tensorflow jax python ubuntu linux version driver table tab figure fig "
                    "section sec appendix ref size rate resolution seed since vol in eq"),
    **_words(SOME, "multiple several many numerous few various couple"),
    **_words(TOTAL, "total totaling totalling totals altogether combined overall insgesamt"),
    **_words(FORMAT, "fp bf int tf float bfloat uint ddr cuda gen ib gbe infiniband cu python e"),
    **_words(PART, "half quarter"),
    **_words(HARMLESS, "tensor"),
})

#: Words that name memory which is not the chip's.
NOT_ITS_MEMORY: Final = frozenset((
    "ram", "ddr", "system", "host", "cpu", "disk", "storage", "ssd", "nvme", "swap", "hdd", "dram", "lpddr",
))

#: Words between a count and the chip's name that break the tie between the two.
BREAKS: Final = frozenset((
    "for", "with", "on", "using", "at", "in", "to", "is", "was", "were", "batch", "by", "from", "over", "under",
    "about", "version", "across", "during", "until", "than", "learning", "per",
))

#: Words that join a holder to what it holds.
HOLDS: Final = frozenset((
    "with", "of", "each", "having", "containing", "featuring", "equipped", "has", "have", "hosting", "contain",
    "contains", "consisting", "comprising", "comprised", "times", "x", "per", "housing", "holding", "includes",
    "mit", "avec", "con", "de",
))

#: Words that part one number of chips between what holds them: '8 A100 spread across 2 nodes'.
SPREADS: Final = frozenset((
    "across", "over", "among", "between", "spanning", "spans", "spread", "distributed", "split",
))

#: Clouds count one GPU of a two-GPU card as a GPU.
RENTED: Final = frozenset(("aws", "amazon", "ec2", "azure", "gcp", "colab", "sagemaker", "kaggle", "cloud"))

#: Words that may stand right beside a chip's name and make no other chip of it, capitals or not; verbs and adverbs
#: are told by their ends.
PROSE: Final = BREAKS | HOLDS | frozenset(_words(
    PLAIN,
    "the our my your their his her this that these those its and or as are be been than via we i it they you one "
    "all any both some such same other another more most fewer less only just around approx approximately roughly "
    "up least use uses run runs ran had did does can may will between below above while when where whereas "
    "because since so if also then like against through within model models train inference hardware type types "
    "kind kinds number amount compute resources infrastructure platform environment setup configuration config "
    "local private public shared remote available preemptible spot full fractional physical virtual standard "
    "default typical older newer new old recent current different identical equivalent equivalents class grade "
    "level mainstream datacenter center enterprise professional consumer high low large small end multi main "
    "series generation edition ai deep data memory architecture superpod versions style specifications spec specs "
    "performance details benchmark brand spare separate individual extra additional modern top powerful fast house "
    "single piece pieces unit units out "
    # German, French, Spanish, Italian, Portuguese
    "auf mit von und je der die das den dem ein eine einer einem sur avec et de des du la le les un une en con y "
    "por el los las una su com em "
    # who rents chips out, and supercomputers, with their second words
    "gke eks oci lambda labs modal vast crusoe nebius together ovh ovhcloud scaleway vultr digitalocean "
    "fluidstack modelarts volcengine perlmutter polaris thetagpu aurora frontier summit sierra crusher selene eos "
    "juwels booster jureca jupiter leonardo marconi lumi mahti puhti zay alps daint marenostrum meluxina karolina "
    "berzelius snellius hawk horeka narval cedar beluga graham canada abci tsubame isambard baskerville vista "
    "frontera longhorn lonestar stampede expanse delta deltaai levante cirrus"))

#: What ends a verb or an adverb in front of a chip's name: 'Assuming', 'Fixed', 'Likewise'.
_OF_SENTENCES: Final = re.compile(r"\w{3,}(?:ing|ed|ly|wise)")


def is_prose(word: str) -> bool:
    """Whether a word says nothing about which chip it stands beside, or how many there are."""
    return word in PROSE or _OF_SENTENCES.fullmatch(word) is not None
