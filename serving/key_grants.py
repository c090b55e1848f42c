"""What a caller may give to a key that they make or replace: nothing that they do not have themselves."""

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from serving.caller import Caller
from serving.roles import PERMISSIONS
from triage.errors import ForbiddenError

__all__ = ["demand_grant", "demand_no_limit", "demand_no_longer", "demand_whole_workspace"]


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


def demand_no_longer(caller: Caller, expires_at: datetime | None) -> None:
    """See to it that a key ends no later than the key that asks for it; people are not held to that.

    Parameters
    ----------
    caller : Caller
        Who would get its token.
    expires_at : datetime or None
        When it ends by itself; None: never.

    Raises
    ------
    ForbiddenError
        If it would go on after the caller's own key, and whoever holds its token with it.
    """
    if caller.expires_at is None or (expires_at is not None and expires_at <= caller.expires_at):
        return
    given = "that never ends" if expires_at is None else f"that ends at {expires_at:%Y-%m-%dT%H:%M:%SZ}"
    raise ForbiddenError(
        f"Got a key {given}; expected one that ends by {caller.expires_at:%Y-%m-%dT%H:%M:%SZ}, when the key "
        "that asks for it ends: give that, or less, as expires_at. A key that goes on longer, a person who "
        "is signed in, or `triage keys` on the machine can make or rotate one that does."
    )


def demand_no_limit(caller: Caller, replaced: str | None = None) -> None:
    """See to it that a key with a limit a minute gets no other key, which would have a limit of its own.

    Parameters
    ----------
    caller : Caller
        Who would get its token.
    replaced : str, optional
        Id of the key whose place the new one takes: a limited key may be replaced by itself.

    Raises
    ------
    ForbiddenError
        If the caller's key is limited, and is not the one to be replaced.
    """
    if caller.per_minute is None or replaced == caller.identity:
        return
    raise ForbiddenError(
        f"Got a caller whose key may ask {caller.per_minute} times a minute; expected one without a limit, "
        "since each key counts by itself. A key without one, a person who is signed in, or `triage keys` on "
        "the machine can do it; a limited key may rotate itself."
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
