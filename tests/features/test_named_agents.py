import pytest

from features.named_agents import NamedAgents

PEOPLE = NamedAgents(
    ["Anna Bauer", "bob.anders@acme.example", "Anna Schmidt", "Zoë Page", "it/ada"],
    {"zoe": "Zoë Page", "x": "gone"},
)


@pytest.mark.parametrize(
    ("title", "agents"),
    [
        ("Vacation: Anna Bauer", {"Anna Bauer"}),
        ("ANNA BAUER OOO", {"Anna Bauer"}),
        ("Bauer, Anna – Urlaub", {"Anna Bauer"}),
        ("Anna Bauer in Mallorca", {"Anna Bauer"}),
        ("Bauer – vacation", {"Anna Bauer"}),
        ("🌴 Bob", {"bob.anders@acme.example"}),
        ("Bob's annual leave", {"bob.anders@acme.example"}),
        ("Bob Anders (PTO)", {"bob.anders@acme.example"}),
        ("Zoë is out of the office", {"Zoë Page"}),
        ("zoe", {"Zoë Page"}),
        # More than one it can be.
        ("Anna – vacation", {"Anna Bauer", "Anna Schmidt"}),
        ("Bob / Zoë", {"bob.anders@acme.example", "Zoë Page"}),
        # Nobody: other people, and words that are names by chance.
        ("Anna Meier – vacation", set()),
        ("Status page", set()),
        ("Vacation", set()),
        ("", set()),
        ("Bobby", set()),
        ("gone", set()),
    ],
)
def test_a_title_means_whom_one_of_its_parts_names(title: str, agents: set[str]):
    assert PEOPLE.in_title(title) == agents


def test_a_first_name_is_enough_where_one_agent_has_it():
    alone = NamedAgents(["Anna Bauer", "Bob"])
    assert alone.in_title("Anna – vacation") == alone.in_title("Vacation: Anna") == {"Anna Bauer"}
    assert alone.in_title("Anna OOO") == {"Anna Bauer"}
    assert alone.in_title("Anna Bauer – cover: Bob") == {"Anna Bauer", "Bob"}


def test_whole_names_are_known_in_any_order_and_first_names_are_none():
    assert PEOPLE.called("Bauer, Anna") == PEOPLE.called("anna bauer") == {"Anna Bauer"}
    assert (
        PEOPLE.called("Bob Anders") == PEOPLE.called("BOB.ANDERS@acme.example") == {"bob.anders@acme.example"}
    )
    assert PEOPLE.called("Anna") == PEOPLE.called("") == set()
    assert PEOPLE.exactly("ANNA BAUER") == "Anna Bauer" and PEOPLE.exactly("zoe") == "Zoë Page"
    assert PEOPLE.exactly("Bauer, Anna") is None and PEOPLE.exactly("gone") is None


def test_names_that_differ_in_capital_letters_only_are_told_apart():
    twins = NamedAgents(["ada", "Ada"])
    assert (twins.exactly("ada"), twins.exactly("Ada"), twins.exactly("ADA")) == ("ada", "Ada", None)
    assert twins.called("ADA") == {"ada", "Ada"} and twins.called("Ada") == {"Ada"}
