"""The trained model as one object: views, a classifier a field, neighbours. It predicts; it never fits."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from features.apart import Asked, assess_apart
from features.assessing import Found, make_assessments
from features.cleaning import clean_text
from features.encoder import Encoder, SentenceEncoder
from features.explain import explain_field
from features.familiarity import Familiarity
from features.fast_tier import FastModel, FastTier
from features.field_model import FieldModel
from features.foresight_model import ForesightModel
from features.hierarchy import Hierarchy, combine_fields, joined_with
from features.learnt_languages import LearntLanguages
from features.neighbours import VOTERS, NeighbourIndex
from features.occlusion import measure_deletions
from features.recent_texts import note_remembering
from features.structured import StructuredView
from features.ticket_reading import Reader, Reading
from features.ticket_redaction import TicketRedaction
from features.views import MEANING_SCALE, make_views
from features.words import WordView
from triage.errors import IncompatibleBundleError
from triage.policy import Promise
from triage.prediction import Assessment, Explanation, Prediction
from triage.priority_rule import PriorityRule
from triage.stopwatch import stage
from triage.ticket import Ticket

__all__ = ["FEATURE_VERSION", "RecentEncoder", "TicketModel"]

FEATURE_VERSION = 4
"""Changes whenever code in ``features`` makes other numbers of the same ticket."""

RECENT = 512


class TicketModel:
    """Everything that a bundle's ``model.joblib`` holds; implements :class:`triage.ports.Model`.

    Parameters
    ----------
    words : WordView
        Fitted.
    structured : StructuredView
        Fitted.
    fields : Mapping of str to FieldModel
        By field.
    promises : Mapping of str to Promise
        By field.
    neighbours : NeighbourIndex
        Of the training history.
    languages : LearntLanguages, optional
        Of the training history; without it no language is held against a ticket.
    familiarity : Mapping of str to Familiarity, optional
        By field; a field without one, as where the history has no text, goes by what the form says.
    priority_rule : PriorityRule, optional
        How priorities come about, where they follow a matrix.
    hierarchies : sequence of Hierarchy, optional
        Pairs of fields that answer together.
    foresight : ForesightModel, optional
        What is expected of tickets' time, where the history told.
    fast_tier : FastTier, optional
        What answers without the encoder where it is sure; none in bundles of before.
    redaction : TicketRedaction, optional
        What tickets go through before anything is made of them, where those that it learnt from did.
    formless : TicketModel, optional
        Answers tickets that lack the form which the history had, from the same views and neighbours, with
        promises of its own; without it, and in bundles of before, they are answered like all others.
    """

    hierarchies: Sequence[Hierarchy] = ()
    foresight: ForesightModel | None = None
    fast_tier: FastTier | None = None
    redaction: TicketRedaction | None = None
    formless: "TicketModel | None" = None

    def __init__(
        self,
        words: WordView,
        structured: StructuredView,
        fields: Mapping[str, FieldModel],
        promises: Mapping[str, Promise],
        neighbours: NeighbourIndex,
        *,
        languages: LearntLanguages | None = None,
        familiarity: Mapping[str, Familiarity] | None = None,
        priority_rule: PriorityRule | None = None,
        hierarchies: Sequence[Hierarchy] = (),
        foresight: ForesightModel | None = None,
        fast_tier: FastTier | None = None,
        redaction: TicketRedaction | None = None,
        formless: "TicketModel | None" = None,
    ) -> None:
        self.words = words
        self.structured = structured
        self.fields = dict(fields)
        self.promises: Mapping[str, Promise] = dict(promises)
        self.neighbours = neighbours
        self.languages = languages or LearntLanguages()
        self.familiarity = dict(familiarity or {})
        self.priority_rule = priority_rule
        self.hierarchies = tuple(hierarchies)
        self.foresight = foresight
        self.fast_tier = fast_tier
        self.redaction = redaction
        self.formless = formless
        self.encoder: Encoder | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the encoder out: it lies beside the model in the bundle."""
        return self.__dict__ | {"encoder": None, "feature_version": FEATURE_VERSION}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Refuse a model that other code fitted: the same features would mean something else."""
        found = state.get("feature_version", 1)
        if found != FEATURE_VERSION:
            raise IncompatibleBundleError(
                f"Got a bundle of feature version {found}; this version reads feature version "
                f"{FEATURE_VERSION}. Train it again with this version."
            )
        self.__dict__ |= state

    def open(self, folder: Path, *, threads: int = 1) -> None:
        """Open the encoder of the bundle in ``folder``."""
        self.use(RecentEncoder(SentenceEncoder.open(folder / "encoder", threads=threads)))

    def use(self, encoder: Encoder) -> None:
        """Take an encoder that is open already; the same as the bundle's."""
        self.encoder = encoder
        if self.formless is not None:
            self.formless.use(encoder)

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        """See :meth:`triage.ports.Model.assess`."""
        if self.encoder is None:
            raise RuntimeError("Got a model that was not opened; call open(folder) first.")
        tickets = self.redacted(tickets)
        asked = Asked(explain, similar, detail)
        return assess_apart(tickets, self.bare(tickets), self.formless, self.assess_redacted, asked)

    def redacted(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        """Return the tickets as those learnt from were read: without what identifies people, if so told."""
        return tickets if self.redaction is None else [self.redaction.ticket(one) for one in tickets]

    def bare(self, tickets: Sequence[Ticket]) -> np.ndarray:
        """Return which tickets the model for tickets without a form answers, as bools of shape (n,)."""
        if self.formless is None:
            return np.zeros(len(tickets), bool)
        return self.structured.misses(tickets)

    def assess_redacted(self, tickets: Sequence[Ticket], asked: Asked) -> list[Assessment]:
        """Assess redacted tickets by this model alone, whatever their form."""
        if not tickets:
            return []
        assert self.encoder is not None
        explain, similar, detail = asked.explain, asked.similar, asked.detail
        texts = [clean_text(ticket) for ticket in tickets]
        views = make_views(tickets, self.words, self.structured, self.encoder, texts)
        vectors = np.asarray(views["meaning"]) / MEANING_SCALE
        count = max(VOTERS, similar, *(model.looked_at for model in self.fields.values()))
        with stage("similar"):
            places, cosines = self.neighbours.search(vectors, count)
        said = {name: model.said(views, places, cosines) for name, model in self.fields.items()}
        pooled = {name: model.pooled(said[name]) for name, model in self.fields.items()}
        # Each field's own model tells, before a person's value elsewhere narrows down what it may be.
        familiar = {name: one.p_values(pooled[name], cosines) for name, one in self.familiarity.items()}
        probabilities, withheld = combine_fields(self.hierarchies, pooled, tickets)
        # Where there is no text to compare, a ticket is familiar when its form holds anything learnt from.
        otherwise = self.structured.knows(tickets).astype(float)
        if cosines.shape[1]:
            # A field of which no held-out ticket was measured cannot call one with text strange.
            otherwise[[bool(text) for text in texts]] = 1.0
        foreseen = [None] * len(tickets) if self.foresight is None else self.foresight.foresee(tickets, views)

        def reasons(row: int, predictions: Mapping[str, Prediction]) -> dict[str, Explanation]:
            near = places[row], cosines[row], self.neighbours.ticket_ids, said, pooled
            return self._explain(
                Reading(tickets[row], views, row, self.readers(), *near), predictions, detail
            )

        return make_assessments(
            tickets,
            Found(texts, probabilities, familiar, otherwise, withheld, foreseen),
            self.fields,
            self.languages,
            self.priority_rule,
            explain=reasons if explain else None,
            similar=(lambda row: self.neighbours.similar(places[row, :similar], cosines[row, :similar]))
            if similar
            else None,
        )

    @property
    def fast(self) -> "FastModel | None":
        """The same model as its fast tier answers; None where training made none."""
        return None if self.fast_tier is None else FastModel(self, self.fast_tier)

    def readers(self) -> dict[str, Reader]:
        """Return what shares a block's score out to words and form fields."""
        return {
            "words": ("word", lambda ticket, row: self.words.shares(clean_text(ticket), row)),
            "fields": ("field", self.structured.shares),
        }

    def _explain(
        self, reading: Reading, predictions: Mapping[str, Prediction], detail: bool
    ) -> dict[str, Explanation]:
        found = {
            name: explain_field(self.fields[name], one, reading, joined_with(name, self.hierarchies))
            for name, one in predictions.items()
        }
        if not detail:
            return found
        told = measure_deletions(reading.ticket, predictions, found, self._predict)
        return {name: replace(one, deletions=told[name]) for name, one in found.items()}

    def _predict(self, tickets: Sequence[Ticket]) -> list[Mapping[str, Prediction]]:
        return [one.predictions for one in self.assess(tickets)]


class RecentEncoder:
    """An encoder that remembers the latest texts, so that one request encodes its text once.

    Parameters
    ----------
    encoder : Encoder
        The real one.
    size : int, default=512
        Texts remembered.
    """

    def __init__(self, encoder: Encoder, size: int = RECENT) -> None:
        self.encoder = encoder
        self.size = size
        self._vectors: OrderedDict[str, np.ndarray] = OrderedDict()
        self._turn = Lock()
        note_remembering(self)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        """The real encoder's."""
        return self.encoder.fingerprint

    def remembers(self, text: str) -> bool:
        """Whether a text is among the latest."""
        return text in self._vectors

    def forget(self) -> None:
        """Remember no text any more."""
        with self._turn:
            self._vectors.clear()

    def encode(self, texts: Sequence[str], *, batch_size: int = 32, progress: Any = None) -> np.ndarray:
        """Return the (n, dimension) unit vectors of the texts, in order."""
        with self._turn:
            vectors = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = list(dict.fromkeys(text for text in texts if text not in vectors))
        if new:
            with stage("encode"):
                made = self.encoder.encode(new, batch_size=batch_size, progress=progress)
            vectors |= dict(zip(new, made, strict=True))
            with self._turn:
                for text in new[-self.size :]:
                    self._vectors[text] = vectors[text]
                while len(self._vectors) > self.size:
                    self._vectors.popitem(last=False)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([vectors[text] for text in texts])
