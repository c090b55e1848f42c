from triage.store import Store
from triage.store.ticket_facts import has_labels, labels_in_use
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket


def test_labels_in_use_are_those_that_a_ticket_of_the_workspace_has(store: Store):
    past = [PastTicket(Ticket(f"T-{number}"), {"category": label}) for number, label in enumerate("aab")]
    put_tickets(store, "acme", [*past, PastTicket(Ticket("T-9"))], source="api")
    put_tickets(store, "other", [PastTicket(Ticket("T-1"), {"category": "c", "team": "x"})], source="api")
    assert labels_in_use(store, "acme", "category", ["a", "b", "c"]) == {"a", "b"}
    assert labels_in_use(store, "acme", "team", ["a", "x"]) == set()
    assert labels_in_use(store, "acme", "category", []) == set()
    assert (has_labels(store, "acme", "category"), has_labels(store, "acme", "team")) == (True, False)
