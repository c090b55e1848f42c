"""Tickets that lack the form which the history had are answered by a pool and a promise of their own."""

from dataclasses import replace

import numpy as np
import pytest

from features.model import TicketModel
from tests.trained import TARGETS, Trained
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.ticket import Ticket


def bare(ticket: Ticket) -> Ticket:
    return replace(
        ticket, product=None, channel=None, language=None, organization=None, requester=None, custom={}
    )


@pytest.fixture(scope="module")
def filled(trained: Trained) -> list[Ticket]:
    return [past.ticket for past in trained.later[:12]]


@pytest.fixture(scope="module")
def mixed(filled: list[Ticket]) -> list[Ticket]:
    return [one if place % 2 else bare(one) for place, one in enumerate(filled)]


@pytest.fixture(params=["full", "fast"])
def model(request, trained: Trained):
    whole = trained.bundle.model
    return whole if request.param == "full" else whole.fast


def test_only_tickets_without_the_form_have_promises_of_their_own(model, trained, mixed):
    formless = trained.bundle.model.formless
    own = formless.promises if isinstance(model, TicketModel) else formless.fast.promises
    for place, one in enumerate(model.assess(mixed)):
        assert one.lacks_form == (place % 2 == 0)
        assert one.promises == (own if one.lacks_form else None)


def test_a_ticket_is_answered_the_same_alone_and_among_others(model, mixed):
    for ticket, one in zip(mixed, model.assess(mixed, explain=True, similar=2), strict=True):
        (alone,) = model.assess([ticket], explain=True, similar=2)
        assert (alone.explanations, alone.similar, alone.familiar_to) == (
            one.explanations,
            one.similar,
            one.familiar_to,
        )
        for name in TARGETS:
            assert (alone.predictions[name].probabilities == one.predictions[name].probabilities).all()


def test_unknown_values_in_the_form_change_nothing_of_the_answer(model, filled):
    for ticket in filled[:4]:
        strange = replace(bare(ticket), product="Zzxq", custom={"nobody": "knows"})
        for one, other in zip(model.assess([bare(ticket)]), model.assess([strange]), strict=True):
            assert all(
                (one.predictions[name].probabilities == other.predictions[name].probabilities).all()
                for name in TARGETS
            )


def test_no_reason_speaks_of_a_form_and_the_parts_add_up(trained, filled):
    for one in trained.bundle.model.assess([bare(ticket) for ticket in filled], explain=True):
        for told in one.explanations.values():
            assert not {part.kind for part in told.parts} & {"field", "other_fields"}
            assert sum(part.weight for part in told.parts) == pytest.approx(told.log_odds, abs=1e-9)


def test_no_member_of_the_pool_without_a_form_reads_one(trained):
    model = trained.bundle.model
    assert any("fields" in one.blocks for one in model.fields.values())
    for part in (model.formless.fields, {n: one.model for n, one in model.formless.fast_tier.fields.items()}):
        assert all("fields" not in one.blocks for one in part.values())


def test_what_is_decided_is_held_to_the_thresholds_of_tickets_without_a_form(trained, filled):
    model = trained.bundle.model
    tickets = [bare(ticket) for ticket in filled]
    for decision in triage_tickets(tickets, model, "m", Policy()):
        for name, one in decision.fields.items():
            assert one.threshold == model.formless.promises[name].thresholds[one.value]
    # Where they differ from those of other tickets it matters which are taken.
    own = {name: one.thresholds for name, one in model.formless.promises.items()}
    assert own != {name: one.thresholds for name, one in model.promises.items()}


def test_a_bundle_of_before_answers_them_like_all_others(trained, filled):
    model = trained.bundle.model
    before = TicketModel.__new__(TicketModel)
    before.__dict__ |= {name: one for name, one in model.__dict__.items() if name != "formless"}
    (one,) = before.assess([bare(filled[0])])
    assert not one.lacks_form
    assert np.isfinite(one.predictions["category"].probabilities).all()


def test_the_fast_tier_tells_of_either_kind_which_tickets_need_no_encoder(trained, filled, mixed):
    whole = trained.bundle.model
    sure = whole.fast.sure_of(mixed)
    alone = whole.formless.fast.sure_of([bare(ticket) for ticket in filled[::2]])
    assert sure[::2].tolist() == alone.tolist()
    assert sure[1::2].tolist() == whole.fast.sure_of(filled[1::2]).tolist()
    never = replace(
        whole.formless.fast_tier,
        fields={n: replace(one, sure_from=2.0) for n, one in whole.formless.fast_tier.fields.items()},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole.formless, "fast_tier", never)
        assert not whole.fast.sure_of(mixed)[::2].any()


def test_without_a_fast_tier_of_their_own_they_are_answered_by_the_full_one(trained, mixed, monkeypatch):
    whole = trained.bundle.model
    full = whole.assess(mixed)
    monkeypatch.setattr(whole.formless, "fast_tier", None)
    for place, (one, other) in enumerate(zip(whole.fast.assess(mixed), full, strict=True)):
        if place % 2 == 0:
            assert one.promises == other.promises == whole.formless.promises
            for name in TARGETS:
                assert (one.predictions[name].probabilities == other.predictions[name].probabilities).all()
    assert not whole.fast.sure_of(mixed)[::2].any()
