"""What the web application and the report keep to: `python benchmarks/web.py [--requests 100000]`.

Prints requests a second on /estimate with their 95th percentile, at 50 a second and as fast as it goes; the resident
memory of the server with its workers after every 10,000 requests; the size of a report of 1,000 records,
and when a browser first paints it.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from serving import server  # noqa: E402 - beside the tests

CLIENTS = 8
#: Requests between two looks at the memory.
STEP = 10_000
PAPERS = [
    {"model": f"Model {n}", "parameters": f"{1 + n % 70}B", "tokens": f"{1 + n % 15}T", "chips": 8 * (1 + n % 200),
     "chip": ("A100", "H100", "V100")[n % 3], "time": f"{1 + n % 90} days"} for n in range(997)]


class Load:
    """Requests by several clients, paced or not."""

    def __init__(self, port: int, count: int, rate: float = 0.0) -> None:
        self.port, self.count, self.rate = port, count, rate
        self.seconds: list[float] = []
        self.failed = 0
        self._next = itertools.count()
        self._lock = threading.Lock()

    def run(self) -> float:
        """The requests a second."""
        start = time.perf_counter()
        threads = [threading.Thread(target=self._client, args=(start,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.count / (time.perf_counter() - start)

    def _client(self, start: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while (number := next(self._next)) < self.count:
            due = start + number / self.rate if self.rate else 0.0
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            began = time.perf_counter()
            body = json.dumps(PAPERS[number % len(PAPERS)])
            connection.request("POST", "/estimate", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            with self._lock:
                self.seconds.append(time.perf_counter() - began)
                self.failed += answer.status != 200

    def at(self, share: float) -> float:
        """The time within which a share of the requests was answered, in milliseconds."""
        return 1000 * sorted(self.seconds)[int(share * (len(self.seconds) - 1))]


def resident(pid: int) -> int:
    """Bytes of a process and of those that it started."""
    found = 0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            status = dict(line.split(":", 1) for line in (path / "status").read_text().splitlines() if ":" in line)
            if int(path.name) == pid or int(status["PPid"]) == pid:
                found += 1024 * int(status["VmRSS"].split()[0])
    return found


def busy(pid: int) -> float:
    """Seconds of processor that a process and those that it started have used."""
    found = 0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if int(path.name) == pid or int(fields[1]) == pid:
                found += int(fields[11]) + int(fields[12])
    return found / os.sysconf("SC_CLK_TCK")


def served(requests: int) -> None:
    with server(workers=2) as client:
        Load(client.port, 200).run()  # everything is loaded
        print(f"load average of the machine: {os.getloadavg()[0]:.1f}")
        paced, before = Load(client.port, 1000, rate=50.0), busy(client.pid)
        rate = paced.run()
        print(f"processor: {busy(client.pid) - before:.2f} s for 1,000 requests, server and workers")
        print(f"paced: {rate:.1f} requests a second, p50 {paced.at(0.5):.0f} ms, p95 {paced.at(0.95):.0f} ms, "
              f"{paced.failed} failed")
        if not requests:
            return
        first = min(STEP, requests)
        fast = Load(client.port, first)
        rate = fast.run()
        held = resident(client.pid)
        print(f"as fast as it goes: {rate:.1f} requests a second, p95 {fast.at(0.95):.0f} ms, {fast.failed} failed")
        print(f"resident after {first:,}: {held / 1e6:.1f} MB", flush=True)
        for done in range(2 * STEP, requests + 1, STEP):
            more = Load(client.port, STEP)
            rate = more.run()
            after = resident(client.pid)
            print(f"resident after {done:,}: {after / 1e6:.1f} MB, {after / held - 1:+.1%}; {more.failed} failed, "
                  f"{rate:.1f} a second", flush=True)


def reported() -> None:
    from computeest.pipeline import Options
    from computeest.web import report, rows

    text = (ROOT / "tests" / "golden" / "epoch_2025.csv").read_text("utf-8").splitlines(keepends=True)
    whole = text[0] + "".join(itertools.islice(itertools.cycle(text[1:]), 1000))
    found = rows.of_text(whole, Options())
    made = report.page(report.Content(tables=[("models", found)]))
    print(f"report of {len(found.records):,} records: {len(made.encode()) / 1e6:.2f} MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(made, "utf-8")
        print(f"first paint: {painted(path)}")


def painted(path: Path) -> str:
    from browsing import browser

    with browser() as opened:
        times = []
        for _ in range(3):
            shown: Any = opened.new_context(viewport={"width": 1440, "height": 900}, offline=True).new_page()
            shown.goto(path.as_uri())
            shown.wait_for_selector("html[data-ready]", state="attached")
            shown.wait_for_selector(".charts .plot .mark", state="attached")
            times.append(shown.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            drawn = shown.evaluate("performance.now()")
            shown.close()
        return f"{min(times):.0f} ms (of {', '.join(f'{each:.0f}' for each in times)}); charts drawn by {drawn:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--only", choices=("serve", "report"), default="")
    asked = parser.parse_args()
    if asked.only != "serve":
        reported()
    if asked.only != "report":
        served(asked.requests)


if __name__ == "__main__":
    main()
