"""Model versions: which there are, which one answers, and what each says of itself."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from serving.model_catalogue import ModelFacts
from serving.schemas.base import Output
from triage.registry import Pointers

__all__ = ["ModelDetailOut", "ModelListOut", "ModelOut", "PointersOut"]

EXAMPLE_POINTERS: dict[str, Any] = {
    "champion": "20260301-1",
    "challenger": None,
    "previous": ["20260201-1"],
}
EXAMPLE_MODEL: dict[str, Any] = {
    "version": "20260301-1",
    "role": "champion",
    "is_trusted": True,
    "created_at": "2026-03-01T02:11:09Z",
    "workspace": "default",
    "taxonomy_version": "5be1f80a3c11",
    "erased": 0,
    "erased_since": None,
    "fields": {
        "category": {
            "level": "hybrid",
            "labels": 24,
            "target_precision": 0.95,
            "metrics": {"accuracy": 0.81},
        }
    },
}
EXAMPLE_DETAIL: dict[str, Any] = EXAMPLE_MODEL | {
    "feature_version": 1,
    "data_hash": "9f" * 32,
    "training": {"rows": 12000},
    "bytes": 27262976,
    "has_card": True,
}


class PointersOut(Output):
    """Which version answers, which one could, and what a rollback returns to."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_POINTERS]})

    champion: str | None
    challenger: str | None
    previous: list[str] = Field(description="Earlier champions, newest last: a rollback returns to the last.")

    @classmethod
    def of(cls, pointers: Pointers) -> "PointersOut":
        """Translate."""
        return cls(
            champion=pointers.champion, challenger=pointers.challenger, previous=list(pointers.previous)
        )


class FieldModelOut(Output):
    """What one field's model is, and how it did on held-out time."""

    level: str = Field(description="How much it could learn: `rules`, `few-shot`, `linear`, `hybrid`.")
    labels: int
    target_precision: float
    metrics: dict[str, Any] = Field(description="On tickets later than any it learnt from.")


class ModelOut(Output):
    """One model version."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_MODEL]})

    version: str
    role: Literal["champion", "challenger", "previous", "none"]
    is_trusted: bool = Field(description="Its manifest was signed with this server's key.")
    created_at: datetime | None
    workspace: str | None = Field(
        description="Whose tickets it learnt from; null: it does not say. One that names another workspace "
        "is refused (409) unless it was let in on the machine (`triage models promote --from-workspace`)."
    )
    taxonomy_version: str | None
    erased: int | None = Field(
        description="Erased tickets and requesters that it learnt from; null: it does not say, and something "
        "was erased since it was made. `DELETE /v1/tickets/{ticket_id}` says by when to train anew."
    )
    erased_since: datetime | None = Field(description="When the first of them was erased; null: none was.")
    fields: dict[str, FieldModelOut]

    @classmethod
    def of(cls, facts: ModelFacts) -> "ModelOut":
        """Translate."""
        return cls(**_common(facts))


class ModelListOut(PointersOut):
    """All model versions of the workspace, newest name last."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [EXAMPLE_POINTERS | {"models": [EXAMPLE_MODEL]}]}
    )

    models: list[ModelOut]


class ModelDetailOut(ModelOut):
    """Everything that a model version says of itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_DETAIL]})

    feature_version: int | None
    data_hash: str | None = Field(description="SHA-256 over the history it learnt from.")
    training: dict[str, Any] = Field(description="Rows, periods, seed, configuration, package versions.")
    bytes: int
    has_card: bool

    @classmethod
    def of(cls, facts: ModelFacts) -> "ModelDetailOut":
        """Translate."""
        manifest = facts.manifest
        files = {} if manifest is None else manifest.files
        return cls(
            **_common(facts),
            feature_version=None if manifest is None else manifest.feature_version,
            data_hash=None if manifest is None else manifest.data_hash,
            training={} if manifest is None else dict(manifest.training),
            bytes=sum(int(one["bytes"]) for one in files.values()),
            has_card="card.html" in files,
        )


def _common(facts: ModelFacts) -> dict[str, Any]:
    manifest = facts.manifest
    return {
        "version": facts.version,
        "role": facts.role,
        "is_trusted": manifest is not None,
        "created_at": None if manifest is None else manifest.created_at,
        "workspace": None if manifest is None else manifest.workspace,
        "taxonomy_version": None if manifest is None else manifest.taxonomy.version,
        "erased": None if facts.erasures is None else facts.erasures.erased,
        "erased_since": None if facts.erasures is None else facts.erasures.since,
        "fields": {
            name: FieldModelOut(
                level=one["level"],
                labels=one["labels"],
                target_precision=one["target_precision"],
                metrics=dict(one["metrics"]),
            )
            for name, one in ({} if manifest is None else manifest.fields).items()
        },
    }
