"""What an erasure came to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Output
from triage.erasure import Erasure
from triage.learnt_from import ModelErasures

__all__ = ["ErasureOut", "ModelToRetrainOut"]

EXAMPLE: dict[str, Any] = {
    "erasure_id": "3f0c5a1be0c94a6fa1f5c2d87c6b9e10",
    "erased_at": "2026-03-02T10:00:00Z",
    "tickets": 1,
    "rows": {"decisions": 2, "replies": 3, "tickets": 1},
    "texts": 1,
    "models": [{"version": "20260301-1", "role": "champion", "retrain_by": "2026-04-01T10:00:00Z"}],
}


class ModelToRetrainOut(Output):
    """A model that learnt from what was erased."""

    version: str
    role: str = Field(description="`champion`, `challenger`, `previous` or `none`.")
    retrain_by: datetime = Field(description="By the policy: `privacy.retrain_days` after the erasure.")


class ErasureOut(Output):
    """What was removed from where; nothing of what it was."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    erasure_id: str
    erased_at: datetime
    tickets: int = Field(description="Stored tickets that are gone; 0 where none was stored.")
    rows: dict[str, int] = Field(description="By table; `<table>, changed`: kept without what told of it.")
    texts: int = Field(description="Texts whose embeddings every machine overwrites within seconds.")
    models: list[ModelToRetrainOut] = Field(
        description="Models that learnt from it: they name it no more, and must be trained anew."
    )

    @classmethod
    def of(
        cls, one: Erasure, known: Iterable[ModelErasures], roles: dict[str, str], retrain_days: int
    ) -> "ErasureOut":
        """Translate.

        Parameters
        ----------
        one : Erasure
            What was done.
        known : iterable of ModelErasures
            What models know of erased tickets.
        roles : dict of str to str
            By version.
        retrain_days : int
            Of the policy.
        """
        models = [
            ModelToRetrainOut(version=model.version, role=roles[model.version], retrain_by=due)
            for model in known
            if (due := model.retrain_by(retrain_days)) is not None
        ]
        return cls(
            erasure_id=one.erasure_id,
            erased_at=one.erased_at,
            tickets=one.tickets,
            rows=dict(one.rows),
            texts=len(one.texts),
            models=models,
        )
