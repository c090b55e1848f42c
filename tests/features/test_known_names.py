import pickle
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.known_names import KnownNames

NAMES = KnownNames(
    ["Ada Lovelace", "Hopper, Grace", "mark.page@example.org", "may", "support.team@example.org"]
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Lovelace called, LOVELACE, ADA too", "[name] called, [name] too"),
        ("grace.hopper and Grace  Hopper", "[name] and [name]"),
        ("Hi Mark,\nthe page is broken", "Hi [name],\nthe page is broken"),
        ("Please mark the page. Mark it in May.", "Please mark the page. Mark it in May."),
        ("It works again.\nThanks,\nAda", "It works again.\nThanks,\n[name]"),
        ("Thanks Ada for it", "Thanks Ada for it"),
        ("The support team is great", "The support team is great"),
        ("Adamant Lovelaces", "Adamant Lovelaces"),
        ("Ada then Lovelace", "Ada then Lovelace"),
        ("", ""),
    ],
)
def test_who_is_in_the_directory_is_taken_out_and_words_stay(text: str, shown: str):
    assert NAMES.redact(text) == shown


def test_the_writers_own_name_goes_alone_where_it_is_written_as_a_name():
    assert NAMES.redact("Bo Li here, Li again", "bo.li@example.org") == "[name] here, Li again"
    assert NAMES.redact("I am Bob, bob the bobbin", "Bob") == "I am [name], bob the bobbin"


@given(st.text(alphabet="Adal Love\n,.[]name", max_size=80))
def test_twice_is_once(text: str):
    once = NAMES.redact(text, "Ada Love")
    assert NAMES.redact(once, "Ada Love") == once


def test_a_long_text_and_a_long_directory_take_no_time():
    letters = ["".join(one) for one in product("abcdefgh", repeat=4)]
    names = KnownNames(f"Fi{one} La{one}" for one in letters)
    began = time.process_time()
    assert names.redact("Fiabcd of Laabcd and Fiabcd Laabcd " * 300).count("[name]") == 300
    assert time.process_time() - began < 0.25


def test_the_same_people_are_the_same_bytes():
    first, second = (
        pickle.dumps(KnownNames(people)) for people in (["bo ci", "al bo"], ["al bo", "bo ci", "al bo"])
    )
    assert first == second
    assert pickle.loads(first).redact("Hi, Al Bo!") == "Hi, [name]!"
