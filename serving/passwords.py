"""Passwords: argon2id with the parameters that RFC 9106 recommends for little memory, two at a time.

The library (argon2-cffi) writes the parameters into each digest, so that they can be raised later; a digest
with older ones is written anew at the next sign-in.
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from triage.errors import InputError, TooManyRequestsError

__all__ = ["LEAST_CHARACTERS", "Passwords"]

LEAST_CHARACTERS, MOST_CHARACTERS = 12, 1_000
AT_ONCE = 2
"""Each takes 64 MiB and about 0.4 s (measured on two cores); more at once would starve decisions."""
PATIENCE_S = 3.0
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$kU7FDF2lw2JRSqsm2MSFQA$OMSKDfy/gwaEwLPahMWXgXTSFCijsjpoVeMyYiOxPqs"
"""Digest of a random password that nobody kept: what an unknown name is compared with, to take as long."""


class Passwords:
    """Makes and checks digests of passwords.

    Parameters
    ----------
    hasher : PasswordHasher, optional
        By default argon2id with 64 MiB, 3 passes, 4 lanes (RFC 9106, section 4, second choice).
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def digest(self, password: str, name: str) -> str:
        """Return the digest of a new password.

        Raises
        ------
        InputError
            If it is shorter than 12 characters, longer than 1,000, or holds the person's name.
        """
        if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise InputError(
                f"Got a password of {len(password)} characters; expected {LEAST_CHARACTERS} to "
                f"{MOST_CHARACTERS:,}. Several words make a good one."
            )
        if name.casefold() in password.casefold() or len(set(password)) < 5:
            raise InputError("Got a password that is easily guessed; expected neither the name nor repeats.")
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def is_right(self, digest: str | None, password: str) -> bool:
        """Tell whether a password is the one of a digest; takes as long where there is no digest.

        Raises
        ------
        TooManyRequestsError
            If others are being checked and none of them ends within three seconds.
        """
        if not self._places.acquire(timeout=PATIENCE_S):
            raise TooManyRequestsError(
                "Got a sign-in while others are being checked; expected a little patience. Try again.", 2
            )
        try:
            given = password[:MOST_CHARACTERS].encode("utf-8", "surrogatepass")
            return self._hasher.verify(digest or NOBODYS, given) and digest is not None
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._places.release()

    def is_outdated(self, digest: str) -> bool:
        """Tell whether a digest was made with parameters that are no longer those of today."""
        return self._hasher.check_needs_rehash(digest)
