from dataclasses import asdict

from training.config import TrainingConfig
from training.settings_words import settings_in_words

PROMISE = {
    "kind": "coverage",
    "target": 0.6,
    "labels": {"security": {"kind": "recall", "target": 0.9}, "erp": 0.99},
}


def told(**document) -> dict[str, str]:
    return dict(settings_in_words(asdict(TrainingConfig.from_document(document))))


def test_promises_are_told_in_words():
    said = told(promise={"category": PROMISE})
    assert said["promise.category"] == "60 % applied; security: 90 % caught; erp: 99 % right"


def test_every_setting_is_told_without_a_word_of_python():
    said = told(
        targets=["category", "team"],
        target_precisions={"team": 0.8},
        descriptions={"category": {"vpn": "From home"}},
        merged={"category": {"fax": "phone"}},
    )
    assert (said["targets"], said["target_precisions"]) == ("category, team", "team: 0.8")
    assert (said["descriptions"], said["redact"]) == ("category (vpn: From home)", "no")
    assert "merged" not in said and "encoder" not in said
