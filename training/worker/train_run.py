"""A training run: everything that the store knows of a workspace becomes a bundle, then a pointer moves.

Learning itself is ``training.train``; whether a challenger may answer is :mod:`training.worker.gate`.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training.erased import without_erased
from training.golden import told_of_golden, without_golden
from training.worker.gate import judge
from training.worker.golden_check import GoldenField, changed_since, compare_on_golden, left_out_by
from training.worker.incident_threshold import learn_watch
from training.worker.job import Work
from training.worker.refusal_message import tell_of_refusal
from triage.audit import AuditEntry
from triage.bundle import Bundle, Manifest, read_manifest
from triage.bundle_origin import check_origin
from triage.duplicate import DuplicateLink
from triage.errors import BundleError, HistoryError
from triage.golden import GoldenTicket
from triage.privacy import Redaction
from triage.registry import Registry
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.articles import iter_articles
from triage.store.audit import AuditLog
from triage.store.golden import golden_ids, read_golden
from triage.store.links import list_dismissals, list_links
from triage.store.parents import LinkKind, list_parent_links
from triage.store.policies import read_policy
from triage.store.runs import Run
from triage.store.sla_books import read_book
from triage.store.tickets import iter_past_tickets
from triage.ticket import PastTicket

__all__ = ["Track", "Train", "train_work"]

Train = Callable[..., Manifest]
"""``training.train.train_bundle``, or something with its signature."""

Track = Callable[[Manifest, Path, str], str]
"""Records a manifest, where its bundle stands and its workspace; returns the id of the record."""

READ_SHARE = 0.05
"""Of a run's progress, how much is reading the store."""


log = logging.getLogger(__name__)


def train_work(
    store: Store, models: Path, key: bytes, *, train: Train | None = None, track: Track | None = None
) -> Work:
    """Return what a run of kind ``train`` does.

    Parameters of the run: ``targets`` (fields to learn, null for all that have labels). Result:
    ``version``, ``promoted``, ``reason`` and ``mlflow_run`` (null when MLflow could not be reached).

    Parameters
    ----------
    store : Store
        Holds tickets, articles, links and agents.
    models : Path
        Where bundles and registry stand.
    key : bytes
        Signs the bundle.
    train : callable, optional
        Learns; by default ``training.train.train_bundle``.
    track : callable, optional
        Records; by default in MLflow.
    """

    def work(run: Run, report: Callable[[str, float], None]) -> Mapping[str, Any]:
        registry = Registry(models)
        version = f"{run.created_at:%Y%m%d-%H%M%S}-{run.run_id[:6]}"
        # A run that is begun again after its bundle was sealed only has the pointers left to move.
        if version not in registry.versions(run.workspace):
            _learn(store, run, models / run.workspace / version, key, report, train)
        report("judging the challenger", 1.0)
        result = _move(store, registry, run, version, key)
        # Last, since importing MLflow alone takes seconds, and the new model can answer already.
        report("recording the run", 1.0)
        return {**result, "mlflow_run": _record(registry.folder(run.workspace, version), run, key, track)}

    return work


def _learn(
    store: Store,
    run: Run,
    out: Path,
    key: bytes,
    report: Callable[[str, float], None],
    train: Train | None,
) -> None:
    from training.config import TrainingConfig

    if train is None:
        from training.train import train_bundle

        train = train_bundle
    report("reading tickets", 0.0)
    # Before the tickets: one frozen meanwhile is learnt from, and its revision tells so.
    golden, golden_revision = golden_ids(store, run.workspace)
    tickets: list[PastTicket] = []
    for chunk in iter_past_tickets(store, run.workspace):
        tickets += without_golden(without_erased(chunk, store, run.workspace, key), golden)
        report("reading tickets", 0.0)
    if not tickets:
        raise HistoryError(
            f"Got workspace {run.workspace!r} without tickets; expected some to learn from. "
            "Import a history first: triage import history FILE."
        )
    articles = [stored.article for chunk in iter_articles(store, run.workspace) for stored in chunk]
    train(
        tickets,
        articles=articles,
        links=[*list_links(store, run.workspace), *list_dismissals(store, run.workspace)],
        agents=list_agents(store, run.workspace),
        duplicates=[
            DuplicateLink(one.ticket_id, one.parent_id, one.linked_at)
            for one in list_parent_links(store, run.workspace, LinkKind.DUPLICATE)
        ],
        sla=read_book(store, run.workspace).book,
        config=TrainingConfig(
            targets=tuple(run.parameters["targets"] or ()),
            redact=read_policy(store, run.workspace).policy.privacy.redaction is not Redaction.OFF,
        ),
        out=out,
        key=key,
        workspace=run.workspace,
        notes=told_of_golden(len(golden)),
        golden_revision=golden_revision,
        progress=lambda stage, share: report(stage, READ_SHARE + (1.0 - READ_SHARE) * share),
    )
    report("learning when to suspect an incident", 1.0)
    learn_watch(store, run.workspace, [past.ticket for past in tickets])


