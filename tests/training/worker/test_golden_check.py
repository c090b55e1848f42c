from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from training.worker.golden_check import LabelChange, LabelLoss, changed_since, compare_on_golden, left_out_by
from triage.bundle import Manifest
from triage.golden import GoldenTicket
from triage.prediction import Prediction
from triage.taxonomy import Taxonomy
from triage.ticket import Ticket

NAMES = ("a", "b", "c")


def manifest(fields: tuple[str, ...] = ("category",), **training: Any) -> Manifest:
    return Manifest(
        version="v1",
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        fields={name: {} for name in fields},
        taxonomy=Taxonomy.from_labels({"category": NAMES}),
        feature_version=1,
        data_hash="0" * 64,
        training=training,
    )


@dataclass
class Said:
    predictions: dict[str, Prediction]


class Speaker:
    """A model that says of each ticket what stands in its body, and notes what it was asked."""

    def __init__(self, place: int) -> None:
        self.place, self.asked = place, []

    def assess(self, tickets):
        self.asked += tickets
        return [Said({"category": self._one(one.body.split()[self.place])}) for one in tickets]

    @staticmethod
    def _one(label: str) -> Prediction:
        sure = np.array([0.9 if label == one else 0.05 for one in NAMES])
        return Prediction("category", NAMES, sure / sure.sum())


@dataclass
class Bundled:
    manifest: Manifest
    model: Speaker


def golden(truth: str, before: str, after: str, number: int = 0) -> GoldenTicket:
    ticket = Ticket(f"T-{number}", body=f"{before} {after}", values={"category": "b"})
    return GoldenTicket(ticket, {"category": truth}, 1)


def compared(rows: list[tuple[str, str, str]], **training: Any):
    tickets = [golden(*row, number) for number, row in enumerate(rows)]
    old, new = Bundled(manifest(), Speaker(0)), Bundled(manifest(**training), Speaker(1))
    found = compare_on_golden(old, new, tickets)
    assert not any(one.values for one in old.model.asked)  # What people said would give it away.
    return found


@given(rows=st.lists(st.tuples(*[st.sampled_from(NAMES)] * 3), min_size=1, max_size=60))
def test_it_is_the_macro_f1_of_the_labels_that_are_there(rows):
    (one,) = compared(rows)
    truth, before, after = zip(*rows, strict=True)
    for said, given_score in ((before, one.before), (after, one.after)):
        score = f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0)
        assert given_score == pytest.approx(score)
    assert one.tickets == len(rows) and one.lost == pytest.approx(one.before - one.after)
    assert -1 - 1e-9 <= one.low <= one.high <= 1 + 1e-9


def test_an_interval_of_equal_answers_is_nothing_and_of_many_lost_ones_below_it():
    (same,) = compared([("a", "a", "a"), ("b", "c", "c")] * 20)
    assert (same.low, same.high) == (0.0, 0.0)
    (worse,) = compared([("a", "a", "b"), ("b", "b", "b")] * 50)
    assert worse.low < worse.after - worse.before < worse.high < 0


def test_labels_that_were_merged_since_count_by_their_name_of_today():
    rows = [("a", "a", "b"), ("b", "b", "b"), ("c", "c", "c")] * 20
    (one,) = compared(rows, config={"merged": {"category": {"a": "b"}}})
    assert (one.before, one.after) == (1.0, 1.0)


def test_only_fields_that_both_answer_and_tickets_that_have_a_value_are_judged():
    old, new = Bundled(manifest(("category", "team")), Speaker(0)), Bundled(manifest(), Speaker(1))
    without = GoldenTicket(Ticket("T-9", body="a a"), {"team": "web"}, 1)
    (one,) = compare_on_golden(old, new, [golden("a", "a", "a"), without])
    assert (one.field, one.tickets) == ("category", 1)
    assert compare_on_golden(old, new, []) == []


def test_what_either_learnt_from_is_left_aside():
    tickets = [GoldenTicket(Ticket(f"T-{n}"), {}, n) for n in (1, 2, 3)]
    apart = left_out_by(tickets, manifest(golden_revision=3), manifest(golden_revision=2))
    assert [one.revision for one in apart] == [1, 2]
    assert left_out_by(tickets, manifest(golden_revision=3), manifest()) == []


def test_the_label_that_lost_most_surely_is_named_with_its_chance():
    lost = [("a", "a", "b")] * 6 + [("a", "a", "a")] * 2
    other = [("b", "b", "c")] * 2 + [("b", "c", "b")] + [("b", "b", "b")] * 5 + [("c", "c", "c")] * 4
    (one,) = compared(lost + other)
    # Six lost, none gained: 1/64, for any of three labels.
    assert one.worst == LabelLoss("a", 8, 8, 2, pytest.approx(3 / 64))
    (same,) = compared([("a", "b", "a"), ("b", "b", "b")] * 5)
    assert same.worst is None


def test_values_that_changed_since_are_counted_by_what_they_were():
    tickets = [
        GoldenTicket(Ticket(f"T-{n}"), {"category": "a", "team": "web"}, 1, {"category": now, "team": "web"})
        for n, now in enumerate(("a", "b", "b"))
    ]
    gone = GoldenTicket(Ticket("T-9"), {"category": "c"}, 1, {})  # Has none now: nothing turned over.
    assert changed_since([*tickets, gone]) == [LabelChange("category", "a", 3, 2)]
