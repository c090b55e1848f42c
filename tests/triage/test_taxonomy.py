import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.taxonomy import Label, Taxonomy

names = st.text("abcdef", min_size=1, max_size=3)


@given(st.lists(names, unique=True, min_size=1, max_size=8))
def test_every_chain_of_renames_ends_in_its_last_label(chain):
    merged = dict(pairwise(chain))
    taxonomy = Taxonomy({}, {"category": merged})
    assert {taxonomy.current("category", label) for label in chain} == {chain[-1]}


def test_a_merge_map_holds_for_its_own_field_only():
    assert Taxonomy({}, {"category": {"wifi": "network"}}).current("team", "wifi") == "wifi"


@pytest.mark.parametrize("merged", [{"a": "a"}, {"a": "b", "b": "a"}, {"x": "a", "a": "b", "b": "a"}])
def test_a_circle_of_renames_is_refused_with_the_remedy(merged):
    with pytest.raises(ConfigurationError, match="back to itself"):
        Taxonomy({}, {"category": merged}).current("category", next(iter(merged)))


def test_the_json_form_gives_the_same_taxonomy_back():
    taxonomy = Taxonomy.from_labels(
        {"category": ["vpn", "mail", "vpn"], "subcategory": ["slow"]},
        {"subcategory": {"slow": "vpn"}},
        {"category": {"wifi": "vpn"}},
    )
    again = Taxonomy.from_document(json.loads(json.dumps(taxonomy.to_document())))
    assert again == taxonomy
    assert again.labels["category"] == (Label("mail", "mail"), Label("vpn", "vpn"))
    assert again.labels["subcategory"] == (Label("slow", "slow", "vpn"),)


def test_the_version_changes_with_labels_tree_and_merge_map_and_with_nothing_else():
    base = Taxonomy.from_labels({"category": ["a", "b"], "subcategory": ["c"]})
    versions = {
        base.version,
        Taxonomy.from_labels({"category": ["a"], "subcategory": ["c"]}).version,
        Taxonomy.from_labels(
            {"category": ["a", "b"], "subcategory": ["c"]}, {"subcategory": {"c": "a"}}
        ).version,
        Taxonomy.from_labels(
            {"category": ["a", "b"], "subcategory": ["c"]}, merged={"category": {"x": "a"}}
        ).version,
    }
    assert len(versions) == 4
    assert base.version == Taxonomy.from_labels({"subcategory": ["c"], "category": ["b", "a", "a"]}).version
