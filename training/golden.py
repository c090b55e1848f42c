"""Golden tickets left out of what is learnt from."""

from collections.abc import Iterable, Sequence

from triage.ticket import PastTicket

__all__ = ["told_of_golden", "without_golden"]


def without_golden(tickets: Sequence[PastTicket], golden: Iterable[str]) -> list[PastTicket]:
    """Return those tickets whose ids are not among the golden ones."""
    kept_back = set(golden)
    return [past for past in tickets if past.ticket.ticket_id not in kept_back]


def told_of_golden(count: int) -> list[str]:
    """Say on a card how many tickets were left out; nothing where none were."""
    if count == 0:
        return []
    return [f"{count:,} golden ticket{'s' * (count > 1)} kept back from learning, to judge models by."]
