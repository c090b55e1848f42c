"""What a caller may give to a key that they make or replace: nothing that they do not have themselves."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from serving.caller import Caller
from serving.roles import PERMISSIONS
from triage.errors import ForbiddenError

__all__ = ["demand_grant", "demand_whole_workspace"]


def demand_grant(caller: Caller, scopes: Sequence[str] | None, teams: Sequence[str] | None) -> None:
    """See to it that a key with these limits reaches no further than the caller.

    Parameters
    ----------
    caller : Caller
        Who would get its token.
    scopes, teams : sequence of str or None
        The key's limits; None or nothing in it: none.

    Raises
    ------
    ForbiddenError
        If it would reach further, and whoever holds its token with it.
    """
    if caller.scopes is not None:
        beyond = [one for one in scopes or () if not _is_covered(one, caller.scopes)]
        if beyond or not scopes:
            given = ", ".join(beyond) or "none, which is all of its role"
            raise ForbiddenError(
                f"Got scopes of a key that go beyond the caller's own: {given}; expected some of "
                f"{', '.join(caller.scopes)}. Whoever has no scopes can make it."
            )
    if caller.teams is not None and (not teams or set(teams) - caller.teams):
        given = ", ".join(sorted(set(teams or ()) - caller.teams)) or "none, which is all of them"
        raise ForbiddenError(
            f"Got teams of a key that go beyond the caller's own: {given}; expected some of "
            f"{', '.join(sorted(caller.teams)) or 'none'}. Whoever is limited to no teams can make it."
        )


def demand_whole_workspace(caller: Caller, what: str) -> None:
    """See to it that a caller is limited to no teams, for what reaches all tickets.

    Raises
    ------
    ForbiddenError
        If they are.
    """
    if caller.teams is not None:
        raise ForbiddenError(
            f"Got a caller limited to the teams {', '.join(sorted(caller.teams)) or 'none'} for {what}, "
            "which reaches the tickets of all teams; expected one without that limit."
        )


def _is_covered(scope: str, own: Sequence[str]) -> bool:
    """Tell whether a scope names nothing beyond others, now and with the operations of a later version."""
    named = [operation for operation in PERMISSIONS if fnmatchcase(operation, scope)]
    is_within = all(any(fnmatchcase(operation, one) for one in own) for operation in named)
    return is_within and any(_is_wider(one, scope) for one in own)


def _is_wider(own: str, scope: str) -> bool:
    # Where a pattern's only sign is *, it matches another pattern, read as a name, only if it is as wide.
    is_simple = not set("?[") & set(own) or not set("*?[") & set(scope)
    return own == scope or (is_simple and fnmatchcase(scope, own))
