"""Whether what is offered helps, and what the knowledge base lacks."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.help_report import HelpReport
from serving.schemas.base import Input, Output
from triage.store.knowledge_reports import StoredGaps

__all__ = ["GapsRunIn", "KnowledgeReportOut"]

EXAMPLE_ACCEPTANCE: dict[str, Any] = {
    "kind": "article",
    "rank": 1,
    "offered": 412,
    "accepted": 96,
    "sent": 61,
    "dismissed": 40,
    "share": 0.381,
    "low": 0.335,
    "high": 0.429,
}
EXAMPLE_DEFLECTION: dict[str, Any] = {
    "asked": 310,
    "offered": 204,
    "filed": 131,
    "not_filed": 73,
    "helped": 38,
    "share": 0.358,
    "low": 0.295,
    "high": 0.426,
    "share_without_offer": 0.21,
    "too_few": False,
}
EXAMPLE_SAVED: dict[str, Any] = {
    "hours": 3.4,
    "low": 0.9,
    "high": 6.1,
    "tickets": 143,
    "compared_with": 1_902,
    "unmatched": 6,
    "too_few": False,
}
EXAMPLE_GAP: dict[str, Any] = {
    "title": "Shared calendar is empty after the update",
    "words": ["calendar", "shared", "empty"],
    "tickets": 64,
    "hours": 5.5,
    "weight": 352.0,
    "share_recent": 0.41,
    "grows": True,
    "examples": [{"ticket_id": "T-0912", "subject": "Shared calendar is empty after the update"}],
    "dismissed": 3,
    "nearest_article": "KB-31",
}
EXAMPLE: dict[str, Any] = {
    "since": "2026-01-01T00:00:00Z",
    "until": "2026-04-01T00:00:00Z",
    "acceptance": [EXAMPLE_ACCEPTANCE],
    "deflection": EXAMPLE_DEFLECTION,
    "time_saved": EXAMPLE_SAVED,
    "auto_resolutions": {"shadow": 12, "waiting": 0, "confirmed": 0, "refused": 0, "expired": 0},
    "gaps": {
        "created_at": "2026-04-01T05:00:00Z",
        "tickets": 8_210,
        "days": 365,
        "unserved": 2_904,
        "clustered": 811,
        "articles": 212,
        "hidden": 0,
        "gaps": [EXAMPLE_GAP],
        "care": [
            {
                "article_id": "KB-7",
                "title": "Old VPN client",
                "problem": "contradicted",
                "why": "Dismissed 9 of 10 times that somebody judged it.",
            }
        ],
    },
}


class GapsRunIn(Input):
    """How far to look back for gaps."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 365}]})

    days: Annotated[int, Field(ge=1, le=3_650)] = Field(
        365, description="Tickets filed within so many days; of more than 50,000 the newest."
    )

    def parameters(self) -> dict[str, Any]:
        """Return what the worker is told."""
        return self.model_dump(mode="json")


class AcceptanceOut(Output):
    """What became of what was offered to agents, at one rank."""

    kind: Literal["article", "solved", "reply"]
    rank: int
    offered: int
    accepted: int
    sent: int
    dismissed: int
    share: float = Field(description="Accepted or sent, of those offered.")
    low: float = Field(description="Lower 95 % bound (Wilson).")
    high: float


class DeflectionOut(Output):
    """What requesters did after they had asked."""

    asked: int
    offered: int
    filed: int
    not_filed: int
    helped: int = Field(description="Who said that an article helped.")
    share: float = Field(description="Not filed, of those offered; not filing is not being helped.")
    low: float
    high: float
    share_without_offer: float | None = Field(description="The same where nothing fitted.")
    too_few: bool


class TimeSavedOut(Output):
    """Hours sooner than tickets of the same category, priority and length."""

    hours: float | None = Field(description="Mean a ticket; null where there are too few.")
    low: float | None
    high: float | None
    tickets: int
    compared_with: int
    unmatched: int
    too_few: bool


class ExampleOut(Output):
    """A typical ticket."""

    ticket_id: str
    subject: str = Field(description="Personal data taken out.")


class GapOut(Output):
    """Tickets about one thing that no article serves."""

    title: str = Field(description="For an article to be written, in the tickets' own words.")
    words: list[str]
    tickets: int
    hours: float | None = Field(description="Median to the solution.")
    weight: float = Field(description="Tickets times hours.")
    share_recent: float = Field(description="Filed in the newest quarter of the time.")
    grows: bool = Field(
        description="Whether `share_recent` is surely larger than that of all tickets (exact binomial test, "
        "corrected for the number of gaps)."
    )
    examples: list[ExampleOut]
    dismissed: int
    nearest_article: str | None


class CareOut(Output):
    """An article that needs attention."""

    article_id: str
    title: str
    problem: Literal["contradicted", "outdated", "unused"]
    why: str


class GapsOut(Output):
    """What the knowledge base lacks, as a worker found it."""

    created_at: datetime
    tickets: int
    days: int | None = Field(description="Filed within so many days; null where nothing was said.")
    unserved: int
    clustered: int
    articles: int
    hidden: int = Field(
        description="Gaps left out, since none of their typical tickets is in the caller's sight."
    )
    gaps: list[GapOut]
    care: list[CareOut]

    @classmethod
    def of(cls, stored: StoredGaps) -> "GapsOut":
        """Translate; a report made before these were told has no days, and no gap of it grows."""
        gaps = [{"grows": False, **one} for one in stored.document["gaps"]]
        told = {"days": None, **stored.document, "created_at": stored.created_at, "gaps": gaps}
        return cls.model_validate(told)


class KnowledgeReportOut(Output):
    """Whether what is offered helps, and what the knowledge base lacks."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    since: datetime
    until: datetime
    acceptance: list[AcceptanceOut]
    deflection: DeflectionOut
    time_saved: TimeSavedOut
    auto_resolutions: dict[str, int] = Field(description="Articles sent as answers, by state.")
    gaps: GapsOut | None = Field(description="Null until `POST /v1/reports/knowledge` was asked for.")

    @classmethod
    def of(cls, report: HelpReport) -> "KnowledgeReportOut":
        """Translate."""
        return cls(
            since=report.since,
            until=report.until,
            acceptance=[
                AcceptanceOut(
                    kind=one.kind.value,
                    rank=one.rank,
                    offered=one.offered,
                    accepted=one.accepted,
                    sent=one.sent,
                    dismissed=one.dismissed,
                    share=one.share,
                    low=one.low,
                    high=one.high,
                )
                for one in report.acceptance
            ],
            deflection=DeflectionOut(
                **{name: getattr(report.deflection, name) for name in DeflectionOut.model_fields}
            ),
            time_saved=TimeSavedOut(
                **{name: getattr(report.saved, name) for name in TimeSavedOut.model_fields}
            ),
            auto_resolutions=report.auto,
            gaps=None if report.gaps is None else GapsOut.of(report.gaps),
        )
