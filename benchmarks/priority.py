"""Where should priority come from, the matrix of impact and urgency or a direct model? On later tickets.

ServiceNow incidents (UCI 498), first 80 % by time to learn from, last 20 % to judge; the truth is the final
priority, everything else was known at filing. Rows: always the commonest priority; the priority that the form
held at filing; one-hot logistic regression; ours learnt directly; ours through the matrix from predicted
impact and urgency; ours as decided (what training chose); ours with the first impact and urgency as values of
a person. Apache HDFS bugs: ours beside the commonest priority. Accuracy, ranked probability score (RPS, 0 is
best), log loss; of ours as decided also coverage and precision of what is applied.

    python -m benchmarks.priority [--data ../shared/data] [--cache var/cache] [--tasks servicenow,apache]
        [--development]

``--development`` drops the test slice and judges the last fifth of the training tickets: for choosing, never
for claims. Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from training.config import TrainingConfig
from training.history import load_mapping, read_history
from training.priority.ordinal import ranked_probability_score
from training.train import train_bundle
from triage.bundle import Bundle
from triage.decision import Action
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.prediction import Assessment
from triage.priority import PRIORITIES
from triage.priority_route import route_priority, through_matrix
from triage.ticket import PastTicket, Ticket

MAPPINGS = Path(__file__).parent / "mappings"
KEY = b"benchmark-key-of-thirty-two-bytes"
TASKS = {"servicenow": "servicenow_log/incidents.parquet", "apache": "apache_jira/issues.parquet"}
OURS = "ours, as decided"


def main() -> None:
    """Run the tasks and print their tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors")
    found: dict[str, dict[str, Any]] = {}
    for name in options.tasks.split(","):
        tickets = _read(options.data, name)
        split = int(0.8 * len(tickets))
        train, test = tickets[:split], tickets[split:]
        if options.development:
            split = int(0.8 * len(train))
            train, test = train[:split], train[split:]
        started = time.perf_counter()
        found[name] = judge(train, test, options.cache / "embeddings", has_form=name == "servicenow")
        found[name]["seconds"] = round(time.perf_counter() - started, 1)
        show(name, len(train), len(test), found[name])
    print(json.dumps(found))


def _read(data: Path, name: str) -> list[PastTicket]:
    tickets = read_history(data / TASKS[name], mapping=load_mapping(MAPPINGS / f"{name}.toml")).tickets
    if name == "apache":
        tickets = [past for past in tickets if past.ticket.product == "HDFS"]
    labelled = [past for past in tickets if past.labels.get("priority") and past.ticket.created_at]
    return sorted(labelled, key=lambda past: (past.ticket.created_at, past.ticket.ticket_id))


def judge(train: list[PastTicket], test: list[PastTicket], cache: Path, *, has_form: bool) -> dict[str, Any]:
    """Judge every way to a priority on the later tickets."""
    truth = np.array([PRIORITIES.index(past.labels["priority"]) for past in test])
    counts = Counter(past.labels["priority"] for past in train)
    shares = np.array([counts[one] for one in PRIORITIES]) / len(train)
    rows: dict[str, Any] = {"the commonest": measure(np.tile(shares, (len(test), 1)), truth)}
    tickets = [past.ticket for past in test]
    if has_form:
        rows["priority on the form"] = measure(_given(train, tickets), truth)
        rows["one-hot + LR"] = measure(_one_hot(train, tickets), truth)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle"
        targets = ("impact", "urgency", "priority") if has_form else ("priority",)
        manifest = train_bundle(train, config=TrainingConfig(targets=targets), out=out, key=KEY, cache=cache)
        model = Bundle.load(out, KEY, threads=2).model
        seen = model.assess(tickets)
        rows["ours, learnt directly"] = measure(
            _probabilities([one.predictions["priority"] for one in seen]), truth
        )
        if seen[0].priority_rule is not None:
            rows["ours, through the matrix"] = measure(_through(seen), truth)
        decided = _decided(tickets, model, truth)
        chances = [route_priority(one, what, Policy()) for one, what in zip(tickets, seen, strict=True)]
        rows[OURS] = decided | measure(
            _probabilities(
                [
                    what.predictions["priority"] if one is None else one.prediction
                    for one, what in zip(chances, seen, strict=True)
                ]
            ),
            truth,
        )
        rows[OURS]["priority_from"] = manifest.fields["priority"]["priority_from"]
        rows[OURS]["heads"] = sorted(manifest.fields["priority"]["weights"])
        if has_form:
            given = [_with_values(one) for one in tickets]
            routed = [route_priority(one, what, Policy()) for one, what in zip(given, seen, strict=True)]
            rows["ours, values given"] = _decided(given, model, truth) | measure(
                _probabilities([one.prediction for one in routed if one is not None]), truth
            )
    return rows


