import re
from datetime import UTC, datetime

from tests.serving.console.conftest import Desk
from tests.serving.desk import close
from tests.serving.desk import decide as send
from tests.serving.house import House
from triage.helping.gap import Gap, GapReport, GapSources
from triage.store.knowledge_reports import put_gaps
from triage.store.runs import list_runs
from triage.store.suggestions import feedback_since

ARTICLE = {"article_id": "KB-1", "title": "When the vpn drops", "body": "Update the vpn client."}


def seed(house: House) -> None:
    house.client.post("/v1/knowledge", json=ARTICLE, headers=house.key("admin"))
    send(house, "T-1", subject="vpn drops <b>every</b> hour")
    close(house, "T-1", resolution="Renew the profile. Ask ada@example.org.")


def decision_of(page: str) -> str:
    found = re.search(r"/console/suggestions/(\w+)/feedback", page)
    assert found is not None
    return found.group(1)


def test_a_decision_shows_what_solved_similar_tickets_and_replies_to_start_from(desk: Desk):
    seed(desk.house)
    page = desk.post("/console/decide", subject="vpn drops every hour").text
    assert "Renew the profile." in page and "Resolution · T-1" in page
    assert "ada@example.org" not in page and "[email]" in page
    assert "Replies to start from" in page and "<code>{contact}</code>" in page


def test_judging_what_was_offered_is_stored_and_said(desk: Desk):
    seed(desk.house)
    name = decision_of(desk.post("/console/decide", subject="vpn drops every hour").text)
    address = f"/console/suggestions/{name}/feedback"
    answer = desk.post(address, kind="article", item_id="KB-1", verdict="sent")
    assert "Noted: it was sent." in answer.text
    assert (
        desk.post(address, part=False, kind="article", item_id="KB-1", verdict="dismissed").status_code == 200
    )
    assert desk.post(address, kind="article", item_id="KB-9", verdict="sent").status_code == 422
    (one,) = feedback_since(desk.house.store, "acme", suggestion_id=name)
    assert (one.feedback.item_id, one.feedback.verdict.value) == ("KB-1", "dismissed")


def test_the_page_says_where_there_is_too_little_to_say_anything(desk: Desk):
    page = desk.get("/console/knowledge").text
    assert "too few to say" in page and "Nobody has looked yet" in page
    assert "Nothing was offered in this time." in page
    seed(desk.house)
    desk.post("/console/decide", subject="vpn drops every hour")
    assert "Who says nothing has not accepted." in desk.get("/console/knowledge").text


def test_an_admin_asks_for_gaps_and_an_agent_only_reads(desk: Desk):
    assert "Look for gaps" in desk.get("/console/knowledge").text
    assert "Knowledge gaps" in desk.post("/console/knowledge/gaps").text
    assert [run.kind for run in list_runs(desk.house.store, "acme")] == ["gaps"]
    desk.sign_in("agent")
    page = desk.get("/console/knowledge")
    assert page.status_code == 200 and 'action="/console/knowledge/gaps"' not in page.text
    assert desk.post("/console/knowledge/gaps").status_code == 403


def test_a_gap_of_confidential_tickets_alone_is_an_admins(desk: Desk):
    house = desk.house
    send(house, "T-1", subject="salary slip")
    close(house, "T-1", values={"team": "HR"})
    fields = {"disabled_guardrails": [], "fields": {}, "kill_switch": False}
    secret = fields | {"helping": {"confidential": {"team": ["HR"]}}}
    assert house.client.put("/v1/policy", json=secret, headers=house.key("admin")).status_code == 200
    sources = GapSources(("T-1",), "T-1", (("T-1",),))
    examples = (("T-1", "salary slip"),)
    gap = Gap("Salary slip", ("salary",), 6, None, 6.0, 0.2, False, examples, 0, None, sources)
    document = GapReport(6, 6, 6, (gap,), 1, ()).to_document(with_sources=True)
    put_gaps(house.store, "acme", document, datetime(2026, 4, 1, tzinfo=UTC))
    assert "Salary slip" in desk.get("/console/knowledge").text
    report = house.client.get("/v1/reports/knowledge", headers=house.key("admin")).json()["gaps"]
    assert (report["gaps"][0]["words"], report["hidden"]) == (["salary"], 0)
    report = house.client.get("/v1/reports/knowledge", headers=house.key("agent")).json()["gaps"]
    assert (report["gaps"], report["hidden"]) == ([], 1)
    desk.sign_in("agent")
    page = desk.get("/console/knowledge").text
    assert "alary" not in page and "1 more is about tickets out of your sight" in page
    assert "No five tickets" not in page


def test_a_requesters_key_opens_no_page_and_is_told_so(house: House):
    answer = Desk(house).sign_in("requester")
    assert answer.status_code == 403
    assert "no page for your role" in answer.text and "set-cookie" not in answer.headers
