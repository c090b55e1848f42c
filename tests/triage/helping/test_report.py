from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from triage.helping.report import (
    SolvedCase,
    acceptance_by_rank,
    deflection_of,
    length_class,
    time_saved,
)
from triage.helping.suggestion import (
    Audience,
    ItemKind,
    ItemVerdict,
    Offered,
    SuggestionRecord,
    judged_item,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ACCEPTED, SENT, DISMISSED = ItemVerdict.ACCEPTED, ItemVerdict.SENT, ItemVerdict.DISMISSED


def record(name: str, audience: Audience = Audience.AGENT, items: int = 2, **more) -> SuggestionRecord:
    offered = tuple(Offered(ItemKind.ARTICLE, f"KB-{rank}", rank, 0.5) for rank in range(1, items + 1))
    given = {"created_at": NOW - timedelta(days=2)} | more
    return SuggestionRecord(name, audience, "T", None, "h", offered, None, **given)


def test_acceptance_is_counted_at_the_rank_and_silence_is_not_acceptance():
    words = {
        ("a", ItemKind.ARTICLE, "KB-1"): [DISMISSED],
        ("a", ItemKind.ARTICLE, "KB-2"): [SENT],
        ("b", ItemKind.ARTICLE, "KB-1"): [DISMISSED, ACCEPTED],
    }
    first, second = acceptance_by_rank([record("a"), record("b"), record("c")], words)
    assert (first.rank, first.offered, first.accepted, first.sent, first.dismissed) == (1, 3, 1, 0, 1)
    assert (second.offered, second.sent, second.share) == (3, 1, 1 / 3)
    assert first.low < first.share < first.high
    assert acceptance_by_rank([record("r", Audience.REQUESTER)], words) == []


def test_deflection_waits_until_a_ticket_could_have_been_filed():
    asked = Audience.REQUESTER
    records = [
        record("a", asked),
        record("b", asked, filed_at=NOW, filed_ticket_id="T-1", matched_by="id"),
        record("c", asked, created_at=NOW - timedelta(hours=1)),
        record("none", asked, items=0),
        record("agent"),
    ]
    words = {("a", ItemKind.ARTICLE, "KB-2"): [ACCEPTED]}
    found = deflection_of(records, words, now=NOW, window=timedelta(hours=24))
    assert (found.asked, found.offered, found.filed, found.not_filed, found.helped) == (3, 2, 1, 1, 1)
    assert found.share == 0.5 and found.share_without_offer == 1.0 and found.too_few
    nothing = deflection_of([], {}, now=NOW, window=timedelta(hours=24))
    assert (nothing.share, nothing.low, nothing.high, nothing.share_without_offer) == (0.0, 0.0, 1.0, None)


def cases(
    hours: dict[tuple[str, ...], tuple[list[float], list[float]]],
) -> tuple[list[SolvedCase], frozenset]:
    found, helped = [], []
    for kind, (others, ours) in hours.items():
        for number, one in enumerate([*others, *ours]):
            name = f"{kind}-{number}"
            found.append(SolvedCase(name, kind, one))
            if number >= len(others):
                helped.append(name)
    return found, frozenset(helped)


def test_tickets_are_compared_within_their_kind():
    # Helped tickets are mostly of the quick kind: compared with all they would seem 7 hours quicker.
    random = np.random.default_rng(1)
    quick = [*(2 + random.random(40))], [*(1 + random.random(40))]
    slow = [*(20 + random.random(40))], [*(19 + random.random(5))]
    found, helped = cases({("quick",): quick, ("slow",): slow})
    saved = time_saved(found, helped)
    assert saved.hours == pytest.approx(1.0, abs=0.2)
    assert saved.low < saved.hours < saved.high and saved.low > 0
    assert (saved.tickets, saved.compared_with, saved.unmatched, saved.too_few) == (45, 80, 0, False)
    assert time_saved(found[::-1], helped) == saved


def test_no_figure_where_there_are_too_few_or_nothing_to_compare_with():
    found, helped = cases({("a",): ([2.0] * 50, [1.0] * 19), ("b",): ([], [1.0] * 30)})
    saved = time_saved(found, helped)
    assert (saved.hours, saved.low, saved.tickets, saved.unmatched) == (None, None, 19, 30)
    assert saved.too_few
    assert time_saved([], frozenset()).too_few


def test_a_forgotten_ticket_counts_a_month():
    found, helped = cases({("a",): ([720.0] * 30, [1e6] * 30)})
    assert time_saved(found, helped).hours == 0.0


@pytest.mark.parametrize(("chars", "name"), [(0, "short"), (200, "middling"), (1_000, "long")])
def test_length_classes(chars: int, name: str):
    assert length_class(chars) == name


def test_only_what_was_offered_can_be_judged():
    assert judged_item(record("a"), ItemKind.ARTICLE, "KB-2").rank == 2
    with pytest.raises(Exception, match="not offered"):
        judged_item(record("a"), ItemKind.REPLY, "KB-2")
