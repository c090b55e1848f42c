"""What speaks for a person as a ticket's assignee: some seventy numbers, read from memory at one moment.

All grow with affinity or are left to the weights; none is learnt here.
"""

from collections.abc import Iterator

import numpy as np

from features.affinity.hour_profiles import is_weekend
from features.affinity.memory import (
    ACTIVITY_DAYS,
    COMING_DAYS,
    DAY_S,
    EVERYONE,
    FILED_DAYS,
    HABIT_DAYS,
    HOUR_S,
    KIND_DAYS,
    AffinityMemory,
)
from features.affinity.mentions import mentioned
from features.affinity.past_work import Nearest
from features.affinity.votes import People, days_since, in_turn, votes_of
from features.affinity.word_profiles import hashed_words
from features.cleaning import clean_text
from triage.organization import organization_key
from triage.ticket import Ticket

__all__ = ["LEADING", "NEIGHBOURS", "SIGNALS", "read_signals"]

NEIGHBOURS = 250
"""Past tickets that vote; facts for sentences are counted among the same."""
OWN_NEIGHBOURS = 200
VOTES = ((0.05, 30), (0.05, 90), (0.05, 365), (0.05, 1500), (0.15, 7), (0.15, 30), (0.15, 90), (0.15, 365))
"""Temperature of cosines and half-life in days: how far and how long ago a similar ticket still votes."""
OWN_VOTES = ((0.1, 60), (0.1, 365), (0.25, 30))
PATIENCE_H = (1.5, 4.0, 10.0)
LONG_AGO_S = 3 * 365 * DAY_S
CATEGORIES_MAX = 3
CHANCE_MIN = -9.0
SELF = 5 + len(HABIT_DAYS)
"""Signals that are about who filed the ticket only: the last ones."""

SIGNALS: tuple[str, ...] = (
    *(f"active_{days:.3g}d" for days in ACTIVITY_DAYS),
    "silent",
    *(f"coming_{patience:g}h_{days:g}d" for patience in PATIENCE_H for days in COMING_DAYS),
    "coming_week",
    *(f"filed_{days:g}d" for days in FILED_DAYS),
    *(f"{kind}_{spread}_{days}d" for spread, days in VOTES for kind in ("votes", "share")),
    "nearest_recent",
    "nearest",
    "profile",
    "words",
    "choice_slow",
    "choice_fast",
    "filed_alike",
    "mentioned",
    "mentioned_filed",
    *(f"category_{days:g}d" for days in KIND_DAYS),
    *(f"product_{days:g}d" for days in KIND_DAYS),
    *(f"organization_{days:g}d" for days in HABIT_DAYS),
    *(f"{kind}_{days:g}d" for days in HABIT_DAYS for kind in ("requester", "requester_share")),
    "requester_silent",
    *(f"own_{kind}_{spread}_{days}d" for spread, days in OWN_VOTES for kind in ("votes", "share")),
    "bond",
    "peers",
    "gave",
    "self",
    *(f"self_{days:g}d" for days in HABIT_DAYS),
    "self_choice",
    "self_known",
    "self_active",
    "self_silent",
)
"""Names of the signals, in the order of the columns of :func:`read_signals`."""

LEADING: tuple[str, ...] = (
    "active_14d",
    "active_365d",
    "active_0.25d",
    "coming_4h_15d",
    "coming_week",
    "share_0.05_365d",
    "share_0.15_30d",
    "share_0.15_90d",
    "nearest",
    "nearest_recent",
    "category_60d",
    "product_14d",
    "organization_60d",
    "requester_7d",
    "requester_730d",
    "own_share_0.1_60d",
    "profile",
    "words",
    "choice_slow",
    "choice_fast",
    "mentioned",
    "mentioned_filed",
    "filed_alike",
    "filed_2d",
    "bond",
    "peers",
    "gave",
    "self",
)
"""Signals whose best people are worth a closer look; the others only order these."""


def read_signals(
    memory: AffinityMemory,
    ticket: Ticket,
    at: float,
    *,
    vector: np.ndarray,
    categories: dict[str, float] | None = None,
    people: np.ndarray | None = None,
) -> np.ndarray:
    """Return what speaks for each person.

    Parameters
    ----------
    memory : AffinityMemory
    ticket : Ticket
        Told nothing but what was known when it was filed.
    at : float
        POSIX time.
    vector : ndarray of shape (dimension,)
        Embedding of its cleaned text.
    categories : dict of str to float, optional
        Chance of each category, as predicted; by default the similar past tickets say.
    people : ndarray of shape (n_people,), optional
        Numbers of those asked about; by default everybody known. Whoever is not asked about still counts in
        shares.

    Returns
    -------
    ndarray of shape (n_people, n_signals)
        Columns in the order of :data:`SIGNALS`.
    """
    size = len(memory.names)
    asked: People = slice(0, size) if people is None else people
    near = memory.work.nearest(vector, NEIGHBOURS)
    chances = _category_chances(memory, near, categories)
    inputs = memory.inputs(ticket, at, vector)
    rows = [
        *_presence(memory, at, size, asked),
        *_text(memory, near, ticket, at, vector, inputs, size, asked),
        *_kinds(memory, chances, ticket, at, size, asked),
        *_requester(memory, ticket, at, vector, inputs, size, asked),
    ]
    return np.vstack(rows).T


def _presence(memory: AffinityMemory, at: float, size: int, asked: People) -> Iterator[np.ndarray]:
    yield np.log(memory.activity.read(EVERYONE, at, size)[:, asked] + 0.02)
    yield _log_hours(memory.activity.ages(EVERYONE, at, size, LONG_AGO_S)[asked])
    first = memory.coming.first_to_come(at, size, PATIENCE_H)
    today = memory.weekend.first_to_come(at, size, PATIENCE_H[1:2])[0] if is_weekend(at) else first[1]
    yield np.log(np.vstack([first.reshape(-1, size), today[-1]])[:, asked] + 0.003)
    yield np.log(memory.filed.read(EVERYONE, at, size)[:, asked] + 0.05)


