"""The golden decisions: what the small sample model of ``tests/trained.py`` says about a few tickets.

``python -m tests.golden.make`` writes ``decisions.json`` anew from ``tickets.jsonl``; its diff is what a
change of the code changes for these tickets, to be read and committed with it.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.trained import train_small
from triage.bundle import Bundle
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.ticket import Ticket

FOLDER = Path(__file__).parent


def tickets() -> list[Ticket]:
    """The golden tickets."""
    lines = (FOLDER / "tickets.jsonl").read_text(encoding="utf-8").splitlines()
    return [Ticket(**json.loads(line)) for line in lines]


def decided(bundle: Bundle, asked: Sequence[Ticket]) -> dict[str, Any]:
    """By ticket and field: value, confidence, action and reason; and the articles, best first."""
    decisions = triage_tickets(asked, bundle.model, bundle.version, Policy())
    return {
        ticket.ticket_id: {
            name: {
                "value": one.value,
                "confidence": round(one.confidence or 0.0, 3),
                "action": one.action.value,
                "reason": one.reason,
            }
            for name, one in decision.fields.items()
        }
        | {
            "articles": [one.article_id for one in bundle.suggester.suggest(ticket, 3)]
            if bundle.suggester
            else []
        }
        for ticket, decision in zip(asked, decisions, strict=True)
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = decided(train_small(Path(folder)).bundle, tickets())
    (FOLDER / "decisions.json").write_text(
        json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
