import re

import pytest

from training.config import TrainingConfig
from triage.errors import ConfigurationError

GOOD = """
targets = ["category", "team"]
target_precision = 0.9
seed = 3

[target_precisions]
team = 0.8

[merged.category]
wifi = "network"
"""


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path):
    (tmp_path / "triage.toml").write_text(GOOD)
    config = TrainingConfig.from_file(tmp_path / "triage.toml")
    assert config == TrainingConfig(
        targets=("category", "team"),
        target_precision=0.9,
        target_precisions={"team": 0.8},
        merged={"category": {"wifi": "network"}},
        seed=3,
    )
    assert (config.target_for("team").target, config.target_for("category").target) == (0.8, 0.9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("target = []", "'target'"),
        ('targets = ["colour"]', "colour"),
        ('targets = "category"', "targets"),
        ("targets = [1]", "targets"),
        ("target_precision = 1", "above 0 and below 1"),
        ("target_precision = 0.0", "above 0 and below 1"),
        ("target_precision = nan", "above 0 and below 1"),
        ('target_precision = "high"', "target_precision"),
        ("target_precision = true", "target_precision"),
        ("target_precisions = 0.9", "target_precisions"),
        ("[target_precisions]\ncategory = 2", "category=2"),
        ("[target_precisions]\ncolour = 0.9", "colour"),
        ('merged = "wifi"', "merged"),
        ('[merged]\ncategory = "wifi"', "merged"),
        ("[merged.category]\nwifi = 3", "merged"),
        ("min_label_count = 1", "min_label_count=1"),
        ("min_label_count = 2.5", "min_label_count"),
        ("max_labels = 1", "max_labels=1"),
        ("neighbours = 0", "neighbours=0"),
        ("neighbours = true", "neighbours"),
        ('seed = "x"', "seed"),
        ("seed = -1", "seed"),
        ("seed = ", "TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, told):
    (tmp_path / "triage.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        TrainingConfig.from_file(tmp_path / "triage.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('target_precision = "high"', "target_precision='high', which is text; expected a number above 0"),
        ("target_precision = true", "which is true or false; expected a number"),
        ('targets = "category"', "expected a list of fields' names. For example: targets = ["),
        ('[target_precisions]\nteam = "high"', "target_precisions.team='high', which is text"),
        ("target_precisions = 0.9", "For example: [target_precisions] and below it category = 0.9"),
        ("merged = []", "merged=[], which is a list; expected a table for each field"),
        ('[merged]\ncategory = "wifi"', "merged.category='wifi', which is text; expected a table of labels"),
        ("[merged.category]\nwifi = 3", "merged.category.wifi=3, which is a whole number; expected text"),
        ("[descriptions.team]\ndesk = 1.5", "descriptions.team.desk=1.5, which is a number; expected text. "),
        ("min_label_count = 2.5", "min_label_count=2.5, which is a number; expected a whole number"),
        ("seed = 1979-05-27", "which is a date; expected a whole number. For example: seed = 0"),
        ("encoder = {}", "encoder={}, which is a table; expected the name of a folder"),
        ("promise = 0.9", "promise=0.9, which is a number; expected a table for each field"),
        ("[promise]\nteam = 0.9", "promise.team=0.9; expected a table. For example: [promise.category]"),
        ('[promise.team]\ntarget = "high"', "target='high' in promise.team; expected a share"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_what_it_is_what_it_should_be_and_an_example(
    tmp_path, text, told
):
    (tmp_path / "triage.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        TrainingConfig.from_file(tmp_path / "triage.toml")


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"triage\.toml"):
        TrainingConfig.from_file(tmp_path / "triage.toml")
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"noise\.toml"):
        TrainingConfig.from_file(tmp_path / "noise.toml")


def test_a_field_with_a_coverage_keeps_the_general_precision():
    given = {"target_precision": 0.9, "promise": {"priority": {"kind": "coverage", "target": 0.6}}}
    config = TrainingConfig.from_document(given | {"target_precisions": {"team": 0.8}})
    assert [config.precision_for(name) for name in ("priority", "team", "category")] == [0.9, 0.8, 0.9]
