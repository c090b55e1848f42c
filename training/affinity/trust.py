"""When can the likeliest person be given a ticket? Judged on a history's end, by signs weighed before it.

Chances are calibrated first: a softmax over people is too sure of itself where the right person is not among
those it knows, or where people change. One number divides the logits (temperature scaling, Guo et al. 2017).
Then the threshold that keeps the promise is solved as for every other field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from features.affinity.evidence import evidence_of, tempered
from features.affinity.model import AffinityModel, Trust
from training.affinity.choices import choices_of, fit_choice_weights
from training.affinity.walk import Step, known_at
from training.thresholds import cut_for_precision, suggest_at
from triage.ticket import PastTicket

__all__ = ["Judgement", "first_chance", "judge", "trust_facts"]

JUDGED = 0.2
"""Share of the tickets asked about, the newest, that are judged."""
JUDGED_MIN = 20
TEAMS_MIN = 0.5
"""Share of the judged tickets whose team must be told, before anything is said of choosing within teams."""
TEMPERATURES = (0.2, 8.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How sure affinity may be.

    Parameters
    ----------
    temperature : float, default=1.0
        What logits are divided by, so that chances come true.
    trust, team_trust : Trust or None
        See :class:`features.affinity.model.AffinityModel`.
    """

    temperature: float = 1.0
    trust: Trust | None = None
    team_trust: Trust | None = None


def judge(steps: Sequence[Step], past: Sequence[PastTicket], *, pull: float, precision: float) -> Judgement:
    """Judge affinity on the newest fifth of the tickets asked about.

    Parameters
    ----------
    steps : sequence of Step
        In order of filing.
    past : sequence of PastTicket
        The history that they are of.
    pull : float
        Of the weights, see :func:`training.affinity.choices.fit_choice_weights`.
    precision : float
        What shall be promised of assignments.

    Returns
    -------
    Judgement
        With neither trust nor another temperature where there is too little to judge.
    """
    first = round(len(steps) * (1 - JUDGED))
    judged = [step for step in steps[first:] if step.people]
    if len(judged) < JUDGED_MIN:
        return Judgement()
    since = past[judged[0].place].ticket.created_at
    earlier = [step for step in steps[:first] if known_at(past[step.place]) < since]  # type: ignore[operator]
    choices = choices_of(earlier, past)
    if choices is None:
        return Judgement()
    weights = fit_choice_weights(choices, pull=pull)
    asked = [
        _Asked(step.people, step.signals, step.signals @ weights, past[step.place].labels["assignee"])
        for step in judged
    ]
    temperature = _temperature(asked)
    inside = _within_teams(asked, judged, past)
    return Judgement(
        temperature,
        _trust(asked, temperature, precision),
        None if inside is None else _trust(inside, temperature, precision),
    )


def first_chance(logits: np.ndarray, signals: np.ndarray) -> float:
    """Return the chance of the likeliest person, as an index says it of everybody known and one more.

    Parameters
    ----------
    logits : ndarray of shape (n_people,)
        How much speaks for each.
    signals : ndarray of shape (n_people, n_signals)
        What speaks for each.
    """
    first = 1 / np.exp(logits - logits.max()).sum()
    return float(tempered(np.array([first]), evidence_of(signals), len(logits) + 1)[0])


def trust_facts(model: AffinityModel) -> dict[str, Any]:
    """Return what was learnt of when a person can be trusted, for a manifest.

    ``learnt_from`` assignments; by ``everybody`` and ``team`` (who was asked about): the ``precision``
    promised, the ``threshold`` (None where nothing keeps it), and of how many ``judged`` tickets the
    first was ``right``.
    """
    asked = {"everybody": model.trust, "team": model.team_trust}
    told = {name: asdict(trust) for name, trust in asked.items() if trust is not None}
    return {"learnt_from": model.learnt_from, **told}


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One judged ticket: who was in question, what and how much spoke for each, who had it."""

    people: Sequence[str]
    signals: np.ndarray
    logits: np.ndarray
    agent: str

    def confidence(self, temperature: float) -> float:
        return first_chance(self.logits / temperature, self.signals)

    @property
    def is_right(self) -> bool:
        return self.people[int(self.logits.argmax())] == self.agent


def _temperature(asked: Sequence[_Asked]) -> float:
    """Return the temperature under which being right came out as likely as it was said to be."""
    right = np.array([one.is_right for one in asked])

    def loss(temperature: float) -> float:
        sure = np.clip([one.confidence(temperature) for one in asked], 1e-9, 1 - 1e-9)
        return float(-np.mean(np.log(np.where(right, sure, 1 - sure))))

    found = minimize_scalar(loss, bounds=TEMPERATURES, method="bounded")
    return float(found.x)


def _trust(asked: Sequence[_Asked], temperature: float, precision: float) -> Trust:
    sure = np.array([one.confidence(temperature) for one in asked])
    right = np.array([one.is_right for one in asked])
    cut = cut_for_precision(np.zeros(len(sure), int), sure, right, 1, target=precision)
    return Trust(precision, cut.thresholds[0], suggest_at(sure, right), len(sure), float(right.mean()))


def _within_teams(
    asked: Sequence[_Asked], steps: Sequence[Step], past: Sequence[PastTicket]
) -> list[_Asked] | None:
    """Leave of each ticket's people those who had a ticket of its team before; None without teams."""
    members: dict[str, dict[str, float]] = {}
    for had in past:
        team, agent = had.labels.get("team"), had.labels.get("assignee")
        if team and agent and had.ticket.created_at is not None:
            since = members.setdefault(team, {})
            since[agent] = min(since.get(agent, np.inf), known_at(had).timestamp())
    inside = []
    for one, step in zip(asked, steps, strict=True):
        there = members.get(past[step.place].labels.get("team", ""), {})
        kept = _known_members(one, there, past[step.place])
        if len(kept):
            people = [one.people[row] for row in kept]
            inside.append(_Asked(people, one.signals[kept], one.logits[kept], one.agent))
    return inside if len(inside) >= max(JUDGED_MIN, TEAMS_MIN * len(asked)) else None


def _known_members(one: _Asked, since: Mapping[str, float], past: PastTicket) -> np.ndarray:
    filed = past.ticket.created_at
    moment = -np.inf if filed is None else filed.timestamp()
    return np.array([row for row, name in enumerate(one.people) if since.get(name, np.inf) < moment], int)
