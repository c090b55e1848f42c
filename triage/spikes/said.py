"""Alerts in words: what is the matter, how sure, and against what."""

from __future__ import annotations

from datetime import timedelta

from triage.spikes.alert import Alert, AlertKind

__all__ = ["say"]


def say(alert: Alert) -> str:
    """Say in a sentence what an alert is about."""
    if alert.kind is AlertKind.CAPACITY:
        return _say_capacity(alert)
    of = "" if alert.series == "total" else f" of {alert.series.partition('=')[2] or alert.series}"
    if alert.kind is AlertKind.AHEAD:
        reached = _tickets(alert.threshold or 0.0)
        return (
            f"{100 * (alert.probability or 0):.0f} % chance of {reached}{of} or more; "
            f"{alert.expected:.0f} are expected, {alert.why.get('lead_days', 0)} days ahead when raised."
        )
    hours = max(1, round((alert.ends_at - alert.begins_at) / timedelta(hours=1)))
    return (
        f"{_tickets(alert.count or 0)}{of} in {hours} {'hour' if hours == 1 else 'hours'}, "
        f"where {alert.expected:.0f} are usual."
    )


def _tickets(many: float) -> str:
    return f"{many:.0f} {'ticket' if round(many) == 1 else 'tickets'}"


def _say_capacity(alert: Alert) -> str:
    """Say how likely a team has too few people, for how much work, and how many lack."""
    why, team = alert.why, alert.series.partition("=")[2]
    scheduled, needed = alert.threshold or 0.0, alert.expected
    chance = f"{100 * (alert.probability or 0.0):.0f} % chance that {team} has too few people"
    if scheduled < 0.05:
        return f"{chance}: nobody is scheduled, and the work takes about {needed:.0f} hours."
    lacking = float(why.get("people_short", 0.0))
    at_worst = f"; at worst {lacking:.1f} people lack" if lacking >= 0.1 else ""
    return (
        f"{chance}: {scheduled:.0f} hours are scheduled, and the work takes about {needed:.0f}, "
        f"in one case in five more than {float(why.get('needed_p80', needed)):.0f}{at_worst}."
    )
