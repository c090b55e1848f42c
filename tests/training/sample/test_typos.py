from hypothesis import given
from hypothesis import strategies as st

from training.sample.draws import Draws
from training.sample.typos import NEIGHBOURS, add_typos


@given(text=st.text(max_size=200), seed=st.integers(0, 1000))
def test_without_slips_the_text_stays(text: str, seed: int) -> None:
    assert add_typos(text, 0.0, Draws(seed)) == text


@given(text=st.text(alphabet="abc xyz,.0123", min_size=4, max_size=200), seed=st.integers(0, 1000))
def test_slips_touch_letters_only(text: str, seed: int) -> None:
    typed = add_typos(text, 0.1, Draws(seed))
    assert sorted(c for c in typed if not c.isalpha()) == sorted(c for c in text if not c.isalpha())
    assert abs(len(typed) - len(text)) <= 0.1 * len(text) + 1


def test_a_careless_writer_slips() -> None:
    text = "the printer on the second floor does not print any more"
    assert sum(add_typos(text, 0.05, Draws(seed)) != text for seed in range(50)) > 40


def test_neighbours_are_mutual() -> None:
    for key, near in NEIGHBOURS.items():
        assert key not in near
        assert len(near) >= 2
        assert all(key in NEIGHBOURS[other] for other in near)
    assert set("qwsz") <= set(NEIGHBOURS["a"])


def test_an_e_mail_address_is_never_mistyped() -> None:
    text = "please write to office@example.com or to estates@example.org thank you"

    for seed in range(50):
        mistyped = add_typos(text, 0.5, Draws(seed))

        assert mistyped != text
        assert "office@example.com" in mistyped
        assert "estates@example.org" in mistyped
