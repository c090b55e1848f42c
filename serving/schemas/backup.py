"""What a backup holds, as `triage backup` and `triage restore` tell it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from serving.schemas.base import Output
from triage.backup import Backup

__all__ = ["BackupOut"]


class BackupOut(Output):
    """One backup."""

    created_at: datetime
    system: str
    revision: str = Field(description="The migration of its tables.")
    rows: dict[str, int] = Field(description="By table.")
    bundles: list[str] = Field(description="`workspace/version` of each model.")
    heads: dict[str, dict[str, Any]] = Field(description="`seq` and `hash` of each audit log: an anchor.")
    bytes: int
    sealed_by: list[str] = Field(description="Ids of the encryption keys that something in it needs.")

    @classmethod
    def of(cls, made: Backup) -> "BackupOut":
        """Translate."""
        return cls(
            created_at=made.created_at,
            system=made.system,
            revision=made.revision,
            rows=dict(made.rows),
            bundles=list(made.bundles),
            heads={name: dict(head) for name, head in made.heads.items()},
            bytes=made.bytes,
            sealed_by=list(made.sealed_by),
        )
