"""Import a million made-up rows: peak memory, rows a second, and what a kill half-way costs.

    python benchmarks/import_history.py [--rows 1000000]

Makes a CSV (quoted bodies with line breaks, 1 % repeated ids, 0.1 % broken rows), imports it in a
process of its own, kills a second import half-way, repeats it, and compares the two stores. The last
line is JSON. The rows are made up: this measures speed and memory, nothing else.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from triage.store import Store, open_store, schema
from triage.store.scope import Across

REPOSITORY = Path(__file__).parents[1]
WORDS = (
    "the printer vpn mail password account login screen error update network slow cannot connect please help "
    "since this morning again after restart office laptop phone server access denied folder shared drive team"
).split()
START = datetime(2020, 1, 1, tzinfo=UTC)
MEMORY_PROMISE_MB = 1_500

IMPORT = """
import json, resource, sys, time
from pathlib import Path
from training.history.importer import import_table
from triage.store import open_store
store = open_store(sys.argv[1])
began = time.perf_counter()
result = import_table(store, sys.argv[2], rejects=Path(sys.argv[2] + ".rejects"))
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
summary = result.summary
print(json.dumps({"seconds": seconds, "cpu_s": time.process_time(), "peak_mb": peak,
                  "resumed_from": result.resumed_from,
                  "accepted": summary["accepted"], "rejected": summary["rejected"],
                  "replaced": summary["replaced"]}))
"""


def make_rows(path: Path, rows: int) -> None:
    """Write the CSV; the same rows every time."""
    chance = random.Random(20260301)
    sentences = [" ".join(chance.choices(WORDS, k=chance.randint(8, 24))) for _ in range(5_000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            "ticket_id created_at subject body category team priority requester channel resolved_at".split()
        )
        for number in range(rows):
            if number % 100 == 99:
                identity = f"T-{chance.randrange(number)}"
            else:
                identity = f"T-{number}"
            filed = START + timedelta(seconds=150 * number)
            writer.writerow(
                [
                    identity,
                    "never" if number % 1000 == 500 else filed.isoformat(),
                    chance.choice(sentences)[:60],
                    "\n".join(chance.choices(sentences, k=4)),
                    f"category {chance.randrange(40)}",
                    f"team {chance.randrange(12)}",
                    chance.choice(("low", "normal", "high", "urgent")),
                    f"user-{chance.randrange(50_000)}",
                    chance.choice(("mail", "web", "phone")),
                    (filed + timedelta(hours=chance.randint(1, 90))).isoformat(),
                ]
            )


def run_import(url: str, path: Path) -> dict[str, Any]:
    """Import in a process of its own and return what it measured."""
    command = [sys.executable, "-c", IMPORT, url, str(path)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def kill_half_way(url: str, path: Path, rows: int) -> int:
    """Start an import, kill it once half the rows are in; return how many were."""
    process = subprocess.Popen([sys.executable, "-c", IMPORT, url, str(path)], cwd=REPOSITORY)
    store = open_store(url)
    try:
        while process.poll() is None and rows_done(store) < rows // 2:
            time.sleep(0.05)
        process.kill()
        process.wait()
        return rows_done(store)
    finally:
        store.close()


def rows_done(store: Store) -> int:
    """Return how far the import stands."""
    with store.reading(Across.OPERATOR) as connection:
        return connection.execute(select(func.max(schema.imports.c.rows_done))).scalar() or 0


def digest(url: str) -> str:
    """Hash every ticket but for the moment of its import."""
    store = open_store(url)
    columns = [column for column in schema.tickets.columns if column.name != "updated_at"]
    found = hashlib.sha256()
    with store.reading(Across.OPERATOR) as connection:
        for row in connection.execute(select(*columns).order_by(schema.tickets.c.ticket_id)).yield_per(5_000):
            found.update(repr(tuple(row)).encode())
    store.close()
    return found.hexdigest()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made_up.csv"
        make_rows(path, arguments.rows)
        size_mb = path.stat().st_size / 2**20
        whole, cut = f"sqlite:///{folder}/whole.db", f"sqlite:///{folder}/cut.db"
        undisturbed = run_import(whole, path)
        killed_at = kill_half_way(cut, path, arguments.rows)
        resumed = run_import(cut, path)
        same = digest(whole) == digest(cut)
    result = {
        "benchmark": "import_history",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rows": arguments.rows,
        "csv_mb": round(size_mb),
        "rows_per_s": round(arguments.rows / undisturbed["seconds"]),
        "cpu_s": round(undisturbed["cpu_s"], 1),
        "peak_mb": round(undisturbed["peak_mb"]),
        "accepted": undisturbed["accepted"],
        "rejected": undisturbed["rejected"],
        "replaced": undisturbed["replaced"],
        "killed_at": killed_at,
        "resumed_from": resumed["resumed_from"],
        "same_store_after_kill": same,
    }
    print(f"{result['rows']:,} rows ({result['csv_mb']} MB) on {result['machine']}")
    speed = f"{result['rows_per_s']:,} rows/s ({result['cpu_s']} s of one core)"
    peak = f"peak memory {result['peak_mb']} MB"
    print(f"  {speed}, {peak} (promise: at most {MEMORY_PROMISE_MB} MB)")
    print(f"  killed after {killed_at:,} rows, repeated: same store: {same}")
    print(json.dumps(result))
    if not same or result["peak_mb"] > MEMORY_PROMISE_MB:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
