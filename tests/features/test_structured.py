from dataclasses import replace

import numpy as np
import pytest

from features.structured import StructuredView
from triage.ticket import PastTicket, Ticket

TICKETS = [
    Ticket(f"T-{row}", channel=("mail", "web")[row % 2], product=("vpn", "mail", None)[row % 3])
    for row in range(12)
]


@pytest.fixture
def view() -> StructuredView:
    return StructuredView().fit(TICKETS)


def test_tags_are_not_read_since_an_export_holds_those_of_the_end(view: StructuredView):
    tagged = [replace(one, tags=("solved-by-reset", one.ticket_id)) for one in TICKETS]
    assert StructuredView().fit(tagged).terms_ == view.terms_
    assert (view.transform(tagged) != view.transform(TICKETS)).nnz == 0


def test_what_became_of_a_ticket_cannot_be_given_to_it(view: StructuredView):
    past = PastTicket(TICKETS[0], labels={"category": "network"}, resolution="Replaced the cable.")
    with pytest.raises(AttributeError):
        view.transform([past])  # type: ignore[list-item]


def test_a_row_depends_on_its_ticket_alone(view: StructuredView):
    together = view.transform(TICKETS).toarray()
    alone = np.vstack([view.transform([one]).toarray() for one in TICKETS])
    assert (together == alone).all()


def test_a_row_has_a_one_for_each_known_value(view: StructuredView):
    rows = view.transform([TICKETS[0], Ticket("new", channel="fax", product="fax")]).toarray()
    assert set(np.unique(rows)) <= {0.0, 1.0}
    assert rows.sum(axis=1).tolist() == [2.0, 0.0]


def contributions(view: StructuredView, ticket: Ticket, weights: np.ndarray) -> list[tuple[str, float]]:
    row = view.transform([ticket])
    shares = view.shares(ticket, row)
    return list(zip(shares.names, shares.of(row.data * weights[row.indices]).tolist(), strict=True))


def test_an_empty_place_of_the_form_is_a_value_where_the_history_has_both(view: StructuredView):
    weights = np.arange(1.0, view.n_features + 1)
    parts = dict(contributions(view, Ticket("new", channel="mail"), weights))
    assert set(parts) == {"channel=mail", "product=(empty)"}
    assert parts["product=(empty)"] == weights[view.terms_["product", ""]]
    assert ("channel", "") not in view.terms_


def test_an_empty_form_holds_nothing_learnt_from(view: StructuredView):
    asked = [TICKETS[0], Ticket("empty"), Ticket("new", channel="fax")]
    assert view.knows(asked).tolist() == [True, False, False]


def test_a_ticket_misses_the_form_where_nothing_of_it_is_known_and_the_history_hardly_lacked_one():
    filled = [Ticket(str(row), channel="mail", custom={"site": "north"}) for row in range(200)]
    half = Ticket("half", custom={"site": "north"})
    asked = [filled[0], Ticket("empty"), Ticket("new", channel="fax"), half]
    always = StructuredView().fit([*filled[:199], Ticket("south", custom={"site": "south"})])
    assert always.formless_ == pytest.approx(1 / 200)
    assert always.misses(asked).tolist() == [False, True, True, False]
    seldom = StructuredView().fit([*filled[:191], *(Ticket(f"bare-{row}") for row in range(9))])
    assert seldom.formless_ == pytest.approx(9 / 200)
    assert seldom.misses(asked).tolist() == [False, True, True, False]
    often = StructuredView().fit([*filled[:190], *(Ticket(f"bare-{row}") for row in range(10))])
    assert not often.misses(asked).any()
    assert not StructuredView().fit([Ticket("no"), Ticket("form")]).misses(asked).any()


def test_a_filled_ticket_has_the_commonest_value_of_the_form(view: StructuredView):
    known = view.filled(Ticket("new", "subject"))
    assert (known.subject, view.knows([known]).tolist()) == ("subject", [True])
    sites = [Ticket(str(row), custom={"site": "north" if row % 3 else "south"}) for row in range(9)]
    own = StructuredView().fit(sites)
    assert own.filled(Ticket("new", custom={"floor": "2"})).custom == {"floor": "2", "site": "north"}
    nothing = StructuredView().fit([Ticket("no form")])
    assert nothing.filled(Ticket("new")) == Ticket("new")


def test_contributions_add_up_to_the_score(view: StructuredView):
    weights = np.random.default_rng(0).normal(size=view.n_features)
    for ticket in TICKETS:
        parts = contributions(view, ticket, weights)
        assert sum(value for _, value in parts) == pytest.approx((view.transform([ticket]) @ weights)[0])
        assert {name.split("=")[0] for name, _ in parts} <= {"channel", "product"}
