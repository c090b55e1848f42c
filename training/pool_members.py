"""What a field's pool is made of, each member fitted on earlier tickets and asked about later ones.

A linear head a view, one for all views together, one that knows the order of a scale, what labels are
called, a tuned encoder's own softmax, the vote of the nearest past tickets, and how common labels are.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import log_softmax

from features.field_model import Head
from features.views import Views
from training.encoder.own_head import OwnHead
from training.head_fitting import HeadFitting, Start
from training.held_out_vote import vote_held_out
from training.label_names import NAMES
from training.label_shares import label_shares, shares_said
from training.penalty_choice import Chosen, Part, choose_and_judge, losses_by_age, some_of
from training.priority.ordinal import fit_ordinal, ordinal_logits
from training.recency import learn_half_life, recency_weights
from training.softmax import Block
from triage.errors import TrainingError
from triage.scale import scale_of

__all__ = ["FORM", "NEIGHBOURS", "TUNED", "HeldOut", "fit_heads", "hold_out"]

NEIGHBOURS, ORDINAL, TUNED, JOINT = "neighbours", "ordinal", "tuned", "joint"
FORM = "fields"
VIEWS = ("words", "meaning", FORM)

HUGE_HEAD = 10_000_000
"""Coefficients from which words are left to the encoder: hundreds of labels that are people, say."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What every member says of the held-out tickets, and what was chosen on the way.

    Parameters
    ----------
    rows, truth : ndarray of shape (m,)
        The judged rows and their classes.
    log_probabilities : dict of str to ndarray of shape (m, n_labels)
        By member.
    penalties : dict of str to float
        Inverse penalty chosen, by linear head.
    starts : dict of str to tuple
        Where to start the last fit, by linear head.
    fitting : HeadFitting
        With the weights of recency that were learnt.
    half_life : float or None
        Days in which a ticket loses half of its weight; None: never.
    shares : dict of str to ndarray of shape (n_labels,)
        The labels' shares among all tickets, as :func:`training.label_shares.label_shares` gives them.
    form_readers : frozenset of str
        Members that read the tickets' forms.
    """

    rows: np.ndarray
    truth: np.ndarray
    log_probabilities: dict[str, np.ndarray]
    penalties: dict[str, float]
    starts: dict[str, Start]
    fitting: HeadFitting
    half_life: float | None
    shares: dict[str, np.ndarray]
    form_readers: frozenset[str]


def hold_out(
    fitting: HeadFitting,
    parts: Sequence[Part],
    labels: Sequence[str],
    days: np.ndarray | None,
    *,
    ordered: bool,
    votes: bool = True,
    chosen: Chosen | None = None,
) -> HeldOut:
    """Fit every member on each part's earlier tickets and ask it about the later ones.

    Parameters
    ----------
    fitting : HeadFitting
        The field's tickets, not weighed yet.
    parts : sequence of Part
        One or more; the first is where penalties and the half-life are chosen.
    labels : sequence of str
        In column order.
    days : ndarray of shape (n,) or None
        When each ticket was filed; None where times mean nothing.
    ordered : bool
        Whether the rows' order is that of time.
    votes : bool, default=True
        Whether the nearest past tickets vote.
    chosen : Chosen, optional
        What was chosen before.
    """
    heads = _heads(parts[0][1], fitting.n_labels)
    half_life = (
        learn_half_life(days, some_of(parts[0][0]), losses_by_age(fitting, parts[0], heads))
        if chosen is None
        else chosen.half_life
    )
    if half_life is not None and days is not None:
        fitting = replace(fitting, weights=recency_weights(days, half_life))

    def learn(name: str) -> tuple[float, np.ndarray, Start]:
        blocks = heads[name]
        penalty, first, start = choose_and_judge(
            fitting, parts[0], blocks, chosen.penalties.get(name) if chosen else None
        )
        found = [first]
        seen = parts[0][0].learn
        for fold, views, _ in parts[1:]:
            # A fit that starts from one that saw the judged tickets, and stops early, remembers them.
            warm = None if np.isin(fold.judge, seen).any() else start
            seen = np.union1d(seen, fold.learn)
            start = fitting.fit(views, blocks, fold.learn, penalty, warm)
            found.append(fitting.judge(views, blocks, start, fold.judge))
        return penalty, np.concatenate(found), start

    with ThreadPoolExecutor(len(heads)) as pool:
        learnt = dict(zip(heads, pool.map(learn, heads), strict=True))
    penalties = {name: penalty for name, (penalty, _, _) in learnt.items()}
    starts = {name: start for name, (_, _, start) in learnt.items()}
    said = {name: judged for name, (_, judged, _) in learnt.items()}
    if "meaning" in heads:
        if votes:
            said[NEIGHBOURS] = np.concatenate(
                [
                    vote_held_out(fitting.classes, np.asarray(views["meaning"]), fold, fitting.n_labels)
                    for fold, views, _ in parts
                ]
            )
        if fitting.named is not None:
            head = fitting.named.head(fitting.n_labels)
            said[NAMES] = np.concatenate(
                [fitting.judge(views, head.blocks, _as_start(head), fold.judge) for fold, views, _ in parts]
            )
    own = [
        fitting.judge(views, ("meaning",), own.start(labels), fold.judge) for fold, views, own in parts if own
    ]
    if own and len(own) == len(parts):
        said[TUNED] = np.concatenate(own)
    if _is_scale(labels):
        said[ORDINAL] = np.concatenate([_ordinal(fitting, part, labels) for part in parts])
    said |= shares_said(fitting.classes, [fold for fold, _, _ in parts], fitting.n_labels, ordered=ordered)
    rows = np.concatenate([fold.judge for fold, _, _ in parts])
    shares = label_shares(fitting.classes, fitting.n_labels, ordered=ordered)
    read = heads | {ORDINAL: _all_blocks(parts[0][1], fitting.n_labels)}
    readers = frozenset(name for name in said if FORM in read.get(name, ()))
    return HeldOut(rows, fitting.classes[rows], said, penalties, starts, fitting, half_life, shares, readers)


def fit_heads(
    held_out: HeldOut,
    members: Sequence[str],
    views: Views,
    labels: Sequence[str],
    own_head: OwnHead | None = None,
    known: Mapping[str, Head] | None = None,
) -> dict[str, Head]:
    """Fit the heads among some members on all tickets.

    Parameters
    ----------
    held_out : HeldOut
        What was chosen.
    members : sequence of str
        Those with weight in the pool; the neighbours' vote needs no fit.
    views : dict of str to matrix
        Of all rows.
    labels : sequence of str
        In column order.
    own_head : OwnHead, optional
        Of the encoder of ``views``.
    known : Mapping of str to Head, optional
        Heads that were fitted before to these very views.
    """
    fitting, known = held_out.fitting, known or {}
    everything = np.arange(len(fitting.classes))
    heads = _heads(views, fitting.n_labels)

    def fit(name: str) -> Head:
        coefs, intercept = fitting.fit(
            views, heads[name], everything, held_out.penalties[name], held_out.starts[name], final=True
        )
        return Head(heads[name], tuple(coefs), intercept)

    fitted = {
        name: known[name]
        for name in members
        if name in known and name in heads and _reads(known[name], heads[name], views, fitting.n_labels)
    }
    linear = [name for name in members if name in heads and name not in fitted]
    with ThreadPoolExecutor(max(1, len(linear))) as pool:
        fitted |= dict(zip(linear, pool.map(fit, linear), strict=True))
    for name in members:
        if name == NAMES and fitting.named is not None:
            fitted[name] = fitting.named.head(fitting.n_labels)
        elif name == TUNED and own_head is not None:
            coefs, intercept = own_head.start(labels)
            fitted[name] = Head(("meaning",), tuple(coefs), intercept)
        elif name == ORDINAL:
            fitted[name] = _ordinal_head(fitting, views, labels)
    return fitted


def _reads(head: Head, blocks: tuple[str, ...], views: Views, n_labels: int) -> bool:
    """Return whether a head is one of these labels that reads these blocks of the views."""
    shapes = [(views[name].shape[1], n_labels) for name in blocks]
    return head.blocks == blocks and [one.shape for one in head.coefs] == shapes


def _is_scale(labels: Sequence[str]) -> bool:
    """Return whether the labels tell an order that is worth a head: of two it is the linear one."""
    return len(labels) > 2 and scale_of(labels) is not None


def _steps(labels: Sequence[str]) -> np.ndarray:
    """Return each label's place on the scale that the labels are."""
    scale = scale_of(labels) or ()
    return np.array([scale.index(label) for label in labels])


