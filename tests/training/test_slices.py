from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.slices import LEAST, measure_slices, slice_values
from triage.ticket import PastTicket, Ticket


def test_a_ticket_belongs_to_its_month_channel_language_length_and_team():
    ticket = Ticket("T", "VPN", "down", datetime(2026, 3, 1, tzinfo=UTC), channel="mail", language="en")
    assert slice_values(PastTicket(ticket, {"team": "network"})) == {
        "month": "2026-03",
        "channel": "mail",
        "language": "en",
        "length": "up to 100 characters",
        "team": "network",
    }


def test_product_and_organization_are_compared_where_they_are_few():
    right = np.ones(200, bool)
    few = [{"product": "mail" if row % 2 else "web", "organization": f"org {row}"} for row in range(200)]
    assert {one["slice"] for one in measure_slices(few, right, right)} == {"product"}
    many = [{"organization": f"org {row % 21}"} for row in range(21 * LEAST)]
    assert measure_slices(many, np.ones(len(many), bool), np.ones(len(many), bool)) == []


def test_a_kind_with_one_value_and_the_labels_of_the_field_itself_are_no_slices():
    tickets = [{"channel": "mail", "team": "a" if row % 2 else "b"} for row in range(200)]
    right = np.ones(200, bool)
    assert {one["slice"] for one in measure_slices(tickets, right, right)} == {"team"}
    assert measure_slices(tickets, right, right, field="team") == []


def test_a_ticket_that_says_nothing_belongs_to_the_slice_of_no_text_only():
    assert slice_values(PastTicket(Ticket("T"))) == {"length": "no text"}


def test_a_slice_where_the_model_fails_is_marked_worse_and_the_others_are_not():
    tickets = [{"channel": "phone"}] * 60 + [{"channel": "mail"}] * 300 + [{"channel": "chat"}] * 300
    right = np.concatenate([np.arange(60) < 20, np.arange(600) % 10 < 8])
    found = {one["value"]: one for one in measure_slices(tickets, right, np.ones(660, bool))}
    assert found["phone"]["differs"] == "worse"
    assert found["phone"]["accuracy"] == found["phone"]["precision"] == round(1 / 3, 6)
    assert found["phone"]["precision_lower_bound"] < 1 / 3


def test_slices_of_one_accuracy_are_almost_never_marked():
    random = np.random.default_rng(0)
    marked = 0
    for _ in range(20):
        tickets = [{"month": f"2026-{month:02}"} for month in random.integers(1, 13, 1_200)]
        right = random.random(1_200) < 0.8
        marked += any(one["differs"] for one in measure_slices(tickets, right, right))
    assert marked <= 4


def test_a_small_slice_is_not_shown_and_one_without_applied_values_has_no_precision():
    tickets = [{"channel": "mail"}] * LEAST + [{"channel": "fax"}] * (LEAST - 1)
    (only,) = measure_slices(tickets, np.ones(len(tickets), bool), np.zeros(len(tickets), bool))
    assert (only["value"], only["coverage"], only["precision"]) == ("mail", 0.0, None)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.booleans()), min_size=1, max_size=150))
def test_the_slices_of_one_kind_add_up_to_tickets_at_most(rows):
    tickets = [{"channel": channel} for channel, _, _ in rows]
    right, applied = (np.array([row[place] for row in rows]) for place in (1, 2))
    found = measure_slices(tickets, right, applied)
    assert sum(one["tickets"] for one in found) <= len(rows)
    assert all(0 <= one["accuracy"] <= 1 and 0 <= one["coverage"] <= 1 for one in found)
