from datetime import UTC, datetime, timedelta

from training.check.label_life import Labelled, find_breaks, find_silent_labels, find_thin_labels

START = datetime(2025, 1, 1, tzinfo=UTC)


def rows(labels, days_apart: float = 1.0) -> list[Labelled]:
    return [
        Labelled(f"T-{number}", label, START + timedelta(days=days_apart * number))
        for number, label in enumerate(labels)
    ]


RENAMED = rows(["fax", "mail"] * 100 + ["phone", "mail"] * 100)


def test_thin_labels_are_counted_with_those_that_are_not_learnt():
    (found,) = find_thin_labels("category", rows(["mail"] * 100 + ["fax"] * 3 + ["telex"]))
    assert "2 of 3 labels have fewer than 20 tickets: 'fax' (3), 'telex' (1)" in found.text
    assert "1 label of one ticket" in found.text
    assert found.tickets == 4
    assert found.weight == "note"


def test_a_field_without_thin_labels_has_no_finding():
    assert find_thin_labels("category", rows(["mail", "fax"] * 20)) == []


def test_a_label_that_fell_silent_is_told_apart_from_one_that_is_rare():
    labels = ["fax", "mail"] * 100 + ["telex"] + ["mail"] * 150
    found = {one.code: one for one in find_silent_labels("category", rows(labels))}
    assert "'fax' (100)" in found["dead_labels"].text
    assert "'telex' (1)" in found["quiet_labels"].text
    assert found["dead_labels"].rows == ("T-198",)


def test_of_a_short_history_nothing_is_said_about_silence():
    assert find_silent_labels("category", rows(["fax"] * 20 + ["mail"] * 100)) == []


def test_a_renamed_label_is_one_break_in_its_month():
    (found,) = find_breaks("category", RENAMED)
    assert "in 2025-07: new 'phone' (" in found.text or "from 2025-07 to 2025-08: new 'phone' (" in found.text
    assert "gone 'fax' (" in found.text
    assert found.weight == "problem"


def test_a_steady_taxonomy_has_no_break_even_with_rare_labels():
    labels = ["mail" if number % 50 else f"rare {number}" for number in range(400)]
    assert find_breaks("category", rows(labels)) == []


def test_people_who_come_and_go_are_no_break():
    assert find_breaks("assignee", RENAMED) == []


def test_tickets_without_time_break_nothing():
    assert find_breaks("category", [Labelled("T-1", "mail", None)] * 100) == []
