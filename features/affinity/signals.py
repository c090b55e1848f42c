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
from features.affinity.word_profiles import hashed_words
from features.cleaning import clean_text
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
) -> np.ndarray:
    """Return what speaks for each known person.

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

    Returns
    -------
    ndarray of shape (n_people, n_signals)
        Columns in the order of :data:`SIGNALS`.
    """
    size = len(memory.names)
    near = memory.work.nearest(vector, NEIGHBOURS)
    chances = _category_chances(memory, near, categories)
    columns = [
        *_presence(memory, at, size),
        *_text(memory, near, ticket, at, vector, size),
        *_kinds(memory, chances, ticket, at, size),
        *_requester(memory, ticket, at, vector, size),
    ]
    return np.column_stack(columns)


def _presence(memory: AffinityMemory, at: float, size: int) -> Iterator[np.ndarray]:
    for counts in memory.activity.read(EVERYONE, at, size):
        yield np.log(counts + 0.02)
    yield _log_hours(memory.activity.ages(EVERYONE, at, size, LONG_AGO_S))
    first = memory.coming.first_to_come(at, size, PATIENCE_H)
    yield from np.log(first.reshape(-1, size) + 0.003)
    today = memory.weekend.first_to_come(at, size, PATIENCE_H[1:2])[0] if is_weekend(at) else first[1]
    yield np.log(today[-1] + 0.003)
    for counts in memory.filed.read(EVERYONE, at, size):
        yield np.log(counts + 0.05)


def _text(
    memory: AffinityMemory, near: Nearest, ticket: Ticket, at: float, vector: np.ndarray, size: int
) -> Iterator[np.ndarray]:
    yield from _votes(memory, near, at, size, VOTES)
    people, days = memory.work.person[near.rows], _days(memory, near.rows, at)
    for faded in (near.cosines * 0.5 ** (days / 360.0), near.cosines):
        nearest = np.zeros(size)
        np.maximum.at(nearest, people, faded)
        yield nearest
    yield memory.profile_cosines(vector)
    text = clean_text(ticket)
    yield memory.words.scores(hashed_words(text), at, size)
    inputs = memory.inputs(ticket, at, vector)
    for choice in (memory.slow, memory.fast):
        yield np.maximum(choice.log_chances(inputs, size), CHANCE_MIN)
    filers = memory.filers(near.rows)
    weights = np.exp((near.cosines - 0.5) / 0.15) * 0.5 ** (days / 90.0) * (filers >= 0)
    yield np.log1p(np.bincount(np.maximum(filers, 0), weights, size))
    rows = np.array(mentioned(text, memory.rows), dtype=np.int64)
    rows = rows[rows != memory.rows.get(ticket.ticket_id, -1)]
    filers = memory.filers(rows)
    yield np.log1p(np.bincount(memory.work.person[rows], minlength=size))
    yield np.log1p(np.bincount(filers[filers >= 0], minlength=size))


def _kinds(
    memory: AffinityMemory, chances: np.ndarray, ticket: Ticket, at: float, size: int
) -> Iterator[np.ndarray]:
    mixed = np.zeros((len(KIND_DAYS), size))
    for category in np.argsort(-chances, kind="stable")[:CATEGORIES_MAX]:
        counts = memory.kinds.read(("category", int(category)), at, size)
        mixed += chances[category] * counts / (counts.sum(axis=1, keepdims=True) + 1.0)
    yield from np.log(mixed + 0.002)
    yield from np.log(memory.kinds.read(("product", ticket.product), at, size) + 0.02)
    yield from np.log1p(10 * memory.habits.read(("organization", ticket.organization), at, size))


def _requester(
    memory: AffinityMemory, ticket: Ticket, at: float, vector: np.ndarray, size: int
) -> Iterator[np.ndarray]:
    requester = ticket.requester
    counts = memory.habits.read(("requester", requester), at, size)
    for one in counts:
        yield np.log1p(10 * one)
        yield np.log((one + 0.01) / (one.sum() + 0.1))
    yield _log_hours(memory.habits.ages(("requester", requester), at, size, LONG_AGO_S))
    number = memory.requesters.get(requester or "", -1)
    own = memory.work.nearest_of(number, vector, OWN_NEIGHBOURS)
    yield from _votes(memory, own, at, size, OWN_VOTES)
    served = np.flatnonzero(counts[-1])
    bonds = memory.bonds[served, :size]
    bonds = counts[-1, served] @ (bonds / (bonds.sum(axis=1, keepdims=True) + 1e-9))
    yield np.log(bonds / (counts[-1].sum() + 1e-9) + 0.003)
    filer = memory.people.get(requester or "")
    peers = np.zeros(size) if filer is None else memory.bonds[filer, :size]
    yield np.log(peers / (peers.sum() + 1e-9) + 0.003)
    gave = np.zeros(size) if filer is None else memory.habits.read(("gave", filer), at, size)[-1]
    yield np.log1p(5 * gave)
    itself = np.zeros(size)
    if filer is not None:
        itself[filer] = 1.0
    yield itself
    for rate in memory.own_rates(requester or "", at):
        yield itself * rate
    own_inputs = memory.own_inputs(requester or "", at, memory.inputs(ticket, at, vector))
    others, alone = memory.own.log_chances(own_inputs, 2)
    yield itself * (alone - others)
    yield itself * np.log1p(memory.habits.read_one(("own", requester), 1, at)[-1])
    busy = 0.0 if filer is None else memory.activity.read_one(EVERYONE, filer, at)[-2]
    yield itself * np.log1p(50 * busy)
    yield itself * _log_hours(memory.activity.ages(EVERYONE, at, size, LONG_AGO_S))


def _votes(
    memory: AffinityMemory, near: Nearest, at: float, size: int, votes: tuple[tuple[float, int], ...]
) -> Iterator[np.ndarray]:
    people, days = memory.work.person[near.rows], _days(memory, near.rows, at)
    for spread, half_life in votes:
        weights = np.exp((near.cosines - 0.5) / spread) * 0.5 ** (days / half_life)
        counts = np.bincount(people, weights * memory.work.weight[near.rows], size)
        yield np.log1p(counts)
        yield np.log((counts + 1e-9) / (counts.sum() + 1e-9) + 0.01)


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


def _days(memory: AffinityMemory, rows: np.ndarray, at: float) -> np.ndarray:
    return np.asarray(np.maximum(at - memory.work.at[rows], 0.0) / DAY_S)


def _log_hours(seconds: np.ndarray) -> np.ndarray:
    return np.asarray(np.log1p(seconds / HOUR_S))
