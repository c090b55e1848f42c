"""The envelope of an encrypted value: AES-256-GCM, bound to the place where it is stored.

``$sealed$1$<id of the key>$<nonce, ciphertext and tag in base64url>``. Workspace, table, column and row are
authenticated with it, so a value that is moved elsewhere does not open. Knows no table.
"""

import base64
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from triage.encryption_keys import Keyring
from triage.errors import SealError

__all__ = ["ID_CHARS", "MARK", "PREFIX", "Place", "looks_sealed", "open_sealed", "seal"]

MARK = "$sealed$"
PREFIX = MARK + "1$"
ID_CHARS = 8
NONCE_BYTES = 12
"""96 bits, as NIST SP 800-38D says of random nonces."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: what it is bound to."""

    workspace: str
    table: str
    column: str
    row: tuple[str, ...]

    @property
    def bound(self) -> bytes:
        """As the bytes that are authenticated: each part after its length, so no two places have the same."""
        parts = (self.workspace, self.table, self.column, *self.row)
        return "".join([f"{len(part)}:{part}" for part in parts]).encode()


def looks_sealed(value: object) -> bool:
    """Tell whether a stored value is an envelope; of text that people wrote such is always sealed."""
    return isinstance(value, str) and value.startswith(MARK)


def seal(keyring: Keyring, text: str, place: Place) -> str:
    """Encrypt a text for its place, with the first key."""
    key_id, nonce = keyring.sealing_id(), os.urandom(NONCE_BYTES)
    cipher = keyring.cipher(key_id, place.workspace, place.table)
    sealed = cipher.encrypt(nonce, text.encode(), place.bound)
    return f"{PREFIX}{key_id}${base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_sealed(keyring: Keyring, value: str, place: Place) -> str:
    """Return what was sealed.

    Raises
    ------
    SealError
        If its key is not here, its form is unknown, or it is not what was sealed for this place.
    """
    key_id, _, coded = value.removeprefix(PREFIX).partition("$")
    if not value.startswith(PREFIX) or len(key_id) != ID_CHARS:
        raise SealError(
            f"Got an encrypted {place.table}.{place.column} in a form that is not known here; expected "
            f"{PREFIX}KEY$.... Update triage, or restore a backup."
        )
    cipher = keyring.cipher(key_id, place.workspace, place.table)
    try:
        raw = base64.b64decode(coded, altchars=b"-_", validate=True)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.bound).decode()
    except (InvalidTag, ValueError):
        raise SealError(
            f"Got an encrypted {place.table}.{place.column} that key {key_id} does not open; expected what "
            "was stored there, in that row and workspace. It was changed or moved: restore a backup."
        ) from None
