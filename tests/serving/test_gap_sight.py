from datetime import UTC, datetime

import pytest

from serving.caller import Caller
from serving.gap_sight import gaps_in_sight
from serving.roles import Role
from triage.helping.policy import HelpingPolicy
from triage.policy import Policy
from triage.store import Store
from triage.store.knowledge_reports import put_gaps
from triage.store.policies import write_policy
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def gap(*members: str, title_of: str, words: dict[str, list[str]]) -> dict:
    return {
        "title": f"Subject of {title_of}",
        "words": list(words),
        "tickets": 64,
        "examples": [{"ticket_id": name, "subject": f"Subject of {name}"} for name in members[:3]],
        "sources": {"members": list(members), "title_of": title_of, "said_by": list(words.values())},
    }


SALARY = gap("H-1", "H-2", title_of="H-1", words={"salary": ["H-1", "H-2"]})
MIXED = gap("H-3", "W-1", "D-1", title_of="H-3", words={"dismissal": ["H-3"], "form": ["H-3", "W-1", "D-1"]})
VPN = gap("W-2", "W-3", title_of="W-2", words={"vpn": ["W-2", "W-3"]})
OLD = {name: part for name, part in VPN.items() if name != "sources"}


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    teams = {"H": "HR", "W": "web", "D": "desk"}
    names = ["H-1", "H-2", "H-3", "W-1", "W-2", "W-3", "D-1"]
    past = [PastTicket(Ticket(name, "x"), {"team": teams[name[0]]}) for name in names]
    put_tickets(sqlite_store, "acme", past, source="api")
    hidden = HelpingPolicy(confidential={"team": frozenset({"HR"})})
    write_policy(sqlite_store, "acme", Policy(helping=hidden), "ops")
    return sqlite_store


def seen(store: Store, role: Role, *gaps: dict, teams: frozenset[str] | None = None) -> dict:
    put_gaps(store, "acme", {"tickets": 90, "gaps": list(gaps), "care": []}, NOW)
    caller = Caller("key", "k1", "somebody", "acme", role, teams=teams)
    found = gaps_in_sight(store, caller)
    assert found is not None
    return dict(found.document)


def test_an_admin_reads_all_and_nobody_the_sources(store: Store):
    document = seen(store, Role.ADMIN, SALARY, MIXED, VPN, OLD)
    assert [one["title"] for one in document["gaps"]] == [one["title"] for one in (SALARY, MIXED, VPN, OLD)]
    assert document["hidden"] == 0 and "sources" not in str(document)


def test_an_agent_reads_nothing_that_comes_from_confidential_tickets_alone(store: Store):
    document = seen(store, Role.AGENT, SALARY, MIXED, VPN)
    mixed, vpn = document["gaps"]
    assert document["hidden"] == 1
    assert (mixed["title"], mixed["words"], mixed["tickets"]) == ("form", ["form"], 64)
    assert [one["ticket_id"] for one in mixed["examples"]] == ["W-1", "D-1"]
    assert vpn == OLD
    assert not any(secret in str(document) for secret in ("H-", "salary", "dismissal"))


def test_who_is_held_to_teams_reads_what_comes_from_their_tickets(store: Store):
    document = seen(store, Role.AGENT, SALARY, MIXED, VPN, teams=frozenset({"desk"}))
    (mixed,) = document["gaps"]
    assert [one["ticket_id"] for one in mixed["examples"]] == ["D-1"]
    assert (document["hidden"], mixed["words"]) == (2, ["form"])


def test_who_handles_confidential_tickets_sees_them_and_an_admin_of_other_teams_does_not(store: Store):
    handler = seen(store, Role.AGENT, SALARY, VPN, teams=frozenset({"HR"}))
    assert [one["words"] for one in handler["gaps"]] == [["salary"]]
    assert [
        one["words"] for one in seen(store, Role.ADMIN, SALARY, VPN, teams=frozenset({"web"}))["gaps"]
    ] == [["vpn"]]


def test_a_report_of_before_that_names_no_sources_is_for_those_who_see_all(store: Store):
    document = seen(store, Role.AGENT, OLD)
    assert (document["gaps"], document["hidden"]) == ([], 1)


def test_without_a_report_there_is_none(store: Store):
    assert gaps_in_sight(store, Caller("key", "k1", "ada", "acme", Role.ADMIN)) is None
