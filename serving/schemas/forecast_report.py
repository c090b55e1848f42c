"""How published forecasts turned out."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Output
from triage.forecast_report import LeadReport

__all__ = ["ForecastReportOut", "LeadOut"]

EXAMPLE: dict[str, Any] = {
    "lead": "2-7",
    "days": 90,
    "wape": 0.17,
    "bias": -0.01,
    "crps": 0.1,
    "floor": 0.12,
    "coverage80": 0.81,
    "skill_average": 0.14,
    "skill_last_week": 0.3,
    "override_days": 3,
    "override_gain": 0.2,
    "spikes": 4,
    "spikes_expected": 3.6,
}


class LeadOut(Output):
    """The forecasts that looked so many days ahead; shares of volume."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    lead: str = Field(description="Days ahead.")
    days: int = Field(description="Forecasts that were scored.")
    wape: float | None
    bias: float | None = Field(description="Above zero: too much was forecast.")
    crps: float | None
    floor: float | None = Field(description="The WAPE that no forecast of counts can get below, about.")
    coverage80: float = Field(description="Share of days within P10 to P90; 0.8 is honest.")
    skill_average: float | None = Field(description="Against the same weekday's mean of eight weeks.")
    skill_last_week: float | None = Field(description="Against the last week repeated.")
    override_days: int = Field(description="Days with a planner's figure.")
    override_gain: float | None = Field(description="What those figures gained on the model's.")
    spikes: int = Field(description="Days above their published threshold.")
    spikes_expected: float = Field(description="Sum of the published probabilities.")


class ForecastReportOut(Output):
    """How the published forecasts of a series turned out, by how far ahead they looked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"series": "total", "leads": [EXAMPLE]}]})

    series: str
    leads: list[LeadOut] = Field(description="Nearest first; empty until a forecast day is over.")

    @classmethod
    def of(cls, series: str, leads: Sequence[LeadReport]) -> "ForecastReportOut":
        """Translate."""
        return cls(
            series=series,
            leads=[LeadOut(**{name: getattr(one, name) for name in LeadReport.__slots__}) for one in leads],
        )
