from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from serving.console.decision_view import view_decision
from serving.console.rendering import render
from serving.help_desk import Help
from serving.triage_answer import Answer
from triage.decision import Action, Decision, FieldDecision, Lifted
from triage.duplicate import Duplicate
from triage.helping.solution import SolvedTicket, Source
from triage.knowledge import Article, Suggestion
from triage.prediction import (
    Assessment,
    Contribution,
    Deletion,
    Explanation,
    Prediction,
    SimilarTicket,
    Vote,
    Voter,
)
from triage.store import Store
from triage.store.articles import put_articles
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

TICKET = Ticket("", "VPN down", "It drops.")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def answer(articles: tuple[Suggestion, ...] = (), similar: tuple[SimilarTicket, ...] = (), **actions: str):
    fields = {
        name: FieldDecision(name, "desk", 0.9, 0.8, Action(action), None) for name, action in actions.items()
    }
    parts = [Contribution("word", f"w{weight}", weight) for weight in (0.05, -2.0, 1.0, 0.19, 0.3)]
    parts.insert(0, Contribution("meaning", "the text as a whole", 9.0))
    assessment = Assessment(
        {name: Prediction(name, ("desk",), np.ones(1)) for name in fields},
        0.5,
        {name: Explanation(name, "desk", tuple(parts)) for name in fields},
        similar,
    )
    return Answer(Ticket(""), Decision("d", "", "v1", NOW, fields, assessment), articles)


@pytest.mark.parametrize(
    ("actions", "sentence"),
    [
        (
            {"team": "suggest", "category": "apply", "impact": "apply"},
            "Apply category and impact; suggest team.",
        ),
        ({"team": "abstain", "impact": "abstain"}, "Abstain on everything."),
        ({"team": "apply", "impact": "abstain"}, "Apply team; abstain on impact."),
        ({}, "Every field is switched off by the policy."),
    ],
)
def test_the_summary_names_the_fields_by_action(sqlite_store: Store, actions: dict[str, str], sentence: str):
    assert view_decision(sqlite_store, "acme", TICKET, answer(**actions), None, {}).summary == sentence


def test_fields_stand_in_reading_order_with_what_moved_them_most(sqlite_store: Store):
    view = view_decision(sqlite_store, "acme", TICKET, answer(team="apply", category="apply"), None, {})
    assert [one.decision.field for one in view.fields] == ["category", "team"]
    moved = [(part.weight, look) for part, look in view.fields[0].moved_by]
    assert moved == [(-2.0, "against-3"), (1.0, "for-2"), (0.3, "for-1"), (9.0, "for-3")]


def test_an_article_comes_with_its_summary_and_only_a_web_address_is_a_link(sqlite_store: Store):
    put_articles(sqlite_store, "acme", [Article("a", "A", "x " * 400), Article("b", "B", "Body", "Short")])
    found = (
        Suggestion("a", "A", 0.9, "javascript:alert(1)"),
        Suggestion("b", "B", 0.8, "https://kb.example/b"),
        Suggestion("gone", "Gone", 0.7),
    )
    shown = view_decision(sqlite_store, "acme", TICKET, answer(found, team="apply"), None, {}).articles
    assert [(one.url, one.summary) for one in shown][1:] == [("https://kb.example/b", "Short"), (None, "")]
    assert shown[0].url is None and shown[0].summary.endswith(" …") and len(shown[0].summary) < 250


def test_similar_tickets_tell_what_became_of_them_and_leave_the_ticket_itself_out(sqlite_store: Store):
    put_tickets(
        sqlite_store,
        "acme",
        [
            PastTicket(Ticket("same", TICKET.subject, TICKET.body)),
            PastTicket(Ticket("other", "VPN slow"), {}, resolution="Restarted\nthe box."),
        ],
        source="history",
    )
    similar = tuple(
        SimilarTicket(name, 0.9, {"impact": "low", "team": "desk", "category": "network"})
        for name in ("same", "other", "unknown")
    )
    shown = view_decision(sqlite_store, "acme", TICKET, answer((), similar, team="apply"), None, {}).similar
    assert [(one.ticket_id, one.subject, one.solution) for one in shown] == [
        ("other", "VPN slow", ()),
        ("unknown", "", ()),
    ]
    assert shown[0].labels == [("category", "network"), ("team", "desk")]


def test_earlier_tickets_that_it_repeats_are_shown_with_their_subject(sqlite_store: Store):
    put_tickets(sqlite_store, "acme", [PastTicket(Ticket("A", "VPN gone"))], source="x")
    found = replace(answer(team="apply"), duplicates=(Duplicate("A", 0.4), Duplicate("B", 0.2, ("vpn",))))
    view = view_decision(sqlite_store, "acme", TICKET, found, None, {})
    assert [(one.duplicate.ticket_id, one.subject) for one in view.duplicates] == [
        ("A", "VPN gone"),
        ("B", ""),
    ]


