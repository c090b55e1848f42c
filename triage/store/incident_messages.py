"""What receivers of webhooks are told of incidents. Sends nothing itself."""

from datetime import datetime
from typing import Any

from triage.incident import Incident

__all__ = ["message_of"]


def message_of(workspace: str, one: Incident, now: datetime) -> tuple[str, str, dict[str, Any]]:
    """Return what receivers get: no ticket's text, but the words that five or more people share."""
    kind = f"incident.{one.state.value}"
    moment = one.judged_at or now
    body = {
        "type": kind,
        "timestamp": moment.isoformat(),
        "data": {
            "incident_id": one.incident_id,
            "workspace": workspace,
            "words": list(one.words),
            "tickets": [member.ticket_id for member in one.members],
            "raised_at": one.raised_at.isoformat(),
            "parent_id": one.parent_id,
        },
    }
    about = one.incident_id
    if one.judged_at is not None:
        about = f"{one.incident_id[:24]}{one.state.value[0]}{int(moment.timestamp()):x}"
    return about, kind, body
