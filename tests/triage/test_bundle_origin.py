from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage.bundle import Manifest
from triage.bundle_origin import check_origin, is_foreign
from triage.errors import BundleError
from triage.taxonomy import Taxonomy

OURS = Manifest("v1", datetime(2026, 3, 1, tzinfo=UTC), {}, Taxonomy.from_labels({}), 1, "0" * 64, {})


def test_a_manifest_keeps_whose_history_was_learnt_and_older_ones_name_nobody():
    named = replace(OURS, workspace="acme")
    assert Manifest.from_bytes(named.to_bytes()).workspace == "acme"
    older = OURS.to_bytes().replace(b',\n "workspace": null', b"")
    assert b"workspace" not in older and Manifest.from_bytes(older).workspace is None


@pytest.mark.parametrize("origin", [None, "acme"])
def test_its_own_model_and_one_that_names_nobody_may_answer(origin):
    manifest = replace(OURS, workspace=origin)
    assert not is_foreign(manifest, "acme")
    check_origin(manifest, "acme")


def test_another_workspaces_model_may_answer_only_where_it_was_wanted():
    manifest = replace(OURS, workspace="globex")
    assert is_foreign(manifest, "acme")
    check_origin(manifest, "acme", "globex")
    with pytest.raises(BundleError, match="--from-workspace globex"):
        check_origin(manifest, "acme")
    with pytest.raises(BundleError, match="expected one that learnt from 'initech'"):
        check_origin(manifest, "acme", "initech")
