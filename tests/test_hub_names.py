"""Names of the Hugging Face Hub are the networks that their configurations build, to the parameter."""

from __future__ import annotations

import re

import pytest

from computeest import registry
from computeest.contract import Network
from computeest.facts.network_lookup import count
from computeest.facts.network_names import resolve
from computeest_plugins.names.huggingface import NAMES

#: Parameters of the class that the repository's config.json names, as transformers 5.24 builds it from the widths that
#: the configuration states; those of T5 1.1 and mT5 as the Hub gives them.
BUILT = {name: int(parameters) for name, parameters in re.findall(r"(\S+) (\d+)", """
google-bert/bert-base-uncased 109514298; google-bert/bert-base-cased 108340804;
google-bert/bert-large-uncased 335174458; google-bert/bert-large-cased 333610308;
google-bert/bert-base-multilingual-cased 177974523; google-bert/bert-base-multilingual-uncased 167463831;
google-bert/bert-base-chinese 102290312; distilbert/distilbert-base-uncased 66985530;
distilbert/distilbert-base-cased 65812036; distilbert/distilroberta-base 82170201; FacebookAI/roberta-base 124697433;
FacebookAI/roberta-large 355412057; FacebookAI/xlm-roberta-base 278295186; FacebookAI/xlm-roberta-large 560142482;
albert/albert-base-v2 11221680; albert/albert-large-v2 16795824; albert/albert-xlarge-v2 54821040;
albert/albert-xxlarge-v2 206368944; microsoft/deberta-base 139244121; openai-community/openai-gpt 116534784;
openai-community/gpt2 124439808; openai-community/gpt2-medium 354823168; openai-community/gpt2-large 774030080;
openai-community/gpt2-xl 1557611200; distilbert/distilgpt2 81912576; facebook/opt-125m 125239296;
facebook/opt-1.3b 1315758080; facebook/opt-2.7b 2651596800; facebook/opt-6.7b 6658473984;
facebook/opt-13b 12853473280; facebook/opt-30b 29974540288; facebook/opt-66b 65719701504;
EleutherAI/gpt-j-6b 6050882784; EleutherAI/gpt-neox-20b 20554567680; EleutherAI/pythia-70m 70426624;
EleutherAI/pythia-160m 162322944; EleutherAI/pythia-410m 405334016; EleutherAI/pythia-1b 1011781632;
EleutherAI/pythia-1.4b 1414647808; EleutherAI/pythia-2.8b 2775208960; EleutherAI/pythia-6.9b 6857302016;
EleutherAI/pythia-12b 11846072320; bigscience/bloom 176247271424; huggyllama/llama-7b 6738415616;
huggyllama/llama-13b 13015864320; huggyllama/llama-30b 32528943616; huggyllama/llama-65b 65285660672;
meta-llama/Llama-2-7b-hf 6738415616; meta-llama/Llama-2-13b-hf 13015864320; meta-llama/Llama-2-70b-hf 68976648192;
meta-llama/Meta-Llama-3-8B 8030261248; meta-llama/Meta-Llama-3-70B 70553706496;
meta-llama/Llama-3.1-405B 405853388800; mistralai/Mistral-7B-v0.1 7241732096; mistralai/Mixtral-8x7B-v0.1 46702792704;
mistralai/Mixtral-8x22B-v0.1 140620634112; state-spaces/mamba-130m-hf 129135360; state-spaces/mamba-370m-hf 371516416;
state-spaces/mamba-790m-hf 793204224; state-spaces/mamba-1.4b-hf 1372178432; state-spaces/mamba-2.8b-hf 2768345600;
RWKV/rwkv-4-169m-pile 169342464; RWKV/rwkv-4-430m-pile 430397440; RWKV/rwkv-4-1b5-pile 1515106304;
RWKV/rwkv-4-3b-pile 2984627200; RWKV/rwkv-4-7b-pile 7392649216; RWKV/rwkv-4-14b-pile 14148597760;
xlnet/xlnet-base-cased 116750336; xlnet/xlnet-large-cased 360300800; google-t5/t5-small 60506624;
google-t5/t5-base 222903552; google-t5/t5-large 737668096; google-t5/t5-3b 2851598336; google-t5/t5-11b 11307321344;
google/t5-v1_1-small 76961152; google/t5-v1_1-base 247577856; google/t5-v1_1-large 783150080;
google/t5-v1_1-xl 2849757184; google/t5-v1_1-xxl 11135332352; google/flan-t5-small 76961152;
google/flan-t5-base 247577856; google/flan-t5-large 783150080; google/flan-t5-xl 2849757184;
google/flan-t5-xxl 11135332352; google/mt5-small 300176768; google/mt5-base 582401280; google/mt5-large 1229581312;
google/mt5-xl 3742619648; google/mt5-xxl 12921057280; facebook/bart-base 139420416; facebook/bart-large 406291456;
google/switch-base-8 619339008; google/switch-base-16 1072397568; google/switch-base-32 1978514688;
google/switch-base-64 3790748928; google/switch-base-128 7415217408; google/switch-base-256 14664154368;
openai/whisper-tiny 37760640; openai/whisper-base 72593920; openai/whisper-small 241734912;
openai/whisper-medium 763857920; openai/whisper-large 1543304960; openai/whisper-large-v2 1543304960;
openai/whisper-large-v3 1543490560; openai/whisper-large-v3-turbo 808878080; facebook/wav2vec2-base-960h 94396320;
facebook/wav2vec2-large-960h 315461792; facebook/wav2vec2-large-960h-lv60 315471520; facebook/wav2vec2-base 95044608;
facebook/wav2vec2-large 317380864; facebook/hubert-base-ls960 94371712; facebook/hubert-large-ls960-ft 315471520;
facebook/hubert-xlarge-ls960-ft 962538400; google/vit-base-patch16-224 86567656; google/vit-base-patch16-384 86859496;
google/vit-large-patch16-224 304326632; google/vit-large-patch16-384 304715752; google/vit-base-patch32-384 88297192;
google/vit-large-patch32-384 306632680; google/vit-base-patch16-224-in21k 86389248;
google/vit-large-patch16-224-in21k 304351232; google/vit-huge-patch14-224-in21k 632404480;
facebook/deit-tiny-patch16-224 5717416; facebook/deit-small-patch16-224 22050664;
facebook/deit-base-patch16-224 86567656; facebook/deit-base-patch16-384 86859496;
facebook/deit-tiny-distilled-patch16-224 5910800; facebook/deit-small-distilled-patch16-224 22436432;
facebook/deit-base-distilled-patch16-224 87338192; facebook/deit-base-distilled-patch16-384 87630032;
microsoft/resnet-18 11689512; microsoft/resnet-34 21797672; microsoft/resnet-50 25557032;
microsoft/resnet-101 44549160; microsoft/resnet-152 60192808; facebook/convnext-tiny-224 28589128;
facebook/convnext-small-224 50223688; facebook/convnext-base-224 88591464; facebook/convnext-large-224 197767336;
facebook/convnext-base-384 88591464; facebook/convnext-large-384 197767336;
microsoft/swin-tiny-patch4-window7-224 28288354; microsoft/swin-small-patch4-window7-224 49606258;
microsoft/swin-base-patch4-window7-224 87768224; microsoft/swin-large-patch4-window7-224 196532476;
microsoft/swin-base-patch4-window12-384 87903584; microsoft/swin-large-patch4-window12-384 196735516;
openai/clip-vit-base-patch32 151277313; openai/clip-vit-base-patch16 149620737;
openai/clip-vit-large-patch14 427616513; openai/clip-vit-large-patch14-336 427944193;
laion/CLIP-ViT-H-14-laion2B-s32B-b79K 986109441; laion/CLIP-ViT-bigG-14-laion2B-39B-b160k 2539567105;
google/siglip-base-patch16-224 203155970; google/siglip-so400m-patch14-384 877960498;
nvidia/segformer-b0-finetuned-ade-512-512 3752694; nvidia/segformer-b1-finetuned-ade-512-512 13715798;
nvidia/segformer-b2-finetuned-ade-512-512 27461974; nvidia/segformer-b3-finetuned-ade-512-512 47337814;
nvidia/segformer-b4-finetuned-ade-512-512 64108374; facebook/sam-vit-base 93735728; facebook/sam-vit-large 312343088;
facebook/sam-vit-huge 641090864; facebook/vit-mae-base 111907840; facebook/vit-mae-large 329541888;
facebook/vit-mae-huge 657074508; microsoft/swinv2-tiny-patch4-window8-256 28347154;
microsoft/swinv2-tiny-patch4-window16-256 28347154; microsoft/swinv2-small-patch4-window8-256 49728418;
microsoft/swinv2-small-patch4-window16-256 49728418; microsoft/swinv2-base-patch4-window8-256 87918816;
microsoft/swinv2-base-patch4-window16-256 87918816; google/efficientnet-b2 9109994; google/efficientnet-b3 12233232;
google/efficientnet-b4 19341616; google/efficientnet-b5 30389784; google/efficientnet-b6 43040704;
google/efficientnet-b7 66347960; google/mobilenet_v2_1.0_224 3506153; google/mobilenet_v1_1.0_224 4233001;
sail/poolformer_s12 11915176; sail/poolformer_s24 21388968; sail/poolformer_s36 30862760;
sail/poolformer_m36 56172520; sail/poolformer_m48 73473448; OpenGVLab/pvt_v2_b0 3666760; OpenGVLab/pvt_v2_b1 14009000;
OpenGVLab/pvt_v2_b2 25362856; OpenGVLab/pvt_v2_b3 45238696; OpenGVLab/pvt_v2_b4 62556072;
OpenGVLab/pvt_v2_b5 81956008; microsoft/beit-base-patch16-224 86530984; microsoft/beit-large-patch16-224 304430568;
MCG-NJU/videomae-base 94209408; facebook/timesformer-base-finetuned-k400 121566352;
facebook/timesformer-base-finetuned-k600 121720152
Zetatech/pvt-tiny-224 13229288; Zetatech/pvt-small-224 24485864; Zetatech/pvt-medium-224 44208104;
Zetatech/pvt-large-224 61369320
""")}
#: Where a library holds other numbers that no product needs: tables of sines and cosines, a matrix that places a
#: prompt, a vector for what is masked, biases of keys.
BESIDE = {
    **{f"facebook/vit-mae-{size}": more for size, more in (("base", 252_160), ("large", 302_592), ("huge", 460_544))},
    **{f"facebook/sam-vit-{size}": 256 for size in ("base", "large", "huge")},
    "MCG-NJU/videomae-base": -1536,
    **{f"microsoft/swinv2-{size}-patch4-window{window}-256": -less for window in (8, 16) for size, less in
       (("tiny", 4416), ("small", 9024), ("base", 12032))},
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_a_repository_is_the_network_that_it_builds(name: str) -> None:
    loaded = registry.load(())
    counted = count(loaded, name, {})
    assert counted.parameters + BESIDE.get(name, 0) == BUILT[name]
    short = name.partition("/")[2]
    brief = count(loaded, f"huggingface/{short}", {})
    assert (brief.parameters, brief.forward_flop) == (counted.parameters, counted.forward_flop)


def test_most_repositories_are_held_to_what_is_built_and_all_are_counted() -> None:
    assert BESIDE.keys() <= BUILT.keys() <= NAMES.keys()
    assert len(BUILT) >= 0.9 * len(NAMES)
    for name in NAMES.keys() - BUILT.keys():
        family, given = resolve(registry.load(()), name, {})
        assert isinstance(family.count(**given), Network)


@pytest.mark.parametrize(("name", "parameters"), [
    ("bert-base-uncased", 109_514_298), ("BERT-base-uncased", 109_514_298), ("bert_large_cased", 333_610_308),
    ("vit-base-patch16-224", 86_567_656), ("deit-tiny-patch16-224", 5_717_416), ("flan-t5-xl", 2_849_757_184),
    ("Llama-2-70b-hf", 68_976_648_192), ("distilgpt2", 81_912_576), ("opt-6.7b", 6_658_473_984),
])
def test_whose_it_is_may_be_left_out(name: str, parameters: int) -> None:
    assert count(registry.load(()), name, {}).parameters == parameters


def test_a_papers_name_is_the_papers_where_the_hub_has_another_head() -> None:
    loaded = registry.load(())
    assert count(loaded, "roberta-base", {}).parameters == 125_288_025  # with its pooler
    assert count(loaded, "huggingface/roberta-base", {}).parameters == 124_697_433
    assert count(loaded, "wav2vec2-base", {}).parameters == 94_396_320  # as it transcribes
    assert count(loaded, "facebook/wav2vec2-base", {}).parameters == 95_044_608  # as it is pretrained
