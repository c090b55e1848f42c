"""``triage golden``: tickets that no model learns from, to hold new models against."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from serving.cli.output import Workspace, opened_store, show_table

__all__ = ["app"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app = typer.Typer(
    help="Tickets that no model learns from: a new model may lose nothing on them.", no_args_is_help=True
)


@app.command()
def freeze(
    count: Annotated[int, typer.Option(min=1, help="Choose at most so many.")] = 500,
    field: Annotated[
        str, typer.Option(help="Choose of each label of this field about as many.")
    ] = "category",
    since: Annotated[
        datetime | None, typer.Option(help="Of tickets filed on this day or later.", formats=["%Y-%m-%d"])
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Of tickets filed before this day.", formats=["%Y-%m-%d"])
    ] = None,
    seed: Annotated[int, typer.Option(help="The same tickets and seed choose the same.")] = 0,
    workspace: Workspace = "default",
    as_json: AsJson = False,
) -> None:
    """Keep some stored tickets back from training from now on, with the values that they have now.

    At most a tenth of each label's tickets, chosen at random. Freeze when you trust the values, right after
    importing a history, say; where labels come and go, of the last months only, and anew from time to time.
    The next training leaves them out; from the one after that, no model is promoted by itself that loses more
    than 0.01 of macro-F1 on them in any field with 50 or more, or of one label more than by chance.
    """
    from datetime import UTC

    from serving.cli.record import record
    from triage.errors import InputError
    from triage.golden import JUDGED, choose_golden
    from triage.store.golden import freeze_tickets, golden_ids
    from triage.store.tickets import iter_past_tickets

    if field not in JUDGED:
        raise InputError(f"Got --field {field!r}; expected one of {', '.join(JUDGED)}.")
    after, before = (None if one is None else one.replace(tzinfo=UTC) for one in (since, until))
    with opened_store() as store:
        known = set(golden_ids(store, workspace)[0])
        values = {
            past.ticket.ticket_id: {name: past.labels[name] for name in JUDGED if past.labels.get(name)}
            for chunk in iter_past_tickets(store, workspace, since=after, until=before)
            for past in chunk
            if past.labels.get(field) and past.ticket.ticket_id not in known
        }
        chosen = choose_golden({name: one[field] for name, one in values.items()}, count, random_state=seed)
        if not chosen:
            raise InputError(
                f"Got no ticket to keep back in workspace {workspace!r}; expected ten or more of a {field}, "
                "not golden yet. Import a history first: triage import history FILE."
            )
        facts = {"tickets": len(chosen), "field": field}
        with store.writing(workspace):
            freeze_tickets(store, workspace, {name: values[name] for name in chosen})
            record(store, workspace, "freeze_golden", "golden", {"ticket_ids": chosen}, facts=facts)
    if as_json:
        _print_json({"frozen": len(chosen)})
    else:
        typer.echo(f"{len(chosen):,} tickets are kept back from training, with the values they have now.")


@app.command()
def show(workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Say how many tickets are kept back, by field, and how many values changed since."""
    from triage.golden import JUDGED
    from triage.store.golden import read_golden
    from triage.store.tickets import get_tickets

    with opened_store() as store:
        golden = read_golden(store, workspace)
        stands = get_tickets(store, workspace, [one.ticket.ticket_id for one in golden])
    fields = []
    for name in JUDGED:
        known = [one for one in golden if name in one.labels]
        changed = [one for one in known if stands[one.ticket.ticket_id].labels.get(name) != one.labels[name]]
        labels = len({one.labels[name] for one in known})
        if known:
            fields.append({"field": name, "tickets": len(known), "labels": labels, "changed": len(changed)})
    if as_json:
        _print_json({"tickets": len(golden), "fields": fields})
        return
    rows = [
        (one["field"], *(f"{one[name]:,}" for name in ("tickets", "labels", "changed"))) for one in fields
    ]
    empty = "No ticket is kept back: triage golden freeze."
    show_table(("field", "tickets", "labels", "changed since"), rows, empty)


@app.command()
def thaw(workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Keep none back any more: the next training learns from all."""
    from serving.cli.record import record
    from triage.store.golden import thaw_tickets

    with opened_store() as store, store.writing(workspace):
        count = thaw_tickets(store, workspace)
        record(store, workspace, "thaw_golden", "golden", {"ticket_ids": []}, facts={"tickets": count})
    if as_json:
        _print_json({"thawed": count})
    else:
        typer.echo(f"{count:,} tickets are learnt from again.")


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value))
