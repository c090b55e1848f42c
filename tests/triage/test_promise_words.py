from triage.promise_words import is_dear, promise_in_words, share_in_words


def test_a_share_is_as_exact_as_it_was_written():
    assert [share_in_words(one) for one in (0.9, 0.995, 0.9999)] == ["90 %", "99.5 %", "99.99 %"]


def test_a_precision_is_told_with_the_labels_that_have_their_own():
    labels = {"erp": {"kind": "precision", "target": 0.9, "threshold": 0.7}}
    promise = {"kind": "precision", "target": 0.95, "precision": 0.95, "labels": labels}
    assert promise_in_words(promise) == "95 % right; erp: 90 % right"


def test_catching_is_dear_where_many_are_flagged_or_few_of_them_rightly():
    assert is_dear(101, 60, 1_000) and is_dear(50, 4, 1_000)
    assert not is_dear(100, 10, 1_000) and not is_dear(0, 0, 1_000)
