"""What a routing policy must keep when somebody sets it; one that stands already is read without it.

Checks what the heart cannot know, such as which countries have holidays that are known.
"""

from datetime import date

from features.business_time import public_holidays
from triage.errors import ConfigurationError, InputError
from triage.routing.policy import RoutingPolicy

__all__ = ["check_teams"]


def check_teams(routing: RoutingPolicy) -> None:
    """Refuse teams whose holidays nobody knows, and teams that escalate to themselves.

    Raises
    ------
    ConfigurationError
        At the first such team.
    """
    day = date(2026, 1, 1)
    for name, team in routing.teams.items():
        where = f"routing.teams.{name}"
        if name in team.escalates_to:
            raise ConfigurationError(
                f"Got {name!r} in {where}.escalates_to in the policy; expected other teams than itself."
            )
        if team.country is None:
            continue
        try:
            public_holidays(team.country, day, day)
        except InputError:
            raise ConfigurationError(
                f"Got {team.country!r} as {where}.country in the policy; expected an ISO 3166 code whose "
                "holidays are known, such as US or DE-BY."
            ) from None
