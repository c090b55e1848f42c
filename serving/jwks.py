"""The public keys of an identity provider: from a file, or from the one address that the operator named.

Redirects are not followed, what comes is bounded, and an unknown key id makes it ask again at most once a
minute: tokens cannot make the server call around.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.errors import UnavailableError

if TYPE_CHECKING:
    from jwt import PyJWK

__all__ = ["KeySet"]

GOOD_FOR_S = 600.0
ASKED_EVERY_S = 60.0
TIMEOUT_S = 5.0
MOST_BYTES = 1 << 20


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none: the next address would be somebody else's choice."""


class KeySet:
    """Public keys by key id.

    Parameters
    ----------
    place : str
        A file or an address.
    clock : callable, default=time.monotonic
        Seconds.
    """

    def __init__(self, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.place = place
        self._clock = clock
        self._keys: Mapping[str, PyJWK] = {}
        self._read_at: float | None = None
        self._turn = threading.Lock()

    def find(self, key_id: str | None) -> "PyJWK | None":
        """Return the key of an id, the only one where a token names none; None when there is none.

        Raises
        ------
        UnavailableError
            If the keys were never read and cannot be read now.
        """
        with self._turn:
            age = None if self._read_at is None else self._clock() - self._read_at
            found = self._choose(key_id)
            if age is None or age > GOOD_FOR_S or (found is None and age > ASKED_EVERY_S):
                self._read()
                found = self._choose(key_id)
            return found

    def _choose(self, key_id: str | None) -> "PyJWK | None":
        if key_id is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(key_id)

    def _read(self) -> None:
        from jwt import PyJWKSet
        from jwt.exceptions import PyJWTError

        try:
            told = json.loads(self._fetch())
            keys = PyJWKSet.from_dict(told).keys
        except (OSError, ValueError, TypeError, AttributeError, PyJWTError) as error:
            if not self._keys:
                raise UnavailableError(
                    f"Got no public keys of the identity provider ({type(error).__name__}); expected a JWKS "
                    "document at TRIAGE_OIDC_JWKS. Try again, or look there."
                ) from None
            # Those that are known go on; ask again in a minute, not at each request.
            self._read_at = self._clock() - GOOD_FOR_S + ASKED_EVERY_S
            return
        public = [one for one in keys if one.key_type in ("RSA", "EC", "OKP")]
        self._keys = {str(one.key_id): one for one in public}
        self._read_at = self._clock()

    def _fetch(self) -> bytes:
        if "://" not in self.place:
            with Path(self.place).open("rb") as file:
                return file.read(MOST_BYTES)
        opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
        with opener.open(self.place, timeout=TIMEOUT_S) as answer:
            return bytes(answer.read(MOST_BYTES))