def test_solved_tickets_come_first_with_their_extract_and_count_among_those_asked_for(sqlite_store: Store):
    solved = SolvedTicket(
        "S-1", 0.7, (("team", "desk"),), "VPN slow", ("Restart the box.",), False, Source.MARKED, NOW
    )
    similar = (SimilarTicket("S-1", 0.7, {}), SimilarTicket("M-1", 0.9, {}), SimilarTicket("M-2", 0.8, {}))
    given = replace(answer((), similar, team="apply"), helping=Help(solved=(solved,)))
    shown = view_decision(sqlite_store, "acme", TICKET, given, None, {}).similar
    assert [one.ticket_id for one in shown] == ["S-1", "M-1", "M-2"]
    assert (shown[0].solution, shown[0].source) == (("Restart the box.",), "Marked as the solution")


def test_voters_with_a_share_worth_naming_are_named_and_the_others_counted(sqlite_store: Store):
    put_tickets(
        sqlite_store, "acme", [PastTicket(Ticket("same", TICKET.subject, TICKET.body))], source="history"
    )
    given = answer((), (SimilarTicket("same", 1.0, {}),), team="apply")
    shares = (0.6, 0.1, 0.05, 0.04, 0.03, 0.02, 0.004)
    cast = tuple(Voter(name, 0.9, share) for name, share in zip("abcdefg", shares, strict=True))
    gone = tuple(
        Deletion("word", text, "desk", confidence, 1.0)
        for text, confidence in (("vpn", 0.5), ("drops", 0.2), ("the", 0.89), ("not", 0.95))
    )
    told = given.decision.assessment.explanations["team"]
    parts = (Contribution("word", "vpn", 2.0), Contribution("neighbours", "similar past tickets", 1.0))
    told = replace(
        told, against="web", log_odds=3.0, parts=parts, votes=(Vote("desk", cast),), voters=9, deletions=gone
    )
    assessment = replace(given.decision.assessment, explanations={"team": told})
    given = replace(given, decision=replace(given.decision, assessment=assessment))
    (shown,) = view_decision(sqlite_store, "acme", TICKET, given, None, {}).fields
    assert ("".join(one.ticket_id for one in shown.voters), shown.more_voters) == ("abcde", 2)
    assert shown.itself == "same"
    assert [one.text for one in shown.deletions] == ["drops", "vpn"]
    assert [part.kind for part, _ in shown.moved_by] == ["word", "neighbours"]
    assert shown.grounds == (
        "desk rather than web: the word “vpn” and 7 of the 9 most similar past tickets speak for it. "
        "Without “drops”: 20 % sure."
    )


def test_words_that_spoke_for_another_label_than_the_matrix_led_to_are_not_shown(sqlite_store: Store):
    given = answer(priority="apply")
    one = replace(given.decision.fields["priority"], top=(("high", 0.9), ("desk", 0.1)))
    led = replace(given, decision=replace(given.decision, fields={"priority": one}))
    view = view_decision(sqlite_store, "acme", TICKET, led, None, {})
    assert view.fields[0].moved_by == ()


def test_the_page_says_where_a_priority_came_from_and_which_rule_raised_it(sqlite_store: Store):
    given = answer(priority="apply")
    one = replace(
        given.decision.fields["priority"],
        top=(("desk", 0.9),),
        basis="impact high × urgency low → normal, by the matrix",
        lifted=Lifted("gold <customers>", "normal", "high"),
    )
    raised = replace(given, decision=replace(given.decision, fields={"priority": one}))
    view = view_decision(sqlite_store, "acme", TICKET, raised, None, {})
    visit = SimpleNamespace(may=lambda _: False)
    page = render("parts/field.html", one=view.fields[0], view=view, visit=visit).body.decode()
    assert "Raised from normal to high by the rule “gold &lt;customers&gt;”." in page
    assert "Impact high × urgency low → normal, by the matrix." in page


def test_a_flagged_value_stands_beside_the_likeliest_label_and_the_words_are_told_of_that(
    sqlite_store: Store,
):
    found = answer(category="suggest")
    top = (("laptops", 0.978), ("security", 0.013), ("web", 0.005))
    decided = FieldDecision("category", "security", 0.013, 0.67, Action.SUGGEST, "low_confidence", top)
    parts = (Contribution("word", "vpn", 1.0), Contribution("neighbours", "similar past tickets", 0.004))
    explained = {"category": Explanation("category", "laptops", parts, "security", 4.3, parts)}
    assessment = replace(found.decision.assessment, explanations=explained)
    decision = replace(found.decision, fields={"category": decided}, assessment=assessment)
    view = view_decision(sqlite_store, "acme", TICKET, replace(found, decision=decision), None, {})
    (one,) = view.fields
    assert one.others == (("laptops", 0.978), ("web", 0.005))
    assert one.explained == "laptops"
    assert [part.name for part, _ in one.moved_by] == ["vpn"]
