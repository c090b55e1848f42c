"""Tokens of an identity provider (OpenID Connect): who holds one, as what, in which workspace.

Checks signature, algorithm, issuer, audience and times, as RFC 8725 (JWT best practices) asks. What a
header offers besides (``jku``, ``x5u``, ``jwk``, ``crit``) is refused unread.
"""

from collections.abc import Mapping
from typing import Any

from serving.api_keys import check_workspace
from serving.caller import Caller
from serving.jwks import KeySet
from serving.oidc_settings import OidcSettings
from serving.roles import Role
from triage.errors import ForbiddenError, InputError, UnauthenticatedError
from triage.store import Store
from triage.store.users import users_named

__all__ = ["TokenReader", "looks_like_token"]

MOST_CHARACTERS = 16_384
HEADER = {"alg", "kid", "typ"}
TYPES = {"JWT", "AT+JWT", "APPLICATION/AT+JWT"}
REFUSED = (
    "Got a token that opens nothing here; expected one that the identity provider signed for this server and "
    "that is not over. Sign in there again."
)


def looks_like_token(text: str) -> bool:
    """Tell whether this has the form of a signed token: three parts between dots."""
    return text.count(".", 0, MOST_CHARACTERS + 1) == 2


class TokenReader:
    """Reads tokens of one provider.

    Parameters
    ----------
    settings : OidcSettings
        What they must say.
    keys : KeySet, optional
        Its public keys; by default those of the settings.
    """

    def __init__(self, settings: OidcSettings, keys: KeySet | None = None) -> None:
        self.settings = settings
        self._keys = keys or KeySet(settings.jwks)

    def read(self, store: Store, token: str) -> Caller:
        """Say who holds a token.

        Parameters
        ----------
        store : Store
            Knows who was disabled here.
        token : str
            As it came.

        Raises
        ------
        UnauthenticatedError
            If anything about it is wrong; the message is the same for all.
        ForbiddenError
            If it is good but gives no role or workspace here.
        """
        claims = self._verified(token)
        name = _claim(claims, self.settings.name_claim)
        if not isinstance(name, str) or not 1 <= len(name) <= 320 or not name.isprintable():
            raise UnauthenticatedError(REFUSED)
        workspace = self._workspace(claims)
        known = [one for one in users_named(store, name) if one.workspace == workspace]
        if any(one.disabled_at is not None for one in known):
            raise UnauthenticatedError(REFUSED)
        agent = next((one.agent for one in known), None)
        teams = self._teams(claims)
        return Caller("oidc", name, name, workspace, self._role(claims), teams=teams, agent=agent)

    def _verified(self, token: str) -> Mapping[str, Any]:
        import jwt  # A seventh of a second, which most servers never need.
        from jwt.exceptions import PyJWTError

        if len(token) > MOST_CHARACTERS or not token.isascii():
            raise UnauthenticatedError(REFUSED)
        try:
            header = jwt.get_unverified_header(token)
            kind = str(header.get("typ", "JWT")).upper()
            if set(header) - HEADER or kind not in TYPES or header.get("alg") not in self.settings.algorithms:
                raise UnauthenticatedError(REFUSED)
            key = self._keys.find(header.get("kid"))
            if key is None:
                raise UnauthenticatedError(REFUSED)
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(self.settings.algorithms),
                issuer=self.settings.issuer,
                audience=self.settings.audience,
                leeway=self.settings.leeway_s,
                options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": False},
            )
        except (PyJWTError, ValueError, TypeError, RecursionError):
            raise UnauthenticatedError(REFUSED) from None
        return claims

    def _role(self, claims: Mapping[str, Any]) -> Role:
        told = _claim(claims, self.settings.role_claim)
        values = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
        for value, role in self.settings.roles.items():
            if value in values or value == told:
                return role
        raise ForbiddenError(
            f"Got a token without a role here; expected one of {', '.join(self.settings.roles)} in its claim "
            f"{self.settings.role_claim!r}. Whoever runs the identity provider can give it."
        )

    def _workspace(self, claims: Mapping[str, Any]) -> str:
        if self.settings.workspace_claim is None:
            return self.settings.workspace or "default"
        told = _claim(claims, self.settings.workspace_claim)
        try:
            check_workspace(told if isinstance(told, str) else "")
        except InputError:
            raise ForbiddenError(
                f"Got a token without a workspace; expected a plain name in its claim "
                f"{self.settings.workspace_claim!r}. Whoever runs the identity provider can give it."
            ) from None
        return str(told)

    def _teams(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        if self.settings.teams_claim is None:
            return None
        told = _claim(claims, self.settings.teams_claim)
        values = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        return frozenset(str(value) for value in values)


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    if path in claims:  # A claim may have dots in its name, as those that are addresses do.
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
