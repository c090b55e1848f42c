"""Cleaning removes what is not the requester's words, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.cleaning import MAX_CHARS, clean, clean_text
from triage.ticket import Ticket


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Hello <b>world</b>&amp; more<br>", "Hello world & more"),
        ("a < b and c > d", "a < b and c > d"),
        ("List<String> fails", "List<String> fails"),
        ("It fails.\n-- \nSam\n3rd floor", "It fails."),
        ("Still broken.\n\nOn Mon, 3 May 2025, Kim wrote:\n> did you reboot?\n> yes", "Still broken."),
        (
            "On Mon, 3 May 2025, Kim wrote:\n> the lift is stuck",
            "On Mon, 3 May 2025, Kim wrote:\n> the lift is stuck",
        ),
        ("log: " + "QUJD" * 100 + " end", "log: end"),
        ("pay\u202etxt\u200b now", "paytxt now"),
        ("  many   spaces\t\n\n\n lines ", "many spaces\nlines"),
    ],
    ids=[
        "html",
        "not html",
        "generics",
        "signature",
        "quoted reply",
        "only a quote",
        "blob",
        "invisible",
        "space",
    ],
)
def test_a_text_keeps_the_requesters_words(given_text, expected):
    assert clean(given_text) == expected


def test_a_megabyte_of_text_is_cut():
    assert len(clean("word " * 300_000)) <= MAX_CHARS


def test_subject_and_body_are_cleaned_apart():
    ticket = Ticket("1", subject="Sign in\n-- \nx", body="fails\n-- \ny")
    assert clean_text(ticket) == "Sign in\nfails"


@given(st.text(max_size=300))
def test_cleaning_a_plain_text_twice_changes_nothing_more(text):
    if "<" not in text and "&" not in text:
        once = clean(text)
        assert clean(once) == once


@given(st.text(alphabet="ab< >/&;=\n-", max_size=400))
def test_cleaning_never_fails_and_never_grows_a_text(text):
    assert len(clean(text)) <= len(text)


def test_half_a_character_is_left_out_since_no_tokenizer_reads_it():
    assert clean("VPN \ud800drops \udfff") == "VPN drops"
