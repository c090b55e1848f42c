import pytest

from tests.serving.house import House
from tests.serving.routers.test_audit import entries
from triage.store.replies import replies_of
from triage.store.tickets import get_ticket

SECRETS = ("ada@example.org", "4111 1111 1111 1111", "Eve Park")


def say(house: House, redaction: str) -> None:
    document = {
        "kill_switch": False,
        "disabled_guardrails": [],
        "fields": {},
        "privacy": {"redaction": redaction},
    }
    assert house.client.put("/v1/policy", json=document, headers=house.key("admin")).status_code == 200


def tell(house: House) -> str:
    """Send a ticket, close it, reply to it; return all that was answered."""
    house.client.put("/v1/agents/Eve Park", json={"team": "web"}, headers=house.key("admin"))
    text = f"vpn {' and '.join(SECRETS)}"
    told = [
        house.client.post(
            "/v1/triage?explain=true&detail=true",
            json={
                "ticket_id": "T-1",
                "requester": "ada@example.org",
                **dict.fromkeys(("subject", "body", "product", "channel"), text),
                "tags": list(SECRETS),
                "custom": {"asset": text},
            },
            headers=house.key("service") | {"Idempotency-Key": "one"},
        ),
        house.client.post(
            "/v1/tickets/T-1/close",
            json={"status": "solved", "resolution": text},
            headers=house.key("service"),
        ),
        house.client.post(
            "/v1/tickets/T-1/replies", json={"body": text, "reply_id": "R-1"}, headers=house.key("agent")
        ),
    ]
    assert [one.status_code for one in told] == [200, 200, 201]
    return "".join(one.text for one in told)


def stored(house: House) -> str:
    past = get_ticket(house.store, "acme", "T-1")
    (reply,) = replies_of(house.store, "acme", ["T-1"])["T-1"]
    ticket = past.ticket
    texts = (
        ticket.subject,
        ticket.body,
        ticket.product,
        ticket.channel,
        *ticket.tags,
        *ticket.custom.values(),
    )
    return " ".join((*texts, past.resolution, reply.body))


def test_where_texts_are_stored_as_sent_nothing_is_changed(house: House):
    tell(house)
    assert all(one in stored(house) for one in SECRETS)


def test_what_is_redacted_before_storing_is_in_no_table_answer_or_log(
    house: House, caplog: pytest.LogCaptureFixture
):
    say(house, "stored")
    with caplog.at_level("DEBUG"):
        told = tell(house)
    kept = stored(house)
    for one in SECRETS:
        assert one not in kept and one not in caplog.text
    for mark in ("[email]", "[card]", "[name]"):
        assert mark in kept
    card = SECRETS[1]
    assert card not in told and card not in repr(entries(house))
    files = [path for path in house.home.rglob("*") if path.is_file()]
    assert not any(card.encode() in path.read_bytes() for path in files)


@pytest.mark.parametrize("redaction", ["off", "stored"])
def test_logs_hold_no_text_of_a_ticket(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], redaction: str
):
    say(house, redaction)
    headers = house.key("service")
    with caplog.at_level("DEBUG"):
        for body in ({"subject": "quokka4711 vpn"}, {"subject": "quokka4711", "created_at": "nonsense"}):
            house.client.post("/v1/triage", json={"ticket_id": "T-9", **body}, headers=headers)
        house.client.post("/v1/suggest", json={"subject": "quokka4711"}, headers=headers)
        house.client.post("/v1/tickets/T-9/close", json={"resolution": "quokka4711"}, headers=headers)
    said = capfd.readouterr()
    assert "quokka4711" not in caplog.text + said.out + said.err
