"""``triage models``: which model answers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table

if TYPE_CHECKING:
    from serving.model_host import ModelHost
    from triage.erasure import Erased
    from triage.learnt_from import ModelErasures

__all__ = ["app"]

app = typer.Typer(
    help="List model versions, choose the one that answers, read its card.", no_args_is_help=True
)

Version = Annotated[str, typer.Argument(help="A version that `triage models list` shows.")]


@app.command("list")
def list_all(workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """List the versions with their roles and levels."""
    from serving.model_catalogue import list_models
    from serving.schemas.models import ModelListOut, ModelOut, PointersOut

    host = _host()
    facts = list_models(host.registry, host.key, workspace, _ledger(workspace))
    if as_json:
        pointers = PointersOut.of(host.registry.pointers(workspace))
        show(ModelListOut(**pointers.model_dump(), models=[ModelOut.of(one) for one in facts]))
        return
    rows = []
    for one in facts:
        if one.manifest is None:
            rows.append((one.version, one.role, "signature does not hold", "", "", ""))
            continue
        levels = ", ".join(f"{name} ({facts['level']})" for name, facts in one.manifest.fields.items())
        made = one.manifest.created_at.strftime("%Y-%m-%d %H:%M")
        learnt = one.manifest.workspace or "not told"
        rows.append((one.version, one.role, made, learnt, levels, _known_erased(one.erasures)))
    empty = f"Workspace {workspace} has no model. Train one with: triage train HISTORY --out BUNDLE"
    show_table(("version", "role", "made", "learnt from", "fields", "of it erased"), rows, empty)


@app.command()
def promote(
    version: Version,
    workspace: Workspace = "default",
    from_workspace: Annotated[
        str | None,
        typer.Option(
            help="Take a version that learnt from this other workspace's tickets: its labels, people and "
            "past tickets become known here. The audit log keeps it.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a version answer, after verifying and trying it out; running servers follow within seconds."""
    host = _host()
    prepared = host.prepare(workspace, version, from_workspace)
    origin = prepared.manifest.workspace
    if origin is None:
        typer.echo(
            f"{version} does not say whose tickets it learnt from: it was trained before that was kept.",
            err=True,
        )
    learnt = {"learnt_from": origin} if origin != workspace else {}
    _moved(host, workspace, "promote_model", lambda: host.promote(workspace, prepared), learnt)
    _tell(host, workspace, as_json)


@app.command()
def rollback(workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Return to the champion before this one."""
    host = _host()
    prepared = host.prepare_rollback(workspace)
    _moved(host, workspace, "rollback_model", lambda: host.roll_back(workspace, prepared))
    _tell(host, workspace, as_json)


@app.command()
def card(
    version: Annotated[
        str | None, typer.Argument(help="A version; by default the champion.", show_default=False)
    ] = None,
    workspace: Workspace = "default",
    out: Annotated[Path | None, typer.Option(help="Write the page here.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Print a model card as HTML, or everything the model says of itself as JSON."""
    from serving.model_catalogue import find_model, read_card
    from serving.schemas.models import ModelDetailOut
    from triage.errors import NoModelError

    host = _host()
    wanted = version or host.registry.pointers(workspace).champion
    if wanted is None:
        raise NoModelError(
            f"Got no version, and workspace {workspace!r} has no champion; expected a version "
            "that `triage models list` shows."
        )
    if as_json:
        told = find_model(host.registry, host.key, workspace, wanted, _ledger(workspace))
        show(ModelDetailOut.of(told))
        return
    page = read_card(host.registry, host.key, workspace, wanted)
    if out is None:
        typer.echo(page)
        return
    out.write_text(page)
    typer.echo(f"The card of {wanted} is in {out}.")


def _ledger(workspace: str) -> "list[Erased]":
    """Return what was erased; models are listed, and say nothing of it, while no database answers."""
    from sqlalchemy.exc import DBAPIError

    from triage.home import store_url
    from triage.store.erasures import ledger_of

    try:
        return ledger_of(store_url(), workspace)
    except DBAPIError as error:
        typer.echo(
            f"What was erased is not known: the store does not answer ({type(error).__name__}).", err=True
        )
        return []


def _known_erased(erasures: "ModelErasures | None") -> str:
    """Say whether a model learnt from something that was erased since."""
    if erasures is None or erasures.is_clean:
        return ""
    return "perhaps" if erasures.erased is None else f"{erasures.erased:,}, since {erasures.since:%Y-%m-%d}"


def _host() -> "ModelHost":
    from serving.model_host import ModelHost
    from triage.home import models_folder
    from triage.registry import Registry
    from triage.signing import signing_key

    return ModelHost(Registry(models_folder()), signing_key(), threads=1, poll_seconds=1.0)


def _moved(
    host: "ModelHost",
    workspace: str,
    action: str,
    move: Callable[[], None],
    learnt: Mapping[str, str | None] = MappingProxyType({}),
) -> None:
    """Move the pointer, with its entry in the audit log or not at all."""
    from serving.cli.record import record
    from serving.schemas.models import PointersOut

    with opened_store() as store, store.writing(workspace):
        move()
        pointers = PointersOut.of(host.registry.pointers(workspace)).model_dump(mode="json")
        facts = {"champion": pointers["champion"], **learnt}
        record(store, workspace, action, f"model/{pointers['champion']}", pointers, facts=facts)


def _tell(host: "ModelHost", workspace: str, as_json: bool) -> None:
    from serving.schemas.models import PointersOut

    pointers = host.registry.pointers(workspace)
    if as_json:
        show(PointersOut.of(pointers))
        return
    before = f"; `triage models rollback` returns to {pointers.previous[-1]}" if pointers.previous else ""
    typer.echo(f"{pointers.champion} answers in workspace {workspace}{before}.")
