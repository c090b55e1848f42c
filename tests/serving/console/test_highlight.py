from hypothesis import given
from hypothesis import strategies as st

from serving.console.highlight import LONGEST, mark_words
from triage.prediction import Contribution

WORDS = st.sampled_from(["vpn", "drops", "é", "-", "the"])


@given(st.text(), st.lists(st.tuples(WORDS, st.floats(-5, 5)), max_size=4))
def test_the_pieces_are_the_text(text: str, weighed: list[tuple[str, float]]):
    pieces = mark_words(text, [Contribution("word", name, weight) for name, weight in weighed])
    assert "".join(piece.text for piece in pieces) == text[:LONGEST]


def test_words_are_marked_by_side_and_strength_whatever_their_case():
    given_weights = [
        Contribution("word", "vpn", 2.0),
        Contribution("word", "not", -0.4),
        Contribution("field", "drops", 9.0),
        Contribution("meaning", "the text as a whole", 99.0),
    ]
    pieces = mark_words("VPN drops, not vpnish", given_weights)
    assert [(piece.text, piece.look) for piece in pieces if piece.look] == [
        ("VPN", "for-1"),
        ("not", "against-1"),
    ]
