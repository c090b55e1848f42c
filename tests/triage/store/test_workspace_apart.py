"""Every function of the store that takes a workspace, called with another one's ids (T14).

What it answers in workspace ``other`` is the same whether the store holds a row of ``acme`` in every table
or nothing, and ``acme``'s rows stay. Calls are made from signatures: new functions are covered (ADR 0043).
"""

import collections.abc
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

import triage.store
from tests.triage.store.filled import fill
from tests.triage.store.made_values import THEIRS, made_of
from triage.audit import AuditEntry
from triage.store import Store, open_store
from triage.store.audit import AuditLog
from triage.store.every_table import metadata
from triage.store.scope import Across
from triage.store.sla_books import BookShelf

OWN = "other"


def functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(triage.store.__path__):
        if module.ispkg:
            continue
        inside = importlib.import_module(f"triage.store.{module.name}")
        for name in getattr(inside, "__all__", ()):
            one = getattr(inside, name)
            if inspect.isfunction(one) and one.__module__ == inside.__name__:
                found[f"{module.name}.{name}"] = one
    return {name: one for name, one in found.items() if "workspace" in inspect.signature(one).parameters}


FUNCTIONS = functions()
NO_ROWS = {"assignments.open_work", "incident_messages.message_of", "ticket_rows.to_row"}
"""They make something of what they are given and touch no row."""
WRITE_ALIKE = {
    "articles.put_embeddings",
    "decisions.put_decisions",
    "erasures.forget_text_keys",
    "feedback.put_feedback",
    "incident_erasing.erase_from_incidents",
    "incident_watches.set_threshold",
    "knowledge_reports.put_gaps",
    "parents.link_children",
    "parents.set_parent",
    "retention.apply_retention",
    "sla_pauses.begin_pause",
    "snapshots.put_snapshot",
    "staffing.put_staffing_baseline",
    "suggestions.note_filed",
    "suggestions.put_item_feedback",
    "tickets.set_labels",
}
"""Writers whose made-up call leaves a row as it is, or is refused, in the row's own workspace too."""
PICK_OTHERS = {
    "decided_values.decided_values",
    "erasures.erased_among",
    "erasures.ledger_of",
    "golden.golden_ids_of",
    "help_facts.solved_cases",
    "incidents.accepted_tickets",
    "open_tickets.is_waiting",
    "open_tickets.unassigned_ids",
    "parents.list_parent_links",
    "plan_backlog.with_open_tickets",
    "redaction_terms.people_to_redact",
    "retention.overdue_records",
    "sealed_search.sealed_answers_naming",
    "sealed_search.sealed_of_requester",
    "sessions.is_signed_out",
    "sla_overview.list_due",
    "sla_overview.report_kept",
    "ticket_facts.has_labels",
    "ticket_facts.labels_in_use",
    "volume_alerts.count_alerts",
    "volume_alerts.read_settings",
}
"""Readers that look for another state or kind, or for labels, than the rows of :func:`fill` have."""
METHODS = {
    "AuditLog.read": lambda store: AuditLog(store, b"k" * 32).read(OWN),
    "AuditLog.last_digest": lambda store: AuditLog(store, b"k" * 32).last_digest(OWN, THEIRS),
    "AuditLog.verify": lambda store: AuditLog(store, b"k" * 32).verify(OWN),
    "AuditLog.head": lambda store: AuditLog(store, b"k" * 32).head(OWN).seq,
    "AuditLog.record": lambda store: AuditLog(store, b"k" * 32).record(OWN, [made_of(AuditEntry)]),
    "BookShelf.read": lambda store: BookShelf(store).read(OWN),
}
"""The classes that take a workspace in their methods; a test looks whether there are others."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: bytes) -> Iterator[Store]:
    """A store without a row."""
    yield from _opened(tmp_path_factory, empty_sqlite)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: bytes) -> Iterator[Store]:
    """A store with a row of ``acme`` in every table."""
    for store in _opened(tmp_path_factory, empty_sqlite):
        fill(store, THEIRS)
        yield store


@pytest.fixture(scope="module")
def untouched(filled: Store) -> dict[str, list[str]]:
    """The rows of ``acme``."""
    with filled.reading(Across.OPERATOR) as connection:
        found = _theirs(connection)
    assert [len(rows) for rows in found.values()] == [1] * len(metadata.tables)
    return found


class Undone(Exception):
    """Rolls back what a call wrote."""


def outcome(store: Store, workspace: str, ask: Callable[[Store], Any]) -> tuple[str, dict[str, list[str]]]:
    """Return what asking came to, and the rows of ``acme`` after it; nothing of it stays."""
    told, theirs = "", {}
    with suppress(Undone), store.writing(workspace) as connection:
        try:
            told = repr(_listed(ask(store)))
        except IntegrityError:
            # An id that exists already: ours are random, and nothing is told.
            told = "refused"
        except Exception as error:
            told = repr(error)
        theirs = _theirs(connection)
        raise Undone
    return _timeless(told), theirs


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *METHODS} - NO_ROWS))
def test_nothing_of_another_workspace_is_told_or_changed(
    empty: Store,
    filled: Store,
    untouched: dict[str, list[str]],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
):
    ask = METHODS.get(name) or (lambda store: _call(FUNCTIONS[name], store, OWN))
    monkeypatch.setattr("uuid.uuid4", lambda: SimpleNamespace(hex="the-next-id"))
    without, _ = outcome(empty, OWN, ask)
    beside, theirs = outcome(filled, OWN, ask)
    assert beside in (without, "refused")
    assert theirs == untouched


def test_the_calls_reach_the_rows_where_the_workspace_is_the_rows_own(
    empty: Store, filled: Store, untouched: dict[str, list[str]]
):
    """Else the test above would hold for calls that never find anything."""
    unmoved = set()
    for name in set(FUNCTIONS) - NO_ROWS:

        def ask(store: Store, one: Callable[..., Any] = FUNCTIONS[name]) -> Any:
            return _call(one, store, THEIRS)

        told, theirs = outcome(filled, THEIRS, ask)
        if told == outcome(empty, THEIRS, ask)[0] and theirs == untouched:
            unmoved.add(name)
    assert sorted(unmoved ^ (WRITE_ALIKE | PICK_OTHERS)) == []


def test_every_class_that_takes_a_workspace_is_asked_too():
    found = set()
    for module in pkgutil.iter_modules(triage.store.__path__):
        if module.ispkg:
            continue
        inside = importlib.import_module(f"triage.store.{module.name}")
        for name in getattr(inside, "__all__", ()):
            one = getattr(inside, name)
            for method, called in vars(one).items() if inspect.isclass(one) else ():
                is_public = inspect.isfunction(called) and not method.startswith("_")
                if is_public and "workspace" in inspect.signature(called).parameters:
                    found.add(f"{name}.{method}")
    assert found - {"AuditLog.entries"} == set(METHODS)


def _call(one: Callable[..., Any], store: Store, workspace: str) -> Any:
    hints = typing.get_type_hints(one)
    given: dict[str, Any] = {}
    for name in inspect.signature(one).parameters:
        if name == "workspace":
            given[name] = workspace
        elif name == "store":
            given[name] = store
        elif name != "connection":
            given[name] = made_of(hints[name], name)
    if "connection" in hints:
        with store.writing(workspace) as connection:
            return one(connection, **given)
    return one(**given)


def _listed(told: Any) -> Any:
    return list(told) if isinstance(told, collections.abc.Iterator) else told


def _timeless(told: str) -> str:
    """Leave out the moments at which something was asked."""
    return re.sub(r"datetime\.datetime\((?!2026, 3, 2, 10)[^()]*(\([^()]*\))?[^()]*\)", "then", told)


def _opened(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("apart") / "store.db"
    path.write_bytes(content)
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield store


def _theirs(connection: Connection) -> dict[str, list[str]]:
    found = {}
    for table in metadata.sorted_tables:
        whose = table.columns.get("workspace", next(iter(table.primary_key)))
        found[table.name] = [repr(row) for row in connection.execute(select(table).where(whose == THEIRS))]
    return found
