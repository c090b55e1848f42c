"""The keys that encrypt what the store must not hold in the clear: the first one seals, all of them open.

They are in no backup. Encrypts nothing itself: that is :mod:`triage.sealing`'s.
"""

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triage.errors import ConfigurationError, SealError
from triage.home import home_folder
from triage.key_file import KEY_BYTES, make_key_file, put_key_first

__all__ = ["CREDENTIAL", "FILE", "VARIABLE", "Keyring"]

VARIABLE = "TRIAGE_ENCRYPTION_KEY"
CREDENTIAL = "triage-encryption-key"
FILE = "encryption.key"
ID_BYTES = 4


class Keyring:
    """The keys of an installation, by id.

    Taken from ``$TRIAGE_ENCRYPTION_KEY`` (hex, several by comma), else from the systemd credential
    ``triage-encryption-key``, else from the home folder's ``encryption.key``, one a line, which is made when
    something is sealed for the first time. A file is read anew when it changed, so that a running server
    seals with a new key at once.

    Parameters
    ----------
    environ : Mapping or None, default=None
        None: ``os.environ``.

    Raises
    ------
    ConfigurationError
        If a key is not at least 32 bytes of hex digits.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        given = os.environ if environ is None else environ
        self.path: Path | None = None
        self._may_make = False
        self._before_first: Callable[[], None] = lambda: None
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, bytes] = {}
        if (value := given.get(VARIABLE)) is not None:
            self.place = self._called = f"${VARIABLE}"
            self._keys = _parse(value.split(","), self.place)
            return
        folder = given.get("CREDENTIALS_DIRECTORY")
        if folder is not None and (Path(folder) / CREDENTIAL).exists():
            self.path, self._called = Path(folder) / CREDENTIAL, f"the systemd credential {CREDENTIAL}"
        else:
            self.path, self._may_make = home_folder(environ) / FILE, True
            self._called = f"{FILE} of the home folder"
        self.place = str(self.path)
        self._look()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the one that seals first; eight hex digits each, and no secret."""
        self._look()
        return tuple(self._keys)

    @property
    def called(self) -> str:
        """Where the keys are, in words that name no folder."""
        return self._called

    @property
    def may_add(self) -> bool:
        """Whether :meth:`add` can: what comes from outside is for whoever gives it to change."""
        return self._may_make

    def ask_before_first(self, question: Callable[[], None]) -> None:
        """Have something called before a first key is made where there is none; it raises to forbid that."""
        self._before_first = question

    def add(self) -> str:
        """Make a new key, which seals from now on; return its id. The others go on to open.

        Raises
        ------
        ConfigurationError
            If the keys are not in a file of the home folder.
        SealError
            If it would be the first one here, and the store needs another.
        """
        if not self.may_add or self.path is None:
            raise ConfigurationError(
                f"Got keys in {self.place}, which triage does not write; expected you to put a new one first "
                "there, on every machine, and then `triage store seal`."
            )
        if not self.ids:
            self._before_first()
        if self.path.exists():
            put_key_first(self.path)
        else:
            make_key_file(self.path)
        return self.ids[0]

    def sealing_id(self) -> str:
        """Return the id of the key that seals; the first time it is made.

        Raises
        ------
        SealError
            If the file cannot be read or made, or what is stored needs another key than a new one.
        """
        self._look()
        if not self._keys and self._may_make and self.path is not None:
            self._before_first()
            try:
                make_key_file(self.path)
            except OSError as error:
                raise SealError(
                    f"Got {self.place}, which cannot be made ({type(error).__name__}); expected a home "
                    f"folder that this user may write to, or a key in ${VARIABLE}."
                ) from None
            self._look()
        return next(iter(self._keys))

    def cipher(self, key_id: str, workspace: str, table: str) -> AESGCM:
        """Return AES-256-GCM with the data key of a workspace's table.

        Raises
        ------
        SealError
            If no key of that id is here.
        """
        if key_id not in self._keys:
            self._look()
        key = self._keys.get(key_id)
        if key is None:
            here = ", ".join(self._keys) or "none"
            # Callers of the API read this: it names no folder.
            raise SealError(
                f"Got something encrypted with key {key_id}; expected that key in {self._called} (keys "
                f"there: {here}). Put it back, after the others, or restore a backup of before; without it "
                "what it encrypted cannot be read."
            )
        return _cipher(key, workspace, table)

    def _look(self) -> None:
        if self.path is None:
            return
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return  # Not made yet; one that was read and went away goes on to be known.
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        if stamp == self._stamp:
            return
        try:
            keys = _parse(self.path.read_text("ascii", "replace").splitlines(), self.place)
        except ConfigurationError:
            if not self._keys:
                raise
            return  # Half written by hand: what runs goes on with the keys that it knows.
        except OSError as error:
            if self._keys:
                return
            raise SealError(
                f"Got {self.place}, which cannot be read ({type(error).__name__}); expected a "
                "file that this user may read."
            ) from None
        self._keys = keys
        self._stamp = stamp


@lru_cache(maxsize=4096)
def _cipher(key: bytes, workspace: str, table: str) -> AESGCM:
    # A key of its own for each table of a workspace: random nonces are safe for some 2**32 values of one key.
    return AESGCM(_derive(key, b"triage data key\n" + workspace.encode() + b"\n" + table.encode(), KEY_BYTES))


def _derive(key: bytes, purpose: bytes, size: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=purpose).derive(key)


def _parse(given: list[str], where: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for one in filter(None, (line.strip() for line in given)):
        try:
            key = bytes.fromhex(one)
        except ValueError:
            key = b""
        if len(key) < KEY_BYTES:
            raise ConfigurationError(
                f"Got an encryption key in {where} that is not {KEY_BYTES} bytes or more of hex digits; "
                'make one with: python -c "import secrets; print(secrets.token_hex(32))"'
            )
        keys.setdefault(_derive(key, b"triage key id", ID_BYTES).hex(), key)
    if not keys:
        raise ConfigurationError(
            f"Got no encryption key in {where}; expected {KEY_BYTES} bytes or more of hex digits, several by "
            "comma or line."
        )
    return keys
