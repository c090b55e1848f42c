"""``triage staff``: how many people the volume ahead takes, team by team, and what becomes of the work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from features.staffing.followed import Followed
    from features.staffing.study import Study
    from triage.staffing.handle_time import HandleTimes
    from triage.staffing.plan import Plan

app = typer.Typer(add_completion=False)

_MOST_LABELS = 25


@app.command()
def staff(
    forecast: Annotated[
        Path, typer.Argument(metavar="FORECAST", help="FORECAST.parquet of triage forecast.")
    ],
    config: Annotated[Path, typer.Option(help="staffing.toml: channels, teams, handle times.")],
    out: Annotated[Path, typer.Option(help="Where to write PLAN.csv.")],
    history: Annotated[
        Path | None, typer.Option(help="History or volumes with handle_seconds, to learn handle times from.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    schedule: Annotated[
        Path | None, typer.Option(help="Who is planned: CSV (team,start,end,agents) or iCalendar.")
    ] = None,
    agents: Annotated[
        Path | None, typer.Option(help="Agents table: its shifts and absences are the schedule.")
    ] = None,
    agents_mapping: Annotated[
        Path | None, typer.Option(help="File that maps headers of the agents table to ours.")
    ] = None,
    shifts: Annotated[
        Path | None, typer.Option(help="Propose shifts and write them here: .csv or .ics.")
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(help="A change, as in TOML: volume_percent = 10; again for more."),
    ] = None,
    baseline: Annotated[Path | None, typer.Option(help="Compare with a plan that was saved.")] = None,
    save_baseline: Annotated[Path | None, typer.Option(help="Save the plan (JSON) to compare with.")] = None,
    actual: Annotated[
        Path | None, typer.Option(help="What came (history or volumes): had the plan been followed?")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Plan people: required, scheduled, service level, backlog, probability of a breach, cost."""
    import json
    from dataclasses import asdict, replace

    from features.staffing.study import make_study, study_document
    from training.result_place import expect_place
    from training.staffing.inputs import read_actual, read_baseline, read_changes, read_config, read_shifts
    from training.staffing.outputs import write_plan, write_shifts
    from training.staffing.read_forecast import read_forecast
    from training.staffing.read_handle_times import read_handle_times

    setup, volume, change = read_config(config), read_forecast(forecast), read_changes(what_if or [])
    learnt = None
    if history is not None:
        learnt = read_handle_times(history, setup.by, zone=setup.zone, mapping=mapping)
        # What somebody wrote down goes before what was learnt.
        labels = {**learnt.labels, **setup.handle_times.labels}
        setup = replace(setup, handle_times=replace(learnt, labels=labels))
    given, notes = read_shifts(
        setup, volume, schedule=schedule, agents=agents, agents_mapping=agents_mapping, proposed=shifts
    )
    earlier = None if baseline is None else read_baseline(baseline)
    for option, path in (("--out", out), ("--shifts", shifts), ("--save-baseline", save_baseline)):
        if path is not None:
            expect_place(option, path)
    study = make_study(
        setup,
        volume,
        change=change,
        shifts=given,
        propose=shifts is not None,
        baseline=earlier,
    )
    came = None if actual is None else read_actual(actual, setup, volume, study.plan, mapping)
    write_plan(study.plan, out)
    if shifts is not None:
        write_shifts(study.shifts or (), shifts)
    document = study_document(study) | {"followed": None if came is None else [asdict(one) for one in came]}
    document["notes"] = [*document["notes"], *notes]
    document["handle_times"] = None if learnt is None else asdict(learnt)
    if save_baseline is not None:
        save_baseline.parent.mkdir(parents=True, exist_ok=True)
        save_baseline.write_text(json.dumps(document), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(document))
        return
    _print(study, came, learnt, document["notes"], out)


def _print(
    study: Study, came: list[Followed] | None, learnt: HandleTimes | None, notes: list[str], out: Path
) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    if learnt is not None:
        _print_handle_times(console, learnt)
    _print_teams(console, study.plan)
    if study.compared is not None:
        _print_compared(console, study)
    if came is not None:
        _print_followed(console, came)
    for note in notes:
        console.print(f"Note: {escape(note)}", soft_wrap=True)
    console.print(f"Written: {escape(str(out))}", soft_wrap=True)


