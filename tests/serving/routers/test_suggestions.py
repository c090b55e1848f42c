import pytest

from tests.serving.desk import decide
from tests.serving.house import House
from triage.knowledge import ArticleLink
from triage.store.links import list_dismissals, list_links, put_links
from triage.store.tickets import get_tickets

VPN = {"article_id": "KB-1", "title": "When the vpn drops", "body": "Update the vpn client.", "public": True}
SECRET = {"article_id": "KB-2", "title": "When the vpn drops", "body": "Admin password in the vpn safe."}


def add(house: House, *articles: dict) -> None:
    for one in articles:
        assert house.client.post("/v1/knowledge", json=one, headers=house.key("admin")).status_code == 201


def ask(house: House, subject: str = "when the vpn drops", role: str = "requester", **more):
    headers = house.key(role) | more.pop("headers", {})
    return house.client.post("/v1/suggest", json={"subject": subject} | more, headers=headers)


def judge(house: House, suggestion: str, item: str, verdict: str, role: str = "agent", kind: str = "article"):
    return house.client.post(
        f"/v1/suggestions/{suggestion}/feedback",
        json={"items": [{"kind": kind, "item_id": item, "verdict": verdict}]},
        headers=house.key(role),
    )


def read(house: House, suggestion: str) -> dict:
    return house.client.get(f"/v1/suggestions/{suggestion}", headers=house.key("agent")).json()


def put_policy(house: House, **more) -> None:
    document = {"kill_switch": False, "disabled_guardrails": [], "fields": {}} | more
    answer = house.client.put("/v1/policy", json=document, headers=house.key("admin"))
    assert answer.status_code == 200, answer.text


def test_a_requester_is_offered_public_articles_only(house: House):
    add(house, SECRET)
    assert ask(house).json()["articles"] == []
    add(house, VPN)
    answer = ask(house).json()
    assert [one["article_id"] for one in answer["articles"]] == ["KB-1"]
    assert answer["articles"][0]["chance"] == answer["chance"] >= answer["least_chance"]
    assert "because" not in answer["articles"][0]  # It names tickets of others.


def test_an_article_that_is_no_longer_public_is_gone_from_the_next_request(house: House):
    add(house, VPN)
    assert ask(house).json()["articles"]
    hidden = {name: value for name, value in VPN.items() if name not in ("article_id", "public")}
    house.client.put("/v1/knowledge/KB-1", json=hidden, headers=house.key("admin"))
    assert ask(house).json()["articles"] == []
    assert decide(house, subject="vpn")["articles"][0]["article_id"] == "KB-1"


def test_nothing_fits_is_said_and_kept(house: House):
    assert ask(house).json()["reason"] == "nothing_fits"
    add(house, VPN)
    answer = ask(house, "my canteen card has no money on it").json()
    assert (answer["articles"], answer["reason"]) == ([], "nothing_fits")
    assert answer["chance"] < answer["least_chance"]
    kept = read(house, answer["suggestion_id"])
    assert (kept["items"], kept["audience"]) == ([], "requester")


def test_the_policy_says_how_likely_is_likely_enough_and_the_kill_switch_stops_it(house: House):
    add(house, VPN)
    put_policy(house, helping={"least_chance": 1.0})
    assert ask(house).json()["reason"] == "nothing_fits"
    put_policy(house, kill_switch=True)
    answer = ask(house).json()
    assert (answer["articles"], answer["reason"], answer["chance"]) == ([], "kill_switch", None)


def test_a_ticket_filed_all_the_same_is_noted_by_the_suggestion(house: House):
    add(house, VPN)
    suggestion = ask(house).json()["suggestion_id"]
    decide(house, "T-1", subject="vpn drops", suggestion_id=suggestion)
    kept = read(house, suggestion)
    assert (kept["filed_ticket_id"], kept["matched_by"]) == ("T-1", "id")


def test_a_suggestion_that_no_requester_was_shown_is_refused_with_the_ticket(house: House):
    add(house, VPN)
    theirs = decide(house, "T-1", subject="vpn drops")["decision_id"]
    mine = ask(house).json()["suggestion_id"]
    tickets = [{"ticket_id": f"T-{number}", "subject": "vpn"} for number in (2, 3)]
    for wrong in ("no-such", theirs):
        tickets[1]["suggestion_id"] = wrong
        for path, document in (("triage", tickets[1]), ("triage/batch", {"tickets": tickets})):
            answer = house.client.post(f"/v1/{path}", json=document, headers=house.key("agent"))
            assert answer.status_code == 422
            assert f"Got suggestion_id {wrong!r}" in answer.json()["detail"]
    assert get_tickets(house.store, "acme", ["T-2", "T-3"]) == {}
    assert read(house, theirs)["filed_ticket_id"] is None
    decide(house, "T-3", subject="vpn", suggestion_id=mine)
    assert read(house, mine)["filed_ticket_id"] == "T-3"


