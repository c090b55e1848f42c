from datetime import UTC, datetime

import pyarrow.parquet as pq

from training.knowledge.publish import SuggestionRow, write_suggestions
from training.replay.report import report_fields, report_suggestions
from training.score import prediction_table
from triage.decision import Action, Decision, FieldDecision
from triage.knowledge import ArticleLink
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def decided(number: int, value: str, action: Action, *others: str) -> Decision:
    top = tuple((label, 0.5) for label in (value, *others))
    field = FieldDecision("category", value, 0.5, 0.4, action, None, top)
    return Decision("", f"T-{number}", "v1", NOW, {"category": field})


def past(number: int, label: str | None) -> PastTicket:
    return PastTicket(Ticket(f"T-{number}"), {} if label is None else {"category": label})


def test_predictions_are_counted_against_what_people_decided(tmp_path):
    decisions = [
        decided(0, "vpn", Action.APPLY, "mail"),
        decided(1, "vpn", Action.APPLY, "mail"),
        decided(2, "vpn", Action.SUGGEST, "mail"),
        decided(3, "vpn", Action.ABSTAIN, "mail"),
        decided(4, "vpn", Action.APPLY),
    ]
    pq.write_table(prediction_table(decisions, ["category", "team"]), tmp_path / "p.parquet")
    history = [past(0, "vpn"), past(1, "vpn"), past(2, "mail"), past(3, "fax"), past(4, None)]
    reports = report_fields(tmp_path / "p.parquet", ["category", "team"], history)
    assert reports["category"].to_document() == {
        "apply": 3,
        "suggest": 1,
        "abstain": 1,
        "judged": 4,
        "right": 2,
        "listed": 3,
        "applied_judged": 2,
        "applied_right": 2,
    }
    assert reports["team"].judged == 0


def test_suggestions_are_measured_on_the_tickets_that_have_links(tmp_path):
    rows = [SuggestionRow(f"T-{number}", ("a", "b"), (0.6, 0.4)) for number in range(3)]
    write_suggestions(rows, tmp_path / "s.parquet")
    found = report_suggestions(tmp_path / "s.parquet", [ArticleLink("T-0", "a"), ArticleLink("T-1", "b")])
    assert (found.tickets, found.hit_at_1, found.hit_at_5) == (2, 0.5, 1.0)
    assert report_suggestions(tmp_path / "s.parquet", []) is None
