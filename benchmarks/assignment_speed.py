"""How long does one assignment take in a server, the encoder not counted? 500 agents, 200,000 tickets, 5 ms.

Everything between a decided ticket and its assignment, through the server's own desk on an SQLite store:
seeing that nothing changed, reading what is stored of the ticket, ranking people, facts in words, choosing
among who is there and has room. Tickets and people are made up (benchmarks/affinity_speed.py): they cost what
real ones cost, and say nothing of quality. Rows: a team of 25 is asked (there are 20); all 500 are. Columns:
milliseconds on the clock, and of this thread on the processor, which other programs do not lengthen.

    python -m benchmarks.assignment_speed [--agents 500] [--tickets 200000]

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.affinity_speed import MadeDesk, make_desk
from features.cleaning import clean_text
from serving.affinity_host import AffinityHost
from serving.affinity_index import LearntIndex
from serving.assignment_desk import AssignmentDesk
from serving.floor import FloorHost
from triage.agent import Agent
from triage.decision import Action, Decision, FieldDecision
from triage.mode import Mode
from triage.policy import FieldPolicy, Policy
from triage.routing.policy import RoutingPolicy
from triage.store import Store, open_store
from triage.store.agents import put_agents
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

TEAMS = 20
OPEN = 2_000
"""Open tickets that are on somebody's desk."""
WORKSPACE = "benchmark"


class KnownVectors:
    """Stands in for the encoder: it looks the vectors up, so that it costs nothing."""

    def __init__(self, vectors: dict[str, np.ndarray], dimension: int) -> None:
        self._vectors = vectors
        self.dimension = dimension
        self.fingerprint = "0" * 64

    def get(self) -> "KnownVectors":
        """Return itself, as the holder of a server's stock encoder does."""
        return self

    def encode(self, texts: Sequence[str], **_: object) -> np.ndarray:
        """Return the vectors."""
        return np.stack([self._vectors[text] for text in texts])


class NoModels:
    """No champion is needed: the tickets come decided."""

    workspaces = ()

    def bundle(self, workspace: str) -> None:
        """Return none."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--tickets", type=int, default=200_000)
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors", flush=True)
    made = make_desk(options.agents, options.tickets)
    found: dict[str, Any] = {"agents": options.agents, "tickets": options.tickets}
    print(f"{'':12}{'median ms':>11}{'95 % ms':>9}{'processor: median ms':>22}{'95 % ms':>9}")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/triage.db")
        fill(store, options.agents)
        for name, team in (("a team", True), ("everybody", False)):
            times = measure(store, made, Path(folder), by_team=team)
            (median, median_cpu), (p95, p95_cpu) = np.quantile(times, (0.5, 0.95), axis=0)
            found[name] = {"median_ms": median, "p95_ms": p95}
            found[name] |= {"processor_median_ms": median_cpu, "processor_p95_ms": p95_cpu}
            print(f"{name:12}{median:11.2f}{p95:9.2f}{median_cpu:22.2f}{p95_cpu:9.2f}", flush=True)
        store.close()
    print(json.dumps(found))


def fill(store: Store, agents: int) -> None:
    """Store agents with shifts, and open tickets on their desks."""
    people = [
        Agent(f"agent{number}", team=f"team{number % TEAMS}", capacity=12.0, shift="Mon-Sun 00:00-24:00")
        for number in range(agents)
    ]
    put_agents(store, WORKSPACE, people)
    waiting = [
        PastTicket(Ticket(f"O-{number}"), {"assignee": f"agent{number * 7 % agents}"}, status="open")
        for number in range(OPEN)
    ]
    put_tickets(store, WORKSPACE, waiting, source="made up")


def measure(store: Store, made: MadeDesk, folder: Path, *, by_team: bool) -> list[list[float]]:
    """Return the milliseconds of each assignment: on the clock, and of this thread on the processor."""
    vectors = {clean_text(ticket): vector for ticket, vector, _ in made.asked}
    encoder = KnownVectors(vectors, len(made.index.model.axes.mean))
    now = made.asked[-1][0].created_at or datetime.now(UTC)
    host = AffinityHost(
        store,
        NoModels(),  # type: ignore[arg-type]
        make=lambda bundle, encoder: LearntIndex(made.index),
        cache=folder / "cache",
        poll_seconds=1.0,
        stock=encoder,  # type: ignore[arg-type]
        newest=0,
    )
    desk = AssignmentDesk(store, FloorHost(store), host)
    applying = {"assignee": FieldPolicy(Mode.APPLY)}
    policy = Policy(fields=applying, routing=RoutingPolicy(fair_share=None, least_affinity=0.0))
    times = []
    for number, (ticket, _, topic) in enumerate(made.asked):
        team = FieldDecision("team", f"team{topic % TEAMS}", 0.9, 0.8, Action.APPLY, None)
        fields = {"team": team} if by_team else {}
        decision = Decision("d", ticket.ticket_id, None, now, fields)
        began = time.perf_counter(), time.thread_time()
        floor = desk.look(WORKSPACE, policy, now)
        assert floor is not None
        ranked = desk.rank(WORKSPACE, [ticket], [decision], floor)
        (assignment,) = desk.assign(ranked, floor)
        # The first one reads roster and loads in: once a change, not once a ticket.
        if number:
            ended = time.perf_counter(), time.thread_time()
            times.append([(end - start) * 1000 for start, end in zip(began, ended, strict=True)])
        assert assignment is not None and assignment.agent is not None
    return times


if __name__ == "__main__":
    main()
