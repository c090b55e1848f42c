"""What do full hands and fair shares cost, and what do they give? Two weeks of ServiceNow lived again.

The 100 people with most tickets before, each with 40 slots and in the team they mostly worked for, always
there; the final team is taken as known, affinity is `FormRanker`'s. Rows: what happened; round-robin; ours by
weight of free room and by fair share. Columns: tickets that went at once to who had them in the end, Gini of
tickets over agents, share of the busiest. Only the first four fifths of the history are read: these figures
chose defaults.

    python -m benchmarks.routing [--data ../shared/data]

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from training.history import load_mapping, read_history
from training.simulation.promised import ByHours
from training.simulation.ranker import FormRanker
from training.simulation.report import WayReport, happened, simulated
from training.simulation.run import Simulation, filed_at
from training.simulation.way import InTurn, Ours
from triage.agent import Agent
from triage.policy import Policy
from triage.routing.policy import FairShare, RoutingPolicy
from triage.routing.roster import Roster
from triage.ticket import PastTicket

MAPPING = Path(__file__).parent / "mappings" / "servicenow.toml"
AGENTS, SLOTS, WEEKS = 100, 40, 2
SETTINGS = ((0.0, None), (0.5, None), (1.0, None), (2.0, None), (1.0, 4.0), (1.0, 3.0), (1.0, 2.0))
"""Weight of free room, and factor of the fair share."""


def main() -> None:
    """Live the weeks again under each setting and print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors")
    read = read_history(
        options.data / "servicenow_log" / "incidents.parquet", mapping=load_mapping(MAPPING)
    ).tickets
    past = [one for one in read if one.ticket.created_at is not None and one.labels.get("assignee")]
    past = past[: int(0.8 * len(past))]
    since = filed_at(past[-1]) - timedelta(weeks=WEEKS)
    before = [one for one in past if filed_at(one) < since]
    agents = staff(before)
    teams = {agent.team for agent in agents}
    inside = [_told_team(one, teams) for one in past if filed_at(one) >= since]
    history = [*before, *inside]
    found: dict[str, Any] = {}

    def live(name: str, routing: RoutingPolicy, *, in_turn: bool = False) -> None:
        way = InTurn() if in_turn else Ours()
        policy = Policy(routing=routing)
        lived = Simulation(history, since, Roster(agents), policy, FormRanker(), way).run()
        show(name, simulated(name, lived, agents, ByHours({})), found)

    print(f"{len(inside):,} tickets\n{'':>34} {'right':>6} {'Gini':>6} {'busiest':>8}")
    show("what happened", happened(inside, agents, ByHours({})), found)
    live("round-robin", RoutingPolicy(), in_turn=True)
    for weight, factor in SETTINGS:
        share = None if factor is None else FairShare(factor)
        name = f"room to the {weight:g}, " + ("no fair share" if factor is None else f"share of {factor:g}")
        live(name, RoutingPolicy(headroom_weight=weight, fair_share=share))
    print(json.dumps(found))


def staff(before: list[PastTicket]) -> list[Agent]:
    """Return who had most tickets, each in the team they mostly worked for."""
    top = [agent for agent, _ in Counter(one.labels["assignee"] for one in before).most_common(AGENTS)]
    worked: dict[str, Counter[str]] = {agent: Counter() for agent in top}
    for one in before:
        if one.labels["assignee"] in worked and "team" in one.labels:
            worked[one.labels["assignee"]][one.labels["team"]] += 1
    return [
        Agent(agent, counts.most_common(1)[0][0] if counts else None, capacity=SLOTS)
        for agent, counts in worked.items()
    ]


def show(name: str, report: WayReport, found: dict[str, Any]) -> None:
    """Print a row and keep it."""
    right = "" if report.right_agent is None else f"{report.right_agent:.3f}"
    print(f"{name:>34} {right:>6} {report.gini:6.3f} {report.busiest_share:8.3f}", flush=True)
    found[name] = {"right": report.right_agent, "gini": report.gini, "busiest": report.busiest_share}


def _told_team(past: PastTicket, teams: set[str | None]) -> PastTicket:
    team = past.labels.get("team")
    values = {"team": team} if team is not None and team in teams else {}
    return replace(past, ticket=replace(past.ticket, values=values))


if __name__ == "__main__":
    main()
