"""What privacy costs: overwriting what is deleted, erasing, knowing erased tickets, redacting, encrypting.

Everything is made up. A store of as many tickets as asked for is written with and without overwriting, in
turns; then one ticket is erased, and all of a person. Recall and precision count planted canaries (addresses,
numbers, cards, accounts, keys, names of the directory) and look-alikes that must stay. On the clock and, of
this thread, on the processor.

    python -m benchmarks.privacy [--tickets 20000]

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.sealing import measure
from features.embedding_cache import CachedEncoder
from features.forgotten_texts import forget_texts, ticket_key
from features.ticket_redaction import TicketRedaction
from tests.features.fake_encoder import WordEncoder
from triage.erasure import ErasureKeys
from triage.store import Store, open_store
from triage.store.compact import clear_log
from triage.store.erase import erase
from triage.store.erasures import erased_among
from triage.store.scope import Across
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

KEYS = ErasureKeys(b"k" * 32)
BATCH = 100
WORDS = "the vpn client drops after an update and asks for a code again when i work from home".split()
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Linus Berg", "Mary Jackson", "Tim Cook", "Nora Lind")
Times = tuple[float, float]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tickets", type=int, default=20_000)
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        found = _store(Path(name), given.tickets) | _cache(Path(name)) | _redaction()
    found |= measure(given.tickets, _ticket)
    machine = f"{os.cpu_count()} processors ({platform.machine()}), load {os.getloadavg()[0]:.0f}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}; milliseconds on the clock, on the processor")
    for what, (clock, processor) in found.items():
        print(f"{what:<64} {clock:10.3f} {processor:10.3f}")
    caught = _canaries()
    for what, share in caught.items():
        print(f"{what:<64} {share:10.3f}")
    print(json.dumps({"milliseconds": found, "canaries": caught}))


def _store(folder: Path, tickets: int) -> dict[str, Times]:
    stores = {name: open_store(f"sqlite:///{folder / name}.db") for name in ("overwrites", "leaves")}
    taken: dict[str, list[Times]] = {name: [] for name in stores}
    for at in range(0, 2 * tickets, BATCH):  # Each ticket twice: the second time it is replaced.
        for name, store in stores.items():
            taken[name].append(_ms(partial(_put, store, name, at % tickets)))
    half = tickets // BATCH
    found = {}
    for name, all_of in taken.items():
        found[f"{BATCH} tickets written, SQLite {name} what it deletes"] = _median(all_of[:half])
        found[f"{BATCH} tickets replaced, SQLite {name} what it deletes"] = _median(all_of[half:])
    store = stores["overwrites"]
    sent = [Ticket(f"T-{number}", requester=f"p{number % 500}") for number in range(1, 257)]
    found["256 tickets looked for, nothing erased yet"] = _many(
        lambda: erased_among(store, "acme", sent, KEYS)
    )
    found["erasing one ticket"] = _ms(lambda: _erase(store, ticket_ids=["T-7"]))
    found[f"erasing a person's {tickets // 500} tickets"] = _ms(lambda: _erase(store, requester="P8"))
    found["emptying the log of the store"] = _ms(lambda: clear_log(store))
    found["256 tickets looked for in a ledger"] = _many(lambda: erased_among(store, "acme", sent, KEYS))
    found["1 ticket looked for in a ledger"] = _many(lambda: erased_among(store, "acme", sent[:1], KEYS))
    for one in stores.values():
        one.close()
    return found


def _put(store: Store, name: str, at: int) -> None:
    rows = [PastTicket(_ticket(number)) for number in range(at, at + BATCH)]
    with store.writing(Across.OPERATOR) as connection:
        if name == "leaves":
            connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        put_tickets(store, "acme", rows, source="test")


def _ticket(number: int) -> Ticket:
    text = " ".join(random.Random(number).choices(WORDS, k=60))
    filed = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Ticket(f"T-{number}", text[:60], text, filed, requester=f"p{number % 500}")


def _erase(store: Store, **what: object) -> None:
    erase(store, "acme", keys=KEYS, text_key=ticket_key, **what)  # type: ignore[arg-type]


def _cache(folder: Path) -> dict[str, Times]:
    cached = CachedEncoder(WordEncoder(384), folder / "cache")
    rows = np.zeros((1_024, 384), np.float32)
    for start in range(0, 102_400, 1_024):
        names = [f"{start + row:032x}" for row in range(1_024)]
        cached._append([bytes.fromhex(one) for one in names], rows)
    return {
        "one of 102,400 embeddings overwritten": _ms(lambda: forget_texts(folder / "cache", ["0" * 31 + "7"]))
    }


def _redaction() -> dict[str, Times]:
    form = TicketRedaction(f"Person{one} Of{one}" for one in map(_letters, range(1_000)))
    usual = " ".join(random.Random(1).choices([*WORDS, "Ada", "10.0.0.7", "ada@example.org"], k=1_900))[
        :10_000
    ]
    worst = ("1 " * 2_500 + "a@" * 1_250 + "DE89 " * 500)[:10_000]
    return {
        "redacting 10 kB": _many(lambda: form.text(usual, "Ada Lovelace")),
        "redacting 10 kB of numbers and halves of addresses": _many(lambda: form.text(worst, "Ada Lovelace")),
    }


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in f"{number:04d}")


def _canaries() -> dict[str, float]:
    """Plant 600 canaries, each among words; return the shares of those found, and of marks that are right."""
    rng, form = random.Random(7), TicketRedaction(PEOPLE)
    kinds: dict[str, Callable[[], str]] = {
        "email": lambda: f"{rng.choice('abcde')}{rng.randrange(999)}.x@mail{rng.randrange(99)}.example.org",
        "phone": lambda: f"+41 {rng.randrange(20, 99)} {rng.randrange(100, 999)} 0{rng.randrange(9)} 07",
        "card": lambda: _card(rng),
        "iban": lambda: "DE89 3704 0044 0532 0130 00",
        "token": lambda: f"password: {rng.choice('xyz')}{rng.randrange(10**6)}!q",
        "name": lambda: rng.choice(PEOPLE),
    }
    harmless = (
        "version 128.0.3", "error 0x80070005", "order 2026-03-01", "Mark the page", "room 4711", "at 10:45",
        "KB5031455", "the cook", "PC-0147", "build 20260301120000",
    )  # fmt: skip
    hits, planted, marks, wrong = 0, 0, 0, 0
    for _ in range(100):
        for kind, make in kinds.items():
            secret = make()
            text = f"{' '.join(rng.choices(WORDS, k=8))} {secret} {' '.join(rng.choices(WORDS, k=8))}"
            shown = form.text(text)
            planted += 1
            hits += f"[{kind}]" in shown and secret.split(": ")[-1] not in shown
            marks += shown.count("[")
    for one in harmless:
        for _ in range(10):
            shown = form.text(
                f"{' '.join(rng.choices(WORDS, k=8))} {one} {' '.join(rng.choices(WORDS, k=8))}"
            )
            wrong += shown.count("[")
    return {"recall of 600 canaries": hits / planted, "precision": hits / (marks + wrong)}


def _card(rng: random.Random) -> str:
    digits = [4, *(rng.randrange(10) for _ in range(14))]
    total = sum(sum(divmod(2 * one, 10)) if place % 2 == 0 else one for place, one in enumerate(digits))
    digits.append(-total % 10)
    text = "".join(map(str, digits))
    return " ".join(text[at : at + 4] for at in range(0, 16, 4))


def _ms(do: Callable[[], object]) -> Times:
    clock, processor = time.perf_counter(), time.thread_time()
    do()
    return (time.perf_counter() - clock) * 1_000, (time.thread_time() - processor) * 1_000


def _many(do: Callable[[], object], times: int = 50) -> Times:
    return _median([_ms(do) for _ in range(times)])


def _median(times: Sequence[Times]) -> Times:
    return statistics.median(one for one, _ in times), statistics.median(one for _, one in times)


if __name__ == "__main__":
    main()
