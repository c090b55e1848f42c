"""What is wrong with an installation that runs: encryption, clock, audit log, backups, what waits, drift.

Each check reads the store as it stands and changes nothing. A store that is not up to date is not looked at.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from serving.check import Check, failed, guarded, ok, warn
from serving.drift_watch import drift_of
from serving.retention_check import retention_check
from serving.sealing_check import sealing_check
from serving.settings import Settings
from triage.audit import Anchor
from triage.bundle import read_manifest
from triage.errors import TriageError
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store, open_store
from triage.store.access_tables import audit_log
from triage.store.audit import AuditLog
from triage.store.scope import Across
from triage.store.waiting import count_waiting
from triage.store.worker_slots import count_workers

__all__ = ["running_checks"]

CLOCKS_APART = timedelta(seconds=5)
BACKUP_OLD = timedelta(days=7)
ANCHOR_OLD = timedelta(hours=3)
"""A server writes one an hour."""
QUEUED_LONG = timedelta(minutes=10)
STANDS_STILL = timedelta(hours=1)
DUE_LONG = timedelta(hours=1)


def running_checks(settings: Settings) -> list[Check]:
    """Look at what an installation does while it runs.

    Parameters
    ----------
    settings : Settings
        Where its store, models and anchors are.
    """
    return list(_checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    store = open_store(settings.store_url, migrate=False)
    try:
        if store.revision() != store.newest_revision():
            return
        yield guarded("encryption", lambda: sealing_check(store, settings))
        yield guarded("clock", lambda: _clock(store))
        key = _key(settings)
        if key is not None:
            yield guarded("audit log", lambda: _audit(AuditLog(store, key), settings.audit_anchor))
        yield guarded("backup", lambda: _backup(store))
        yield guarded("queue", lambda: _queue(store))
        yield guarded("retention", lambda: retention_check(store))
        if key is not None:
            yield from _drift(Registry(settings.models), store, key)
    except (OSError, DBAPIError):
        return  # The check of the store tells.
    finally:
        store.close()


def _key(settings: Settings) -> bytes | None:
    """Return the signing key where there is one; the check of the key tells where there is none."""
    if "TRIAGE_SIGNING_KEY" not in os.environ and not (settings.home / "signing.key").exists():
        return None
    try:
        return signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
    except TriageError:
        return None


def _clock(store: Store) -> Check:
    """Compare this machine's clock with the database's, and with what was written before."""
    remedy = "Set the clock of this machine, best by NTP: times of tickets, promises and keys go by it."
    with store.reading(Across.OPERATOR) as connection:
        last = connection.execute(
            select(audit_log.c.at).order_by(audit_log.c.at.desc()).limit(1)
        ).scalar_one_or_none()
        theirs = None
        if store.engine.dialect.name == "postgresql":
            theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    now = datetime.now(UTC)
    if theirs is not None and abs(theirs - now) > CLOCKS_APART:
        apart = (theirs - now).total_seconds()
        return warn(
            "clock", f"The clock of the database is {apart:+.0f} s from that of this machine.", remedy
        )
    if last is not None and last - now > CLOCKS_APART:
        found = f"It is {now:%Y-%m-%d %H:%M} here, but something was done at {last:%Y-%m-%d %H:%M} UTC."
        return failed("clock", found, remedy)
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, after all that was done before.")


def _audit(log: AuditLog, path: Path | None) -> Check:
    """Verify every chain, and the chains against their anchors."""
    anchors = _anchors(path)
    names = sorted({*log.workspaces(), *(one.workspace for one in anchors)})
    entries = 0
    for name in names:
        found = log.verify(name, anchors)
        entries += found.entries
        if found.problem is not None:
            remedy = (
                "Somebody changed the log or restored an older store. Compare with a backup (`triage restore "
                "--check`), find who had access, keep this state for that."
            )
            return failed("audit log", f"{name}: {found.problem}", remedy)
    told = f"{entries:,} entries of {len(names)} workspaces hold"
    if path is None:
        remedy = "Set TRIAGE_AUDIT_ANCHOR to a file on another machine: only there a cut-off end shows."
        return warn("audit log", f"{told}; their heads are kept nowhere else.", remedy)
    newest = max((one.at for one in anchors), default=None)
    if entries and (newest is None or datetime.now(UTC) - newest > ANCHOR_OLD):
        when = "never" if newest is None else f"{newest:%Y-%m-%d %H:%M} UTC"
        remedy = f"Look whether the server runs and may write {path}; `triage audit anchor` writes one now."
        return warn("audit log", f"{told}; their heads were last kept elsewhere: {when}.", remedy)
    return ok("audit log", f"{told}, {len(anchors):,} heads kept elsewhere agree.")


def _anchors(path: Path | None) -> Sequence[Anchor]:
    if path is None or not path.exists():
        return ()
    lines = path.read_text("utf-8", "replace").splitlines()
    return [Anchor.from_line(line) for line in lines if line.strip()]


def _backup(store: Store) -> Check:
    """See when the last backup was made, by what the audit log tells."""
    done = select(audit_log.c.at).order_by(audit_log.c.at.desc()).limit(1)
    with store.reading(Across.OPERATOR) as connection:
        last = connection.execute(done.where(audit_log.c.action == "create_backup")).scalar_one_or_none()
        is_used = connection.execute(done).first() is not None
    remedy = (
        "Make one every night: `triage backup FILE`, on another disk; keep the signing key apart from it."
    )
    if last is None:
        if not is_used:
            return ok("backup", "Nothing has been done here yet that would have to be kept.")
        return warn("backup", "None was ever made.", remedy)
    age = datetime.now(UTC) - last
    if age > BACKUP_OLD:
        return warn("backup", f"The last one is {age.days} days old.", remedy)
    return ok("backup", f"The last one is of {last:%Y-%m-%d %H:%M} UTC.")


def _queue(store: Store) -> Check:
    """See whether what was asked for goes on."""
    waiting, now = count_waiting(store), datetime.now(UTC)
    if waiting.last_progress is not None and now - waiting.last_progress > STANDS_STILL:
        remedy = "Look into the worker's log; cancel it (DELETE /v1/training-runs/{run_id}) and ask again."
        since = f"{waiting.last_progress:%Y-%m-%d %H:%M} UTC"
        return warn("queue", f"A run has not moved since {since}.", remedy)
    if waiting.queued_since is not None and now - waiting.queued_since > QUEUED_LONG:
        remedy = (
            "The worker does one run at a time: wait, or start another `triage worker`."
            if count_workers(store)
            else "Start a `triage worker`."
        )
        return warn("queue", f"A run waits since {waiting.queued_since:%Y-%m-%d %H:%M} UTC.", remedy)
    if waiting.due_since is not None and now - waiting.due_since > DUE_LONG:
        remedy = (
            "Start a `triage worker`; it sends what fell due. `triage sla endpoints list` shows where to."
        )
        return warn("queue", f"{waiting.messages} messages wait to be sent.", remedy)
    return ok(
        "queue", f"{waiting.queued} runs wait, {waiting.running} go on, {waiting.messages} messages wait."
    )


def _drift(registry: Registry, store: Store, key: bytes) -> Iterator[Check]:
    """Compare the newest decisions of each workspace with what its champion was judged on."""
    try:
        champions = {name: registry.pointers(name).champion for name in registry.workspaces()}
    except (OSError, ValueError):
        return  # The check of the models tells.
    for name, version in champions.items():
        if version is not None:
            look = lambda name=name, version=version: _drift_of(registry, store, key, name, version)  # noqa: E731
            yield guarded(f"drift of {name}", look)


def _drift_of(registry: Registry, store: Store, key: bytes, workspace: str, version: str) -> Check:
    name = f"drift of {workspace}"
    found = drift_of(store, workspace, read_manifest(registry.folder(workspace, version), key))
    if not found:
        return ok(name, "Too few decisions of this model yet, or it kept nothing to compare with.")
    moved = sorted((one for one in found if one.has_moved), key=lambda one: -one.excess)
    if moved:
        told = ", ".join(f"{one.measure}{f' of {one.field}' if one.field else ''}" for one in moved)
        remedy = (
            "Tickets are not what they were when it was trained: `triage evaluate` on the last weeks says "
            "what changed; train again, and hold fields that suffer to `suggest` until then."
        )
        return warn(name, f"Moved beyond chance, twice in a row: {told}.", remedy)
    return ok(
        name, f"{len(found)} measures of the newest {2 * found[0].decisions} decisions are as expected."
    )
