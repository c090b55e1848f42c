"""``triage forecast``: ticket volume ahead, with its uncertainty and the chance of a spike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.forecasting.forecast import Forecast
    from training.forecasting.read import SeriesRead

app = typer.Typer(add_completion=False)

_MOST_ROWS_PRINTED = 25


@app.command()
def forecast(
    source: Annotated[
        Path,
        typer.Argument(metavar="HISTORY|VOLUMES", help="Past tickets, or counts (series, start, count)."),
    ],
    horizon: Annotated[int, typer.Option(help="How many intervals ahead.")],
    out: Annotated[Path, typer.Option(help="Where to write FORECAST.parquet.")],
    interval: Annotated[str, typer.Option(help="day, hour or 30min.")] = "day",
    by: Annotated[str, typer.Option(help="Columns to forecast by, such as category,team.")] = "",
    zone: Annotated[str, typer.Option(help="Time zone in which days begin.")] = "UTC",
    country: Annotated[
        str | None, typer.Option(help="Whose public holidays count: US, IN, DE-BY ...")
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(help="Known events (CSV: event_id, kind, first_day; title, last_day, series, factor)."),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    from_now: Annotated[
        bool,
        typer.Option("--from-now", help="Begin now, also where the file ends earlier; else at its end."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Forecast ticket volume by total and by label."""
    import json
    from dataclasses import replace
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.progress import Progress

    from training.forecasting.forecast import forecast_series
    from training.forecasting.instants import to_instants
    from training.forecasting.publish import forecast_document, write_forecast
    from training.forecasting.read import read_series
    from training.forecasting.silence import say_ended
    from training.result_place import expect_place
    from triage.event_calendar import read_events_file

    expect_place("--out", out)
    known = [] if events is None else read_events_file(events)
    now = datetime.now(UTC)
    columns = list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        reading = bar.add_task("Reading", total=1.0)
        read = read_series(
            source,
            interval=interval,
            zone=zone,
            by=columns,
            mapping=mapping,
            progress=lambda share: bar.update(reading, completed=share),
            now=now,
            from_now=from_now,
        )
        ended = None if from_now else say_ended(read.table, to_instants([now], zone)[0])
        table = read.table if ended is None else replace(read.table, noticed=(ended, *read.table.noticed))
        task = bar.add_task("Forecasting", total=len(read.table.names))
        result = forecast_series(
            table,
            horizon=horizon,
            country=country,
            events=known,
            progress=lambda name: bar.advance(task),
        )
    write_forecast(result, read.table, out)
    if as_json:
        typer.echo(json.dumps(forecast_document(result, read.table)))
    else:
        _print_summary(read, result, out)


def _in_lines(basis: str) -> str:
    """Return the members of a pool with their weights, two a line, so that figures have room beside them."""
    members = basis.split("+")
    pairs = ["+".join(members[at : at + 2]) for at in range(0, len(members), 2)]
    return "+\n".join(pairs)


def _print_summary(read: SeriesRead, result: Forecast, out: Path) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table
    from training.forecasting.forecast import no_basis

    series = read.table
    console = Console()
    console.print(
        f"{read.rows:,} rows; left out: {read.spam:,} spam, {read.repeated:,} repeated, "
        f"{read.refused:,} refused. {len(series.starts):,} intervals ({series.interval}, "
        f"{escape(series.zone)}) up to {series.end} UTC.",
        soft_wrap=True,
    )
    when = "%d %b" if series.interval == "day" else "%d %b %H:%M"
    by_volume = result.table.groupby("series")["mean"].sum().sort_values(ascending=False, kind="stable")
    shown = []
    for name in by_volume.index[:_MOST_ROWS_PRINTED]:
        rows = result.table[result.table["series"] == name]
        first, peak = rows.iloc[0], rows.loc[rows["mean"].idxmax()]
        shown.append(
            [
                escape(name),
                f"{first['mean']:.1f} ({first['q10']:.0f}-{first['q90']:.0f})",
                f"{peak['mean']:.1f} ({peak['q10']:.0f}-{peak['q90']:.0f})",
                f"{peak['start'].tz_convert(series.zone):{when}}",
                f"{rows['spike_probability'].max():.0%}",
                escape(_in_lines(result.basis[name])),
            ]
        )
    print_table(
        console,
        ("series", "next", "highest", "when", "spike", "basis"),
        shown,
        title=f"The next {series.interval}, the highest ahead, the highest chance of a spike",
        left=("basis",),
    )
    console.print("In brackets: 80 % intervals.")
    if len(by_volume) > _MOST_ROWS_PRINTED:
        console.print(f"... and {len(by_volume) - _MOST_ROWS_PRINTED} smaller series in the file.")
    for sentence in result.noticed:
        console.print(f"Noticed: {sentence}", soft_wrap=True)
    thin = no_basis(result)
    if thin:
        console.print(
            f"No basis (less than two weeks of history): {escape(', '.join(thin[:10]))}"
            f"{' ...' if len(thin) > 10 else ''}. Take these figures as a guess.",
        )
    console.print(f"Written: {escape(str(out))}", soft_wrap=True)
