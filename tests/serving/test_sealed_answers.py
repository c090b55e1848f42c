"""What a caller sees of encryption: nothing, until a key lacks; then a plain 503."""

from pathlib import Path

import pytest

from tests.serving.house import open_house
from triage.encryption_keys import VARIABLE, Keyring

TICKET = {"ticket_id": "T-1", "subject": "vpn", "body": "canary-61f0"}


def test_answers_are_the_same_and_a_lost_key_is_a_plain_problem(
    tmp_path: Path, empty_sqlite: bytes, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "store.db").write_bytes(empty_sqlite)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("TRIAGE_ENCRYPT", "texts")
    monkeypatch.setenv(VARIABLE, "11" * 32)
    (lost,) = Keyring().ids
    once = {"Idempotency-Key": "k1"}
    with open_house(tmp_path, url) as house:
        first = house.client.post("/v1/triage", json=TICKET, headers=house.key() | once)
        again = house.client.post("/v1/triage", json=TICKET, headers=house.key() | once)
        assert first.json() == again.json() and again.headers["Idempotent-Replayed"] == "true"
        assert all(b"canary-61f0" not in one.read_bytes() for one in tmp_path.glob("store.db*"))

    monkeypatch.setenv(VARIABLE, "22" * 32)
    with open_house(tmp_path, url, champion=None) as house:
        answer = house.client.post("/v1/triage", json=TICKET, headers=house.key() | once)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:triage:problem:unavailable"
        assert f"Got something encrypted with key {lost}; expected that key" in answer.json()["detail"]
        assert str(tmp_path) not in answer.text and "11111111" not in answer.text
        fresh = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key())
        assert fresh.status_code == 200
