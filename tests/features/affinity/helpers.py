"""A small helpdesk with two topics, for affinity."""

from datetime import UTC, datetime, timedelta

import numpy as np

from features.affinity.defaults import plain_weights
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from training.affinity.learn import find_axes
from triage.ticket import Ticket

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DIMENSION = 8
TOPICS = {"vpn": 0, "printer": 1, "mail": 2}


def vector_of(topic: str, number: int = 0) -> np.ndarray:
    """A unit vector near the topic's own."""
    vector = np.random.default_rng(number).normal(size=DIMENSION) * 0.1
    vector[TOPICS[topic]] += 1.0
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def ticket_of(topic: str, number: int, *, requester: str | None = "rita", days: float = 0.0) -> Ticket:
    return Ticket(
        f"T-{number}",
        subject=f"{topic} trouble",
        body=f"my {topic} fails since monday",
        created_at=START + timedelta(days=days),
        requester=requester,
    )


def make_model(*, requesters_serve: bool = False) -> AffinityModel:
    vectors = np.array([vector_of(topic, number) for topic in TOPICS for number in range(20)])
    return AffinityModel(find_axes(vectors), plain_weights(), requesters_serve=requesters_serve)


def taught_index(*, requesters_serve: bool = False) -> AffinityIndex:
    """Ada solves VPN tickets, Ben printers; one each a day for ten days."""
    index = AffinityIndex(make_model(requesters_serve=requesters_serve))
    for day in range(10):
        for number, (topic, agent) in enumerate((("vpn", "ada"), ("printer", "ben"))):
            ticket = ticket_of(topic, 2 * day + number, requester=f"user-{day}", days=day)
            index.learn(
                ticket,
                agent,
                ticket.created_at + timedelta(hours=1),
                vector=vector_of(topic, day),
                category=topic,
            )
    return index
