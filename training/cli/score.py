"""``triage score``: decisions for a table of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def score(
    tickets: Annotated[Path, typer.Argument(help="Tickets as a history table.")],
    bundle: Annotated[Path, typer.Option(help="The bundle that decides.")],
    out: Annotated[Path, typer.Option(help="Where to write PREDICTIONS.parquet.")],
    engine: Annotated[str, typer.Option(help="local or dask.")] = "local",
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Policy as JSON; by default apply what may be.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Decide every ticket of a table, each with what was known when it was filed."""
    import json

    import joblib
    import pyarrow.parquet as pq
    from rich.console import Console
    from rich.progress import Progress

    from training.cli.policy_file import read_policy_file
    from training.history import read_table
    from training.score import (
        ENGINES,
        count_actions,
        keep_last,
        prediction_schema,
        prediction_table,
        replaced_at_the_end,
        score_chunks,
    )
    from triage.bundle import read_manifest
    from triage.errors import ConfigurationError
    from triage.signing import signing_key

    if engine not in ENGINES:
        raise ConfigurationError(f"Got --engine {engine!r}; expected one of {', '.join(ENGINES)}.")
    key = signing_key()
    fields = list(read_manifest(bundle, key).fields)
    rules = read_policy_file(policy)
    table = read_table(tickets, "history", mapping=mapping, zone=zone, rejects=rejects, chunk_rows=1_000)
    console = Console(stderr=True)
    with (
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
        replaced_at_the_end(out) as draft,
    ):
        task = bar.add_task("Deciding", total=1.0)
        decided = score_chunks(
            ([past.ticket for past in chunk] for chunk in table),  # type: ignore[union-attr]
            bundle,
            key,
            policy=rules,
            threads=joblib.cpu_count(),
            engine=engine,
            scheduler=scheduler,
        )
        with pq.ParquetWriter(draft, prediction_schema(fields)) as writer:
            for decisions in decided:
                writer.write_table(prediction_table(decisions, fields))
                bar.update(task, completed=table.progress)
        if table.summary.replaced:
            keep_last(draft)
    total, actions = count_actions(out, fields)
    if as_json:
        summary = table.summary.as_dict()
        typer.echo(json.dumps({"tickets": total, "actions": actions, "reading": summary, "out": str(out)}))
        return
    _print(total, actions, table.summary.rejected, out)


def _print(total: int, actions: Mapping[str, Mapping[str, int]], rejected: int, out: Path) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table

    console = Console()
    kinds = ("apply", "suggest", "abstain")
    rows = [[name, *(f"{counts.get(one, 0):,}" for one in kinds)] for name, counts in actions.items()]
    print_table(console, ("field", *kinds), rows, title="Decisions")
    console.print(f"{total:,} tickets, {rejected:,} unreadable rows left out.")
    console.print(f"Written: {escape(str(out))}", soft_wrap=True)
