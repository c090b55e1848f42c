"""Does what is offered help? Acceptance by rank, deflection, and time against tickets of the same kind.

Every share comes with its interval and its number of cases; where there are too few, that is said instead of
a figure. None of it is proof of cause: who accepts an article may have the easier ticket.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from triage.helping.article_care import wilson
from triage.helping.suggestion import Audience, ItemKind, ItemVerdict, SuggestionRecord

__all__ = [
    "Acceptance",
    "Deflection",
    "SolvedCase",
    "TimeSaved",
    "acceptance_by_rank",
    "deflection_of",
    "length_class",
    "time_saved",
]

RANKS = 5
LEAST_TREATED = 20
LEAST_IN_STRATUM = 2
DRAWS = 1_000
SEED = 20
MOST_HOURS = 720.0
LENGTHS = (200, 1_000)
"""Characters below which a ticket is short, and below which it is middling."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of the things of one kind that were offered to agents at one rank.

    ``share`` is that of those offered which somebody accepted or sent, between its 95 % bounds (Wilson);
    who says nothing has not accepted.
    """

    kind: ItemKind
    rank: int
    offered: int
    accepted: int
    sent: int
    dismissed: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Deflection:
    """What requesters did after they had asked; of suggestions whose time to file is over.

    Parameters
    ----------
    asked, offered : int
        How often somebody asked, and was offered an article.
    filed, not_filed : int
        Of those offered, how many filed a ticket all the same, and how many did not.
    helped : int
        Of those offered, how many said that an article helped.
    share, low, high : float
        Share of those offered who did not file, with 95 % bounds (Wilson). Not filing is not being helped.
    share_without_offer : float or None
        The same share where nothing fitted: what happens anyway. None where that never happened.
    too_few : bool
        True below 20 offers: the share says little.
    """

    asked: int
    offered: int
    filed: int
    not_filed: int
    helped: int
    share: float
    low: float
    high: float
    share_without_offer: float | None
    too_few: bool


@dataclass(frozen=True, slots=True)
class SolvedCase:
    """A ticket that was solved.

    Parameters
    ----------
    ticket_id : str
        Which.
    kind : tuple of str
        Category, priority and length: tickets are compared within one kind.
    hours : float
        From assignment, or else filing, to the solution.
    """

    ticket_id: str
    kind: tuple[str, ...]
    hours: float


@dataclass(frozen=True, slots=True)
class TimeSaved:
    """Hours by which tickets with something accepted were solved sooner than tickets of the same kind.

    Parameters
    ----------
    hours, low, high : float or None
        Mean difference a ticket and its 95 % bootstrap bounds; None where there are too few.
    tickets : int
        With something accepted or sent, that have tickets of the same kind to be compared with.
    compared_with : int
        Those tickets.
    unmatched : int
        Tickets with something accepted that have none.
    too_few : bool
        True below 20 tickets.
    """

    hours: float | None
    low: float | None
    high: float | None
    tickets: int
    compared_with: int
    unmatched: int
    too_few: bool


def length_class(chars: int) -> str:
    """Say whether a ticket of so many characters is ``short``, ``middling`` or ``long``."""
    return "short" if chars < LENGTHS[0] else "middling" if chars < LENGTHS[1] else "long"


def acceptance_by_rank(
    records: Iterable[SuggestionRecord], words: Mapping[tuple[str, ItemKind, str], Sequence[ItemVerdict]]
) -> list[Acceptance]:
    """Count what agents did, by kind and rank from 1 to 5; ranks at which nothing was offered are left out.

    Parameters
    ----------
    records : iterable of SuggestionRecord
        What was offered.
    words : Mapping of (str, ItemKind, str) to sequence of ItemVerdict
        By suggestion, kind and id, what people said. One who found a thing of use outweighs one who did not.
    """
    counts: dict[tuple[ItemKind, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for record in records:
        if record.audience is not Audience.AGENT:
            continue
        for item in record.items:
            if item.rank > RANKS:
                continue
            count = counts[item.kind, item.rank]
            said = words.get((record.suggestion_id, item.kind, item.item_id), ())
            count[0] += 1
            count[1] += ItemVerdict.ACCEPTED in said
            count[2] += ItemVerdict.SENT in said and ItemVerdict.ACCEPTED not in said
            count[3] += bool(said) and not any(word.is_good for word in said)
    found = []
    for (kind, rank), (offered, accepted, sent, dismissed) in counts.items():
        low, high = wilson(accepted + sent, offered)
        share = (accepted + sent) / offered
        found.append(Acceptance(kind, rank, offered, accepted, sent, dismissed, share, low, high))
    kinds = list(ItemKind)
    return sorted(found, key=lambda one: (kinds.index(one.kind), one.rank))


def deflection_of(
    records: Iterable[SuggestionRecord],
    words: Mapping[tuple[str, ItemKind, str], Sequence[ItemVerdict]],
    *,
    now: datetime,
    window: timedelta,
) -> Deflection:
    """Count what requesters did; a suggestion younger than the window to file in does not count yet."""
    over = [one for one in records if one.audience is Audience.REQUESTER and one.created_at <= now - window]
    offered = [one for one in over if one.items]
    filed = sum(one.filed_at is not None for one in offered)
    helped = sum(
        any(
            word.is_good
            for item in one.items
            for word in words.get((one.suggestion_id, item.kind, item.item_id), ())
        )
        for one in offered
    )
    without = [one.filed_at is None for one in over if not one.items]
    not_filed = len(offered) - filed
    low, high = wilson(not_filed, len(offered))
    return Deflection(
        asked=len(over),
        offered=len(offered),
        filed=filed,
        not_filed=not_filed,
        helped=helped,
        share=not_filed / len(offered) if offered else 0.0,
        low=low,
        high=high,
        share_without_offer=sum(without) / len(without) if without else None,
        too_few=len(offered) < LEAST_TREATED,
    )


def time_saved(cases: Sequence[SolvedCase], helped: frozenset[str]) -> TimeSaved:
    """Compare tickets for which something was accepted with others of the same category, priority and length.

    Hours above 720 count as 720. In each kind the mean of the others minus the mean of the helped, averaged
    over the helped tickets; bounds by drawing helped and other tickets anew within each kind, a thousand
    times from a fixed seed.

    Parameters
    ----------
    cases : sequence of SolvedCase
        All solved tickets of a time.
    helped : frozenset of str
        Ids of those for which something was accepted or sent.
    """
    kinds: dict[tuple[str, ...], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for case in sorted(cases, key=lambda one: one.ticket_id):
        kinds[case.kind][case.ticket_id in helped].append(min(case.hours, MOST_HOURS))
    strata = [
        (np.array(others), np.array(ours))
        for _, (others, ours) in sorted(kinds.items())
        if ours and len(others) >= LEAST_IN_STRATUM
    ]
    treated = sum(len(ours) for _, ours in strata)
    unmatched = sum(case.ticket_id in helped for case in cases) - treated
    compared = sum(len(others) for others, _ in strata)
    if treated < LEAST_TREATED:
        return TimeSaved(None, None, None, treated, compared, unmatched, True)
    random = np.random.default_rng(SEED)
    saved, drawn = 0.0, np.zeros(DRAWS)
    for others, ours in strata:
        weight = len(ours) / treated
        saved += weight * float(others.mean() - ours.mean())
        drawn += weight * (_drawn_means(others, random) - _drawn_means(ours, random))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return TimeSaved(saved, float(low), float(high), treated, compared, unmatched, False)


def _drawn_means(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    means = np.empty(DRAWS)
    for begin in range(0, DRAWS, 50):
        size = min(50, DRAWS - begin)
        means[begin : begin + size] = random.choice(values, (size, len(values))).mean(axis=1)
    return means
