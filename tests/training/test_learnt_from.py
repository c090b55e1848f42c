from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.trained import KEY, LEARNT, Trained
from training.cli.evaluate import _worth_knowing
from training.evaluate import evaluate_bundle
from training.evaluation_page import render_evaluation
from training.learnt_from import learnt_from
from triage.ticket import PastTicket


def again(past: PastTicket, **changes: object) -> PastTicket:
    return replace(past, ticket=replace(past.ticket, **changes))


def told(trained: Trained, *tickets: PastTicket) -> list[bool]:
    return learnt_from(trained.bundle, tickets, key=KEY)


def test_tickets_are_known_by_their_ids_and_when_they_were_filed(trained):
    assert told(trained, *trained.history) == [True] * LEARNT
    assert not any(told(trained, *trained.later))
    edited = again(trained.history[0], subject="", body="somebody wrote another text over it")
    assert told(trained, edited, again(trained.history[0], ticket_id="new-1")) == [True, False]


@pytest.mark.encoder
def test_an_id_alone_is_no_proof_but_with_the_same_text_it_is(trained):
    one = trained.history[0]
    earlier = one.ticket.created_at - timedelta(hours=2)
    other = again(one, created_at=earlier, subject="Parking", body="My place in the garage is taken.")
    assert told(trained, other, again(one, created_at=earlier)) == [False, True]
    assert told(trained, again(other, created_at=None), again(one, created_at=None)) == [False, True]


def test_what_was_filed_after_the_history_ended_was_never_learnt(trained):
    last = datetime.fromisoformat(trained.manifest.training["last"])
    late = [again(past, created_at=last + timedelta(days=1)) for past in trained.history[:3]]
    assert told(trained, *late) == [False] * 3


def test_where_nothing_but_ids_can_be_compared_they_decide(trained):
    bare = again(trained.history[0], created_at=None, subject="", body="")
    assert told(trained, bare, again(bare, ticket_id="new-1")) == [True, False]


@pytest.mark.encoder
def test_a_bundle_of_before_knows_the_texts_of_its_newest_tickets(trained):
    files = {name: one for name, one in trained.manifest.files.items() if name != "learnt_from.npy"}
    old = replace(trained.bundle, manifest=replace(trained.manifest, files=files))
    other = again(trained.history[0], subject="Parking", body="My place in the garage is taken.")
    tickets = [trained.history[0], other, again(other, ticket_id="new-1")]
    assert learnt_from(old, tickets) == [True, False, False]


def test_of_a_model_that_keeps_no_ids_nothing_is_said(trained):
    other = SimpleNamespace(model=object(), manifest=trained.manifest)
    assert not any(learnt_from(other, trained.history))


@pytest.mark.encoder
def test_only_tickets_that_were_not_learnt_from_are_judged(trained):
    both = evaluate_bundle(trained.bundle, [*trained.history, *trained.later], key=KEY)
    alone = evaluate_bundle(trained.bundle, trained.later, key=KEY)
    assert (both["learnt_from"], both["tickets"], both["judges_memory"]) == (
        LEARNT,
        len(trained.later),
        False,
    )
    assert alone["learnt_from"] == 0
    assert both["fields"] == alone["fields"] and both["drift"] == alone["drift"]
    assert f"{LEARNT} of the tickets given were learnt from" in render_evaluation(both)
    assert next(_worth_knowing(both)).startswith(f"Note: {LEARNT} of the tickets given were learnt from")


@pytest.mark.encoder
def test_where_all_were_learnt_from_it_is_said_once_and_nothing_has_moved(trained):
    document = evaluate_bundle(trained.bundle, trained.history, key=KEY)
    assert (document["learnt_from"], document["judges_memory"], document["drift"]) == (LEARNT, True, None)
    lines = list(_worth_knowing(document))
    assert sum("were learnt from" in one for one in lines) == 1
    assert not any("Moved since" in one or "filed before" in one for one in lines)
    page = render_evaluation(document)
    assert "All labelled tickets were learnt from (220)" in page
    assert "the tickets are those that it learnt from" in page
    assert "filed before the training history ended" not in page
