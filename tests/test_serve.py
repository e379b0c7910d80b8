"""The web application: its API, what it refuses, and what a request can never reach."""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra 'web' is not installed")
pytest.importorskip("uvicorn", reason="the extra 'web' is not installed")

from serving import Client, server

import computeest
from computeest.web.crew import Limits
from computeest.web.openapi import POSTED

ROOT = Path(__file__).parents[1]
GPT3 = {"model": "GPT-3", "parameters": "175B", "tokens": "300B tokens"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with server() as client:
        yield client


def problems(answer: Any, status: int = 400) -> list[dict[str, Any]]:
    assert answer.status_code == status, answer.text
    found = answer.json()["problems"]
    assert found
    assert all(set(one) == {"line", "key", "what", "expected"} for one in found)
    return list(found)


def test_a_paper_has_the_record_that_python_gives(client: Client) -> None:
    answer = client.post("/estimate", json=GPT3)
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(computeest.estimate(GPT3)))
    assert answer.json()["flop"] == pytest.approx(6 * 175e9 * 300e9, rel=1e-9)  # 3.15e23: Brown et al. 2020, table D.1


def test_a_base_model_alone_is_a_paper_whose_own_run_nobody_knows(client: Client) -> None:
    paper = {"base_model": "Llama 3.1 405B"}
    study = client.post("/study", json=paper)
    assert study.status_code == 200, study.text
    assert not [each for each in study.json()["thresholds"] if each["threshold"].startswith("eu-downstream")]
    assert study.json()["record"]["flop"] == pytest.approx(3.8e25, rel=0.05)  # Llama team 2024, table 1
    assert client.post("/report", json=paper).status_code == 200


def test_options_are_those_of_the_command_line(client: Client) -> None:
    paper = {"chip": "A100", "chip_time": "1000 GPU-hour", "reported_compute": "1e21"}
    query = "prefer=gpu_time&threshold=1e20&samples=1000"
    found = client.post(f"/estimate?assume=utilization=0.5&{query}", json=paper).json()
    assert found["flop"] == pytest.approx(1000 * 3600 * 312e12 * 0.5)
    assert found["thresholds"][0]["threshold"] == "1e+20"
    assert found["sampled"]["samples"] == 1000
    assert problems(client.post("/estimate?prefer=guess", json=paper))[0]["what"].startswith("no method is called")
    assert problems(client.post("/estimate?samples=1000000000", json=paper))[0]["key"] == "samples"
    assert problems(client.post("/estimate?assume=utilization", json=paper))[0]["key"] == "assume"


@pytest.mark.parametrize(("body", "key", "line", "what"), [
    ('{"epocs": 3,\n"tokens": "1B"}', "epocs", 1, "no key is called 'epocs'"),
    ('{"parameters": "1B",\n"tokens": "300Q"}', "tokens", 2, "'Q' is no unit"),
    ('{"yaml": "parameters: 1B\\ntokens: 300Q\\n"}', "tokens", 2, "'Q' is no unit"),
    ('{"runs": [{"tokens": "x"}]}', "runs[1].tokens", 1, "'x' is not a number"),
    ("{", "", 1, "this is not JSON"), ("[]", "", 0, "the body is not a list of papers"),
    ("3", "", 0, "the body is not an object"),

    ('{"tokens": NaN}', "", 0, "NaN is no number"), ('{"tokens": 1, "tokens": 2}', "tokens", 1, "is given twice"),
    ('{"model": "\\ud800"}', "", 0, "half of a character"), ('{"\\ud800": 1}', "", 0, "half of a character"),
    ('{"tokens": ' + "[" * 5000 + "]" * 5000 + "}", "", 0, ""), ('{"tokens": ' + "9" * 5000 + "}", "", 0, ""),
    ("{}", "", 0, "there are no facts"), ('{"parameters": "1B"}', "", 0, "no method can estimate this"),
])
def test_what_is_wrong_is_said(client: Client, body: str, key: str, line: int, what: str) -> None:
    said = problems(client.post("/estimate", content=body, headers={"content-type": "application/json"}))
    assert what in said[0]["what"]
    assert (said[0]["key"], said[0]["line"]) == (key, line if key != "tokens" or "twice" not in what else 0)