def _text(
    memory: AffinityMemory,
    near: Nearest,
    ticket: Ticket,
    at: float,
    vector: np.ndarray,
    inputs: np.ndarray,
    size: int,
    asked: People,
) -> Iterator[np.ndarray]:
    yield votes_of(memory, near, at, size, VOTES, asked)
    people, days = memory.work.person[near.rows], days_since(memory, near.rows, at)
    for faded in (near.cosines * np.exp2(-days / 360.0), near.cosines):
        nearest = np.zeros(size)
        np.maximum.at(nearest, people, faded)
        yield nearest[asked]
    yield memory.profile_cosines(vector, asked)
    text = clean_text(ticket)
    yield memory.words.scores(hashed_words(text), at, size, asked)
    for choice in (memory.slow, memory.fast):
        yield np.maximum(choice.log_chances(inputs, size)[asked], CHANCE_MIN)
    filers = memory.filers(near.rows)
    weights = np.exp((near.cosines - 0.5) / 0.15) * np.exp2(-days / 90.0) * (filers >= 0)
    rows = np.array(mentioned(text, memory.rows), dtype=np.int64)
    rows = rows[rows != memory.rows.get(ticket.ticket_id, -1)]
    named = memory.filers(rows)
    counts = (
        np.bincount(np.maximum(filers, 0), weights, size),
        np.bincount(memory.work.person[rows], minlength=size),
        np.bincount(named[named >= 0], minlength=size),
    )
    yield np.log1p(np.vstack(counts)[:, asked])


def _kinds(
    memory: AffinityMemory, chances: np.ndarray, ticket: Ticket, at: float, size: int, asked: People
) -> Iterator[np.ndarray]:
    mixed = np.zeros((len(KIND_DAYS), size))
    for category in np.argsort(-chances, kind="stable")[:CATEGORIES_MAX]:
        counts = memory.kinds.read(("category", int(category)), at, size)
        mixed += chances[category] * counts / (counts.sum(axis=1, keepdims=True) + 1.0)
    yield np.log(mixed[:, asked] + 0.002)
    yield np.log(memory.kinds.read(("product", ticket.product), at, size)[:, asked] + 0.02)
    organization = "organization", organization_key(ticket.organization or "")
    yield np.log1p(10 * memory.habits.read(organization, at, size)[:, asked])


def _requester(
    memory: AffinityMemory,
    ticket: Ticket,
    at: float,
    vector: np.ndarray,
    inputs: np.ndarray,
    size: int,
    asked: People,
) -> Iterator[np.ndarray]:
    requester = ticket.requester
    counts = memory.habits.read(("requester", requester), at, size)
    shares = (counts + 0.01) / (counts.sum(axis=1, keepdims=True) + 0.1)
    yield in_turn(np.log1p(10 * counts[:, asked]), np.log(shares[:, asked]))
    yield _log_hours(memory.habits.ages(("requester", requester), at, size, LONG_AGO_S)[asked])
    number = memory.requesters.get(requester or "", -1)
    own = memory.work.nearest_of(number, vector, OWN_NEIGHBOURS)
    yield votes_of(memory, own, at, size, OWN_VOTES, asked)
    served = np.flatnonzero(counts[-1])
    bonds = memory.bonds[served, :size]
    bonds = counts[-1, served] @ (bonds / (bonds.sum(axis=1, keepdims=True) + 1e-9))
    yield np.log(bonds[asked] / (counts[-1].sum() + 1e-9) + 0.003)
    filer = memory.people.get(requester or "")
    peers = np.zeros(size) if filer is None else memory.bonds[filer, :size]
    yield np.log(peers[asked] / (peers.sum() + 1e-9) + 0.003)
    gave = np.zeros(size) if filer is None else memory.habits.read(("gave", filer), at, size)[-1]
    yield np.log1p(5 * gave[asked])
    itself = np.zeros((SELF, size))
    if filer is not None:
        itself[:, filer] = _of_oneself(memory, filer, requester or "", at, inputs)
    yield itself[:, asked]


def _of_oneself(
    memory: AffinityMemory, filer: int, requester: str, at: float, inputs: np.ndarray
) -> np.ndarray:
    """Return what speaks for the person who filed the ticket to take it."""
    others, alone = memory.own.log_chances(memory.own_inputs(requester, at, inputs), 2)
    known = memory.habits.read_one(("own", requester), 1, at)[-1]
    busy = memory.activity.read_one(EVERYONE, filer, at)[-2]
    silent = memory.activity.age(EVERYONE, filer, at, LONG_AGO_S)
    told = (alone - others, np.log1p(known), np.log1p(50 * busy), np.log1p(silent / HOUR_S))
    return np.array([1.0, *memory.own_rates(requester, at), *told])


def _category_chances(
    memory: AffinityMemory, near: Nearest, predicted: dict[str, float] | None
) -> np.ndarray:
    chances = np.zeros(max(len(memory.categories), 1))
    if predicted is not None:
        for category, chance in predicted.items():
            if category in memory.categories:
                chances[memory.categories[category]] = chance
        return chances
    known = memory.work.category[near.rows]
    weights = np.exp((near.cosines - 0.5) / 0.1) * (known >= 0)
    chances += np.bincount(np.maximum(known, 0), weights, len(chances))
    return np.asarray(chances / (chances.sum() + 1e-9))


def _log_hours(seconds: np.ndarray) -> np.ndarray:
    return np.asarray(np.log1p(seconds / HOUR_S))
