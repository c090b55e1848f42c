from dataclasses import replace
from datetime import UTC, datetime

import pytest

from training.worker.gate import LEAST_GOLDEN, judge
from training.worker.golden_check import GoldenField, LabelChange, LabelLoss
from triage.bundle import Manifest
from triage.taxonomy import Taxonomy


def manifest(**accuracies: float) -> Manifest:
    return Manifest(
        version="v1",
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        fields={
            name: {"level": "linear", "metrics": {"accuracy": accuracy, "tickets": 1_000}}
            for name, accuracy in accuracies.items()
        },
        taxonomy=Taxonomy.from_labels({name: ("a", "b") for name in accuracies}),
        feature_version=1,
        data_hash="0" * 64,
        training={},
    )


def test_the_first_model_may_answer():
    assert judge(manifest(category=0.1), None).may_answer


@pytest.mark.parametrize("accuracy", [0.9, 0.8, 0.78])
def test_a_challenger_that_is_better_or_within_chance_may_answer(accuracy: float):
    assert judge(manifest(category=accuracy), manifest(category=0.8)).may_answer


def test_a_challenger_that_is_worse_in_one_field_may_not_and_it_says_which():
    verdict = judge(manifest(category=0.9, team=0.7), manifest(category=0.8, team=0.8))
    assert not verdict.may_answer
    assert "team" in verdict.reason and "0.700" in verdict.reason and "0.800" in verdict.reason


def test_a_challenger_that_lost_a_field_may_not_answer_and_one_that_gained_one_may():
    assert not judge(manifest(category=0.9), manifest(category=0.8, team=0.8)).may_answer
    assert judge(manifest(category=0.8, team=0.2), manifest(category=0.8)).may_answer


def test_with_few_held_out_tickets_chance_is_wide():
    few = manifest(category=0.7)
    few = replace(few, fields={"category": {"level": "linear", "metrics": {"accuracy": 0.7, "tickets": 20}}})
    assert judge(few, manifest(category=0.8)).may_answer


def test_a_challenger_that_cannot_learn_what_the_champion_answers_may_not_and_it_says_why():
    lost = manifest(category=0.8)
    none = {"accuracy": None, "tickets": 0}
    lost = replace(
        lost, fields={"category": {"level": "rules", "metrics": none, "reason": "Got new labels."}}
    )
    verdict = judge(lost, manifest(category=0.8))
    assert not verdict.may_answer and "Got new labels." in verdict.reason
    assert judge(lost, lost).may_answer


def golden(field: str, before: float, after: float, tickets: int = 400) -> GoldenField:
    return GoldenField(field, tickets, before, after, after - before - 0.02, after - before + 0.02)


@pytest.mark.parametrize("after", [0.9, 0.8, 0.7901])
def test_on_golden_tickets_a_hundredth_may_be_lost(after: float):
    verdict = judge(manifest(category=0.8), manifest(category=0.8), [golden("category", 0.8, after)])
    assert verdict.may_answer and "On golden tickets" in verdict.reason and "category" in verdict.reason


def test_more_is_refused_whatever_held_out_tickets_say_and_the_figures_are_told():
    said = [golden("category", 0.8, 0.85), golden("team", 0.8, 0.7)]
    verdict = judge(manifest(category=0.9, team=0.99), manifest(category=0.8, team=0.8), said)
    assert not verdict.may_answer
    for figure in ("team", "400", "0.700", "0.800", "-0.120", "-0.080"):
        assert figure in verdict.reason


def test_a_field_with_few_golden_tickets_is_not_judged_by_them():
    few = golden("category", 0.8, 0.1, LEAST_GOLDEN - 1)
    verdict = judge(manifest(category=0.8), manifest(category=0.8), [few])
    assert verdict.may_answer and "golden" not in verdict.reason


@pytest.mark.parametrize(("p", "may_answer"), [(0.04, False), (0.06, True)])
def test_a_label_that_lost_more_than_chance_is_refused_whatever_macro_f1_says(p: float, may_answer: bool):
    one = replace(golden("category", 0.8, 0.795), worst=LabelLoss("vpn", 14, 12, 3, p))
    verdict = judge(manifest(category=0.8), manifest(category=0.8), [one])
    assert verdict.may_answer == may_answer
    if not may_answer:
        assert all(word in verdict.reason for word in ("14", "'vpn'", "3 right", "champion 12"))


@pytest.mark.parametrize(
    ("changed", "of", "may_answer"), [(2, 2, True), (3, 15, False), (3, 16, True), (12, 14, False)]
)
def test_golden_tickets_whose_own_values_were_turned_over_stand_in_the_way(
    changed: int, of: int, may_answer: bool
):
    changes = [LabelChange("category", "vpn", of, changed)]
    verdict = judge(manifest(category=0.9), manifest(category=0.8), (), changes)
    assert verdict.may_answer == may_answer
    assert may_answer or f"Of {of} golden tickets with the category 'vpn', {changed} bear" in verdict.reason
