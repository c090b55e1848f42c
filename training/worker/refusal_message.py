"""A model that the gate refused is told to webhooks, once: whoever runs the helpdesk should look."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from training.worker.golden_check import GoldenField
from triage.store import Store
from triage.store.outbox import put_messages
from triage.store.runs import Run

__all__ = ["KIND", "tell_of_refusal"]

KIND = "model.refused"


def tell_of_refusal(
    store: Store, run: Run, version: str, champion: str | None, reason: str, golden: Sequence[GoldenField]
) -> None:
    """Put out a message to each endpoint of the run's workspace; called again, none is new.

    Parameters
    ----------
    store : Store
        Where to.
    run : Run
        The training.
    version, champion : str
        The model that was refused, and the one that goes on answering.
    reason : str
        Why.
    golden : sequence of GoldenField
        How both did on golden tickets.
    """
    now = datetime.now(UTC)
    data: dict[str, Any] = {
        "workspace": run.workspace,
        "version": version,
        "champion": champion,
        "reason": reason,
        "run_id": run.run_id,
        "golden": [
            {
                "field": one.field,
                "tickets": one.tickets,
                "macro_f1": round(one.after, 4),
                "champion_macro_f1": round(one.before, 4),
            }
            for one in golden
        ],
    }
    body = {"type": KIND, "timestamp": now.isoformat(), "data": data}
    put_messages(store, run.workspace, [(f"{KIND}/{version}", KIND, body)], now=now)
