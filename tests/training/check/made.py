"""A small made history, whose faults each test adds itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

from training.history import RowSummary
from training.history.read import HistoryRead
from triage.ticket import PastTicket, Ticket

START = datetime(2025, 1, 1, tzinfo=UTC)
WORDS = {"network": "vpn", "hardware": "laptop", "account": "password"}
FILLERS = ("please", "help", "today", "again", "office", "urgent", "thanks", "morning", "slow", "broken")


def past(number: int, subject: str = "", *, hours: float = 0.0, custom=None, **labels: str) -> PastTicket:
    """Return one ticket, filed ``hours`` after the start."""
    filed = START + timedelta(hours=hours)
    return PastTicket(Ticket(f"T-{number}", subject, created_at=filed, custom=custom or {}), labels)


def history(count: int = 600, *, sure: float = 0.9, seed: int = 0) -> list[PastTicket]:
    """Return tickets eight hours apart, in which one word tells the category in a share ``sure``."""
    return list(_tickets(count, sure, np.random.default_rng(seed)))


def _tickets(count: int, sure: float, random: np.random.Generator) -> Iterator[PastTicket]:
    names = sorted(WORDS)
    for number in range(count):
        label = names[random.integers(3)]
        said = label if random.random() < sure else names[random.integers(3)]
        fill = " ".join(random.choice(FILLERS, 6))
        yield past(number, f"{WORDS[said]} {fill} {number}", hours=8 * number, category=label)


def read(tickets: list[PastTicket]) -> HistoryRead:
    """Return tickets as if read from a table."""
    return HistoryRead(tickets, RowSummary("history", read=len(tickets), accepted=len(tickets)))


def tokenizer() -> Tokenizer:
    """Return a tokenizer that knows the words of this file."""
    words = ["[UNK]", *WORDS.values(), *FILLERS]
    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made
