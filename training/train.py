"""From a history to a sealed bundle: the whole of training in the order in which it happens."""

import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from features.field_model import FieldModel
from features.language import language_of
from features.model import TicketModel
from features.neighbours import NeighbourIndex
from features.structured import StructuredView
from features.views import MEANING_SCALE, make_views
from features.words import WordView
from training.canonical_pickle import dump_canonical
from training.card import render_card
from training.config import TrainingConfig
from training.encoder.judging_views import Judging, judging_views, views_within
from training.encoder.own_head import OwnHead
from training.encoder.tuned_folder import open_encoder
from training.join_fields import join_fields
from training.knowledge.learn import learn_knowledge
from training.learn_familiarity import learn_familiarity, measure_nearness
from training.learn_field import LearntField, learn_field
from training.learn_languages import learn_languages
from training.manifest import make_manifest
from training.priority.ordinal import with_ordinal_head
from training.priority.rule import learn_rule
from training.retired import retired_labels
from training.splits import has_order
from triage.agent import Agent
from triage.bundle import KNOWLEDGE, MODEL, Manifest, seal
from triage.errors import TrainingError
from triage.home import home_folder
from triage.knowledge import Article, ArticleLink
from triage.taxonomy import Taxonomy
from triage.ticket import FIELDS, PastTicket

__all__ = ["in_order", "labels_to_learn", "train_bundle"]

MIN_TICKETS = 10

Progress = Callable[[str, float], None]


@contextmanager
def _one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread: with more, sums are rounded by how many cores there are."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@_one_blas_thread()
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
    history = in_order(tickets, ordered)
    labels = labels_to_learn(history, config, agents, ordered)
    if not labels:
        wanted = ", ".join(config.targets) if config.targets else "any field"
        raise TrainingError(
            f"Got no field to learn (asked for {wanted}); expected two labels with {config.min_label_count} "
            "tickets or more in at least one. `triage check` tells what is in the history."
        )
    chosen = open_encoder(Path(config.encoder) if config.encoder else None, threads=joblib.cpu_count())
    stock = chosen.encoder
    keeper = cache or home_folder() / "cache" / "embeddings"
    encoder = CachedEncoder(stock, keeper)
    progress("reading texts", 0.02)
    texts = [clean_text(past.ticket) for past in history]
    words = WordView(stock.tokenizer).fit(texts)
    structured = StructuredView().fit([past.ticket for past in history])
    _encode_ahead(encoder, texts, progress)
    progress("weighing words", 0.4)
    views = make_views([past.ticket for past in history], words, structured, encoder)
    progress("learning fields", 0.4)
    judging = judging_views(chosen, history, texts, views, ordered, keeper)
    own_heads = chosen.heads[0] if chosen.heads else {}
    learnt, hierarchies = join_fields(
        _learn_fields(labels, views, ordered, config, progress, judging, own_heads),
        labels,
        views,
        config.target_for,
    )
    learnt, rule = learn_rule(history, labels, learnt, config.precision_for("priority"))
    progress("finding neighbours", 0.85)
    vectors = np.asarray(views["meaning"]) / MEANING_SCALE
    neighbours, kept, near = _neighbours(history, vectors, ordered, config, judging)
    languages, spoken = learn_languages([language_of(past.ticket) for past in history], labels, learnt)
    model = TicketModel(
        words,
        structured,
        {name: _with_voters(one.model, labels[name], kept) for name, one in learnt.items()},
        {name: one.promise for name, one in learnt.items()},
        neighbours,
        languages=languages,
        familiarity=learn_familiarity(labels, learnt, near),
        priority_rule=rule,
        hierarchies=[one.hierarchy for one in hierarchies],
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.draft-{uuid.uuid4().hex}")
    draft.mkdir()
    try:
        dump_canonical(model, draft / MODEL)
        shutil.copytree(stock.folder, draft / "encoder")
        if articles:
            progress("learning which articles help", 0.9)
            index = learn_knowledge(
                sorted(articles, key=_article_order),
                sorted(links, key=_link_order),
                history,
                encoder,
                random_state=config.seed,
            )
            dump_canonical(index, draft / KNOWLEDGE)
        manifest = make_manifest(
            history,
            labels,
            learnt,
            config,
            stock,
            out.name,
            ordered,
            languages=spoken,
            rule=rule,
            hierarchies=[one.facts for one in hierarchies],
        )
        (draft / "card.html").write_text(render_card(manifest), encoding="utf-8")
        progress("sealing", 0.98)
        sealed = seal(draft, out, manifest, key)
    finally:
        if draft.exists():
            shutil.rmtree(draft)
    progress("done", 1.0)
    return sealed


def in_order(tickets: Sequence[PastTicket], ordered: bool) -> list[PastTicket]:
    """Return the tickets by time of filing, without those that have none; as given where unordered."""
    if not ordered:
        return list(tickets)
    timed = [past for past in tickets if past.ticket.created_at is not None]
    return sorted(timed, key=_filing_order)


def _filing_order(past: PastTicket) -> tuple[Any, ...]:
    """Order by time; what follows makes the order one that rows of a file cannot change."""
    ticket = past.ticket
    return ticket.created_at, ticket.ticket_id, ticket.text_hash, sorted(past.labels.items())


def _article_order(article: Article) -> str:
    return article.article_id


def _link_order(link: ArticleLink) -> tuple[str, str]:
    return link.ticket_id, link.article_id


def labels_to_learn(
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
    judging: Sequence[Judging] = (),
    own_heads: Mapping[str, OwnHead] | None = None,
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
            judging=views_within(judging, rows, name),
            own_head=(own_heads or {}).get(name),
        )
        learnt = with_ordinal_head(
            learnt,
            [value for value in values if value is not None],
            {block: matrix[rows] for block, matrix in views.items()},
            ordered=ordered,
            target_precision=config.precision_for(name),
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
    history: Sequence[PastTicket],
    vectors: np.ndarray,
    ordered: bool,
    config: TrainingConfig,
    judging: Sequence[Judging] = (),
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
    near = measure_nearness(
        vectors,
        spoken,
        ordered,
        reach=config.neighbours,
        random_state=config.seed,
        judging=[(fold, np.asarray(seen["meaning"]) / MEANING_SCALE) for fold, seen, _ in judging],
    )
    return index, kept, near


def _with_voters(model: FieldModel, values: Sequence[str | None], kept: np.ndarray) -> FieldModel:
    """Give a field the labels of the tickets in the neighbour index, where they vote."""
    if "neighbours" not in model.weights:
        return model
    places = {label: place for place, label in enumerate(model.labels)}
    classes = [-1 if values[row] is None else places[str(values[row])] for row in kept]
    return replace(model, neighbour_classes=np.asarray(classes, np.int32))
