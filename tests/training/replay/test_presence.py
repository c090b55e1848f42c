from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.replay.growing import Growing
from training.replay.presence import PresentOnly
from triage.agent import Agent
from triage.policy import Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = ("ada", "bob", "eve")


class FixedModel(Growing):
    """Says the same of every ticket."""

    learnt: list[str]

    def __init__(self) -> None:
        self.learnt = []

    @property
    def promises(self) -> Mapping[str, Promise]:
        return {}

    @property
    def encoder(self) -> Any:
        return "encoder"

    def open(self, folder: Path, *, threads: int = 1) -> None: ...

    def learn(self, past: PastTicket, at: float) -> None:
        self.learnt.append(past.ticket.ticket_id)

    def assess(self, tickets: Sequence[Ticket], **options: object) -> list[Assessment]:
        said = {"assignee": Prediction("assignee", PEOPLE, np.array([0.5, 0.3, 0.2]))}
        return [Assessment(said, 1.0) for _ in tickets]


def assessed(*agents: Agent, at: datetime | None = NOW) -> Assessment:
    return PresentOnly(FixedModel(), agents).assess([Ticket("T-1", created_at=at)])[0]


def away(name: str, first: float, last: float | None = None) -> Agent:
    until = None if last is None else NOW + timedelta(hours=last)
    return Agent(name, absent_from=NOW + timedelta(hours=first), absent_to=until)


def test_the_absent_get_nothing_and_the_others_share_it():
    said = assessed(away("ada", -1), Agent("bob")).predictions["assignee"]
    assert said.labels == PEOPLE
    assert said.probabilities == pytest.approx([0.0, 0.6, 0.4])


@pytest.mark.parametrize("agent", [away("ada", 1), away("ada", -9, 0), Agent("ada"), away("zoe", -1)])
def test_who_is_there_at_filing_or_not_proposed_anyway_changes_nothing(agent):
    assert assessed(agent).predictions["assignee"].probabilities.tolist() == [0.5, 0.3, 0.2]


def test_two_rows_of_an_agent_are_two_absences():
    rows = (away("ada", -99, -98), away("ada", -1, 1))
    assert assessed(*rows).predictions["assignee"].top(1)[0][0] == "bob"


def test_where_nobody_is_there_nothing_is_said_of_the_assignee():
    assert assessed(*(away(name, -1) for name in PEOPLE)).withheld == {"assignee"}


def test_it_lets_its_model_learn():
    model = FixedModel()
    PresentOnly(model, ()).learn(PastTicket(Ticket("T-9")), 0.0)
    assert model.learnt == ["T-9"]
