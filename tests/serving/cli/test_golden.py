import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Run
from triage.signing import signing_key
from triage.store import open_store
from triage.store.audit import AuditLog
from triage.store.golden import golden_ids, read_golden
from triage.store.tickets import put_tickets, set_labels
from triage.ticket import PastTicket, Ticket

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def url(home: Path) -> str:
    """A store with a year of tickets of three categories, one of them rare."""
    url = f"sqlite:///{home / 'triage.db'}"
    store = open_store(url)
    past = [
        PastTicket(
            Ticket(f"T-{n:03}", f"subject {n}", created_at=FIRST + timedelta(days=n)),
            labels={"category": "rare" if n < 9 else ("vpn", "mail")[n % 2], "assignee": "ada"},
        )
        for n in range(300)
    ]
    put_tickets(store, "acme", past, source="test")
    store.close()
    return url


def told(run: Run, capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    capsys.readouterr()
    assert run("golden", *words, "-w", "acme", "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_frozen_shown_and_thawed(url: str, run: Run, capsys: pytest.CaptureFixture[str]):
    assert told(run, capsys, "freeze", "--count", "20", "--since", "2026-02-01", "--until", "2026-10-01") == {
        "frozen": 20
    }
    store = open_store(url)
    golden = read_golden(store, "acme")
    assert {one.labels["category"] for one in golden} == {"vpn", "mail"}  # Of nine, none is a tenth.
    first, last = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    assert all(first <= one.ticket.created_at < last for one in golden)
    assert not any("assignee" in one.labels for one in golden)
    set_labels(store, "acme", golden[0].ticket.ticket_id, {"category": "other"})
    expected = {"field": "category", "tickets": 20, "labels": 2, "changed": 1}
    assert told(run, capsys, "show") == {"tickets": 20, "fields": [expected]}
    assert run("golden", "show", "-w", "acme") == 0
    assert "category" in capsys.readouterr().out
    # More can be frozen; those that are stay.
    assert told(run, capsys, "freeze", "--count", "3")["frozen"] == 3
    assert len(golden_ids(store, "acme")[0]) == 23
    assert told(run, capsys, "thaw") == {"thawed": 23}
    assert golden_ids(store, "acme")[0] == []
    log = AuditLog(store, signing_key())
    actions = [one.entry.action for one in log.read("acme")]
    assert sorted(actions) == ["freeze_golden", "freeze_golden", "thaw_golden"]
    store.close()


def test_in_words(url: str, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("golden", "show", "-w", "acme") == 0
    assert "No ticket is kept back" in capsys.readouterr().out
    assert run("golden", "freeze", "-w", "acme", "--count", "7") == 0
    assert "7 tickets are kept back from training" in capsys.readouterr().out
    assert run("golden", "thaw", "-w", "acme") == 0
    assert "7 tickets are learnt from again" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--field", "assignee"), "expected one of category"),
        (("--field", "team"), "no ticket to keep back"),
        (("--until", "2026-01-05"), "ten or more of a category"),
    ],
)
def test_what_cannot_be_frozen_is_told(
    url: str, run: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
):
    assert run("golden", "freeze", "-w", "acme", *words) == 1
    assert said in " ".join(capsys.readouterr().err.split())
