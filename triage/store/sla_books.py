"""The SLA book of each workspace, as an admin last left it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import bindparam, select

from triage.errors import ConflictError
from triage.sla.book import SlaBook
from triage.store.database import Store
from triage.store.scope import Across
from triage.store.sla_tables import sla_books
from triage.store.upsert import upsert

__all__ = ["BookShelf", "StoredBook", "check_version", "list_books", "read_book", "write_book"]


@dataclass(frozen=True, slots=True)
class StoredBook:
    """A book with its version, which counts the changes; 0 and None when nobody ever set one.

    Nothing that fell due before ``in_force_from`` is told to anybody: a book that is set or changed promises
    nothing for the time before.
    """

    book: SlaBook
    version: int = 0
    in_force_from: datetime | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None


_COLUMNS = [sla_books.c[name] for name in ("version", "in_force_from", "updated_at", "updated_by")]

_STANDS = select(*_COLUMNS).where(sla_books.c.workspace == bindparam("named"))


def read_book(store: Store, workspace: str) -> StoredBook:
    """Return the workspace's book as it stands now, an empty one when nobody ever set one."""
    query = select(sla_books.c.document, *_COLUMNS).where(sla_books.c.workspace == workspace)
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return StoredBook(SlaBook()) if row is None else StoredBook(SlaBook.from_document(row[0]), *row[1:])


class BookShelf:
    """Books of workspaces as they stand, each parsed once: for whoever asks with every request.

    Every reading asks the store for version and moment of the last change, so that a change holds from the
    next request on, in every process.

    Parameters
    ----------
    store : Store
        Has the books.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._books: dict[str, StoredBook] = {}

    def read(self, workspace: str) -> StoredBook:
        """Return the workspace's book as it stands now; see :func:`read_book`."""
        with self._store.reading(workspace) as connection:
            row = connection.execute(_STANDS, {"named": workspace}).first()
        if row is None:
            return StoredBook(SlaBook())
        kept = self._books.get(workspace)
        if kept is None or (kept.version, kept.updated_at) != (row.version, row.updated_at):
            kept = self._books[workspace] = read_book(self._store, workspace)
        return kept


def list_books(store: Store) -> dict[str, StoredBook]:
    """Return the books of all workspaces that have one."""
    query = select(sla_books.c.workspace, sla_books.c.document, *_COLUMNS).order_by(sla_books.c.workspace)
    with store.reading(Across.CHORES) as connection:
        rows = connection.execute(query).all()
    return {row[0]: StoredBook(SlaBook.from_document(row[1]), *row[2:]) for row in rows}


def write_book(
    store: Store,
    workspace: str,
    book: SlaBook,
    actor: str,
    *,
    expected_version: int | None = None,
    is_upkeep: bool = False,
    now: datetime | None = None,
) -> StoredBook:
    """Replace the workspace's book.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose book it is.
    book : SlaBook
        The new one.
    actor : str
        Who changes it.
    expected_version : int, optional
        The version that the change was made from; by default whatever stands there is replaced.
    is_upkeep : bool, default=False
        Whether the book promises what it did, and only public holidays to come were written down: then it
        stays in force as it was. So does one that is set again without a change.
    now : datetime, optional
        The moment to note; by default this one.

    Raises
    ------
    ConflictError
        If somebody else changed the book since.
    """
    moment = now or datetime.now(UTC)
    with store.writing(workspace) as connection:
        stands = check_version(store, workspace, book, expected_version)
        is_same = is_upkeep or read_book(store, workspace).book == book
        began = stands.in_force_from if is_same and stands.in_force_from else moment
        changed = StoredBook(book, stands.version + 1, began, moment, actor)
        row = {
            "workspace": workspace,
            "document": book.to_document(),
            "version": changed.version,
            "in_force_from": changed.in_force_from,
            "updated_at": moment,
            "updated_by": actor,
        }
        upsert(connection, sla_books, [row])
    return changed


def check_version(store: Store, workspace: str, book: SlaBook, expected_version: int | None) -> StoredBook:
    """Return a book in place of the one that stands, with that one's version; stores nothing.

    Raises
    ------
    ConflictError
        If it was made from another version.
    """
    stands = read_book(store, workspace)
    if expected_version is not None and expected_version != stands.version:
        raise ConflictError(
            f"Got a change of SLA book version {expected_version}; expected version {stands.version}, "
            "which stands now. Read the book again and repeat the change on it."
        )
    return replace(stands, book=book)
