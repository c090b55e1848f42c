"""Is what `triage check` says before training what training then reaches? In a minute? Later tickets tell.

For each real task: the check's estimate on the training part alone, with its interval; what a full training
on that part reaches on later tickets; the difference. Then the seconds of a whole check, reading included, of
50,000 Mozilla tickets, with an empty embedding cache.

    python -m benchmarks.check_estimate [--data ../shared/data] [--cache var/cache] [--tasks banking,mozilla]
        [--development] [--no-training] [--no-timing]

``--development`` drops the test slice and judges the last fifth of the training tickets: constants of the
estimate are chosen there. Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

import joblib
import numpy as np

from benchmarks.opened import KEY, open_model
from benchmarks.quality_tasks import MAPPINGS, TASKS, Task, make_tasks
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder, SentenceEncoder
from training.check import check_history
from training.config import TrainingConfig
from training.history import RowSummary, load_mapping, read_history
from training.history.read import HistoryRead
from training.splits import has_order
from training.train import train_bundle
from triage.ticket import PastTicket

TIMED = 50_000


def main() -> None:
    """Run the tasks and print their table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--no-timing", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    stock = SentenceEncoder.open(threads=joblib.cpu_count())
    encoder = CachedEncoder(stock, options.cache / "embeddings")
    found: dict[str, dict[str, Any]] = {}
    print(f"{'task':34} {'estimate':>16} {'always':>7} {'learnable':>9} {'reached':>8} {'off by':>7}")
    for task in _tasks(options.data, options.tasks.split(",")):
        if options.development:
            task = _earlier(task)
        row = estimate(task, stock, encoder)
        if not options.no_training:
            row["reached"] = round(reached(task, options.cache / "embeddings"), 4)
            row["off_by"] = round(row["estimate"] - row["reached"], 4)
        found[task.name] = row
        print(
            f"{task.name:34} {row['estimate']:8.3f} ± {row['error']:.3f} {row['majority']:7.3f} "
            f"{row['learnable']!s:>9} {row.get('reached', float('nan')):8.3f} "
            f"{row.get('off_by', float('nan')):+7.3f}",
            flush=True,
        )
    timing = {} if options.no_timing else timed(options.data, stock)
    if timing:
        print(
            f"\n{timing['tickets']:,} Mozilla tickets: {timing['seconds']} s on the wall, "
            f"{timing['processor_seconds']} s of processor time, of which reading {timing['reading']} s"
        )
    print(json.dumps({"tasks": found, "timing": timing}))


def _tasks(data: Path, names: list[str]) -> Iterator[Task]:
    """Yield the tasks once each, and a field that is known to be hardly learnable."""
    for name in names:
        for task in make_tasks(data, [name]):
            if "#" not in task.name or task.name.endswith("#0"):
                yield task
        if name == "apache":
            yield _priority(data)


def _priority(data: Path) -> Task:
    path = data / "apache_jira" / "issues.parquet"
    tickets = read_history(path, mapping=load_mapping(MAPPINGS / "apache.toml")).tickets
    mine = [past for past in tickets if past.ticket.product == "HDFS" and past.labels.get("priority")]
    split = int(0.8 * len(mine))
    return Task("HDFS priority", "priority", mine[:split], mine[split:])


def _earlier(task: Task) -> Task:
    if task.validation is not None:
        return replace(task, test=task.validation)
    rows = np.arange(len(task.train))
    if not has_order(task.train):
        if len(rows) < 2_000:
            return task
        rows = np.random.default_rng(0).permutation(rows)
    split = int(0.8 * len(rows))
    return replace(
        task, train=[task.train[i] for i in rows[:split]], test=[task.train[i] for i in rows[split:]]
    )


def estimate(task: Task, stock: SentenceEncoder, encoder: Encoder) -> dict[str, Any]:
    """Return what a check says of the task's field, from the training part alone."""
    summary = RowSummary("history", read=len(task.train), accepted=len(task.train))
    started = time.process_time()
    document = check_history(
        HistoryRead(task.train, summary), stock.tokenizer, encoder=encoder, targets=[task.field]
    )
    facts = document["fields"][task.field]
    found = facts["estimate"]
    return {
        "estimate": found["accuracy"],
        "error": found["error"],
        "majority": found["majority"],
        "learnable": facts["learnable"],
        "quick": found["quick_accuracy"],
        "left": found["left"],
        "slope": found["slope"],
        "unseen": found["unseen"],
        "processor_seconds": round(time.process_time() - started, 1),
        "findings": sorted({one["code"] for one in document["findings"]}),
    }


def reached(task: Task, cache: Path) -> float:
    """Train in full on the training part; return the accuracy on the test part, new labels as wrong."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle"
        train_bundle(task.train, config=TrainingConfig(targets=(task.field,)), out=out, key=KEY, cache=cache)
        model = open_model(out, cache)
        hits = []
        for start in range(0, len(task.test), 512):
            part = task.test[start : start + 512]
            assessed = model.assess([past.ticket for past in part])
            for past, one in zip(part, assessed, strict=True):
                prediction = one.predictions[task.field]
                hits.append(
                    prediction.labels[int(np.argmax(prediction.probabilities))] == past.labels[task.field]
                )
    return float(np.mean(hits))


def timed(data: Path, stock: SentenceEncoder) -> dict[str, Any]:
    """Check the last 50,000 Mozilla tickets, all fields, as the command does."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tickets.parquet"
        table = pd.read_parquet(data / "mozilla_support" / "tickets.parquet").sort_values("created_at")
        table.tail(TIMED).to_parquet(path)
        wall, processor = time.perf_counter(), time.process_time()
        read = read_history(path, mapping=load_mapping(MAPPINGS / "mozilla.toml"))
        reading = time.process_time() - processor
        document = check_history(
            read, stock.tokenizer, encoder=CachedEncoder(stock, Path(folder) / "embeddings")
        )
        return {
            "tickets": len(read.tickets),
            "fields": {name: facts["estimate"] for name, facts in document["fields"].items()},
            "findings": _counts(document, read.tickets),
            "reading": round(reading, 1),
            "seconds": round(time.perf_counter() - wall, 1),
            "processor_seconds": round(time.process_time() - processor, 1),
        }


def _counts(document: dict[str, Any], tickets: list[PastTicket]) -> dict[str, float]:
    """Return the share of tickets that each finding is about."""
    return {
        f"{one['code']} {one['field'] or ''}".strip(): round(one["tickets"] / len(tickets), 4)
        for one in document["findings"]
    }


if __name__ == "__main__":
    main()
