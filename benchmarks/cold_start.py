"""Are chances of people honest from the first ticket on? Beginnings cut from real histories.

At moments spread over the first three fifths of a history an index begins with an empty memory. It is told
ticket after ticket as in benchmarks/assignment.py and asked about each one with what was known when it was
filed, among the people who have any of the 300 tickets from then on; most are strangers at first. Weights are
the plain ones of a helpdesk that has learnt none, or learnt from the newest 3,000 tickets of the same three
fifths (not new to them: what is asked is how they do with an empty memory). Rows: tickets known. Columns:
tickets asked about, the chance of the likeliest person by the signs alone and as it is told
(features/affinity/evidence.py), the share of them that was right, and the log loss of both.

    python -m benchmarks.cold_start [--data ../shared/data] [--cache var/cache] [--tasks Thunderbird,HDFS,...]
                                    [--starts 14]

Prints tables and, as the last line, JSON.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.assignment import DATA, MOZILLA, PROJECTS, SINCE, read_desk
from benchmarks.assignment_peers import Desk
from features.affinity.defaults import default_model
from features.affinity.evidence import evidence_of, tempered
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from training.affinity.learn import learn_affinity
from training.affinity.walk import known_at

AHEAD, LEARNT_FROM = 300, 3_000
ROWS = ((1, 5), (6, 20), (21, 100))
"""Tickets that are known when one is asked about."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join((MOZILLA, *PROJECTS)))
    parser.add_argument("--starts", type=int, default=14)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    wanted = options.tasks.split(",")
    encoder = CachedEncoder(SentenceEncoder.open(), options.cache)
    found: dict[str, Any] = {}
    if MOZILLA in wanted:
        path = options.data / "mozilla_support" / "tickets.parquet"
        desk = read_desk(path, "mozilla_thunderbird", encoder, SINCE)
        found |= measure_all(desk, {MOZILLA: np.arange(len(desk.past))}, options.starts, serve=False)
    if set(wanted) & set(PROJECTS):
        desk = read_desk(options.data / "apache_jira" / "issues.parquet", "apache", encoder)
        groups = {name: np.flatnonzero(desk.products == name) for name in PROJECTS if name in wanted}
        found |= measure_all(desk, groups, options.starts, serve=True)
    print(json.dumps({"benchmark": "cold_start", "results": found}))


def measure_all(desk: Desk, groups: dict[str, np.ndarray], starts: int, *, serve: bool) -> dict[str, Any]:
    """Print a table for each group of places and each kind of weights, and return them."""
    early = np.arange(int(0.6 * len(desk.past)))[-LEARNT_FROM:]
    learnt = learn_affinity([desk.past[place] for place in early], desk.vectors[early], requesters=serve)
    plain = replace(default_model(desk.vectors.shape[1]), requesters_serve=serve)
    found: dict[str, Any] = {}
    for name, places in groups.items():
        last = int(0.6 * len(places)) - AHEAD
        firsts = np.linspace(0.05 * len(places), last, starts).astype(int)
        for kind, model in (("plain", plain), ("learnt", learnt)):
            asked = [one for first in firsts for one in begin(desk, places[first : first + AHEAD], model)]
            found[f"{name}, {kind} weights"] = told = table(np.array(asked, dtype=np.float64))
            print(f"{name}, {kind} weights: {'said':>14}{'told':>8}{'right':>8}{'log loss':>10}{'told':>8}")
            for row, (count, *figures) in told.items():
                print(
                    f"  {row:>10}{count:8.0f}" + "".join(f"{figure:9.3f}" for figure in figures), flush=True
                )
    return found


def begin(desk: Desk, places: np.ndarray, model: AffinityModel) -> Iterator[tuple[int, float, float, bool]]:
    """Live a beginning; yield tickets known, chance by the signs, chance as told, whether it was right."""
    index, most = AffinityIndex(model), ROWS[-1][1]
    among = sorted({str(name) for name in desk.agents[places]})
    told = iter(sorted(places, key=lambda place: (desk.known[place], desk.past[place].ticket.ticket_id)))
    known, following = 0, next(told, None)
    for place in places:
        one, moment = desk.past[place], desk.past[place].ticket.created_at
        while following is not None and desk.known[following] < desk.filed[place]:
            learn(index, desk, following)
            known, following = known + 1, next(told, None)
        if known > most or moment is None:
            return
        people, signals = index.shortlist(one.ticket, moment, vector=desk.vectors[place], candidates=among)
        if len(people):
            logits = signals @ model.weights
            best = int(logits.argmax())
            chance = 1 / np.exp(logits - logits[best]).sum()
            honest = tempered(np.array([chance]), evidence_of(signals), len(among))[0]
            yield known, chance, honest, index.memory.names[people[best]] == desk.agents[place]


def learn(index: AffinityIndex, desk: Desk, place: int) -> None:
    """Tell an index who had a ticket."""
    one = desk.past[place]
    agent, category = str(desk.agents[place]), one.labels.get("category")
    index.learn(one.ticket, agent, known_at(one), vector=desk.vectors[place], category=category)


def table(asked: np.ndarray) -> dict[str, list[float]]:
    """Return by tickets known: how many, said, told, right, log losses of said and told."""
    rows = {}
    for least, most in ROWS:
        _, said, told, right = asked[(asked[:, 0] >= least) & (asked[:, 0] <= most)].T
        losses = [log_loss(one, right) for one in (said, told)]
        rows[f"{least}-{most}"] = [
            float(len(right)),
            *(float(one.mean()) for one in (said, told, right)),
            *losses,
        ]
    return rows


def log_loss(chances: np.ndarray, right: np.ndarray) -> float:
    """Return the mean log loss of chances of being right, none held surer than a millionth."""
    sure = np.clip(chances, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.log(np.where(right > 0, sure, 1 - sure))))


if __name__ == "__main__":
    main()
