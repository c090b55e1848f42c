"""A real import in a process of its own, killed at points where it does not expect it, then repeated."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.training.history.helpers import row, write_jsonl
from training.history.importer import import_table
from triage.store import Store, open_store, schema
from triage.store.scope import Across

REPOSITORY = Path(__file__).parents[2]
ROWS = 6_000
IDS = 4_000
CHUNK_ROWS = 150
KILLS = 3

IMPORT = f"""
import sys
from training.history.importer import import_table
from triage.store import open_store
store = open_store(sys.argv[1])
import_table(store, sys.argv[2], chunk_rows={CHUNK_ROWS})
"""


def rows_done(store: Store) -> int:
    with store.reading(Across.OPERATOR) as connection:
        return connection.execute(select(func.max(schema.imports.c.rows_done))).scalar() or 0


def contents(store: Store) -> list:
    columns = [column for column in schema.tickets.columns if column.name != "updated_at"]
    with store.reading(Across.OPERATOR) as connection:
        return connection.execute(select(*columns).order_by(schema.tickets.c.ticket_id)).all()


@pytest.mark.proof
def test_killing_an_import_at_any_point_and_repeating_it_gives_the_same_store(store, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(n % IDS, subject=f"version {n}") for n in range(ROWS)])
    chance = random.Random(20260301)
    killed_at = []
    for _ in range(KILLS):
        stood = rows_done(store)
        process = subprocess.Popen([sys.executable, "-c", IMPORT, store.url, str(path)], cwd=REPOSITORY)
        # Kill somewhere inside a chunk after the next one or two were noted.
        deadline = time.monotonic() + 60
        wanted = stood + CHUNK_ROWS * chance.randint(1, 2)
        while process.poll() is None and rows_done(store) < wanted and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.02)
        process.kill()
        process.wait()
        killed_at.append(rows_done(store))
        assert len(contents(store)) == min(killed_at[-1], IDS)
    assert 0 < killed_at[0] < ROWS, "the first run was not killed half-way, so nothing was tried"
    resumed = import_table(store, path, chunk_rows=CHUNK_ROWS)
    assert resumed.resumed_from == killed_at[-1] or resumed.was_finished
    undisturbed = open_store(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    import_table(undisturbed, path)
    assert contents(store) == contents(undisturbed)
    undisturbed.close()
