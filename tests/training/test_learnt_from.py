from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.trained import LEARNT, Trained
from training.cli.evaluate import _worth_knowing
from training.evaluate import evaluate_bundle
from training.evaluation_page import render_evaluation
from training.learnt_from import learnt_from
from triage.ticket import PastTicket, Ticket


def filed(trained: Trained, days: float, number: int = 0, subject: str = "") -> PastTicket:
    last = datetime.fromisoformat(trained.manifest.training["last"])
    return PastTicket(Ticket(f"new-{number}", subject, created_at=last + timedelta(days=days)), {})


def test_tickets_that_a_model_keeps_are_known_by_their_ids(trained):
    assert learnt_from(trained.bundle, trained.history) == [True] * LEARNT
    assert not any(learnt_from(trained.bundle, trained.later))


def test_a_ticket_without_text_is_told_by_when_it_was_filed_and_one_with_text_by_its_id(trained):
    tickets = [filed(trained, -1), filed(trained, 1), filed(trained, -1, subject="vpn drops")]
    assert learnt_from(trained.bundle, tickets) == [True, False, False]


def test_a_full_index_has_lost_its_oldest(trained):
    config = {"config": {"neighbours": LEARNT}}
    full = replace(
        trained.bundle, manifest=replace(trained.manifest, training=trained.manifest.training | config)
    )
    tickets = [filed(trained, -1, subject="vpn drops"), filed(trained, 1, subject="vpn drops")]
    assert learnt_from(full, tickets) == [True, False]


def test_of_a_model_that_keeps_no_ids_nothing_is_said(trained):
    other = SimpleNamespace(model=object(), manifest=trained.manifest)
    assert not any(learnt_from(other, trained.history))


@pytest.mark.encoder
def test_only_tickets_that_were_not_learnt_from_are_judged(trained):
    both = evaluate_bundle(trained.bundle, [*trained.history, *trained.later])
    alone = evaluate_bundle(trained.bundle, trained.later)
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
    document = evaluate_bundle(trained.bundle, trained.history)
    assert (document["learnt_from"], document["judges_memory"], document["drift"]) == (LEARNT, True, None)
    told = list(_worth_knowing(document))
    assert sum("learnt from" in one for one in told) == 1
    assert not any("Moved since" in one or "filed before" in one for one in told)
    page = render_evaluation(document)
    assert "All labelled tickets were learnt from (220)" in page
    assert "the tickets are those that it learnt from" in page
    assert "filed before the training history ended" not in page
