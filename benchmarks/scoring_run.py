"""``triage score`` on a long table: its wall clock, and the memory of all its processes while it runs."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.opened import KEY
from triage.ticket import Ticket

__all__ = ["run_score"]

LOOK_EVERY_S = 0.5
WRITE_ROWS = 20_000
SHUFFLED = 0.1
"""Share of a text's words that change places."""


def run_score(tickets: Sequence[Ticket], rows: int, bundle: Path, tier: str, folder: Path) -> dict[str, Any]:
    """Decide a table of ``rows`` tickets by the command.

    Returns
    -------
    dict
        ``rows, seconds, a_second``; ``processor_us`` of all processes for each ticket; ``peak_mb`` and, as
        means of the first and the last fifth of the time after a twentieth of it, ``early_mb, late_mb``.
    """
    table = folder / "many.parquet"
    _write(tickets, rows, table)
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "serving.cli.main", "score", str(table), "--bundle", str(bundle)]
    environ = os.environ | {"PYTHONPATH": str(root), "TRIAGE_SIGNING_KEY": KEY.hex()}
    begun = time.perf_counter()
    before = os.times()
    seen: list[float] = []
    with subprocess.Popen(
        [*command, "--tier", tier, "--json", "--out", str(folder / f"{tier}.parquet")],
        env=environ,
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        while started.poll() is None:
            seen.append(_memory_mb(started.pid))
            time.sleep(LOOK_EVERY_S)
        said = started.stdout.read() if started.stdout else ""
    seconds, after = time.perf_counter() - begun, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    decided = json.loads(said)["tickets"]
    warm = seen[len(seen) // 20 :] or seen
    fifth = max(1, len(warm) // 5)
    return {
        "rows": decided,
        "seconds": seconds,
        "a_second": decided / seconds,
        "processor_us": used / decided * 1e6,
        "peak_mb": max(seen),
        "early_mb": sum(warm[:fifth]) / fifth,
        "late_mb": sum(warm[-fifth:]) / fifth,
    }


def _write(tickets: Sequence[Ticket], rows: int, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("ticket_id", "created_at", "subject", "body", "product", "language")
    schema = pa.schema([(name, pa.string()) for name in names])
    chance = random.Random(0)
    with pq.ParquetWriter(path, schema) as writer:
        for begin in range(0, rows, WRITE_ROWS):
            drawn = [chance.choice(tickets) for _ in range(min(WRITE_ROWS, rows - begin))]
            columns = {
                "ticket_id": [f"N-{begin + place}" for place in range(len(drawn))],
                "created_at": ["2026-01-01T00:00:00Z"] * len(drawn),
                "subject": [one.subject for one in drawn],
                "body": [_shuffled(one.body, chance) for one in drawn],
                "product": [one.product for one in drawn],
                "language": [one.language for one in drawn],
            }
            writer.write_table(pa.table(columns, schema=schema))


def _shuffled(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    for _ in range(int(SHUFFLED * len(words))):
        one, other = chance.randrange(len(words)), chance.randrange(len(words))
        words[one], words[other] = words[other], words[one]
    return " ".join(words)


def _memory_mb(pid: int) -> float:
    """Return the proportional memory of a process and all below it, in MB; shared pages count once."""
    total = 0.0
    for one in _family(pid):
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
        except OSError:
            continue  # It has ended.
    return total


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text().split():
                found += _family(int(child))
    except OSError:
        pass
    return found
