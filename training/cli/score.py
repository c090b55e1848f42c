"""``triage score``: decisions for a table of tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.cli.remaining import Remaining
    from training.history.table import Table
    from training.score_engines import Numbered
    from training.score_run import Counted, ScoreRun

app = typer.Typer(add_completion=False)

CHUNK_ROWS = 1_000
"""Decided at a time by one process; what a kill costs at most, for each of them."""


@app.command()
def score(
    tickets: Annotated[Path, typer.Argument(help="Tickets as a history table.")],
    bundle: Annotated[Path, typer.Option(help="The bundle that decides.")],
    out: Annotated[Path, typer.Option(help="Where to write PREDICTIONS.parquet.")],
    engine: Annotated[str, typer.Option(help="local or dask.")] = "local",
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes on this machine; 0: as many as it has cores.")
    ] = 0,
    tier: Annotated[
        str, typer.Option(help="full, or fast: the encoder reads only what the cheap views are unsure of.")
    ] = "full",
    policy: Annotated[Path | None, typer.Option(help="Policy as JSON; by default apply what may be.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Decide every ticket of a table, each with what was known when it was filed.

    A run that was stopped goes on where it was when the same command is given again.
    """
    import json

    import joblib
    from rich.console import Console

    from training.cli.policy_file import read_policy_file
    from training.cli.remaining import Remaining
    from training.history import read_table
    from training.score import ScoreJob
    from training.score_engines import ENGINES, score_numbered
    from training.score_run import ScoreRun, run_identity
    from triage.bundle import TIERS, read_manifest
    from triage.errors import ConfigurationError
    from triage.signing import signing_key

    if engine not in ENGINES:
        raise ConfigurationError(f"Got --engine {engine!r}; expected one of {', '.join(ENGINES)}.")
    if tier not in TIERS:
        raise ConfigurationError(f"Got --tier {tier!r}; expected one of {', '.join(TIERS)}.")
    key = signing_key()
    fields = list(read_manifest(bundle, key).fields)
    rules = read_policy_file(policy)
    table = read_table(tickets, "history", mapping=mapping, zone=zone, rejects=rejects, chunk_rows=CHUNK_ROWS)
    job = ScoreJob(bundle, key, rules, tier=tier)
    console = Console(stderr=True)
    identity = run_identity(job, tickets, mapping=mapping, zone=zone, chunk_rows=CHUNK_ROWS)
    with ScoreRun.begun(out, identity) as run, Remaining(console, "Deciding") as remaining:
        if run.resumed:
            console.print(f"Going on: {run.resumed:,} chunks were decided before.")
        chunks = _Chunks(table, run, remaining)
        for number, part in score_numbered(
            chunks.to_do(),
            job,
            fields,
            workers=workers or joblib.cpu_count(),
            engine=engine,
            scheduler=scheduler,
        ):
            run.put(number, part)
            chunks.tell()
        counted = run.finish(chunks.count, fields, unique=bool(table.summary.replaced))
    if as_json:
        document = {
            "tickets": counted.tickets,
            "actions": counted.actions,
            "reading": table.summary.as_dict(),
            "out": str(out),
        }
        typer.echo(json.dumps(document))
        return
    _print(counted, table.summary.rejected, out)


class _Chunks:
    """The chunks of a table that are still to be decided; counts all of them as they pass."""

    def __init__(self, table: Table, run: ScoreRun, remaining: Remaining) -> None:
        self._table = table
        self._run = run
        self._remaining = remaining
        self.count = 0

    def to_do(self) -> Iterator[Numbered]:
        for number, chunk in enumerate(self._table):
            self.count = number + 1
            if not self._run.has(number):
                self._remaining.begin(self._table.progress)
                yield number, [past.ticket for past in chunk]  # type: ignore[union-attr]

    def tell(self) -> None:
        self._remaining.tell(self._table.progress, self._table.summary.accepted)


def _print(found: Counted, rejected: int, out: Path) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table
    from triage.counted import counted

    console = Console()
    kinds = ("apply", "suggest", "abstain")
    rows = [[name, *_counts(counts, kinds)] for name, counts in found.actions.items()]
    print_table(console, ("field", *kinds), rows, title="Decisions")
    console.print(f"{counted(found.tickets, 'ticket')}, {counted(rejected, 'unreadable row')} left out.")
    console.print(f"Written: {escape(str(out))}", soft_wrap=True)


def _counts(counts: Mapping[str, int], kinds: tuple[str, ...]) -> list[str]:
    return [f"{counts.get(one, 0):,}" for one in kinds]
