"""What `triage simulate --config` reads: the routing policy to try, holidays, hours promised."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import ConfigurationError
from triage.routing.policy import RoutingPolicy
from triage.routing.policy_document import read_routing

__all__ = ["SimulationConfig", "read_config"]


@dataclass(frozen=True, slots=True)
class SimulationConfig:
    """What a simulation is told.

    Parameters
    ----------
    routing : RoutingPolicy
        To try. Modes do not count: everything is assigned as if it were switched on.
    country : str or None, default=None
        Whose public holidays are days off, as ISO 3166 code (``DE-BY``).
    resolve_hours : Mapping of str to float
        By priority: hours from filing to solution that are promised.
    """

    routing: RoutingPolicy = field(default_factory=RoutingPolicy)
    country: str | None = None
    resolve_hours: Mapping[str, float] = field(default_factory=dict)


def read_config(path: Path | None) -> SimulationConfig:
    """Read ``simulate.toml``: the table ``[routing]`` as in a policy, and ``[simulation]``.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or a key or value is not as it must be.
    """
    if path is None:
        return SimulationConfig()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"Got {path}, which cannot be read as TOML ({getattr(error, 'strerror', None) or error}); "
            "expected tables [routing] and [simulation]. Check the path and that line."
        ) from None
    unknown = sorted(set(document) - {"routing", "simulation"})
    if unknown:
        raise ConfigurationError(
            f"Got [{unknown[0]}] in {path}; expected only the tables [routing] and [simulation]."
        )
    own = document.get("simulation", {})
    return SimulationConfig(read_routing(document.get("routing", {})), _country(own, path), _hours(own, path))


def _country(own: Any, path: Path) -> str | None:
    if not isinstance(own, dict) or set(own) - {"country", "resolve_hours"}:
        raise ConfigurationError(
            f"Got [simulation] {own!r} in {path}; expected only country and resolve_hours."
        )
    country = own.get("country")
    if country is not None and not isinstance(country, str):
        raise ConfigurationError(f"Got country {country!r} in {path}; expected a code such as 'DE-BY'.")
    return country


def _hours(own: Mapping[str, Any], path: Path) -> dict[str, float]:
    hours = own.get("resolve_hours", {})
    is_table = isinstance(hours, dict) and all(
        isinstance(one, int | float) and not isinstance(one, bool) and 0 < one < float("inf")
        for one in hours.values()
    )
    if not is_table:
        raise ConfigurationError(
            f"Got resolve_hours {hours!r} in {path}; expected hours by priority such as {{urgent = 8}}."
        )
    return {name: float(one) for name, one in hours.items()}
