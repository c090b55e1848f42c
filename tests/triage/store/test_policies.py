import pytest

from triage.errors import ConflictError
from triage.policy import FieldPolicy, Mode, Policy
from triage.store import Store
from triage.store.policies import read_policy, write_policy

CAREFUL = Policy(True, {"team": FieldPolicy(Mode.SUGGEST, {"web": 0.9}, frozenset({"legal"}))})


def test_a_workspace_without_a_policy_has_the_default_one(store: Store):
    assert read_policy(store, "acme").policy == Policy()
    assert read_policy(store, "acme").version == 0


def test_a_policy_comes_back_as_it_was_written_and_counts_its_versions(store: Store):
    write_policy(store, "acme", Policy(), "ada")
    write_policy(store, "acme", CAREFUL, "grace", expected_version=1)
    found = read_policy(store, "acme")
    assert (found.policy, found.version, found.updated_by) == (CAREFUL, 2, "grace")
    assert read_policy(store, "other").version == 0


def test_a_change_made_from_an_older_version_is_refused(store: Store):
    write_policy(store, "acme", CAREFUL, "ada")
    with pytest.raises(ConflictError, match="version 1"):
        write_policy(store, "acme", Policy(), "grace", expected_version=0)
    assert read_policy(store, "acme").policy == CAREFUL