def test_answers_come_in_the_forms_of_the_command_line(client: Client) -> None:
    answer = client.post("/estimate?format=csv", json=GPT3)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("model,published,")
    assert client.post("/estimate?format=yaml", json=GPT3).text.startswith("model: GPT-3\n")
    table = client.post("/annotate?format=csv", json=[GPT3, {"tokens": "x"}]).text
    first, second = csv.DictReader(io.StringIO(table))
    assert first["problems"] == ""
    assert "'x' is not a number" in second["problems"]
    assert problems(client.post("/estimate?format=table", json=GPT3))[0]["key"] == "format"


def test_papers_of_a_list_may_be_each_others_base_models(client: Client) -> None:
    papers = [{"model": "Base", "reported_compute": "1e23"}, {"model": "T", "base_model": "Base", **GPT3}]
    papers[1]["model"] = "Tuned"
    found = client.post("/estimate", json=papers).json()
    assert [record["model"] for record in found] == ["Base", "Tuned"]
    assert found[1]["base_flop"] == pytest.approx(1e23)
    assert {one["key"] for one in problems(client.post("/estimate", json=[{"epocs": 1}, {"tokens": "x"}]))} \
        == {"epocs", "tokens"}


def test_validate_says_everything_at_once(client: Client) -> None:
    assert client.post("/validate", json=GPT3).json() == {"valid": True, "problems": []}
    assert {one["key"] for one in problems(client.post("/validate", json={"epocs": 1, "tokens": "x", "chips": -1}))} \
        == {"epocs", "tokens", "chips"}


def test_many_papers_each_have_a_record_or_a_reason(client: Client) -> None:
    found = client.post("/annotate", json=[GPT3, {"tokens": "x"}, {"parameters": "1B"}]).json()
    assert [record["flop"] is not None for record in found["records"]] == [True, False, False]
    assert [one["line"] for one in found["problems"]] == [2, 3]
    table = "Model,Parameters,Tokens,Colour\nA,7B,2T,red\nB,7B,lots,blue\n"
    found = client.post("/annotate", json={"csv": table}).json()
    assert found["unread"] == ["Colour"]
    assert found["counts"] | {"rows": 2, "estimated": 1, "problems": 1} == found["counts"]
    assert found["records"][0]["flop"] == pytest.approx(6 * 7e9 * 2e12)
    rows = client.post("/annotate", json={"rows": [{"model": "A", "parameters": "7B", "tokens": "2T"}]}).json()
    assert rows["records"][0]["flop"] == found["records"][0]["flop"]


def test_chips_and_families_are_those_of_the_database(client: Client) -> None:
    assert client.post("/hardware/find", json={"text": "8 x A100-80GB"}).json()["chips"] == 8
    assert problems(client.post("/hardware/find", json={"text": "Quantum 9000"}))[0]["key"] == "text"
    assert problems(client.post("/hardware/find", json={}))
    chips = client.get("/hardware").json()
    assert {"nvidia-h100-sxm", "google-tpu-v4"} <= {chip["id"] for chip in chips}
    families = client.get("/families").json()
    assert families == client.post("/families", json={}).json()
    assert "resnet-50" in next(f for f in families if f["name"] == "resnet")["variants"]
    # He et al. 2016: 3.8 GMAC of the original, 4.1 of the variant that strides in the 3 x 3 convolution
    totals = client.post("/families", json={"name": "resnet-50"}).json()["totals"]
    assert 3.8e9 * 2 < totals["forward_flop"] < 4.2e9 * 2
    assert problems(client.post("/families", json={"name": "resnet-51000"}))


def test_a_document_is_drafted_with_its_passages(client: Client) -> None:
    text = "We train the model for 90 epochs on 1.28M images with 8 P100 GPUs for 29 hours.\n"
    found = client.post("/draft", json={"text": text, "name": "paper.md"}).json()
    assert found["papers"][0]["epochs"]["value"].startswith("90")
    assert any(one["column"] == "epochs" and one["used"] for p in found["passages"] for one in p["readings"])
    encoded = base64.b64encode(text.encode()).decode()
    assert client.post("/draft", json={"base64": encoded, "name": "paper.md"}).json() == found
    assert problems(client.post("/draft", json={"base64": "!", "name": "x"}))[0]["key"] == "base64"
    assert problems(client.post("/draft", json={"base64": base64.b64encode(b"\0\0\0").decode()}))
    assert problems(client.post("/draft", json={}))


