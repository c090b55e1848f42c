"""Whether priorities follow a matrix of impact and urgency, and the tickets that break it."""

from collections.abc import Sequence

from training.check.finding import Finding, counted, different
from training.judged_share import at_least
from training.priority.matrix import FoundMatrix, find_matrix
from triage.ticket import PastTicket

__all__ = ["explained_by_matrix", "find_matrix_breaks"]


def find_matrix_breaks(history: Sequence[PastTicket], targets: Sequence[str]) -> list[Finding]:
    """Say whether priority follows from impact and urgency, and which tickets have another one.

    Parameters
    ----------
    history : sequence of PastTicket
        In the order in which rows shall be named.
    targets : sequence of str
        The fields looked at; without ``priority`` nothing is said.

    Returns
    -------
    list of Finding
        ``priority_matrix`` with the verdict, ``priority_breaks_matrix`` with the tickets; empty where too
        few tickets have all three values.
    """
    found = find_matrix(history) if "priority" in targets else None
    if found is None:
        return []
    shares = (
        f"{counted(found.tickets - len(found.breaking), 'ticket')} of {found.tickets:,} have the priority of "
        f"their impact and urgency (at least {at_least(found.at_least)} by the bound; the commonest priority "
        f"alone has {_percent(found.majority)})"
    )
    if not found.is_followed:
        return [
            Finding(
                "priority_matrix",
                "note",
                "priority",
                f"Priority does not follow from impact and urgency: {shares}.",
                "Nothing: it is learnt directly. If there should be a matrix, write it into the policy "
                "(docs/guide.md).",
                found.tickets,
            )
        ]
    findings = [
        Finding(
            "priority_matrix",
            "look",
            "priority",
            f"Priority follows from impact and urgency: {shares}. {_drawn(found)}",
            "See that this is the matrix you mean; an edited one goes into the policy "
            "(`triage policy set --file`).",
            found.tickets,
        )
    ]
    if found.breaking:
        breaking = set(found.breaking)
        labels = {past.ticket.ticket_id: past.labels for past in history if past.ticket.ticket_id in breaking}
        rows = different(found.breaking)
        cells = [(labels[row].get("impact", ""), labels[row].get("urgency", "")) for row in rows]
        findings.append(
            Finding(
                "priority_breaks_matrix",
                "look",
                "priority",
                f"{counted(len(found.breaking), 'ticket')} ({_percent(len(found.breaking) / found.tickets)}) "
                "with another priority than their impact and urgency lead to.",
                "Ask whether a person meant it; if it was a slip, correct it before training.",
                len(found.breaking),
                rows,
                tuple(found.matrix.cells.get(cell, "") for cell in cells),
            )
        )
    return findings


def explained_by_matrix(history: Sequence[PastTicket]) -> frozenset[str]:
    """Return the ids of the tickets whose priority follows from impact and urgency; empty without a matrix.

    Parameters
    ----------
    history : sequence of PastTicket
        In any order.
    """
    found = find_matrix(history)
    if found is None or not found.is_followed:
        return frozenset()
    cells = found.matrix.cells
    return frozenset(
        past.ticket.ticket_id
        for past in history
        if past.labels.get("priority")
        and cells.get((past.labels.get("impact", ""), past.labels.get("urgency", "")))
        == past.labels["priority"]
    )


def _drawn(found: FoundMatrix) -> str:
    """Write the matrix in one line, gravest impact first."""
    matrix = found.matrix
    rows = [
        f"impact {impact}: "
        + ", ".join(
            f"{urgency} → {matrix.cells[impact, urgency]}"
            + (" (never seen, filled in)" if (impact, urgency) in matrix.filled else "")
            for urgency in matrix.urgencies[::-1]
        )
        for impact in matrix.impacts[::-1]
    ]
    return f"By urgency, {'; '.join(rows)}."


def _percent(share: float) -> str:
    return f"{share:.2%}" if 0.98 < share < 1 or 0 < share < 0.02 else f"{share:.0%}"