def measure(probabilities: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return accuracy, ranked probability score and log loss (no probability taken as less than 1e-6)."""
    own = probabilities[np.arange(len(truth)), truth]
    return {
        "accuracy": float((probabilities.argmax(axis=1) == truth).mean()),
        "RPS": float(ranked_probability_score(probabilities, truth).mean()),
        "log loss": float(-np.log(np.maximum(own, 1e-6)).mean()),
    }


def _decided(tickets: Sequence[Ticket], model: Any, truth: np.ndarray) -> dict[str, Any]:
    decisions = [one.fields["priority"] for one in triage_tickets(tickets, model, "v1", Policy())]
    applied = np.array([one.action is Action.APPLY for one in decisions])
    right = np.array([one.value for one in decisions]) == np.array(PRIORITIES)[truth]
    return {
        "coverage": float(applied.mean()),
        "precision": float(right[applied].mean()) if applied.any() else None,
    }


def _probabilities(predictions: Sequence[Any]) -> np.ndarray:
    """Return chances in the order of the scale; a label that the model does not know has none."""
    found = np.zeros((len(predictions), len(PRIORITIES)))
    for row, one in enumerate(predictions):
        for label, chance in zip(one.labels, one.probabilities, strict=True):
            found[row, PRIORITIES.index(label)] = chance
    return found


def _through(seen: Sequence[Assessment]) -> np.ndarray:
    rule = seen[0].priority_rule
    assert rule is not None
    impact, urgency = ([one.predictions[name] for one in seen] for name in ("impact", "urgency"))
    return through_matrix(
        rule.matrix,
        np.stack([one.probabilities for one in impact]),
        np.stack([one.probabilities for one in urgency]),
        impact[0].labels,
        urgency[0].labels,
        PRIORITIES,
        follows=rule.follows,
        prior=rule.prior,
    )


def _with_values(ticket: Ticket) -> Ticket:
    """Return the ticket with impact and urgency of its form as values of a person."""
    custom = ticket.custom
    return replace(ticket, values={"impact": custom["first_impact"], "urgency": custom["first_urgency"]})


def _given(train: Sequence[PastTicket], tickets: Sequence[Ticket]) -> np.ndarray:
    """Return the priority on the form, as sure as it was for earlier tickets."""
    names = load_mapping(MAPPINGS / "servicenow.toml").values["priority"]

    def place(ticket: Ticket) -> int:
        return PRIORITIES.index(names[ticket.custom["first_priority"]])

    kept = np.mean([place(past.ticket) == PRIORITIES.index(past.labels["priority"]) for past in train])
    found = np.full((len(tickets), len(PRIORITIES)), (1 - kept) / (len(PRIORITIES) - 1))
    found[np.arange(len(tickets)), [place(one) for one in tickets]] = kept
    return found


def _one_hot(train: Sequence[PastTicket], tickets: Sequence[Ticket]) -> np.ndarray:
    def form(ticket: Ticket) -> dict[str, str]:
        return {"requester": ticket.requester or "", "channel": ticket.channel or "", **ticket.custom}

    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform([form(past.ticket) for past in train])
    classes = np.array([PRIORITIES.index(past.labels["priority"]) for past in train])
    model = LogisticRegression(C=1.0, max_iter=1_000).fit(matrix, classes)
    found = np.zeros((len(tickets), len(PRIORITIES)))
    found[:, model.classes_] = model.predict_proba(vectorizer.transform([form(one) for one in tickets]))
    return found


def show(name: str, learnt: int, judged: int, rows: dict[str, Any]) -> None:
    """Print one task's lines."""
    print(f"\n{name} priority: {learnt:,} learnt from, {judged:,} judged, {rows['seconds']} s", flush=True)
    for way, scores in rows.items():
        if isinstance(scores, dict):
            told = (
                f"{key} {value:.4f}" if isinstance(value, float) else f"{key} {value}"
                for key, value in scores.items()
            )
            print(f"  {way:<26}" + "  ".join(told), flush=True)


if __name__ == "__main__":
    main()
