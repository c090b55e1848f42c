"""How tokens of an identity provider are read: set by the operator, never by a token."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from serving.roles import Role
from triage.errors import ConfigurationError

__all__ = ["ALGORITHMS", "NAMES", "OidcSettings"]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key. HMAC is not among them: a public key must never be taken for a shared one."""
NAMES = (
    "ISSUER",
    "AUDIENCE",
    "JWKS",
    "ALGORITHMS",
    "LEEWAY_SECONDS",
    "NAME_CLAIM",
    "ROLE_CLAIM",
    "ROLES",
    "WORKSPACE_CLAIM",
    "WORKSPACE",
    "TEAMS_CLAIM",
)
MOST_LEEWAY_S = 60


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One identity provider.

    Parameters
    ----------
    issuer, audience : str
        What ``iss`` and ``aud`` must be.
    jwks : str
        Its public keys: a file, or an address (https, or http on this machine). The only address that is
        ever asked.
    roles : Mapping of str to Role
        Role by value of the role claim; who has none of them is refused. Of several, the first named here.
    algorithms : tuple of str, default=("RS256", "ES256")
        Signatures that are accepted.
    leeway_s : int, default=30
        Seconds that clocks may differ, at most 60.
    name_claim : str, default="sub"
        Who it is.
    role_claim : str, default="roles"
        Text or list; dots go into objects (``realm_access.roles``).
    workspace_claim : str or None, default=None
        Names the workspace; None: ``workspace`` is everybody's.
    workspace : str or None, default=None
        See there.
    teams_claim : str or None, default=None
        Teams whose tickets they reach; None: all.
    """

    issuer: str
    audience: str
    jwks: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    leeway_s: int = 30
    name_claim: str = "sub"
    role_claim: str = "roles"
    workspace_claim: str | None = None
    workspace: str | None = None
    teams_claim: str | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "OidcSettings | None":
        """Read ``$TRIAGE_OIDC_*``; None where no issuer is set.

        Raises
        ------
        ConfigurationError
            If one is missing or has a wrong value; names the variable.
        """
        given = {name: environ[f"TRIAGE_OIDC_{name}"] for name in NAMES if f"TRIAGE_OIDC_{name}" in environ}
        if not given:
            return None
        for name in ("ISSUER", "AUDIENCE", "JWKS", "ROLES"):
            if not given.get(name):
                raise ConfigurationError(f"Got no TRIAGE_OIDC_{name}; expected it beside the other settings.")
        if ("WORKSPACE" in given) == ("WORKSPACE_CLAIM" in given):
            raise ConfigurationError(
                "Got both or neither of TRIAGE_OIDC_WORKSPACE and TRIAGE_OIDC_WORKSPACE_CLAIM; "
                "expected exactly one of them."
            )
        return cls(
            issuer=given["ISSUER"],
            audience=given["AUDIENCE"],
            jwks=_place(given["JWKS"]),
            roles=_roles(given["ROLES"]),
            algorithms=_algorithms(given.get("ALGORITHMS", "RS256,ES256")),
            leeway_s=_leeway(given.get("LEEWAY_SECONDS", "30")),
            name_claim=given.get("NAME_CLAIM", "sub"),
            role_claim=given.get("ROLE_CLAIM", "roles"),
            workspace_claim=given.get("WORKSPACE_CLAIM"),
            workspace=given.get("WORKSPACE"),
            teams_claim=given.get("TEAMS_CLAIM"),
        )


def _place(given: str) -> str:
    parts = urlsplit(given)
    if not parts.scheme:
        return given
    if parts.scheme == "https" and parts.hostname and not parts.username:
        return given
    if parts.scheme == "http" and _is_here(parts.hostname or ""):
        return given
    raise ConfigurationError(
        f"Got TRIAGE_OIDC_JWKS={given!r}; expected a file, an https address, or http on this machine."
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _roles(given: str) -> dict[str, Role]:
    known = {role.value: role for role in Role}
    roles: dict[str, Role] = {}
    for pair in given.split(","):
        value, found, role = (part.strip() for part in pair.rpartition("="))
        if not (value and found and role in known):
            raise ConfigurationError(
                f"Got {pair!r} in TRIAGE_OIDC_ROLES; expected VALUE=ROLE by comma, with roles of "
                f"{', '.join(known)}: helpdesk-admins=admin,helpdesk=agent."
            )
        roles[value] = known[role]
    return roles


def _algorithms(given: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in given.split(","))
    if not all(name in ALGORITHMS for name in names):
        raise ConfigurationError(
            f"Got TRIAGE_OIDC_ALGORITHMS={given!r}; expected some of {', '.join(ALGORITHMS)}."
        )
    return names


def _leeway(given: str) -> int:
    if not given.isdigit() or int(given) > MOST_LEEWAY_S:
        raise ConfigurationError(
            f"Got TRIAGE_OIDC_LEEWAY_SECONDS={given!r}; expected a whole number from 0 to {MOST_LEEWAY_S}."
        )
    return int(given)
