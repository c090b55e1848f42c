from itertools import islice

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.encoder.batches import deal_batches, draw_shares


def test_equal_labels_are_drawn_equally_and_rare_ones_more_than_their_number():
    even = draw_shares({"category": np.array([0, 0, 1, 1])})
    np.testing.assert_allclose(even, 1.0)
    shares = draw_shares({"category": np.array([0] * 16 + [1] * 4)})
    assert shares[:16].sum() / shares[16:].sum() == np.sqrt(16 / 4)


@given(st.lists(st.integers(-1, 3), min_size=4, max_size=60), st.integers(0, 99))
def test_an_epoch_draws_each_labelled_ticket_and_no_other(labels, seed):
    values = np.array(labels)
    if (values >= 0).sum() < 1:
        return
    shares = draw_shares({"category": values})
    assert (shares[values < 0] == 0).all()
    steps = list(islice(deal_batches(shares, np.ones(len(values)), 8, np.random.default_rng(seed)), 20))
    assert all(0 < len(rows) <= 8 and (values[rows] >= 0).all() for rows in steps)


def test_texts_of_like_length_come_together():
    lengths = np.arange(256)
    generator = np.random.default_rng(0)
    steps = list(islice(deal_batches(np.ones(256), lengths, 16, generator), 16))
    assert max(np.ptp(lengths[rows]) for rows in steps) == 15
    assert sorted(np.concatenate(steps)) == list(lengths)
