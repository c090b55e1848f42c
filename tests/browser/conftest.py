"""The real server on a port of this machine, and a Chromium that looks at it."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from serving.app import create_app
from serving.auth import create_key
from serving.roles import Role
from serving.settings import Settings
from tests.serving.fakes import promote_fake
from training.worker.sla_tick import raise_due_events
from triage.agent import Agent
from triage.knowledge import Article
from triage.sla.book import SlaBook
from triage.sla.foresight import Foresight
from triage.store import Store, open_store
from triage.store.agents import put_agents
from triage.store.articles import put_articles
from triage.store.sla_books import write_book
from triage.store.sla_outlooks import StoredOutlook, put_outlooks
from triage.store.snapshots import put_snapshot
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ORIGIN = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Site:
    """A running server with a seeded workspace ``acme``."""

    address: str
    store: Store
    token: str


@dataclass
class Looker:
    """A page in a browser of its own, and everything that it complained about or asked for."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    hosts: set[str | None] = field(default_factory=set)

    def sign_in(self) -> None:
        """Open the console with the site's key."""
        self.page.goto(self.site.address)
        self.page.get_by_label("API key").fill(self.site.token)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Try a ticket").wait_for()

    def width_of_content(self) -> int:
        """How wide the document is, with what sticks out."""
        return self.page.evaluate("document.documentElement.scrollWidth")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole application, in a thread, on a free port of 127.0.0.1."""
    home: Path = tmp_path_factory.mktemp("site")
    promote_fake(home, "v1")
    url = f"sqlite:///{home / 'triage.db'}"
    store = open_store(url)
    _seed(store)
    token, _ = create_key(store, "acme", "dana", Role.ADMIN)
    settings = Settings(home=home, store_url=url, models=home / "models", poll_seconds=0.2)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(settings), log_level="error", ws="none")
    server = uvicorn.Server(config)
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    running.start()
    while not server.started:
        assert running.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", store, token)
    server.should_exit = True
    running.join()
    listening.close()
    store.close()


# By module, not by session: Playwright keeps an event loop running, beside which no other can start.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium with a fresh profile; skips where there is none."""
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"no {CHROMIUM}: install Debian's package chromium to run the browser tests")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=[(1280, 800)], ids=["desk"])
def looker(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Looker]:
    """A new visitor; at the end nothing may have complained or left this machine."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(30_000)
    looker = Looker(context.new_page(), site)
    page = looker.page
    page.on("console", lambda said: looker.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: looker.complaints.append(str(error)))
    page.on("request", lambda asked: looker.hosts.add(urlsplit(asked.url).hostname))
    yield looker
    context.close()
    assert looker.complaints == []
    assert looker.hosts == {"127.0.0.1"}


def _seed(store: Store) -> None:
    ensure_workspace(store, "acme", name="Acme Kettles", zone="Europe/London", made_up=True)
    hours = [ORIGIN - timedelta(hours=hour) for hour in range(1, 600, 7)]
    tickets = [
        PastTicket(
            Ticket(f"T-{number}", f"VPN drops in room {number}", "Since this morning.", at),
            {"category": ("network", "hardware")[number % 2], "team": "desk"},
            resolution="The profile was renewed.",
        )
        for number, at in enumerate(hours)
    ]
    tickets.append(PastTicket(Ticket("OLD-0", "VPN was gone", "At noon."), {}, resolution="Restarted."))
    waiting = Ticket("NEW-1", "Laptop waits for somebody", "The laptop is dark.", ORIGIN + timedelta(hours=1))
    tickets.append(PastTicket(waiting, {"category": "hardware"}, status="new"))
    put_tickets(store, "acme", tickets, source="history")
    _promise(store)
    put_agents(store, "acme", [Agent("ada", team="field", capacity=4.0), Agent("zoe", team="desk")])
    put_articles(store, "acme", [Article("kb-1", "When the VPN drops", "Renew the profile.")])
    rows = [
        {"series": series, "start": ORIGIN + timedelta(days=day), "mean": 4.0, "q05": 1.0, "q10": 1.5}
        | {"q20": 2.0, "q50": 4.0, "q80": 6.0, "q90": 7.0, "q95": 8.0}
        | {"spike_threshold": 9.0, "spike_probability": day / 100}
        for series in ("total", "category=network")
        for day in range(14)
    ]
    put_snapshot(store, "acme", "day", 14, ORIGIN, {"zone": "UTC", "pool": {"total": "SWA8+GLMq"}}, rows)


def _promise(store: Store) -> None:
    """Promises to a customer, whose tickets stand each in another way."""
    now = datetime.now(UTC)
    document = {
        "policies": [{"name": "gold", "organization": ["Acme Kettles"], "response": "1h", "resolution": "8h"}]
    }
    write_book(store, "acme", SlaBook.from_document(document), "dana", now=now - timedelta(days=2))
    rows = {"P-1": ("Till does not open", 7.5), "P-2": ("New badge", 0.2), "P-3": ("Scanner is dark", 30.0)}
    tickets = [
        PastTicket(
            Ticket(name, subject, "", now - timedelta(hours=hours), organization="Acme Kettles"),
            {"priority": "high", "team": ("desk", "field")[hours > 1]},
            status="open",
            first_response_at=None if name == "P-2" else now - timedelta(hours=hours),
        )
        for name, (subject, hours) in rows.items()
    ]
    put_tickets(store, "acme", tickets, source="jira")
    outlook = StoredOutlook({}, Foresight({0.5: 4.0, 0.9: 12.0}, 0.3))
    put_outlooks(store, "acme", {"P-1": outlook, "P-2": outlook}, now=now)
    raise_due_events(store, now=now)
