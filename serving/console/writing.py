"""Writes of the console: done in one transaction with their entry in the audit log, as those over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from serving.console.visit import Visit
from serving.idempotency import Once
from triage.store import Store
from triage.store.idempotency import Reply

__all__ = ["written"]

Done = TypeVar("Done")


def written(
    store: Store, visit: Visit, effect: Callable[[], Done], tell: Callable[[Done], Mapping[str, Any]]
) -> Done:
    """Do something for a visitor and return what it returns.

    Parameters
    ----------
    store : Store
        Where it is done.
    visit : Visit
        Who does it.
    effect : callable
        Does it; joins this thread's transaction.
    tell : callable
        Given what was done, what the audit log shall know of it: identities and plain facts.
    """
    done: list[Done] = []

    def run() -> Reply:
        done.append(effect())
        return Reply(200, dict(tell(done[0])))

    Once(store, None, "").run(visit.caller.workspace, run)
    return done[0]
