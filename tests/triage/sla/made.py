"""Tickets and a book for tests of promises."""

from datetime import UTC, datetime, timedelta

from triage.sla.book import SlaBook
from triage.ticket import PastTicket, Ticket

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

BOOK = SlaBook.from_document(
    {
        "calendars": [{"name": "office", "hours": "Mon-Fri 09:00-17:00"}],
        "policies": [
            {
                "name": "gold",
                "organization": ["Acme"],
                "response": "1h",
                "resolution": "4h",
                "steps": [
                    {"kind": "reminder", "at": 0.5, "to": "assignee"},
                    {"kind": "escalation", "at": 1.5, "to": "duty manager", "target": "resolution"},
                ],
            },
            {"name": "urgent", "priority": ["urgent", "high"], "resolution": "8h"},
        ],
    }
)


def past(name="T-1", organization="Acme", labels=None, **more):
    ticket = Ticket(name, "VPN down", created_at=more.pop("created_at", MONDAY), organization=organization)
    return PastTicket(ticket, labels or {"assignee": "ada", "team": "network"}, **more)
