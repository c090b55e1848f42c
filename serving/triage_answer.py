"""What a ticket is asked for and what it is answered, before either is put into a schema."""

from dataclasses import dataclass, field

from serving.assignment_desk import Ranked
from serving.help_desk import Help
from serving.sight import Sight
from triage.assignment import Assignment
from triage.decision import Decision
from triage.duplicate import Duplicate
from triage.knowledge import Suggestion
from triage.sla.outlook import SlaOutlook
from triage.ticket import Ticket

__all__ = ["Answer", "Extras"]


@dataclass(frozen=True, slots=True)
class Extras:
    """What to tell besides the decision: reasons, and how many similar tickets, articles, repeats, replies.

    ``detail`` adds what deleting each word or sentence would change; ``sight``: what of other
    tickets the asker sees.
    """

    explain: bool
    similar: int
    articles: int
    detail: bool = False
    duplicates: int = 0
    replies: int = 0
    sight: Sight = field(default_factory=Sight)


@dataclass(frozen=True, slots=True)
class Answer:
    """A ticket as it may be stored, its decision, what may help, its time, and who should have it.

    ``assignment`` is None where nobody is assigned here. ``ranked`` is what it was made from, ``work`` the
    count of changes that it had seen, ``duplicates`` the earlier tickets that it likely repeats.
    """

    ticket: Ticket
    decision: Decision
    articles: tuple[Suggestion, ...]
    sla: SlaOutlook | None = None
    assignment: Assignment | None = None
    ranked: Ranked | None = None
    work: int = 0
    duplicates: tuple[Duplicate, ...] = ()
    helping: Help = field(default_factory=Help)
