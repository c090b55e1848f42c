"""``triage agents``: who can be given tickets, and when they are away. Works while no server runs."""

from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from features.absence_calendar import LEAST_HOURS
from serving.cli.output import AsJson, Workspace, opened_store, show, show_table
from triage.errors import ConfigurationError

if TYPE_CHECKING:
    from serving.presence import Presence

__all__ = ["app"]

app = typer.Typer(
    help="List, import, deactivate agents; show who is there; import absences.", no_args_is_help=True
)
absences = typer.Typer(help="Import when agents are away.", no_args_is_help=True)
app.add_typer(absences, name="absences")

Agent = Annotated[str, typer.Argument(help="The value that stands in the field assignee.")]


@absences.callback()
def _absences() -> None:
    """Import when agents are away."""


@app.command("list")
def list_all(
    workspace: Workspace = "default",
    team: Annotated[str | None, typer.Option(help="Only those of this team.")] = None,
    search: Annotated[
        str, typer.Option(help="Only those with each of these words in the name or in a team's.")
    ] = "",
    after: Annotated[str, typer.Option(help="Only names that come after this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Show who is there, until when, with how much in hand, by name."""
    from serving.agent_page import agent_page
    from serving.floor import FloorHost
    from serving.floor_view import floor_now
    from serving.schemas.agents import AgentListOut

    with opened_store() as store:
        floor = floor_now(store, FloorHost(store), workspace)
        page = agent_page(floor, after, limit, team=team, search=search)
    if as_json:
        show(AgentListOut.of(page))
        return
    rows = [(one.agent.agent, ", ".join(one.agent.all_teams), *_words(one)) for one in page.shown]
    empty = f"Workspace {workspace} has no agents. Import them with: triage agents import FILE"
    if floor is not None:
        empty = "Nobody is left after this name." if page.total else "Nobody of the agents is meant by that."
    show_table(("agent", "teams", "now", "slots used", "skills"), rows, empty)
    if page.has_more:
        told = f"{len(rows):,} of {page.total:,} agents; for the next, add"
        typer.echo(f"{told} --after {quote(str(page.next_after))}, or find somebody by --search.")


@app.command("show")
def show_agent(agent: Agent, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Show one agent with absences."""
    from serving.floor import FloorHost
    from serving.floor_view import presence_now
    from serving.schemas.agents import AgentOut

    with opened_store() as store:
        found = presence_now(store, FloorHost(store), workspace, agent)
    document = AgentOut.of(found)
    if as_json:
        show(document)
        return
    now, slots, skills = _words(found)
    lines: list[tuple[str, object]] = [
        ("teams", ", ".join(found.agent.all_teams)),
        ("now", now),
        ("slots used", slots),
        ("skills", skills),
        ("shift", f"{found.agent.shift or 'always'}{f' ({found.agent.zone})' if found.agent.zone else ''}"),
        ("languages", ", ".join(found.agent.languages) or "not known"),
        ("seniority", found.agent.seniority),
    ]
    lines += [("away", _span(one.starts_at, one.ends_at)) for one in document.absences]
    show_table((agent, ""), lines, "")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with a header; the guide has its columns.")],
    workspace: Workspace = "default",
    as_json: AsJson = False,
) -> None:
    """Store the agents of a table, all or none; others stay, and what it has no column for."""
    from serving.agent_table import read_agent_table
    from serving.schemas.agent_imports import AgentImportOut
    from triage.store.agents import update_agents
    from triage.store.workspaces import ensure_workspace

    text = _read(file, "a table in UTF-8 (triage import agents reads others)").decode("utf-8-sig", "replace")
    with opened_store() as store:
        table = read_agent_table(text, ensure_workspace(store, workspace).zone)
        new = update_agents(store, workspace, table.rows, table.columns)
    names = [one.agent.agent for one in table.rows]
    document = AgentImportOut(agents=names, new=new)
    if as_json:
        show(document)
        return
    typer.echo(f"{len(names):,} agents stored in workspace {workspace}, {document.new:,} of them new.")


@absences.command("import")
def import_absences(
    file: Annotated[Path, typer.Argument(help="iCalendar (.ics), or CSV with agent, start, end.")],
    workspace: Workspace = "default",
    agent: Annotated[
        str | None, typer.Option(help="Whose absences they are; by default of the agents who are named.")
    ] = None,
    least_hours: Annotated[
        float,
        typer.Option(min=0, max=24, help="Shorter events are meetings, unless marked as out of office."),
    ] = LEAST_HOURS,
    as_json: AsJson = False,
) -> None:
    """Store the absences of a calendar, in place of an earlier one's, or those of a table, added.

    Says of every other event or row why it is none.
    """
    from features.absence_file import form_of
    from serving import absence_import
    from serving.schemas.agent_imports import AbsenceImportOut

    content = _read(file, "iCalendar (.ics) or CSV")
    with opened_store() as store:
        found = absence_import.import_absences(
            store, workspace, content, form_of(content), agent, least_hours=least_hours
        )
    if as_json:
        show(AbsenceImportOut.of(found))
        return
    show_table(
        ("agent", "absences"),
        [(name, len(each)) for name, each in found.by_agent.items()],
        "No absence of anybody among the agents.",
    )
    for line in found.said():
        typer.echo(line)
    if "nobody" in found.reasons and agent is None:
        typer.echo("Of one agent's own calendar, say whose it is with --agent.")


@app.command()
def deactivate(agent: Agent, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Give an agent no more tickets, from the next request on; what is known of them stays."""
    _set_active(agent, workspace, False, as_json)


@app.command()
def activate(agent: Agent, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Give an agent tickets again."""
    _set_active(agent, workspace, True, as_json)


def _set_active(agent: str, workspace: str, active: bool, as_json: bool) -> None:
    from serving.floor import FloorHost
    from serving.floor_view import presence_now
    from serving.schemas.agents import AgentOut
    from triage.store.agents import put_agents
    from triage.store.open_tickets import count_held

    with opened_store() as store:
        host = FloorHost(store)
        stands = presence_now(store, host, workspace, agent).agent
        told = tuple(one for one in stands.absences if one.uid is None)
        put_agents(store, workspace, [replace(stands, active=active, absences=told)])
        found = presence_now(store, host, workspace, agent)
        stays = count_held(store, workspace, agent)
    if as_json:
        show(AgentOut.of(found))
        return
    if active:
        typer.echo(f"{agent} is given tickets again.")
        return
    typer.echo(f"{agent} is given no more tickets.")
    if stays:
        what = "1 open ticket stays" if stays == 1 else f"{stays:,} open tickets stay"
        typer.echo(f"{what} with {agent} until the helpdesk names somebody else.")


def _words(one: "Presence") -> tuple[str, str, str]:
    slots = f"{one.load:g}" if one.capacity is None else f"{one.load:g} of {one.capacity:g}"
    agent = one.agent
    skills = [f"{name}:{agent.level(name)}" if agent.level(name) > 1 else name for name in agent.skills]
    return one.words(), slots, ", ".join(skills)


def _span(start: Any, end: Any) -> str:
    since = "since ever" if start is None else f"{start:%Y-%m-%d %H:%M} UTC"
    until = "until further notice" if end is None else f"{end:%Y-%m-%d %H:%M} UTC"
    return f"{since} – {until}"


def _read(file: Path, expected: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"Got {file}, which cannot be read ({type(error).__name__}); expected {expected}."
        ) from None
