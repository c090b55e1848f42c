import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.training.check.made import history, past, read, tokenizer
from tests.training.priority.made import matrix_history
from training.check import check_history
from training.check.page import render_check
from triage.errors import ConfigurationError, TrainingError
from triage.priority import PriorityMatrix

FUTURE = datetime(2099, 1, 5, tzinfo=UTC)
STEPS = ("low", "medium", "high")


def test_a_clean_history_has_an_estimate_and_nothing_to_do():
    document = check_history(read(history()), tokenizer())
    facts = document["fields"]["category"]
    assert (facts["labels"], facts["thin"], facts["labelled"]) == (3, 0, 1.0)
    assert 0.85 < facts["estimate"]["accuracy"] < 1.0
    assert [one for one in document["findings"] if one["weight"] == "problem"] == []
    assert json.loads(json.dumps(document)) == document


def test_every_fault_that_was_put_in_is_found():
    tickets = history()
    for number in range(0, 600, 2):
        tickets[number] = replace(
            tickets[number],
            ticket=replace(tickets[number].ticket, custom={"close_code": tickets[number].labels["category"]}),
        )
    tickets[5] = replace(tickets[5], labels={"category": "Net-work"})
    tickets[7] = past(7, hours=56, category="account")
    tickets += [past(number, "disk full", hours=8 * number, category="network") for number in range(600, 606)]
    tickets.append(past(700, "the end", hours=8 * 900, category="network"))
    document = check_history(read(tickets), tokenizer())
    codes = {one["code"] for one in document["findings"]}
    assert {"same_label", "empty_text", "late_column", "repeated_text", "time_gap", "thin_labels"} <= codes
    weights = [one["weight"] for one in document["findings"]]
    assert weights == sorted(weights, key=("problem", "look", "note").index)
    assert all(one["remedy"] for one in document["findings"])


def test_one_ticket_of_the_future_is_told_and_moves_nothing_else():
    tickets = history()
    late = replace(tickets[5], ticket=replace(tickets[5].ticket, ticket_id="late", created_at=FUTURE))
    plain, with_late = (check_history(read(one), tokenizer()) for one in (tickets, [*tickets, late]))
    (found,) = [one for one in with_late["findings"] if one["code"] == "filed_after_today"]
    assert (found["weight"], found["rows"], found["field"]) == ("problem", ["late"], None)
    rest = [one for one in with_late["findings"] if one is not found]
    assert rest == plain["findings"]
    assert {**with_late, "findings": [], "reading": {}} == {**plain, "findings": [], "reading": {}}


def test_a_priority_that_a_matrix_tells_is_no_problem_where_texts_do_not():
    tickets = matrix_history(PriorityMatrix.default(STEPS, STEPS), count=400)
    found = {
        (one["code"], one["field"]): one for one in check_history(read(tickets), tokenizer())["findings"]
    }
    priority, impact = found["hardly_learnable", "priority"], found["hardly_learnable", "impact"]
    assert (priority["weight"], impact["weight"]) == ("note", "problem")
    assert "It follows from impact and urgency instead" in priority["text"]
    assert ("likely_label_error", "priority") not in found


def test_a_field_that_texts_do_not_tell_is_called_hardly_learnable():
    document = check_history(read(history(sure=0.0)), tokenizer())
    assert "hardly_learnable" in {one["code"] for one in document["findings"]}


def test_only_the_fields_asked_for_are_looked_at():
    tickets = [replace(one, labels={**one.labels, "team": "desk"}) for one in history(120)]
    assert list(check_history(read(tickets), tokenizer(), targets=["category"])["fields"]) == ["category"]
    assert check_history(read(tickets), tokenizer())["fields"]["team"]["estimate"] is None


def test_after_a_grave_change_of_the_labels_only_the_tickets_since_then_are_estimated_by():
    earlier = [replace(one, labels={"category": f"old {one.labels['category']}"}) for one in history(900)]
    later = [
        past(900 + number, one.ticket.subject, hours=8 * (900 + number), **one.labels)
        for number, one in enumerate(history(900, seed=1))
    ]
    facts = check_history(read(earlier + later), tokenizer())["fields"]["category"]
    assert facts["since"] == "2025-12-01T00:00:00+00:00" or facts["since"] == "2025-11-01T00:00:00+00:00"
    assert facts["estimate"]["accuracy"] > 0.85
    assert check_history(read(history()), tokenizer())["fields"]["category"]["since"] is None


def test_few_tickets_give_no_estimate():
    assert check_history(read(history(30)), tokenizer())["fields"]["category"]["estimate"] is None


def test_a_history_without_labels_is_looked_over_and_told_what_can_be_done():
    document = check_history(read([past(n, "vpn broken") for n in range(40)]), tokenizer())
    codes = [one["code"] for one in document["findings"]]
    assert document["fields"] == {} and "no_labels" in codes and "repeated_text" in codes
    page = render_check(document, "tickets.csv")
    assert "What can be learnt" not in page and "[descriptions.category]" in page


def test_targets_without_labels_and_a_target_that_is_no_field_are_refused():
    with pytest.raises(TrainingError, match="without a label of team"):
        check_history(read(history(30)), tokenizer(), targets=["team"])
    with pytest.raises(ConfigurationError, match="'colour'"):
        check_history(read(history(30)), tokenizer(), targets=["colour"])


def test_the_order_of_the_rows_does_not_matter():
    tickets = history(200)
    assert check_history(read(tickets), tokenizer()) == check_history(read(tickets[::-1]), tokenizer())


def test_the_page_shows_what_was_found_and_escapes_what_others_wrote():
    tickets = history(200)
    tickets[3] = past(3, "vpn", hours=24, category="<script>alert(1)</script>")
    page = render_check(check_history(read(tickets), tokenizer()), "tickets.csv")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "Check of tickets.csv" in page


def test_of_a_history_that_is_read_without_text_no_ticket_is_said_to_lack_it():
    rows = [
        past(number, hours=number, custom={"code": label}, category=label)
        for number, label in enumerate(["a", "b", "c"] * 60)
    ]
    textless = read(rows)
    assert "empty_text" in {one["code"] for one in check_history(textless, tokenizer())["findings"]}
    textless.summary.is_textless = True
    found = {one["code"]: one for one in check_history(textless, tokenizer())["findings"]}
    assert "empty_text" not in found
    assert "the text" not in found["leaking_column"]["text"]


def test_the_columns_that_leak_stand_with_their_field_and_in_one_finding():
    tickets = [
        replace(one, ticket=replace(one.ticket, custom={"code": one.labels["category"], "kind": "x"}))
        for one in history(300, sure=0.3)
    ]
    document = check_history(read(tickets), tokenizer())
    assert [one["column"] for one in document["fields"]["category"]["leaks"]] == ["field.code"]
    assert [one["tickets"] for one in document["findings"] if one["code"] == "leaking_column"] == [300]


def test_too_few_to_judge_by_is_said_with_their_number_and_nothing_is_estimated():
    # Two fifths of an ordered history are judged.
    few, enough = (check_history(read(history(count)), tokenizer()) for count in (70, 80))
    assert (few["fields"]["category"]["judged"], few["fields"]["category"]["estimate"]) == (28, None)
    assert "too few to say" in render_check(few, "tickets.csv")
    assert enough["fields"]["category"]["judged"] == enough["fields"]["category"]["estimate"]["tickets"] == 32
