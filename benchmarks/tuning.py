"""Does tuning the encoder pay? Stock against tuned, by the product's own heads, on the test tickets.

Each task runs as a user would run it: ``triage encoder tune --keep`` on the training tickets, ``triage
train`` with either encoder, then decisions on the test tickets. Beside the accuracy of both it shows what
the offer said before it saw a test ticket (its gain and interval), what both vectors side by side gave on
held-out training tickets, the coverage and precision of what would be applied, the strange tickets found
(CLINC150), and the cost on this machine.

    python -m benchmarks.tuning [--data ../shared/data] [--cache var/cache] [--tasks few5,few10,banking,clinc]
        [--minutes 20] [--epochs E] [--seeds 3]

Tasks: ``few5`` and ``few10`` (banking77 with 5 and 10 tickets a label, ``--seeds`` draws), ``banking`` (all
of it), ``clinc`` (CLINC150), ``mozilla`` (Thunderbird topics, later tickets). Prints a table and, as the last
line, JSON.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the command does

import numpy as np

from benchmarks.opened import KEY, open_model
from benchmarks.quality import measure_strange
from benchmarks.quality_tasks import Task, make_tasks
from training.config import TrainingConfig
from training.encoder.gain import paired_interval
from training.encoder.offer import offer_encoder
from training.train import train_bundle

SETS = {"few5": "banking", "few10": "banking", "banking": "banking", "clinc": "clinc", "mozilla": "mozilla"}


def main() -> None:
    """Run the tasks and print their table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default="few5,few10,banking,clinc")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--epochs", type=float)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    found: dict[str, dict[str, Any]] = {}
    for task in pick_tasks(options.data, options.tasks.split(","), options.seeds):
        found[task.name] = judge(task, options.cache / "embeddings", options.minutes, options.epochs)
        show(task, found[task.name])
    print(json.dumps({"tasks": found}))


def pick_tasks(data: Path, names: list[str], seeds: int) -> Iterator[Task]:
    """Yield the tasks asked for, of each set once."""
    wanted = {"few5": "banking77 5/label #", "few10": "banking77 10/label #", "banking": "banking77"}
    for place in dict.fromkeys(SETS[name] for name in names):
        for task in make_tasks(data, [place]):
            for name in names:
                if SETS[name] != place:
                    continue
                few = name.startswith("few") and task.name.startswith(wanted[name])
                if (few and int(task.name.rsplit("#", 1)[1]) < seeds) or (
                    not name.startswith("few") and task.name == wanted.get(name, task.name)
                ):
                    yield task


def judge(task: Task, cache: Path, minutes: float, epochs: float | None) -> dict[str, Any]:
    """Tune, train with either encoder, and compare on the test tickets."""
    config = TrainingConfig(targets=(task.field,))
    with tempfile.TemporaryDirectory() as folder:
        offer = offer_encoder(
            task.train,
            config=config,
            out=Path(folder) / "encoder",
            minutes=minutes,
            epochs=epochs,
            keep=True,
            cache=cache,
        )
        stock = _decide(task, config, Path(folder) / "stock", cache)
        tuned = _decide(task, replace(config, encoder=str(offer.folder)), Path(folder) / "tuned", cache)
    low, high = paired_interval(stock["right"], tuned["right"])
    return {
        "stock": _scores(stock),
        "tuned": _scores(tuned),
        "gain": float(tuned["right"].mean() - stock["right"].mean()),
        "low": low,
        "high": high,
        "offer": asdict(offer) | {"folder": None},
    }


def _decide(task: Task, config: TrainingConfig, out: Path, cache: Path) -> dict[str, Any]:
    began = time.perf_counter()
    train_bundle(task.train, config=config, out=out, key=KEY, cache=cache)
    seconds = time.perf_counter() - began
    model = open_model(out, cache)
    assessed = [one.predictions[task.field] for one in model.assess([past.ticket for past in task.test])]
    probabilities = np.stack([one.probabilities for one in assessed])
    labels = np.array(assessed[0].labels)
    answers = labels[probabilities.argmax(axis=1)]
    needed = np.array([model.promises[task.field].thresholds[one] or 2.0 for one in answers])
    truth = np.array([past.labels[task.field] for past in task.test])
    strange: dict[str, float] = {}
    if task.strange and task.validation and task.strange_validation:
        parts = (task.validation, task.strange_validation, task.test, task.strange)
        known, unknown, asked, odd = (
            np.array([one.familiarity for one in model.assess([past.ticket for past in part])])
            for part in parts
        )
        strange = measure_strange(known, unknown, asked, answers == truth, odd)
    return {
        "strange": strange,
        "right": answers == truth,
        "applied": probabilities.max(axis=1) >= needed,
        "confidence": probabilities.max(axis=1),
        "seconds": seconds,
    }


def _scores(found: dict[str, Any]) -> dict[str, float | None]:
    right, applied = found["right"], found["applied"]
    return {
        "accuracy": float(right.mean()),
        "mean_confidence": float(found["confidence"].mean()),
        "coverage": float(applied.mean()),
        "precision": float(right[applied].mean()) if applied.any() else None,
        "train_seconds": round(found["seconds"], 1),
        **found["strange"],
    }


def show(task: Task, rows: dict[str, Any]) -> None:
    """Print one task's lines."""
    print(f"\n{task.name}: {len(task.train):,} learnt from, {len(task.test):,} judged")
    for name in ("stock", "tuned"):
        scores = {key: value for key, value in rows[name].items() if value is not None}
        print(f"  {name:<6}" + "  ".join(f"{key} {value:.4f}" for key, value in scores.items()))
    print(f"  gain {rows['gain']:+.4f}, {rows['low']:+.4f} to {rows['high']:+.4f}")
    offer = rows["offer"]
    for one in offer["gains"]:
        print(
            f"  the offer said: {'pays' if offer['pays'] else 'does not pay'}; held-out training tickets: "
            f"stock {one['stock']:.4f}, tuned {one['tuned']:.4f}, both {one['both']:.4f}, interval "
            f"{one['low']:+.4f} to {one['high']:+.4f}"
        )
    print(
        f"  cost: {offer['minutes']:.1f} minutes ({offer['tuning_minutes']:.1f} tuning), "
        f"{offer['epochs']:.2f} epochs, {offer['ticket_ms']:.1f} ms a ticket, "
        f"{offer['stock_ticket_ms']:.1f} with the stock one",
        flush=True,
    )


if __name__ == "__main__":
    main()
