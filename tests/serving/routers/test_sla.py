import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.serving.desk import decide, give, people, policy
from tests.serving.house import House
from tests.serving.routers.test_assignments import queue
from training.worker.sla_tick import raise_due_events
from triage.store.sla_books import read_book
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

HOUR = timedelta(hours=1)
GOLD = {"name": "gold", "organization": ["Acme"], "response": "30m", "resolution": "8h"}
NETWORK = {"name": "network", "category": ["network"], "resolution": "4h"}
OFFICE = {"name": "office", "hours": "Mon-Fri 09:00-17:00", "zone": "Europe/Berlin", "country": "DE"}


def get(house: House, path: str, role: str = "agent", **asked):
    return house.client.get(f"/v1{path}", params=asked, headers=house.key(role))


def put(house: House, *policies: dict, role: str = "admin", dry_run: bool = False, **more):
    return house.client.put(
        "/v1/sla/policies",
        json={"policies": list(policies)} | more,
        params={"dry_run": dry_run},
        headers=house.key(role),
    )


def load(house: House, role: str = "admin", **document):
    return house.client.post("/v1/sla/policies/import", json=document, headers=house.key(role))


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_policies_are_replaced_and_read_with_holidays_and_a_version(house: House):
    empty = get(house, "/sla/policies").json()
    assert (empty["version"], empty["policies"], empty["in_force_from"]) == (0, [], None)
    written = put(house, GOLD, calendars=[OFFICE]).json()
    assert written == get(house, "/sla/policies", role="planner").json()
    assert (written["version"], written["updated_by"]) == (1, "admin@acme")
    (one,) = written["policies"]
    assert (one["calendar"], one["response"], one["priority"]) == ("office", "30m", [])
    assert one["steps"] == [{"kind": "reminder", "at": 0.75, "to": "assignee", "target": None}]
    assert f"{datetime.now(UTC).year}-10-03" in written["calendars"][0]["holidays"]


def test_a_stale_change_is_refused_and_a_dry_run_stores_nothing(house: House):
    assert put(house, GOLD, version=0).status_code == 200
    stale = put(house, NETWORK, version=0)
    assert stale.status_code == 409 and "version 1" in stale.json()["detail"]
    assert put(house, NETWORK, version=0, dry_run=True).status_code == 409
    tried = put(house, NETWORK, version=1, dry_run=True).json()
    assert [one["name"] for one in tried["policies"]] == ["network"] and tried["version"] == 1
    assert [one.name for one in read_book(house.store, "acme").book.policies] == ["gold"]


@pytest.mark.parametrize(
    ("policies", "more", "location", "expected"),
    [
        ([GOLD | {"response": "2 days"}], {}, "body.policies.0.response", "1h30m"),
        ([{"name": "none"}], {}, "body.policies.0", "response, resolution or both"),
        ([GOLD, GOLD], {}, "body", "a name of its own"),
        ([GOLD | {"calendar": "moon"}], {}, "body", "policies.0"),
        (
            [GOLD | {"steps": [{"kind": "breach", "at": 1.0, "to": "x"}]}],
            {},
            "body.policies.0.steps.0.kind",
            "",
        ),
        ([GOLD], {"calendars": [OFFICE | {"hours": "nine to five"}]}, "body.calendars.0.hours", "24/7"),
        ([GOLD], {"calendars": [OFFICE | {"zone": "Mars/Base"}]}, "body.calendars.0.zone", "IANA"),
        ([GOLD], {"calendars": [OFFICE | {"country": "XX"}]}, "body.calendars.0.country", "ISO 3166"),
        (
            [GOLD],
            {"calendars": [OFFICE | {"holidays": ["soon"]}]},
            "body.calendars.0.holidays.0",
            "2026-12-24",
        ),
        ([GOLD | {"days": 1}], {}, "body.policies.0.days", ""),
        ([GOLD | {"organization": [" "]}], {}, "body.policies.0.organization.0", "spaces"),
        ([GOLD], {"done_statuses": ["done", "\t"]}, "body.done_statuses.1", "spaces"),
        ([GOLD], {"waiting_statuses": [" "]}, "body.waiting_statuses.0", "spaces"),
    ],
)
def test_what_cannot_be_promised_is_refused_by_its_place(
    house: House, policies: list, more: dict, location: str, expected: str
):
    answer = put(house, *policies, **more)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["location"] == location and expected in error["message"]
    assert read_book(house.store, "acme").version == 0


