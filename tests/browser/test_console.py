"""What a person sees and does in the console, in Chromium."""

import re
from datetime import UTC, datetime

import pytest

from serving.passwords import Passwords
from serving.people import add_user
from serving.roles import Role
from tests.browser.conftest import Looker
from triage.store.feedback import feedback_on
from triage.store.held_work import open_loads
from triage.store.runs import cancel_run, list_runs
from triage.store.sla_books import read_book
from triage.store.users import change_user, get_user
from triage.store.work import set_assignee

pytestmark = pytest.mark.browser

PHONE = pytest.mark.parametrize("looker", [(390, 844)], ids=["phone"], indirect=True)
PAINTED = """id => {
  const canvas = document.querySelector(`#${id} canvas`);
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 3] > 250) colours.add(pixels.slice(at, at + 3).join());
  }
  return colours.size;
}"""
SHIFTED = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
  list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => resolve(0), 300))"""


def decide(looker: Looker, subject: str) -> None:
    looker.page.get_by_label("Subject").fill(subject)
    looker.page.get_by_role("button", name="Decide").click()
    looker.page.locator("#verdict").wait_for()


def test_who_is_signed_out_is_sent_to_sign_in_and_back(looker: Looker):
    looker.page.goto(f"{looker.site.address}/console/volume")
    assert "/console/sign-in" in looker.page.url
    looker.page.get_by_label("API key").fill(looker.site.token)
    looker.page.keyboard.press("Enter")
    looker.page.get_by_role("heading", name="Volume").wait_for()
    looker.page.get_by_role("button", name="Sign out").click()
    looker.page.get_by_label("API key").wait_for()
    looker.page.goto(f"{looker.site.address}/console")
    assert "/console/sign-in" in looker.page.url


def test_a_pasted_ticket_gets_a_decision_with_reasons_without_leaving_the_page(looker: Looker):
    looker.sign_in()
    decide(looker, "The vpn is slow")
    page = looker.page
    assert page.locator("#verdict").inner_text() == "Apply category; suggest team; abstain on assignee."
    category = page.get_by_role("article", name="Category")
    assert category.get_by_role("img", name="90 % sure, needs 80 %").is_visible()
    assert "Sure enough: 90 %, needs 80 %." in category.inner_text()
    category.get_by_text("in the text").click()
    assert category.locator("mark.for-3").first.inner_text() == "vpn"
    assert page.get_by_text("VPN was gone").is_visible()
    assert page.url.endswith("/console")
    assert page.get_by_text("This helpdesk is invented.").is_visible()


def test_accepting_and_correcting_is_stored(looker: Looker):
    looker.sign_in()
    decide(looker, "vpn")
    page = looker.page
    page.get_by_role("button", name="Category is right").click()
    page.get_by_text("Accepted, thank you.").wait_for()
    team = page.get_by_role("article", name="Team")
    team.get_by_text("Correct …").click()
    team.get_by_label("The right team").select_option("desk")
    team.get_by_role("button", name="Save").click()
    page.get_by_text("Corrected to desk").wait_for()
    decision_id = re.search(r"decision ([0-9a-f]{32})", page.locator("#decision").inner_text())[1]
    kept = {
        one.field: (one.verdict.value, one.value)
        for one in feedback_on(looker.site.store, "acme", decision_id)
    }
    assert kept == {"category": ("accepted", "network"), "team": ("replaced", "desk")}


def test_an_example_is_one_click_away_and_fills_the_form(looker: Looker):
    looker.sign_in()
    example = looker.page.get_by_role("button", name="VPN drops in room 0")
    example.click()
    looker.page.locator("#verdict").wait_for()
    assert looker.page.get_by_label("Subject").input_value() == "VPN drops in room 0"
    assert "The helpdesk itself chose network" in looker.page.locator("#decision").inner_text()


def test_the_keyboard_alone_is_enough(looker: Looker):
    looker.sign_in()
    page = looker.page
    page.get_by_label("Subject").focus()
    page.keyboard.type("laptop broken")
    page.keyboard.press("Tab")
    page.keyboard.type("since noon")
    page.keyboard.press("Control+Enter")
    page.locator("#verdict").wait_for()
    page.wait_for_function("document.activeElement.id === 'verdict'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("details.why[open]").count() == 1


def test_an_error_is_a_sentence_in_the_page(looker: Looker):
    looker.sign_in()
    looker.page.get_by_role("button", name="Decide").click()
    looker.page.get_by_text("Got neither a subject nor a text").wait_for()
    assert all("422" in said for said in looker.complaints)  # Chromium reports the status by itself.
    looker.complaints.clear()


def test_a_server_that_is_gone_is_said_and_the_text_stays(looker: Looker):
    looker.sign_in()
    looker.page.get_by_label("Subject").fill("vpn")
    looker.page.route("**/console/decide", lambda route: route.abort())
    looker.page.get_by_role("button", name="Decide").click()
    looker.page.get_by_text("The server does not answer.").wait_for()
    assert looker.page.get_by_label("Subject").input_value() == "vpn"
    looker.complaints.clear()  # The failed request itself.


def test_the_forecast_is_drawn_and_follows_the_choice_of_series(looker: Looker):
    looker.sign_in()
    page = looker.page
    page.get_by_role("link", name="Volume").click()
    page.locator("#chart[data-drawn]").wait_for()
    assert page.evaluate(PAINTED, "chart") > 4
    assert page.evaluate(PAINTED, "spike") > 1
    assert page.evaluate(SHIFTED) < 0.05
    total = page.locator("#chart").get_attribute("data-chart")
    page.get_by_label("Series").select_option("category=network")
    page.wait_for_url("**series=category*")
    page.locator("#chart[data-drawn]").wait_for()
    assert page.locator("#chart").get_attribute("data-chart") != total
    page.locator("#chart").hover(position={"x": 800, "y": 100})
    assert "likely 2 to 6" in page.locator("#readout").inner_text()
    page.get_by_text("Hours").click()
    page.get_by_text("No forecast by hour has been published yet").wait_for()


def test_forecasting_again_asks_for_a_run_and_follows_it(looker: Looker):
    looker.sign_in()
    looker.page.goto(f"{looker.site.address}/console/volume")
    looker.page.get_by_role("button", name="Forecast again").click()
    looker.page.get_by_text("queued").wait_for()
    (run,) = list_runs(looker.site.store, "acme", kind="forecast")
    cancel_run(looker.site.store, "acme", run.run_id)
    looker.page.get_by_text("cancelled").wait_for()


def test_the_model_page_leads_to_the_card(looker: Looker):
    looker.sign_in()
    looker.page.get_by_role("link", name="Model").click()
    assert "90 %" in looker.page.get_by_role("row", name="Category").inner_text()
    with looker.page.context.expect_page() as opened:
        looker.page.get_by_role("link", name="Read its card").click()
    opened.value.get_by_role("heading", name="A fake model").wait_for()


def test_an_absence_is_added_and_taken_back_in_its_row(looker: Looker):
    looker.sign_in()
    page = looker.page
    page.get_by_role("link", name="Agents").click()
    ada = page.get_by_role("article", name="ada")
    assert "There" in ada.inner_text() and "of 4" in ada.inner_text()
    ada.get_by_text("No absence").click()
    ada.get_by_label("First day away").fill("2020-03-02")
    ada.get_by_role("button", name="Add").click()
    page.get_by_text("from Mon 2 Mar until further notice").wait_for()
    assert "Away" in ada.inner_text()
    ada.get_by_role("button", name="Remove").click()
    ada.get_by_text("No absence").wait_for()
    assert "There" in ada.inner_text()


def test_a_waiting_ticket_is_given_with_one_click(looker: Looker):
    looker.sign_in()
    page = looker.page
    page.get_by_role("button", name="Laptop waits for somebody").click()
    page.locator("#verdict").wait_for()
    assignee = page.get_by_role("article", name="Assignee")
    assert "0 of 4 slots used" in assignee.inner_text()
    assignee.get_by_role("button", name="Give it to ada").click()
    page.get_by_text("ada has ticket NEW-1 now, thank you.").wait_for()
    assert open_loads(looker.site.store, "acme", {}) == {"ada": 1.0}
    set_assignee(looker.site.store, "acme", "NEW-1", None, assigned_by="the test")


def test_what_is_endangered_stands_first_and_a_notice_is_seen_with_one_click(looker: Looker):
    looker.sign_in()
    page = looker.page
    page.get_by_role("link", name="SLA").click()
    page.get_by_role("heading", name="SLA", exact=True).wait_for()
    first = page.get_by_role("region", name="To keep").get_by_role("article").first
    assert "Till does not open" in first.inner_text() and "Solution in 29 minutes" in first.inner_text()
    assert "likely missed" in first.inner_text()
    assert page.get_by_text("Scanner is dark").is_visible()
    page.get_by_text("1 overdue").last.click()
    assert page.get_by_text("Scanner is dark").is_hidden()
    page.get_by_role("row", name="gold").first.wait_for()
    notice = page.get_by_role("article", name="Reminder, P-1")
    notice.get_by_role("button").click()
    page.get_by_text("Seen by dana").wait_for()
    page.get_by_label("Team").select_option("desk")
    page.wait_for_url("**team=desk*")
    page.get_by_text("New badge").first.wait_for()
    assert page.get_by_text("Till does not open").count() == 0


def test_policies_are_checked_before_they_are_replaced(looker: Looker):
    looker.sign_in()
    page = looker.page
    page.goto(f"{looker.site.address}/console/sla")
    page.get_by_text("Replace the policies").click()
    page.get_by_label("Policies CSV").fill("name,response\ngold,never\n")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("policies.0.response").wait_for()
    looker.complaints.clear()  # Chromium reports the status by itself.
    page.get_by_label("Policies CSV").fill("name,organization,response,resolution\ngold,Acme Kettles,1h,9h\n")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("These would be the policies.").wait_for()
    assert read_book(looker.site.store, "acme").version == 1
    page.get_by_role("button", name="Replace", exact=True).click()
    page.get_by_text("These would be the policies.").wait_for(state="detached")
    page.get_by_role("cell", name="9h").wait_for()
    assert read_book(looker.site.store, "acme").version == 2


@PHONE
def test_no_page_is_wider_than_a_phone(looker: Looker):
    looker.sign_in()
    assert looker.width_of_content() == 390
    decide(looker, "vpn " + "x" * 300)
    looker.page.get_by_text("in the text").first.click()
    looker.page.get_by_text("Correct …").first.click()
    assert looker.width_of_content() == 390
    for page in ("agents", "sla", "volume", "model"):
        looker.page.goto(f"{looker.site.address}/console/{page}")
        assert looker.width_of_content() == 390
    looker.page.goto(f"{looker.site.address}/console/volume")
    looker.page.get_by_text("The same as a table").click()
    assert looker.width_of_content() == 390


def test_dark_and_light_are_both_readable(looker: Looker):
    looker.sign_in()
    for scheme, is_dark in (("dark", True), ("light", False)):
        looker.page.emulate_media(color_scheme=scheme)
        paper = looker.page.evaluate("getComputedStyle(document.body).backgroundColor")
        red = int(re.search(r"\d+", paper)[0])
        assert (red < 60) is is_dark


def test_a_person_signs_in_with_a_password_and_is_kept_out_once_disabled(looker: Looker):
    add_user(looker.site.store, Passwords(), "acme", "dana", Role.LEAD, "correct horse battery")
    page = looker.page
    page.goto(looker.site.address)
    page.get_by_label("Name", exact=True).fill("dana")
    page.get_by_label("Password").fill("wrong horse battery")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("This name and password open nothing here.").wait_for()
    looker.complaints.clear()  # The browser tells of the 401.
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Try a ticket").wait_for()
    assert "lead" in page.locator(".who").inner_text()
    user = get_user(looker.site.store, "acme", "dana")
    change_user(looker.site.store, user, disabled_at=datetime.now(UTC))
    page.reload()
    page.get_by_label("Password").wait_for()
