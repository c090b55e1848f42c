"""Measures a full answer over HTTP beside the services that people would build by themselves.

Everything is learnt from the newest Mozilla tickets but for the last 1,000, which are what is asked. Ours is
set up by its own commands as an administrator would (train, promote, import of tickets and agents, keys,
serve), is sent each ticket as it was filed, product and language among it, and gives its full answer: all
fields with reasons, similar tickets, articles, assignee, stored. The peers read subject and body, answer the
category alone and store nothing: FastAPI with sentence-transformers and a logistic
regression, the same on the int8 encoder, TF-IDF with a logistic regression, and ``mlflow models serve`` of
that one. One server at a time, on this machine, its clients too.

    python -m benchmarks.serving [--data ../shared/data] [--tickets 20000] [--seconds 20] [--workers 2]
        [--only ours,"TF-IDF + LR"] [--folder FOLDER] [--store 0] [--passages 0] [--fast]

``--folder`` keeps what was set up, for another run with the same tickets. ``--store`` and ``--passages`` put
so many more past tickets and passages into our store (benchmarks/serving_crowd.py); then it waits until all
is learnt, which is when its processes rest. ``--fast`` asks our fast tier for fields alone, in a home without
agents: similar tickets, articles, repeats and people are found by the encoder.

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.load import Load, closed_load, open_load
from benchmarks.serving_peers import PEERS
from benchmarks.serving_setup import ASKED, REPOSITORY, TRIAGE, crowd, cut, environment_of, fit_peers, set_up

CLIENTS = 8
OFFERED = 40.0
"""Requests a second that every one of them is asked, so that their times can be compared."""
STEADY = 250.0
REST_S, BUSY, REST_AT_MOST_S = 15.0, 0.2, 3_600.0
"""So long all together take less than a fifth of a processor, before a crowded store is asked."""
MLFLOW = "mlflow models serve (TF-IDF + LR)"
OURS = "ours, full answer"
FIELDS = "?explain=false&similar=0&articles=0&duplicates=0"
"""Asks for what the fast tier can tell."""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default=",".join((OURS.split(",")[0], *PEERS, "mlflow")))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--store", type=int, default=0)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--fast", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    wanted = options.only.split(",")
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = (options.folder or Path(place)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        asked = cut(options.data / "mozilla_support" / "tickets.parquet", folder, options.tickets)
        if "ours" in wanted:
            key = set_up(options.data / "mozilla_support", folder, agents=not options.fast)
            if options.fast:
                os.environ["TRIAGE_TIER"] = "fast"
            if options.store or options.passages:
                crowd(options.data / "mozilla_support", folder, options.store, options.passages)
            command = [*TRIAGE, "serve", "--workers", str(options.workers)]
            with serving(command, folder, "/readyz") as server:
                if options.store or options.passages:
                    server.rest()
                found[OURS] = judge(server, asked, options.seconds, key, FIELDS if options.fast else "")
        if set(wanted) - {"ours"}:
            fit_peers(folder, asked)
        for name in PEERS:
            if name in wanted:
                command = [sys.executable, "-c", PEER, name, str(folder)]
                with serving(command, folder, "/openapi.json") as server:
                    found[name] = judge(server, asked, options.seconds)
        if "mlflow" in wanted:
            command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
            command += ["--model-uri", str(folder / "mlflow"), "--workers", str(options.workers)]
            with serving(command, folder, "/health") as server:
                found[MLFLOW] = judge(server, asked, options.seconds)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{datetime.now(UTC).date().isoformat()}, {machine}, {options.workers} workers (ours, mlflow)")
    if options.fast:
        print(f"{OURS} is that of the fast tier: fields alone")
    show(found)
    print(json.dumps({"benchmark": "serving", "machine": machine, "found": found}))


PEER = "import sys; from benchmarks.serving_peers import serve; serve(*sys.argv[1:3], int(sys.argv[3]))"


class Server:
    """A server that was started: where it listens, who runs it, and what its start cost."""

    def __init__(self, port: int, process_id: int, ready_s: float) -> None:
        self.port = port
        self.process_id = process_id
        self.ready_s = ready_s

    def megabytes(self) -> float:
        """Return what it and its children hold, shared pages counted once (PSS)."""
        total = 0.0
        for process in _family(self.process_id):
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += sum(float(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        return total / 1024

    def rest(self) -> None:
        """Wait until all that its processes do unasked is done; raises RuntimeError if it never is."""
        end = time.monotonic() + REST_AT_MOST_S
        last, quiet_since = self._processor_s(), time.monotonic()
        while time.monotonic() - quiet_since < REST_S:
            if time.monotonic() > end:
                raise RuntimeError(f"Got no rest of {REST_S:.0f} s within {REST_AT_MOST_S / 60:.0f} minutes.")
            time.sleep(1.0)
            now = self._processor_s()
            if now - last > BUSY:
                quiet_since = time.monotonic()
            last = now

    def _processor_s(self) -> float:
        ticks = 0
        for process in _family(self.process_id):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _family(process_id: int) -> Iterator[int]:
    yield process_id
    for task in Path(f"/proc/{process_id}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


@contextmanager
def serving(command: Sequence[str], folder: Path, ready: str) -> Iterator[Server]:
    """Run a server until the block ends; its port is the last argument."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = [*command, str(port)] if PEER in command else [*command, "--port", str(port)]
    start = time.perf_counter()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            given, cwd=REPOSITORY, env=environment_of(folder), stdout=log, stderr=log, start_new_session=True
        )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - start > 120:
                    raise RuntimeError((folder / "server.log").read_text()[-2000:]) from None
                time.sleep(0.02)
        yield Server(port, process.pid, time.perf_counter() - start)
    finally:
        process.terminate()  # it stops its own children
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def judge(
    server: Server, asked: pd.DataFrame, seconds: float, key: str | None = None, wanted: str = ""
) -> dict[str, float]:
    """Ask every ticket once for its category, then put loads on the server."""
    is_mlflow = key is None and server_is_mlflow(server)
    requests = [request(server.port, ticket, key, is_mlflow, wanted) for ticket in tickets_of(asked)]
    right = np.mean(
        [_label(server.port, one) == label for one, label in zip(requests, asked["topic"], strict=True)]
    )
    alone = closed_load(server.port, requests, 1, seconds)
    full = closed_load(server.port, requests, CLIENTS, seconds)
    offered = open_load(server.port, requests, OFFERED, seconds)
    found = {"accuracy": float(right), "ready_s": server.ready_s}
    found |= _figures("one", alone) | _figures("full", full) | _figures("offered", offered)
    if key is not None:
        found |= _figures("steady", open_load(server.port, requests, STEADY, seconds))
        batches = [batch(server.port, asked.iloc[row : row + 50], key) for row in range(0, ASKED, 50)]
        load = closed_load(server.port, batches, 2, seconds)
        found |= {"batch_tickets_per_s": 50 * load.rate, "batch_failed": load.failed}
    return found | {"megabytes": server.megabytes()}


