from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from features.cleaning import clean_text
from features.knowledge_gaps import KnowledgeUse, find_gaps
from features.passages import split_passages
from tests.features.fake_encoder import WordEncoder
from triage.helping.gap import GapReport
from triage.knowledge import Article
from triage.ticket import PastTicket, Ticket

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VPN = Article("KB-1", "vpn drops hourly client", "vpn drops hourly client")


def tickets(subject: str, count: int, hours: float, prefix: str) -> list[PastTicket]:
    found = []
    for number in range(count):
        filed = BEGIN + timedelta(days=number)
        ticket = Ticket(f"{prefix}-{number}", subject, f"{subject} mail ada@example.org", created_at=filed)
        found.append(PastTicket(ticket, assigned_at=filed, resolved_at=filed + timedelta(hours=hours)))
    return found


PAST = [
    *tickets("shared calendar stays empty", 8, 2.0, "CAL"),
    *tickets("badge reader beeps twice", 6, 10.0, "BADGE"),
    *tickets("vpn drops hourly client", 9, 1.0, "VPN"),
    *tickets("toner smells odd", 3, 50.0, "TONER"),
]


NOTHING = KnowledgeUse()


def look(use: KnowledgeUse = NOTHING, past: list[PastTicket] = PAST) -> GapReport:
    encoder = WordEncoder(128)
    vectors = encoder.encode([clean_text(one.ticket) for one in past])
    parts = list(split_passages(VPN))
    return find_gaps(past, vectors, [VPN], encoder.encode(parts), np.zeros(len(parts), np.intp), use)


def test_gaps_are_what_no_article_serves_by_number_times_hours():
    report = look()
    assert [(one.title, one.tickets, one.hours, one.weight) for one in report.gaps] == [
        ("badge reader beeps twice", 6, 10.0, 60.0),
        ("shared calendar stays empty", 8, 2.0, 16.0),
    ]
    assert (report.tickets, report.unserved, report.clustered) == (26, 17, 14)


def test_words_set_a_gap_apart_and_examples_carry_no_address():
    badge = look().gaps[0]
    assert badge.words == ("badge reader", "beeps")
    assert "@" not in str(badge) and badge.examples[0][0].startswith("BADGE-")


def test_a_gap_says_which_tickets_its_title_and_words_come_from():
    odd = replace(PAST[8], ticket=replace(PAST[8].ticket, subject="badge reader", body="beeps"))
    gap = look(past=[*PAST[:8], odd, *PAST[9:]]).gaps[0]
    assert set(gap.sources.members) == {f"BADGE-{number}" for number in range(6)}
    assert gap.sources.title_of in gap.sources.members and gap.sources.title_of != "BADGE-0"
    assert len(gap.sources.said_by) == len(gap.words)
    assert all(set(said_by) <= set(gap.sources.members) and said_by for said_by in gap.sources.said_by)
    assert "sources" not in look().to_document()["gaps"][0]
    assert look().to_document(with_sources=True)["gaps"][0]["sources"]["title_of"] is not None


def test_a_linked_ticket_is_served_and_a_dismissed_article_serves_no_more():
    linked = {f"BADGE-{number}": frozenset({"KB-9"}) for number in range(6)}
    assert [one.title for one in look(KnowledgeUse(linked)).gaps] == ["shared calendar stays empty"]
    dismissed = {f"VPN-{number}": frozenset({"KB-1"}) for number in range(9)}
    report = look(KnowledgeUse(dismissed=dismissed))
    vpn = next(one for one in report.gaps if one.title.startswith("vpn"))
    assert (vpn.tickets, vpn.dismissed) == (9, 9)


def test_the_order_of_the_tickets_does_not_matter():
    assert look(past=PAST[::-1]) == look()


def test_without_articles_or_tickets_there_is_a_report_too():
    encoder = WordEncoder(128)
    vectors = encoder.encode([clean_text(one.ticket) for one in PAST])
    nothing = np.empty((0, 128), np.float32)
    report = find_gaps(PAST, vectors, [], nothing, np.empty(0, np.intp), KnowledgeUse())
    assert report.unserved == 26 and len(report.gaps) == 3
    assert find_gaps([], nothing, [], nothing, np.empty(0, np.intp), KnowledgeUse()).gaps == ()


