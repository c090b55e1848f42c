import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from triage.ticket import PastTicket, Ticket

FILED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_ticket_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Ticket("T-1").subject = "other"


@pytest.mark.parametrize(
    ("subject", "body", "text"),
    [("VPN", "drops", "VPN\ndrops"), ("VPN", "", "VPN"), ("", "drops", "drops"), (" ", "\n", "")],
)
def test_the_text_is_subject_and_body_without_space_around(subject, body, text):
    assert Ticket("T-1", subject, body).text == text


def test_the_hash_names_the_text_and_nothing_else():
    one, other = Ticket("T-1", "VPN", product="x"), Ticket("T-2", "VPN", product="y")
    assert one.text_hash == other.text_hash != Ticket("T-1", "vpn").text_hash
    assert len(one.text_hash) == 64


def test_even_half_a_character_can_be_hashed():
    assert Ticket("T-1", "\ud800").text_hash == Ticket("T-1", "?").text_hash


def test_a_past_ticket_keeps_what_came_later_apart_from_what_was_filed():
    filed = {field.name for field in dataclasses.fields(Ticket)}
    later = {field.name for field in dataclasses.fields(PastTicket)} - {"ticket"}
    assert not filed & later


@pytest.mark.parametrize(
    ("moments", "hours"),
    [
        ({}, 1),
        ({"resolved_at": 9}, 9),
        ({"first_response_at": 5, "resolved_at": 9}, 5),
        ({"assigned_at": 7, "first_response_at": 5, "resolved_at": 9}, 7),
        ({"closed_at": 3}, 1),
    ],
)
def test_labels_become_known_when_assigned_else_answered_else_resolved_else_an_hour_on(moments, hours):
    given = {name: FILED + timedelta(hours=after) for name, after in moments.items()}
    past = PastTicket(Ticket("T-1", created_at=FILED), **given)
    assert past.labels_known_at == FILED + timedelta(hours=hours)


def test_without_any_time_nobody_knows_when_the_labels_became_known():
    assert PastTicket(Ticket("T-1")).labels_known_at is None
