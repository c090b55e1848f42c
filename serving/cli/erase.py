"""``triage erase``: remove tickets, or all of somebody's, from store, indexes, caches and the next model."""

from typing import Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show
from triage.errors import ConfigurationError

__all__ = ["app"]

app = typer.Typer()


@app.command()
def erase(
    ticket: Annotated[
        list[str] | None, typer.Option(help="A ticket's id; several times.", show_default=False)
    ] = None,
    requester: Annotated[
        str | None,
        typer.Option(help="Whose tickets, as tickets name them; case does not matter.", show_default=False),
    ] = None,
    workspace: Workspace = "default",
    compact: Annotated[
        bool,
        typer.Option(
            "--compact",
            help="Rewrite what held texts, so that no freed page keeps any; others cannot write meanwhile.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase tickets and all that is stored because of them; says what was removed where.

    Servers drop them from their indexes, and machines from their caches of embeddings, within seconds. They
    are not taken in again. Models that learnt from them are named: train anew. Backups keep them until they
    are deleted.
    """
    from features.forgotten_texts import forget_here
    from serving.cli.record import record
    from serving.erasing import erase_and_tell
    from triage.home import home_folder, models_folder
    from triage.registry import Registry
    from triage.signing import signing_key
    from triage.store.compact import clear_log, clear_pages
    from triage.store.erasures import erased_after

    if not ticket and not requester:
        raise ConfigurationError("Got neither --ticket nor --requester; expected one of them.")
    key = signing_key()
    with opened_store() as store:
        with store.writing(workspace):
            done = erase_and_tell(
                store, Registry(models_folder()), key, workspace, ticket_ids=ticket or (), requester=requester
            )
            told = done.model_dump(mode="json")
            facts = {"tickets": done.tickets, "rows": done.rows, "texts": done.texts}
            action = "erase_requester" if requester else "erase_ticket"
            record(store, workspace, action, f"erasure/{done.erasure_id}", told, facts=facts)
        is_clear = clear_log(store)
        if compact or (not is_clear and store.engine.dialect.name == "sqlite"):
            clear_pages(store)
            is_clear = True
        news = [one for one in erased_after(store, workspace) if one.erasure_id == done.erasure_id]
    embeddings, learnt = forget_here(home_folder() / "cache" / "embeddings", news)
    if as_json:
        show(done)
        return
    typer.echo(f"Erasure {done.erasure_id}: {done.tickets:,} stored tickets are gone.")
    for name, count in done.rows.items():
        typer.echo(f"  {name}: {count:,}")
    typer.echo(f"  embeddings on this machine: {embeddings:,}; results of training steps: {learnt:,}")
    if not is_clear:
        typer.echo("  Freed pages of the database still hold what was in them: --compact overwrites them.")
    for model in done.models:
        typer.echo(
            f"Model {model.version} ({model.role}) learnt from what was erased: train anew before "
            f"{model.retrain_by:%Y-%m-%d}, then delete its folder."
        )
    typer.echo("Backups taken before keep it until they are deleted.")
