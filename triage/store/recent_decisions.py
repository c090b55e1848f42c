"""The newest decisions of one model version, as documents: for looking at how they are spread."""

from typing import Any

from sqlalchemy import select

from triage.store.database import Store
from triage.store.schema import decisions

__all__ = ["recent_documents"]


def recent_documents(store: Store, workspace: str, model_version: str, limit: int) -> list[dict[str, Any]]:
    """Return what was decided last, newest first.

    Parameters
    ----------
    store : Store
        Where the decisions are.
    workspace : str
        Whose.
    model_version : str
        Only decisions of this model, among the newest ``2 * limit`` of the workspace.
    limit : int
        At most so many.

    Returns
    -------
    list of dict
        ``familiarity``, ``language`` and ``fields``; no text.
    """
    query = (
        select(decisions.c.document, decisions.c.model_version)
        .where(decisions.c.workspace == workspace)
        .order_by(decisions.c.created_at.desc())
        # Bounded before the version is looked at: right after a switch most rows are of the model before.
        .limit(2 * limit)
    )
    with store.reading(workspace) as connection:
        found = [
            dict(row.document) for row in connection.execute(query) if row.model_version == model_version
        ]
    return found[:limit]
