"""Every acknowledged write was forced to the disk (T3): counted, since killing a process cannot tell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
static long seen = 0;
static int next(const char *name, int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    __sync_fetch_and_add(&seen, 1);
    return real(fd);
}
int fsync(int fd) { return next("fsync", fd); }
int fdatasync(int fd) { return next("fdatasync", fd); }
long syncs_seen(void) { return seen; }
"""
WRITER = """
import ctypes, sys
from sqlalchemy import event
from tests.reliability.test_kill import write
from triage.store import open_store
store = open_store(sys.argv[1])
count = ctypes.CDLL(None).syncs_seen
count.restype = ctypes.c_long
def run(name):
    write(store, name)
    before = count()
    for number in range(int(sys.argv[2])):
        write(store, f"{name}-{number}")
    print(count() - before)
run("as it is")
event.listen(store.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=NORMAL"))
store.engine.dispose()
run("as SQLite would")
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that counts syncs, compiled here."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler: syncs are counted by a small library put before libc")
    folder = tmp_path_factory.mktemp("shim")
    (folder / "count.c").write_text(SHIM)
    built = folder / "count.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", built, folder / "count.c", "-ldl"], check=True)
    return built


def syncs(shim: Path, path: Path, commits: int) -> tuple[int, int]:
    """Return how often a writer of so many commits asked to sync: as we set it up, and with NORMAL."""
    environ = os.environ | {"LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, f"sqlite:///{path}", str(commits)]
    told = subprocess.check_output(command, env=environ, text=True, cwd=ROOT, timeout=300)
    ours, normal = map(int, told.split())
    return ours, normal


@pytest.mark.parametrize("commits", [50, pytest.param(1_000, marks=pytest.mark.reliability)])
def test_each_acknowledged_write_is_synced(tmp_path: Path, empty_sqlite: bytes, shim: Path, commits: int):
    path = tmp_path / "triage.db"
    path.write_bytes(empty_sqlite)
    ours, normal = syncs(shim, path, commits)
    print(f"{ours} syncs of {commits} commits; with NORMAL {normal}")  # noqa: T201
    assert ours >= commits
    # What SQLite recommends with a write-ahead log would not do: the counter can tell.
    assert normal < commits / 2
