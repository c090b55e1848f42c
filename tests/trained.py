"""A small model trained on the sample helpdesk: made once a session, for every test that needs a real one.

``trained`` (see ``tests/conftest.py``) is sealed with :data:`KEY`; copy its folder before changing anything.
"""

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
    past = tuple(read_history(folder / "sample" / "tickets.csv").tickets)
    ordered = sorted(past, key=lambda one: (one.ticket.created_at, one.ticket.ticket_id))
    history, later = tuple(ordered[:LEARNT]), tuple(ordered[LEARNT:])
    cache = folder / "cache"
    manifest = train_bundle(
        history,
        config=TrainingConfig(targets=TARGETS, target_precision=0.6),
        out=folder / "small",
        key=KEY,
        articles=read_articles(folder / "sample" / "articles.csv").articles[:12],
        links=read_links(folder / "sample" / "links.csv").links,
        cache=cache,
    )
    bundle = Bundle.load(folder / "small", KEY)
    return Trained(folder / "small", cache, manifest, history, later, bundle)


def copy_of(trained: Trained, folder: Path) -> Path:
    """Copy a sealed bundle, file by file, to where it may be spoilt."""
    return Path(shutil.copytree(trained.folder, folder))
