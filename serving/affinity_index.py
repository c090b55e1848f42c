"""The index behind :class:`serving.affinity_host.AffinityHost`: learnt affinity, with reasons in words."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import numpy as np

from features.affinity.defaults import default_model
from features.affinity.facts import AffinityFacts
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.encoder import Encoder
from triage.assignment import Candidate, SureFrom
from triage.bundle import Bundle
from triage.ticket import Ticket

__all__ = ["LearntIndex", "make_index"]

REASONED = 8
"""Candidates whose reasons are looked up: more than are shown, as some of them will not be there."""


class LearntIndex:
    """Ranks by :class:`features.affinity.index.AffinityIndex`.

    Parameters
    ----------
    index : AffinityIndex
        Empty.
    """

    def __init__(self, index: AffinityIndex) -> None:
        self._index = index

    def learn(
        self,
        ticket: Ticket,
        agent: str,
        at: datetime,
        kind: Any = "resolved",
        *,
        vector: np.ndarray,
        category: str | None = None,
    ) -> None:
        """Learn that somebody was assigned, or resolved, a ticket."""
        self._index.learn(ticket, agent, at, kind, vector=vector, category=category)

    def welcome(self, agent: str, skills: str, at: datetime, *, vector: np.ndarray) -> None:
        """Learn what somebody without a history can do."""
        self._index.welcome(agent, skills, at, vector=vector)

    @property
    def sure_from(self) -> SureFrom:
        """From which affinity on an agent can be given a ticket, as far as that was learnt."""
        model = self._index.model
        anybody, in_team = (None if one is None else one.threshold for one in (model.trust, model.team_trust))
        return SureFrom(anybody, in_team)

    def candidates(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        vector: np.ndarray,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        """Return those of some people who are known, the likeliest first, the first ones with reasons."""
        chances = self._index.chances(
            ticket,
            at,
            vector=vector,
            candidates=among,
            categories=None if categories is None else dict(categories),
        )
        facts = self._index.facts_of(list(chances)[:REASONED], ticket, at, vector=vector)
        return [
            Candidate(agent, chance, _reasons(facts[agent]) if agent in facts else ())
            for agent, chance in chances.items()
        ]


def make_index(bundle: Bundle | None, encoder: Encoder) -> LearntIndex:
    """Make an empty index with the weights that a bundle learnt, else with those learnt in advance."""
    learnt = None if bundle is None else bundle.affinity
    model = learnt if isinstance(learnt, AffinityModel) else default_model(encoder.dimension)
    return LearntIndex(AffinityIndex(model))


def _reasons(facts: AffinityFacts) -> tuple[str, ...]:
    """Say the weightiest that is known of an agent and a ticket, at most two things."""
    said = []
    if facts.similar:
        said.append(f"handled {_tickets(facts.similar, 'similar ')} in {facts.days} days")
    elif facts.similar_ever:
        said.append(f"handled {_tickets(facts.similar_ever, 'similar ')}, none in {facts.days} days")
    if facts.of_requester:
        said.append(f"had {_tickets(facts.of_requester)} of this requester")
    if not said and facts.handled:
        said.append(f"handled {_tickets(facts.handled)} in {facts.days} days, none like this")
    return tuple(said)


def _tickets(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}ticket{'' if count == 1 else 's'}"
