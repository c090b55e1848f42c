"""What people said about decisions."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from triage.feedback import Feedback, Verdict
from triage.store.database import Store
from triage.store.schema import feedback

__all__ = ["feedback_on", "put_feedback"]


def put_feedback(store: Store, workspace: str, given: Sequence[Feedback]) -> None:
    """Store feedback, all or none; a later word on the same field stands beside the earlier one."""
    rows = [
        {
            "feedback_id": one.feedback_id,
            "workspace": workspace,
            "decision_id": one.decision_id,
            "field": one.field,
            "verdict": one.verdict.value,
            "value": one.value,
            "actor": one.actor,
            "created_at": one.created_at,
        }
        for one in given
    ]
    if rows:
        with store.writing(workspace) as connection:
            connection.execute(insert(feedback), rows)


def feedback_on(store: Store, workspace: str, decision_id: str) -> list[Feedback]:
    """Return all feedback on a decision, oldest first."""
    columns = [feedback.c[name] for name in Feedback.__slots__]
    query = (
        select(*columns)
        .where(feedback.c.workspace == workspace, feedback.c.decision_id == decision_id)
        .order_by(feedback.c.created_at, feedback.c.field)
    )
    with store.reading(workspace) as connection:
        return [
            Feedback(
                row.feedback_id,
                row.decision_id,
                row.field,
                Verdict(row.verdict),
                row.value,
                row.actor,
                row.created_at,
            )
            for row in connection.execute(query)
        ]
