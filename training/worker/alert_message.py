"""Alerts are kept together with the messages that tell webhooks of them, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from triage.spikes.alert import Alert
from triage.spikes.said import say
from triage.store import Store
from triage.store.outbox import put_messages
from triage.store.volume_alerts import take_alerts

__all__ = ["put_alerts"]


def put_alerts(store: Store, workspace: str, alerts: Sequence[Alert], *, now: datetime) -> int:
    """Keep alerts, put out a message for each that is new, and return how many are."""
    if not alerts:
        return 0
    with store.writing(workspace):
        new = take_alerts(store, workspace, alerts, now=now)
        messages = [(one.alert_id, f"spike.{one.kind.value}", _body(workspace, one)) for one in new]
        put_messages(store, workspace, messages, now=now)
    return len(new)


def _body(workspace: str, one: Alert) -> dict[str, Any]:
    """Return what a receiver gets; counts and labels, no word of a ticket's text."""
    return {
        "type": f"spike.{one.kind.value}",
        "timestamp": one.begins_at.isoformat(),
        "data": {
            "alert_id": one.alert_id,
            "workspace": workspace,
            "series": one.series,
            "begins_at": one.begins_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "count": one.count,
            "expected": round(one.expected, 2),
            "threshold": one.threshold,
            "probability": None if one.probability is None else round(one.probability, 4),
            "why": dict(one.why),
            "said": say(one),
        },
    }
