"""A canary is planted, looked for in every file, erased over HTTP, and looked for again."""

import time
from pathlib import Path

import pytest

from features.forgotten_texts import ticket_key
from tests.serving.house import House
from tests.serving.routers.test_audit import entries
from triage.ticket import Ticket

CANARY = "quokka4711"


def send(house: House, ticket_id: str, text: str, **more):
    ticket = {"ticket_id": ticket_id, "subject": f"vpn {text}", "body": text, "requester": "ada@example.org"}
    return house.client.post("/v1/triage", json=ticket | more, headers=house.key("service"))


def fill(house: House) -> None:
    for name, text in (("T-1", CANARY), ("T-2", "drops")):
        headers = house.key("service") | {"Idempotency-Key": name}
        requester = f"{text}@example.org"
        ticket = {"ticket_id": name, "subject": f"vpn {text}", "body": text, "requester": requester}
        assert house.client.post("/v1/triage", json=ticket, headers=headers).status_code == 200
        done = {"status": "solved", "resolution": f"Replaced {text}."}
        house.client.post(f"/v1/tickets/{name}/close", json=done, headers=house.key("service"))
        reply = {"body": f"Dear {text}", "reply_id": "R-1"}
        added = house.client.post(f"/v1/tickets/{name}/replies", json=reply, headers=house.key("agent"))
        assert added.status_code in (200, 201), added.text


def files_with(folder: Path, needle: bytes) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and needle in path.read_bytes()
    )


def wait_until(is_so) -> None:
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest.mark.parametrize("address", ["/v1/tickets/T-1", f"/v1/requesters/{CANARY.upper()}@Example.org"])
def test_nothing_of_an_erased_ticket_is_in_any_file_and_what_is_left_still_answers(
    house: House, monkeypatch: pytest.MonkeyPatch, address: str
):
    monkeypatch.setattr("serving.housekeeping.USES_EVERY_S", 0.05)
    fill(house)
    key = bytes.fromhex(ticket_key(Ticket("T-1", f"vpn {CANARY}", CANARY)))
    wait_until(lambda: files_with(house.home / "cache", key))
    assert files_with(house.home, CANARY.encode())
    done = house.client.delete(address, headers=house.key("admin"))
    assert done.status_code == 200, done.text
    told = done.json()
    assert told["tickets"] == 1 and told["rows"]["tickets"] == told["rows"]["replies"] == 1
    assert CANARY not in done.text
    house.store.close()
    wait_until(lambda: not files_with(house.home, CANARY.encode()))
    wait_until(lambda: not files_with(house.home / "cache", key))
    assert files_with(house.home, b"drops")
    found = send(house, "T-3", "drops").json()
    assert [one["ticket_id"] for one in found["similar"] if one["ticket_id"].startswith("T-")] == ["T-2"]


def test_an_erasure_leaves_an_entry_that_says_how_much_and_not_what(house: House):
    fill(house)
    done = house.client.delete("/v1/tickets/T-1", headers=house.key("admin")).json()
    house.client.delete(f"/v1/requesters/{CANARY}@example.org", headers=house.key("admin"))
    one, all = entries(house)[-2:]
    assert (one["action"], one["object"]) == ("erase_ticket", "ticket/T-1")
    assert one["facts"]["rows"] == done["rows"] and one["facts"]["texts"] == 1
    assert (all["action"], all["object"][:8]) == ("erase_requester", "erasure/")
    assert CANARY not in repr(entries(house))


def test_an_erased_ticket_is_not_taken_in_again_and_its_answer_not_given_again(house: House):
    fill(house)
    house.client.delete("/v1/tickets/T-1", headers=house.key("admin"))
    again = send(house, "T-1", "anything")
    assert again.status_code == 409 and "erased" in again.json()["detail"]
    ticket = {
        "ticket_id": "T-1",
        "subject": f"vpn {CANARY}",
        "body": CANARY,
        "requester": f"{CANARY}@example.org",
    }
    headers = house.key("service") | {"Idempotency-Key": "T-1"}
    assert house.client.post("/v1/triage", json=ticket, headers=headers).status_code == 409
    batch = {"tickets": [{"ticket_id": "T-9", "subject": "vpn"}, {"ticket_id": "T-1", "subject": "vpn"}]}
    answer = house.client.post("/v1/triage/batch", json=batch, headers=house.key("service"))
    assert answer.status_code == 409
    house.client.delete("/v1/tickets/never-seen", headers=house.key("admin"))
    assert send(house, "never-seen", "vpn").status_code == 409


def test_only_admins_erase_and_only_in_their_workspace(house: House):
    fill(house)
    for role in ("service", "lead", "agent", "auditor"):
        refused = house.client.delete("/v1/tickets/T-1", headers=house.key(role))
        assert refused.status_code == 403
    elsewhere = house.client.delete("/v1/tickets/T-1", headers=house.key("admin", "other"))
    assert elsewhere.json()["tickets"] == 0
    assert send(house, "T-1", "vpn").status_code == 200


def test_a_parent_link_is_removed_and_not_the_ticket_behind_it(house: House):
    fill(house)
    link = {"parent_id": "T-2"}
    house.client.put("/v1/tickets/T-1/parent", json=link, headers=house.key("agent"))
    assert house.client.delete("/v1/tickets/T-1/parent", headers=house.key("agent")).status_code in (200, 204)
    assert send(house, "T-1", "vpn").status_code == 200


def test_models_that_learnt_from_it_are_told(house: House):
    done = house.client.delete("/v1/tickets/T-1", headers=house.key("admin")).json()
    (model,) = done["models"]
    assert (model["version"], model["role"]) == ("v1", "champion")
    (listed,) = house.client.get("/v1/models", headers=house.key("admin")).json()["models"]
    assert listed["erased"] is None and listed["erased_since"] == done["erased_at"]
