"""Judges whether what is promised is kept on later tickets, and on how many of them.

Every task of benchmarks.quality: ours is trained as the product trains, its thresholds are solved on held-out
training tickets for precisions of .95, .90 and .80, and what they apply to the test tickets is judged. Peers
(benchmarks.quality) get one threshold on their highest probability, solved on their own held-out predictions
of the same folds, by the same bound. Then the next month: Mozilla's topics by month, ServiceNow's groups by
fortnight, each time trained on what came before.

    python -m benchmarks.promise [--data ../shared/data] [--cache var/cache] [--tasks banking,mozilla]
        [--ours-only] [--development] [--rolling 4]

``--development`` drops the test slice and judges the last fifth of the training tickets (tasks with too few
for that are left out); ``--rolling`` says over how many of the last months and fortnights (0: none). Prints
tables and, as the last line, JSON.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np
from scipy.stats import beta

from benchmarks.fp32_encoder import Fp32Encoder
from benchmarks.opened import KEY, open_model
from benchmarks.promise_peers import peers_predictions
from benchmarks.quality import _earlier
from benchmarks.quality_tasks import TASKS, Task, make_tasks
from features.embedding_cache import CachedEncoder
from features.model import TicketModel
from training.calibration_error import calibration_error
from training.config import TrainingConfig
from training.learn_fast import CheapFields
from training.learn_field import LearntField
from training.make_model import Ground, Made, make_model
from training.metrics import applied_by
from training.promise import solve_promise
from training.targets import FieldTarget
from training.thresholds import cut_for_precision
from training.train import train_bundle

__all__ = ["applied_above", "train_keeping", "verdict"]

TARGETS = (0.95, 0.9, 0.8)
ROLLING = {"mozilla": ("month", timedelta(days=30)), "servicenow": ("fortnight", timedelta(days=14))}
LEAST_JUDGED = 100


def main() -> None:
    """Judge all promises and print them, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--rolling", type=int, default=4)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    encoder = None if options.ours_only else CachedEncoder(Fp32Encoder(), options.cache / "embeddings")
    found: dict[str, Any] = {}
    for name in options.tasks.split(","):
        for task in make_tasks(options.data, [name]):
            if options.development:
                whole, task = task, _earlier(task)
                if task.test is whole.test:
                    continue
            word, length = ROLLING.get(name, (None, None))
            for part in (task, *_following(task, word, length, options.rolling)):
                found[part.name] = judge(part, encoder, options.cache / "embeddings")
                _show(part, found[part.name])
    _show_sums(found)
    print(json.dumps(found))


def judge(task: Task, encoder: CachedEncoder | None, cache: Path) -> dict[str, Any]:
    """Return, by method and target, what was applied to the test tickets and how much of it was right."""
    learnt, model = train_keeping(task, cache)
    said = [one.predictions[task.field] for one in model.assess([past.ticket for past in task.test])]
    labels, probabilities = said[0].labels, np.stack([one.probabilities for one in said])
    truth = np.array([past.labels[task.field] for past in task.test])
    names = np.array(labels)
    right = names[probabilities.argmax(axis=1)] == truth
    calibration = calibration_error(np.clip(probabilities.max(axis=1), 0, 1), right)
    ours = {
        target: applied_by(
            probabilities,
            labels,
            solve_promise(learnt.probabilities, learnt.classes, labels, FieldTarget(target=target))[0],
        )
        for target in TARGETS
    }
    rows: dict[str, Any] = {
        "ours": {target: verdict(applied, right, target) for target, applied in ours.items()},
        "calibration": {
            "chosen": learnt.model.calibration.name if learnt.model.calibration else "pool",
            "ece": calibration.error,
            "null_95": calibration.null_95,
        },
    }
    if encoder is not None:
        for name, (held, held_right, confidence, later_right) in peers_predictions(task, encoder).items():
            rows[name] = {
                target: verdict(applied_above(held, held_right, confidence, target), later_right, target)
                for target in TARGETS
            }
    return rows


