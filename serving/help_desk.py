"""What helps with a decided ticket: solved tickets, replies, perhaps an article as the answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from serving.deflection_desk import DeflectionDesk, OfferedArticle
from serving.reply_desk import ReplyDesk
from serving.sight import Sight
from serving.solution_host import SolutionHost
from serving.told_values import is_done
from triage.decision import Decision, Reason
from triage.errors import InputError
from triage.helping.auto_resolve import ALREADY_ANSWERED, CLOSED, AutoResolution, barrier
from triage.helping.solution import SolvedTicket
from triage.helping.suggestion import Audience, ItemKind, Offered, SuggestionRecord
from triage.helping.template import ReplySuggestion
from triage.knowledge import Suggestion
from triage.mode import Mode
from triage.policy import Policy
from triage.store import Store
from triage.store.auto_resolutions import get_auto_resolution, put_auto_resolution
from triage.store.policies import read_policy
from triage.store.suggestions import get_suggestion, note_filed, put_suggestions
from triage.store.tickets import get_ticket
from triage.ticket import Ticket

__all__ = ["AutoAnswer", "Help", "HelpDesk"]


@dataclass(frozen=True, slots=True)
class AutoAnswer:
    """Whether an article is sent as the answer: ``reason`` None says that it is.

    Parameters
    ----------
    best : OfferedArticle or None
        The likeliest public article.
    reason : str or None
        What keeps it from being sent.
    at, expires_at : datetime
        When that was found; until when the requester would be waited for.
    """

    best: OfferedArticle | None
    reason: str | None
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Help:
    """What helps with one ticket.

    Parameters
    ----------
    solved : tuple of SolvedTicket
        Nearest first.
    replies : tuple of ReplySuggestion
        Best first.
    auto : AutoAnswer or None
        None where articles are never sent as answers here.
    """

    solved: tuple[SolvedTicket, ...] = ()
    replies: tuple[ReplySuggestion, ...] = ()
    auto: AutoAnswer | None = None


class HelpDesk:
    """Gathers what helps, and keeps what was offered.

    Parameters
    ----------
    store : Store
        Keeps it.
    solutions : SolutionHost
        Finds solved tickets.
    replies : ReplyDesk
        Suggests replies.
    deflection : DeflectionDesk
        Knows public articles and their chances.
    """

    def __init__(
        self, store: Store, solutions: SolutionHost, replies: ReplyDesk, deflection: DeflectionDesk
    ) -> None:
        self._store = store
        self._solutions = solutions
        self._replies = replies
        self._deflection = deflection

    def gather(
        self,
        workspace: str,
        ticket: Ticket,
        decision: Decision,
        policy: Policy,
        *,
        solved: int,
        replies: int,
        sight: Sight,
    ) -> Help:
        """Return what helps with a decided ticket; stores nothing."""
        return Help(
            self._solutions.similar(workspace, ticket, solved, sight),
            self._replies.suggest(workspace, ticket, replies, sight),
            self._auto(workspace, ticket, decision, policy),
        )

    def expect_shown(self, workspace: str, suggestion_ids: Iterable[str]) -> None:
        """See that suggestions that requesters are said to have been shown are known.

        Raises
        ------
        InputError
            If one is not: none of this workspace, or one that was shown to an agent.
        """
        for name in dict.fromkeys(suggestion_ids):
            found = get_suggestion(self._store, workspace, name)
            if found is None or found.audience is not Audience.REQUESTER:
                raise InputError(
                    f"Got suggestion_id {name!r}, which no requester was shown; expected the suggestion_id "
                    "that POST /v1/suggest answered with, or none."
                )

    def keep(
        self,
        workspace: str,
        tickets: Sequence[Ticket],
        decisions: Sequence[Decision],
        articles: Sequence[Sequence[Suggestion]],
        helps: Sequence[Help],
        shown_before: Mapping[str, str],
    ) -> None:
        """Keep what was offered, and which suggestions did not keep a ticket from being filed.

        Parameters
        ----------
        workspace : str
            Whose.
        tickets, decisions, articles, helps : sequence
            One of each a ticket.
        shown_before : Mapping of str to str
            By ticket id, the suggestion that its requester was shown.
        """
        records = []
        for ticket, decision, found, helping in zip(tickets, decisions, articles, helps, strict=True):
            items = _offered(found, helping)
            if items:
                records.append(
                    SuggestionRecord(
                        decision.decision_id,
                        Audience.AGENT,
                        ticket.ticket_id or None,
                        ticket.requester,
                        ticket.text_hash,
                        items,
                        None,
                        decision.created_at,
                    )
                )
        put_suggestions(self._store, workspace, records)
        within = self._within(workspace, tickets, shown_before)
        for ticket, helping in zip(tickets, helps, strict=True):
            if not ticket.ticket_id:
                continue
            note_filed(
                self._store,
                workspace,
                ticket.ticket_id,
                ticket.created_at or datetime.now(UTC),
                suggestion_id=shown_before.get(ticket.ticket_id),
                requester=ticket.requester,
                within=within,
            )
            self._keep_auto(workspace, ticket, helping.auto)

    def _within(
        self, workspace: str, tickets: Sequence[Ticket], shown_before: Mapping[str, str]
    ) -> timedelta:
        """Return how lately a requester must have asked; read only where that is looked for."""
        asked = [one for one in tickets if one.ticket_id and one.requester is not None]
        if all(one.ticket_id in shown_before for one in asked):
            return timedelta()
        return timedelta(hours=read_policy(self._store, workspace).policy.helping.match_hours)

    def _auto(self, workspace: str, ticket: Ticket, decision: Decision, policy: Policy) -> AutoAnswer | None:
        auto = policy.helping.auto_resolve
        if auto.mode is Mode.OFF or not ticket.ticket_id:
            return None
        now = datetime.now(UTC)
        expires_at = now + timedelta(hours=auto.confirm_hours)
        # What holds it back whatever the article need not look for one.
        if (reason := barrier(ticket, decision, policy, 1.0)) not in (None, Reason.SHADOW.value):
            return AutoAnswer(None, reason, now, expires_at)
        if (reason := self._is_over(workspace, ticket.ticket_id)) is not None:
            return AutoAnswer(None, reason, now, expires_at)
        best = next(iter(self._deflection.chances(workspace, ticket, 3)), None)
        reason = barrier(ticket, decision, policy, None if best is None else best.chance)
        return AutoAnswer(best, reason, now, expires_at)

    def _is_over(self, workspace: str, ticket_id: str) -> str | None:
        """Say why a ticket that is sent again is sent no article: it had one before, or it is closed."""
        before = get_auto_resolution(self._store, workspace, ticket_id)
        if before is not None and not before.is_shadow:
            return ALREADY_ANSWERED
        stands = get_ticket(self._store, workspace, ticket_id)
        return CLOSED if stands is not None and is_done(stands) else None

    def _keep_auto(self, workspace: str, ticket: Ticket, auto: AutoAnswer | None) -> None:
        if auto is None or auto.best is None or auto.reason not in (None, Reason.SHADOW.value):
            return
        put_auto_resolution(
            self._store,
            workspace,
            AutoResolution(
                ticket.ticket_id,
                auto.best.article.article_id,
                auto.best.chance,
                auto.reason is not None,
                auto.at,
                auto.expires_at,
            ),
        )


def _offered(articles: Sequence[Suggestion], helping: Help) -> tuple[Offered, ...]:
    return (
        *(
            Offered(ItemKind.ARTICLE, one.article_id, rank, one.score)
            for rank, one in enumerate(articles, start=1)
        ),
        *(
            Offered(ItemKind.SOLVED, one.ticket_id, rank, one.similarity)
            for rank, one in enumerate(helping.solved, start=1)
        ),
        *(
            Offered(ItemKind.REPLY, one.reply_id, rank, one.share)
            for rank, one in enumerate(helping.replies, start=1)
        ),
    )
