import pytest

from training.config import TrainingConfig
from training.targets import FieldTarget, LabelTarget
from triage.errors import ConfigurationError
from triage.policy import PromiseKind

GOOD = """
target_precision = 0.9

[promise.category]
kind = "coverage"
target = 0.6

[promise.category.labels]
security = { kind = "recall", target = 0.9 }
billing = 0.99

[promise.team]
labels = { web = { target = 0.97 } }
"""


def test_a_file_says_what_to_promise_of_fields_and_labels(tmp_path):
    (tmp_path / "triage.toml").write_text(GOOD)
    config = TrainingConfig.from_file(tmp_path / "triage.toml")
    recall, precise = LabelTarget(PromiseKind.RECALL, 0.9), LabelTarget(PromiseKind.PRECISION, 0.99)
    assert config.target_for("category") == FieldTarget(
        PromiseKind.COVERAGE, 0.6, {"security": recall, "billing": precise}
    )
    assert config.target_for("team") == FieldTarget(
        target=0.9, labels={"web": LabelTarget(PromiseKind.PRECISION, 0.97)}
    )
    assert config.target_for("priority") == FieldTarget(target=0.9)


def test_one_precision_for_all_leaves_coverages_and_labels(tmp_path):
    (tmp_path / "triage.toml").write_text(GOOD + "\n[target_precisions]\nimpact = 0.7\n")
    config = TrainingConfig.from_file(tmp_path / "triage.toml").with_precision(0.8)
    assert config.target_for("category").target == 0.6
    assert config.target_for("team").target == config.target_for("impact").target == 0.8
    assert set(config.target_for("team").labels) == {"web"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("promise = 0.9", "promise"),
        ("[promise.colour]\ntarget = 0.9", "colour"),
        ("[promise]\ncategory = 0.9", "expected a table"),
        ('[promise.category]\ngoal = "x"', "'goal'"),
        ('[promise.category]\nkind = "best"', "best"),
        ('[promise.category]\nkind = "recall"\ntarget = 0.9', "Recall is asked of labels"),
        ('[promise.category]\nkind = "coverage"', "no target"),
        ("[promise.category]\ntarget = 1.0", "above 0 and below 1"),
        ("[promise.category]\ntarget = nan", "above 0 and below 1"),
        ("[promise.category]\ntarget = true", "target=True"),
        ("[promise.category]\nlabels = 3", "expected a table"),
        ("[promise.category.labels]\nvpn = 0", "above 0 and below 1"),
        ('[promise.category.labels]\nvpn = "much"', "'much'"),
        ('[promise.category.labels]\nvpn = { kind = "recall" }', "without target"),
        ('[promise.category.labels]\nvpn = { kind = "coverage", target = 0.5 }', "whole field"),
        ("[promise.category.labels]\nvpn = { target = 0.5, n = 1 }", "'n'"),
        ("[promise.team]\ntarget = 0.9\n[target_precisions]\nteam = 0.8", "one of them"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, told):
    (tmp_path / "triage.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        TrainingConfig.from_file(tmp_path / "triage.toml")
