"""Walks a history forward in time: what was known of people when each ticket was filed, and who got it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.affinity.index import AffinityIndex
from triage.errors import InputError
from triage.ticket import PastTicket

__all__ = ["Step", "known_at", "walk"]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One ticket at the moment of its filing.

    Parameters
    ----------
    place : int
        Of the ticket in the history.
    people : list of str
        Who could have had it.
    signals : ndarray of shape (n_people, n_signals), float32
        What spoke for each.
    """

    place: int
    people: list[str]
    signals: np.ndarray


def walk(
    index: AffinityIndex,
    past: Sequence[PastTicket],
    vectors: np.ndarray,
    *,
    asks: Callable[[int], bool] = lambda place: True,
    among: Callable[[int], Collection[str] | None] = lambda place: None,
) -> Iterator[Step]:
    """Let the index learn each ticket once its assignee is known; yield who was in question when filed.

    Parameters
    ----------
    index : AffinityIndex
        Learns the whole history on the way.
    past : sequence of PastTicket
        With a time of filing; in any order. Those without an assignee teach nothing and are not asked about.
    vectors : ndarray of shape (n, dimension)
        Embeddings of their cleaned texts.
    asks : callable, default: always
        Tells by place whether a ticket is asked about.
    among : callable, default: everybody
        Tells by place who is in question.
    """
    filed = sorted(
        (one.ticket.created_at, one.ticket.ticket_id, place)
        for place, one in enumerate(past)
        if one.labels.get("assignee") and one.ticket.created_at is not None
    )
    known = sorted((known_at(past[place]), ticket_id, place) for _, ticket_id, place in filed)
    learnt = 0
    for moment, _, place in filed:
        while learnt < len(known) and known[learnt][0] < moment:
            _learn(index, past[known[learnt][2]], vectors[known[learnt][2]])
            learnt += 1
        if asks(place):
            people, signals = index.shortlist(
                past[place].ticket, moment, vector=vectors[place], candidates=among(place)
            )
            names = [index.memory.names[person] for person in people]
            yield Step(place, names, signals.astype(np.float32))
    for _, _, place in known[learnt:]:
        _learn(index, past[place], vectors[place])


def _learn(index: AffinityIndex, one: PastTicket, vector: np.ndarray) -> None:
    index.learn(
        one.ticket, one.labels["assignee"], known_at(one), vector=vector, category=one.labels.get("category")
    )


def known_at(one: PastTicket) -> datetime:
    """Return when a ticket's assignee became known, not before its filing.

    A source may say that a ticket was answered before it was filed.

    Raises
    ------
    InputError
        If it has no time of filing.
    """
    if one.ticket.created_at is None or one.labels_known_at is None:
        raise InputError(f"Ticket {one.ticket.ticket_id!r} has no created_at; expected the time of filing.")
    return max(one.labels_known_at, one.ticket.created_at)
