from datetime import UTC, datetime

import pytest

from tests.serving.desk import close, decide
from tests.serving.house import House
from tests.serving.routers.test_suggestions import VPN, add, put_policy
from triage.store.links import list_links
from triage.store.tickets import get_ticket

TEXT = "vpn drops every hour"
AUTO = {"mode": "apply", "categories": ["network"], "least_chance": 0.2}


def tell(house: House, ticket_id: str, body: str, **more):
    return house.client.post(
        f"/v1/tickets/{ticket_id}/replies", json={"body": body} | more, headers=house.key("service")
    )


def solve(house: House, name: str, resolution: str | None = None, text: str = TEXT, **values) -> None:
    decide(house, name, subject=text)
    assert close(house, name, resolution=resolution, values=values).status_code == 200


def similar(house: House, text: str = TEXT, role: str = "service", workspace: str = "acme") -> list[dict]:
    answer = house.client.post("/v1/triage", json={"subject": text}, headers=house.key(role, workspace))
    return [one for one in answer.json()["similar"] if one["solution"]]


def replies(house: House, count: int = 3) -> list[dict]:
    answer = house.client.post(
        "/v1/triage", params={"replies": count}, json={"subject": TEXT}, headers=house.key("service")
    )
    return answer.json()["replies"]


def test_a_ticket_closed_a_moment_ago_is_found_with_what_solved_it(house: House):
    assert similar(house) == []
    solve(house, "T-1", "Update the client. Write to ada@example.org.", category="network")
    (found,) = similar(house)
    assert (found["ticket_id"], found["subject"], found["labels"]) == ("T-1", TEXT, {"category": "network"})
    assert found["solution"] == {
        "sentences": ["Update the client.", "Write to [email]."],
        "is_whole": True,
        "source": "resolution",
    }
    assert similar(house, "my chair squeaks") == []


def test_the_reply_marked_as_the_solution_takes_the_resolutions_place(house: House):
    solve(house, "T-1", "Closed.")
    assert tell(house, "T-1", "Renew the profile.", is_solution=True).status_code == 201
    (found,) = similar(house)
    assert (found["solution"]["sentences"], found["solution"]["source"]) == (["Renew the profile."], "marked")


def test_an_agents_reply_is_the_first_response_and_a_requesters_is_not(house: House):
    decide(house, "T-1", subject=TEXT, created_at="2026-03-02T09:00:00Z")
    for body, at, by_requester in (
        ("Written before.", "2026-03-02T08:00:00Z", False),
        ("Any news?", "2026-03-02T10:00:00Z", True),
    ):
        assert tell(house, "T-1", body, at=at, by_requester=by_requester).status_code == 201
    assert first_response(house) is None
    for at in ("2026-03-02T12:00:00Z", "2026-03-02T11:00:00Z", "2026-03-02T13:00:00Z"):
        assert tell(house, "T-1", "We look into it.", at=at).status_code == 201
    assert first_response(house) == datetime(2026, 3, 2, 11, tzinfo=UTC)


def first_response(house: House) -> datetime | None:
    return get_ticket(house.store, "acme", "T-1").first_response_at


def test_a_confidential_ticket_is_found_by_admins_only(house: House):
    put_policy(house, helping={"confidential": {"team": ["HR"]}})
    solve(house, "T-1", "Settled with the lawyer.", team="HR")
    solve(house, "T-2", "Update the client.", team="web")
    for role in ("agent", "service"):
        assert [one["ticket_id"] for one in similar(house, role=role)] == ["T-2"]
    assert {one["ticket_id"] for one in similar(house, role="admin")} == {"T-1", "T-2"}


def test_a_workspace_finds_its_own_tickets_only(house: House):
    solve(house, "T-1", "Update the client.")
    assert similar(house, workspace="other") == []


def test_a_reply_to_a_ticket_that_was_never_sent_is_refused(house: House):
    assert tell(house, "T-9", "Hello.").status_code == 404


def test_a_reply_dated_ahead_is_refused(house: House):
    solve(house, "T-1")
    for by_requester in (False, True):
        told = tell(house, "T-1", "Renew it.", at="2099-01-01T00:00:00Z", by_requester=by_requester)
        assert told.status_code == 422 and "more than a day ahead" in told.json()["detail"]