def _move(store: Store, registry: Registry, run: Run, version: str, key: bytes) -> Mapping[str, Any]:
    workspace = run.workspace
    champion = registry.pointers(workspace).champion
    if champion == version:
        _note(AuditLog(store, key), run, version, "promote_model", {"champion": version})
        return {"version": version, "promoted": True, "reason": "It was promoted before the worker died."}
    challenger = read_manifest(registry.folder(workspace, version), key)
    check_origin(challenger, workspace)
    registry.register(workspace, version)
    best = None if champion is None else read_manifest(registry.folder(workspace, champion), key)
    tickets = read_golden(store, workspace)
    golden, untold = _on_golden(tickets, registry, workspace, challenger, best, key)
    verdict = judge(challenger, best, golden, changed_since(tickets))
    if verdict.may_answer:
        with store.writing(workspace):
            _note(AuditLog(store, key), run, version, "promote_model", {"champion": version})
            registry.promote(workspace, version)
    else:
        tell_of_refusal(store, run, version, champion, verdict.reason, golden)
        _note(AuditLog(store, key), run, version, "refuse_model", {"champion": champion})
    return {"version": version, "promoted": verdict.may_answer, "reason": verdict.reason + untold}


def _on_golden(
    tickets: Sequence[GoldenTicket],
    registry: Registry,
    workspace: str,
    challenger: Manifest,
    champion: Manifest | None,
    key: bytes,
) -> tuple[Sequence[GoldenField], str]:
    """Return how both do on golden tickets, and what to say where they could not be compared."""
    if not tickets or champion is None:
        return (), ""
    apart = left_out_by(tickets, challenger, champion)
    if not apart:
        return (), " Golden tickets were not compared: the champion may have learnt from them."
    try:
        old, new = (
            Bundle.load(registry.folder(workspace, one.version), key) for one in (champion, challenger)
        )
    except BundleError as error:
        return (), f" Golden tickets were not compared: {error}"
    return compare_on_golden(old, new, apart), ""


def _note(audit: AuditLog, run: Run, version: str, action: str, facts: Mapping[str, Any]) -> None:
    """Write what the gate did with a model, unless that is written: a worker may die in between."""
    object = f"model/{version}"
    if audit.read(run.workspace, action=action, object=object, limit=1):
        return
    entry = AuditEntry(
        at=datetime.now(UTC),
        actor="worker",
        role="worker",
        action=action,
        object=object,
        on_behalf_of=run.requested_by,
        model_version=version,
        facts={**facts, "run": run.run_id},
    )
    audit.record(run.workspace, [entry])


def _record(bundle: Path, run: Run, key: bytes, track: Track | None) -> str | None:
    try:
        return (track or _track_in_mlflow)(read_manifest(bundle, key), bundle, run.workspace)
    except Exception as error:  # MLflow may be anybody's server: without it the model is as good
        log.warning("run %s was not recorded in MLflow: %s", run.run_id, type(error).__name__)
        return None


def _track_in_mlflow(manifest: Manifest, bundle: Path, workspace: str) -> str:
    from training.tracking import track_training, tracking_uri

    return track_training(manifest, tracking_uri(), bundle=str(bundle.resolve()), workspace=workspace)
