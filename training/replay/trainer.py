"""Trains the model of a replay at a moment of the past, by the same function as ``triage train``."""

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from features.embedding_cache import CachedEncoder
from features.knowledge import KnowledgeIndex
from features.model import RecentEncoder, TicketModel
from training.config import TrainingConfig
from training.encoder.tuned_folder import open_encoder
from training.replay.affinity import ASSIGNEE, with_affinity
from training.replay.desk import Desk, TrainedDesk
from training.replay.floor import ReplayFloor
from training.replay.growing import Growing, GrowingModel
from training.replay.timeline import ArticleKnown, Event, LabelsKnown, LinkKnown
from training.train import train_bundle
from triage.agent import Agent
from triage.bundle import SIGNATURE, Bundle
from triage.errors import ConfigurationError
from triage.policy import Policy

__all__ = ["BundleTrainer", "Trainer"]

Progress = Callable[[str], None]


class Trainer(Protocol):
    """Makes a desk that knows what was known at a moment."""

    def train(self, moment: float, known: list[Event], progress: Progress) -> Desk:
        """Train on the events known at a moment (POSIX time), and on nothing else.

        Raises
        ------
        TrainingError
            If nothing can be learnt from them.
        """
        ...


@dataclass(frozen=True, slots=True)
class BundleTrainer:
    """Trains sealed bundles, as ``triage train`` does.

    Parameters
    ----------
    config : TrainingConfig
        Of every training.
    policy : Policy
        By which desks decide.
    key : bytes
        Signs the bundles.
    folder : Path
        Keeps the newest model: after a kill it need not be trained again.
    cache : Path
        Folder of embeddings.
    threads : int
        Of the encoder.
    with_articles : bool
        Whether articles are suggested.
    limit : int, default=10
        At most so many a ticket.
    agents : tuple of Agent, optional
        Say who was there, with how much room. They teach nothing: a table of today names who stayed.
    zone : str, default="UTC"
        Of shifts that name none.
    holidays : Mapping of (str or None) to (collection of date), optional
        On which no shift begins, by team.

    Raises
    ------
    ConfigurationError
        If the encoder was tuned: it was tuned on tickets that had not been filed yet.
    """

    config: TrainingConfig
    policy: Policy
    key: bytes
    folder: Path
    cache: Path
    threads: int
    with_articles: bool
    limit: int = 10
    agents: tuple[Agent, ...] = ()
    zone: str = "UTC"
    holidays: Mapping[str | None, Collection[date]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if open_encoder(Path(self.config.encoder) if self.config.encoder else None).facts:
            raise ConfigurationError(
                f"Got the tuned encoder {self.config.encoder or '$TRIAGE_ENCODER'} for a replay; expected "
                "one that has not seen the tickets: this one knows what became of them. "
                "Leave `encoder` out, and unset $TRIAGE_ENCODER, to replay with the shipped one."
            )

    def train(self, moment: float, known: list[Event], progress: Progress) -> TrainedDesk:
        """See :class:`Trainer`."""
        version = f"replay-{datetime.fromtimestamp(moment, UTC):%Y%m%dT%H%M%S}"
        place = self.folder / version
        history = [event.past for event in known if isinstance(event, LabelsKnown)]
        if not (place / SIGNATURE).is_file():
            for old in self.folder.glob("*"):
                shutil.rmtree(old)
            train_bundle(
                history,
                config=self.config,
                out=place,
                key=self.key,
                articles=[event.article for event in known if isinstance(event, ArticleKnown)]
                if self.with_articles
                else (),
                links=[event.link for event in known if isinstance(event, LinkKnown)],
                cache=self.cache,
                progress=lambda stage, share: progress(stage),
            )
        bundle = Bundle.load(place, self.key, threads=self.threads)
        model = bundle.model
        if not isinstance(model, TicketModel) or not isinstance(model.encoder, RecentEncoder):
            raise TypeError(f"Got {type(model).__name__}; expected a model that was just opened.")
        model.use(RecentEncoder(CachedEncoder(model.encoder.encoder, self.cache)))
        growing: Growing = GrowingModel(model, self.config.neighbours)
        if not self.config.targets or ASSIGNEE in self.config.targets:
            progress("learning who handles what")
            precision = self.config.precision_for(ASSIGNEE)
            growing = with_affinity(growing, history, self.agents, moment, precision)
        floor = None
        if self.agents:
            floor = ReplayFloor(self.agents, self.policy, zone=self.zone, holidays=self.holidays)
            for event in known:
                floor.learn(event)
        desk = TrainedDesk(
            growing,
            version,
            moment,
            self.policy,
            self._knowledge(bundle, model.encoder) if self.with_articles else None,
            self.limit,
            floor,
        )
        learnt = {past.ticket.ticket_id for past in history}
        for event in known:
            # Training remembers links of tickets that it learns from; others are known as well.
            if isinstance(event, LinkKnown) and event.ticket.ticket_id not in learnt:
                desk.learn(event)
        return desk

    def _knowledge(self, bundle: Bundle, encoder: RecentEncoder) -> KnowledgeIndex:
        """Return the bundle's index, or an empty one where no article was there yet at training."""
        if not isinstance(bundle.suggester, KnowledgeIndex):
            return KnowledgeIndex(encoder)
        bundle.suggester.open(encoder)
        return bundle.suggester
