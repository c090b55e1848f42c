"""From a history to a sealed bundle: the whole of training in the order in which it happens."""

import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder, SentenceEncoder
from features.field_model import FieldModel
from features.language import language_of
from features.model import TicketModel
from features.neighbours import NeighbourIndex
from features.structured import StructuredView
from features.views import MEANING_SCALE, make_views
from features.words import WordView
from training.card import render_card
from training.config import TrainingConfig
from training.knowledge.learn import learn_knowledge
from training.learn_familiarity import learn_familiarity, measure_nearness
from training.learn_field import LearntField, learn_field
from training.learn_languages import learn_languages
from training.manifest import make_manifest
from training.retired import retired_labels
from training.splits import has_order
from triage.agent import Agent
from triage.bundle import KNOWLEDGE, MODEL, Manifest, seal
from triage.errors import TrainingError
from triage.home import home_folder
from triage.knowledge import Article, ArticleLink
from triage.taxonomy import Taxonomy
from triage.ticket import FIELDS, PastTicket

__all__ = ["train_bundle"]

MIN_TICKETS = 10

Progress = Callable[[str, float], None]


def train_bundle(
    tickets: Sequence[PastTicket],
    *,
    config: TrainingConfig,
    out: Path,
    key: bytes,
    articles: Sequence[Article] = (),
    links: Sequence[ArticleLink] = (),
    agents: Sequence[Agent] = (),
    cache: Path | None = None,
    progress: Progress = lambda stage, share: None,
) -> Manifest:
    """Learn every target field of a history and seal the result.

    Parameters
    ----------
    tickets : sequence of PastTicket
        The history, in any order.
    config : TrainingConfig
        See there.
    out : Path
        Where the bundle shall stand.
    key : bytes
        Signs it.
    articles, links : sequences, optional
        Make the bundle suggest articles.
    agents : sequence of Agent, optional
        Assignees who are not among them have left and are not learnt; without agents all are.
    cache : Path, optional
        Folder of embeddings by content hash; by default in the home folder.
    progress : callable, optional
        Told each stage and the share done.

    Returns
    -------
    Manifest
        Of the sealed bundle.

    Raises
    ------
    TrainingError
        If there is nothing to learn: too few tickets, or no field with two labels.
    """
    if len(tickets) < MIN_TICKETS:
        raise TrainingError(
            f"Got {len(tickets)} tickets; expected {MIN_TICKETS} or more to learn from. "
            "Give a longer history; `triage check` tells what is in it."
        )
    ordered = has_order(tickets)
    history = _in_order(tickets, ordered)
    labels = _labels(history, config, agents, ordered)
    if not labels:
        wanted = ", ".join(config.targets) if config.targets else "any field"
        raise TrainingError(
            f"Got no field to learn (asked for {wanted}); expected two labels with {config.min_label_count} "
            "tickets or more in at least one. `triage check` tells what is in the history."
        )
    stock = SentenceEncoder.open(threads=joblib.cpu_count())
    encoder = CachedEncoder(stock, cache or home_folder() / "cache" / "embeddings")
    progress("reading texts", 0.02)
    texts = [clean_text(past.ticket) for past in history]
    words = WordView(stock.tokenizer).fit(texts)
    structured = StructuredView().fit([past.ticket for past in history])
    _encode_ahead(encoder, texts, progress)
    views = make_views([past.ticket for past in history], words, structured, encoder)
    learnt = _learn_fields(labels, views, ordered, config, progress)
    progress("finding neighbours", 0.85)
    neighbours, kept, near = _neighbours(
        history, np.asarray(views["meaning"]) / MEANING_SCALE, ordered, config
    )
    languages, spoken = learn_languages([language_of(past.ticket) for past in history], labels, learnt)
    model = TicketModel(
        words,
        structured,
        {name: _with_voters(one.model, labels[name], kept) for name, one in learnt.items()},
        {name: one.promise for name, one in learnt.items()},
        neighbours,
        languages=languages,
        familiarity=learn_familiarity(labels, learnt, near),
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.draft-{uuid.uuid4().hex}")
    draft.mkdir()
    try:
        joblib.dump(model, draft / MODEL)
        shutil.copytree(stock.folder, draft / "encoder")
        if articles:
            progress("learning which articles help", 0.9)
            index = learn_knowledge(articles, links, history, encoder, random_state=config.seed)
            joblib.dump(index, draft / KNOWLEDGE)
        manifest = make_manifest(history, labels, learnt, config, stock, out.name, ordered, spoken)
        (draft / "card.html").write_text(render_card(manifest), encoding="utf-8")
        progress("sealing", 0.98)
        sealed = seal(draft, out, manifest, key)
    finally:
        if draft.exists():
            shutil.rmtree(draft)
    progress("done", 1.0)
    return sealed


def _in_order(tickets: Sequence[PastTicket], ordered: bool) -> list[PastTicket]:
    if not ordered:
        return list(tickets)
    timed = [past for past in tickets if past.ticket.created_at is not None]
    return sorted(timed, key=lambda past: (past.ticket.created_at, past.ticket.ticket_id))


def _labels(
    history: Sequence[PastTicket], config: TrainingConfig, agents: Sequence[Agent], ordered: bool
) -> dict[str, list[str | None]]:
    """Return today's label of every ticket by field; None where there is none or it is not learnt."""
    taxonomy = Taxonomy({}, config.merged)
    present = {agent.agent for agent in agents}
    labels: dict[str, list[str | None]] = {}
    for name in config.targets or FIELDS:
        values = [
            taxonomy.current(name, past.labels[name]) if past.labels.get(name) else None for past in history
        ]
        if name == "assignee" and present:
            values = [value if value in present else None for value in values]
        counts = Counter(value for value in values if value is not None)
        kept = {
            label for label, count in counts.most_common(config.max_labels) if count >= config.min_label_count
        }
        if ordered:
            kept -= retired_labels(values)
        if len(kept) >= 2:
            labels[name] = [value if value in kept else None for value in values]
    return labels


def _encode_ahead(encoder: Encoder, texts: Sequence[str], progress: Progress) -> None:
    """Fill the cache, telling how far it is: encoding is most of the time of a first training."""
    total = max(1, len(texts))
    encoder.encode(
        list(dict.fromkeys(texts)),
        progress=lambda done: progress("reading texts", 0.02 + 0.38 * min(1.0, done / total)),
    )


def _learn_fields(
    labels: Mapping[str, Sequence[str | None]],
    views: Mapping[str, Any],
    ordered: bool,
    config: TrainingConfig,
    progress: Progress,
) -> dict[str, LearntField]:
    """Learn fields side by side, each with one BLAS thread.

    On matrices of this size more threads a matrix mostly wait for each other: on two busy cores 5,000
    tickets took an earlier solver 13 seconds of processor time with one and 39 with two.
    """
    done = 0

    def learn(name: str) -> LearntField:
        nonlocal done
        values = labels[name]
        rows = np.array([row for row, value in enumerate(values) if value is not None])
        learnt = learn_field(
            name,
            [value for value in values if value is not None],
            {block: matrix[rows] for block, matrix in views.items()},
            ordered=ordered,
            target=config.target_for(name),
            random_state=config.seed,
        )
        done += 1
        progress(f"learning fields ({done} of {len(labels)})", 0.4 + 0.45 * done / len(labels))
        return learnt

    with (
        threadpool_limits(limits=1, user_api="blas"),
        ThreadPoolExecutor(joblib.cpu_count()) as pool,
    ):
        return dict(zip(labels, pool.map(learn, labels), strict=True))


def _neighbours(
    history: Sequence[PastTicket], vectors: np.ndarray, ordered: bool, config: TrainingConfig
) -> tuple[NeighbourIndex, np.ndarray, np.ndarray]:
    """Index the newest tickets, naming their rows; measure how near to the others a held-out ticket is."""
    spoken = np.flatnonzero(
        [bool(past.ticket.subject.strip() or past.ticket.body.strip()) for past in history]
    )
    kept = spoken[-config.neighbours :]
    index = NeighbourIndex(
        np.ascontiguousarray(vectors[kept]),
        [history[row].ticket.ticket_id for row in kept],
        [history[row].labels for row in kept],
    )
    near = measure_nearness(vectors, spoken, ordered, reach=config.neighbours, random_state=config.seed)
    return index, kept, near


def _with_voters(model: FieldModel, values: Sequence[str | None], kept: np.ndarray) -> FieldModel:
    """Give a field the labels of the tickets in the neighbour index, where they vote."""
    if "neighbours" not in model.weights:
        return model
    places = {label: place for place, label in enumerate(model.labels)}
    classes = [-1 if values[row] is None else places[str(values[row])] for row in kept]
    return replace(model, neighbour_classes=np.asarray(classes, np.int32))
