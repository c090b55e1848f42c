"""The desks of a server or a command, put together: who decides, who assigns, who plans."""

from dataclasses import dataclass
from pathlib import Path

from serving.affinity_host import NEWEST, AffinityHost
from serving.affinity_index import make_index
from serving.assignment_desk import AssignmentDesk
from serving.backlog_desk import BacklogDesk
from serving.deflection_desk import DeflectionDesk
from serving.duplicate_host import DuplicateHost
from serving.erased_tickets import ErasedTickets
from serving.floor import FloorHost
from serving.help_desk import HelpDesk
from serving.kept_affinity import KeptAffinity
from serving.knowledge_host import KnowledgeHost
from serving.metrics import Metrics
from serving.model_host import ModelHost
from serving.reply_desk import ReplyDesk
from serving.solution_host import SolutionHost
from serving.stock_encoder import StockEncoder
from serving.triage_desk import TriageDesk
from triage.bundle import FULL
from triage.erasure import ErasureKeys
from triage.store import Store
from triage.store.sealer import Extent
from triage.store.sla_books import BookShelf

__all__ = ["Desks", "make_desks"]


@dataclass(frozen=True, slots=True)
class Desks:
    """Everything that answers; the hosts are not started yet."""

    knowledge: KnowledgeHost
    affinity: AffinityHost
    duplicates: DuplicateHost
    assigning: AssignmentDesk
    desk: TriageDesk
    backlog: BacklogDesk
    books: BookShelf
    public: KnowledgeHost
    solutions: SolutionHost
    deflection: DeflectionDesk


def make_desks(
    store: Store,
    models: ModelHost,
    *,
    home: Path,
    poll_seconds: float,
    metrics: Metrics,
    tier: str = FULL,
) -> Desks:
    """Put the desks together.

    Parameters
    ----------
    store : Store
        Holds everything that they know.
    models : ModelHost
        Holds the champions.
    home : Path
        Folder of the embeddings that are kept on this machine.
    poll_seconds : float
        How often the background looks for what is new.
    metrics : Metrics
        Counts decisions.
    tier : str, default="full"
        Which views decide tickets, one of :data:`triage.bundle.TIERS`.
    """
    stock = StockEncoder()
    cache = home / "cache" / "embeddings"
    erased = ErasedTickets(store, ErasureKeys(models.key), poll_seconds=poll_seconds)
    knowledge = KnowledgeHost(
        store, models, poll_seconds=poll_seconds, stock=stock, cache=cache, erased=erased
    )
    # What it learnt names requesters: where the store does not show them to the disk, this does not either.
    is_open = store.sealer.extent is not Extent.TEXTS
    affinity = AffinityHost(
        store,
        models,
        make=make_index,
        cache=cache,
        poll_seconds=poll_seconds,
        stock=stock,
        kept=KeptAffinity(cache, models.key, NEWEST) if is_open else None,
    )
    duplicates = DuplicateHost(store, models, cache=cache, poll_seconds=poll_seconds, stock=stock)
    assigning = AssignmentDesk(store, FloorHost(store), affinity)
    books = BookShelf(store)
    public = KnowledgeHost(
        store,
        models,
        poll_seconds=poll_seconds,
        stock=stock,
        shows=lambda article: article.public,
        cache=cache,
        erased=erased,
    )
    solutions = SolutionHost(store, models, cache=cache, poll_seconds=poll_seconds, stock=stock)
    deflection = DeflectionDesk(store, public, solutions)
    helping = HelpDesk(store, solutions, ReplyDesk(store, solutions), deflection)
    desk = TriageDesk(store, models, knowledge, assigning, books, helping, metrics, duplicates, tier, erased)
    backlog = BacklogDesk(store, desk, assigning)
    return Desks(
        knowledge, affinity, duplicates, assigning, desk, backlog, books, public, solutions, deflection
    )
