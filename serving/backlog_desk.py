"""A whole backlog given to agents at once: what it would come to, and doing it.

Solving is :mod:`features.backlog`; this file finds the tickets, lets the model decide them, and stores the
plan unless the floor changed meanwhile.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from features.backlog import BacklogPlan, Pending, plan_backlog
from serving.assignment_desk import AssignmentDesk, held_among
from serving.floor import Floor
from serving.triage_desk import TriageDesk
from triage.decision import Action
from triage.errors import ConflictError, InputError, NotFoundError
from triage.store import Store
from triage.store.open_tickets import unassigned_ids
from triage.store.policies import read_policy
from triage.store.revisions import Kind, take_revision
from triage.store.tickets import get_tickets

__all__ = ["MOST", "BacklogDesk", "PlannedBacklog"]

MOST = 2_000
"""Tickets of one plan: what is solved within seconds (benchmarks/backlog.py)."""
WORTH = 1.0
"""Giving a ticket to anybody goes before every affinity: nothing stays behind while there is room."""


@dataclass(frozen=True, slots=True)
class PlannedBacklog:
    """A plan, the tickets that it is of, and the count of changes that it had seen."""

    plan: BacklogPlan
    tickets: int
    work: int

    @property
    def to_apply(self) -> int:
        """How many of its assignments the policy lets be applied."""
        return sum(one.action is Action.APPLY and one.agent is not None for one in self.plan.assignments)


class BacklogDesk:
    """Plans backlogs of any workspace.

    Parameters
    ----------
    store : Store
        Has the tickets.
    desk : TriageDesk
        Decides them.
    assigning : AssignmentDesk
        Knows how things stand and who is good at what.
    """

    def __init__(self, store: Store, desk: TriageDesk, assigning: AssignmentDesk) -> None:
        self._store = store
        self._desk = desk
        self._assigning = assigning

    def plan(
        self,
        workspace: str,
        ticket_ids: Sequence[str] | None = None,
        among: Callable[[Collection[str]], set[str]] | None = None,
    ) -> PlannedBacklog:
        """Plan who gets which tickets; stores nothing.

        Parameters
        ----------
        workspace : str
            Whose.
        ticket_ids : sequence of str, optional
            Which; by default all open tickets that nobody has, the oldest first, at most 2,000.
        among : callable, optional
            Returns which of some tickets the asker reaches; asked where ``ticket_ids`` is not given.

        Raises
        ------
        InputError
            If there are too many of them, or the workspace has no agents.
        NotFoundError
            If one is not stored.
        """
        if ticket_ids is not None and len(ticket_ids) > MOST:
            raise InputError(f"Got {len(ticket_ids):,} tickets; expected at most {MOST:,} in one plan.")
        now = datetime.now(UTC)
        policy = read_policy(self._store, workspace).policy
        floor = self._assigning.look(workspace, policy, now)
        if floor is None:
            raise InputError(
                "Got a backlog to assign in a workspace without agents; expected some. Import them: "
                "POST /v1/agents/import or `triage agents import`."
            )
        ids = unassigned_ids(self._store, workspace, limit=MOST) if ticket_ids is None else ticket_ids
        if ticket_ids is None and among is not None:
            near = among(ids)
            ids = [one for one in ids if one in near]
        once = list(dict.fromkeys(ids))
        return PlannedBacklog(self._solve(workspace, once, floor), len(once), floor.work)

    def apply(self, workspace: str, planned: PlannedBacklog) -> int:
        """Store the assignments of a plan that the policy lets be applied; return how many were new.

        Raises
        ------
        ConflictError
            If anybody's work changed since it was planned.
        """
        with self._store.writing(workspace) as connection:
            if take_revision(connection, workspace, Kind.WORK) != planned.work + 1:
                raise ConflictError(
                    "Got a plan to apply while somebody's tickets changed; expected things to stand as they "
                    "were when it was made. Ask for it again."
                )
            return self._assigning.keep(workspace, planned.plan.assignments, datetime.now(UTC))

    def _solve(self, workspace: str, ids: Sequence[str], floor: Floor) -> BacklogPlan:
        found = get_tickets(self._store, workspace, ids)
        missing = [one for one in ids if one not in found]
        if missing:
            named = ", ".join(map(repr, missing[:5])) + (", ..." if len(missing) > 5 else "")
            what = "1 ticket that is" if len(missing) == 1 else f"{len(missing):,} tickets that are"
            raise NotFoundError(f"Got {what} not stored ({named}); expected ids that were sent.")
        # What the helpdesk told since filing counts as set by a person.
        tickets = [
            replace(found[one].ticket, values={**found[one].ticket.values, **found[one].labels})
            for one in ids
        ]
        decisions = self._desk.decide_fields(workspace, tickets)
        ranked = self._assigning.rank(workspace, tickets, decisions, floor)
        pending = [
            Pending(one.ticket, one.candidates, one.decision.fields, one.language, WORTH) for one in ranked
        ]
        return plan_backlog(pending, replace(floor.situation, held=held_among(ranked)))
