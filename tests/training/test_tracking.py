import os
from datetime import UTC, datetime

import pytest

from training.tracking import track_training, tracking_uri
from triage.bundle import Manifest
from triage.taxonomy import Taxonomy

METRICS = {"accuracy": 0.75, "precision": None, "labels": [{"label": "vpn"}], "tickets": 40}
MANIFEST = Manifest(
    version="v1",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    fields={"category": {"level": "linear", "labels": 2, "metrics": METRICS}},
    taxonomy=Taxonomy.from_labels({"category": ["mail", "vpn"]}),
    feature_version=1,
    data_hash="ab" * 32,
    training={"tickets": 40, "config": {"seed": 3}, "packages": {"numpy": "2"}},
)


@pytest.mark.parametrize("environ", [{}, {"MLFLOW_TRACKING_URI": ""}])
def test_runs_are_tracked_in_the_home_unless_told_otherwise(environ):
    assert tracking_uri({"TRIAGE_HOME": "/srv/triage", **environ}) == "sqlite:////srv/triage/mlflow.db"
    assert tracking_uri({"MLFLOW_TRACKING_URI": "http://mlflow:5000"}) == "http://mlflow:5000"


@pytest.mark.proof
def test_a_run_has_the_manifests_numbers_and_a_registered_version(tmp_path, capfd):
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    first = track_training(MANIFEST, uri, bundle=str(tmp_path / "v1"), workspace="acme")
    second = track_training(MANIFEST, uri, bundle=str(tmp_path / "v1"), workspace="acme")
    assert first != second
    assert "".join(capfd.readouterr()) == ""
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"

    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    run = client.get_run(first)
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"category.accuracy": 0.75, "category.tickets": 40.0}
    assert run.data.params == {"tickets": "40", "config.seed": "3", "category.level": "linear"}
    assert run.data.tags["bundle"] == str(tmp_path / "v1") and run.data.tags["workspace"] == "acme"
    versions = client.search_model_versions("name = 'triage-acme'")
    assert {one.run_id for one in versions} == {first, second}