def tickets_of(asked: pd.DataFrame) -> list[dict[str, str]]:
    """Return each ticket as it was filed; what a ticket does not have is left out."""
    named = asked[["ticket_id", "subject", "body", "product", "locale"]].rename(
        columns={"locale": "language"}
    )
    return [
        {name: value for name, value in one.items() if isinstance(value, str)}
        for one in named.to_dict("records")
    ]


def server_is_mlflow(server: Server) -> bool:
    """Return whether it is MLflow's: its answer and question have another shape."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/version", timeout=5).close()
    except OSError:
        return False
    return True


def request(port: int, ticket: dict[str, str], key: str | None, is_mlflow: bool, wanted: str = "") -> bytes:
    """Return a whole HTTP request for one ticket."""
    if key is not None:
        return _post(f"/v1/triage{wanted}", ticket, port, key)
    text = f"{ticket['subject']}\n{ticket['body']}"
    return _post("/invocations", {"inputs": [text]}, port) if is_mlflow else _post("/", {"text": text}, port)


def batch(port: int, asked: pd.DataFrame, key: str) -> bytes:
    """Return a request for many tickets."""
    return _post("/v1/triage/batch", {"tickets": tickets_of(asked)}, port, key)


def _post(path: str, content: Any, port: int, key: str | None = None) -> bytes:
    body = json.dumps(content).encode()
    secret = f"Authorization: Bearer {key}\r\n" if key else ""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n{secret}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _label(port: int, asked: bytes) -> str | None:
    head, body = asked.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    url = f"http://127.0.0.1:{port}{lines[0].split()[1]}"
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        content = json.load(answer)
    if "fields" in content:
        top = content["fields"]["category"]["top"]
        return str(top[0]["label"]) if top else None
    return str(content["label"] if "label" in content else content["predictions"][0])


def _figures(name: str, load: Load) -> dict[str, float]:
    return {
        f"{name}_per_s": load.rate,
        f"{name}_p50_ms": load.percentile(50),
        f"{name}_p99_ms": load.percentile(99),
        f"{name}_failed": load.failed,
    }


def show(found: dict[str, dict[str, float]]) -> None:
    """Print the table."""
    columns = (
        "accuracy",
        "one_p50_ms",
        "one_p99_ms",
        "full_per_s",
        "full_p99_ms",
        "offered_p50_ms",
        "offered_p99_ms",
    )
    print(f"{'':36}" + "".join(f"{name:>16}" for name in (*columns, "megabytes", "ready_s")))
    for name, figures in found.items():
        cells = "".join(f"{figures[column]:16.3f}" for column in (*columns, "megabytes", "ready_s"))
        print(f"{name:36}{cells}")
        failed = {
            column: int(count) for column, count in figures.items() if column.endswith("failed") and count
        }
        if failed:
            print(f"{'':36}failed: {failed}")
    for name in ("steady_per_s", "steady_p50_ms", "steady_p99_ms", "batch_tickets_per_s"):
        if OURS in found:
            print(f"{OURS}, {name}: {found[OURS][name]:.1f}")


if __name__ == "__main__":
    main()
