from datetime import UTC, datetime, timedelta

from serving.floor import FloorHost
from serving.presence import presence_of
from triage.absence import Absence
from triage.agent import Agent
from triage.erasure import ErasureKeys
from triage.policy import Policy
from triage.routing.policy import RoutingPolicy, TeamRouting
from triage.store import Store
from triage.store.agents import get_agent, put_absence, put_agents
from triage.store.assignments import GivenTicket, put_assignment
from triage.store.erase import erase
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SHIFT = "Mon-Fri 09:00-17:00"


def look(host: FloorHost, now: datetime = MONDAY, **more):
    return host.look("acme", Policy(routing=RoutingPolicy(default_capacity=8.0)), now, **more)


def stands(store: Store, host: FloorHost, agent: str, now: datetime = MONDAY):
    return presence_of(get_agent(store, "acme", agent), look(host, now))


def test_a_workspace_without_agents_has_no_floor(store):
    assert look(FloorHost(store)) is None


def test_presence_load_and_capacity_are_told(store):
    put_agents(store, "acme", [Agent("ada", shift=SHIFT), Agent("bob")])
    put_tickets(store, "acme", [PastTicket(Ticket("T-1"), {"assignee": "ada"}, status="open")], source="x")
    host = FloorHost(store)
    ada = stands(store, host, "ada")
    assert (ada.is_there, ada.until, ada.load, ada.capacity) == (True, MONDAY.replace(hour=17), 1.0, 8.0)
    gone = stands(store, host, "ada", MONDAY.replace(hour=18))
    assert (gone.is_there, gone.is_away, gone.next_at) == (False, False, datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert stands(store, host, "bob").until is None  # No shift is known, so no end of it.


def test_a_change_in_the_store_is_seen_at_once(store):
    put_agents(store, "acme", [Agent("ada", shift=SHIFT)])
    host = FloorHost(store)
    first = look(host)
    assert look(host).situation.roster is first.situation.roster
    put_absence(store, "acme", "ada", Absence(MONDAY, MONDAY + timedelta(hours=1)))
    assert not stands(store, host, "ada").is_there
    put_tickets(store, "acme", [PastTicket(Ticket("T-1"))], source="api")
    put_assignment(store, "acme", GivenTicket("T-1", "ada", "web", MONDAY, "triage"))
    floor = look(host)
    assert floor.situation.load("ada") == 1.0 and floor.situation.given == {"web": {"ada": 1}}
    # The window of a fair share moves on by itself.
    assert look(host, MONDAY + timedelta(days=8)).situation.given == {}


def test_what_a_caller_does_to_its_loads_is_its_own(store):
    put_agents(store, "acme", [Agent("ada")])
    host = FloorHost(store)
    look(host).situation.loads["ada"] = 99.0
    assert look(host).situation.load("ada") == 0.0


def test_a_country_that_nobody_knows_costs_no_other_team_its_holidays(store):
    ensure_workspace(store, "acme", country="DE")
    put_agents(store, "acme", [Agent(name, team=name, shift="24/7") for name in ("web", "mail", "odd")])
    teams = {"mail": TeamRouting(country="US"), "odd": TeamRouting(country="XX")}
    policy = Policy(routing=RoutingPolicy(teams=teams))

    def is_there(agent: str, day: datetime) -> bool:
        roster = FloorHost(store).look("acme", policy, day).situation.roster
        return roster.presence(roster.agents[agent], day).is_there

    unity = datetime(2026, 10, 3, 10, tzinfo=UTC)
    independence = datetime(2026, 7, 3, 10, tzinfo=UTC)  # Observed: the fourth is a Saturday.
    assert [is_there(name, unity) for name in ("web", "mail", "odd")] == [False, True, True]
    assert [is_there(name, independence) for name in ("web", "mail", "odd")] == [True, False, True]


def test_inside_a_transaction_nothing_is_kept(store):
    put_agents(store, "acme", [Agent("ada")])
    host = FloorHost(store)
    put_tickets(store, "acme", [PastTicket(Ticket("T-1"))], source="api")
    try:
        with store.writing("acme"):
            put_assignment(store, "acme", GivenTicket("T-1", "ada", None, MONDAY, "triage"))
            assert look(host, fresh=True).situation.load("ada") == 1.0
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    put_assignment(store, "acme", GivenTicket("T-1", "bob", None, MONDAY, "triage"))
    assert look(host).situation.load("ada") == 0.0


def test_whose_hours_cannot_be_read_is_told_and_given_nothing(store):
    put_agents(store, "acme", [Agent("ada", shift="whenever"), Agent("bob")])
    host = FloorHost(store)
    ada = stands(store, host, "ada")
    assert not ada.is_there and "whenever" in ada.problem
    assert stands(store, host, "bob").is_there


def test_public_holidays_of_the_workspace_count(store):
    ensure_workspace(store, "acme", zone="Europe/Berlin", country="DE")
    put_agents(store, "acme", [Agent("ada", shift=SHIFT)])
    host = FloorHost(store)
    assert not stands(store, host, "ada", datetime(2026, 5, 1, 10, tzinfo=UTC)).is_there
    assert stands(store, host, "ada", datetime(2026, 5, 4, 10, tzinfo=UTC)).is_there


def test_a_country_that_is_not_known_only_costs_its_holidays(store):
    ensure_workspace(store, "acme", country="XX")
    put_agents(store, "acme", [Agent("ada", shift=SHIFT)])
    assert stands(store, FloorHost(store), "ada").is_there


def test_an_assignment_is_counted_without_counting_all_tickets_again(store, monkeypatch):
    put_agents(store, "acme", [Agent("ada"), Agent("bob")])
    filed = [PastTicket(Ticket(f"T-{one}"), {"assignee": "ada"}, status="open") for one in range(3)]
    put_tickets(store, "acme", filed, source="x")
    host = FloorHost(store)
    assert look(host).situation.loads == {"ada": 3.0}
    monkeypatch.setattr("serving.floor.held_work", None)  # Counting all of them would fail,
    monkeypatch.setattr("serving.given_count.given_tickets", None)  # these as well.
    put_assignment(store, "acme", GivenTicket("T-0", "bob", "web", datetime.now(UTC), "triage"))
    assert look(host).situation.loads == {"ada": 2.0, "bob": 1.0}
    assert look(host).situation.given == {"web": {"bob": 1}}
    solved = [PastTicket(Ticket("T-1"), {"assignee": "ada"}, status="solved")]
    put_tickets(store, "acme", solved, source="x")
    with store.writing("acme"):
        put_tickets(store, "acme", [PastTicket(Ticket("T-2"), {}, status="solved")], source="x")
        assert look(host, fresh=True).situation.loads == {"bob": 1.0}
    assert look(host).situation.loads == {"bob": 1.0}


def test_all_are_counted_where_they_are_too_many_or_too_much_changed_or_something_was_erased(
    store, monkeypatch
):
    put_agents(store, "acme", [Agent("ada")])
    host = FloorHost(store)

    def file(*numbers: int) -> None:
        filed = [PastTicket(Ticket(f"T-{one}"), {"assignee": "ada"}, status="open") for one in numbers]
        put_tickets(store, "acme", filed, source="x")

    file(0, 1)
    assert look(host).situation.loads == {"ada": 2.0}
    keys = ErasureKeys(b"k" * 32)
    erase(store, "acme", keys=keys, text_key=lambda ticket: ticket.text_hash, ticket_ids=["T-0"])
    assert look(host).situation.loads == {"ada": 1.0}
    monkeypatch.setattr("serving.floor.MOST_CHANGED", 1)
    file(2, 3)
    assert look(host).situation.loads == {"ada": 3.0}
    monkeypatch.setattr("serving.floor.MOST_HELD", 2)
    file(4)
    file(5, 6)
    assert look(host).situation.loads == {"ada": 6.0}
    file(7)
    assert look(host).situation.loads == {"ada": 7.0}
