"""How fast promises are looked up: with every request, in lists, in an agent's queue.

A made-up workspace on SQLite: an SLA book of 20 policies and 4 calendars with public holidays, open tickets
with foresights, one agent with 100 of them. Rows: reading the book from the store and parsing it, as every
request did before; asking a shelf that parses it once; the same just after a change; listing the 100 most
endangered of all open promises; one agent's queue without and with promises. Median of 30 after 3.

    python -m benchmarks.sla_speed [--tickets 5000]

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from features.business_time import with_public_holidays
from serving.agent_queue import AgentQueue, queue_of
from serving.sight import Sight
from triage.sla.book import SlaBook
from triage.sla.foresight import Foresight
from triage.store import Store, open_store
from triage.store.sla_books import BookShelf, read_book, write_book
from triage.store.sla_outlooks import StoredOutlook, put_outlooks
from triage.store.sla_overview import list_due
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

WARM, TIMES, MINE = 3, 30, 100
NOW = datetime(2026, 3, 4, 11, tzinfo=UTC)
COUNTRIES = ("DE-BY", "US-NY", "IN", "FR")
PRIORITIES = ("low", "normal", "high", "urgent")


def main() -> None:
    """Measure and print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=5_000)
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'speed.db'}")
        book = make_book()
        write_book(store, "acme", book, "bench", now=NOW)
        fill(store, options.tickets)
        shelf, empty = BookShelf(store), BookShelf(store)

        def after_a_change() -> None:
            write_book(store, "acme", book, "bench", now=NOW)
            shelf.read("acme")

        def queue(workspace: str, books: BookShelf) -> AgentQueue:
            return queue_of(store, books, workspace, "ada", now=NOW, sight=Sight())

        found = {
            "book, parsed anew": median(lambda: read_book(store, "acme")),
            "book, from the shelf": median(lambda: shelf.read("acme")),
            "book, written and read after it": median(after_a_change),
            f"100 most endangered of {options.tickets:,} open tickets": median(
                lambda: list_due(store, "acme", book, now=NOW, is_rescue=True)
            ),
            f"queue of {MINE} tickets": median(lambda: queue("acme", shelf)),
            f"queue of {MINE} tickets, nothing promised": median(lambda: queue("other", empty)),
        }
        store.close()
    print(f"{'milliseconds':>48} {'wall':>9} {'processor':>10}")
    for name, (wall, processor) in found.items():
        print(f"{name:>48} {1e3 * wall:9.2f} {1e3 * processor:10.2f}")
    print(json.dumps(found))


def make_book() -> SlaBook:
    """Return a book as large as a helpdesk with customers of its own has."""
    calendars = [
        {"name": code, "hours": "Mon-Fri 09:00-12:30; Mon-Fri 13:30-18:00", "zone": zone, "country": code}
        for code, zone in zip(
            COUNTRIES, ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Europe/Paris"), strict=True
        )
    ]
    policies = [
        {
            "name": f"{priority} {number}",
            "calendar": COUNTRIES[number % 4],
            "priority": [priority],
            "organization": [f"customer {number}"] if number < 4 else [],
            "response": f"{1 + place}h",
            "resolution": f"{8 * (1 + place)}h",
        }
        for place, priority in enumerate(reversed(PRIORITIES))
        for number in range(5)
    ]
    document = {"calendars": calendars, "policies": policies}
    return with_public_holidays(SlaBook.from_document(document), NOW.date())


def fill(store: Store, count: int) -> None:
    """Store open tickets of the last two weeks with foresights; in the other workspace only the agent's."""
    tickets = [
        PastTicket(
            Ticket(
                f"T-{number}",
                "VPN drops",
                "Every few minutes since this morning. " * 10,
                NOW - timedelta(hours=336) * number / count,
                organization=f"customer {number % 40}",
            ),
            {"priority": PRIORITIES[number % 4], "team": "Network"}
            | ({"assignee": "ada"} if number % (count // MINE) == 0 else {}),
            status="open",
        )
        for number in range(count)
    ]
    put_tickets(store, "acme", tickets, source="bench", updated_at=NOW)
    mine = [one for one in tickets if "assignee" in one.labels]
    put_tickets(store, "other", mine, source="bench", updated_at=NOW)
    outlook = StoredOutlook({}, Foresight({0.1: 0.5, 0.25: 2.0, 0.5: 8.0, 0.75: 30.0, 0.9: 120.0}, 0.3, 0.2))
    put_outlooks(store, "acme", {one.ticket.ticket_id: outlook for one in tickets}, now=NOW)


def median(act: Callable[[], object]) -> tuple[float, float]:
    """Return the median seconds of an action on the wall clock, and those that the processor worked."""
    wall, processor = [], []
    for _ in range(WARM + TIMES):
        begun = time.perf_counter(), time.process_time()
        act()
        wall.append(time.perf_counter() - begun[0])
        processor.append(time.process_time() - begun[1])
    return statistics.median(wall[WARM:]), statistics.median(processor[WARM:])


if __name__ == "__main__":
    main()
