from hypothesis import given
from hypothesis import strategies as st

from features.reply_groups import fill_marks, group_replies

CLOSED = [
    "Hi Ada,\nyour ticket 17 is closed. See https://kb.example.org/1 for more.\nBest, Zoe",
    "Hi Bob,\nyour ticket 23 is closed. See https://kb.example.org/1 for more.\nBest, Max",
    "Hi Cy,\nyour ticket 99 is closed. See https://kb.example.org/1 for more.\nBest, Max",
]


def test_places_that_differ_are_marked_and_what_all_share_stays():
    (group,) = group_replies(CLOSED)
    assert group.text == (
        "Hi {name},\nyour ticket {number} is closed. See https://kb.example.org/1 for more.\nBest, {name 2}"
    )
    assert [(one.mark, one.kind) for one in group.placeholders] == [
        ("{name}", "name"),
        ("{number}", "number"),
        ("{name 2}", "name"),
    ]
    assert group.members == (0, 1, 2)


def test_names_and_contacts_are_never_shown_as_examples():
    (group,) = group_replies(CLOSED)
    assert [one.examples for one in group.placeholders] == [(), ("17", "23", "99"), ()]
    (alone,) = group_replies(["Dear Ada Lee, write to me at zoe@example.org."])
    assert alone.text == "Dear {name}, write to me at {contact}."
    assert all(one.examples == () for one in alone.placeholders)


def test_links_that_differ_are_a_place_to_fill_in():
    (group,) = group_replies(
        [f"Please read https://kb.example.org/{one} and restart the client." for one in ("a", "b")]
    )
    assert group.text == "Please read {link} and restart the client."
    assert group.placeholders[0].examples == ("https://kb.example.org/a", "https://kb.example.org/b")


def test_different_texts_are_different_groups_and_a_greeting_to_all_names_nobody():
    groups = group_replies(["Hi all, restart the spooler.", "The laptop was replaced on Monday.", ""])
    assert [one.text for one in groups] == [
        "Hi all, restart the spooler.",
        "The laptop was replaced on Monday.",
    ]


def test_a_macro_is_recognised_by_the_text_made_of_it():
    (group,) = group_replies(CLOSED)
    macro = "Hi Customer,\nyour ticket 1 is closed. See https://kb.example.org/1 for more.\nBest, Desk"
    assert fill_marks(group, macro)
    assert not fill_marks(group, "Restart the spooler.")


@given(st.lists(st.text(max_size=200), max_size=8))
def test_every_reply_with_words_is_in_one_group(texts: list[str]):
    groups = group_replies(texts)
    members = [place for group in groups for place in group.members]
    assert len(members) == len(set(members))
    assert all(group.text for group in groups)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_same_text_has_the_same_id_whatever_it_was_filled_with(one: int, other: int):
    def made(number: int) -> str:
        return group_replies([f"Your ticket {number + n} is done, {n} days late." for n in (0, 1)])[
            0
        ].reply_id

    assert made(one) == made(other)
