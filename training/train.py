"""From a history to a sealed bundle: the whole of training in the order in which it happens."""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
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
from features.forgotten_texts import LEARNT
from features.language import language_of
from features.structured import StructuredView
from features.ticket_redaction import TicketRedaction
from features.views import MEANING_SCALE, make_views
from features.words import WordView
from training.affinity.learn import learn_affinity
from training.affinity.trust import trust_facts
from training.canonical_pickle import dump_canonical
from training.card import render_card
from training.config import TrainingConfig
from training.cost import CostMeter
from training.duplicates.learn import LinkedHistory, learn_duplicates
from training.encoder.judging_views import judging_views
from training.encoder.tuned_folder import open_encoder
from training.future import filed_by_now, told_of_future
from training.knowledge.learn import learn_knowledge
from training.label_names import name_labels
from training.labels_to_learn import labels_to_learn, with_todays_names
from training.learn_fast import learn_cheap
from training.learn_fields import days_filed, labels_of, learn_fields
from training.make_model import Ground, make_formless, make_model
from training.manifest import make_manifest
from training.past_neighbours import index_neighbours
from training.sla.learn_foresight import learn_foresight
from training.splits import has_order, in_order
from training.work_memory import WorkMemory, digest_rows
from triage.agent import Agent
from triage.bundle import AFFINITY, DUPLICATES, KNOWLEDGE, LEARNT_FROM, MODEL, Manifest, seal
from triage.duplicate import DuplicateLink
from triage.erasure import ErasureKeys, pseudonyms_of
from triage.errors import TrainingError
from triage.home import home_folder
from triage.knowledge import Article, ArticleLink
from triage.sla.book import SlaBook
from triage.ticket import PastTicket

