"""Files that only whoever has the signing key can have written: a signature, then the bytes."""

import secrets
from contextlib import suppress
from pathlib import Path

from triage.signing import sign, verify

__all__ = ["read_signed", "write_signed"]

SIGNATURE_BYTES = 64


def read_signed(path: Path, key: bytes) -> bytes | None:
    """Return what a file holds; None if it is not there, not whole, not ours or under another's name."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    signature, body = content[:SIGNATURE_BYTES], content[SIGNATURE_BYTES:]
    return body if verify(key, path.name.encode() + body, signature.decode("ascii", "replace")) else None


def write_signed(path: Path, key: bytes, body: bytes) -> None:
    """Write a file for its owner alone, whole or not at all; makes its folder.

    Raises
    ------
    OSError
        If there is no room, or no permission.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(sign(key, path.name.encode() + body).encode() + body)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
