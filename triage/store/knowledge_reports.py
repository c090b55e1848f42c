"""The newest report of what the knowledge base lacks, as a worker made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from triage.store.database import Store
from triage.store.helping_tables import knowledge_reports
from triage.store.upsert import upsert

__all__ = ["StoredGaps", "put_gaps", "read_gaps"]


@dataclass(frozen=True, slots=True)
class StoredGaps:
    """A report's JSON form, and when it was made."""

    document: Mapping[str, Any]
    created_at: datetime


def put_gaps(store: Store, workspace: str, document: Mapping[str, Any], created_at: datetime) -> None:
    """Keep a report in the place of the one before."""
    row = {"workspace": workspace, "document": dict(document), "created_at": created_at}
    with store.writing(workspace) as connection:
        upsert(connection, knowledge_reports, [store.sealer.sealed(knowledge_reports, row)])


def read_gaps(store: Store, workspace: str) -> StoredGaps | None:
    """Return the newest report, None where none was made."""
    query = select(knowledge_reports).where(knowledge_reports.c.workspace == workspace)
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return StoredGaps(store.sealer.opened(knowledge_reports, row._mapping)["document"], row.created_at)
