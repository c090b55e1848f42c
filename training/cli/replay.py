"""``triage replay``: what would have been decided, had triage been there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from training.knowledge.metrics import RetrievalMetrics
    from training.replay.report import FieldReport
    from training.replay.run import ReplayNotes
    from training.replay.timeline import Timeline
    from triage.policy import Policy

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    start: Annotated[str, typer.Option("--from", help="Decide tickets filed from this day (or time) on.")],
    out: Annotated[Path, typer.Option(help="Where to write PREDICTIONS.parquet.")],
    links: Annotated[Path | None, typer.Option(help="Which articles were used for which tickets.")] = None,
    articles: Annotated[Path | None, typer.Option(help="Articles of the knowledge base.")] = None,
    agents: Annotated[
        Path | None, typer.Option(help="Agents: proposed are those of this table who could have the ticket.")
    ] = None,
    retrain: Annotated[str, typer.Option(help="How often to train anew, in days, or never.")] = "30d",
    suggestions: Annotated[
        Path | None, typer.Option(help="Where to write SUGGESTIONS.parquet; needs --articles.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many articles a ticket.")] = 10,
    policy: Annotated[Path | None, typer.Option(help="Policy as JSON; by default apply what may be.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings of training as TOML (docs/guide.md).")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    agents_mapping: Annotated[
        Path | None, typer.Option(help="File that maps headers of the agents table to ours.")
    ] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    country: Annotated[
        str | None, typer.Option(help="Whose public holidays shifts keep, such as DE-BY.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Decide later tickets of a history, each with only what was known when it was filed."""
    import json

    import joblib
    from rich.console import Console
    from rich.progress import Progress

    from training.cli.policy_file import read_policy_file
    from training.config import TrainingConfig
    from training.history import read_agents, read_articles, read_history, read_links
    from training.labels_to_learn import with_todays_names
    from training.replay.folder import ReplayFolder, about_files
    from training.replay.report import report_fields, report_suggestions
    from training.replay.run import replay as decide_in_order
    from training.replay.timeline import Timeline
    from training.replay.trainer import BundleTrainer
    from training.score import replaced_at_the_end
    from triage.home import home_folder
    from triage.signing import signing_key

    rhythm, moment = _seconds(retrain), _moment(start)
    if suggestions is not None and articles is None:
        raise typer.BadParameter("Got --suggestions without --articles; expected the articles to suggest.")
    settings = TrainingConfig.from_file(config) if config else TrainingConfig()
    rules = read_policy_file(policy)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the history", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        read = read_history(history, mapping=mapping, zone=zone, rejects=rejects)
        used = read_links(links, zone=zone).links if links else []
        present = read_agents(agents, zone=zone, mapping=agents_mapping).agents if agents else []
        timeline = Timeline(
            with_todays_names(read.tickets, settings.merged),
            used,
            read_articles(articles, zone=zone).articles if articles else [],
            rooms=bool(present),
        )
        since = _with_zone(moment, zone).timestamp()
        about = about_files(history, links, articles, agents, policy, config, mapping, agents_mapping) | {
            "from": since,
            "retrain": rhythm,
            "zone": zone,
            "country": country,
            "limit": limit,
            "suggestions": suggestions is not None,
        }
        with ReplayFolder(out.with_name(f".{out.name}.replay"), about).opened() as folder:
            trainer = BundleTrainer(
                settings,
                rules,
                signing_key(),
                folder.models,
                home_folder() / "cache" / "embeddings",
                joblib.cpu_count(),
                suggestions is not None,
                limit,
                tuple(present),
                zone,
                _holidays(rules, country, timeline, since) if present else {},
            )
            notes = decide_in_order(timeline, since, rhythm, trainer, folder, progress=tell)
            with replaced_at_the_end(out) as draft:
                fields = folder.gather(draft)
            if suggestions is not None:
                with replaced_at_the_end(suggestions) as draft:
                    folder.gather_suggestions(draft)
    reports = report_fields(out, fields, timeline.filed_from(since))
    found = report_suggestions(suggestions, used) if suggestions is not None else None
    if as_json:
        document = {
            "tickets": notes.tickets,
            "resumed": notes.found,
            "trainings": notes.trainings,
            "notes": notes.untaught,
            "fields": {name: one.to_document() for name, one in reports.items()},
            "articles": found.to_document() if found else None,
            "reading": read.summary.as_dict(),
            "out": str(out),
            "suggestions": str(suggestions) if suggestions else None,
        }
        typer.echo(json.dumps(document))
        return
    _print(notes, reports, found)
    console = Console()
    if articles is not None and suggestions is None:
        console.print("Note: articles were given, but no --suggestions to write; they were not used.")
    for note in read.summary.notes:
        console.print(f"Note: {note}", markup=False)
    for path in filter(None, (out, suggestions)):
        console.print(f"Written: {path}", soft_wrap=True, markup=False)


def _holidays(policy: Policy, country: str | None, timeline: Timeline, since: float) -> Any:
    from datetime import UTC

    from features.calendar import team_holidays
    from training.replay.timeline import filed_at

    last = max((filed_at(one) for one in timeline.tickets), default=since)
    span = (datetime.fromtimestamp(moment, UTC) for moment in (since, max(since, last)))
    return team_holidays(policy.routing, country, *span)


def _seconds(retrain: str) -> float | None:
    import re

    if retrain == "never":
        return None
    days = re.fullmatch(r"([1-9]\d{0,4})d", retrain)
    if days is None:
        raise typer.BadParameter(f"Got --retrain {retrain!r}; expected days, such as 7d, or never.")
    return int(days[1]) * 86_400.0


def _moment(start: str) -> datetime:
    try:
        return datetime.fromisoformat(start)
    except ValueError:
        raise typer.BadParameter(
            f"Got --from {start!r}; expected a day, such as 2026-03-01, or a time, such as 2026-03-01T08:00."
        ) from None


def _with_zone(moment: datetime, zone: str) -> datetime:
    from zoneinfo import ZoneInfo

    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def _print(notes: ReplayNotes, reports: Mapping[str, FieldReport], found: RetrievalMetrics | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="What would have been decided, against what people decided")
    for heading in ("field", "apply", "right", "suggest", "abstain", "first", "listed", "of"):
        table.add_column(heading, justify="left" if heading == "field" else "right")
    for name, one in reports.items():
        table.add_row(
            name,
            f"{one.actions['apply']:,}",
            _share(one.applied_right, one.applied_judged),
            f"{one.actions['suggest']:,}",
            f"{one.actions['abstain']:,}",
            _share(one.right, one.judged),
            _share(one.listed, one.judged),
            f"{one.judged:,}",
        )
    console.print(table)
    console.print(
        "right: share of the applied values that people decided too. first, listed: of the tickets that "
        "people gave a label, how many had it as the likeliest, and among those listed."
    )
    if found is not None:
        console.print(
            f"Articles: the first was one that people used in {found.hit_at_1:.1%} of {found.tickets:,} "
            f"tickets with links, one of the first five in {found.hit_at_5:.1%}."
        )
    before = f", {notes.found:,} of them before a break" if notes.found else ""
    console.print(f"{notes.tickets:,} tickets decided{before}; models trained: {notes.trainings:,}.")
    for reason in notes.untaught:
        console.print(f"Note: a training taught nothing, the model before went on: {reason}", markup=False)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
