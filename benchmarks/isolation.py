"""What row-level security costs on PostgreSQL: processor time of a transaction, here and in the server.

The same calls on the same rows, in turns: as the servers' role, whom the policies bind; as a superuser, whom
they do not; and as a superuser without the setting, as it was before. Makes a database and drops it.

    python -m benchmarks.isolation --server postgresql+psycopg://root@127.0.0.1:5432/test
"""

import argparse
import contextlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from triage.store import Store, open_store
from triage.store.app_role import make_role
from triage.store.scope import Across
from triage.store.tickets import count_tickets, get_ticket, put_tickets
from triage.ticket import PastTicket, Ticket

ROLE = "triage_benchmark"
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
CALLS: dict[str, tuple[int, Callable[[Store, int], object]]] = {
    "reading one ticket": (2_000, lambda store, n: get_ticket(store, "acme", f"T-{n}")),
    "writing one ticket": (500, lambda store, n: put_tickets(store, "acme", [_ticket(n)], source="test")),
    "counting a workspace's tickets": (40, lambda store, n: count_tickets(store, "acme")),
}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="What row-level security costs on PostgreSQL.")
    parser.add_argument("--server", default="postgresql+psycopg://root@127.0.0.1:5432/test")
    parser.add_argument("--tickets", type=int, default=20_000, help="In each of two workspaces.")
    given = parser.parse_args()
    with _database(make_url(given.server)) as url:
        owner = open_store(url.render_as_string(hide_password=False))
        make_role(owner, ROLE, ROLE)
        served_url = url.set(username=ROLE, password=ROLE).render_as_string(hide_password=False)
        served = open_store(served_url)
        for workspace in ("acme", "other"):
            for begin in range(0, given.tickets, 5_000):
                rows = [_ticket(n) for n in range(begin, min(begin + 5_000, given.tickets))]
                put_tickets(served, workspace, rows, source="test")
        with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        for name, (times, call) in CALLS.items():
            found: dict[str, list[tuple[float, float]]] = {"bound": [], "unbound": [], "before": []}
            for turn in range(6):
                for how in _in_turn(list(found), turn):
                    store = served if how == "bound" else owner
                    with contextlib.nullcontext() if how != "before" else _as_before():
                        found[how].append(_cost(store, times // 6, call))
            for how, costs in found.items():
                here, there = (1_000 * sum(part) / len(costs) for part in zip(*costs, strict=True))
                print(f"{name}, {how}: {here:.3f} ms here, {there:.3f} ms in the server")
        served.close()
        owner.close()


def _in_turn(ways: list[str], turn: int) -> list[str]:
    """Return them beginning with another one each turn."""
    begin = -turn % len(ways)
    return ways[begin:] + ways[:begin]


def _as_before() -> Any:
    return patch("triage.store.database.confine", lambda connection, scope: None)


def _ticket(number: int) -> PastTicket:
    return PastTicket(Ticket(f"T-{number}", "VPN drops", body="Since this morning it disconnects. " * 10))


def _cost(store: Store, times: int, call: Callable[[Store, int], object]) -> tuple[float, float]:
    """Return processor seconds of a call: of this process, and of the connection's in the server."""
    with store.reading(Across.OPERATOR) as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    here, there = time.process_time(), _spent(pid)
    for number in range(times):
        call(store, number)
    return (time.process_time() - here) / times, (_spent(pid) - there) / times


def _spent(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


@contextlib.contextmanager
def _database(server: URL) -> Iterator[URL]:
    name = f"triage_benchmark_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            connection.execute(text(f"DROP ROLE IF EXISTS {ROLE}"))
        engine.dispose()


if __name__ == "__main__":
    main()
