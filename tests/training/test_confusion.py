from hypothesis import given
from hypothesis import strategies as st

from training.confusion import MATRIX_LABELS, confused_pairs, confusion_matrix

LABELS = st.sampled_from([f"label {place:02}" for place in range(20)])


def test_pairs_come_commonest_first_with_their_share_and_examples():
    truth = ["a", "a", "a", "b", "c"]
    said = ["b", "b", "a", "b", "a"]
    assert confused_pairs(truth, said, ["1", "2", "3", "4", "5"]) == [
        {"truth": "a", "predicted": "b", "tickets": 2, "share": round(2 / 3, 6), "examples": ["1", "2"]},
        {"truth": "c", "predicted": "a", "tickets": 1, "share": 1.0, "examples": ["5"]},
    ]


def test_pairs_for_a_manifest_name_no_ticket():
    assert "examples" not in confused_pairs(["a"], ["b"])[0]


@given(st.lists(st.tuples(LABELS, LABELS), max_size=80))
def test_the_matrix_counts_every_ticket_once_and_stays_small(pairs):
    truth, said = [one for one, _ in pairs], [one for _, one in pairs]
    found = confusion_matrix(truth, said)
    assert len(found["labels"]) <= MATRIX_LABELS
    assert sum(map(sum, found["tickets"])) + sum(found["others"]) == len(pairs)
    for row, label in enumerate(found["labels"]):
        assert sum(found["tickets"][row]) == truth.count(label)
        assert found["tickets"][row][row] == pairs.count((label, label))


def test_labels_that_are_never_confused_are_left_to_the_others():
    found = confusion_matrix(["a", "b", "c"], ["a", "b", "b"])
    assert found == {"labels": ["b", "c"], "tickets": [[1, 0, 0], [1, 0, 0]], "others": [0, 0, 1]}
