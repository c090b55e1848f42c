import json
import logging
from pathlib import Path

from serving.logs import JsonLines
from tests.serving.fakes import FakeModel, seal_fake
from tests.serving.house import open_house
from triage.registry import Registry


def test_a_record_is_one_line_of_json_whatever_it_says():
    record = logging.LogRecord("triage.x", logging.INFO, "f", 1, "one\ntwo \x1b[31m %s", ("ü",), None)
    line = JsonLines().format(record)
    assert "\n" not in line and "\x1b" not in line
    assert json.loads(line)["message"] == "one\ntwo \x1b[31m ü"


def test_an_exceptions_message_is_left_out():
    try:
        raise ValueError("secret")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    line = JsonLines().format(logging.LogRecord("x", logging.ERROR, "f", 1, "failed", None, info))
    assert json.loads(line)["error"] == "ValueError"
    assert "secret" not in line


def test_facts_stand_beside_the_words_and_cannot_break_the_line():
    record = logging.LogRecord("triage.access", logging.INFO, "f", 1, "GET /x 200", (), None)
    record.facts = {"status": 200, "route": "/x\n"}
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line) | {"at": ""} == {
        "at": "",
        "level": "info",
        "logger": "triage.access",
        "message": "GET /x 200",
        "status": 200,
        "route": "/x\n",
    }


class Talkative(FakeModel):
    """Fails with the ticket's text in its error, as libraries do."""

    def assess(self, tickets, **more):
        for ticket in tickets:
            if "break" in ticket.text:
                raise ValueError(f"cannot read {ticket.text!r}")
        return super().assess(tickets, **more)


def test_no_line_of_the_server_holds_a_word_of_a_ticket(tmp_path: Path, empty_sqlite: bytes):
    """Tickets, articles, replies and feedback that go well, that are refused, and that break something."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeper = Keeper()
    keeper.setFormatter(JsonLines())
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    seal_fake(tmp_path, "v1", model=Talkative())
    Registry(tmp_path / "models").promote("acme", "v1")
    root = logging.getLogger()
    root.addHandler(keeper)
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}", champion=None) as house:

            def send(method: str, path: str, body: dict) -> int:
                return house.client.request(method, path, json=body, headers=house.key()).status_code

            said = "canary-7f3a vpn canary@example.org"
            assert send("POST", "/v1/triage", {"ticket_id": "T-1", "subject": said, "body": said}) == 200
            assert send("POST", "/v1/triage", {"subject": f"break {said}"}) == 500
            assert send("POST", "/v1/triage", {"subject": said, "surprise": said}) == 422
            assert send("PUT", "/v1/knowledge/KB-1", {"title": said, "body": said}) == 200
            assert send("POST", "/v1/tickets/T-1/replies", {"body": said}) in (200, 201)
            assert send("POST", "/v1/suggest", {"subject": said}) == 200
            house.client.get(f"/v1/knowledge/search?q={said}", headers=house.key())
            house.client.get(f"/v1/decisions/{said}", headers=house.key())
            house.client.get("/v1/policy", headers={"Authorization": f"Bearer {said}"})
    finally:
        root.removeHandler(keeper)
        root.setLevel(before)
    ours = [one for one in map(json.loads, lines) if one["logger"].startswith(("triage", "uvicorn"))]
    access = [one for one in ours if one["logger"] == "triage.access"]
    assert len(access) >= 9 and {one["status"] for one in access} >= {200, 401, 404, 422, 500}
    assert {"method", "route", "milliseconds", "request_id"} <= set(access[0])
    assert [one for one in ours if one["level"] == "error"]  # The 500 was told of,
    assert "canary" not in json.dumps(ours)  # without a word of what it was about.
