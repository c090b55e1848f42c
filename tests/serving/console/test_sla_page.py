from datetime import UTC, datetime, timedelta

import pytest

from serving.console.sla_view import view_due, view_notice, view_policies
from tests.serving.console.conftest import Desk
from tests.serving.desk import decide
from tests.serving.house import House
from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from training.worker.sla_tick import raise_due_events
from triage.sla.clock import Pause
from triage.sla.events import events_of
from triage.sla.foresight import Foresight
from triage.sla.report import due_tickets, rescue_order
from triage.store.sla_books import read_book
from triage.store.sla_events import Notice, list_notices

PAGE = "/console/sla"
TABLE = "name,category,response,resolution\nnetwork,network,30m,4h\n"


def save(desk: Desk, content: str = TABLE, *, part: bool = True, **form: str):
    return desk.post(f"{PAGE}/policies", part=part, content=content, **({"action": "save"} | form))


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_a_promise_is_told_in_words_by_the_wall_clock_of_the_workspace():
    tickets = [
        past("near", first_response_at=MONDAY),
        past("held", first_response_at=MONDAY, created_at=MONDAY + HOUR),
        past("late", first_response_at=MONDAY, created_at=MONDAY - 72 * HOUR),
    ]
    foresight = {"near": Foresight({0.5: 4.0}, 0.4)}
    found = due_tickets(tickets, BOOK, {"held": [Pause(MONDAY + HOUR)]}, foresight, now=MONDAY + 3.2 * HOUR)
    near, held, late = view_due(rescue_order(found), MONDAY + 3.2 * HOUR, "Europe/Berlin")
    assert (near.look, near.target, near.when, near.moment) == (
        "near",
        "Solution",
        "in 48 minutes",
        "Mon 2 Mar 14:00",
    )
    assert near.odds.endswith("%") and near.gone == pytest.approx(0.8)
    assert (held.look, held.when) == ("paused", "waits for the requester, 4 hours left")
    assert (late.look, late.odds, late.gone) == ("lost", "", 1.0) and late.when.startswith("overdue by ")


def test_notices_and_policies_are_told_in_words():
    reminder, breach = events_of("acme", past(), BOOK, now=MONDAY + HOUR)
    told = view_notice(Notice(reminder, MONDAY, None, None), "UTC")
    assert (told.title, told.words) == (
        "Reminder",
        "50 % of the time for the first answer were used up; due Mon 2 Mar 10:00.",
    )
    assert (
        view_notice(Notice(breach, MONDAY, None, None), "UTC").words
        == "The first answer was due Mon 2 Mar 10:00."
    )
    gold, urgent = view_policies(BOOK)
    assert (gold.whose, gold.response, gold.hours) == ("organization Acme", "1h", "Mon-Fri 09:00-17:00 UTC")
    assert gold.steps == "reminder at 50 % to assignee; escalation at 150 % to duty manager (resolution)"
    assert (urgent.whose, urgent.response) == ("priority high or urgent", "–")


def test_policies_are_checked_then_replaced_by_form(house: House, desk: Desk):
    page = desk.get(PAGE).text
    assert "Nothing is promised yet" in page and 'name="version" value="0"' in page
    checked = save(desk, action="check").text
    assert "These would be the policies" in checked and "category network" in checked
    assert read_book(house.store, "acme").version == 0
    saved = save(desk, version="0")
    assert saved.headers["hx-refresh"] == "true"
    assert [one.name for one in read_book(house.store, "acme").book.policies] == ["network"]
    assert "category network" in desk.get(PAGE).text
    stale = save(desk, version="0")
    assert stale.status_code == 409 and "Read the book again" in stale.text
    wrong = save(desk, "name,response\nx,tomorrow\n", version="1")
    assert wrong.status_code == 422 and "policies.0.response" in wrong.text
    toml = '[[policies]]\nname = "all"\nresolution = "8h"\n'
    moved = save(desk, toml, part=False, version="1", kind="toml")
    assert (moved.status_code, moved.headers["location"]) == (303, PAGE)
    assert [one.name for one in read_book(house.store, "acme").book.policies] == ["all"]


def test_the_page_shows_what_is_overdue_first_and_then_the_most_endangered(house: House, desk: Desk):
    save(desk)
    assert "Nothing is due" in desk.get(PAGE).text
    decide(house, "T-calm", "vpn calm", created_at=ago(minutes=5))
    decide(house, "T-near", "vpn takes 4 hours", created_at=ago(hours=3.9))
    page = desk.get(PAGE).text
    assert "<b>3</b> to keep" in page and '<b class="near">1</b> of them endangered' in page
    assert '<b class="lost">1</b> overdue' in page
    to_keep = page.index('aria-label="To keep"')
    assert page.index("overdue by") < to_keep < page.rindex("vpn takes 4 hours") < page.index("vpn calm")
    assert "likely missed" in page and "overdue by 3 hours" in page
    only = desk.get(f"{PAGE}?team=desk").text
    assert "of this team" in only and "vpn calm" not in only
    kept = desk.get(f"{PAGE}/kept", part=True).text
    assert "network" in kept and "<html" not in kept


def test_a_notice_is_seen_with_one_click(house: House, desk: Desk):
    save(desk)
    filed = datetime.now(UTC)
    decide(house, "T-1", created_at=filed.isoformat())
    raise_due_events(house.store, now=filed + 0.4 * HOUR)
    assert "1 nobody has seen" in desk.get(PAGE).text
    (notice,) = list_notices(house.store, "acme")
    row = desk.post(f"{PAGE}/notices/{notice.event.event_id}/seen").text
    assert "Seen by admin@acme" in row and "<html" not in row
    assert "nobody has seen" not in desk.get(PAGE).text
    assert desk.post(f"{PAGE}/notices/nothing/seen").status_code == 404


def test_who_may_not_change_policies_sees_them_only(house: House, desk: Desk):
    save(desk)
    visitor = Desk(house)
    visitor.sign_in("auditor")
    page = visitor.get(PAGE).text
    assert "category network" in page and "Replace the policies" not in page
    assert save(visitor).status_code == 403
    visitor.sign_in("planner")
    assert visitor.get(PAGE).status_code == 403
