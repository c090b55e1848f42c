"""One agent's open tickets in the order in which to work on them: priority, promises, age, each with why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from serving.sight import Sight
from triage.errors import NotFoundError
from triage.routing.queue import Queued, Waiting, order_queue
from triage.sla.standing import Standing
from triage.store import Store
from triage.store.agents import get_agent
from triage.store.open_tickets import HeldTicket, held_tickets
from triage.store.policies import read_policy
from triage.store.sla_books import BookShelf
from triage.store.sla_overview import pressing_promises

__all__ = ["AgentQueue", "queue_of"]


@dataclass(frozen=True, slots=True)
class AgentQueue:
    """An agent's queue: the order, and by ticket id what is known of it and its most endangered promise."""

    agent: str
    order: list[Queued]
    held: Mapping[str, HeldTicket]
    priorities: Mapping[str, str | None]
    promises: Mapping[str, Standing]


def queue_of(
    store: Store, books: BookShelf, workspace: str, agent: str, *, now: datetime, sight: Sight
) -> AgentQueue:
    """Return an agent's queue as it stands.

    Parameters
    ----------
    store : Store
        Has the tickets.
    books : BookShelf
        Has what is promised.
    workspace : str
        Which.
    agent : str
        Whose queue.
    now : datetime
        With a zone.
    sight : Sight
        What the asker sees; other tickets are left out.

    Raises
    ------
    NotFoundError
        If nobody of that name is among the agents, and no open ticket is theirs; the name is not repeated.
    """
    policy = read_policy(store, workspace).policy.routing.queue
    held = {one.ticket_id: one for one in held_tickets(store, workspace, agent)}
    # A helpdesk need not tell its agents: whoever has a ticket is known.
    if not held and get_agent(store, workspace, agent) is None:
        raise NotFoundError(
            "Got somebody who is no agent here and has no open ticket; GET /v1/agents lists the agents."
        )
    if not sight.sees_all:
        shown = sight.among(store, workspace, held)
        held = {name: one for name, one in held.items() if name in shown}
    known, promises = pressing_promises(store, workspace, books.read(workspace).book, list(held), now=now)
    priorities = {name: known[name].labels.get("priority") or one.priority for name, one in held.items()}
    waiting = [
        Waiting(name, one.filed_at, priorities[name], promise=promises.get(name))
        for name, one in held.items()
    ]
    return AgentQueue(agent, order_queue(waiting, now, policy), held, priorities, promises)
