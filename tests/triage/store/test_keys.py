from dataclasses import replace
from datetime import UTC, datetime

from triage.store import Store
from triage.store.keys import ApiKey, find_key, list_keys, note_key_uses, put_key, revoke_key

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
KEY = ApiKey("k1", "acme", "robot", "service", "0" * 64, NOON)


def test_a_key_is_found_listed_used_and_revoked_once(store: Store):
    put_key(store, KEY)
    limited = replace(KEY, key_id="k4", workspace="third", secret_hash="2" * 64, per_minute=60)
    put_key(store, limited)
    assert find_key(store, "k4") == limited
    put_key(store, replace(KEY, key_id="k2", workspace="other", secret_hash="1" * 64))
    assert find_key(store, "k1") == KEY
    assert find_key(store, "k3") is None
    assert [key.key_id for key in list_keys(store, "acme")] == ["k1"]
    assert [key.key_id for key in list_keys(store)] == ["k1", "k2", "k4"]
    note_key_uses(store, {"k1": NOON})
    assert revoke_key(store, "acme", "k1", NOON)
    assert not revoke_key(store, "acme", "k1", datetime.now(UTC))
    assert not revoke_key(store, "acme", "k3", NOON)
    assert find_key(store, "k1") == replace(KEY, revoked_at=NOON, last_used_at=NOON)
