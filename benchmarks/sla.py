"""Are times and broken promises foreseen better than by plain gradient boosting, and honestly so.

ServiceNow incidents (UCI 498). By time: the first 80 % as far as they were known when the last of them was
filed (an incident that was solved later is open), the last 20 % judged. Random: a fifth drawn, everything
else known. Rows: the same for every ticket; scikit-learn's HistGradientBoosting with its defaults and early
stopping on the same fields (form values, hour and weekday of filing), for times once on hours and once on
their logarithm; ours. SLA broken: AUC, log loss, calibration error with its null band. Time to the solution:
mean pinball loss over the levels .1, .25, .5, .75, .9 in hours and in log(1 + hours), and how many tickets
stay below each level. Handed on: AUC and calibration as well. Apache issues (time to resolve, ours with text)
with ``--tasks apache``.

    python -m benchmarks.sla [--data ../shared/data] [--cache var/cache] [--tasks servicenow,random,apache]
        [--development]

``--development`` drops the test slice and judges the last fifth of the training tickets: for choosing, never
for claims. Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.quality_tasks import MAPPINGS, servicenow_tickets
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from features.structured import StructuredView
from features.ticket_columns import TicketColumns
from features.views import MEANING_SCALE, Views
from training.calibration_error import calibration_error
from training.history import load_mapping, read_history
from training.simulation.run import filed_at
from training.sla.learn_foresight import learn_foresight
from training.sla.learn_time import LEVELS, pinball
from training.sla.outcomes import Outcomes, outcomes_of
from triage.ticket import PastTicket, Ticket

TASKS = ("servicenow", "random", "apache")


def main() -> None:
    """Run the tasks and print their tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default="servicenow,random")
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors")
    found = {}
    for name in options.tasks.split(","):
        tickets = _read(options.data, name)
        if options.development:
            tickets = tickets[: int(0.8 * len(tickets))]
        started = time.perf_counter()
        found[name] = judge(tickets, options.cache / "embeddings", ordered=name != "random")
        print(f"\n{name}: {len(tickets)} tickets, {time.perf_counter() - started:.0f} seconds")
        show(found[name])
    print(json.dumps(found))


def _read(data: Path, name: str) -> list[PastTicket]:
    if name == "apache":
        mapping = load_mapping(MAPPINGS / "apache.toml")
        tickets = read_history(data / "apache_jira" / "issues.parquet", mapping=mapping).tickets
    else:
        tickets = servicenow_tickets(data)
    dated = [past for past in tickets if past.ticket.created_at is not None]
    return sorted(dated, key=lambda past: (str(past.ticket.created_at), past.ticket.ticket_id))


def as_known_at(past: PastTicket, moment: datetime) -> PastTicket:
    """Return a ticket without what became known of it after a moment."""
    ended = past.resolved_at or past.closed_at
    if ended is not None and ended <= moment:
        return replace(past, resolved_at=ended, closed_at=None)
    return replace(
        past, resolved_at=None, closed_at=None, made_sla=None, reassignments=None, status=None, labels={}
    )


def judge(tickets: list[PastTicket], cache: Path, *, ordered: bool) -> dict[str, dict[str, Any]]:
    """Judge ours and the peers on the last fifth, or on a fifth drawn."""
    split = int(0.8 * len(tickets))
    if ordered:
        moment = filed_at(tickets[split])
        train, test = [as_known_at(past, moment) for past in tickets[:split]], tickets[split:]
    else:
        drawn = np.random.default_rng(0).permutation(len(tickets))
        train = [tickets[row] for row in sorted(drawn[:split])]
        test = [tickets[row] for row in sorted(drawn[split:])]
    known, truth = outcomes_of(train), outcomes_of(test)
    rows: dict[str, dict[str, Any]] = {}
    rows["same for all"] = _same(known, truth)
    rows |= _peers([past.ticket for past in train], known, [past.ticket for past in test], truth)
    fields = StructuredView().fit([past.ticket for past in train])
    learnt = learn_foresight(train, _views(train, fields, cache), ordered=ordered)
    if learnt.model is None:
        raise SystemExit(f"Nothing learnt: {learnt.facts}")
    told = learnt.model.foresee([past.ticket for past in test], _views(test, fields, cache))
    hours = np.array([list(one.resolution_hours.values()) for one in told])
    rows["ours"] = _times(hours, truth)
    for name, happened in (("breach", truth.breach), ("reassignment", truth.reassigned)):
        said = [getattr(one, name) for one in told]
        if said[0] is not None:
            rows["ours"] |= _risk(name, np.array(said), happened)
    rows["ours"]["learnt"] = learnt.facts
    return rows


