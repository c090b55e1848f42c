import os
import secrets
from pathlib import Path

import pytest

from triage.encryption_keys import CREDENTIAL, FILE, VARIABLE, Keyring
from triage.errors import ConfigurationError, SealError

ONE, OTHER = "11" * 32, "22" * 32


def test_a_key_is_made_when_something_is_sealed_and_not_before(tmp_path: Path):
    environ = {"TRIAGE_HOME": str(tmp_path / "new")}
    keyring = Keyring(environ)
    assert keyring.ids == () and not (tmp_path / "new").exists()
    made = keyring.sealing_id()
    assert keyring.ids == (made,) == Keyring(environ).ids
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o777 == 0o600


def test_environment_goes_before_credential_before_file(tmp_path: Path):
    (tmp_path / CREDENTIAL).write_text(OTHER + "\n")
    environ = {"TRIAGE_HOME": str(tmp_path / "home"), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    (by_credential,) = Keyring(environ).ids
    first, second = Keyring({**environ, VARIABLE: f"{ONE}, {OTHER}"}).ids
    assert second == by_credential != first
    assert Keyring({**environ, VARIABLE: ONE}).sealing_id() == first
    assert not (tmp_path / "home").exists()


def test_keys_from_outside_are_not_added_to():
    with pytest.raises(ConfigurationError, match=r"Got keys in \$TRIAGE_ENCRYPTION_KEY.*expected you"):
        Keyring({VARIABLE: ONE}).add()


def test_a_running_process_seals_with_a_new_key_at_once(tmp_path: Path):
    environ = {"TRIAGE_HOME": str(tmp_path)}
    running = Keyring(environ)
    before = running.sealing_id()
    added = Keyring(environ).add()
    assert running.sealing_id() == added != before
    assert running.ids == (added, before)


def test_a_key_that_another_process_added_opens_at_once(tmp_path: Path):
    environ = {"TRIAGE_HOME": str(tmp_path)}
    running, other = Keyring(environ), Keyring(environ)
    running.sealing_id()
    nonce = os.urandom(12)
    added = other.add()
    sealed = other.cipher(added, "acme", "tickets").encrypt(nonce, b"text", None)
    assert running.cipher(added, "acme", "tickets").decrypt(nonce, sealed, None) == b"text"


def test_a_key_that_is_not_here_is_named(tmp_path: Path):
    with pytest.raises(SealError, match=r"Got something encrypted with key 0badc0de; expected that key in"):
        Keyring({"TRIAGE_HOME": str(tmp_path)}).cipher("0badc0de", "acme", "tickets")


@pytest.mark.parametrize("given", ["", "zz" * 32, "11" * 31, f"{ONE},x"])
def test_what_is_no_key_is_refused(given: str):
    with pytest.raises(ConfigurationError, match=r"Got .*key in \$TRIAGE_ENCRYPTION_KEY.*expected|make one"):
        Keyring({VARIABLE: given})


def test_ids_and_messages_tell_nothing_of_the_key():
    key = secrets.token_hex(32)
    keyring = Keyring({VARIABLE: key})
    assert key[:8] not in keyring.ids
    with pytest.raises(SealError) as refused:
        keyring.cipher("0badc0de", "acme", "tickets")
    assert key[:8] not in str(refused.value)


def test_a_file_that_is_broken_by_hand_stops_nothing_that_runs(tmp_path: Path):
    environ = {"TRIAGE_HOME": str(tmp_path)}
    running = Keyring(environ)
    known = running.sealing_id()
    whole = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(whole[:20])
    assert running.sealing_id() == known
    with pytest.raises(ConfigurationError):
        Keyring(environ)
    (tmp_path / FILE).write_text(f"{ONE}\n{whole}")
    assert running.ids == Keyring(environ).ids and running.ids[1] == known
