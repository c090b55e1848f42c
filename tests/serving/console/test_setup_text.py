import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.console.setup_text import first_setup, read_setup_text, write_setup_text
from serving.schemas.staffing import EXAMPLE_SETUP
from triage.agent import Agent
from triage.errors import InputError
from triage.staffing.document import read_setup
from triage.store import Store
from triage.store.agents import put_agents

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
plain = words | st.integers(-1_000, 1_000) | st.booleans() | st.floats(-1e6, 1e6, allow_nan=False)
tables = st.dictionaries(words, plain | st.lists(plain, max_size=3), max_size=4)


@given(
    st.dictionaries(words, plain | tables | st.lists(tables.filter(bool), min_size=1, max_size=3), max_size=5)
)
def test_what_is_written_as_toml_is_read_back(document):
    assert tomllib.loads(write_setup_text(document)) == document


def test_the_example_survives_and_days_become_text():
    assert read_setup_text(write_setup_text(EXAMPLE_SETUP)) == EXAMPLE_SETUP
    assert read_setup_text("holidays = [2026-12-25]\r\n") == {"holidays": ["2026-12-25"]}
    with pytest.raises(InputError, match="no TOML"):
        read_setup_text("teams = [")


def test_a_first_setup_has_the_agents_teams_and_can_be_saved(sqlite_store: Store):
    assert read_setup(read_setup_text(first_setup(sqlite_store, "acme", None))).by == "total"
    put_agents(sqlite_store, "acme", [Agent("ada", team="web"), Agent("bob", team="desk", teams=("web",))])
    found = read_setup(read_setup_text(first_setup(sqlite_store, "acme", None)))
    assert [one.name for one in found.teams] == ["desk", "web"] and found.by == "team"
    # Tickets that no team has yet are the largest team's at first, so that a plan can be made.
    assert [sorted(one.skills) for one in found.teams] == [["desk"], ["(none)", "web"]]
