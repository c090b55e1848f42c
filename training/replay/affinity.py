"""The assignee by affinity: who handles such tickets is read from what became known, event by event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from features.affinity.index import AffinityIndex
from features.cleaning import clean_text
from training.affinity.learn import learn_affinity
from training.affinity.walk import walk
from training.replay.growing import Growing
from training.thresholds import cut_for_precision, suggest_at
from triage.agent import Agent
from triage.policy import Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import PastTicket, Ticket

__all__ = ["ASSIGNEE", "AffinityAssignee", "with_affinity"]

ASSIGNEE = "assignee"
JUDGED = 0.2
"""Share of the history, its end, that says from which confidence on a person can be trusted."""
FEWEST = 50
"""Assignments below which a field's own model goes on naming assignees: nothing could be judged."""


@dataclass(frozen=True, slots=True)
class Trust:
    """When a person named by affinity can be trusted; the same confidence for everybody.

    Parameters
    ----------
    precision : float
        What is promised of applied values.
    threshold : float or None
        Confidence to reach; None where nothing keeps the promise.
    suggest_at : float
        Confidence from which somebody is worth showing.
    """

    precision: float
    threshold: float | None
    suggest_at: float


class AffinityAssignee:
    """A growing model whose assignees come from an affinity index that grows with it.

    Parameters
    ----------
    model : Growing
        Says everything else.
    index : AffinityIndex
        Has learnt everything known so far.
    trust : Trust
        When its people can be trusted.
    """

    def __init__(self, model: Growing, index: AffinityIndex, trust: Trust) -> None:
        self._model = model
        self._index = index
        self._trust = trust

    @property
    def promises(self) -> Mapping[str, Promise]:
        """The model's; of assignees the index's own, for everybody known by now."""
        everybody = dict.fromkeys(self._index.memory.names, self._trust.threshold)
        own = Promise(self._trust.precision, everybody, self._trust.suggest_at)
        return {**self._model.promises, ASSIGNEE: own}

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
        return replace(assessment, predictions={**assessment.predictions, ASSIGNEE: own})

    def _vector(self, ticket: Ticket) -> np.ndarray:
        return np.asarray(self.encoder.encode([clean_text(ticket)])[0])


def with_affinity(
    model: Growing, history: Sequence[PastTicket], agents: Sequence[Agent], moment: float, precision: float
) -> Growing:
    """Let affinity name the assignees of a model, if the history has assignments to learn it from.

    What each sign counts is learnt from all of them. From which confidence on somebody can be trusted is
    judged on the last fifth, by signs weighed on those before.

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
    index = AffinityIndex(learn_affinity(past, vectors))
    list(walk(index, past, vectors, asks=lambda place: False))  # Only to learn on the way.
    for agent in agents:
        if agent.skills and agent.agent not in index.memory.people:
            skills = ", ".join(agent.skills)
            (vector,) = model.encoder.encode([skills])
            index.welcome(agent.agent, skills, datetime.fromtimestamp(moment, UTC), vector=vector)
    return AffinityAssignee(model, index, judge_trust(past, vectors, precision))


def judge_trust(past: Sequence[PastTicket], vectors: np.ndarray, precision: float) -> Trust:
    """Judge affinity on the last fifth of a history, in order of filing, by signs weighed on the rest."""
    first = round(len(past) * (1 - JUDGED))
    learnt = learn_affinity(past[:first], vectors[:first])
    confidence, right = [], []
    for step in walk(AffinityIndex(learnt), past, vectors, asks=lambda place: place >= first):
        if step.people:
            logits = step.signals @ learnt.weights
            odds = np.exp(logits - logits.max())
            best = int(odds.argmax())
            confidence.append(odds[best] / odds.sum())
            right.append(step.people[best] == past[step.place].labels[ASSIGNEE])
    sure, hit = np.array(confidence), np.array(right, bool)
    cut = cut_for_precision(np.zeros(len(sure), int), sure, hit, 1, target=precision)
    return Trust(precision, cut.thresholds[0], suggest_at(sure, hit))


def _filing(past: PastTicket) -> tuple[Any, str]:
    return past.ticket.created_at, past.ticket.ticket_id
