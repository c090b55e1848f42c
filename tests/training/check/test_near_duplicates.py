from hypothesis import given
from hypothesis import strategies as st

from training.check.near_duplicates import similar_groups

MAIL = (
    "server {} reports that its disk is almost full and must be cleaned before {} in the morning by someone"
)


def test_a_template_is_one_group_whatever_its_numbers():
    texts = [MAIL.format(number, number % 9) for number in range(6)] + [
        "my laptop does not start any more today"
    ]
    assert similar_groups(texts) == [[0, 1, 2, 3, 4, 5]]


def test_a_word_more_in_a_long_text_keeps_it_in_the_group_and_another_text_does_not_join():
    long = " ".join(f"{a}{b}" for a in "abcdefgh" for b in "vwxyz")
    other = " ".join(f"{b}{a}" for a in "abcdefgh" for b in "vwxyz")
    assert similar_groups([long, other, f"{long} please", other.upper()]) == [[0, 2], [1, 3]]


def test_short_texts_are_not_compared():
    assert similar_groups(["disk full", "disk full", ""]) == []


@given(st.lists(st.text(alphabet="ab 1", max_size=60), max_size=30))
def test_a_place_is_in_one_group_at_most_and_copies_are_together(texts):
    groups = similar_groups(texts)
    places = [place for group in groups for place in group]
    assert len(places) == len(set(places))
    for group in groups:
        assert len(group) > 1
        for place in group:
            assert all(other in group for other, text in enumerate(texts) if text == texts[place])