def _heads(views: Views, n_labels: int) -> dict[str, tuple[str, ...]]:
    """Return which blocks each head reads: every block alone, and all of them together."""
    present = tuple(name for name in VIEWS if name in views and _says(views[name]))
    small = tuple(name for name in present if views[name].shape[1] * n_labels <= HUGE_HEAD)
    present = small or present
    if not present:
        raise TrainingError(
            "Got tickets without words and without fields; expected a subject, a body or field.<name> "
            "columns."
        )
    heads: dict[str, tuple[str, ...]] = {name: (name,) for name in present}
    return heads | ({JOINT: present} if len(present) > 1 else {})


def _all_blocks(views: Views, n_labels: int) -> tuple[str, ...]:
    heads = _heads(views, n_labels)
    return heads.get(JOINT, next(iter(heads.values())))


def _says(block: Block) -> bool:
    """Return whether a block differs between any two rows (texts may all be empty)."""
    if isinstance(block, np.ndarray):
        return bool(len(block)) and bool((block != block[0]).any())
    return bool(block.nnz)


def _as_start(head: Head) -> Start:
    return list(head.coefs), head.intercept


def _ordinal(fitting: HeadFitting, part: Part, labels: Sequence[str]) -> np.ndarray:
    fold, views, _ = part
    blocks = [views[name] for name in _all_blocks(views, fitting.n_labels)]
    columns = _steps(labels)
    directions, intercept = fit_ordinal(
        [block[fold.learn] for block in blocks], columns[fitting.classes[fold.learn]], len(labels)
    )
    logits = ordinal_logits([block[fold.judge] for block in blocks], directions, intercept)
    return np.asarray(log_softmax(logits[:, columns], axis=1))


def _ordinal_head(fitting: HeadFitting, views: Views, labels: Sequence[str]) -> Head:
    blocks = _all_blocks(views, fitting.n_labels)
    columns = _steps(labels)
    directions, intercept = fit_ordinal(
        [views[name] for name in blocks], columns[fitting.classes], len(labels)
    )
    return Head(
        blocks,
        tuple(np.outer(one, columns).astype(np.float32) for one in directions),
        intercept[columns].astype(np.float32),
    )
