"""What helps, as a person sees it in Chromium: extracts, replies, the page of knowledge."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.browser.conftest import Looker
from triage.helping.reply import Reply
from triage.helping.suggestion import Audience, ItemKind, ItemVerdict, Offered, SuggestionRecord
from triage.store.knowledge_reports import put_gaps
from triage.store.replies import put_replies
from triage.store.runs import cancel_run, list_runs
from triage.store.suggestions import feedback_since, put_suggestions

pytestmark = [pytest.mark.browser, pytest.mark.proof]

GAPS = {
    "tickets": 8_210,
    "unserved": 2_904,
    "clustered": 811,
    "articles": 212,
    "gaps": [
        {
            "title": title,
            "words": words,
            "tickets": count,
            "hours": 5.5,
            "weight": count * 5.5,
            "share_recent": recent,
            "grows": recent > 0.4,
            "examples": [{"ticket_id": "T-3", "subject": title}, {"ticket_id": "T-8", "subject": ""}],
            "dismissed": 3,
            "nearest_article": "kb-1",
        }
        for title, words, count, recent in (
            ("Shared calendar is empty after the update", ["calendar", "shared", "empty"], 64, 0.41),
            ("Badge reader beeps twice", ["badge", "reader", "beep"], 31, 0.2),
        )
    ],
    "care": [
        {
            "article_id": "kb-1",
            "title": "When the VPN drops",
            "problem": "contradicted",
            "why": "Dismissed 9 of 10 times that somebody judged it.",
        }
    ],
}


def picture(looker: Looker, name: str) -> None:
    """Keep a picture where somebody asks for one."""
    if folder := os.environ.get("TRIAGE_TEST_PICTURES"):
        looker.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_similar_tickets_show_what_solved_them_and_judging_is_stored(looker: Looker):
    put_replies(
        looker.site.store,
        "acme",
        [
            Reply(f"T-{number}", "R", f"Hi {name}, please restart the vpn client in room {number}.")
            for number, name in enumerate(("Ada", "Bob", "Cy"))
        ],
    )
    looker.sign_in()
    page = looker.page
    page.get_by_label("Subject").fill("VPN drops in room 1")
    page.get_by_label("What the requester wrote").fill("Since this morning.")
    page.get_by_role("button", name="Decide").click()
    page.locator("#verdict").wait_for()
    solved = page.get_by_role("region", name="Similar tickets and what solved them")
    assert solved.get_by_text("The profile was renewed.").first.is_visible()
    replies = page.get_by_role("region", name="Replies to start from")
    assert (
        replies.get_by_text("The profile was renewed.").or_(replies.get_by_text("{name}")).first.is_visible()
    )
    article = page.get_by_role("region", name="Articles that may help")
    picture(looker, "ticket")
    article.get_by_role("button", name="Sent").click()
    page.get_by_text("Noted: it was sent.").wait_for()
    (said,) = [one for one in feedback_since(looker.site.store, "acme") if one.feedback.actor == "dana"]
    assert (said.feedback.item_id, said.feedback.rank, said.feedback.verdict) == ("kb-1", 1, ItemVerdict.SENT)


@pytest.mark.parametrize("looker", [(1280, 800), (390, 844)], ids=["desk", "phone"], indirect=True)
def test_the_page_of_knowledge_shows_gaps_and_whether_it_helps(looker: Looker):
    now = datetime.now(UTC)
    put_gaps(looker.site.store, "acme", GAPS, now)
    offered = (Offered(ItemKind.ARTICLE, "kb-1", 1, 0.5, 0.6),)
    put_suggestions(
        looker.site.store,
        "acme",
        [
            SuggestionRecord(
                f"s-{looker.page.viewport_size['width']}-{number}",
                Audience.REQUESTER,
                None,
                "cy",
                "h",
                offered if number % 3 else (),
                0.6,
                now - timedelta(days=3),
                "T-1" if number % 2 else None,
                now - timedelta(days=2) if number % 2 else None,
                "id" if number % 2 else None,
            )
            for number in range(60)
        ],
    )
    looker.sign_in()
    page = looker.page
    page.get_by_role("link", name="Knowledge").click()
    page.get_by_role("heading", name="Shared calendar is empty after the update").wait_for()
    assert page.get_by_text("50 %", exact=True).first.is_visible()
    assert page.get_by_text("Dismissed 9 of 10 times").is_visible()
    assert page.get_by_text("growing").count() == 1
    picture(looker, f"knowledge-{page.viewport_size['width']}")
    assert looker.width_of_content() <= page.viewport_size["width"]
    if page.viewport_size["width"] > 1_000:
        page.get_by_role("button", name="Look for gaps again").click()
        page.locator(".run").get_by_text("Knowledge gaps").wait_for()
        (run,) = list_runs(looker.site.store, "acme", kind="gaps", limit=1)
        cancel_run(looker.site.store, "acme", run.run_id)
