"""Nobody who is away is proposed: takes absent agents out of what a model says of the assignee."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from training.replay.growing import Growing
from triage.agent import Agent
from triage.policy import Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import PastTicket, Ticket

__all__ = ["PresentOnly"]

ASSIGNEE = "assignee"


class PresentOnly:
    """A growing model that proposes only assignees who are not absent when a ticket is filed.

    Who is not in the agents table is proposed as before: people who left, or who came later, stand in no
    table of one day.

    Parameters
    ----------
    model : Growing
        What it asks.
    agents : sequence of Agent
        With their absences; an agent who comes twice is absent in both rows' times.
    """

    def __init__(self, model: Growing, agents: Sequence[Agent]) -> None:
        self._model = model
        self._agents = tuple(agents)

    @property
    def promises(self) -> Mapping[str, Promise]:
        """The model's."""
        return self._model.promises

    @property
    def encoder(self) -> Any:
        """The model's."""
        return self._model.encoder

    def open(self, folder: Path, *, threads: int = 1) -> None:
        """Open the model."""
        self._model.open(folder, threads=threads)

    def learn(self, past: PastTicket, at: float) -> None:
        """Let the model learn."""
        self._model.learn(past, at)

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        """Assess; who is absent gets nothing, and the others share it in proportion."""
        assessed = self._model.assess(tickets, explain=explain, similar=similar, detail=detail)
        return [self._without_absent(*pair) for pair in zip(tickets, assessed, strict=True)]

    def _without_absent(self, ticket: Ticket, assessment: Assessment) -> Assessment:
        said = assessment.predictions.get(ASSIGNEE)
        moment = ticket.created_at
        if said is None or moment is None:
            return assessment
        absent = {one.agent for one in self._agents if one.is_absent(moment)}
        there = np.array([label not in absent for label in said.labels])
        if there.all():
            return assessment
        left = np.where(there, said.probabilities, 0.0)
        if not left.any():
            return replace(assessment, withheld=assessment.withheld | {ASSIGNEE})
        prediction = Prediction(ASSIGNEE, said.labels, left / left.sum())
        return replace(assessment, predictions={**assessment.predictions, ASSIGNEE: prediction})
