"""``triage assign``: give a backlog to agents at once. Works while no server runs."""

from typing import TYPE_CHECKING, Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table

if TYPE_CHECKING:
    from serving.schemas.assignments import BacklogOut

__all__ = ["app"]

app = typer.Typer()


@app.command()
def assign(
    workspace: Workspace = "default",
    ticket: Annotated[
        list[str] | None,
        typer.Option(help="A stored ticket; several times. By default all open ones that nobody has."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Also store what the policy lets be applied.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Plan who gets which open tickets, all at once, and say what is gained over one after another."""
    import os

    from serving.desks import make_desks
    from serving.metrics import Metrics
    from serving.model_host import ModelHost
    from serving.schemas.assignments import BacklogOut
    from triage.home import home_folder, models_folder
    from triage.registry import Registry
    from triage.signing import signing_key

    with opened_store() as store:
        models = ModelHost(Registry(models_folder()), signing_key(os.environ), threads=1, poll_seconds=1.0)
        models.refresh()
        desks = make_desks(store, models, home=home_folder(), poll_seconds=1.0, metrics=Metrics())
        desks.affinity.catch_up(workspace)
        planned = desks.backlog.plan(workspace, ticket or None)
        applied = desks.backlog.apply(workspace, planned) if apply else None
    document = BacklogOut.of(planned, applied=applied)
    if as_json:
        show(document)
    else:
        _tell(document)


def _tell(plan: "BacklogOut") -> None:
    rows = [
        (one.ticket_id, one.agent, one.team, one.action, one.reason, one.detail) for one in plan.assignments
    ]
    show_table(("ticket", "agent", "team", "action", "reason", "why"), rows, "No open ticket waits.")
    typer.echo(
        f"{plan.placed:,} of {plan.tickets:,} tickets placed (one by one {plan.placed_one_by_one:,}); "
        f"total affinity {plan.affinity:.2f} (one by one {plan.affinity_one_by_one:.2f}); "
        f"spread (Gini) {plan.gini:.2f} (one by one {plan.gini_one_by_one:.2f})."
    )
    if plan.dry_run:
        typer.echo("Nothing was stored: this was a dry run. --apply stores what the policy lets be applied.")
    else:
        typer.echo(f"{plan.applied:,} assignments stored.{_why_suggested(plan)}")


def _why_suggested(plan: "BacklogOut") -> str:
    """Say what keeps agents from being applied who are only suggested."""
    suggested = [one.reason for one in plan.assignments if one.action == "suggest"]
    if not suggested:
        return ""
    held = sum(reason is not None for reason in suggested)
    told = (
        f" {len(suggested):,} agents are only suggested, which is not stored: {held:,} for the reason above"
    )
    if held == len(suggested):
        return f"{told}."
    return f"{told}, the others by the policy's mode; triage policy set --mode assignee=apply changes it."
