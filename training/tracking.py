"""The only place that speaks to MLflow: every training run is tracked, every bundle registered.

Numbers, hashes and settings go there; ticket text never does. Nothing that serves needs it.
"""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from triage.bundle import Manifest
from triage.home import home_folder

__all__ = ["track_training", "tracking_uri"]

EXPERIMENT = "triage"


def tracking_uri(environ: Mapping[str, str] | None = None) -> str:
    """Return ``$MLFLOW_TRACKING_URI`` if set, else SQLite in the home folder."""
    given = (os.environ if environ is None else environ).get("MLFLOW_TRACKING_URI")
    return given or f"sqlite:///{home_folder(environ) / 'mlflow.db'}"


def track_training(manifest: Manifest, uri: str, *, bundle: str, workspace: str = "default") -> str:
    """Record a finished training run and its bundle.

    Parameters
    ----------
    manifest : Manifest
        Of the sealed bundle.
    uri : str
        Of the tracking store, see :func:`tracking_uri`.
    bundle : str
        Where the bundle stands; kept as a tag.
    workspace : str, default="default"
        Whose model it is.

    Returns
    -------
    str
        MLflow's id of the run.
    """
    # Set before MLflow is imported: it would tell its makers which of its functions are used.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with _quiet():
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.tracking import MlflowClient

        home_folder().mkdir(parents=True, exist_ok=True)
        client = MlflowClient(tracking_uri=uri)
        found = client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else client.create_experiment(EXPERIMENT)
        run = client.create_run(experiment, run_name=manifest.version)
        at = int(manifest.created_at.timestamp() * 1000)
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(name, value, at, 0) for name, value in _metrics(manifest).items()],
            params=[Param(name, str(value)[:500]) for name, value in _params(manifest).items()],
            tags=[
                RunTag("bundle", bundle),
                RunTag("workspace", workspace),
                RunTag("data_hash", manifest.data_hash),
                RunTag("taxonomy_version", manifest.taxonomy.version),
            ],
        )
        client.set_terminated(run.info.run_id)
        name = f"{EXPERIMENT}-{workspace}"
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        client.create_model_version(name, source=bundle, run_id=run.info.run_id)
        return str(run.info.run_id)


def _metrics(manifest: Manifest) -> dict[str, float]:
    return {
        f"{field}.{metric}": float(value)
        for field, facts in manifest.fields.items()
        for metric, value in facts["metrics"].items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _params(manifest: Manifest) -> dict[str, Any]:
    params: dict[str, Any] = {
        name: value for name, value in manifest.training.items() if not isinstance(value, dict)
    }
    params |= {f"config.{name}": value for name, value in manifest.training["config"].items()}
    params |= {f"{field}.level": facts["level"] for field, facts in manifest.fields.items()}
    return params


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow's and Alembic's chatter, and the warnings of their dependencies, out of our terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.tracking  # noqa: F401  # Sets its own log level when imported: quieten it after.

        loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
        levels = [one.level for one in loggers]
        for one in loggers:
            one.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for one, level in zip(loggers, levels, strict=True):
                one.setLevel(level)
