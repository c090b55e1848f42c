from datetime import UTC, datetime, timedelta

from triage.incident import Incident, IncidentState, Member, Volume, WordBurst
from triage.spikes.incident_behind import incident_behind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def incident(name: str, hours: list[float], state: IncidentState = IncidentState.SUSPECTED) -> Incident:
    members = tuple(Member(f"{name}-{n}", NOW + hour * HOUR) for n, hour in enumerate(hours))
    bursts = (WordBurst("sso", 9, 0.5, 7.0, 2.0), WordBurst("login", 8, 1.0, 6.0, 2.0))
    return Incident(name, f"{name}-0", NOW, bursts, {"sso": "SSO"}, members, Volume(40, 20.0), 7.0, state)


def test_the_incident_with_most_tickets_in_the_hours_is_named_with_words_and_examples():
    few, many = incident("few", [0.0, 0.2, 0.5]), incident("many", [-0.5, 0.1, 0.2, 0.4, 9.0])
    assert incident_behind([few, many], NOW, NOW + HOUR) == {
        "incident_id": "many",
        "words": ["SSO", "login"],
        "tickets": ["many-0", "many-1", "many-2", "many-3"],
        "count": 4,
    }


def test_two_tickets_other_hours_and_dismissed_ones_explain_nothing():
    others = [
        incident("two", [0.0, 0.1]),
        incident("later", [5.0, 5.1, 5.2]),
        incident("no", [0.0, 0.1, 0.2], IncidentState.DISMISSED),
    ]
    assert incident_behind(others, NOW, NOW + HOUR) is None