def test_what_all_say_names_of_products_and_servers_name_no_gap():
    said = [
        ("Hello, Mailbird doesn't print", "The printer of mail.example.org prints blank pages"),
        ("Blank pages when I print", "Mailbird prints blank pages, thanks for your help"),
        ("Printing ada@example.org", "It does print blank pages"),
    ]
    past = [
        PastTicket(Ticket(f"P-{at}", *said[at % 3], product="Mailbird", created_at=BEGIN)) for at in range(9)
    ]
    others = tickets("calendar stays empty thanks for your help", 20, 1.0, "CAL")
    vectors = np.repeat(np.eye(2, 64, dtype=np.float32), [9, 20], axis=0)
    nothing = np.empty((0, 64), np.float32)
    report = find_gaps([*past, *others], vectors, [], nothing, np.empty(0, np.intp), NOTHING)
    gap = next(one for one in report.gaps if one.tickets == 9)
    assert gap.title == "Blank pages when I print"
    assert gap.words[:2] == ("blank", "pages")
    assert not {"mailbird", "doesn't", "doesnt", "org", "example"} & set(gap.words)


def test_a_gap_in_another_language_has_none_of_its_stop_words():
    text = "Der Drucker druckt nicht mehr, ich habe schon alles versucht und bitte um Hilfe"
    past = [PastTicket(Ticket(f"D-{at}", "Drucker druckt nicht", text, created_at=BEGIN)) for at in range(6)]
    others = tickets("calendar stays empty", 20, 1.0, "CAL")
    vectors = np.repeat(np.eye(2, 64, dtype=np.float32), [6, 20], axis=0)
    nothing = np.empty((0, 64), np.float32)
    report = find_gaps([*past, *others], vectors, [], nothing, np.empty(0, np.intp), NOTHING)
    gap = next(one for one in report.gaps if one.tickets == 6)
    assert set(gap.words) == {"drucker druckt", "versucht"}


def test_the_name_of_one_product_among_many_tells():
    products = {"PRN": ("printer", "printer shows error 12"), "CAL": ("calendar", "calendar stays empty")}
    past = [
        PastTicket(Ticket(f"{name}-{at}", text, product=product, created_at=BEGIN))
        for name, (product, text) in products.items()
        for at in range(6)
    ]
    past += tickets("badge reader beeps twice", 20, 1.0, "BADGE")
    vectors = np.repeat(np.eye(3, 64, dtype=np.float32), [6, 6, 20], axis=0)
    nothing = np.empty((0, 64), np.float32)
    report = find_gaps(past, vectors, [], nothing, np.empty(0, np.intp), NOTHING)
    gap = next(one for one in report.gaps if "PRN-0" in str(one.examples))
    assert any("printer" in one for one in gap.words)


def test_look_alikes_with_an_article_leave_no_gap_unless_it_was_dismissed():
    linked = {f"BADGE-{number}": frozenset({"KB-1"}) for number in range(2)}
    past = [*PAST, *tickets("badge reader beeps twice", 9, 10.0, "MORE")]
    report = look(KnowledgeUse(linked), past)
    assert [one.title for one in report.gaps] == ["shared calendar stays empty"]
    assert report.unserved == look(past=past).unserved - 15
    one_link = look(KnowledgeUse({"BADGE-0": frozenset({"KB-1"})}), past)
    assert one_link.gaps[0].title == "badge reader beeps twice"
    gone = look(KnowledgeUse({name: frozenset({"KB-GONE"}) for name in linked}), past)
    assert gone.gaps[0].title == "badge reader beeps twice"
    dismissed = {"MORE-1": frozenset({"KB-1"})}
    assert look(KnowledgeUse(linked, dismissed), past).gaps[0].title == "badge reader beeps twice"


def test_only_what_is_surely_newer_than_all_tickets_grows():
    old = tickets("shared calendar stays empty", 40, 2.0, "CAL")
    late = [
        PastTicket(replace(one.ticket, created_at=BEGIN + timedelta(days=39 - at % 5)))
        for at, one in enumerate(tickets("badge reader beeps twice", 9, 1.0, "BADGE"))
    ]
    few = tickets("toner smells odd", 3, 1.0, "TONER")
    few += [
        PastTicket(replace(one.ticket, created_at=BEGIN + timedelta(days=38)))
        for one in tickets("toner smells odd", 2, 1.0, "INK")
    ]
    report = look(past=[*old, *late, *few])
    assert {one.title: one.grows for one in report.gaps} == {
        "shared calendar stays empty": False,
        "badge reader beeps twice": True,
        "toner smells odd": False,
    }
    assert next(one for one in report.gaps if one.title.startswith("toner")).share_recent == 0.4
