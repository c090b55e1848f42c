from hypothesis import given
from hypothesis import strategies as st

from features.cleaning import clean
from features.extracts import MAX_CHARS, extract_solution, split_sentences
from features.redaction import redact
from tests.features.fake_encoder import WordEncoder

TICKET = "the vpn client drops every hour"
LONG = (
    "Hello Dana, thanks for writing to us about this. "
    "Our office is open from Monday to Friday and we are happy to help wherever we can, as always. "
    "The vpn client drops every hour since its session expires: update the vpn client to 5.2. "
    "If you need a new laptop bag, the front desk on the second floor keeps several colours in stock. "
    "Kind regards, the service desk, which also answers questions about parking and the canteen."
)


def test_a_short_solution_is_shown_whole_and_nothing_is_compared():
    encoder = WordEncoder()
    found = extract_solution("Update the client.\nSign in again.", TICKET, TICKET, encoder)
    assert (found.sentences, found.is_whole) == (("Update the client.", "Sign in again."), True)
    assert encoder.encoded == []


def test_of_a_long_solution_the_sentence_that_matters_is_shown():
    found = extract_solution(LONG, TICKET, TICKET, WordEncoder(), max_chars=120)
    assert not found.is_whole
    assert any("update the vpn client to 5.2" in one for one in found.sentences)
    assert not any("parking" in one for one in found.sentences)


def test_personal_data_is_taken_out_before_a_sentence_is_chosen():
    found = extract_solution(LONG + " Mail vpn@example.org.", TICKET, TICKET, WordEncoder())
    assert "vpn@example.org" not in " ".join(found.sentences)


@given(st.text(max_size=2_000), st.text(max_size=200))
def test_every_sentence_is_a_piece_of_the_redacted_text(solution: str, ticket: str):
    found = extract_solution(solution, ticket, ticket, WordEncoder(8))
    source = redact(clean(solution))
    assert all(one in source for one in found.sentences)
    at = [source.index(one) for one in dict.fromkeys(found.sentences)]
    assert len(set(found.sentences)) < len(found.sentences) or at == sorted(at)


@given(st.text(min_size=1, max_size=3_000))
def test_an_extract_is_no_longer_than_allowed_unless_it_is_one_piece(solution: str):
    found = extract_solution(solution, "vpn", "vpn", WordEncoder(8), max_chars=MAX_CHARS)
    assert len(found.sentences) <= 1 or len(" ".join(found.sentences)) <= MAX_CHARS


def test_a_text_without_words_has_no_sentences():
    assert split_sentences("... !!! \n ---") == []
    assert extract_solution("...", TICKET, TICKET, WordEncoder()).sentences == ()
