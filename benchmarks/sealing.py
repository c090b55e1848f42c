"""What encrypting costs: a text, storing and reading tickets, a request; part of ``benchmarks.privacy``.

A request is ``POST /v1/triage`` of a new ticket with an id and an Idempotency-Key, to a server in this
process with a fake model and SQLite: what lies around the model is measured. Both extents take turns.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.serving.house import House, open_house
from triage.encryption_keys import VARIABLE, Keyring
from triage.sealing import Place, open_sealed, seal
from triage.store import Store, open_store
from triage.store.compact import clear_log
from triage.store.sealer import Extent
from triage.store.sealing_keys import check_keys
from triage.store.sealing_pass import seal_all
from triage.store.tickets import iter_past_tickets, put_tickets
from triage.ticket import PastTicket, Ticket

__all__ = ["measure"]

BATCH = 100
REQUESTS = 200
Times = tuple[float, float]


def measure(tickets: int, make: Callable[[int], Ticket]) -> dict[str, Times]:
    """Return milliseconds on the clock and on the processor, by what was done.

    Parameters
    ----------
    tickets : int
        How many are stored.
    make : callable
        Makes the ticket of a number.
    """
    with tempfile.TemporaryDirectory() as name:
        return _envelope(make(1)) | _store(Path(name), tickets, make) | _requests(Path(name), make)


def _envelope(ticket: Ticket) -> dict[str, Times]:
    keyring, place = Keyring({VARIABLE: "11" * 32}), Place("acme", "tickets", "body", ("T-1",))
    sealed = seal(keyring, ticket.body, place)
    return {
        f"sealing a text of {len(ticket.body)} characters": _each(
            lambda: seal(keyring, ticket.body, place), 5_000
        ),
        f"opening a text of {len(ticket.body)} characters": _each(
            lambda: open_sealed(keyring, sealed, place), 5_000
        ),
    }


def _store(folder: Path, tickets: int, make: Callable[[int], Ticket]) -> dict[str, Times]:
    found: dict[str, Times] = {}
    stores = {extent: _opened(folder / f"{extent.value}.db", extent) for extent in Extent}
    written: dict[Extent, list[Times]] = {extent: [] for extent in Extent}
    for at in range(0, tickets, BATCH):
        rows = [PastTicket(make(number)) for number in range(at, at + BATCH)]
        for extent, store in stores.items():
            written[extent].append(
                _once(lambda store=store, rows=rows: put_tickets(store, "acme", rows, source="test"))  # type: ignore[misc]
            )
    for extent, times in written.items():
        found[f"storing {tickets:,} tickets, {BATCH} at a time, {extent.value} encrypted"] = _sum(times)
    for extent, store in stores.items():
        found[f"reading {tickets:,} tickets, {extent.value} encrypted"] = _median(
            [_once(lambda store=store: list(iter_past_tickets(store, "acme"))) for _ in range(7)]  # type: ignore[misc]
        )
    store = stores[Extent.SECRETS]
    sizes = [_mib(one) for one in stores.values()]
    store.sealer.extent = Extent.TEXTS
    found[f"`triage store seal` of {tickets:,} tickets in the clear"] = _once(lambda: seal_all(store))
    found["looking at the keys at a server's start"] = _once(lambda: check_keys(store))
    for one in stores.values():
        one.close()
    found["MiB of the file: texts in the clear, encrypted"] = sizes[0], sizes[1]
    return found


def _requests(folder: Path, make: Callable[[int], Ticket]) -> dict[str, Times]:
    taken: dict[Extent, list[Times]] = {extent: [] for extent in Extent}
    with ExitStack() as stack:
        houses = {
            extent: stack.enter_context(_served(folder / f"of-{extent.value}", extent)) for extent in Extent
        }
        keys = {extent: house.key() for extent, house in houses.items()}
        for number in range(REQUESTS + 20):
            for extent, house in houses.items():
                ticket = make(number)
                body = {"ticket_id": ticket.ticket_id, "subject": ticket.subject, "body": ticket.body}
                header = keys[extent] | {"Idempotency-Key": f"k{number}"}
                once = _once(lambda h=house, b=body, k=header: _post(h, b, k))  # type: ignore[misc]
                if number >= 20:
                    taken[extent].append(once)
    return {f"POST /v1/triage, {extent.value} encrypted": _median(times) for extent, times in taken.items()}


def _post(house: House, body: dict[str, str], headers: dict[str, str]) -> None:
    house.client.post("/v1/triage", json=body, headers=headers).raise_for_status()


@contextmanager
def _served(home: Path, extent: Extent) -> Iterator[House]:
    home.mkdir()
    before = {name: os.environ.get(name) for name in ("TRIAGE_HOME", "TRIAGE_ENCRYPT")}
    os.environ |= {"TRIAGE_HOME": str(home), "TRIAGE_ENCRYPT": extent.value}
    try:
        with open_house(home, f"sqlite:///{home / 'store.db'}") as house:
            yield house
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _mib(store: Store) -> float:
    clear_log(store)
    return Path(str(store.engine.url.database)).stat().st_size / 2**20


def _opened(path: Path, extent: Extent) -> Store:
    store = open_store(f"sqlite:///{path}")
    store.sealer.keyring, store.sealer.extent = Keyring({VARIABLE: "11" * 32}), extent
    return store


def _once(do: Callable[[], object]) -> Times:
    clock, processor = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - clock) * 1_000, (time.process_time() - processor) * 1_000


def _each(do: Callable[[], object], times: int) -> Times:
    def many() -> None:
        for _ in range(times):
            do()

    clock, processor = _median([_once(many) for _ in range(5)])
    return clock / times, processor / times


def _median(times: Sequence[Times]) -> Times:
    return statistics.median(one for one, _ in times), statistics.median(one for _, one in times)


def _sum(times: Sequence[Times]) -> Times:
    return sum(one for one, _ in times), sum(one for _, one in times)
