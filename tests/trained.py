"""A small model trained on the sample helpdesk: made once a run, for every test that needs a real one.

``trained`` (see ``tests/conftest.py``) is sealed with :data:`KEY`; copy its folder before changing anything.
"""

import fcntl
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from training.config import TrainingConfig
from training.history import read_articles, read_history, read_links
from training.sample import load_preset, write_sample
from training.train import train_bundle
from triage.bundle import Bundle, Manifest
from triage.ticket import PastTicket

KEY = bytes(range(32))
"""Signs the bundles of tests."""

UNTIL = date(2026, 11, 1)
TICKETS, LEARNT = 260, 220
TARGETS = ("category", "priority", "team")


@dataclass(frozen=True)
class Trained:
    """The bundle, the folder of its embeddings, what it learnt from and what came later."""

    folder: Path
    cache: Path
    manifest: Manifest
    history: tuple[PastTicket, ...]
    later: tuple[PastTicket, ...]
    bundle: Bundle


def train_small(folder: Path) -> Trained:
    """Train a model with articles on the older part of a small sample helpdesk, in a folder of its own."""
    write_sample(load_preset("it"), folder / "sample", tickets=TICKETS, seed=7, until=UNTIL)
    train_bundle(
        _parts(folder)[0],
        config=TrainingConfig(targets=TARGETS, target_precision=0.6),
        out=folder / "small",
        key=KEY,
        articles=read_articles(folder / "sample" / "articles.csv").articles[:12],
        links=read_links(folder / "sample" / "links.csv").links,
        cache=folder / "cache",
    )
    return open_small(folder)


def open_small(folder: Path) -> Trained:
    """Open what :func:`train_small` made."""
    bundle = Bundle.load(folder / "small", KEY)
    return Trained(folder / "small", folder / "cache", bundle.manifest, *_parts(folder), bundle)


def copy_small(made: Path, folder: Path) -> Trained:
    """Train a model in a folder that several processes know, or wait for who does; open a copy of one's own.

    A copy, since tests add to its cache.
    """
    made.mkdir(exist_ok=True)
    with made.with_name("trained.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "small").exists():  # Sealed last, by moving it there.
            train_small(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return open_small(folder)


def _parts(folder: Path) -> tuple[tuple[PastTicket, ...], tuple[PastTicket, ...]]:
    """What is learnt from, and what came later."""
    past = read_history(folder / "sample" / "tickets.csv").tickets
    ordered = sorted(past, key=lambda one: (one.ticket.created_at, one.ticket.ticket_id))
    return tuple(ordered[:LEARNT]), tuple(ordered[LEARNT:])


def copy_of(trained: Trained, folder: Path) -> Path:
    """Copy a sealed bundle, file by file, to where it may be spoilt."""
    return Path(shutil.copytree(trained.folder, folder))
