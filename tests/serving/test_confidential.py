from dataclasses import replace
from datetime import UTC, datetime

from serving.confidential import articles_shown, decision_shown, duplicates_shown
from serving.duplicate_host import DuplicateHost
from serving.sight import Sight
from tests.serving.desk import decide
from tests.serving.house import House
from tests.serving.routers.test_replies import TEXT, replies, similar, tell
from tests.serving.routers.test_suggestions import VPN, add, put_policy
from triage.decision import Action, Decision, FieldDecision
from triage.duplicate import Duplicate
from triage.helping.policy import HelpingPolicy
from triage.knowledge import ArticleLink, Ground, Suggestion
from triage.prediction import Assessment, Explanation, SimilarTicket, Vote, Voter
from triage.store import Store
from triage.store.decisions import put_decisions
from triage.store.known_labels import known_labels
from triage.store.links import put_links
from triage.store.tickets import put_tickets, set_labels
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

NETWORK = Sight(policy=HelpingPolicy(confidential={"category": frozenset({"network"})}))
APPLIED = {"category": {"mode": "apply", "thresholds": {"network": 0.5}}}


def decided(name: str, value: str, action: Action, number: int = 0) -> Decision:
    part = FieldDecision("category", value, 0.9, 0.5, action, "", ())
    return Decision(
        f"D-{name}-{number}", name, "v1", datetime(2026, 3, 1, number, tzinfo=UTC), {"category": part}
    )


def keep(store: Store, past: PastTicket, *decisions: Decision) -> None:
    ensure_workspace(store, "acme")
    put_tickets(store, "acme", [past], source="x")
    put_decisions(store, "acme", [past.ticket] * len(decisions), decisions)


def test_a_ticket_goes_by_people_then_by_its_newest_decision(store: Store):
    one = Ticket("A", "vpn")
    old, new = decided("A", "hardware", Action.APPLY), decided("A", "network", Action.SUGGEST, 1)
    keep(store, PastTicket(one), old, new)
    keep(
        store,
        PastTicket(Ticket("B", "vpn"), labels={"category": "account"}),
        decided("B", "network", Action.APPLY),
    )
    keep(store, PastTicket(Ticket("C", "vpn")), decided("C", "network", Action.ABSTAIN))
    assert known_labels(store, "acme", ["A", "B", "C", "gone"]) == {
        "A": {"category": "network"},
        "B": {"category": "account"},
        "C": {},
    }


def test_duplicates_do_not_name_what_was_decided_as_confidential(store: Store):
    keep(store, PastTicket(Ticket("A", "vpn")), decided("A", "network", Action.APPLY))
    keep(store, PastTicket(Ticket("B", "vpn")))
    found = [Duplicate("A", 0.9, ("vpn",)), Duplicate("B", 0.8)]
    assert duplicates_shown(store, "acme", found, NETWORK, 5) == (found[1],)


def test_votes_name_no_confidential_ticket_and_none_that_is_unknown(store: Store):
    keep(store, PastTicket(Ticket("OPEN", "vpn")), decided("OPEN", "network", Action.APPLY))
    keep(store, PastTicket(Ticket("FINE", "vpn")))
    names = ("LEARNT", "OPEN", "FINE", "OLD", "GONE")
    vote = Vote("web", tuple(Voter(name, 0.9, 0.2) for name in names))
    near = tuple(
        SimilarTicket(name, 0.9, {"category": label})
        for name, label in (("LEARNT", "network"), ("OLD", "account"), ("FINE", "account"))
    )
    explained = Explanation("team", "web", (), votes=(vote, Vote("desk", vote.voters[:1])), voters=5)
    decision = replace(
        decided("N", "network", Action.APPLY), assessment=Assessment({}, 0.5, {"team": explained}, near)
    )
    seen = decision_shown(store, "acme", decision, NETWORK, 1).assessment
    assert [one.ticket_id for one in seen.similar] == ["OLD"]
    (left,) = seen.explanations["team"].votes
    assert [one.ticket_id for one in left.voters] == ["FINE", "OLD"]