def test_a_reply_sent_often_is_suggested_with_the_places_to_fill_in(house: House):
    for number, name in enumerate(("Ada", "Bob", "Cy")):
        decide(house, f"T-{number}", subject=TEXT)
        tell(house, f"T-{number}", f"Hi {name}, install build {number + 100} of the client.")
    decide(house, "T-9", subject=TEXT)
    tell(house, "T-9", "Thanks, it works.", by_requester=True)
    (found,) = replies(house)
    assert found["text"] == "Hi {name}, install build {number} of the client."
    assert (found["uses"], found["source"], found["macro_id"]) == (3, "reply", None)
    assert [one["kind"] for one in found["placeholders"]] == ["name", "number"]


def test_a_resolution_stands_in_where_no_reply_is_known_and_says_so(house: House):
    solve(house, "T-1", "Renew the profile of the client.")
    assert [(one["text"], one["source"]) for one in replies(house)] == [
        ("Renew the profile of the client.", "resolution")
    ]


def test_a_macro_is_named_where_agents_used_it_and_offered_where_its_words_fit(house: House):
    headers = house.key("admin")
    used = {"title": "Build", "body": "Hi Customer, install build 1 of the client."}
    fits = {"title": "vpn drops", "body": "vpn drops every hour"}
    for name, macro in (
        ("M-1", used),
        ("M-2", fits),
        ("M-3", {"title": "Canteen", "body": "Soup is hot."}),
    ):
        assert house.client.put(f"/v1/macros/{name}", json=macro, headers=headers).status_code == 200
    decide(house, "T-1", subject=TEXT)
    tell(house, "T-1", "Hi Ada, install build 7 of the client.")
    found = replies(house)
    assert [(one["macro_id"], one["uses"]) for one in found[:2]] == [("M-1", 1), ("M-2", 0)]
    listed = house.client.get("/v1/macros", headers=house.key("agent")).json()["macros"]
    assert [one["macro_id"] for one in listed] == ["M-1", "M-2", "M-3"]
    assert house.client.delete("/v1/macros/M-2", headers=headers).json()["title"] == "vpn drops"
    assert house.client.delete("/v1/macros/M-2", headers=headers).status_code == 404


def test_replies_of_tickets_that_share_little_are_not_offered_and_a_macro_that_fits_is(house: House):
    for number in range(4):
        decide(house, f"T-{number}", subject="vpn drops on monday under our chair")
        tell(house, f"T-{number}", f"{'ABCD'[number]} chair was ordered for {number} o'clock in room 9.")
    assert replies(house, 5) == []
    macro = {"title": "vpn drops", "body": "vpn drops every hour"}
    house.client.put("/v1/macros/M-1", json=macro, headers=house.key("admin"))
    assert [one["macro_id"] for one in replies(house, 5)] == ["M-1"]


def test_a_macro_that_fits_is_ranked_with_replies_of_farther_tickets(house: House):
    for number in range(4):
        decide(house, f"T-{number}", subject="vpn drops every monday chair")
        tell(
            house, f"T-{number}", ("Buy a lamp.", "Call us now.", "No idea, sorry.", "See a doctor.")[number]
        )
    macro = {"title": "vpn drops", "body": "vpn drops every hour"}
    house.client.put("/v1/macros/M-1", json=macro, headers=house.key("admin"))
    found = replies(house, 3)
    assert [one["macro_id"] for one in found] == ["M-1", None, None]
    assert found[0]["uses"] == 0 and found[0]["share"] == 0


@pytest.mark.parametrize("address", ["IT/M-1", "IT%2FM-1"])
def test_a_macro_with_a_slash_in_its_id_is_reached(house: House, address: str):
    path, headers = f"/v1/macros/{address}", house.key("admin")
    put = house.client.put(path, json={"title": "Hi", "body": "Hello."}, headers=headers)
    assert put.json()["macro_id"] == "IT/M-1"
    assert house.client.delete(path, headers=headers).json()["macro_id"] == "IT/M-1"


def confirm(house: House, ticket_id: str, helped: bool, role: str = "requester"):
    return house.client.post(
        f"/v1/tickets/{ticket_id}/confirmation", json={"helped": helped}, headers=house.key(role)
    )


