from dataclasses import replace

import pytest

from features.structured import StructuredView
from tests.training.sla.made import make_history, views_of
from tests.training.test_card import Tags, manifest
from training.card import render_card
from training.card_times import card_times
from training.sla.learn_foresight import learn_foresight
from triage.bundle import Manifest


@pytest.fixture(scope="module")
def facts():
    """What a training on made-up tickets reports."""
    history = make_history(400)
    fields = StructuredView().fit([past.ticket for past in history])
    return learn_foresight(history, views_of(history, fields), ordered=True).facts


def card(foresight):
    made = manifest()
    return render_card(replace(made, training=dict(made.training) | {"foresight": foresight}))


def test_the_card_tells_how_times_and_risks_did_on_held_out_tickets(facts):
    page = card(facts)
    assert Tags(page).open == []
    time, breach = facts["time"], facts["breach"]
    for said in (
        "times and promises",
        f"{time['coverage']['0.9']:.1%}",
        f"a mean loss of {time['pinball_hours']:.1f} hours, {time['pinball_hours_same_for_all']:.1f} if",
        f"<td>{breach['auc']:.3f}</td><td>{breach['log_loss']:.3f}</td>",
        f"calibration error {breach['calibration_error']:.3f}",
        "tickets handed on",
    ):
        assert said in page, said


def test_the_card_of_the_manifests_bytes_says_the_same(facts):
    made = manifest()
    made = replace(made, training=dict(made.training) | {"foresight": facts})
    assert render_card(Manifest.from_bytes(made.to_bytes())) == render_card(made)


def test_what_was_not_learnt_is_said_with_the_reason():
    reasons = {name: {"reason": "3 tickets."} for name in ("time", "breach", "reassignment")}
    page = card(reasons)
    assert page.count("3 tickets.") == 1
    assert "time to the solution, probability of broken promises, probability of tickets handed on: 3" in page
    told = card_times(reasons)
    assert (told["time"], told["risks"], told["verdicts"]) == (None, [], [])


def test_a_model_that_is_worse_than_the_same_for_all_is_a_warning(facts):
    worse = {
        **facts,
        "time": {**facts["time"], "pinball_hours": 9.0, "pinball_hours_same_for_all": 8.0},
        "breach": {**facts["breach"], "calibration_error": 0.2, "calibration_null_95": 0.1},
    }
    verdicts = card_times(worse)["verdicts"]
    assert [one["good"] for one in verdicts][:2] == [False, False]
    assert "not quite as often" in verdicts[1]["text"]


def test_a_bundle_of_before_has_no_such_section():
    assert "times and promises" not in render_card(manifest())
    assert card_times(None) is card_times({}) is None