def _print_handle_times(console: Any, learnt: HandleTimes) -> None:
    from rich.markup import escape

    from training.cli.tables import print_table

    every = [("all", learnt.default), *sorted(learnt.labels.items(), key=lambda one: -one[1].tickets)]
    rows = [
        [
            escape(label),
            f"{one.tickets:,}",
            _optional(one.median_s, "{:,.0f}"),
            f"{one.mean_s:,.0f}",
        ]
        for label, one in every[: _MOST_LABELS + 1]
    ]
    print_table(
        console, ("label", "tickets", "median", "mean"), rows, title="Handle times learnt, in seconds"
    )
    if len(every) > len(rows):
        console.print(f"... and {len(every) - len(rows)} labels with fewer tickets.")
    if learnt.left_out:
        console.print(
            f"Note: {learnt.left_out:,} times were left out as too long to be any: more than ten times the "
            "median, and far beyond the others' scatter, or over 30 days.",
            soft_wrap=True,
        )
    if learnt.doubted:
        said = ", ".join(f"{many:,} {reason}" for reason, many in learnt.doubted.items())
        console.print(f"Note: nothing was learnt from these handle times: {said}.", soft_wrap=True)


def _print_teams(console: Any, plan: Plan) -> None:
    from rich.markup import escape

    from training.cli.tables import print_table

    rows = []
    for one in plan.totals:
        mine = plan.of_team(one.team)
        hours = (one.paid_hours.p50, one.paid_hours.p80, one.paid_hours.p95)
        rows.append(
            [
                escape(one.team),
                " / ".join(f"{figure:,.0f}" for figure in hours),
                f"{one.peak:,.1f}",
                _optional(one.scheduled_hours, "{:,.0f}"),
                _optional(one.hours_under, "{:,.0f}"),
                "-" if one.scheduled_hours is None else str(_short_days(plan, one.team)),
                _optional(one.service_level, "{:.1%}"),
                _optional(one.on_time, "{:.1%}"),
                f"{max(row.backlog for row in mine):,.0f}",
                f"{max(row.breach_probability for row in mine):.0%}",
                f"{one.cost:,.0f}",
            ]
        )
    print_table(
        console,
        (
            "team",
            "paid hours P50 / P80 / P95",
            "peak",
            "on shift",
            "short",
            "days short",
            "live in time",
            "done in time",
            "open",
            "late",
            "cost",
        ),
        rows,
        title=f"People at {plan.percentile.value}, shrinkage included; open, chance of late at their worst",
    )


def _short_days(plan: Plan, team: str) -> int:
    """Return on how many days the work more likely than not takes more hours than are scheduled."""
    return sum(one.team == team and one.probability >= 0.5 for one in plan.days)


def _print_compared(console: Any, study: Study) -> None:
    from rich.markup import escape

    from training.cli.tables import print_table

    rows = []
    for one in study.compared or ():
        sides = (one.before, one.after)
        rows.append(
            [
                escape(one.team) or "all",
                *("-" if side is None else f"{side.paid_hours:,.0f}" for side in sides),
                f"{one.hours:+,.0f}",
                *("-" if side is None else f"{side.cost:,.0f}" for side in sides),
                f"{one.cost:+,.0f}",
                *("-" if side is None else _optional(side.on_time, "{:.1%}") for side in sides),
            ]
        )
    heads = (
        "team",
        "hours before",
        "after",
        "more",
        "cost before",
        "after",
        "more",
        "in time before",
        "after",
    )
    print_table(console, heads, rows, title="Beside the baseline")


def _print_followed(console: Any, came: list[Followed]) -> None:
    from rich.markup import escape

    from training.cli.tables import print_table

    rows = [
        [
            escape(one.team),
            f"{one.tickets:,.0f}",
            f"{one.work_hours:,.0f}",
            f"{one.paid_hours:,.0f}",
            f"{one.hours_over:,.0f}",
            f"{one.hours_under:,.0f}",
            _optional(one.service_level, "{:.1%}"),
            _optional(one.on_time, "{:.1%}"),
            f"{one.backlog:,.0f}",
        ]
        for one in came
    ]
    heads = (
        "team",
        "tickets",
        "hours of work",
        "paid",
        "over",
        "under",
        "live in time",
        "done in time",
        "open",
    )
    print_table(console, heads, rows, title="Had the plan been followed")


def _optional(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
