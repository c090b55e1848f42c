"""A growing model that says the same of every ticket."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.replay.growing import Growing
from triage.policy import Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import PastTicket, Ticket

__all__ = ["PEOPLE", "FixedModel"]

PEOPLE = ("ada", "bob", "eve")


class FixedModel(Growing):
    """Says the same of every ticket."""

    learnt: list[str]

    def __init__(self) -> None:
        self.learnt = []

    @property
    def promises(self) -> Mapping[str, Promise]:
        return {"assignee": Promise(0.9, dict.fromkeys(PEOPLE, 0.5), 0.1)}

    @property
    def encoder(self) -> Any:
        return "encoder"

    def open(self, folder: Path, *, threads: int = 1) -> None: ...

    def learn(self, past: PastTicket, at: float) -> None:
        self.learnt.append(past.ticket.ticket_id)

    def assess(self, tickets: Sequence[Ticket], **options: object) -> list[Assessment]:
        said = {"assignee": Prediction("assignee", PEOPLE, np.array([0.5, 0.3, 0.2]))}
        return [Assessment(said, 1.0) for _ in tickets]
