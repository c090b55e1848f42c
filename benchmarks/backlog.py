"""What is gained by giving a backlog to agents at once? 2,000 tickets, 100 agents, 2 seconds.

Real backlogs: the last 2,000 tickets of ServiceNow (UCI 498) and of Apache Jira, given to the 100 people who
had most tickets in the 90 days before, by what `FormRanker` knows of them at that moment; and a drawn one
(Dirichlet affinities, fixed seed). Everybody may have everything within the same room and the same fair
shares, so that only the way of choosing differs. Rows: one ticket after another in the order of filing; the
best pair of all first; ours. Columns: total affinity, tickets placed, Gini of the tickets given, of tickets
whose real assignee is among the 100 the share that went to that one, processor seconds of this one thread.
Tables "urgent takes two" take urgent tickets as two slots.

    python -m benchmarks.backlog [--data ../shared/data] [--tasks drawn,servicenow,apache] [--development]

``--development`` leaves the last fifth of each history out. Prints tables with date and machine and, as the
last line, JSON.
"""

import argparse
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from features.backlog import Pending, plan_backlog
from training.history import load_mapping, read_history
from training.simulation.ranker import FormRanker
from training.simulation.run import filed_at
from triage.agent import Agent
from triage.assignment import Candidate
from triage.policy import Policy
from triage.routing.fairness import fair_limits, gini
from triage.routing.policy import FairShare, RoutingPolicy
from triage.routing.roster import Roster
from triage.routing.situation import Situation
from triage.ticket import PastTicket, Ticket

MAPPINGS = Path(__file__).parent / "mappings"
FILES = {"servicenow": "servicenow_log/incidents.parquet", "apache": "apache_jira/issues.parquet"}
TICKETS, AGENTS, BEFORE = 2_000, 100, timedelta(days=90)
ROOMS = (40, 25, 15)
"""Slots of each agent: ample, five for four tickets, and too few for all."""
SHARE = FairShare(factor=1.5, minimum=1)