def test_no_article_is_ever_sent_as_the_answer_unless_an_admin_switched_it_on(house: House):
    add(house, VPN)
    assert decide(house, "T-1", subject=VPN["title"], requester="dana")["auto_resolution"] is None
    assert confirm(house, "T-1", True).status_code == 404


def test_an_article_sent_as_the_answer_waits_for_the_requester_who_closes_the_ticket(house: House):
    add(house, VPN)
    put_policy(house, helping={"auto_resolve": AUTO})
    auto = decide(house, "T-1", subject=VPN["title"], requester="dana")["auto_resolution"]
    assert (auto["action"], auto["reason"], auto["article_id"]) == ("apply", None, "KB-1")
    waiting = house.client.get("/v1/tickets/T-1/confirmation", headers=house.key("agent")).json()
    assert waiting["state"] == "waiting"
    assert get_ticket(house.store, "acme", "T-1").closed_at is None
    assert confirm(house, "T-1", True).json()["state"] == "confirmed"
    stored = get_ticket(house.store, "acme", "T-1")
    assert stored.status == "solved" and stored.closed_at is not None
    assert [one.article_id for one in list_links(house.store, "acme")] == ["KB-1"]
    assert confirm(house, "T-1", True).status_code == 200
    assert confirm(house, "T-1", False).status_code == 409


def test_an_article_that_did_not_help_leaves_the_ticket_with_people(house: House):
    add(house, VPN)
    put_policy(house, helping={"auto_resolve": AUTO})
    decide(house, "T-1", subject=VPN["title"], requester="dana")
    assert confirm(house, "T-1", False).json()["state"] == "refused"
    assert get_ticket(house.store, "acme", "T-1").closed_at is None


@pytest.mark.parametrize(("helped", "state"), [(True, "confirmed"), (False, "refused")])
def test_an_article_is_sent_once_however_often_the_ticket_comes(house: House, helped: bool, state: str):
    add(house, VPN)
    put_policy(house, helping={"auto_resolve": AUTO})
    ticket = {"subject": VPN["title"], "requester": "dana"}
    decide(house, "T-1", **ticket)
    again = decide(house, "T-1", **ticket)["auto_resolution"]
    assert (again["action"], again["reason"]) == ("abstain", "already_answered")
    assert confirm(house, "T-1", helped).json()["state"] == state
    assert decide(house, "T-1", **ticket)["auto_resolution"]["reason"] == "already_answered"


def test_a_closed_ticket_is_sent_no_article(house: House):
    add(house, VPN)
    decide(house, "T-1", subject=VPN["title"], requester="dana")
    assert close(house, "T-1").status_code == 200
    put_policy(house, helping={"auto_resolve": AUTO})
    auto = decide(house, "T-1", subject=VPN["title"], requester="dana")["auto_resolution"]
    assert (auto["action"], auto["reason"]) == ("abstain", "closed")


@pytest.mark.parametrize("helped", [True, False])
def test_after_its_time_the_question_is_over(house: House, helped: bool):
    add(house, VPN)
    put_policy(house, helping={"auto_resolve": AUTO | {"confirm_hours": 0}})
    decide(house, "T-1", subject=VPN["title"], requester="dana")
    late = confirm(house, "T-1", helped)
    assert late.status_code == 409 and "time was over" in late.json()["detail"]
    assert get_ticket(house.store, "acme", "T-1").closed_at is None


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"helping": {"auto_resolve": AUTO}, "kill_switch": True}, "kill_switch"),
        (
            {
                "helping": {"auto_resolve": AUTO},
                "fields": {"category": {"mode": "apply", "never_automate": ["network"]}},
            },
            "low_confidence",
        ),
        ({"helping": {"auto_resolve": AUTO | {"categories": ["account"]}}}, "category_not_listed"),
        ({"helping": {"auto_resolve": AUTO | {"least_chance": 1.0}}}, "low_confidence"),
        ({"helping": {"auto_resolve": AUTO | {"mode": "shadow"}}}, "shadow"),
    ],
)
def test_whatever_holds_it_back_is_said_and_nothing_waits(house: House, policy: dict, reason: str):
    add(house, VPN)
    put_policy(house, **policy)
    auto = decide(house, "T-1", subject=VPN["title"], requester="dana")["auto_resolution"]
    assert (auto["action"], auto["reason"]) == ("abstain", reason)
    assert confirm(house, "T-1", True).status_code == 404
