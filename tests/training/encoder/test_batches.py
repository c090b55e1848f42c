from itertools import islice

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.encoder.batches import deal_batches, labelled_rows


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-1, 3), min_size=4, max_size=60), st.integers(0, 99))
def test_each_labelled_ticket_comes_once_in_turn_and_each_partner_shares_its_label(labels, seed):
    classes = {"category": np.array(labels), "team": np.full(len(labels), -1)}
    rows = labelled_rows(classes)
    if not len(rows):
        return
    steps = -(-len(rows) // 4)
    dealt = list(islice(deal_batches(classes, np.ones(len(labels)), 8, np.random.default_rng(seed)), steps))
    turns = [batch[: len(batch) // 2] for batch in dealt]
    partners = [batch[len(batch) // 2 :] for batch in dealt]
    assert sorted(np.concatenate(turns)) == list(rows)
    values = classes["category"]
    assert (values[np.concatenate(turns)] == values[np.concatenate(partners)]).all()


def test_a_partner_may_come_from_any_field_that_the_ticket_has():
    classes = {"category": np.array([0, 0, 1, 1]), "team": np.array([0, 1, 0, -1])}
    dealt = islice(deal_batches(classes, np.ones(4), 2, np.random.default_rng(0)), 200)
    pairs = {tuple(batch) for batch in dealt}
    assert {(0, 1), (0, 2), (3, 2)} <= pairs and not pairs & {(0, 3), (1, 2), (3, 0)}


def test_texts_of_like_length_come_together():
    lengths = np.arange(256)
    classes = {"category": np.arange(256)}
    dealt = list(islice(deal_batches(classes, lengths, 32, np.random.default_rng(0)), 16))
    assert max(np.ptp(lengths[batch]) for batch in dealt) == 15
