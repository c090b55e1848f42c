"""Incidents for tests: a week of ordinary tickets, then a burst of look-alikes."""

import random
from datetime import UTC, datetime, timedelta

from triage.incident import Incident, Member, Volume, WordBurst
from triage.ticket import Ticket

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
BURST = BEGIN + timedelta(days=35, hours=9)
COMMON = (
    "printer paper jam password reset login laptop screen battery mouse keyboard monitor phone mail".split()
)


def ordinary(days: int = 40, a_day: int = 24, seed: int = 0) -> list[Ticket]:
    """Tickets about everything, evenly, from BEGIN."""
    draw = random.Random(seed)
    return [
        Ticket(
            f"O-{day}-{number}",
            " ".join(draw.sample(COMMON, 3)),
            "please help " + " ".join(draw.sample(COMMON, 3)),
            BEGIN + timedelta(days=day, minutes=number * 1440 / a_day),
            requester=f"r{draw.randrange(500)}",
        )
        for day in range(days)
        for number in range(a_day)
    ]


def burst(count: int = 12, at: datetime = BURST, requesters: int | None = None) -> list[Ticket]:
    """Look-alikes, one every five minutes."""
    return [
        Ticket(
            f"B-{at:%d%H}-{number}",
            "VPN certificate expired",
            f"The gateway says certificate expired since today, room {number}.",
            at + timedelta(minutes=5 * number),
            requester=f"b{number % (requesters or count)}",
        )
        for number in range(count)
    ]


def by_time(*parts: list[Ticket]) -> list[Ticket]:
    """All together, in order of filing."""
    return sorted((one for part in parts for one in part), key=lambda one: (one.created_at, one.ticket_id))


def incident(name: str = "inc-1", count: int = 3, at: datetime = BURST) -> Incident:
    """An incident of the first tickets of a burst."""
    members = tuple(Member(one.ticket_id, one.created_at) for one in burst(count, at))
    return Incident(
        name,
        members[-1].ticket_id,
        members[-1].filed_at,
        (WordBurst("certificate", 12, 0.4, 9.5, 3.0), WordBurst("vpn", 12, 0.5, 9.0, 3.0)),
        {"certificate": "certificates", "vpn": "vpn"},
        members,
        Volume(30, 24.0),
        9.5,
    )
