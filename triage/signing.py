"""The key that signs bundles: a model file is code, so only what this key signed is ever loaded."""

import hashlib
import hmac
import os
from collections.abc import Mapping

from triage.errors import ConfigurationError
from triage.home import home_folder
from triage.key_file import KEY_BYTES, make_key_file

__all__ = ["sign", "signing_key", "verify"]


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
        make_key_file(path)
    return _parse(path.read_text("ascii", "replace"), str(path))


def sign(key: bytes, content: bytes) -> str:
    """Return the HMAC-SHA256 of the content in hex (RFC 2104)."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def verify(key: bytes, content: bytes, signature: str) -> bool:
    """Return whether the signature is the content's, compared in constant time."""
    return hmac.compare_digest(sign(key, content).encode(), signature.encode("ascii", "replace"))


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