def test_a_ticket_filed_all_the_same_is_noted_by_the_requester_where_no_suggestion_is_named(house: House):
    add(house, VPN)
    mine, other = (ask(house, requester=one).json()["suggestion_id"] for one in ("dana", "cy"))
    decide(house, "T-1", subject="vpn drops", requester="dana")
    assert read(house, mine)["matched_by"] == "requester"
    assert read(house, other)["filed_ticket_id"] is None
    put_policy(house, helping={"match_hours": 0})
    late = ask(house, requester="ed").json()["suggestion_id"]
    decide(house, "T-2", subject="vpn drops", requester="ed")
    assert read(house, late)["filed_ticket_id"] is None


def test_what_an_agent_sent_is_a_link_and_what_was_dismissed_is_not(house: House):
    add(house, VPN, SECRET)
    decision = decide(house, "T-1", subject="vpn drops")["decision_id"]
    answer = judge(house, decision, "KB-1", "sent")
    assert answer.status_code == 201
    assert [(one["item_id"], one["verdict"], one["rank"]) for one in answer.json()["feedback"]] == [
        ("KB-1", "sent", 1)
    ]
    judge(house, decision, "KB-2", "dismissed")
    assert [(one.ticket_id, one.article_id) for one in list_links(house.store, "acme")] == [("T-1", "KB-1")]
    assert [one.article_id for one in list_dismissals(house.store, "acme")] == ["KB-2"]
    report = house.client.get("/v1/reports/knowledge", headers=house.key("agent")).json()
    shown = {(one["kind"], one["rank"]): one for one in report["acceptance"]}
    assert (shown["article", 1]["sent"], shown["article", 2]["dismissed"]) == (1, 1)


def test_a_requester_judges_what_they_were_shown_and_knows_nothing_of_what_agents_see(house: House):
    add(house, VPN)
    suggestion = ask(house).json()["suggestion_id"]
    assert judge(house, suggestion, "KB-1", "accepted", "requester").status_code == 201
    decision = decide(house, "T-1", subject="vpn drops")["decision_id"]
    assert judge(house, decision, "KB-1", "accepted", "requester").status_code == 404
    assert list_links(house.store, "acme") == []


@pytest.mark.parametrize(
    ("item", "verdict", "status"), [("KB-9", "sent", 422), ("KB-1", "loved", 422), ("KB-1", "sent", 201)]
)
def test_only_what_was_offered_can_be_judged(house: House, item: str, verdict: str, status: int):
    add(house, VPN)
    decision = decide(house, "T-1", subject="vpn drops")["decision_id"]
    assert judge(house, decision, item, verdict).status_code == status


def test_another_workspace_knows_nothing_of_it(house: House):
    add(house, VPN)
    suggestion = ask(house).json()["suggestion_id"]
    other = house.client.get(f"/v1/suggestions/{suggestion}", headers=house.key("agent", "other"))
    assert other.status_code == 404
    body = {"subject": "when the vpn drops"}
    foreign = house.client.post("/v1/suggest", json=body, headers=house.key("requester", "other"))
    assert foreign.json()["articles"] == []


def test_asking_twice_with_one_key_is_one_suggestion(house: House):
    add(house, VPN)
    first, again = (ask(house, headers={"Idempotency-Key": "a"}).json() for _ in range(2))
    assert first == again


@pytest.mark.parametrize("body", [{}, {"subject": " "}, {"subject": "vpn", "limit": 0}, {"subject": "a\x00"}])
def test_a_question_without_words_is_refused(house: House, body: dict):
    answer = house.client.post("/v1/suggest", json=body, headers=house.key("requester"))
    assert answer.status_code == 422


def test_a_requesters_key_opens_nothing_else(house: House):
    headers = house.key("requester")
    for path in ("/v1/knowledge", "/v1/agents", "/v1/policy", "/v1/reports/knowledge", "/v1/macros"):
        assert house.client.get(path, headers=headers).status_code == 403
    assert house.client.post("/v1/triage", json={"subject": "vpn"}, headers=headers).status_code == 403


def test_a_requester_finds_and_reads_public_articles_only_and_is_named_no_ticket(house: House):
    add(house, VPN, SECRET, {"article_id": "KB-4", "title": "Canteen", "body": "Soup is hot."})
    decide(house, "T-9", subject="vpn drops")
    put_links(house.store, "acme", [ArticleLink("T-9", "KB-1"), ArticleLink("T-9", "KB-2")])

    def found(role: str) -> dict[str, bool]:
        answer = house.client.get("/v1/knowledge/search", params={"q": "vpn drops"}, headers=house.key(role))
        return {
            one["article_id"]: any("T-9" in ground["examples"] for ground in one["because"])
            for one in answer.json()["articles"]
        }

    assert found("agent") == {"KB-1": True, "KB-2": True, "KB-4": False}
    assert found("requester") == {"KB-1": False}
    answers = [
        house.client.get(f"/v1/knowledge/{name}", headers=house.key("requester"))
        for name in ("KB-1", "KB-2", "KB-3")
    ]
    assert [one.status_code for one in answers] == [200, 404, 404]
    assert answers[1].json()["detail"] == answers[2].json()["detail"]