def main() -> None:
    """Run the tasks and print their tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tasks", default="drawn,servicenow,apache")
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors")
    found: dict[str, Any] = {}
    for name in options.tasks.split(","):
        if name != "drawn" and not options.data.is_dir():
            print(f"{name} not measured: no data in {options.data}.")
            continue
        pending, names, truth = drawn() if name == "drawn" else real(options.data, name, options.development)
        for room in ROOMS:
            for effort in ({}, {"urgent": 2.0}):
                if effort and not any(one.ticket.values.get("priority") == "urgent" for one in pending):
                    continue
                key = f"{name}, {room} slots" + (", urgent takes two" if effort else "")
                found[key] = judge(pending, names, truth, room, effort)
                show(key, found[key])
    print(json.dumps(found))


def drawn() -> tuple[list[Pending], list[str], list[str]]:
    """Draw a backlog in which every ticket has a few people who know it."""
    generator = np.random.default_rng(0)
    affinity = generator.dirichlet(np.full(AGENTS, 0.05), size=TICKETS)
    names = [f"agent-{number:03}" for number in range(AGENTS)]
    urgent = generator.random(TICKETS) < 0.1
    pending = [
        Pending(
            Ticket(f"T-{row:04}", "drawn", values={"priority": "urgent"} if urgent[row] else {}),
            [Candidate(name, float(score)) for name, score in zip(names, affinity[row], strict=True)],
        )
        for row in range(TICKETS)
    ]
    return pending, names, [names[int(column)] for column in affinity.argmax(axis=1)]


def real(data: Path, name: str, is_development: bool) -> tuple[list[Pending], list[str], list[str]]:
    """Take the last tickets of a history as a backlog that is given out when the last was filed."""
    mapping = load_mapping(MAPPINGS / f"{name}.toml")
    past = [one for one in read_history(data / FILES[name], mapping=mapping).tickets if _is_usable(one)]
    if is_development:
        past = past[: int(0.8 * len(past))]
    earlier, backlog = past[:-TICKETS], past[-TICKETS:]
    now = filed_at(backlog[0])
    known = sorted((one for one in earlier if _known_at(one) < now), key=_known_at)
    ranker = FormRanker()
    for one in known:
        ranker.learn(one, _known_at(one))
    everybody = {one.labels["assignee"] for one in known}
    lately = Counter(one.labels["assignee"] for one in known if _known_at(one) >= now - BEFORE)
    names = sorted(agent for agent, _ in lately.most_common(AGENTS))
    pending = []
    for one in backlog:
        priority = one.labels.get("priority")
        ticket = replace(one.ticket, values={"priority": priority} if priority else {})
        pending.append(Pending(ticket, ranker.rank(one.ticket, now, everybody)))
    return pending, names, [one.labels["assignee"] for one in backlog]


def judge(
    pending: Sequence[Pending],
    names: Sequence[str],
    truth: Sequence[str],
    room: int,
    effort: dict[str, float],
) -> dict[str, Any]:
    """Give the backlog out in each way."""
    routing = RoutingPolicy(fair_share=SHARE, effort=effort)
    agents = [Agent(name, "all", capacity=room) for name in names]
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    tickets = [
        replace(one, ticket=replace(one.ticket, values={**one.ticket.values, "team": "all"}))
        for one in pending
    ]
    situation = Situation(now, Roster(agents), Policy(routing=routing))
    started = time.process_time()
    plan = plan_backlog(tickets, situation)
    seconds = time.process_time() - started
    ours = [one.agent for one in plan.assignments]
    pairs_first = best_pair_first(tickets, agents, routing)
    in_order = one_after_another(tickets, agents, routing)
    affinity = [{one.agent: one.score for one in item.candidates} for item in tickets]
    ways = {"one after another": in_order, "best pair first": pairs_first, "ours": ours}
    rows = {way: _figures(got, affinity, names, truth) for way, got in ways.items()}
    rows["ours"]["seconds"] = round(seconds, 2)
    assert abs(rows["one after another"]["affinity"] - plan.one_by_one_affinity) < 0.1
    return rows


def one_after_another(
    pending: Sequence[Pending], agents: Sequence[Agent], routing: RoutingPolicy
) -> list[str | None]:
    """Give each ticket in turn to the best who still has room and share."""
    left = _Left(agents, len(pending), routing)
    got: list[str | None] = []
    for one in pending:
        scores = {candidate.agent: candidate.score for candidate in one.candidates}
        able = [agent.agent for agent in agents if left.can(agent.agent, _effort(one, routing))]
        best = min(able, key=lambda name: (-scores.get(name, 0.0), name), default=None)
        got.append(left.take(best, _effort(one, routing)))
    return got


def best_pair_first(
    pending: Sequence[Pending], agents: Sequence[Agent], routing: RoutingPolicy
) -> list[str | None]:
    """Give out the pair of highest affinity, then the next."""
    left = _Left(agents, len(pending), routing)
    got: list[str | None] = [None] * len(pending)
    scores = [{candidate.agent: candidate.score for candidate in one.candidates} for one in pending]
    pairs = [
        (-scores[row].get(agent.agent, 0.0), row, agent.agent)
        for row in range(len(pending))
        for agent in agents
    ]
    for _, row, name in sorted(pairs):
        effort = _effort(pending[row], routing)
        if got[row] is None and left.can(name, effort):
            got[row] = left.take(name, effort)
    return got


class _Left:
    """Room and fair shares that are left."""

    def __init__(self, agents: Sequence[Agent], tickets: int, routing: RoutingPolicy) -> None:
        self._room = {agent.agent: float(agent.capacity or 0) for agent in agents}
        self._share = dict(fair_limits(agents, {}, tickets, routing) or {})

    def can(self, agent: str, effort: float) -> bool:
        return self._room[agent] >= effort and self._share[agent] > 0

    def take(self, agent: str | None, effort: float) -> str | None:
        if agent is not None:
            self._room[agent] -= effort
            self._share[agent] -= 1
        return agent


def _figures(
    got: Sequence[str | None],
    affinity: Sequence[dict[str, float]],
    names: Sequence[str],
    truth: Sequence[str],
) -> dict[str, Any]:
    counts = Counter(one for one in got if one is not None)
    told = [one == true for one, true in zip(got, truth, strict=True) if true in set(names)]
    return {
        "affinity": round(
            sum(scores.get(one, 0.0) for one, scores in zip(got, affinity, strict=True) if one), 1
        ),
        "placed": sum(counts.values()),
        "gini": round(gini([counts.get(name, 0) for name in names]), 3),
        "right": round(sum(told) / len(told), 3),
    }


def show(name: str, rows: dict[str, Any]) -> None:
    """Print a table."""
    print(f"\n{name}\n{'':>20} {'affinity':>9} {'placed':>7} {'Gini':>6} {'right':>6} {'seconds':>8}")
    for way, row in rows.items():
        seconds = f"{row['seconds']:8.2f}" if "seconds" in row else f"{'':>8}"
        figures = f"{row['affinity']:9.1f} {row['placed']:7d} {row['gini']:6.3f} {row['right']:6.3f}"
        print(f"{way:>20} {figures} {seconds}")


def _effort(one: Pending, routing: RoutingPolicy) -> float:
    return routing.effort.get(one.ticket.values.get("priority", ""), 1.0)


def _is_usable(one: PastTicket) -> bool:
    return one.ticket.created_at is not None and bool(one.labels.get("assignee"))


def _known_at(one: PastTicket) -> datetime:
    return one.labels_known_at or filed_at(one)


if __name__ == "__main__":
    main()
