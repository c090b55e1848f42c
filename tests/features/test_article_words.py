from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from features.article_words import MAX_CHARS, count_words, search_words


def test_plural_and_singular_are_one_word():
    assert search_words("Batteries printers bosses") == ["battery", "printer", "bosse"]
    assert search_words("status glass is bus") == ["status", "glass", "is", "bus"]


def test_letters_of_any_script_make_words():
    assert search_words("Größe, élan 12 x") == ["grösse", "élan", "12"]


def test_weights_count_words_more_than_once():
    assert count_words([("mail mail", 1), ("mail", 3)]) == Counter(mail=5)


def test_only_the_beginning_of_a_huge_text_counts():
    assert "end" not in search_words("a " * MAX_CHARS + "end")


@given(st.text())
def test_searching_a_text_by_its_own_words_changes_nothing_but_order_and_case(text):
    assert search_words(text.casefold()) == search_words(text.casefold().upper().casefold())