def test_policies_come_from_csv_and_from_toml(house: House):
    table = "name,priority,response,resolution,hours,zone\nfast,urgent|high,30m,4h,24/7,\nrest,,4h,,,\n"
    read = load(house, csv=table).json()
    assert [(one["name"], one["priority"], one["resolution"]) for one in read["policies"]] == [
        ("fast", ["high", "urgent"], "4h"),
        ("rest", [], None),
    ]
    toml = '[[calendars]]\nname = "o"\nholidays = [2026-12-24]\n[[policies]]\nname = "g"\nresponse = "1h"\n'
    read = load(house, toml=toml, version=1).json()
    assert (read["version"], read["calendars"][0]["holidays"]) == (2, ["2026-12-24"])


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, "one of them"),
        ({"csv": "name,response\nx,1h\n", "toml": "x = 1"}, "one of them"),
        ({"csv": "name,canary\nx,1h\n"}, "first line names name"),
        ({"csv": "name,response\n"}, "one line at least"),
        ({"csv": "name,response\ncanary,1h\nother,canary\n"}, "policies.1.response"),
        ({"toml": "[[canary"}, "[[policies]]"),
        ({"toml": "[[policies]]\nname = 'x'\nresponse = '1h'\ncanary = 1\n"}, "policies.0.?"),
        ({"toml": "version = 3\npolicies = []", "version": 2}, "two versions"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_without_repeating_it(house: House, document, expected: str):
    answer = load(house, **document)
    assert answer.status_code == 422 and expected in answer.text and "canary" not in answer.text
    assert read_book(house.store, "acme").version == 0


def test_what_is_due_follows_what_was_decided_and_what_was_foreseen(house: House):
    put(house, GOLD, NETWORK)
    decided = decide(house, "T-1", "vpn takes 4 hours", created_at=ago(hours=3))
    decide(house, "T-2", "laptop", organization="Acme", created_at=ago(hours=2))
    assert decided["sla"]["policy"] == "network" and decided["sla"]["breach_probability"] == 0.5
    answer = get(house, "/sla/due", order="danger").json()
    assert answer["counts"] == {"running": 2, "paused": 0, "overdue": 1}
    first, second, last = answer["promises"]
    assert (first["ticket_id"], first["target"], first["state"]) == ("T-1", "resolution", "running")
    assert first["due_at"] == decided["sla"]["resolution_due"] and 59 < first["minutes_left"] < 61
    assert 0.74 < first["share_gone"] < 0.76
    assert 0.5 < first["breach_probability"] < 1.0, "it is open for three of the four hours"
    assert (second["ticket_id"], second["target"]) == ("T-2", "resolution")
    assert second["breach_probability"] is None
    assert (last["ticket_id"], last["state"], last["subject"]) == ("T-2", "overdue", "laptop")
    soonest = get(house, "/sla/due", limit=1).json()
    assert [one["ticket_id"] for one in soonest["promises"]] == ["T-2"]
    only = get(house, "/sla/due", state="overdue", policy="gold").json()
    assert [one["target"] for one in only["promises"]] == ["response"] and only["counts"]["running"] == 1
    assert get(house, "/sla/due", team="nobody's").json()["promises"] == []
    assert get(house, "/sla/due", state="lost").status_code == 422


def test_a_changed_policy_holds_in_the_next_request(house: House):
    filed = ago(minutes=1)
    for span, minutes in (("4h", 239), ("2h", 119)):
        put(house, NETWORK | {"resolution": span})
        decide(house, "T-1", created_at=filed)
        (due,) = get(house, "/sla/due").json()["promises"]
        assert due["minutes_left"] == pytest.approx(minutes, abs=1)


def test_a_persons_value_counts_before_what_was_decided(house: House):
    put(house, NETWORK, {"name": "urgent", "priority": ["urgent"], "resolution": "1h"})
    decide(house, "T-1", "laptop", created_at=ago(minutes=1), values={"priority": "urgent"})
    decide(house, "T-2", created_at=ago(minutes=1), values={"category": "hardware"})
    assert [(one["ticket_id"], one["policy"], one["priority"]) for one in due_of(house)] == [
        ("T-1", "urgent", "urgent")
    ]


def due_of(house: House) -> list[dict]:
    return get(house, "/sla/due").json()["promises"]


def test_notices_are_listed_and_seen_by_whoever_saw_them_first(house: House):
    put(house, GOLD)
    filed = datetime.now(UTC)
    decide(house, "T-1", "laptop", organization="Acme", created_at=filed.isoformat())
    give(house, "T-1", "ada")
    raise_due_events(house.store, now=filed + 0.45 * HOUR)
    answer = get(house, "/sla/notices", unseen=True, recipient="ada", ticket_id="T-1").json()
    assert answer["unseen"] == 1
    (notice,) = answer["notices"]
    assert (notice["kind"], notice["target"], notice["recipient"]) == ("reminder", "response", "ada")
    path, ids = "/v1/sla/notices/acknowledge", {"event_ids": [notice["event_id"]]}
    seen = house.client.post(path, json=ids, headers=house.key("agent")).json()
    assert (seen["acknowledged"], seen["notices"][0]["seen_by"]) == (1, "agent@acme")
    again = house.client.post(path, json=ids, headers=house.key("admin")).json()
    assert again["acknowledged"] == 0 and again["notices"] == seen["notices"]
    assert get(house, "/sla/notices", unseen=True).json() == {"unseen": 0, "notices": []}
    other = house.client.post(path, json=ids, headers=house.key("agent", "other"))
    assert other.status_code == 404


def test_a_reminder_goes_to_whom_triage_gave_the_ticket(house: House):
    people(house, ada={"team": "web"})
    policy(house)
    put(house, NETWORK)
    filed = datetime.now(UTC)
    assert decide(house, "T-1", created_at=filed.isoformat())["assignment"]["agent"] == "ada"
    raise_due_events(house.store, now=filed + 3.5 * HOUR)
    (notice,) = get(house, "/sla/notices").json()["notices"]
    assert (notice["policy"], notice["recipient"]) == ("network", "ada")


def test_the_report_counts_by_what_is_asked(house: House):
    put(house, GOLD)
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    tickets = [
        PastTicket(
            Ticket(f"T-{number}", "x", created_at=monday + number * 24 * HOUR, organization="Acme"),
            {"priority": ("high", "low")[number % 2], "team": "web"},
            first_response_at=monday + number * 25 * HOUR,
            resolved_at=monday + (number * 24 + 5) * HOUR,
        )
        for number in range(4)
    ]
    put_tickets(house.store, "acme", tickets, source="jira")
    whole = get(house, "/reports/sla", role="planner").json()
    assert [(one["target"], one["kept"], one["missed"]) for one in whole["groups"]] == [
        ("response", 1, 3),
        ("resolution", 4, 0),
    ]
    assert whole["groups"][0]["share_kept"] == 0.25 and whole["by"] == ["policy"]
    cut = get(house, "/reports/sla", by=["priority", "month"], since="2026-03-03T00:00:00Z").json()
    assert [
        (one["policy"], one["priority"], one["month"], one["target"], one["kept"], one["missed"])
        for one in cut["groups"]
    ] == [
        (None, "high", "2026-03", "response", 0, 1),
        (None, "high", "2026-03", "resolution", 1, 0),
        (None, "low", "2026-03", "response", 0, 2),
        (None, "low", "2026-03", "resolution", 2, 0),
    ]
    assert get(house, "/reports/sla", by=["colour"]).status_code == 422


def test_a_ticket_about_to_be_missed_overtakes_an_older_calm_one_and_says_why(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    decide(house, "T-calm", "laptop", created_at=ago(hours=24))
    decide(house, "T-near", "vpn takes 3 hours", created_at=ago(hours=3.5))
    for name in ("T-calm", "T-near"):
        give(house, name, "ada", team="web")
    assert [one["ticket_id"] for one in queue(house, "ada")] == ["T-calm", "T-near"]
    put(house, NETWORK)
    near, calm = queue(house, "ada")
    assert (near["ticket_id"], calm["ticket_id"]) == ("T-near", "T-calm")
    assert re.match(r"no priority, resolution due in (29|30) minutes, \d\d% likely", near["because"])
    assert near["promise"]["state"] == "running" and calm["promise"] is None


def test_in_the_queue_nights_do_not_count(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    # A calendar that is open for the first hour of a ticket and then not before next week.
    day = datetime.now(UTC) - timedelta(hours=30)
    hours = f"{day:%a} {day:%H:%M}-{day + HOUR:%H:%M}"
    put(house, NETWORK, calendars=[{"name": "short", "hours": hours}])
    decide(house, "T-1", created_at=day.replace(second=0, microsecond=0).isoformat())
    give(house, "T-1", "ada", team="web")
    (one,) = queue(house, "ada")
    assert one["promise"]["share_gone"] == pytest.approx(0.25, abs=0.01)
    assert "(3 hours of business time)" in one["because"]