def test_an_open_ticket_that_triage_put_there_is_confidential_too(house: House):
    put_policy(house, fields=APPLIED, helping={"confidential": {"category": ["network"]}})
    one = decide(house, "T-1", subject=TEXT)
    assert one["fields"]["category"]["action"] == "apply"
    tell(house, "T-1", "Settled with the lawyer.", is_solution=True)
    assert similar(house) == [] and similar(house, role="admin")
    assert replies(house) == []
    put_policy(house, fields=APPLIED, helping={})
    assert [one["ticket_id"] for one in similar(house)] == ["T-1"] and replies(house)


def test_duplicates_of_confidential_tickets_are_told_to_admins_only(house: House, monkeypatch):
    put_policy(house, fields=APPLIED, helping={"confidential": {"category": ["network"]}})
    decide(house, "T-1", subject=TEXT)
    decide(house, "T-2", subject="laptop")
    # Which tickets it finds likely alike is not what is tried here.
    both = (Duplicate("T-1", 0.9, ("vpn",)), Duplicate("T-2", 0.8))
    monkeypatch.setattr(
        DuplicateHost, "find", lambda self, workspace, tickets, limit: [both for _ in tickets]
    )

    def told(role: str) -> list[str]:
        answer = house.client.post("/v1/triage?duplicates=1", json={"subject": TEXT}, headers=house.key(role))
        return [one["ticket_id"] for one in answer.json()["duplicates"]]

    assert told("service") == ["T-2"]
    assert told("admin") == ["T-1", "T-2"]  # Admins go by what was found, as it is.


def test_a_ticket_that_people_call_otherwise_is_shown_at_once(house: House):
    put_policy(house, fields=APPLIED, helping={"confidential": {"category": ["network"]}})
    decide(house, "T-1", subject=TEXT)
    tell(house, "T-1", "Update the client.", is_solution=True)
    assert similar(house) == []
    set_labels(house.store, "acme", "T-1", {"category": "account"})
    assert [one["ticket_id"] for one in similar(house)] == ["T-1"]


def test_an_article_names_no_confidential_ticket_that_used_it_and_none_that_is_unknown(store: Store):
    keep(store, PastTicket(Ticket("OPEN", "vpn")), decided("OPEN", "network", Action.APPLY))
    for name in ("A", "B", "C", "D"):
        keep(store, PastTicket(Ticket(name, "vpn")))
    links = Ground("links", 2.0, ("OPEN", "A", "GONE", "B", "C", "D"))
    words = Ground("words", 1.0, ("vpn", "drop", "open"))
    found = [[Suggestion("KB-1", "VPN", 0.9, because=(links, words))], []]
    (one,), nothing = articles_shown(store, "acme", found, NETWORK)
    assert one.because == (Ground("links", 2.0, ("A", "B", "C")), words)
    assert nothing == ()
    for sight in (replace(NETWORK, sees_confidential=True), Sight()):
        assert articles_shown(store, "acme", found, sight) == [tuple(found[0]), ()]


def test_tickets_that_used_an_article_are_named_to_whom_may_see_them(house: House):
    put_policy(house, helping={"confidential": {"category": ["legal"]}})
    add(house, VPN, {"article_id": "KB-2", "title": "Canteen", "body": "Soup is hot."})
    names = [f"T-{number}" for number in range(6)]
    for name in names:
        decide(house, name, subject=f"{TEXT} {name}")
        set_labels(house.store, "acme", name, {"category": "account" if name == "T-5" else "legal"})
    put_links(house.store, "acme", [ArticleLink(name, "KB-1") for name in names])

    def named(role: str) -> list[list[str]]:
        headers = house.key(role)
        asked = house.client.post("/v1/triage", json={"subject": TEXT}, headers=headers)
        searched = house.client.get("/v1/knowledge/search", params={"q": TEXT}, headers=headers)
        found = [answer.json()["articles"][0]["because"] for answer in (asked, searched)]
        return [next(one["examples"] for one in because if one["kind"] == "links") for because in found]

    assert named("service") == [["T-5"], ["T-5"]]
    assert all(len(one) == 3 for one in named("admin"))
