from tests.triage.sla.made import BOOK, past
from triage.organization import is_among, organization_key


def test_case_and_space_around_an_organization_do_not_count():
    assert {organization_key(one) for one in ("ACME", "Acme", " acme\t")} == {"acme"}
    assert is_among("ACME", frozenset({" Acme "}))
    assert not is_among("Acme Kettles", frozenset({"Acme"})) and not is_among(None, frozenset({"Acme"}))


def test_a_promise_holds_for_an_organization_however_it_is_written():
    gold = BOOK.policies[0]
    tickets = [past(organization=name).ticket for name in ("Acme", "ACME", " acme ")]
    assert [gold.holds_for(one, {}) for one in tickets] == [True] * 3
    assert {one.organization for one in tickets} == {"Acme", "ACME", " acme "}
    assert not gold.holds_for(past(organization="Other").ticket, {})
