"""What is wrong with this installation and what to do: one small check for each thing that can fail.

Looks and changes nothing: no folder, no key, no table is made.
"""

import contextlib
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

from serving.check import Check, CheckState, failed
from serving.check import guarded as _guarded
from serving.check import ok as _ok
from serving.check import warn as _warn
from serving.model_host import ModelHost
from serving.running_checks import running_checks
from serving.schemas.base import Output
from serving.settings import Settings
from triage.bundle import read_manifest
from triage.learnt_from import erasures_of
from triage.private_file import is_open_to_others
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import open_store
from triage.store.erasures import ledger_of
from triage.store.policies import read_policy

__all__ = ["Check", "CheckState", "CheckupOut", "check_up"]

LEAST_FREE_BYTES = 2**30


class CheckupOut(Output):
    """All checks; ``is_healthy`` when none failed."""

    is_healthy: bool
    checks: list[Check]


def check_up(settings: Settings, port: int) -> CheckupOut:
    """Look at everything that a server needs.

    Parameters
    ----------
    settings : Settings
        Where to look.
    port : int
        The port that the server uses or shall use, on 127.0.0.1.
    """
    checks = [
        *_store(settings),
        _guarded("disk", lambda: _disk(settings)),
        _guarded("signing key", lambda: _signing_key(settings)),
        _guarded("encoder", _encoder),
        *_models(settings),
        _guarded("port", lambda: _port(port)),
    ]
    return CheckupOut(is_healthy=all(one.state is not CheckState.FAILED for one in checks), checks=checks)


def _store(settings: Settings) -> list[Check]:
    path = settings.store_url.removeprefix("sqlite:///")
    if path != settings.store_url and not os.path.exists(path):
        remedy = (
            "It is made by the first command that needs it: triage up, triage import, triage keys create."
        )
        return [_warn("store", f"There is no store at {path} yet.", remedy)]
    return [
        _guarded("store", lambda: _migrations(settings)),
        *([_guarded("privacy", lambda: _privacy(Path(path)))] if path != settings.store_url else []),
        *([] if path != settings.store_url else [_guarded("isolation", lambda: _isolation(settings))]),
        _guarded("worker", lambda: _workers(settings)),
        *running_checks(settings),
    ]


def _migrations(settings: Settings) -> Check:
    store = open_store(settings.store_url, migrate=False)
    try:
        stands, newest = store.revision(), store.newest_revision()
        system = store.engine.dialect.name
    finally:
        store.close()
    if stands != newest:
        remedy = "Stop old servers, back up the store, then start one: it brings the tables up to date."
        return _warn("store", f"{system} answers; its tables stand at {stands}, not {newest}.", remedy)
    return _ok("store", f"{system} answers, tables at {stands}.")


def _privacy(store: Path) -> Check:
    """Look whether other users of this machine can read the file with all tickets."""
    home = store.absolute().parent
    files = [store.with_name(f"{store.name}{end}") for end in ("", "-wal", "-shm")]
    open_ones = [one for one in files if is_open_to_others(one)]
    if not open_ones:
        return _ok("privacy", f"Only this user can read {store}.")
    if not is_open_to_others(home):
        return _ok("privacy", f"Only this user can enter {home}.")
    remedy = f"chmod 700 {home}; chmod 600 {' '.join(map(str, open_ones))}"
    return _warn("privacy", f"{store}, which holds all tickets, can be read by others.", remedy)


def _isolation(settings: Settings) -> Check:
    """Look whether PostgreSQL holds who connects to one workspace in a transaction."""
    from triage.store.row_security import stand_of_role

    store = open_store(settings.store_url, migrate=False)
    try:
        with store.engine.connect() as connection:
            stands = stand_of_role(connection)
    finally:
        store.close()
    better = "Make another with `triage store role NAME` and let servers and workers connect as it."
    if stands.unguarded:
        more = "" if len(stands.unguarded) < 4 else f" and {len(stands.unguarded) - 3} others"
        found = f"Row-level security lacks on {', '.join(stands.unguarded[:3])}{more}."
        return _warn("isolation", found, "Run `triage store migrate` as the tables' owner.")
    if stands.is_unbound:
        found = f"Role {stands.role} is a superuser or has BYPASSRLS: row-level security does not bind it."
        return _warn("isolation", found, better)
    if stands.is_owner:
        found = (
            f"Role {stands.role} is bound by row-level security, but owns the tables and can switch it off."
        )
        return _warn("isolation", found, better)
    return _ok("isolation", f"Role {stands.role} is held to one workspace in a transaction.")


