"""Whether what is offered helps, gathered from the store for one reader; counting is the heart's."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from serving.caller import Caller
from serving.gap_sight import gaps_in_sight
from triage.helping.auto_resolve import AutoResolution
from triage.helping.report import (
    Acceptance,
    Deflection,
    TimeSaved,
    acceptance_by_rank,
    deflection_of,
    time_saved,
)
from triage.helping.suggestion import Audience, ItemKind, ItemVerdict
from triage.store import Store
from triage.store.auto_resolutions import auto_resolutions_since
from triage.store.help_facts import solved_cases
from triage.store.knowledge_reports import StoredGaps
from triage.store.policies import read_policy
from triage.store.suggestions import feedback_since, suggestions_since

__all__ = ["HelpReport", "make_help_report"]


@dataclass(frozen=True, slots=True)
class HelpReport:
    """Everything of one look.

    Parameters
    ----------
    since, until : datetime
        What was offered in between.
    acceptance : list of Acceptance
        By kind and rank.
    deflection : Deflection
        Of requesters.
    saved : TimeSaved
        Against tickets of the same kind.
    auto : dict of str to int
        Articles sent as answers, by state.
    gaps : StoredGaps or None
        The newest report, as far as the caller sees its tickets; None where a worker never made one.
    """

    since: datetime
    until: datetime
    acceptance: list[Acceptance]
    deflection: Deflection
    saved: TimeSaved
    auto: dict[str, int]
    gaps: StoredGaps | None


def make_help_report(store: Store, caller: Caller, *, days: int, now: datetime) -> HelpReport:
    """Gather what was offered in the last days and what became of it, and the gaps that a caller sees."""
    workspace = caller.workspace
    since = now - timedelta(days=days)
    records = suggestions_since(store, workspace, since)
    judged = feedback_since(store, workspace, since)
    words: dict[tuple[str, ItemKind, str], list[ItemVerdict]] = defaultdict(list)
    for one in judged:
        words[one.feedback.suggestion_id, one.feedback.kind, one.feedback.item_id].append(
            one.feedback.verdict
        )
    helped = frozenset(
        one.ticket_id
        for one in judged
        if one.ticket_id and one.audience is Audience.AGENT and one.feedback.verdict.is_good
    )
    window = timedelta(hours=read_policy(store, workspace).policy.helping.match_hours)
    return HelpReport(
        since,
        now,
        acceptance_by_rank(records, words),
        deflection_of(records, words, now=now, window=window),
        time_saved(solved_cases(store, workspace, since), helped),
        _by_state(auto_resolutions_since(store, workspace, since), now),
        gaps_in_sight(store, caller),
    )


def _by_state(found: list[AutoResolution], now: datetime) -> dict[str, int]:
    counts = dict.fromkeys(("shadow", "waiting", "confirmed", "refused", "expired"), 0)
    for one in found:
        counts[one.state(now)] += 1
    return counts
