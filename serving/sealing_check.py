"""Whether what should be encrypted is, and whether the keys here open it; for ``triage doctor``."""

import os

from serving.check import Check, failed, ok, warn
from serving.settings import Settings
from triage.encryption_keys import Keyring
from triage.store import Store
from triage.store.sealer import Sealer
from triage.store.sealing_keys import check_keys
from triage.store.sealing_pass import Sealed, look_at_sealed, sealed_against_will

__all__ = ["sealing_check"]

NAME = "encryption"
UNSEAL = (
    "Where TRIAGE_ENCRYPT=texts is meant, set it for every server, worker and command, then run `triage "
    "store seal`; else `triage store unseal` puts the rest into the clear. Both may while servers run."
)
SEAL = "Run `triage store seal`; it may while servers run."


def sealing_check(store: Store, settings: Settings) -> Check:
    """Look at keys and encrypted columns; makes no key.

    Parameters
    ----------
    store : Store
        Up to date.
    settings : Settings
        Where the keys are.
    """
    store.sealer = Sealer.from_environment(os.environ | {"TRIAGE_HOME": str(settings.home)})
    keyring, columns = store.sealer.keyring, look_at_sealed(store)
    lacking = sorted(_used(columns) - set(keyring.ids))
    if lacking:
        found = f"{_count(columns, lacking)} values are encrypted with {', '.join(lacking)}, not here."
        remedy = f"Put that key into {keyring.place}, after the others; or restore a backup of before."
        return failed(NAME, found, remedy)
    check_keys(store)
    return (
        _readable(keyring)
        or _in_the_clear(columns)
        or _against_will(store, columns)
        or _older(keyring, columns)
        or _fine(keyring, columns)
    )


def _readable(keyring: Keyring) -> Check | None:
    path = keyring.path
    if path is not None and path.exists() and path.stat().st_mode & 0o077:
        return warn(NAME, f"{path} can be read by others.", f"chmod 600 {path}")
    return None


def _in_the_clear(columns: list[Sealed]) -> Check | None:
    clear = [one for one in columns if one.is_due and one.clear]
    if not clear:
        return None
    told = ", ".join(f"{one.clear:,} of {one.column}" for one in clear)
    return warn(NAME, f"In the clear, though they should be encrypted: {told}.", SEAL)


def _against_will(store: Store, columns: list[Sealed]) -> Check | None:
    """Tell what is encrypted though nobody asks for it: half way back, or begun without the variable."""
    sealed, clear = sealed_against_will(store), {one.column: one.clear for one in columns}
    if not sealed:
        return None
    told = ", ".join(f"{count:,} of {name} ({clear[name]:,} in the clear)" for name, count in sealed.items())
    return warn(NAME, f"Encrypted, though $TRIAGE_ENCRYPT does not ask for it: {told}.", UNSEAL)


def _older(keyring: Keyring, columns: list[Sealed]) -> Check | None:
    older = sorted(_used(columns) - set(keyring.ids[:1]))
    if not older:
        return None
    return warn(NAME, f"{_count(columns, older)} values are still encrypted with {', '.join(older)}.", SEAL)


def _fine(keyring: Keyring, columns: list[Sealed]) -> Check:
    texts = "" if all(one.is_due for one in columns) else " Texts of tickets are not ($TRIAGE_ENCRYPT)."
    used = _used(columns)
    if not used:
        return ok(NAME, f"There is nothing to encrypt yet.{texts}")
    return ok(NAME, f"Key {keyring.ids[0]} opens all {_count(columns, used)} encrypted values.{texts}")


def _used(columns: list[Sealed]) -> set[str]:
    return {key for one in columns for key in one.by_key}


def _count(columns: list[Sealed], keys: set[str] | list[str]) -> str:
    return f"{sum(one.by_key.get(key, 0) for one in columns for key in keys):,}"
