"""From a store in the clear to an encrypted one, from one key to the next, killed on the way."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from triage.encryption_keys import FILE, VARIABLE, Keyring
from triage.errors import ConfigurationError, SealError
from triage.home import home_folder
from triage.store import Store, open_store
from triage.store.compact import clear_log
from triage.store.outbox import add_endpoint, list_endpoints
from triage.store.sealer import Extent, Sealer
from triage.store.sealing_keys import check_keys, expect_keys, keys_in_use
from triage.store.sealing_pass import (
    BATCH,
    look_at_sealed,
    seal_all,
    sealed_against_will,
    unseal_all,
)
from triage.store.tickets import get_ticket, iter_past_tickets, put_tickets
from triage.ticket import PastTicket, Ticket

SECRET = "canary-8ab2"
COUNT = 2 * BATCH + 50
HALF = """
from triage.home import store_url
from triage.store import open_store
from triage.store.sealing_pass import seal_all
import os
store = open_store(os.environ["TEST_STORE"])
seal_all(store, tell=lambda rows: print(rows, flush=True))
"""
HALF_BACK = HALF.replace("seal_all", "unseal_all")


def tickets(count: int = COUNT, mark: str = SECRET) -> list[PastTicket]:
    return [
        PastTicket(Ticket(f"T-{n:04}", f"{mark} {n}", "body", requester=f"{mark}@example.org"))
        for n in range(count)
    ]


def with_texts(store: Store) -> None:
    store.sealer = Sealer(store.sealer.keyring, Extent.TEXTS)


def with_secrets_only(store: Store) -> None:
    store.sealer = Sealer(store.sealer.keyring, Extent.SECRETS)


def by_key(store: Store, column: str) -> dict[str, int]:
    return next(one.by_key for one in look_at_sealed(store) if one.column == column)


def bytes_of(store: Store) -> bytes:
    path = Path(str(store.engine.url.database))
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def test_a_store_from_before_is_read_and_then_encrypted_without_being_stopped(store: Store):
    put_tickets(store, "acme", tickets(), source="test")
    put_tickets(store, "other", tickets(3), source="test")
    with_texts(store)
    told: list[int] = []
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()
    assert seal_all(store, tell=told.append) == {"tickets": COUNT + 3}
    assert sum(told) == COUNT + 3 and max(told) <= BATCH
    assert seal_all(store) == {}
    assert all(one.clear == 0 for one in look_at_sealed(store) if one.is_due)
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()
    if store.engine.dialect.name == "sqlite":
        assert clear_log(store) and SECRET.encode() not in bytes_of(store)


def test_secrets_in_the_clear_are_found_and_encrypted(store: Store):
    sealer = store.sealer
    store.sealer = _Open(sealer.keyring)
    add_endpoint(store, "acme", f"https://example.org/{SECRET}")
    store.sealer = sealer
    assert [one.url for one in list_endpoints(store, "acme")] == [f"https://example.org/{SECRET}"]
    (found,) = [one for one in look_at_sealed(store) if one.column == "webhook_endpoints.url"]
    assert found.is_due and found.clear == 1 and found.by_key == {}
    assert seal_all(store) == {"webhook_endpoints": 1}
    assert [one.url for one in list_endpoints(store, "acme")] == [f"https://example.org/{SECRET}"]


class _Open(Sealer):
    """Writes as versions did that encrypted nothing."""

    def seals(self, one: object) -> bool:
        return False


def test_a_new_key_takes_over_everything_and_the_old_one_may_go(store: Store):
    with_texts(store)
    put_tickets(store, "acme", tickets(5), source="test")
    add_endpoint(store, "acme", "https://example.org/x")
    (old,) = keys_in_use(store)
    new = store.sealer.keyring.add()
    store.sealer = Sealer(store.sealer.keyring)  # What is encrypted stays so without $TRIAGE_ENCRYPT.
    assert seal_all(store) == {"tickets": 5, "webhook_endpoints": 1}
    assert keys_in_use(store) == [new] != [old]
    path = home_folder() / FILE
    path.write_text(path.read_text().split()[0] + "\n")
    again = open_store(store.url)
    assert again.sealer.keyring.ids == (new,)
    assert get_ticket(again, "acme", "T-0003") == tickets(5)[3]
    again.close()


def test_without_its_key_it_says_so_and_goes_no_further(store: Store, monkeypatch: pytest.MonkeyPatch):
    with_texts(store)
    put_tickets(store, "acme", tickets(5), source="test")
    (old,) = keys_in_use(store)
    check_keys(store)
    monkeypatch.setenv(VARIABLE, "11" * 32)
    store.sealer = Sealer(Keyring())
    for do in (check_keys, seal_all):
        with pytest.raises(SealError, match=f"encrypted with key {old}; expected that key in"):
            do(store)
    assert keys_in_use(store) == [old]


@pytest.mark.proof
def test_killed_on_the_way_it_is_finished_by_the_next_call(store: Store):
    put_tickets(store, "acme", tickets(), source="test")
    with_texts(store)
    seal_all(store)
    old, new = store.sealer.keyring.ids[0], store.sealer.keyring.add()
    environ = {**os.environ, "TEST_STORE": store.url, "TRIAGE_ENCRYPT": "texts"}
    half = subprocess.Popen([sys.executable, "-c", HALF], env=environ, stdout=subprocess.PIPE)
    assert half.stdout is not None and int(half.stdout.readline()) == BATCH
    half.send_signal(signal.SIGKILL)
    half.wait()
    half.stdout.close()
    stands = by_key(store, "tickets.subject")
    assert stands[new] >= BATCH and stands.get(old, 0) + stands[new] == COUNT
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()
    seal_all(store)
    assert by_key(store, "tickets.subject") == {new: COUNT}
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()


def test_what_is_written_meanwhile_stays_as_it_was_written(store: Store):
    put_tickets(store, "acme", tickets(), source="test")
    with_texts(store)
    running = open_store(store.url)
    stop, failures = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number = (number + 7) % COUNT
            one = PastTicket(Ticket(f"T-{number:04}", f"newer {number}"))
            put_tickets(running, "acme", [one], source="test")
            if get_ticket(running, "acme", f"T-{number:04}") != one:
                failures.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    seal_all(store)
    stop.set()
    writer.join()
    running.close()
    assert failures == []
    texts = {one.ticket.subject for chunk in iter_past_tickets(store, "acme") for one in chunk}
    assert len(texts) == COUNT and any(one.startswith("newer") for one in texts)


def test_the_way_back_puts_texts_into_the_clear_and_leaves_secrets(store: Store):
    with_texts(store)
    put_tickets(store, "acme", tickets(), source="test")
    put_tickets(store, "other", tickets(3, "$sealed$1$"), source="test")
    add_endpoint(store, "acme", f"https://example.org/{SECRET}")
    with pytest.raises(ConfigurationError, match="taken away first"):
        unseal_all(store)
    with_secrets_only(store)
    assert sealed_against_will(store)["tickets.subject"] == COUNT + 3
    told: list[int] = []
    assert unseal_all(store, tell=told.append) == {"tickets": COUNT + 3}
    assert max(told) <= BATCH
    assert sealed_against_will(store) == {} == unseal_all(store)
    # What people wrote that looks like something encrypted is kept so, or nobody could tell it apart.
    assert sum(by_key(store, "tickets.subject").values()) == 3
    assert by_key(store, "webhook_endpoints.url") == {store.sealer.keyring.ids[0]: 1}
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()
    assert [one for chunk in iter_past_tickets(store, "other") for one in chunk] == tickets(3, "$sealed$1$")


@pytest.mark.proof
def test_killed_on_the_way_back_it_is_finished_by_the_next_call(store: Store):
    with_texts(store)
    put_tickets(store, "acme", tickets(), source="test")
    environ = {**os.environ, "TEST_STORE": store.url, "TRIAGE_ENCRYPT": "secrets"}
    half = subprocess.Popen([sys.executable, "-c", HALF_BACK], env=environ, stdout=subprocess.PIPE)
    assert half.stdout is not None and int(half.stdout.readline()) == BATCH
    half.send_signal(signal.SIGKILL)
    half.wait()
    half.stdout.close()
    assert sum(by_key(store, "tickets.subject").values()) <= COUNT - BATCH
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()
    with_secrets_only(store)
    unseal_all(store)
    assert by_key(store, "tickets.subject") == {}
    assert [one for chunk in iter_past_tickets(store, "acme") for one in chunk] == tickets()


def test_where_its_key_lacks_no_new_one_is_made_whatever_writes(store: Store):
    with_texts(store)
    put_tickets(store, "acme", tickets(5), source="test")
    (lost,) = keys_in_use(store)
    (home_folder() / FILE).unlink()
    elsewhere = open_store(store.url)
    for do in (
        lambda: add_endpoint(elsewhere, "acme", "https://example.org/x"),
        lambda: unseal_all(elsewhere),
        elsewhere.sealer.keyring.add,
        lambda: expect_keys(elsewhere),
    ):
        with pytest.raises(SealError, match=f"encrypted with key {lost}; expected that key .* no new key"):
            do()
    assert not (home_folder() / FILE).exists()
    assert list_endpoints(elsewhere, "acme") == []
    # Whoever says so by a key of their own goes on without what is lost.
    (home_folder() / FILE).write_text("33" * 32)
    add_endpoint(elsewhere, "acme", "https://example.org/x")
    assert [one.url for one in list_endpoints(elsewhere, "acme")] == ["https://example.org/x"]
    elsewhere.close()
