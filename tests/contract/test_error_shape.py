"""Every path that can fail answers in one shape, and never with a value that was sent.

Names of fields are told, when they are plain names: they say what to correct.
"""

import json
from collections.abc import Callable

import httpx2
import pytest

from serving.problems import FRAMEWORK, PROBLEMS
from tests.serving.house import House

KEYS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}
CANARY = "canary-5f1d"

Ask = Callable[[House], httpx2.Response]


def triage(house: House, **given) -> httpx2.Response:
    return house.client.post("/v1/triage", headers=house.key("service"), json=given)


def raw(house: House, content: bytes | str, **headers: str) -> httpx2.Response:
    sent = house.key("service") | {"Content-Type": "application/json"} | headers
    return house.client.post("/v1/triage", headers=sent, content=content)


def put_policy(house: House, content: str) -> httpx2.Response:
    sent = house.key("admin") | {"Content-Type": "application/json"}
    return house.client.put("/v1/policy", headers=sent, content=content)


def get(house: House, path: str, role: str = "admin", **headers: str) -> httpx2.Response:
    return house.client.get(path, headers=house.key(role) | headers)


POLICY = (
    '{"kill_switch": false, "disabled_guardrails": [], "fields": {"team": {"mode": "apply", "thresholds": '
)
FAILING: dict[str, tuple[int, Ask]] = {
    "no key": (401, lambda house: house.client.get("/v1/policy")),
    "no such scheme": (401, lambda house: get(house, "/v1/policy", Authorization="Basic abc")),
    "no such key": (401, lambda house: get(house, "/v1/policy", Authorization="Bearer tk_0_0")),
    "key of odd characters": (
        401,
        lambda house: get(house, "/v1/policy", Authorization="Bearer tk_é_ü".encode()),
    ),
    "role may not": (403, lambda house: get(house, "/v1/models", role="agent")),
    "no such address": (404, lambda house: get(house, f"/v1/{CANARY}")),
    "no such decision": (404, lambda house: get(house, f"/v1/decisions/{CANARY}")),
    "no such model": (404, lambda house: get(house, "/v1/models/v0")),
    "no forecast": (404, lambda house: get(house, "/v1/forecasts")),
    "trailing slash": (404, lambda house: get(house, "/v1/policy/")),
    "wrong method": (405, lambda house: house.client.delete("/v1/policy", headers=house.key())),
    "no earlier champion": (409, lambda house: house.client.post("/v1/models/rollback", headers=house.key())),
    "stale policy": (
        409,
        lambda house: put_policy(
            house, '{"kill_switch": false, "disabled_guardrails": [], "fields": {}, "version": 99}'
        ),
    ),
    "too large": (413, lambda house: raw(house, json.dumps({"body": "x" * 200_000}))),
    "too large, in chunks": (413, lambda house: raw(house, (b"x" * 1_000 for _ in range(200)))),
    "wrong host": (400, lambda house: get(house, "/v1/policy", Host=f"{CANARY}.example.org")),
    "not JSON": (422, lambda house: raw(house, f"{CANARY} {{")),
    "not UTF-8": (400, lambda house: raw(house, b'{"body": "\xff\xfe"}')),
    "gzip": (400, lambda house: raw(house, b"\x1f\x8b\x08\x00", **{"Content-Encoding": "gzip"})),
    "another content type": (422, lambda house: raw(house, "{}", **{"Content-Type": "text/plain"})),
    "very deep": (400, lambda house: raw(house, '{"custom":' * 5_000 + "1" + "}" * 5_000)),
    "very long number": (400, lambda house: raw(house, '{"body": ' + "9" * 5_000 + "}")),
    "no body": (422, lambda house: raw(house, "")),
    "a list": (422, lambda house: raw(house, "[]")),
    "wrong type": (422, lambda house: triage(house, subject=5, body=[CANARY])),
    "unknown field": (422, lambda house: triage(house, colour=CANARY)),
    "unknown field of odd characters": (422, lambda house: raw(house, '{"\\ud800 ' + CANARY + '": 1}')),
    "NUL": (422, lambda house: triage(house, body=f"{CANARY}\0")),
    "lone surrogate": (422, lambda house: raw(house, '{"body": "' + CANARY + ' \\ud800"}')),
    "NUL in a name": (422, lambda house: triage(house, custom={f"{CANARY}\0": "x"})),
    "time without a zone": (422, lambda house: triage(house, created_at="2026-01-01T00:00:00")),
    "time as a number": (422, lambda house: triage(house, created_at=1767225600)),
    "time before time": (422, lambda house: triage(house, created_at="0001-01-01T00:00:00+14:00")),
    "unknown predicted field": (422, lambda house: triage(house, values={"colour": CANARY})),
    "too long": (422, lambda house: triage(house, ticket_id="x" * 201)),
    "empty batch": (
        422,
        lambda house: house.client.post(
            "/v1/triage/batch", headers=house.key("service"), json={"tickets": []}
        ),
    ),
    "too many": (
        422,
        lambda house: house.client.post(
            "/v1/triage/batch", headers=house.key("service"), json={"tickets": [{}] * 257}
        ),
    ),
    "NaN": (422, lambda house: put_policy(house, POLICY + '{"web": NaN}}}}')),
    "infinity": (422, lambda house: put_policy(house, POLICY + '{"web": 1e999}}}}')),
    "number as text": (422, lambda house: put_policy(house, POLICY + '{"web": "0.5"}}}}')),
    "NUL in an address": (422, lambda house: get(house, "/v1/decisions/%00")),
    "NUL in a query": (422, lambda house: get(house, "/v1/forecasts?series=%00")),
    "odd query": (422, lambda house: get(house, f"/v1/forecasts?interval={CANARY}")),
    "odd idempotency key": (422, lambda house: raw(house, "{}", **{"Idempotency-Key": f"{CANARY} space"})),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_failure_is_a_problem_with_its_status_and_no_value_of_the_request(house: House, name: str):
    status, ask = FAILING[name]
    answer = ask(house)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == KEYS
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"].endswith(problem["request_id"])
    assert CANARY not in answer.text
    assert problem["type"] in {kind.uri for kind in [*PROBLEMS.values(), *FRAMEWORK.values()]}


def test_a_message_says_what_was_expected(house: House):
    problem = triage(house, body="a\0b", subject=5).json()
    assert {one["location"] for one in problem["errors"]} == {"body.body", "body.subject"}
    message = next(one["message"] for one in problem["errors"] if one["location"] == "body.body")
    assert "NUL" in message and "expected" in message


@pytest.mark.parametrize(
    ("changes", "location", "code", "said"),
    [
        ({"impact": "high"}, "body.impact", "extra_forbidden", 'in values: {"impact": "…"}'),
        ({"colour": "red"}, "body.colour", "extra_forbidden", "Extra inputs"),
        (
            {"subject": "x" * 4_001},
            "body.subject",
            "string_too_long",
            "Got 4,001 characters; expected at most 4,000.",
        ),
        ({"ticket_id": ""}, "body.ticket_id", "string_too_short", "Got 0 characters; expected 1 or more."),
        ({"values": {"color": "red"}}, "body.values.color", "literal_error", "'category'"),
    ],
)
def test_a_part_is_told_where_it_stands_and_what_to_do(house: House, changes, location, code, said):
    (part,) = triage(house, **changes).json()["errors"]
    assert (part["location"], part["code"]) == (location, code)
    assert said in part["message"]


def test_every_answer_carries_its_id_and_safe_headers(house: House):
    good, bad = get(house, "/v1/policy"), house.client.get("/v1/policy")
    for answer in (good, bad, house.client.get("/healthz")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    assert good.headers["x-request-id"] != bad.headers["x-request-id"]
    assert bad.headers["www-authenticate"].startswith("Bearer")


def test_a_callers_request_id_is_kept_when_it_is_a_plain_one(house: House):
    assert get(house, "/v1/policy", **{"X-Request-ID": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    assert get(house, "/v1/policy", **{"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"
