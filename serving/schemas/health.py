"""Whether the server lives and can answer."""

from typing import Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Output

__all__ = ["HealthOut", "ReadinessOut"]


class HealthOut(Output):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "alive", "version": "0.1.0"}]})

    status: Literal["alive"]
    version: str


class ReadinessOut(Output):
    """What can be answered now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "ready", "store": True, "models_ready": 1, "models_failed": 0}]
        }
    )

    status: Literal["ready", "degraded", "unready"] = Field(
        description="`degraded`: everything is answered, but a newer model could not be loaded. "
        "`unready`: send requests elsewhere."
    )
    store: bool = Field(description="The database answers.")
    models_ready: int = Field(description="Workspaces whose model is loaded.")
    models_failed: int = Field(description="Workspaces whose newest model could not be loaded.")
