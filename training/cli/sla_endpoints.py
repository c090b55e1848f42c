"""``triage sla endpoints``: where events of promises are sent."""

from __future__ import annotations

from typing import Annotated

import typer

from training.cli.sla_output import AsJson, StoreUrl, Workspace, opened_store, print_json, print_rows

__all__ = ["app"]

app = typer.Typer(help="Where events of promises are sent.", no_args_is_help=True)


@app.command("add")
def add_endpoint(
    url: Annotated[str, typer.Argument(help="Where to; its host must be on $TRIAGE_WEBHOOK_HOSTS.")],
    workspace: Workspace = "default",
    store: StoreUrl = None,
    as_json: AsJson = False,
) -> None:
    """Add a receiver, and print the secret by which it verifies what it gets (Standard Webhooks)."""
    from training.worker.deliver import allowed_hosts, check_url
    from triage.signing import signing_key
    from triage.store import outbox
    from triage.webhook_signature import endpoint_secret

    check_url(url, allowed_hosts())
    with opened_store(store) as opened:
        made = outbox.add_endpoint(opened, workspace, url)
    secret = endpoint_secret(signing_key(), made.endpoint_id)
    if as_json:
        print_json({"endpoint_id": made.endpoint_id, "url": url, "secret": secret})
    else:
        typer.echo(f"Endpoint {made.endpoint_id}\nSecret   {secret}")


@app.command("list")
def list_endpoints(workspace: Workspace = "default", store: StoreUrl = None, as_json: AsJson = False) -> None:
    """List the receivers and what has gone to them last."""
    from dataclasses import asdict

    from triage.store import outbox

    with opened_store(store) as opened:
        found = outbox.list_endpoints(opened, workspace)
        messages = outbox.list_messages(opened, workspace, limit=1_000)
    counts = {
        one.endpoint_id: {
            "delivered": sum(
                m.delivered_at is not None for m in messages if m.endpoint_id == one.endpoint_id
            ),
            "waiting": sum(
                m.next_attempt_at is not None for m in messages if m.endpoint_id == one.endpoint_id
            ),
            "given_up": sum(m.given_up_at is not None for m in messages if m.endpoint_id == one.endpoint_id),
        }
        for one in found
    }
    if as_json:
        print_json([asdict(one) | counts[one.endpoint_id] for one in found])
        return
    rows = [
        [one.endpoint_id, one.url, *map(str, counts[one.endpoint_id].values()), one.disabled_because or ""]
        for one in found
    ]
    headings = ("endpoint", "url", "delivered", "waiting", "given up", "disabled because")
    print_rows(f"Endpoints of workspace {workspace}", headings, rows)


@app.command("disable")
def disable_endpoint(
    endpoint_id: Annotated[str, typer.Argument(help="As `triage sla endpoints list` shows it.")],
    workspace: Workspace = "default",
    store: StoreUrl = None,
) -> None:
    """Send nothing more to a receiver."""
    from triage.store import outbox

    with opened_store(store) as opened:
        outbox.disable_endpoint(opened, workspace, endpoint_id, "disabled by hand")
    typer.echo(f"Endpoint {endpoint_id} gets nothing more.")
