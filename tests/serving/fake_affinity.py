"""An index that counts: who handled the most tickets is the likeliest."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

import numpy as np

from triage.assignment import Candidate, SureFrom
from triage.ticket import Ticket


class CountingIndex:
    """Counts a ticket once for who was assigned it, twice more for who resolved it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.skills: dict[str, str] = {}
        self.sure = SureFrom()

    def learn(
        self,
        ticket: Ticket,
        agent: str,
        at: datetime,
        kind: str = "resolved",
        *,
        vector: np.ndarray,
        category: str | None = None,
    ) -> None:
        assert np.isclose(np.linalg.norm(vector), 1.0)
        self.told.append((ticket.ticket_id, agent, kind))

    def welcome(self, agent: str, skills: str, at: datetime, *, vector: np.ndarray) -> None:
        self.skills[agent] = skills

    @property
    def sure_from(self) -> SureFrom:
        return self.sure

    def candidates(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        vector: np.ndarray,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        counts: Counter[str] = Counter(dict.fromkeys(self.skills, 1))
        for _, agent, kind in self.told:
            counts[agent] += 3 if kind == "resolved" else 1
        known = {agent: count for agent, count in counts.items() if agent in among}
        total = sum(known.values())
        return [
            Candidate(agent, count / total, (f"handled {count} points",))
            for agent, count in sorted(known.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
