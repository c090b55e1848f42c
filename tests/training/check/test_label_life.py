from datetime import UTC, datetime, timedelta

from training.check.label_life import Labelled, find_no_labels, find_silent_labels, find_thin_labels

START = datetime(2025, 1, 1, tzinfo=UTC)


def rows(labels, days_apart: float = 1.0) -> list[Labelled]:
    return [
        Labelled(f"T-{number}", label, START + timedelta(days=days_apart * number))
        for number, label in enumerate(labels)
    ]


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
    (other,) = find_silent_labels("category", rows(labels), told={"fax"})
    assert other.code == "quiet_labels"


def test_without_any_label_the_way_by_descriptions_is_told():
    (found,) = find_no_labels(1)
    assert found.text.startswith("1 ticket without a label")
    assert "[descriptions.category]" in found.remedy


def test_of_a_short_history_nothing_is_said_about_silence():
    assert find_silent_labels("category", rows(["fax"] * 20 + ["mail"] * 100)) == []
