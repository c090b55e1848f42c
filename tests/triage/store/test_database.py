from sqlalchemy import inspect

from triage.store import Store, open_store
from triage.store.schema import metadata


def test_a_fresh_store_has_all_tables_at_the_newest_migration(store: Store):
    with store.reading() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    assert store.revision() is not None


def test_opening_a_migrated_store_again_changes_nothing(store: Store):
    again = open_store(store.url)
    assert again.revision() == store.revision()
    again.close()
