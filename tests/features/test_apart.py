from dataclasses import dataclass, field

import numpy as np

from features.apart import Asked, assess_apart
from triage.policy import Promise
from triage.prediction import Assessment
from triage.ticket import Ticket

OWN = {"category": Promise(0.9, {"network": 0.7}, 0.5)}
TICKETS = [Ticket(str(row)) for row in range(5)]
APART = np.array([False, True, False, True, True])


@dataclass
class Other:
    """Answers tickets, and remembers what it was asked."""

    promises: dict[str, Promise] = field(default_factory=lambda: OWN)
    asked: list[tuple[list[str], bool, int, bool]] = field(default_factory=list)

    def assess(self, tickets, *, explain, similar, detail):
        self.asked.append(([one.ticket_id for one in tickets], explain, similar, detail))
        return [Assessment({}, 0.1, language=one.ticket_id) for one in tickets]


def usual(tickets, asked):
    assert asked == Asked(True, 3, False)
    return [Assessment({}, 0.9, language=one.ticket_id) for one in tickets]


def test_each_ticket_is_answered_once_by_the_model_for_it_in_order():
    other = Other()
    found = assess_apart(TICKETS, APART, other, usual, Asked(True, 3, False))
    assert [one.language for one in found] == ["0", "1", "2", "3", "4"]
    assert [one.familiarity for one in found] == [0.9, 0.1, 0.9, 0.1, 0.1]
    assert [one.lacks_form for one in found] == APART.tolist()
    assert [one.promises for one in found if one.lacks_form] == [OWN] * 3
    assert other.asked == [(["1", "3", "4"], True, 3, False)]


def test_where_none_is_apart_the_other_is_not_asked():
    other = Other()
    found = assess_apart(TICKETS, np.zeros(5, bool), other, usual, Asked(True, 3, False))
    assert [one.familiarity for one in found] == [0.9] * 5 and not other.asked
    assert assess_apart([], np.zeros(0, bool), None, usual, Asked()) == []
