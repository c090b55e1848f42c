"""Measures how fast each tier decides whole tables, and what the fast one costs in accuracy.

A model is trained on the earlier tickets of each set, as the product does, and judged on the later ones by
both tiers; beside them TF-IDF of words and pairs with logistic regression, on the same cleaned text in the
same run. Times are of the processor, so that what else runs on the machine hardly counts: tickets a second
are those of two cores that do nothing else.

    python -m benchmarks.scoring [--data ../shared/data] [--cache var/cache] [--sets mozilla,hive,banking]
        [--rows 1000000]

With ``--rows``, ``triage score`` itself decides so many tickets drawn from the first set's later ones, words
shuffled a little so that no two read the same; the wall clock, the peak memory of all its processes, and how
memory grew from the first tenth to the last are told. Prints tables and, as the last line, JSON.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.opened import KEY, open_model
from benchmarks.quality_tasks import Task, make_tasks
from benchmarks.scoring_run import run_score
from benchmarks.stopwatch import processor_us
from features.cleaning import clean_text
from features.fast_tier import FastModel
from training.config import TrainingConfig
from training.score import ScoreJob, prediction_table
from training.train import train_bundle
from triage.bundle import Bundle
from triage.policy import Policy
from triage.ticket import Ticket

SETS = {
    "mozilla": ("mozilla", "Mozilla topic"),
    "hive": ("apache", "HIVE component"),
    "banking": ("banking", "banking77"),
}
TIERS = ("full", "fast")
CORES = 2
CHUNK = 1_000
TIMED_FULL = 300


def main() -> None:
    """Train, judge and time each set; then the long run where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--bundles", type=Path, help="where bundles are kept and, if there, taken from")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    found: dict[str, Any] = {}
    for name in options.sets.split(","):
        task = _task(options.data, name)
        with tempfile.TemporaryDirectory() as folder:
            bundle = (options.bundles or Path(folder)) / name
            if not bundle.is_dir():
                config = TrainingConfig(targets=(task.field,))
                train_bundle(
                    task.train, config=config, out=bundle, key=KEY, cache=options.cache / "embeddings"
                )
            found[name] = _judge(task, bundle, options.cache)
            show(name, found[name])
            if options.rows and len(found) == 1:
                tickets = [past.ticket for past in task.test]
                found["run"] = {
                    tier: run_score(tickets, options.rows, bundle, tier, Path(folder)) for tier in TIERS[1:]
                }
                print(found["run"])
    print(json.dumps(found))


def _task(data: Path, name: str) -> Task:
    group, wanted = SETS[name]
    return next(task for task in make_tasks(data, [group]) if task.name == wanted)


def _judge(task: Task, folder: Path, cache: Path) -> dict[str, Any]:
    bundle = Bundle.load(folder, KEY)
    known = open_model(folder, cache / "embeddings")
    tickets = [past.ticket for past in task.test]
    truth = [past.labels[task.field] for past in task.test]
    promised = bundle.manifest.training["fast"]
    found: dict[str, Any] = {"tickets": len(tickets), "field": task.field, "promised": promised}
    for tier in TIERS:
        model = known if tier == "full" else known.fast or known
        said = [one.predictions[task.field].top(1)[0][0] for one in model.assess(tickets)]
        # By the full tier few are enough to time, since each takes long. Each is asked once: the encoder
        # remembers the latest texts.
        few = tier == "full"
        timed = tickets[:TIMED_FULL] if few else tickets
        job = ScoreJob(folder, KEY, Policy(), tier=tier)
        warm = [past.ticket for past in task.train[-5 if few else -500 :]]
        _score(job, warm, task.field)
        found[tier] = {
            "accuracy": _share(said, truth),
            "us": processor_us(partial(_score, job, timed, task.field), len(timed), 1),
        }
    fast = bundle.tier("fast")
    assert isinstance(fast, FastModel)
    found["fast"]["asked"] = float(1 - fast.sure_of(tickets).mean())
    found["peer"] = _peer(task, tickets, truth)
    return found


def _score(job: ScoreJob, tickets: Sequence[Ticket], field: str) -> None:
    for at in range(0, len(tickets), CHUNK):
        prediction_table(job.decide(tickets[at : at + CHUNK]), [field])


def _peer(task: Task, tickets: Sequence[Ticket], truth: Sequence[str]) -> dict[str, float]:
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, max_iter=300),
    )
    pipeline.fit(
        [clean_text(past.ticket) for past in task.train], [past.labels[task.field] for past in task.train]
    )
    said = pipeline.predict([clean_text(one) for one in tickets])
    us = processor_us(lambda: pipeline.predict([clean_text(one) for one in tickets]), len(tickets), 3)
    return {"accuracy": _share(said, truth), "us": us}


def _share(said: Sequence[str], truth: Sequence[str]) -> float:
    return float(np.mean(np.asarray(said) == np.asarray(truth)))


def show(name: str, found: dict[str, Any]) -> None:
    """Print one set's table."""
    print(f"\n{name}: {found['tickets']:,} later tickets")
    print(f"{'':14}{'accuracy':>10}{'us a ticket':>13}{'a second, 2 cores':>19}")
    for row in (*TIERS, "peer"):
        one = found[row]
        asked = f"  {one['asked']:.1%} asked the encoder" if "asked" in one else ""
        print(f"{row:14}{one['accuracy']:>10.4f}{one['us']:>13.0f}{CORES * 1e6 / one['us']:>19,.0f}{asked}")


if __name__ == "__main__":
    main()
