import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.stop_words import stop_words
from features.telling_words import TermCounts, read_terms, telling_terms

CALENDAR = [read_terms("Shared calendar stays empty", "I cannot see it") for _ in range(6)]
OTHERS = [read_terms("Printer jams", f"The toner of calendar {name}") for name in "abcdefghijklmnopqrst"]


def told(members, rest, **more) -> list[str]:
    return [one.form for one in telling_terms(members, TermCounts.of([*members, *rest]), **more)]


@pytest.mark.parametrize(
    ("subject", "forms"),
    [
        ("Calendars don't sync", {"calendars", "don't", "sync"}),
        ("L'ordinateur qu'il utilise", {"ordinateur", "utilise"}),
        ("the user's profile", {"the", "user", "profile"}),
        ("mail.example.org and https://example.org/x fail", {"and", "fail"}),
        ("[email] wrote v2", {"wrote"}),
    ],
)
def test_words_are_read_without_apostrophes_servers_and_marks(subject: str, forms: set[str]):
    assert set(read_terms(subject, "").words.values()) == forms


def test_phrases_stand_side_by_side_in_the_subject_only():
    assert list(read_terms("Error: calendar sync", "shared drive").phrases.values()) == ["calendar sync"]


def test_a_phrase_takes_the_place_of_its_words_and_what_others_say_too_comes_later():
    found = told(CALENDAR, OTHERS)
    assert found[:3] == ["calendar stays", "empty", "shared"] and "calendar" not in found
    assert not {"see", "cannot", "the"} & set(found)


def test_what_everybody_says_is_not_told():
    assert told(CALENDAR, CALENDAR * 3) == []


def test_words_without_meaning_here_are_passed_over():
    assert "printer jams" in told(OTHERS, CALENDAR)
    assert "printer jams" not in told(OTHERS, CALENDAR, unspoken={"printer"})


@given(st.lists(st.text("abc ", min_size=0, max_size=20), min_size=1, max_size=8), st.integers(1, 8))
def test_the_measure_is_finite_or_there_is_nobody_else(subjects: list[str], size: int):
    terms = [read_terms(one, "") for one in subjects]
    counts = TermCounts.of(terms)
    for one in telling_terms(terms[:size], counts):
        assert one.surprise >= 2.0
        assert math.isfinite(one.surprise) or size >= len(terms)


@pytest.mark.parametrize("code", ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "cs", "ru"])
def test_stop_words_are_small_letters_without_apostrophes(code: str):
    words = stop_words(code)
    assert len(words) > 50 and all(one == one.casefold() or code == "de" for one in words)
    assert not any("'" in one for one in words)


def test_a_language_without_a_list_has_no_stop_words():
    assert stop_words("xx") == frozenset()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read(subject: str, body: str):
    terms = read_terms(subject, body)
    assert all(terms.words) and all(terms.has((one,)) for one in terms.words)
    assert all(terms.has(one) for one in terms.phrases)


@pytest.mark.parametrize("text", ["a" * 20_000, "a-" * 10_000, "a." * 10_000, "[a" * 10_000])
def test_long_texts_without_spaces_do_not_take_long(text: str):
    begun = time.process_time()
    read_terms(text, text)
    assert time.process_time() - begun < 2.0
