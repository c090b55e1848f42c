"""The door: who comes in with what they carry, how often they may be wrong, and what is noted of it."""

import hashlib
import logging
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from functools import partial

from serving.api_keys import caller_of, key_named, key_of
from serving.caller import Caller
from serving.key_limits import KeyLimits
from serving.key_uses import KeyUses
from serving.lockout import Lockout
from serving.oidc import TokenReader, looks_like_token
from serving.passwords import Passwords
from serving.people import caller_of_user, let_in
from triage.audit import AuditEntry
from triage.errors import UnauthenticatedError
from triage.store import Store
from triage.store.audit import AuditLog
from triage.store.users import User

__all__ = ["Door"]

MOST_KNOWN = 10_000

log = logging.getLogger("triage.door")


class Door:
    """Lets callers in.

    Parameters
    ----------
    store : Store
        Knows keys and people.
    tokens : TokenReader or None, default=None
        Reads tokens of an identity provider; None: there is none.
    lockout : Lockout, optional
        Counts wrong tries by address.
    passwords : Passwords, optional
        Checks passwords.
    audit : AuditLog or None, default=None
        Where wrong passwords of known people, and what locks, are told.
    limits : KeyLimits, optional
        Counts what limited keys ask for.
    """

    def __init__(
        self,
        store: Store,
        tokens: TokenReader | None = None,
        lockout: Lockout | None = None,
        passwords: Passwords | None = None,
        audit: AuditLog | None = None,
        limits: KeyLimits | None = None,
    ) -> None:
        self._store = store
        self._audit = audit
        self._tokens = tokens
        self._lockout = lockout or Lockout()
        self.passwords = passwords or Passwords()
        self.uses = KeyUses(store)
        self._limits = limits or KeyLimits()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._turn = threading.Lock()

    def admit(self, carried: str | None, address: str) -> Caller:
        """Say who carries a key or a token.

        Parameters
        ----------
        carried : str or None
            What stands in the Authorization header after ``Bearer``; None: nothing.
        address : str
            Where it came from.

        Raises
        ------
        UnauthenticatedError
            If it opens nothing.
        TooManyRequestsError
            If too many wrong ones came from there. What was let in before is no guess and goes on: many
            callers may share the address of a proxy with the one who guesses.
        """
        place = self._place(address, carried)
        known = hashlib.sha256((carried or "").encode("utf-8", "replace")).hexdigest()
        if known not in self._known:
            self._lockout.check(place)
            self._lockout.check(address)
        try:
            caller = self._admit(carried or "")
        except UnauthenticatedError:
            if carried and self._note_wrong(place, address):
                self._tell_lockout(carried, address)
            raise
        self._lockout.note_right(place)
        self._lockout.note_right(address)
        with self._turn:
            self._known[known] = None
            self._known.move_to_end(known)
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return caller

    def expect_within_limit(self, caller: Caller) -> None:
        """Count a request of a caller whose key is limited.

        Raises
        ------
        OverLimitError
            If it may not ask just now.
        """
        if caller.per_minute is not None:
            self._limits.take(caller.identity, caller.per_minute)

    def charge(self, caller: Caller, more: int) -> None:
        """Count so many requests more: of one that was let through and holds several tickets."""
        if caller.per_minute is not None:
            self._limits.charge(caller.identity, caller.per_minute, more)

    def admit_person(self, name: str, password: str, workspace: str | None, address: str) -> Caller:
        """Say who signs in with a name and a password.

        Raises
        ------
        UnauthenticatedError
            If they open nothing, or this person has to wait after ten wrong ones.
        TooManyRequestsError
            If too many wrong ones came from there, for this name or for any, whether there is such a person
            or not.
        """
        origin = address
        # Counted apart from keys: who forgets a password keeps no program out.
        address = f"sign-in {address}"
        place = f"{address} {name[:100]}"
        self._lockout.check(place)
        self._lockout.check(address)
        try:
            note = partial(self._tell_wrong, address=origin)
            user = let_in(self._store, self.passwords, name, password, workspace, note)
        except UnauthenticatedError:
            self._note_wrong(place, address)
            raise
        # Not the address: else whoever has one password could try one after the other at all other people.
        self._lockout.note_right(place)
        return caller_of_user(user)

    def _admit(self, carried: str) -> Caller:
        if self._tokens is not None and looks_like_token(carried):
            return self._tokens.read(self._store, carried)
        key = key_of(self._store, carried)
        self.uses.note(key.key_id, key.last_used_at)
        return caller_of(key)

    def _note_wrong(self, place: str, address: str) -> bool:
        # The address is counted as well, for whoever tries one id after the other.
        is_locked = any([self._lockout.note_wrong(place), self._lockout.note_wrong(address)])
        if is_locked:
            log.warning("too many wrong keys or passwords from %s: it has to wait", address)
        return is_locked

    def _tell_wrong(self, user: User, is_locking: bool, address: str) -> None:
        actor = caller_of_user(user)
        self._tell(actor, "fail_sign_in", "session", address)
        if is_locking:
            self._tell(actor, "lock_out", f"user/{user.name}", address)

    def _tell_lockout(self, carried: str, address: str) -> None:
        # An id that no key has is of no workspace: that address stands in the server's log alone.
        key = key_named(self._store, carried)
        if key is not None:
            self._tell(caller_of(key), "lock_out", f"key/{key.key_id}", address)

    def _tell(self, caller: Caller, action: str, object: str, address: str) -> None:
        if self._audit is None:
            return
        entry = AuditEntry(
            at=datetime.now(UTC),
            actor=caller.actor[:330],
            role=caller.role.value,
            action=action,
            object=object,
            address=address[:64],
        )
        self._audit.record(caller.workspace, [entry])

    def _place(self, address: str, carried: str | None) -> str:
        return f"{address} {(carried or '')[:20]}"