def applied_above(
    held: np.ndarray, held_right: np.ndarray, confidence: np.ndarray, target: float
) -> np.ndarray:
    """Return which later tickets one threshold on confidence applies, solved on held-out ones."""
    cut = cut_for_precision(np.zeros(len(held), int), held, held_right, 1, target=target).thresholds[0]
    return np.asarray(confidence >= (np.inf if cut is None else cut))


def train_keeping(task: Task, cache: Path) -> tuple[LearntField, TicketModel]:
    """Train as the product does, keeping what the field's training held out."""
    kept: list[LearntField] = []

    def keep(alone: Mapping[str, LearntField], cheap: CheapFields | None, ground: Ground) -> Made:
        kept.append(alone[task.field])
        return make_model(alone, cheap, ground)

    with tempfile.TemporaryDirectory() as folder, patch("training.train.make_model", keep):
        out = Path(folder) / "bundle"
        config = TrainingConfig(targets=(task.field,))
        train_bundle(task.train, config=config, out=out, key=KEY, cache=cache)
        return kept[0], open_model(out, cache)


def _following(task: Task, word: str | None, length: timedelta | None, count: int) -> Iterator[Task]:
    """Yield the last whole periods of a task, each judged by what was learnt from all tickets before it."""
    if word is None or length is None:
        return
    tickets = [past for past in (*task.train, *task.test) if past.ticket.created_at is not None]
    end = max(_filed(past) for past in tickets)
    for back in range(count, 0, -1):
        start, stop = end - back * length, end - (back - 1) * length
        before = [past for past in tickets if _filed(past) < start]
        within = [past for past in tickets if start <= _filed(past) < stop]
        if len(before) >= LEAST_JUDGED and len(within) >= LEAST_JUDGED:
            name = f"{task.name}, {word} from {start:%Y-%m-%d}"
            yield replace(task, name=name, train=before, test=within)


def _filed(past: Any) -> datetime:
    found: datetime = past.ticket.created_at
    return found


def verdict(applied: np.ndarray, right: np.ndarray, target: float) -> dict[str, Any]:
    """Judge one promise with the two-sided 95 % Clopper-Pearson interval of its precision."""
    shown, hits = int(applied.sum()), int((applied & right).sum())
    if not shown:
        return {"coverage": 0.0, "applied": 0, "verdict": "nothing applied"}
    low = float(beta.ppf(0.025, hits, shown - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, shown - hits)) if hits < shown else 1.0
    precision = hits / shown
    word = "kept" if precision >= target else "within sampling error" if high >= target else "broken"
    return {
        "coverage": float(applied.mean()),
        "applied": shown,
        "right": hits,
        "precision": precision,
        "interval": [low, high],
        "verdict": word,
    }


def _show(task: Task, rows: dict[str, Any]) -> None:
    mended = rows["calibration"]
    print(f"\n{task.name}: {len(task.train):,} learnt from, {len(task.test):,} judged; calibration")
    print(f"  {mended['chosen']}, error {mended['ece']:.4f}, by chance up to {mended['null_95']:.4f}")
    for name, promises in rows.items():
        if name == "calibration":
            continue
        for target, one in promises.items():
            said = "nothing applied"
            if one["applied"]:
                low, high = one["interval"]
                said = (
                    f"{one['coverage']:.3f} applied, {one['precision']:.4f} right ({low:.3f} to {high:.3f})"
                )
                said += f": {one['verdict']}"
            print(f"  {name:<18} {target:.2f}  {said}", flush=True)


def _show_sums(found: dict[str, Any]) -> None:
    """Print how often each method's promises of each size were kept."""
    print()
    for name in {name: None for rows in found.values() for name in rows if name != "calibration"}:
        for target in TARGETS:
            words = [rows[name][target]["verdict"] for rows in found.values() if name in rows]
            counted = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
            print(f"{name:<18} {target:.2f}  {counted}")


if __name__ == "__main__":
    main()
