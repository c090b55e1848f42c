"""Codes and numbers in plain words, for people who read pages."""

from datetime import datetime, tzinfo

from serving.plain_words import percent

__all__ = ["ACTIONS", "METRICS", "count", "counted", "day", "field_name", "percent", "signed"]

ACTIONS = {"apply": "Apply", "suggest": "Suggest", "abstain": "Abstain"}

METRICS = {
    "accuracy": "Likeliest is right",
    "top3": "One of three is",
    "coverage": "Applied by itself",
    "precision": "Of those, right",
}
"""Names of the figures worth showing to everybody; the card has the rest."""


def signed(weight: float) -> str:
    """Return a contribution with its sign, two digits of it that count: ``+1.9``, ``−0.24``."""
    return (f"{weight:+.1f}" if abs(weight) >= 0.995 else f"{weight:+.2f}").replace("-", "−")


def count(number: float) -> str:
    """Return a number of tickets: whole, with thin spaces between thousands."""
    return f"{number:,.0f}".replace(",", "\u2009")


def counted(number: float, noun: str) -> str:
    """Return a number with its noun: ``1 ticket``, ``1 200 tickets``."""
    figure = count(number)
    return f"{figure} {noun}{'' if figure == '1' else 's'}"


def day(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a date as people say it: ``Tue 3 Mar 2026``."""
    local = moment.astimezone(zone) if zone else moment
    return f"{local:%a} {local.day} {local:%b %Y}"


def field_name(name: str) -> str:
    """Return a field's name as a heading."""
    return name.replace("_", " ").capitalize()
