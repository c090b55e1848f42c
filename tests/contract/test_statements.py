"""What a full answer asks of the database: a bound, so that it does not grow unseen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.contract.statements import statements
from tests.serving.desk import people, policy
from tests.serving.house import House, open_house
from triage.helping.reply import Reply
from triage.knowledge import Article, ArticleLink
from triage.store.articles import put_articles
from triage.store.links import put_links
from triage.store.replies import put_replies
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

NUMBERS = count()
TRIES = 3
WITHOUT_REPLIES, WITH_REPLIES = 27, 30
"""Statements, but for those that begin a transaction; 32 and 36 before counts of changes were read once."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: bytes) -> Iterator[House]:
    """A server whose workspace has all that an answer is made from; nothing is polled meanwhile."""
    home: Path = tmp_path_factory.mktemp("busy")
    (home / "house.db").write_bytes(empty_sqlite)
    with open_house(home, f"sqlite:///{home / 'house.db'}", poll_seconds=3_600.0) as house:
        agents = {name: {"team": "web", "capacity": 500.0} for name in ("ada", "bob")}
        people(house, **agents)
        policy(house)
        now = datetime.now(UTC)
        filed_at, solved_at = now - timedelta(days=2), now - timedelta(days=1)
        solved = [
            PastTicket(
                Ticket(f"OLD-{one}", f"vpn trouble {one}", "It is broken.", created_at=filed_at),
                {"assignee": "ada", "team": "web"},
                status="closed",
                resolution="Restarted the tunnel. It works.",
                resolved_at=solved_at,
                closed_at=solved_at,
            )
            for one in range(20)
        ]
        articles = [Article(f"KB-{one}", f"vpn {one}", "Restart the tunnel.") for one in range(4)]
        store, names = house.store, [one.ticket.ticket_id for one in solved]
        put_tickets(store, "acme", solved, source="history")
        put_articles(store, "acme", articles)
        put_replies(store, "acme", [Reply(name, "1", "Restart the tunnel.", now, "ada") for name in names])
        put_links(store, "acme", [ArticleLink(name, "KB-1", now) for name in names])
        for _ in range(3):
            ask(house, "?replies=3")
        yield house


def ask(house: House, wanted: str) -> dict:
    ticket = {
        "ticket_id": f"NEW-{next(NUMBERS)}",
        "subject": "vpn down",
        "body": "It is broken.",
        "requester": "zoe@example.com",
    }
    answer = house.client.post(f"/v1/triage{wanted}", json=ticket, headers=house.key("service"))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("wanted", "most"), [("", WITHOUT_REPLIES), ("?replies=3", WITH_REPLIES)])
def test_a_full_answer_takes_no_more_statements_than_it_did(busy: House, wanted: str, most: int):
    tries = []
    for _ in range(TRIES):  # Now and then a request also does what is due for all.
        with statements() as sent:
            told = ask(busy, wanted)
        tries.append([one for one in sent if not one.startswith("BEGIN")])
    assert told["assignment"]["agent"] and told["similar"] and told["articles"]
    assert bool(told["replies"]) is bool(wanted)
    least = min(tries, key=len)
    listed = "\n".join(f"{place}. {' '.join(one.split())[:100]}" for place, one in enumerate(least, start=1))
    assert len(least) <= most, f"{len(least)} statements, {most} at most:\n{listed}"
    assert sum("FROM revisions" in one for one in least) == 1, listed
