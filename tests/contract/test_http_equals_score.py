"""One ticket gets one decision, whichever door it comes through: ``POST /v1/triage`` or ``triage score``."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from serving.cli.main import main
from tests.serving.house import House, open_house
from tests.trained import KEY, Trained
from tests.training.history.helpers import write_jsonl
from training.config import TrainingConfig
from training.history import read_history
from training.train import train_bundle
from triage.registry import Registry
from triage.ticket import Ticket

REPOSITORY = Path(__file__).parents[2]
MOZILLA = REPOSITORY.parent / "shared" / "data" / "mozilla_support" / "tickets.parquet"
MAPPING = REPOSITORY / "benchmarks" / "mappings" / "mozilla_thunderbird.toml"
LEARNT, DECIDED = 300, 500

HOSTILE = [
    {"subject": "", "body": ""},
    {"subject": "?", "body": "!"},
    {"subject": "", "body": "", "product": "VPN client", "channel": "email"},
    {"subject": " padded ", "body": "\r\nlines\r\n\r\nof\tmail \n"},
    {"subject": "Automatic reply: VPN", "body": "I am away."},
    {"subject": "Ransomware", "body": "All files end in .locked since this morning"},
    {"subject": "<b>VPN</b>", "body": "<p>drops&nbsp;every hour</p><script>alert(1)</script>"},
    {"subject": "Re: VPN", "body": "still broken\n\nOn Monday Sam wrote:\n> it is fixed\n-- \nDana"},
    {"subject": "Zürich 网络断了", "body": "e\u0301 \U0001f600 \u200bhidden\u200b \ufffd"},
    {"subject": "VPN", "body": "word " * 30_000},
    {"subject": "a" * 3_000, "body": "A" * 5_000},
    {"subject": "VPN", "body": "drops", "custom": {"site": "Bern"}, "tags": ["vip"], "language": "de"},
    {"subject": "VPN", "body": "drops", "requester": "dana@example.org", "organization": "Sales"},
]


def ask(house: House, body: dict, path: str) -> dict:
    answer = house.client.post(path, json=body, headers=house.key("service"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def over_http(house: House, tickets: list[dict]) -> dict[str, dict]:
    asked = "/v1/triage?explain=false&similar=0&articles=0"
    return {one["ticket_id"]: ask(house, one, asked) for one in tickets}


def in_batches(house: House, tickets: list[dict], size: int = 7) -> dict[str, dict]:
    parts = [tickets[at : at + size] for at in range(0, len(tickets), size)]
    found = [ask(house, {"tickets": part}, "/v1/triage/batch")["decisions"] for part in parts]
    return {one["ticket_id"]: one for decisions in found for one in decisions}


def scored(table: Path, bundle: Path, out: Path, *more: str) -> dict[str, dict]:
    with pytest.raises(SystemExit) as ended:
        main(["score", str(table), "--bundle", str(bundle), "--out", str(out), *more])
    assert not ended.value.code
    return {row["ticket_id"]: row for row in pq.read_table(out).to_pylist()}


def as_row(decision: dict) -> dict:
    """A decision of the API in the columns of PREDICTIONS.parquet."""
    row = {"ticket_id": decision["ticket_id"], "model_version": decision["model_version"]}
    for name, one in decision["fields"].items():
        row |= {
            name: one["value"],
            f"{name}_confidence": one["confidence"],
            f"{name}_threshold": one["threshold"],
            f"{name}_action": one["action"],
            f"{name}_reason": one["reason"],
            f"{name}_top": [top["label"] for top in one["top"]],
            f"{name}_top_confidence": [top["confidence"] for top in one["top"]],
        }
    return row


def as_asked(ticket: Ticket) -> dict:
    """A ticket as a helpdesk would send it."""
    given = {
        "ticket_id": ticket.ticket_id,
        "subject": ticket.subject,
        "body": ticket.body,
        "created_at": ticket.created_at.isoformat(),
        "requester": ticket.requester,
        "organization": ticket.organization,
        "channel": ticket.channel,
        "product": ticket.product,
        "language": ticket.language,
        "tags": list(ticket.tags),
        "custom": dict(ticket.custom),
    }
    return {name: value for name, value in given.items() if value is not None}


def as_line(asked: dict) -> dict:
    """The same ticket as a line of a history table."""
    custom = {f"field.{name}": value for name, value in asked.get("custom", {}).items()}
    return {name: value for name, value in asked.items() if name != "custom"} | custom


@pytest.fixture
def house(tmp_path: Path, empty_sqlite: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("TRIAGE_SIGNING_KEY", KEY.hex())
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}", champion=None) as opened:
        yield opened


def put_to_work(house: House, bundle: Path) -> None:
    folder = house.home / "models" / "acme" / bundle.name
    shutil.copytree(bundle, folder)
    Registry(house.home / "models").promote("acme", bundle.name)
    house.wait_for_model(bundle.name)


@pytest.mark.proof
def test_made_up_and_hostile_tickets_get_the_same_decision_through_every_door(
    house: House, trained: Trained, tmp_path: Path
):
    put_to_work(house, trained.folder)
    asked = [as_asked(past.ticket) for past in trained.later]
    filed = {"created_at": datetime(2026, 11, 2, tzinfo=UTC).isoformat()}
    asked += [{"ticket_id": f"H-{place}", **filed, **one} for place, one in enumerate(HOSTILE)]
    table = write_jsonl(tmp_path / "tickets.jsonl", [as_line(one) for one in asked])
    answers = over_http(house, asked)
    rows = scored(table, trained.folder, tmp_path / "p.parquet")
    assert {name: as_row(one) for name, one in answers.items()} == rows
    assert {name: as_row(one) for name, one in in_batches(house, asked).items()} == rows
    assert len(rows) == len(trained.later) + len(HOSTILE)
    actions = {row[f"{name}_action"] for row in rows.values() for name in ("category", "team")}
    assert actions == {"apply", "suggest", "abstain"}


def test_both_doors_hear_the_same_policy(house: House, trained: Trained, tmp_path: Path):
    put_to_work(house, trained.folder)
    asked = [as_asked(past.ticket) for past in trained.later[:20]]
    table = write_jsonl(tmp_path / "tickets.jsonl", [as_line(one) for one in asked])
    policy = {
        "kill_switch": False,
        "disabled_guardrails": ["security_report"],
        "fields": {
            "category": {"mode": "shadow", "thresholds": {}, "never_automate": []},
            "team": {"mode": "apply", "thresholds": {"service-desk": 0.1}, "never_automate": ["network"]},
            "priority": {"mode": "off", "thresholds": {}, "never_automate": []},
        },
    }
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    changed = house.client.put("/v1/policy", json=policy, headers=house.key())
    assert changed.status_code == 200, changed.text
    rows = scored(table, trained.folder, tmp_path / "p.parquet", "--policy", str(tmp_path / "policy.json"))
    off = dict.fromkeys(name for name in next(iter(rows.values())) if name.startswith("priority"))
    assert {name: as_row(one) | off for name, one in over_http(house, asked).items()} == rows
    assert {row["category_reason"] for row in rows.values()} <= {"shadow", "too_short", "unfamiliar"}


@pytest.mark.proof
@pytest.mark.data
@pytest.mark.skipif(not MOZILLA.is_file(), reason="the real helpdesk data are not beside the checkout")
def test_five_hundred_real_tickets_get_the_same_decision_through_every_door(house: House, tmp_path: Path):
    chosen = [
        ("product", "==", "thunderbird"),
        ("locale", "==", "en-US"),
        ("created_at", ">=", datetime(2025, 3, 1, tzinfo=UTC)),
    ]
    table = pq.read_table(MOZILLA, filters=chosen).sort_by("created_at").slice(0, LEARNT + DECIDED)
    pq.write_table(table.slice(0, LEARNT), tmp_path / "older.parquet")
    pq.write_table(table.slice(LEARNT), tmp_path / "later.parquet")
    train_bundle(
        read_history(tmp_path / "older.parquet", mapping=MAPPING).tickets,
        config=TrainingConfig(targets=("category",), target_precision=0.6),
        out=tmp_path / "mozilla",
        key=KEY,
    )
    put_to_work(house, tmp_path / "mozilla")
    later = read_history(tmp_path / "later.parquet", mapping=MAPPING).tickets
    answers = over_http(house, [as_asked(past.ticket) for past in later])
    rows = scored(
        tmp_path / "later.parquet", tmp_path / "mozilla", tmp_path / "p.parquet", "--mapping", str(MAPPING)
    )
    assert {name: as_row(one) for name, one in answers.items()} == rows
    assert len(rows) == DECIDED
    assert len({row["category"] for row in rows.values()}) > 5
    assert len({row["category_action"] for row in rows.values()}) > 1