def _workers(settings: Settings) -> Check:
    from triage.store.worker_slots import count_workers

    store = open_store(settings.store_url, migrate=False)
    try:
        count = count_workers(store)
    finally:
        store.close()
    if count == 0:
        remedy = "Start one with `triage worker`: until then trainings and forecasts asked for have to wait."
        return _warn("worker", "No worker lives.", remedy)
    return _ok("worker", f"{count} alive.")


def _disk(settings: Settings) -> Check:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB free at {folder}."
    if free < LEAST_FREE_BYTES:
        return _warn("disk", found, "Free at least 1 GiB: a training needs room for bundle and embeddings.")
    if not os.access(folder, os.W_OK):
        remedy = "Give this user the right to write there, or set TRIAGE_HOME to another folder."
        return failed("disk", f"{folder} cannot be written.", remedy)
    return _ok("disk", found)


def _signing_key(settings: Settings) -> Check:
    path = settings.home / "signing.key"
    if "TRIAGE_SIGNING_KEY" not in os.environ:
        if not path.exists():
            remedy = (
                "It is made by the first training. To load bundles of another machine, copy its key here."
            )
            return _warn("signing key", f"There is none at {path} yet.", remedy)
        if path.stat().st_mode & 0o077:
            return _warn("signing key", f"{path} can be read by others.", f"chmod 600 {path}")
    signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
    return _ok("signing key", "There is one, and only this user can read it.")


def _encoder() -> Check:
    from features.encoder_folder import find_encoder, read_encoder

    files = read_encoder(find_encoder())
    return _ok("encoder", f"{files.folder.name} is as it was shipped ({files.fingerprint[:12]}).")


def _models(settings: Settings) -> list[Check]:
    registry = Registry(settings.models)
    try:
        champions = {name: registry.pointers(name).champion for name in registry.workspaces()}
    except (OSError, ValueError) as error:
        found = f"{registry.path} cannot be read ({type(error).__name__})."
        remedy = "Restore it from a backup, or delete it and promote a version by name."
        return [failed("models", found, remedy)]
    promoted = {name: version for name, version in champions.items() if version is not None}
    if not promoted:
        remedy = (
            "Train one with `triage train`, then `triage models promote`; until then every field abstains."
        )
        return [_warn("models", "No workspace has a champion.", remedy)]
    return [
        _guarded(f"model of {name}", lambda name=name, version=version: _champion(settings, name, version))  # type: ignore[misc]
        for name, version in promoted.items()
    ] + [
        _guarded(f"erasures of {name}", lambda name=name, version=version: _erasures(settings, name, version))  # type: ignore[misc]
        for name, version in promoted.items()
    ]


def _erasures(settings: Settings, workspace: str, version: str) -> Check:
    name = f"erasures of {workspace}"
    key = signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
    ledger = ledger_of(settings.store_url, workspace)
    folder = Registry(settings.models).folder(workspace, version)
    known = erasures_of(folder, read_manifest(folder, key), ledger)
    if known.is_clean:
        return _ok(name, f"{version} learnt from nothing that was erased.")
    with contextlib.closing(open_store(settings.store_url, migrate=False)) as store:
        days = read_policy(store, workspace).policy.privacy.retrain_days
    due = known.retrain_by(days)
    is_late = due is not None and datetime.now(UTC) > due
    when = f"that was due on {due:%Y-%m-%d}" if is_late else f"due on {due:%Y-%m-%d}"
    remedy = "Train anew, promote the new model, then delete the folder of this one."
    return _warn(name, f"{version} learnt from tickets that were erased; a new model is {when}.", remedy)


def _champion(settings: Settings, workspace: str, version: str) -> Check:
    key = signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
    host = ModelHost(Registry(settings.models), key, threads=1, poll_seconds=settings.poll_seconds)
    host.prepare(workspace, version)
    return _ok(f"model of {workspace}", f"{version} is as it was signed, loads and answers.")


def _port(port: int) -> Check:
    with socket.socket() as trial:
        trial.settimeout(1.0)
        is_taken = trial.connect_ex(("127.0.0.1", port)) == 0
    if not is_taken:
        return _ok("port", f"{port} is free on 127.0.0.1: no server listens there now.")
    return (
        _ok("port", f"{port} is answered on 127.0.0.1.")
        if _is_ours(port)
        else _warn("port", f"{port} is taken by another program.", "Start the server with another --port.")
    )


def _is_ours(port: int) -> bool:
    import http.client
    import json

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", "/healthz")
        answer = json.loads(connection.getresponse().read(10_000))
        return isinstance(answer, dict) and answer.get("status") == "alive"
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
