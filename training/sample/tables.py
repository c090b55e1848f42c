"""Writing a sample helpdesk to a folder: four tables and a note that says what they are.

Rows go to disk as they are made, so memory does not grow with their number beyond the moments of arrival.
"""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from training.sample.arrivals import span_before
from training.sample.draws import Draws, Stream
from training.sample.preset import Preset
from training.sample.tickets import History, MadeTicket
from triage.errors import InputError

TICKET_COLUMNS = (
    "ticket_id created_at subject body category subcategory impact urgency priority team assignee requester "
    "organization channel product language tags status assigned_at first_response_at resolved_at closed_at "
    "reopened reassignments resolution"
).split()
ARTICLE_COLUMNS = "article_id title body summary url updated_at products topics public".split()
LINK_COLUMNS = "ticket_id article_id created_at agent".split()
AGENT_COLUMNS = "agent team skills capacity shift absent_from absent_to seniority".split()

SEPARATOR = ";"
"""What stands between several values in one cell (tags, skills, products, topics)."""

_MARK = "made by `triage sample`"


@dataclass(frozen=True)
class SampleSummary:
    """What was written; ``since`` is included, ``until`` excluded, both ISO days in UTC."""

    directory: str
    preset: str
    company: str
    zone: str
    country: str
    seed: int
    since: str
    until: str
    tickets: int
    articles: int
    links: int
    agents: int

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain values for JSON."""
        return asdict(self)


def write_sample(
    preset: Preset,
    folder: Path,
    tickets: int = 5000,
    seed: int = 7,
    until: date | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> SampleSummary:
    """Make a helpdesk and write its tables.

    Parameters
    ----------
    preset : Preset
        The made-up company.
    folder : Path
        Where ``tickets.csv``, ``articles.csv``, ``links.csv``, ``agents.csv`` and ``README.txt`` go; made if
        needed.
    tickets : int, default=5000
        How many tickets, at least 1.
    seed : int, default=7
        Not negative. The same seed, size and end give the same bytes.
    until : date, default today
        The history covers the 18 months before midnight UTC at the start of this day.
    on_progress : callable, optional
        Called with the number of tickets written so far, now and then.

    Returns
    -------
    SampleSummary

    Raises
    ------
    InputError
        For a size or seed out of range, or a folder that holds tables of another origin.
    """
    if tickets < 1:
        raise InputError(f"Got tickets={tickets}; expected at least 1.")
    if seed < 0:
        raise InputError(f"Got seed={seed}; expected a number >= 0.")
    _refuse_foreign(folder)
    folder.mkdir(parents=True, exist_ok=True)
    span = span_before(until or datetime.now(UTC).date())
    history = History(preset, span, seed)
    links = _write_tickets(history, folder, tickets, on_progress)
    _write_articles(history, folder)
    _write_agents(history, folder)
    since, end = (datetime.fromtimestamp(at, UTC).date().isoformat() for at in (span.since, span.until))
    summary = SampleSummary(
        directory=str(folder),
        preset=preset.id,
        company=preset.name,
        zone=preset.zone,
        country=preset.country,
        seed=seed,
        since=since,
        until=end,
        tickets=tickets,
        articles=len(preset.articles),
        links=links,
        agents=len(preset.agents),
    )
    (folder / "README.txt").write_text(_readme(history, summary), encoding="utf-8", newline="\n")
    return summary


def ticket_row(ticket: MadeTicket) -> list[str | int]:
    """Return one ticket as a row of :data:`TICKET_COLUMNS`."""
    life = ticket.handling
    return [
        ticket.id,
        _iso(ticket.created_at),
        ticket.text.subject,
        ticket.text.body,
        ticket.category,
        ticket.subcategory,
        ticket.impact,
        ticket.urgency,
        ticket.priority,
        ticket.team,
        life.agent.id if life.agent else "",
        ticket.requester.id,
        ticket.requester.organization.id,
        ticket.channel,
        ticket.product,
        "en",
        SEPARATOR.join(ticket.text.tags),
        life.status,
        _iso(life.assigned_at),
        _iso(life.first_response_at),
        _iso(life.resolved_at),
        _iso(life.closed_at),
        int(life.is_reopened),
        life.reassignments,
        ticket.resolution,
    ]


def _write_tickets(
    history: History, folder: Path, size: int, on_progress: Callable[[int], None] | None
) -> int:
    links = 0
    with (
        _table(folder / "tickets.csv", TICKET_COLUMNS) as add_ticket,
        _table(folder / "links.csv", LINK_COLUMNS) as add_link,
    ):
        for done, ticket in enumerate(history.tickets(size), start=1):
            add_ticket(ticket_row(ticket))
            for link in ticket.links:
                add_link([ticket.id, link.article_id, _iso(link.created_at), link.agent_id])
                links += 1
            if on_progress and done % 1000 == 0:
                on_progress(done)
    return links


def _write_articles(history: History, folder: Path) -> None:
    preset = history.preset
    with _table(folder / "articles.csv", ARTICLE_COLUMNS) as add:
        for number, article in enumerate(preset.articles):
            share = Draws(history.seed, Stream.ARTICLES, number).uniform()
            # Most articles are older than the history; some were written or mended during it.
            updated_at = history.span.at(max(0.0, 1.5 * share - 0.6))
            add(
                [
                    article.id,
                    article.title,
                    article.body,
                    article.summary,
                    f"https://help.example.com/{preset.id}/{article.id}",
                    _iso(updated_at),
                    SEPARATOR.join(article.products),
                    SEPARATOR.join(article.topics),
                    # As in most knowledge bases some are for agents only.
                    "no" if number % 6 == 5 else "yes",
                ]
            )


def _write_agents(history: History, folder: Path) -> None:
    zone = ZoneInfo(history.preset.zone)
    with _table(folder / "agents.csv", AGENT_COLUMNS) as add:
        for agent in history.preset.agents:
            absence = history.desk.absences[agent.id]
            away = [
                _iso(int(datetime.combine(day, time(), zone).timestamp()))
                for day in (absence.first, absence.back)
            ]
            skills = SEPARATOR.join(agent.skills)
            add([agent.id, agent.team, skills, agent.capacity, agent.shift, *away, agent.seniority])


@contextmanager
def _table(path: Path, columns: list[str]) -> Iterator[Callable[[list[Any]], object]]:
    """Write a CSV table beside its place and move it there when it is whole."""
    part = path.with_suffix(".csv.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        yield writer.writerow
    os.replace(part, path)


def _iso(at: int | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"Got '{folder}', which is a file; expected a folder to write the sample to.")
    note = folder / "README.txt"
    ours = note.is_file() and _MARK in note.read_text(encoding="utf-8", errors="replace")
    found = [
        name
        for name in ("tickets.csv", "articles.csv", "links.csv", "agents.csv")
        if (folder / name).exists()
    ]
    if (found or note.exists()) and not ours:
        names = ", ".join(found or ["README.txt"])
        raise InputError(
            f"Got '{folder}', which holds {names} of another origin; "
            "expected an empty folder or one that `triage sample` wrote. Choose another folder."
        )


def _readme(history: History, summary: SampleSummary) -> str:
    preset, span = history.preset, history.span
    outages = "\n".join(
        f"  {_iso(start)} to {_iso(end)}: {incident.title} ({incident.category}/{incident.subcategory})"
        for incident, (start, end) in zip(preset.incidents, history.arrivals.incident_windows, strict=True)
    )
    change = preset.taxonomy_change
    old = ", ".join(sorted(set(change.before.values())))
    new = ", ".join(sorted({label for label, _ in change.before}))
    day = datetime.fromtimestamp(span.at(change.at), UTC).date()
    return f"""{preset.name}: a made-up helpdesk

{preset.blurb}

Everything in this folder is invented and was {_mark(summary)}:
the company, its people, its tickets, its articles. Any likeness to real ones is chance. It is there for
trying things out. No claim about the quality of a model or a forecast rests on it, and none should.

  tickets.csv   {summary.tickets} tickets, {summary.since} to {summary.until} (UTC)
  articles.csv  {summary.articles} knowledge-base articles
  links.csv     {summary.links} articles that agents attached to tickets
  agents.csv    {summary.agents} agents with team, skills, shift and absence

Times are UTC; the company works in {preset.zone}. Several values in one cell are separated by '{SEPARATOR}'.

Put in on purpose (times in UTC): typos, signatures, forwarded mails, vague tickets, tickets about two
things, about 2 % filed under a wrong category, a few broken priorities, and
{outages}
  {day}: taxonomy change ({change.kind}), {old} -> {new}. {change.note}
"""


def _mark(summary: SampleSummary) -> str:
    return f"{_MARK} (preset {summary.preset}, seed {summary.seed})"
