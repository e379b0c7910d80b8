"""A server of the web application in a process of its own, and a client that asks it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Client:
    """Asks one server."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, None, headers or {})

    def post(self, path: str, *, json: Any = _NOTHING, content: Any = None,
             headers: Mapping[str, str] | None = None) -> Answer:
        if json is not _NOTHING:
            content = dumped(json)
        return self.ask("POST", path, content, {"content-type": "application/json", **(headers or {})})

    def ask(self, method: str, path: str, content: Any, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            content = content.encode() if isinstance(content, str) else content
            connection.request(method, path, content, {n: v for n, v in headers.items() if v},
                               encode_chunked=False)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has said what it has to say before the whole body came
        answer = connection.getresponse()
        found = Answer(answer.status, answer.read().decode(), {n.lower(): v for n, v in answer.getheaders()})
        connection.close()
        return found


def dumped(value: Any) -> str:
    return json.dumps(value)


@contextmanager
def server(*arguments: str, workers: int = 1) -> Iterator[Client]:
    """`computeest serve` on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "computeest", "serve", "--port", str(port), "--workers", str(workers), *arguments]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    client = Client(port, process.pid)
    try:
        for _ in range(900):
            try:
                if client.get("/health").status_code:
                    break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"the server ended with {process.returncode}") from None
                time.sleep(0.1)
        else:
            raise RuntimeError("the server does not answer")
        yield client
    finally:
        process.terminate()
        process.wait(20)
