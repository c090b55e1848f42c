"""The assignee by affinity: who handles such tickets is read from what became known, event by event."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from features.affinity.index import AffinityIndex
from features.affinity.model import Trust
from features.cleaning import clean_text
from training.affinity.learn import learn_index
from training.replay.growing import Growing
from triage.agent import Agent
from triage.policy import Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import PastTicket, Ticket

__all__ = ["ASSIGNEE", "AffinityAssignee", "with_affinity"]

ASSIGNEE = "assignee"
FEWEST = 50
"""Assignments below which a field's own model goes on naming assignees: nothing could be judged."""
SUGGEST_AT = 0.5
"""Where nothing could be judged, a person is worth showing who is as likely right as wrong."""


class AffinityAssignee:
    """A growing model whose assignees come from an affinity index that grows with it.

    Parameters
    ----------
    model : Growing
        Says everything else.
    index : AffinityIndex
        Has learnt everything known so far, with a model that says when its people can be trusted.
    precision : float
        What is promised of them.
    """

    fast = None  # A replay shows what all views would have said.

    def __init__(self, model: Growing, index: AffinityIndex, precision: float) -> None:
        self._model = model
        self._index = index
        self._trust = index.model.trust or Trust(precision, None, SUGGEST_AT)

    @property
    def promises(self) -> Mapping[str, Promise]:
        """The model's; of assignees the index's own, for everybody known by now."""
        return self._with_own(self._model.promises)

    def _with_own(self, promises: Mapping[str, Promise]) -> dict[str, Promise]:
        everybody = dict.fromkeys(self._index.memory.names, self._trust.threshold)
        return {**promises, ASSIGNEE: Promise(self._trust.precision, everybody, self._trust.suggest_at)}

    @property
    def encoder(self) -> Any:
        """The model's."""
        return self._model.encoder

    def open(self, folder: Path, *, threads: int = 1) -> None:
        """Open the model."""
        self._model.open(folder, threads=threads)

    def learn(self, past: PastTicket, at: float) -> None:
        """Let the model learn, and the index if the ticket has an assignee."""
        self._model.learn(past, at)
        agent = past.labels.get(ASSIGNEE)
        if agent:
            self._index.learn(
                past.ticket,
                agent,
                datetime.fromtimestamp(at, UTC),
                vector=self._vector(past.ticket),
                category=past.labels.get("category"),
            )

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        """Assess; the assignee is the index's, where it knows anybody."""
        assessed = self._model.assess(tickets, explain=explain, similar=similar, detail=detail)
        return [self._with_assignee(*pair) for pair in zip(tickets, assessed, strict=True)]

    def _with_assignee(self, ticket: Ticket, assessment: Assessment) -> Assessment:
        said = assessment.predictions.get("category")
        ranked = self._index.rank(
            ticket,
            ticket.created_at or datetime.now(UTC),
            vector=self._vector(ticket),
            categories=None if said is None else dict(zip(said.labels, said.probabilities, strict=True)),
            top=len(self._index.memory.names),
        )
        if not ranked:
            return assessment
        scores = np.array([one.score for one in ranked])
        own = Prediction(ASSIGNEE, tuple(one.agent for one in ranked), scores / scores.sum())
        promises = None if assessment.promises is None else self._with_own(assessment.promises)
        return replace(assessment, predictions={**assessment.predictions, ASSIGNEE: own}, promises=promises)

    def _vector(self, ticket: Ticket) -> np.ndarray:
        return np.asarray(self.encoder.encode([clean_text(ticket)])[0])


def with_affinity(
    model: Growing, history: Sequence[PastTicket], agents: Sequence[Agent], moment: float, precision: float
) -> Growing:
    """Let affinity name the assignees of a model, if the history has assignments to learn it from.

    What each sign counts is learnt from all of them. From which chance on somebody can be trusted is judged
    on the newest fifth, by signs weighed on those before (:mod:`training.affinity.trust`).

    Parameters
    ----------
    model : Growing
        Trained on the same history.
    history : sequence of PastTicket
        What is known at the moment.
    agents : sequence of Agent
        Newcomers among them are reached by their skills.
    moment : float
        POSIX time.
    precision : float
        What shall be promised.
    """
    past = sorted((one for one in history if one.labels.get(ASSIGNEE)), key=_filing)
    if len(past) < FEWEST:
        return model
    vectors = model.encoder.encode([clean_text(one.ticket) for one in past])
    index = learn_index(past, vectors, precision=precision)
    for agent in agents:
        if agent.skills and agent.agent not in index.memory.people:
            skills = ", ".join(agent.skills)
            (vector,) = model.encoder.encode([skills])
            index.welcome(agent.agent, skills, datetime.fromtimestamp(moment, UTC), vector=vector)
    return AffinityAssignee(model, index, precision)


def _filing(past: PastTicket) -> tuple[Any, str]:
    return past.ticket.created_at, past.ticket.ticket_id
