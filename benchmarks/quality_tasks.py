"""The tasks of benchmarks/quality.py: which tickets are learnt from and which, later ones, are judged."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from training.history import load_mapping, read_history
from triage.ticket import PastTicket

__all__ = ["MAPPINGS", "TASKS", "Task", "make_tasks", "servicenow_tickets"]

MAPPINGS = Path(__file__).parent / "mappings"
TRAIN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Task:
    """One question: learn ``field`` from ``train``, say it for ``test``; ``strange`` tickets fit no label."""

    name: str
    field: str
    train: list[PastTicket]
    test: list[PastTicket]
    validation: list[PastTicket] | None = None
    strange: list[PastTicket] | None = None
    strange_validation: list[PastTicket] | None = None


def _read(path: Path, mapping: str) -> list[PastTicket]:
    return read_history(path, mapping=load_mapping(MAPPINGS / f"{mapping}.toml")).tickets


def _by_time(name: str, field: str, tickets: list[PastTicket]) -> Task:
    labelled = [past for past in tickets if past.labels.get(field)]
    split = int(TRAIN_SHARE * len(labelled))
    return Task(name, field, labelled[:split], labelled[split:])


def _banking(data: Path) -> Iterator[Task]:
    train = _read(data / "banking77" / "train.parquet", "banking77_train")
    test = _read(data / "banking77" / "test.parquet", "banking77_test")
    yield Task("banking77", "category", train, test)
    for count in (10, 5):
        for seed in range(3):
            yield Task(f"banking77 {count}/label #{seed}", "category", _few(train, count, seed), test)


def _few(train: list[PastTicket], count: int, seed: int) -> list[PastTicket]:
    order = np.random.default_rng(seed).permutation(len(train))
    taken: Counter[str] = Counter()
    kept = []
    for row in order:
        label = train[row].labels["category"]
        if taken[label] < count:
            taken[label] += 1
            kept.append(train[row])
    return kept


def _clinc(data: Path) -> Iterator[Task]:
    path = data / "clinc150" / "data_full.parquet"
    parts = {
        name: _read(path, f"clinc150_{name}") for name in ("train", "val", "test", "oos_val", "oos_test")
    }
    yield Task(
        "CLINC150",
        "category",
        parts["train"],
        parts["test"],
        parts["val"],
        parts["oos_test"],
        parts["oos_val"],
    )


def _mozilla(data: Path) -> Iterator[Task]:
    tickets = _read(data / "mozilla_support" / "tickets.parquet", "mozilla_thunderbird")
    since = datetime(2025, 3, 1, tzinfo=UTC)
    recent = [past for past in tickets if past.ticket.created_at and past.ticket.created_at >= since]
    yield _by_time("Mozilla topic", "category", recent)


def _apache(data: Path) -> Iterator[Task]:
    tickets = _read(data / "apache_jira" / "issues.parquet", "apache")
    for project in ("HDFS", "HIVE", "YARN", "MAPREDUCE", "HADOOP"):
        mine = [past for past in tickets if past.ticket.product == project]
        yield _by_time(f"{project} component", "category", mine)
    mine = [past for past in tickets if past.ticket.product == "HDFS"]
    # The helpdesk's case: the reporter is the customer and never the assignee.
    others = [past for past in mine if past.labels.get("assignee") != past.ticket.requester]
    yield _by_time("HDFS assignee", "assignee", [_anonymous(past) for past in others])


def _anonymous(past: PastTicket) -> PastTicket:
    return replace(past, ticket=replace(past.ticket, requester=None))


def _servicenow(data: Path) -> Iterator[Task]:
    yield _by_time("ServiceNow group", "team", servicenow_tickets(data))


def servicenow_tickets(data: Path) -> list[PastTicket]:
    """Read the incidents, each with what its first event held."""
    folder = data / "servicenow_log"
    first = {
        past.ticket.ticket_id: past.ticket.custom
        for past in _read(folder / "events.parquet", "servicenow_first")
    }
    return [
        replace(
            past,
            ticket=replace(
                past.ticket, custom={**past.ticket.custom, **first.get(past.ticket.ticket_id, {})}
            ),
        )
        for past in _read(folder / "incidents.parquet", "servicenow")
    ]


TASKS: dict[str, Callable[[Path], Iterator[Task]]] = {
    "banking": _banking,
    "clinc": _clinc,
    "mozilla": _mozilla,
    "apache": _apache,
    "servicenow": _servicenow,
}


def make_tasks(data: Path, names: list[str]) -> Iterator[Task]:
    """Read and yield the tasks of the named sets, one at a time."""
    for name in names:
        yield from TASKS[name](data)
