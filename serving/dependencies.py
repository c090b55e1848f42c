"""What endpoints receive: the parts that the lifespan made, typed, by ``Depends``."""

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from serving.assignment_desk import AssignmentDesk
from serving.backlog_desk import BacklogDesk
from serving.deflection_desk import DeflectionDesk
from serving.door import Door
from serving.knowledge_host import KnowledgeHost
from serving.metrics import Metrics
from serving.model_host import ModelHost
from serving.refusals import Refusals
from serving.settings import Settings
from serving.staffing_desk import StaffingDesk
from serving.triage_desk import TriageDesk
from serving.work_queue import WorkQueue
from triage.registry import Registry
from triage.store import Store
from triage.store.audit import AuditLog
from triage.store.sla_books import BookShelf

__all__ = [
    "AssigningDep",
    "AuditDep",
    "BacklogDep",
    "BooksDep",
    "DeflectionDep",
    "DeskDep",
    "DoorDep",
    "KnowledgeDep",
    "MetricsDep",
    "ModelHostDep",
    "RegistryDep",
    "SettingsDep",
    "StaffingDep",
    "State",
    "StoreDep",
    "WorkDep",
]


class State(TypedDict):
    """Everything that lives as long as the server."""

    settings: Settings
    store: Store
    registry: Registry
    models: ModelHost
    knowledge: KnowledgeHost
    desk: TriageDesk
    assigning: AssignmentDesk
    backlog: BacklogDesk
    books: BookShelf
    deflection: DeflectionDesk
    staffing: StaffingDesk
    work: WorkQueue
    metrics: Metrics
    door: Door
    audit: AuditLog
    refusals: Refusals


def _settings(request: Request) -> Settings:
    return cast(Settings, request.state.settings)


def _store(request: Request) -> Store:
    return cast(Store, request.state.store)


def _registry(request: Request) -> Registry:
    return cast(Registry, request.state.registry)


def _models(request: Request) -> ModelHost:
    return cast(ModelHost, request.state.models)


def _knowledge(request: Request) -> KnowledgeHost:
    return cast(KnowledgeHost, request.state.knowledge)


def _desk(request: Request) -> TriageDesk:
    return cast(TriageDesk, request.state.desk)


def _assigning(request: Request) -> AssignmentDesk:
    return cast(AssignmentDesk, request.state.assigning)


def _backlog(request: Request) -> BacklogDesk:
    return cast(BacklogDesk, request.state.backlog)


def _books(request: Request) -> BookShelf:
    return cast(BookShelf, request.state.books)


def _deflection(request: Request) -> DeflectionDesk:
    return cast(DeflectionDesk, request.state.deflection)


def _staffing(request: Request) -> StaffingDesk:
    return cast(StaffingDesk, request.state.staffing)


def _work(request: Request) -> WorkQueue:
    return cast(WorkQueue, request.state.work)


def _metrics(request: Request) -> Metrics:
    return cast(Metrics, request.state.metrics)


def _door(request: Request) -> Door:
    return cast(Door, request.state.door)


def _audit(request: Request) -> AuditLog:
    return cast(AuditLog, request.state.audit)


SettingsDep = Annotated[Settings, Depends(_settings)]
StoreDep = Annotated[Store, Depends(_store)]
RegistryDep = Annotated[Registry, Depends(_registry)]
ModelHostDep = Annotated[ModelHost, Depends(_models)]
KnowledgeDep = Annotated[KnowledgeHost, Depends(_knowledge)]
DeskDep = Annotated[TriageDesk, Depends(_desk)]
AssigningDep = Annotated[AssignmentDesk, Depends(_assigning)]
BacklogDep = Annotated[BacklogDesk, Depends(_backlog)]
BooksDep = Annotated[BookShelf, Depends(_books)]
DeflectionDep = Annotated[DeflectionDesk, Depends(_deflection)]
StaffingDep = Annotated[StaffingDesk, Depends(_staffing)]
WorkDep = Annotated[WorkQueue, Depends(_work)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
DoorDep = Annotated[Door, Depends(_door)]
AuditDep = Annotated[AuditLog, Depends(_audit)]
