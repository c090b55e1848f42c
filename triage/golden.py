"""Golden tickets: kept back from every training, with the values that they had when somebody trusted them.

A new model is held against them before it answers, so that values changed later, by mistake or by design,
do not move what it is judged by. Choosing is here; keeping is :mod:`triage.store.golden`.
"""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from triage.ticket import FIELDS, Ticket

__all__ = ["JUDGED", "GoldenTicket", "choose_golden"]

JUDGED = tuple(name for name in FIELDS if name != "assignee")
"""Fields whose values are kept: who has a ticket depends on who is there, which nobody freezes."""

SHARE = 10
"""At most one in so many tickets of a label: the others are learnt from."""


@dataclass(frozen=True, slots=True)
class GoldenTicket:
    """One of them.

    Parameters
    ----------
    ticket : Ticket
        As it is stored now.
    labels : Mapping of str to str
        Value by field when it was frozen.
    revision : int
        Trainings that know this revision, or a later one, left it out.
    now : Mapping of str to str
        Value by field as it is stored now.
    """

    ticket: Ticket
    labels: Mapping[str, str]
    revision: int
    now: Mapping[str, str] = field(default_factory=dict)


def choose_golden(labels: Mapping[str, str], count: int, *, random_state: int = 0) -> list[str]:
    """Choose tickets at random, of each label about as many, and of none more than a tenth.

    Measures that count labels alike (macro-F1) then rest on as many tickets of each as there can be.

    Parameters
    ----------
    labels : Mapping of str to str
        Label of each ticket that may be chosen, by its id.
    count : int
        How many to choose at most.
    random_state : int, default=0
        The same tickets and state choose the same.

    Returns
    -------
    list of str
        Ids, sorted.

    Examples
    --------
    >>> labels = {f"T-{n}": "vpn" if n < 90 else "mail" for n in range(120)}
    >>> chosen = choose_golden(labels, 8)
    >>> sorted(labels[one] for one in chosen)
    ['mail', 'mail', 'mail', 'vpn', 'vpn', 'vpn', 'vpn', 'vpn']
    """
    by_label: defaultdict[str, list[str]] = defaultdict(list)
    for ticket_id in sorted(labels):
        by_label[labels[ticket_id]].append(ticket_id)
    chance = random.Random(random_state)
    drawn = [chance.sample(ids, len(ids) // SHARE) for _, ids in sorted(by_label.items())]
    # One of each label, then another of each: rarer ones are through first.
    rounds = [one for each in zip_longest(*drawn) for one in each if one is not None]
    return sorted(rounds[:count])
