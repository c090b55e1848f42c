"""The pages as a browser without scripts gets them; tests/browser has the ones with."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from serving.roles import PERMISSIONS
from tests.serving.console.conftest import Desk
from tests.serving.house import House
from triage.knowledge import Article
from triage.store.articles import put_articles, withdraw_article
from triage.store.feedback import feedback_on
from triage.store.runs import finish_run, list_runs, start_run
from triage.store.snapshots import put_snapshot
from triage.store.tickets import get_ticket, put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

PAGES = {
    "/console": "triage_ticket",
    "/console/agents": "list_agents",
    "/console/volume": "read_forecast",
    "/console/knowledge": "read_knowledge_report",
    "/console/model": "list_models",
}
ORIGIN = datetime(2026, 3, 2, tzinfo=UTC)


def put_forecast(house: House, series: tuple[str, ...] = ("total",), days: int = 10) -> None:
    quantiles = {name: 10.0 for name in ("mean", "q05", "q10", "q20", "q50", "q80", "q90", "q95")}
    rows = [
        {"series": name, "start": ORIGIN + timedelta(days=day), "spike_threshold": 20.0}
        | {"spike_probability": 0.04} | quantiles
        for name in series
        for day in range(days)
    ]  # fmt: skip
    put_snapshot(
        house.store, "acme", "day", days, ORIGIN, {"zone": "UTC", "pool": {"total": "SWA8+GLMq"}}, rows
    )


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(house: House, page: str):
    visitor = Desk(house)
    away = visitor.get(page)
    assert away.status_code == 303
    assert away.headers["location"].startswith("/console/sign-in?back=")
    house.key()
    token = house.tokens["admin@acme"]
    back = visitor.post(away.headers["location"], part=False, key=token)
    assert (back.status_code, back.headers["location"]) == (303, page)
    assert visitor.get(page).status_code == 200


def test_the_address_to_come_back_to_is_one_of_the_pages_or_none(house: House):
    visitor = Desk(house)
    house.key()
    for elsewhere in ("//evil.example", "https://evil.example", "/v1/triage"):
        back = visitor.post(f"/console/sign-in?back={elsewhere}", part=False, key=house.tokens["admin@acme"])
        assert back.headers["location"] == "/console"


def test_a_wrong_key_is_said_in_the_page_and_not_repeated(house: House):
    answer = Desk(house).post("/console/sign-in", part=False, key="tk_0_wrong")
    assert answer.status_code == 401
    assert "not known here" in answer.text and "tk_0_wrong" not in answer.text
    assert "set-cookie" not in answer.headers


def test_a_part_of_a_page_sends_a_lost_session_to_sign_in(house: House):
    answer = Desk(house).post("/console/decide", subject="vpn")
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/console/sign-in"


@pytest.mark.parametrize("role", ["admin", "agent", "planner", "service", "auditor"])
def test_a_role_sees_the_pages_that_its_key_opens_in_the_api(house: House, role: str):
    visitor = Desk(house)
    first = visitor.sign_in(role).headers["location"]
    allowed = {page for page, operation in PAGES.items() if role in PERMISSIONS[operation]}
    menu = set(re.findall(r'href="(/console[a-z/]*)" ?(?:aria-current="page")?>', visitor.get(first).text))
    assert menu & set(PAGES) == allowed
    for page in PAGES:
        assert visitor.get(page).status_code == (200 if page in allowed else 403)


def test_a_decision_shows_value_threshold_reason_and_what_moved_it(desk: Desk):
    answer = desk.post("/console/decide", subject="VPN drops", body="since today")
    assert answer.status_code == 200
    text = " ".join(answer.text.split())
    assert "Apply category; suggest team." in text
    assert "Sure enough: 90 %, needs 80 %." in text
    assert "this label was never reliable enough" in text
    assert '<mark class="for-3">VPN</mark>' in text
    assert "OLD-0" in text


def test_a_pasted_ticket_is_decided_as_the_same_ticket_is_over_http(desk: Desk):
    text = desk.post("/console/decide", subject="Laptop", body="broken").text
    (shown,) = re.findall(r"decision ([0-9a-f]{32})", text)
    service = desk.house.key("service")
    sent = {"subject": "Laptop", "body": "broken"}
    told = desk.house.client.post("/v1/triage", json=sent, headers=service).json()
    kept = desk.house.client.get(f"/v1/decisions/{shown}", headers=service).json()
    assert kept["fields"] == told["fields"] and "team" in told["fields"]


def test_ticket_text_is_shown_as_text(desk: Desk):
    answer = desk.post("/console/decide", subject="<script>vpn</script>", body="<img src=x onerror=y>")
    assert "<script>vpn" not in answer.text and "<img src=x" not in answer.text
    assert "&lt;img src=x" in answer.text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"subject": " ", "body": ""}, "Got neither a subject nor a text"),
        ({"subject": "a\x00b"}, "U+0000"),
        ({"subject": "x" * 4001}, "Got 4,001 characters; expected at most 4,000."),
    ],
)
def test_a_ticket_that_cannot_be_decided_gets_a_sentence_in_the_page(desk: Desk, form: dict, sentence: str):
    for part in (True, False):
        answer = desk.post("/console/decide", part=part, **form)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert ("<html" in answer.text) is not part


def test_a_word_on_a_field_is_kept(desk: Desk):
    page = desk.post("/console/decide", subject="vpn")
    path = re.search(r'hx-post="(/console/decisions/[0-9a-f]+/feedback)"', page.text)
    accepted = desk.post(path[1], field="category", verdict="accepted")
    corrected = desk.post(path[1], field="team", verdict="replaced", value="desk")
    assert "Accepted" in accepted.text and "<b>desk</b>" in corrected.text
    kept = {one.field: one for one in feedback_on(desk.house.store, "acme", path[1].split("/")[3])}
    assert (kept["category"].verdict, kept["category"].value) == ("accepted", "network")
    assert (kept["team"].verdict, kept["team"].value) == ("replaced", "desk")
    assert kept["team"].actor == "admin@acme"


def test_forms_work_without_scripts_too(desk: Desk):
    page = desk.post("/console/decide", part=False, subject="vpn")
    path = re.search(r'action="(/console/decisions/[0-9a-f]+/feedback)"', page.text)[1]
    for answer in (
        page,
        desk.post(path, part=False, field="category", verdict="accepted"),
        desk.post("/console/volume/forecast", part=False),
        desk.post("/console/model/train", part=False),
    ):
        assert answer.status_code == 200
        assert "<html" in answer.text and 'href="/console/volume"' in answer.text
    assert {run.kind for run in list_runs(desk.house.store, "acme")} == {"forecast", "train"}


def test_another_workspace_cannot_judge_a_decision(desk: Desk):
    page = desk.post("/console/decide", subject="vpn")
    path = re.search(r'hx-post="(/console/decisions/[0-9a-f]+/feedback)"', page.text)[1]
    desk.sign_in("admin", "other")
    assert desk.post(path, field="category", verdict="accepted").status_code == 404


def test_an_example_is_decided_beside_what_the_helpdesk_chose_and_stays_as_it_was(desk: Desk):
    past = PastTicket(
        Ticket("A/1", "VPN gone", "since noon", ORIGIN), {"category": "hardware", "team": "field"}, "closed"
    )
    put_tickets(desk.house.store, "acme", [past], source="history")
    home = desk.get("/console").text
    assert "VPN gone" in home and 'hx-post="/console/examples/A%2F1"' in home.replace("A/1", "A%2F1")
    answer = desk.post("/console/examples/A%2F1")
    assert "The helpdesk itself chose <b>hardware</b>" in answer.text
    assert 'value="VPN gone"' in answer.text
    assert get_ticket(desk.house.store, "acme", "A/1") == past


def test_without_a_model_the_page_says_what_to_do(desk: Desk):
    desk.sign_in("admin", "empty")
    for answer in (
        desk.get("/console"),
        desk.post("/console/decide", subject="vpn"),
        desk.get("/console/model"),
    ):
        assert answer.status_code == 200
        assert "No model has learnt this helpdesk yet" in answer.text


def test_an_invented_helpdesk_says_so_on_every_page(desk: Desk):
    assert "invented" not in desk.get("/console").text
    ensure_workspace(desk.house.store, "acme", name="Acme", made_up=True)
    put_forecast(desk.house)
    for page in PAGES:
        assert "This helpdesk is invented." in desk.get(page).text


def test_the_volume_page_shows_the_newest_forecast_and_its_basis(desk: Desk):
    assert "No forecast by day has been published yet" in desk.get("/console/volume").text
    put_forecast(desk.house, ("total", "category=vpn"))
    page = desk.get("/console/volume")
    assert "the average of the same weekday over the last 8 weeks" in page.text
    assert 'value="category=vpn"' in page.text
    assert desk.get("/console/volume?series=category%3Dvpn").status_code == 200
    assert desk.get("/console/volume?series=nonsense").status_code == 404
    assert desk.get("/console/volume?interval=year").status_code == 422


def test_forecasting_again_asks_for_a_run_once(desk: Desk):
    assert "queued" in desk.post("/console/volume/forecast").text
    refused = desk.post("/console/volume/forecast")
    assert refused.status_code == 409 and "one of a kind at a time" in refused.text
    (run,) = list_runs(desk.house.store, "acme")
    assert (run.kind, run.parameters["days"], run.requested_by) == ("forecast", 28, "admin@acme")


def test_a_run_is_followed_until_the_page_is_loaded_anew(desk: Desk):
    assert "every 2s" in desk.post("/console/model/train").text
    (run,) = list_runs(desk.house.store, "acme")
    start_run(desk.house.store, run.run_id)
    assert "hx-refresh" not in desk.get(f"/console/runs/{run.run_id}", part=True).headers
    finish_run(desk.house.store, run.run_id, {"version": "v2"})
    done = desk.get(f"/console/runs/{run.run_id}", part=True)
    assert done.headers["hx-refresh"] == "true" and "every 2s" not in done.text


def test_only_roles_that_may_can_ask_for_runs(desk: Desk):
    desk.sign_in("auditor")
    assert desk.post("/console/model/train").status_code == 403
    assert desk.post("/console/volume/forecast").status_code == 403
    assert list_runs(desk.house.store, "acme") == []


def test_the_model_page_shows_promise_and_card(desk: Desk):
    page = desk.get("/console/model").text
    assert "Version <b>v1</b> answers" in page and "linear" in page and "90 %" in page
    assert "60 % applied, 90 % of these right; access: 95 % caught" in page and "90 % right" in page
    assert "31 of its 32 tickets were caught" in page
    assert "45 of all 100 tickets were shown as access, 31 of them rightly. <b>A dear promise" in page
    card = desk.get("/console/model/v1/card")
    assert "A fake model" in card.text and "default-src 'none'" in card.headers["content-security-policy"]


def test_an_article_can_be_read_and_a_missing_one_is_said_to_be(desk: Desk):
    put_articles(desk.house.store, "acme", [Article("kb/1", "Mend a <b>", "First.\n\nThen.", "Short")])
    page = desk.get("/console/articles/kb/1").text
    assert "Mend a &lt;b&gt;" in page and "Then." in page
    assert desk.get("/console/articles/none").status_code == 404


def test_pages_load_only_their_own_files_and_run_no_inline_script(desk: Desk):
    page = desk.get("/console")
    assert "script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|https?://", page.text)
    for address in re.findall(r'(?:src|href)="(/console/static/[^"]+)"', page.text):
        found = desk.get(address)
        assert found.status_code == 200 and "immutable" in found.headers["cache-control"]


@pytest.mark.parametrize("name", ["vendor/htmx/LICENSE", "../__init__.py", "..%2Fsession.py", "none.css"])
def test_nothing_but_the_known_files_is_served(desk: Desk, name: str):
    assert desk.get(f"/console/static/x/{name}").status_code == 404


def test_an_unknown_page_is_a_page_that_says_so(desk: Desk):
    answer = desk.get("/console/nowhere")
    assert answer.status_code == 404 and "<html" in answer.text and "does not have" in answer.text


def test_signing_out_ends_the_session(desk: Desk):
    desk.post("/console/sign-out", part=False)
    assert desk.get("/console").status_code == 303


@pytest.mark.parametrize("page", PAGES)
def test_who_has_no_page_gets_a_sentence(house: House, page: str):
    answer = house.client.get(page, headers=house.key("requester"))
    assert answer.status_code == 403 and "requester" in answer.text


def test_requesters_read_public_articles_that_stand(house: House):
    public, internal = Article("open", "VPN", "Restart it.", public=True), Article("inner", "VPN", "Secret.")
    gone = Article("gone", "VPN", "Old.", public=True)
    put_articles(house.store, "acme", [public, internal, gone])
    withdraw_article(house.store, "acme", "gone")
    found = {
        name: house.client.get(f"/console/articles/{name}", headers=house.key("requester")).status_code
        for name in ("open", "inner", "gone")
    }
    assert found == {"open": 200, "inner": 404, "gone": 404}
    assert house.client.get("/console/articles/inner", headers=house.key("agent")).status_code == 200


def test_the_page_says_where_the_text_alone_decided(house: House):
    visitor = Desk(house)
    visitor.sign_in("agent")
    for subject, is_bare in (("vpn down", False), ("bare vpn", True)):
        page = visitor.post("/console/decide", subject=subject).text
        assert "decision " in page
        assert ("without the form that past tickets had" in page) is is_bare
