from datetime import UTC, datetime, timedelta

from triage.spikes.alert import Alert, AlertKind
from triage.spikes.said import say

AT = datetime(2026, 3, 3, 8, tzinfo=UTC)


def alert(kind: AlertKind, **values) -> Alert:
    given = {
        "count": None,
        "expected": 1.0,
        "threshold": None,
        "probability": None,
        "strength": 2.0,
        "why": {},
    }
    return Alert("a", kind, "total", AT, AT + timedelta(hours=2, minutes=1), **given | values)


def test_one_ticket_is_one_ticket():
    said = say(alert(AlertKind.AHEAD, threshold=1.0, probability=0.5))
    assert said.startswith("50 % chance of 1 ticket or more")
    assert say(alert(AlertKind.AHEAD, threshold=12.0, probability=0.5)).startswith(
        "50 % chance of 12 tickets"
    )


def test_a_burst_is_as_long_as_it_has_lasted():
    assert say(alert(AlertKind.BURST, count=45.0)) == "45 tickets in 2 hours, where 1 are usual."