def _views(past: Sequence[PastTicket], fields: StructuredView, cache: Path) -> Views:
    texts = [clean_text(one.ticket) for one in past]
    if any(texts):
        meaning = CachedEncoder(SentenceEncoder.open(threads=2), cache).encode(texts) * MEANING_SCALE
    else:
        meaning = np.zeros((len(past), 1), np.float32)
    views: Views = {"meaning": meaning}
    if fields.n_features:
        views["fields"] = fields.transform([one.ticket for one in past])
    return views


def _same(known: Outcomes, truth: Outcomes) -> dict[str, Any]:
    took = _hours(known)
    same = np.quantile(took[~np.isnan(took)], LEVELS)
    found = _times(np.tile(same, (len(truth.filed), 1)), truth)
    for name, learnt, happened in (
        ("breach", known.breach, truth.breach),
        ("reassignment", known.reassigned, truth.reassigned),
    ):
        if (~np.isnan(learnt)).any():
            found |= _risk(name, np.full(len(happened), np.nanmean(learnt)), happened)
    return found


def _peers(
    train: list[Ticket], known: Outcomes, test: list[Ticket], truth: Outcomes
) -> dict[str, dict[str, Any]]:
    columns = TicketColumns(min_tickets=1, max_codes=100_000).fit(train)
    seen, asked = columns.transform(train)[:, :-1], columns.transform(test)[:, :-1]
    few = [len(codes) <= 255 for codes in columns.codes_.values()] + [False] * 3
    settings: dict[str, Any] = {
        "categorical_features": few,
        "early_stopping": True,
        "random_state": 0,
    }
    took = _hours(known)
    solved = ~np.isnan(took)
    peer: dict[str, Any] = {}
    on_log: dict[str, Any] = {}
    for into, there, back in ((peer, _as_is, _as_is), (on_log, np.log1p, np.expm1)):
        told = [
            HistGradientBoostingRegressor(loss="quantile", quantile=level, **settings)
            .fit(seen[solved], there(took[solved]))
            .predict(asked)
            for level in LEVELS
        ]
        into |= _times(np.maximum(back(np.column_stack(told)), 0.0), truth)
    for name, learnt, happened in (
        ("breach", known.breach, truth.breach),
        ("reassignment", known.reassigned, truth.reassigned),
    ):
        rows = ~np.isnan(learnt)
        if rows.any():
            model = HistGradientBoostingClassifier(**settings).fit(seen[rows], learnt[rows] > 0)
            peer |= _risk(name, model.predict_proba(asked)[:, 1], happened)
    return {"gradient boosting": peer, "gradient boosting on log hours": on_log}


def _as_is(values: np.ndarray) -> np.ndarray:
    return values


def _hours(outcomes: Outcomes) -> np.ndarray:
    return np.asarray(np.maximum(outcomes.ended - outcomes.filed, 0.0) * 24.0)


def _times(told: np.ndarray, truth: Outcomes) -> dict[str, Any]:
    took = _hours(truth)
    solved = ~np.isnan(took)
    told, took = told[solved], took[solved]
    below = (took[:, None] <= told).mean(axis=0)
    return {
        "pinball hours": float(pinball(took, told, LEVELS).mean()),
        "pinball log hours": float(pinball(np.log1p(took), np.log1p(told), LEVELS).mean()),
        "below each level": [round(float(one), 3) for one in below],
    }


def _risk(name: str, told: np.ndarray, happened: np.ndarray) -> dict[str, Any]:
    rows = ~np.isnan(happened)
    told, truth = told[rows], happened[rows] > 0
    calibration = calibration_error(told, truth)
    return {
        f"{name} AUC": float(roc_auc_score(truth, told)),
        f"{name} log loss": float(log_loss(truth, told)),
        f"{name} calibration error": calibration.error,
        f"{name} null band": calibration.null_95,
        f"{name} told": float(told.mean()),
        f"{name} true": float(truth.mean()),
    }


def show(rows: dict[str, dict[str, Any]]) -> None:
    """Print the rows as a table, a measure a line."""
    measures = [name for name in rows["ours"] if name != "learnt"]
    print(f"{'':28}" + "".join(f"{name:>32}" for name in rows))
    for measure in measures:
        values = [rows[name].get(measure, "-") for name in rows]
        shown = [f"{one:.4f}" if isinstance(one, float) else str(one) for one in values]
        print(f"{measure:28}" + "".join(f"{one:>32}" for one in shown))


if __name__ == "__main__":
    main()
