"""``triage retention``: remove what the policy keeps for a while only, or say what would be removed."""

from typing import Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table

__all__ = ["app"]

app = typer.Typer()


@app.command()
def retention(
    workspace: Workspace = "default",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what is older than `privacy.retention` of the policy says; a worker does the same once a day.

    Done in batches that leave an entry in the audit log each; interrupted, it goes on when called again.
    """
    from features.forgotten_texts import forget_here, ticket_key
    from serving.cli.record import record
    from serving.schemas.retention import RetentionOut
    from triage.erasure import ErasureKeys
    from triage.home import home_folder
    from triage.signing import signing_key
    from triage.store.compact import clear_log
    from triage.store.erasures import erased_after, erasure_revision
    from triage.store.policies import read_policy
    from triage.store.retention import Overdue, apply_retention, overdue_records

    with opened_store() as store:
        policy = read_policy(store, workspace).policy.privacy
        found = overdue_records(store, workspace, policy)
        if not dry_run and any(one.records for one in found):
            key, before = signing_key(), erasure_revision(store, workspace)

            def note(done: Overdue) -> None:
                facts = {"kind": done.kind.value, "days": done.days, "records": done.records}
                what = f"retention/{done.kind.value}"
                record(store, workspace, "apply_retention", what, facts, facts=facts, key=key)

            for _ in apply_retention(
                store, workspace, policy, keys=ErasureKeys(key), text_key=ticket_key, note=note
            ):
                pass
            clear_log(store)
            forget_here(home_folder() / "cache" / "embeddings", erased_after(store, workspace, before))
    if as_json:
        show(RetentionOut.of(found, is_dry_run=dry_run))
        return
    rows = [(one.kind.value, f"{one.days:,}", f"{one.before:%Y-%m-%d}", f"{one.records:,}") for one in found]
    empty = "The policy keeps everything: set `privacy.retention` (triage policy set --file)."
    show_table(("kind", "days kept", "from before", "due" if dry_run else "removed"), rows, empty)
