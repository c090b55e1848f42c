"""What others notice of a key that asks twenty times as often as it may (T8).

    python -m benchmarks.noisy [--data ../shared/data] [--tickets 20000] [--seconds 60] [--folder FOLDER]

Sets up a home as benchmarks/serving.py does, with its folder if that is given, and serves it with one
process a core. One key asks for full answers five times a second: alone, then while another key of the
workspace, which may ask 600 times a minute, asks twenty times as often, then while one without a limit
does. Loopback only. Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.load import Load, open_load
from benchmarks.serving import request, serving, tickets_of
from benchmarks.serving_setup import KEY, REPOSITORY, TRIAGE, cut, environment_of, set_up

QUIET_PER_S = 5.0
PER_MINUTE = 600
TIMES = 20
AIM = 1.5
"""How many times its p99 alone a caller's p99 may be."""
KINDS = {"alone": None, "beside a limited key": PER_MINUTE, "beside a key without a limit": 0}


def main() -> None:
    """Set up, put the loads on, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--noise", nargs=3, metavar=("PORT", "KEY", "REQUESTS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.noise:
        port, key, requests = int(options.noise[0]), options.noise[1], Path(options.noise[2])
        asked = [request(port, ticket, key, False) for ticket in json.loads(requests.read_text())]
        load = open_load(port, asked, TIMES * PER_MINUTE / 60, options.seconds)
        print(json.dumps({"answered": len(load.times), "refused": load.failed}))
        return
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    with tempfile.TemporaryDirectory() as place:
        folder = (options.folder or Path(place)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(options.data / "mozilla_support", folder, options.tickets, options.seconds)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{datetime.now(UTC).date().isoformat()}, {machine}, {os.cpu_count()} processes")
    alone = found["alone"]["p99_ms"]
    for kind, figures in found.items():
        figures["times_alone"] = round(float(figures["p99_ms"]) / float(alone), 2)
        print(f"{kind:30}{figures}")
    print(json.dumps({"benchmark": "noisy", "machine": machine, "aim": AIM, "found": found}))


def measure(data: Path, folder: Path, tickets: int, seconds: float) -> dict[str, dict[str, float]]:
    """Return what the quiet key's requests took, by what was beside them."""
    asked = tickets_of(cut(data / "tickets.parquet", folder, tickets))
    quiet = set_up(data, folder)
    noise = folder / "noise.json"
    noise.write_text(json.dumps(asked[::2]))
    found: dict[str, dict[str, float]] = {}
    with serving([*TRIAGE, "serve", "--workers", str(os.cpu_count())], folder, "/readyz") as server:
        server.rest()
        requests = [request(server.port, ticket, quiet, False) for ticket in asked[1::2]]
        open_load(server.port, requests, QUIET_PER_S, 5.0)  # What is read for the first time is read now.
        for kind, per_minute in KINDS.items():
            if per_minute is None:
                found[kind] = _figures(open_load(server.port, requests, QUIET_PER_S, seconds))
                continue
            words = [str(server.port), _key(folder, per_minute), str(noise)]
            command = [
                sys.executable,
                "-m",
                "benchmarks.noisy",
                "--seconds",
                str(seconds + 6),
                "--noise",
                *words,
            ]
            noisy = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
            open_load(server.port, requests, QUIET_PER_S, 5.0)  # Meanwhile it starts.
            found[kind] = _figures(open_load(server.port, requests, QUIET_PER_S, seconds))
            told = json.loads(noisy.communicate()[0].splitlines()[-1])
            found[kind] |= {f"noisy_{name}": count for name, count in told.items()}
    return found


def _key(folder: Path, per_minute: int) -> str:
    limit = ["--per-minute", str(per_minute)] if per_minute else []
    done = subprocess.run(
        [*TRIAGE, *KEY, *limit],
        cwd=REPOSITORY,
        env=environment_of(folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return str(json.loads(done.stdout)["token"])


def _figures(load: Load) -> dict[str, float]:
    return {
        "answered": len(load.times),
        "failed": load.failed,
        "p50_ms": round(load.percentile(50), 1),
        "p99_ms": round(load.percentile(99), 1),
    }


if __name__ == "__main__":
    main()
