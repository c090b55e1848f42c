"""How many hand-offs would have been spared? Later ServiceNow incidents, counted against what happened.

A hand-off is a change of the group (of the person) from one event of an incident to a later one. Ours names
the group, and a person of that group, when the incident is filed. Two ways to count what would have followed:
*at best* a wrong name costs one hand-off, to where the incident ended; *at worst* one more than really
happened to it. Rows: what happened; ours deciding every incident; ours deciding where it is sure enough for
the promise (95 %), the others going as they went. The group's model is `triage train`'s, learnt on the first
four fifths; persons are ranked by affinity that goes on learning (resolved incidents count from then on).

    python -m benchmarks.bounce [--data ../shared/data] [--cache var/cache] [--development]

``--development`` drops the last fifth and judges the fourth: for choosing, never for claims. Prints a table
with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.opened import KEY, open_model
from benchmarks.quality_tasks import servicenow_tickets
from features.affinity.index import AffinityIndex
from training.affinity.learn import learn_affinity
from training.affinity.walk import known_at, walk
from training.config import TrainingConfig
from training.train import train_bundle
from triage.ticket import PastTicket

SHARE = 0.8
COLUMNS = {"team": "assignment_group", "assignee": "assigned_to"}
NO_TEXT = 8
"""Length of the vectors of tickets without text."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """What was named for the later incidents.

    Parameters
    ----------
    values : ndarray of shape (n,), str
        Empty where nobody was known.
    sure : ndarray of shape (n,), float
        How sure it is.
    applied : ndarray of shape (n,), bool
        Where it would have been applied.
    """

    values: np.ndarray
    sure: np.ndarray
    applied: np.ndarray


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors", flush=True)
    past = [
        one for one in servicenow_tickets(options.data) if one.labels.get("team") and one.ticket.created_at
    ]
    past.sort(key=lambda one: (one.ticket.created_at, one.ticket.ticket_id))
    if options.development:
        past = past[: int(SHARE * len(past))]
    first = int(SHARE * len(past))
    later = past[first:]
    team = name_teams(past[:first], later, options.cache)
    person = name_people(past, first, team)
    events = pd.read_parquet(options.data / "servicenow_log" / "events.parquet")
    found = {
        field: count(later, named, changes(events, column), field)
        for (field, column), named in zip(COLUMNS.items(), (team, person), strict=True)
    }
    print(json.dumps({"benchmark": "bounce", "development": options.development, "results": found}))


def name_teams(earlier: Sequence[PastTicket], later: Sequence[PastTicket], cache: Path) -> Named:
    """Train as the product does and name each later incident's group."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle"
        train_bundle(earlier, config=TrainingConfig(targets=("team",)), out=out, key=KEY, cache=cache)
        model = open_model(out, cache)
        promise = model.promises["team"]
        said = [one.predictions["team"] for one in model.assess([past.ticket for past in later])]
    tops = [one.top(1)[0] for one in said]
    values, sure = np.array([value for value, _ in tops]), np.array([chance for _, chance in tops])
    needed = np.array([promise.thresholds.get(value) or 2.0 for value in values])
    return Named(values, sure, sure >= needed)


def name_people(past: Sequence[PastTicket], first: int, team: Named) -> Named:
    """Name a person of the named group for each later incident, learning on."""
    vectors = np.ones((len(past), NO_TEXT), np.float32) / np.sqrt(NO_TEXT)
    since = past[first].ticket.created_at
    known = [place for place in range(first) if _has_agent(past[place]) and known_at(past[place]) < since]  # type: ignore[operator]
    model = learn_affinity([past[place] for place in known], vectors[known])
    members: dict[str, set[str]] = {}
    coming = sorted((known_at(one), place) for place, one in enumerate(past) if _has_agent(one))
    told = 0

    def among(place: int) -> set[str]:
        nonlocal told
        moment = past[place].ticket.created_at
        while told < len(coming) and coming[told][0] < moment:  # type: ignore[operator]
            one = past[coming[told][1]]
            members.setdefault(one.labels["team"], set()).add(one.labels["assignee"])
            told += 1
        return members.get(str(team.values[place - first]), set())

    names, sure = np.full(len(past) - first, "", object), np.zeros(len(past) - first)
    steps = walk(AffinityIndex(model), past, vectors, asks=lambda place: place >= first, among=among)
    for step in steps:
        if step.people:
            logits = step.signals @ model.weights
            best = int(logits.argmax())
            names[step.place - first] = step.people[best]
            sure[step.place - first] = 1 / np.exp(logits - logits.max()).sum()
    sure = sure * team.sure
    threshold = model.team_trust.threshold if model.team_trust is not None else None
    return Named(names, sure, team.applied & (sure >= (2.0 if threshold is None else threshold)))


def _has_agent(past: PastTicket) -> bool:
    return bool(past.labels.get("assignee"))


def changes(events: pd.DataFrame, column: str) -> dict[str, int]:
    """Return how often a value changed from one event to a later one, by incident."""
    told = events.sort_values(["number", "sys_mod_count"], kind="stable")[["number", column]].dropna()
    before = told.groupby("number")[column].shift()
    changed = before.notna() & (before != told[column])
    return {str(number): int(count) for number, count in changed.groupby(told["number"]).sum().items()}


def count(later: Sequence[PastTicket], named: Named, happened: dict[str, int], field: str) -> dict[str, Any]:
    """Print the rows of one field and return them."""
    kept = np.array([bool(one.labels.get(field)) for one in later])
    truth = np.array([one.labels.get(field, "") for one in later])[kept]
    real = np.array([happened.get(one.ticket.ticket_id, 0) for one in later])[kept]
    wrong = (named.values[kept] != truth).astype(int)
    print(f"\n{field}: {len(truth):,} later incidents; hand-offs of 1,000 incidents, at best and at worst")
    rows: dict[str, Any] = {}

    def row(name: str, best: np.ndarray, worst: np.ndarray, **more: float | None) -> None:
        rows[name] = {"best": int(best.sum()), "worst": int(worst.sum()), **more}
        told = "".join(f"  {key} {'-' if value is None else f'{value:.3f}'}" for key, value in more.items())
        print(f"{name:>26}{1000 * best.mean():8.0f}{1000 * worst.mean():8.0f}{told}", flush=True)

    row("what happened", real, real, handed_off=float((real > 0).mean()))
    for name, decided in (
        ("every incident", np.ones(len(real), bool)),
        ("where sure enough", named.applied[kept]),
    ):
        right = float(1 - wrong[decided].mean()) if decided.any() else None
        row(
            name,
            np.where(decided, wrong, real),
            np.where(decided, wrong * (1 + real), real),
            decided=float(decided.mean()),
            right=right,
        )
    return rows


if __name__ == "__main__":
    main()
