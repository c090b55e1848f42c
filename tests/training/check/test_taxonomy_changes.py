from datetime import UTC, datetime, timedelta

from training.check.label_life import Labelled
from training.check.taxonomy_changes import find_breaks, taxonomy_changes

START = datetime(2025, 1, 1, tzinfo=UTC)


def rows(labels) -> list[Labelled]:
    return [
        Labelled(f"T-{number}", label, START + timedelta(days=number)) for number, label in enumerate(labels)
    ]


RENAMED = rows(["fax", "mail"] * 100 + ["phone", "mail"] * 100)


def test_a_renamed_label_is_one_grave_change_and_ends_with_its_month():
    (change,) = taxonomy_changes(RENAMED)
    assert change.is_grave
    assert {row.label for row in change.came} == {"phone"}
    assert {row.label for row in change.went} == {"fax"}
    assert datetime(2025, 8, 1, tzinfo=UTC) <= change.ended <= datetime(2025, 9, 1, tzinfo=UTC)


def test_a_change_is_told_with_its_labels_and_rows():
    (found,) = find_breaks("category", taxonomy_changes(RENAMED))
    assert "2025-07" in found.text
    assert "new 'phone' (" in found.text and "gone 'fax' (" in found.text
    assert found.weight == "problem"
    assert len(found.rows) == found.tickets


def test_a_steady_taxonomy_has_no_change_even_with_rare_labels():
    assert taxonomy_changes(rows("mail" if number % 50 else f"rare {number}" for number in range(400))) == []


def test_tickets_without_time_change_nothing():
    assert taxonomy_changes([Labelled("T-1", "mail", None)] * 100) == []
