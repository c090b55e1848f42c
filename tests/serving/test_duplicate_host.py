from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from serving import duplicate_host
from serving.duplicate_host import DuplicateHost
from serving.model_host import ModelHost
from tests.serving.fakes import promote_fake
from tests.serving.house import House
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store
from triage.store.schema import tickets
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

NOW = datetime.now(UTC)


def ticket(name: str, subject: str, hours: float = 1.0) -> Ticket:
    return Ticket(name, subject, "", NOW - timedelta(hours=hours))


def put(store: Store, *filed: Ticket, workspace: str = "acme") -> None:
    put_tickets(store, workspace, [PastTicket(one) for one in filed], source="x")


@pytest.fixture
def host(store: Store, tmp_path: Path) -> DuplicateHost:
    promote_fake(tmp_path, "v1")
    ensure_workspace(store, "acme")
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    models = ModelHost(Registry(tmp_path / "models"), key, threads=1, poll_seconds=1.0)
    models.refresh()
    # All that is compared is shown: how likely something is, is not what is tried here.
    return DuplicateHost(store, models, cache=tmp_path / "cache", poll_seconds=0.02, newest=50, least=0.0)


def found(host: DuplicateHost, asked: Ticket, workspace: str = "acme") -> list[str]:
    (earlier,) = host.find(workspace, [asked], 5)
    return [one.ticket_id for one in earlier]


ASKED = Ticket("", "vpn gateway certificate expired", "", NOW)


def test_nothing_is_found_before_the_store_was_read(host: DuplicateHost):
    assert found(host, ASKED) == []
    host.catch_up("acme")
    assert found(host, ASKED) == []


def test_a_ticket_stored_by_anybody_is_found_after_the_next_look(store: Store, host: DuplicateHost):
    put(store, ticket("A", "printer jams", 30.0), ticket("B", "vpn gateway certificate expired", 20.0))
    host.catch_up("acme")
    assert found(host, ASKED)[0] == "B"
    put(store, ticket("C", "vpn gateway certificate has expired", 0.5))
    host.catch_up("acme")
    assert "C" in found(host, ASKED)[:2]


def test_between_whole_looks_only_what_was_written_just_now_is_read(
    store: Store, host: DuplicateHost, monkeypatch: pytest.MonkeyPatch
):
    put(store, ticket("A", "printer jams", 30.0))
    for _ in range(2):  # The first makes the index, the second looks through the last day.
        host.catch_up("acme")
    read = []
    whole = duplicate_host.filed_ids
    monkeypatch.setattr(duplicate_host, "filed_ids", lambda *asked: read.append(1) or whole(*asked))
    put(store, ticket("B", "vpn gateway certificate expired", 0.5))
    old = PastTicket(ticket("C", "vpn gateway certificate has expired", 0.4))
    put_tickets(store, "acme", [old], source="x", updated_at=NOW - timedelta(hours=1))
    host.catch_up("acme")
    assert found(host, ASKED)[0] == "B" and "C" not in found(host, ASKED) and not read
    host._shelves["acme"].whole_from = 0.0
    host.catch_up("acme")
    assert "C" in found(host, ASKED) and len(read) == 1
    host.catch_up("acme")
    assert len(read) == 1


def test_while_much_is_written_the_last_day_is_read_through(
    store: Store, host: DuplicateHost, monkeypatch: pytest.MonkeyPatch
):
    put(store, ticket("A", "printer jams", 30.0))
    host.catch_up("acme")
    monkeypatch.setattr(duplicate_host, "MOST_WRITTEN", 1)
    put(store, *[ticket(f"N-{number}", "vpn gateway certificate expired", 0.5) for number in range(3)])
    host.catch_up("acme")
    assert {"N-0", "N-1", "N-2"} <= set(found(host, ASKED))


def test_a_patient_look_leaves_what_another_server_answered_for_the_next(store: Store, host: DuplicateHost):
    put(store, ticket("A", "printer jams", 30.0))
    host.catch_up("acme")
    put(store, ticket("B", "vpn gateway certificate expired", 0.5))
    host.catch_up("acme", patient=True)
    assert "B" not in found(host, ASKED)
    host.catch_up("acme", patient=True)
    assert "B" in found(host, ASKED)


def test_what_a_patient_look_put_off_is_taken_in_by_the_next_though_that_would_not_list_it(
    store: Store, host: DuplicateHost
):
    put(store, ticket("A", "printer jams", 30.0))
    for _ in range(2):
        host.catch_up("acme", patient=True)
    # As an import writes, which keeps the moment of its start, or a server whose clock is behind.
    for name in ("B", "GONE"):
        late = PastTicket(ticket(name, "vpn gateway certificate expired", 0.5))
        put_tickets(store, "acme", [late], source="x", updated_at=NOW - timedelta(hours=1))
    shelf = host._shelves["acme"]
    shelf.whole_from = 0.0
    host.catch_up("acme", patient=True)
    assert "B" not in found(host, ASKED) and list(shelf.put_off) == ["B", "GONE"]
    with store.writing("acme") as connection:
        connection.execute(delete(tickets).where(tickets.c.ticket_id == "GONE"))
    host.catch_up("acme", patient=True)
    assert "B" in found(host, ASKED) and not shelf.put_off


def test_a_store_that_is_read_in_parts_gives_each_ticket_its_own_vector(
    store: Store, host: DuplicateHost, monkeypatch: pytest.MonkeyPatch
):
    subjects = [
        "printer jams",
        "vpn gateway certificate expired",
        "screen is black",
        "mail bounces",
        "no sound",
    ]
    put(store, *[ticket(f"T-{number}", one, 90.0 - number) for number, one in enumerate(subjects)])
    monkeypatch.setattr("serving.duplicate_host.CHUNK", 2)
    host.catch_up("acme")
    shelf = host._shelves["acme"]
    assert shelf.index.ticket_ids == [f"T-{number}" for number in range(5)]
    np.testing.assert_array_equal(shelf.index.vectors.take(np.arange(5)), shelf.encoder.encode(subjects))
    assert shelf.newest_at == NOW - timedelta(hours=86)
    assert found(host, ASKED)[0] == "T-1"


def test_workspaces_see_their_own_tickets_only(store: Store, host: DuplicateHost):
    put(store, ticket("B", "vpn gateway certificate expired"))
    host.catch_up("acme")
    host.catch_up("other")
    assert found(host, ASKED, "other") == []


def test_a_ticket_is_no_duplicate_of_itself_or_of_later_ones(store: Store, host: DuplicateHost):
    early, late = ticket("A", "vpn down", 9.0), ticket("B", "vpn down", 3.0)
    put(store, early, late)
    host.catch_up("acme")
    assert found(host, early) == [] and found(host, late) == ["A"]


def test_no_more_than_the_newest_are_kept(store: Store, host: DuplicateHost):
    put(store, *[ticket(f"T-{number}", "vpn down", 400 - number) for number in range(80)])
    host.catch_up("acme")
    assert len(host._shelves["acme"].index) == 50
    put(store, *[ticket(f"N-{number}", "vpn down", 3.0) for number in range(40)])
    host.catch_up("acme")
    shelf = host._shelves["acme"]
    assert len(shelf.index) == 50 and "N-39" in shelf.index.row_of


def test_an_answer_holds_duplicates(house: House):
    answer = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service")).json()
    assert answer["duplicates"] == []
    wrong = house.client.post("/v1/triage?duplicates=99", json={"subject": "x"}, headers=house.key("service"))
    assert wrong.status_code == 422
