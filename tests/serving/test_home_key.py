import stat
from datetime import UTC, datetime
from pathlib import Path

from serving.auth import authenticate
from serving.home_key import home_key
from triage.store import Store
from triage.store.keys import revoke_key


def test_the_key_is_made_once_for_its_owner_alone_and_opens_the_workspace_as_admin(
    sqlite_store: Store, tmp_path: Path
):
    token = home_key(sqlite_store, tmp_path, "acme")
    assert home_key(sqlite_store, tmp_path, "acme") == token
    assert stat.S_IMODE((tmp_path / "up.key").stat().st_mode) == 0o600
    caller = authenticate(sqlite_store, token)
    assert (caller.workspace, caller.role) == ("acme", "admin")


def test_a_key_that_opens_nothing_any_more_is_made_anew(sqlite_store: Store, tmp_path: Path):
    revoked = home_key(sqlite_store, tmp_path, "acme")
    revoke_key(sqlite_store, "acme", authenticate(sqlite_store, revoked).identity, datetime.now(UTC))
    again = home_key(sqlite_store, tmp_path, "acme")
    assert again != revoked
    assert authenticate(sqlite_store, home_key(sqlite_store, tmp_path, "other")).workspace == "other"
    (tmp_path / "up.key").write_text("nonsense\n")
    assert authenticate(sqlite_store, home_key(sqlite_store, tmp_path, "acme")).workspace == "acme"