__all__ = ["train_bundle"]

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
    duplicates: Sequence[DuplicateLink] = (),
    sla: SlaBook | None = None,
    workspace: str | None = None,
    cache: Path | None = None,
    notes: Sequence[str] = (),
    golden_revision: int = 0,
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
    duplicates : sequence of DuplicateLink, optional
        Tickets that people called duplicates of each other; with enough of them the bundle tells duplicates
        by what they taught.
    sla : SlaBook, optional
        Says which past promises were broken, where the history itself does not.
    workspace : str, optional
        Whose history it is; the manifest names it, and no other workspace takes the bundle by mistake.
    cache : Path, optional
        Folder of embeddings by content hash, and of what was learnt before from the very same things; by
        default in the home folder.
    notes : sequence of str, optional
        What a person should know of how the history was read, for the card.
    golden_revision : int, default=0
        Golden tickets up to this revision are not in the history (:mod:`triage.golden`); for the manifest.
    progress : callable, optional
        Told each stage and the share done.

    Returns
    -------
    Manifest
        Of the sealed bundle.

    Raises
    ------
    TrainingError
        If there is nothing to learn: too few tickets, no field with two labels, or none that can be learnt.
    """
    cost = CostMeter()
    filed = filed_by_now(tickets)
    tickets = filed.tickets
    if len(tickets) < MIN_TICKETS:
        raise TrainingError(
            f"Got {len(tickets)} tickets; expected {MIN_TICKETS} or more to learn from. "
            "Give a longer history; `triage check` tells what is in it."
        )
    redaction = _redaction(tickets, agents) if config.redact else None
    if redaction is not None:
        progress("redacting", 0.01)
        tickets = [redaction.past(past) for past in tickets]
    ordered = has_order(tickets)
    history = in_order(tickets, ordered)
    labels = labels_to_learn(history, config, agents, ordered)
    if not labels:
        wanted = ", ".join(config.targets) if config.targets else "any field"
        raise TrainingError(
            f"Got no field to learn (asked for {wanted}); expected two labels with {config.min_label_count} "
            "tickets or more in at least one, or two that are described under [descriptions.FIELD] in the "
            "file of --config (docs/guide.md, Train). `triage check` tells what is in the history."
        )
    chosen = open_encoder(Path(config.encoder) if config.encoder else None, threads=joblib.cpu_count())
    stock = chosen.encoder
    keeper = cache or home_folder() / "cache" / "embeddings"
    memory = WorkMemory(keeper / LEARNT, key)
    rows = digest_rows(history)
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
    named = {
        name: told
        for name, values in labels.items()
        for described in [config.descriptions.get(name, {})]
        if (told := name_labels(name, labels_of(values, described), described, words, encoder))
    }
    formless = structured.expects_form
    days = days_filed(history)
    alone = learn_fields(
        labels, views, ordered, config, progress, days, named, judging, own_heads, memory, formless=formless
    )
    progress("learning the fast tier", 0.8)
    cheap = learn_cheap(
        labels,
        alone,
        views,
        words,
        ordered=ordered,
        config=config,
        days=days,
        memory=memory,
        formless=formless,
    )
    progress("finding neighbours", 0.85)
    vectors = np.asarray(views["meaning"]) / MEANING_SCALE
    neighbours, kept, near = index_neighbours(history, vectors, ordered, config, judging)
    progress("learning times", 0.88)
    foresight = memory.remember(
        "times",
        (rows, views, ordered, sla, config.seed),
        lambda: learn_foresight(history, views, ordered=ordered, book=sla, random_state=config.seed),
    )
    ground = Ground(
        with_todays_names(history, config.merged),
        labels,
        [language_of(past.ticket) for past in history],
        views,
        words,
        structured,
        neighbours,
        kept,
        near,
        foresight.model,
        config,
    )
    made = make_model(alone, cheap, ground)
    bare = make_formless(alone, cheap, ground)
    made.model.redaction = redaction
    made.model.formless = None if bare is None else bare.model
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.draft-{uuid.uuid4().hex}")
    draft.mkdir()
    affinity: dict[str, Any] = {}
    try:
        dump_canonical(made.model, draft / MODEL)
        shutil.copytree(stock.folder, draft / "encoder")
        if articles:
            progress("learning which articles help", 0.9)
            shelf, used = sorted(articles, key=_article_order), sorted(links, key=_link_order)
            index = memory.remember(
                "articles",
                (digest_rows(shelf), digest_rows(used), rows, encoder.fingerprint, config.seed),
                lambda: learn_knowledge(shelf, used, history, encoder, random_state=config.seed),
            )
            dump_canonical(index, draft / KNOWLEDGE)
        if any(past.labels.get("assignee") and past.ticket.created_at for past in history):
            progress("learning who handles what", 0.94)
            precision = config.precision_for("assignee")
            people = memory.remember(
                "affinity",
                (rows, vectors, precision),
                lambda: learn_affinity(history, vectors, precision=precision),
            )
            dump_canonical(people, draft / AFFINITY)
            affinity = trust_facts(people)
        if duplicates and ordered:
            progress("learning duplicates", 0.95)
            linked = LinkedHistory([past.ticket for past in history], vectors, duplicates)
            repeats = learn_duplicates([linked])
            if repeats is not None:
                dump_canonical(repeats, draft / DUPLICATES)
        manifest = make_manifest(
            history,
            labels,
            made,
            config,
            stock,
            out.name,
            ordered,
            formless=bare,
            foresight=foresight.facts,
            affinity=affinity,
            cost=cost,
            workspace=workspace,
            notes=[*notes, *told_of_future(filed)],
            golden_revision=golden_revision,
        )
        learnt_from = pseudonyms_of((past.ticket for past in history), ErasureKeys(key))
        np.save(draft / LEARNT_FROM, learnt_from, allow_pickle=False)
        (draft / "card.html").write_text(render_card(replace(manifest, cost={})), encoding="utf-8")
        progress("sealing", 0.98)
        sealed = seal(draft, out, manifest, key)
    finally:
        if draft.exists():
            shutil.rmtree(draft)
    progress("done", 1.0)
    return sealed


def _redaction(tickets: Sequence[PastTicket], agents: Sequence[Agent]) -> TicketRedaction:
    people = {one.agent for one in agents} or {past.labels.get("assignee", "") for past in tickets}
    return TicketRedaction(people - {""})


def _article_order(article: Article) -> str:
    return article.article_id


def _link_order(link: ArticleLink) -> tuple[str, str]:
    return link.ticket_id, link.article_id


def _encode_ahead(encoder: Encoder, texts: Sequence[str], progress: Progress) -> None:
    """Fill the cache, telling how far it is: encoding is most of the time of a first training."""
    total = max(1, len(texts))
    encoder.encode(
        list(dict.fromkeys(texts)),
        progress=lambda done: progress("reading texts", 0.02 + 0.38 * min(1.0, done / total)),
    )
