from alembic import command
from sqlalchemy import text

from tests.databases import Database
from triage.erasure import ErasureKeys
from triage.golden import GoldenTicket
from triage.store import Store, open_store
from triage.store.erase import erase
from triage.store.golden import freeze_tickets, golden_ids, golden_ids_of, read_golden, thaw_tickets
from triage.store.migrating import migration_config
from triage.store.revisions import Kind, read_revisions
from triage.store.tickets import put_tickets, set_labels
from triage.ticket import PastTicket, Ticket


def fill(store: Store, count: int = 4) -> None:
    past = [PastTicket(Ticket(f"T-{n}", f"subject {n}"), labels={"category": "vpn"}) for n in range(count)]
    put_tickets(store, "acme", past, source="test")


def test_values_are_those_of_when_it_was_frozen_whatever_became_of_them(store: Store):
    fill(store)
    assert freeze_tickets(store, "acme", {"T-1": {"category": "vpn"}}) == 1
    set_labels(store, "acme", "T-1", {"category": "mail"})
    assert freeze_tickets(store, "acme", {"T-1": {"category": "mail"}, "T-2": {"category": "vpn"}}) == 1
    assert read_golden(store, "acme") == [
        GoldenTicket(Ticket("T-1", "subject 1"), {"category": "vpn"}, 1, {"category": "mail"}),
        GoldenTicket(Ticket("T-2", "subject 2"), {"category": "vpn"}, 2, {"category": "vpn"}),
    ]
    assert golden_ids(store, "other") == ([], 0) and read_golden(store, "other") == []


def test_the_revision_tells_which_were_kept_back(store: Store):
    fill(store)
    assert golden_ids(store, "acme") == ([], 0)
    freeze_tickets(store, "acme", {"T-1": {}})
    assert golden_ids(store, "acme") == (["T-1"], 1)
    assert thaw_tickets(store, "acme") == 1
    freeze_tickets(store, "acme", {"T-1": {}})
    # Who trained in between learnt from it: its revision is a later one than theirs.
    assert golden_ids(store, "acme") == (["T-1"], 3)
    assert read_golden(store, "acme")[0].revision == 3


def test_an_erased_ticket_is_golden_no_more(store: Store):
    fill(store)
    freeze_tickets(store, "acme", {"T-1": {"category": "vpn"}, "T-2": {"category": "vpn"}})
    done = erase(store, "acme", keys=ErasureKeys(b"k" * 32), text_key=lambda one: "x", ticket_ids=["T-1"])
    assert done.rows["golden_tickets"] == 1
    assert golden_ids(store, "acme")[0] == ["T-2"]


def test_whoever_only_looks_makes_no_store(store: Store, database: Database, tmp_path):
    fill(store)
    freeze_tickets(store, "acme", {"T-1": {}})
    assert golden_ids_of(store.url, "acme") == (["T-1"], 1)
    assert golden_ids_of(f"sqlite:///{tmp_path / 'none.db'}", "acme") == ([], 0)
    assert not (tmp_path / "none.db").exists()


def test_an_earlier_version_finds_a_store_that_it_knows(owned_store: Store):
    fill(owned_store)
    freeze_tickets(owned_store, "acme", {"T-1": {}})
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0019")
        assert connection.scalar(text("SELECT count(*) FROM revisions WHERE kind = 'golden'")) == 0
    assert golden_ids_of(owned_store.url, "acme") == ([], 0)
    open_store(owned_store.url).close()
    assert read_revisions(owned_store, "acme")[Kind.GOLDEN] == 0
