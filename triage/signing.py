"""The key that signs bundles: a model file is code, so only what this key signed is ever loaded."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from triage.errors import ConfigurationError
from triage.home import home_folder

__all__ = ["sign", "signing_key", "verify"]

KEY_BYTES = 32


def signing_key(environ: Mapping[str, str] | None = None) -> bytes:
    """Return the signing key: ``$TRIAGE_SIGNING_KEY`` (hex), else the home folder's ``signing.key``.

    The file is made on first use, readable by its owner alone. Every machine that loads a bundle
    needs the key of the machine that trained it.

    Raises
    ------
    ConfigurationError
        If the key is not at least 32 bytes of hex digits.
    """
    given = (os.environ if environ is None else environ).get("TRIAGE_SIGNING_KEY")
    if given is not None:
        return _parse(given, "$TRIAGE_SIGNING_KEY")
    path = home_folder(environ) / "signing.key"
    if not path.exists():
        _create(path)
    return _parse(path.read_text("ascii", "replace"), str(path))


def sign(key: bytes, content: bytes) -> str:
    """Return the HMAC-SHA256 of the content in hex (RFC 2104)."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def verify(key: bytes, content: bytes, signature: str) -> bool:
    """Return whether the signature is the content's, compared in constant time."""
    return hmac.compare_digest(sign(key, content).encode(), signature.encode("ascii", "replace"))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # Two processes may race: the first link wins, the other reads it.
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _parse(given: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(given.strip())
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise ConfigurationError(
            f"Got a signing key in {where} that is not {KEY_BYTES} bytes or more of hex digits; "
            'make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return key