@pytest.mark.parametrize("headers", [
    {"origin": "http://elsewhere.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"host": "rebound.example"},
    {"origin": "http://["}, {"host": "127.0.0.1.rebound.example"},
])
def test_another_sites_page_is_refused(client: Client, headers: dict[str, str]) -> None:
    problems(client.post("/estimate", json=GPT3, headers=headers), 403)


def test_an_option_that_there_is_not_is_no_option_passed_over(client: Client) -> None:
    (said,) = problems(client.post("/estimate?asume=utilization=0.5", json=GPT3))
    assert said["key"] == "asume"
    assert "assume" in said["expected"]
    for name in ("hardware", "plugin", "columns", "reference"):  # of the command line, where they name files
        assert problems(client.post(f"/estimate?{name}=/etc/passwd", json=GPT3))[0]["key"] == name


def test_a_mark_of_byte_order_is_no_part_of_a_body(client: Client) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(GPT3).encode()
    assert client.post("/estimate", content=body).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_any_form_can_send_is_refused(client: Client, kind: str) -> None:
    problems(client.post("/estimate", content=json.dumps(GPT3), headers={"content-type": kind}), 415)


def test_its_own_page_is_answered(client: Client) -> None:
    headers = {"origin": client.url, "sec-fetch-site": "same-origin"}
    assert client.post("/estimate", json=GPT3, headers=headers).status_code == 200


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    problems(client.post("/estimate", json={"note": "x" * 1_000_001}), 413)
    problems(client.post("/estimate", json={"note": "x" * 30_000_000}), 413)

    def streamed() -> Iterator[bytes]:  # without a length that could be seen beforehand
        for _ in range(20):
            yield b" " * 100_000

    problems(client.post("/estimate", content=streamed(), headers={"content-type": "application/json"}), 413)
    problems(client.post("/annotate", json={"csv": "model\n" * 20_002}), 413)


@pytest.mark.parametrize("path", ["/health", "/", "/api", "/openapi.json", "/static/app.css", "/nowhere"])
def test_every_answer_has_the_headers(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert not {name for name in answer.headers if name.startswith("access-control")}
    if path in ("/", "/api"):
        assert "<script>" not in answer.text  # the policy would not run it
        assert " style=" not in answer.text


def test_paths_and_methods_there_are_not(client: Client) -> None:
    problems(client.get("/nowhere"), 404)
    problems(client.get("/estimate"), 405)
    for name in ("../app.py", "%2e%2e%2fapp.py", "app.py", "..%5capp.py"):
        problems(client.get(f"/static/{name}"), 404)


@pytest.mark.parametrize("architecture", [
    {"config": "/etc/passwd"}, {"Config": "/etc/passwd"}, {"config": "config.json"}, {"onnx": "/etc/passwd"},
    {"onnx": "net.onnx"},
])
def test_no_file_of_the_machine_can_be_named(client: Client, architecture: dict[str, str]) -> None:
    family = "huggingface" if "config" in str(architecture).lower() else "onnx"
    paper = {"family": family, "architecture": architecture, "tokens": "1B", "examples": "1000", "epochs": 1}
    said = problems(client.post("/estimate", json=paper))
    assert "names a file" in said[0]["what"]
    for body in ({"csv": 'family,architecture,examples\n{},"{}",9\n'.format(
            family, json.dumps(architecture).replace('"', '""'))}, [paper], {"rows": [paper]}):
        found = client.post("/annotate", json=body).json()["records"][0]
        assert found["flop"] is None
        assert "names a file" in found["problems"]
        assert "root:" not in json.dumps(found)


def test_the_contents_of_a_config_are_no_file(client: Client) -> None:
    config = {"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "vocab_size": 50257,
              "n_positions": 1024}
    paper = {"family": "huggingface", "architecture": {"config": config}, "tokens": "1B"}
    assert client.post("/estimate", json=paper).json()["parameters"] == pytest.approx(124e6, rel=0.01)  # GPT-2 small


def test_a_worker_opens_no_file_of_the_machine(tmp_path: Path) -> None:
    """Whatever a plugin would open for a request: the interpreter itself refuses."""
    # a checkout may lie in the temporary folder, which the program itself uses
    outside = next(place for place in (ROOT / "README.md", Path("/etc/group"))
                   if not place.is_relative_to(Path(tempfile.gettempdir()).resolve()))
    code = ("import sys, pathlib\nfrom computeest.web import worker\n"
            "sys.addaudithook(worker._guard(worker._roots()))\n"
            f"for name in ({str(outside)!r}, '/etc/passwd'):\n"
            "    try:\n        print(len(open(name).read()))\n    except PermissionError:\n        print('refused')\n"
            "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 1))\nexcept PermissionError:\n"
            "    print('refused')\nimport tempfile\nprint(len(tempfile.TemporaryDirectory().name) > 0)\n")
    ran = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert ran.stdout.split() == ["refused", "refused", "refused", "True"]


def test_what_takes_too_long_is_ended_and_what_waits_is_refused() -> None:
    import asyncio

    from computeest.web.crew import Crew
    from computeest.web.problems import RequestError

    async def tried() -> list[int]:
        crew = Crew(Limits(workers=1, seconds=0.001, waiting=1))
        await crew.start()
        rows = json.dumps([{"parameters": "1B", "tokens": "1B"}] * 2000)

        async def asked() -> int:
            try:
                with crew.admitted():
                    return (await crew.ask("annotate", {}, rows))[0]
            except RequestError as error:
                return error.status

        try:
            several = await asyncio.gather(*(asked() for _ in range(4)))
            crew.limits = Limits(workers=1, seconds=60)  # type: ignore[misc]
            return [*several, (await crew.ask("estimate", {}, json.dumps(GPT3)))[0]]  # another worker has come
        finally:
            await crew.stop()

    found = sorted(asyncio.run(tried()))  # the one that waits is refused, or has its turn and no time either
    assert found in ([200, 429, 429, 503, 503], [200, 429, 429, 429, 503])


def test_whoever_has_gone_troubles_no_worker() -> None:
    import asyncio

    from computeest.web.crew import Crew
    from computeest.web.problems import RequestError

    async def tried() -> tuple[list[int], int]:
        crew = Crew(Limits(workers=1, seconds=60))
        await crew.start()

        async def gone() -> bool:
            return True

        async def asked() -> int:
            with pytest.raises(RequestError) as refused:
                await crew.ask("annotate", {}, json.dumps([GPT3] * 5000), gone)
            return refused.value.status

        try:
            left = await asyncio.gather(*(asked() for _ in range(20)))
            found = (await asyncio.wait_for(crew.ask("estimate", {}, json.dumps(GPT3)), 20))[0]
            crew.limits = Limits(workers=1, seconds=0.05)  # type: ignore[misc]
            process = await crew._free.get()
            with pytest.raises(RequestError, match="too many requests are waiting"):
                await crew.ask("estimate", {}, json.dumps(GPT3))
            crew._free.put_nowait(process)
            return left, found
        finally:
            await crew.stop()

    assert asyncio.run(tried()) == ([408] * 20, 200)


def test_bodies_on_their_way_take_no_more_room_than_there_is() -> None:
    from computeest.web.crew import Crew
    from computeest.web.problems import RequestError

    crew = Crew(Limits(workers=1, waiting=1, held=100))
    with crew.admitted() as take, crew.admitted() as other:
        take(60)
        with pytest.raises(RequestError, match="too much is being read at once"):
            other(41)
        other(40)
        with pytest.raises(RequestError, match="too many requests are waiting"), crew.admitted():
            pass
    with crew.admitted() as take:
        take(100)


def test_openapi_describes_every_path_with_an_example_that_works(client: Client) -> None:
    described = client.get("/openapi.json").json()
    assert client.get("/openapi").json() == described
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {path for path, *_ in POSTED} | {"/hardware", "/health", "/models"}
    for path, operations in described["paths"].items():
        if "post" in operations:
            example = operations["post"]["requestBody"]["content"]["application/json"]["example"]
            assert client.post(path, json=example).status_code == 200, path
        if "get" in operations:
            assert client.get(path).status_code == 200
    refs = set(_refs(described))
    assert refs == {f"#/components/schemas/{name}" for name in described["components"]["schemas"]} & refs


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _refs(inner)


def test_it_runs_under_a_prefix() -> None:
    with server("--root-path", "/x/y/") as client:
        for start in ("", "/x/y"):  # whether or not the proxy takes the prefix away
            assert client.get(f"{start}/health").json()["status"] == "ok"
            assert client.post(f"{start}/estimate", json=GPT3).status_code == 200
        problems(client.post("/x/y/estimate", json=GPT3, headers={"host": "rebound.example"}), 403)
        page = client.get("/x/y/").text
        assert '"/x/y/static/' in page
        assert client.get("/x/y/openapi.json").json()["servers"] == [{"url": "/x/y"}]
        assert client.get("/x/z/health").status_code == 404
