import pytest

from serving.audit_trail import Trail
from serving.caller import Caller
from serving.refusals import MOST_KINDS, WINDOW_S, Refusals
from serving.roles import Role
from tests.serving.house import House
from tests.serving.routers.test_audit import entries
from tests.serving.test_model_host import eventually
from triage.errors import UnavailableError
from triage.store import Store
from triage.store.audit import AuditLog


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class BrokenLog(AuditLog):
    def record(self, workspace, entries) -> None:
        raise UnavailableError("Got no store.")


def trail(
    log: AuditLog, name: str = "k1", operation: str = "promote_model", workspace: str = "acme"
) -> Trail:
    caller = Caller("key", name, name, workspace, Role.AGENT)
    return Trail(log, caller, operation, {"version": "v2"}, request_id="request-1", address="10.0.0.9")


def told(log: AuditLog, workspace: str = "acme") -> list[tuple[str, str, int]]:
    found = [one.entry for one in log.read(workspace, limit=1_000)]
    return [(one.actor, one.object, one.facts["count"]) for one in found]


@pytest.fixture
def log(sqlite_store: Store) -> AuditLog:
    return AuditLog(sqlite_store, b"k" * 32)


def test_a_refused_call_is_told_at_once_and_then_with_its_count(log: AuditLog):
    clock = Clock()
    refusals = Refusals(log, clock)
    refusals.note(trail(log))
    refusals.write()
    (first,) = [one.entry for one in log.read("acme")]
    assert (first.actor, first.role, first.action, first.object) == (
        "key:k1",
        "agent",
        "refuse_call",
        "call/promote_model",
    )
    assert (first.address, first.request_id) == ("10.0.0.9", "request-1")
    assert first.facts == {"first": "model/v2", "count": 1} and first.after_hash is None

    for _ in range(500):
        refusals.note(trail(log))
    refusals.write()
    assert len(told(log)) == 1
    clock.now += WINDOW_S
    refusals.write()
    assert told(log)[1:] == [("key:k1", "call/promote_model", 500)]


def test_a_flood_of_callers_and_calls_leaves_a_bounded_number_of_entries(log: AuditLog):
    clock = Clock()
    refusals = Refusals(log, clock)
    for number in range(1_000):
        refusals.note(trail(log, f"k{number}"))
        if number % 100 == 0:
            refusals.write()
    refusals.note(trail(log, workspace="other"))
    refusals.write(is_last=True)
    here = told(log)
    assert len(here) <= MOST_KINDS + 2
    assert sum(count for *_, count in here) == 1_000
    assert here[-1][:2] == ("server", "call/others")
    assert told(log, "other") == [("key:k1", "call/promote_model", 1)]
    assert log.verify("acme").problem is None


def test_after_a_while_there_is_room_for_other_callers(log: AuditLog):
    clock = Clock()
    refusals = Refusals(log, clock)
    for number in range(MOST_KINDS):
        refusals.note(trail(log, f"k{number}"))
    refusals.write()
    clock.now += WINDOW_S
    refusals.write()
    refusals.note(trail(log, "late"))
    refusals.write()
    assert told(log)[-1] == ("key:late", "call/promote_model", 1)


def test_what_cannot_be_written_is_written_later(log: AuditLog, sqlite_store: Store):
    refusals = Refusals(BrokenLog(sqlite_store, b"k" * 32))
    refusals.note(trail(log))
    with pytest.raises(UnavailableError):
        refusals.write()
    refusals.close()  # Says so in the log, and stops nothing.
    assert told(log) == []
    refusals._audit = log
    refusals.write()
    assert told(log) == [("key:k1", "call/promote_model", 1)]


def test_refused_calls_of_api_and_console_are_in_the_audit_log(house: House):
    agent = house.key("agent")
    for _ in range(3):
        assert house.client.put("/v1/policy", json={}, headers=agent).status_code == 403
    assert house.client.post("/v1/models/v2/promote", headers=agent).status_code == 403
    assert house.client.get("/console/model", headers=agent).status_code == 403
    # Past the gate: an admin limited to a team makes no key for all teams.
    body = {"name": "team admin", "role": "admin", "teams": ["web"]}
    token = house.client.post("/v1/keys", json=body, headers=house.key("admin")).json()["token"]
    limited = {"Authorization": f"Bearer {token}"}
    asked = {"name": "all", "role": "admin"}
    assert house.client.post("/v1/keys", json=asked, headers=limited).status_code == 403
    house.client.put("/v1/policy", json={})  # Nobody known: belongs to no workspace.

    def refused() -> dict[str, int]:
        found = entries(house, action="refuse_call", limit=100)
        assert all(one["actor"].startswith("key:") for one in found)
        return {one["object"]: one["facts"]["count"] for one in found}

    wanted = {"call/replace_policy", "call/promote_model", "call/list_models", "call/create_key"}
    assert eventually(lambda: set(refused()) == wanted)
    assert refused()["call/replace_policy"] in (1, 3)  # The first at once, the others with the next entry.
