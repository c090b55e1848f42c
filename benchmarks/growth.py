"""Measures how the cost of one request grows with texts, labels, tickets, passages, people, processes.

Each part of an answer is asked with ever more of one thing, all else equal. Processor time of this process,
the median of some requests, so that other programs hardly count. Tickets, heads, articles and people are made
up: they cost what real ones cost and say nothing of quality; the model is one of the sample helpdesk, with
heads of as many labels, and neighbours, as are asked for.

    python -m benchmarks.growth [--only labels,text] [--plot growth.svg] [--quick]

Prints a table, the exponent of each between its two largest sizes (1: twice as many cost twice as much) and,
as the last line, JSON. Ends with 1 where something grows faster than in proportion.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from benchmarks.affinity_speed import make_desk
from benchmarks.growth_plot import draw, exponent, show
from benchmarks.knowledge_speed import TOPICS, Desk, NoEncoder, fill
from benchmarks.opened import KEY
from features.fast_tier import FastModel
from features.field_model import FieldModel, Head
from features.knowledge import KnowledgeIndex
from features.model import TicketModel
from features.neighbours import NeighbourIndex
from features.vector_rows import VectorRows
from training.config import TrainingConfig
from training.history import read_history
from training.sample import load_preset, write_sample
from training.score import ScoreJob
from training.score_engines import score_numbered
from training.train import train_bundle
from triage.bundle import Bundle
from triage.engine import triage_tickets
from triage.policy import Policy, Promise
from triage.ticket import Ticket

STEEPEST = 1.1
"""Exponent up to which growth counts as proportional: what is left is noise and caches that overflow."""

DIMENSION = 384
REQUESTS = 30
SAMPLE_TICKETS = 600

Costs = dict[int, float]
"""Milliseconds of processor time for one request, by size."""


def main() -> None:
    """Measure what is asked for, print, and say whether anything grows too fast."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(GROWTHS))
    parser.add_argument("--plot", type=Path, help="where to draw the curves (SVG); needs matplotlib")
    parser.add_argument("--quick", action="store_true", help="without the largest size of each")
    options = parser.parse_args()
    found: dict[str, Costs] = {}
    with tempfile.TemporaryDirectory() as folder:
        bundle = _train(Path(folder))
        for name in options.only.split(","):
            sizes, measure = GROWTHS[name]
            kept = sizes[:-1] if options.quick else sizes
            found[name] = dict(zip(kept, measure(bundle, kept), strict=True))
            show(name, found[name])
    if options.plot:
        draw(found, options.plot)
    steep = {name: exponent(costs) for name, costs in found.items() if exponent(costs) > STEEPEST}
    print(json.dumps({"ms": found, "exponents": {name: exponent(costs) for name, costs in found.items()}}))
    if steep:
        sys.exit(f"Grows faster than in proportion: {', '.join(steep)}.")


def _train(folder: Path) -> Path:
    write_sample(load_preset("it"), folder / "sample", tickets=SAMPLE_TICKETS, seed=7)
    history = read_history(folder / "sample" / "tickets.csv").tickets
    config = TrainingConfig(targets=("category", "team"))
    train_bundle(history, config=config, out=folder / "bundle", key=KEY, cache=folder / "cache")
    return folder / "bundle"


def _median_ms(ask: Callable[[int], object], requests: int = REQUESTS) -> float:
    """Return the median of some requests, numbered, after a few that warm up."""
    for number in range(3):
        ask(number)
    times = []
    for number in range(requests):
        begun = time.process_time()
        ask(number)
        times.append((time.process_time() - begun) * 1000)
    return float(np.median(times))


def by_text(bundle: Path, sizes: Sequence[int], tier: str = "full") -> Iterator[float]:
    """Words in a ticket; the whole decision with reasons and similar tickets."""
    loaded = Bundle.load(bundle, KEY).model
    assert isinstance(loaded, TicketModel)
    model = loaded if tier == "full" else _always_sure(loaded)
    desk = Desk()
    similar = 3 if tier == "full" else 0
    for size in sizes:
        texts = [desk.words(number, size) for number in range(REQUESTS + 3)]

        def ask(number: int, texts: Sequence[str] = texts) -> object:
            tickets = [Ticket(f"T-{number}", "the printer jams", texts[number])]
            return triage_tickets(tickets, model, "v1", Policy(), explain=True, similar=similar)

        yield _median_ms(ask)


def by_text_fast(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """The same by the fast tier, made sure of everything; without similar tickets."""
    return by_text(bundle, sizes, "fast")


def by_labels(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """Labels of one field; the whole decision with reasons, the encoder left out of the count."""
    for size in sizes:
        model = _with_labels(Bundle.load(bundle, KEY).model, size)
        yield _median_ms(partial(_decide, model))


def by_neighbours(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """Past tickets that a bundle keeps, all of which are compared; at most 50,000 by default."""
    draws = np.random.default_rng(0)
    for size in sizes:
        model = Bundle.load(bundle, KEY).model
        assert isinstance(model, TicketModel)
        model.neighbours = NeighbourIndex(_unit(draws, size), [f"T-{n}" for n in range(size)], [{}] * size)
        model.fields = {
            name: replace(one, neighbour_classes=np.zeros(size, np.int32))
            for name, one in model.fields.items()
        }
        yield _median_ms(partial(_decide, model))


def by_solved(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """Solved tickets of the store among which similar ones are searched."""
    draws = np.random.default_rng(0)
    asked = _unit(draws, REQUESTS + 3)
    for size in sizes:
        rows = VectorRows.pack(_unit(draws, size))

        def ask(number: int, rows: VectorRows = rows) -> object:
            return rows.nearest(asked[number], 20)

        yield _median_ms(ask)


def by_passages(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """Passages of the knowledge base, 5,000 linked tickets."""
    for size in sizes:
        desk = Desk()
        index = fill(desk, size, 5_000)
        index.open(NoEncoder())
        topics = desk.draws.integers(TOPICS, size=REQUESTS + 3)
        vectors = desk.vectors(topics)
        tickets = [Ticket("", desk.words(int(one), 8), desk.words(int(one), 80)) for one in topics]
        yield _median_ms(partial(_suggest, index, tickets, vectors))


def by_agents(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """People among whom the right one is sought, 20,000 past tickets."""
    for size in sizes:
        yield _ranking(size, 20_000)


def by_handled(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """Past tickets of 200 people."""
    for size in sizes:
        yield _ranking(200, size)


def by_processes(bundle: Path, sizes: Sequence[int]) -> Iterator[float]:
    """Processes that decide a table by the fast tier; all of them together, a ticket, without their start."""
    desk = Desk()
    words = [desk.words(number, 60) for number in range(500)]

    def cost(workers: int, chunks: int) -> float:
        made = ((n, [Ticket(f"T-{n}-{k}", "vpn", one) for k, one in enumerate(words)]) for n in range(chunks))
        before = os.times()
        for _ in score_numbered(
            made, ScoreJob(bundle, KEY, Policy(), tier="fast"), ["team"], workers=workers
        ):
            pass
        after = os.times()
        return sum(after[:4]) - sum(before[:4])

    for size in sizes:
        few, many = 2 * size, 12 * size
        yield (cost(size, many) - cost(size, few)) / ((many - few) * len(words)) * 1000


GROWTHS: Mapping[str, tuple[Sequence[int], Callable[[Path, Sequence[int]], Iterator[float]]]] = {
    "text": ((30, 100, 300, 1_000, 3_000), by_text),
    "fast text": ((30, 100, 300, 1_000, 3_000), by_text_fast),
    "labels": ((10, 50, 200, 1_000, 2_000), by_labels),
    "neighbours": ((1_000, 5_000, 20_000, 50_000), by_neighbours),
    "solved tickets": ((5_000, 20_000, 100_000, 300_000), by_solved),
    "passages": ((1_000, 5_000, 20_000, 100_000), by_passages),
    "agents": ((20, 100, 500, 2_000), by_agents),
    "handled tickets": ((5_000, 20_000, 100_000), by_handled),
    "processes": ((1, 2, 4), by_processes),
}


def _decide(model: TicketModel, number: int) -> object:
    # Always the same text: the model remembers its vector, so that the encoder is not counted.
    ticket = Ticket(
        f"T-{number}", "vpn drops", "Since this morning it disconnects every few minutes at home."
    )
    return triage_tickets([ticket], model, "v1", Policy(), explain=True, similar=3)


def _suggest(index: KnowledgeIndex, tickets: Sequence[Ticket], vectors: np.ndarray, number: int) -> object:
    return index.suggest(tickets[number], 10, vector=vectors[number])


def _always_sure(model: TicketModel) -> FastModel:
    """Return the fast tier as if nothing were strange to it, so that made-up words never ask the encoder."""
    assert model.fast_tier is not None
    usual = np.array([-np.inf])
    fields = {name: replace(one, sure_from=0.0, known=usual) for name, one in model.fast_tier.fields.items()}
    return FastModel(model, replace(model.fast_tier, fields=fields))


def _with_labels(model: object, size: int) -> TicketModel:
    """Return the model with one field of so many labels, read by a head of every kind."""
    assert isinstance(model, TicketModel)
    draws = np.random.default_rng(0)
    widths = {"words": model.words.n_features, "meaning": DIMENSION}
    labels = tuple(f"label {number:05d}" for number in range(size))

    def head(*blocks: str) -> Head:
        coefs = tuple(draws.standard_normal((widths[one], size), dtype=np.float32) / 10 for one in blocks)
        return Head(blocks, coefs, np.zeros(size, np.float32))

    heads = {"words": head("words"), "meaning": head("meaning"), "joint": head("words", "meaning")}
    weights = dict.fromkeys([*heads, "neighbours"], 0.3)
    classes = np.arange(len(model.neighbours.ticket_ids), dtype=np.int32) % size
    model.fields = {"category": FieldModel("category", labels, heads, weights, neighbour_classes=classes)}
    model.promises = {"category": Promise(0.95, dict.fromkeys(labels, 0.5), 0.1)}
    model.familiarity, model.hierarchies, model.foresight, model.priority_rule = {}, (), None, None
    return model


def _ranking(agents: int, tickets: int) -> float:
    made = make_desk(agents, tickets)

    def rank(number: int) -> object:
        ticket, vector, _ = made.asked[number]
        assert ticket.created_at is not None
        return made.index.rank(ticket, ticket.created_at, vector=vector)

    return _median_ms(rank)


def _unit(draws: np.random.Generator, count: int) -> np.ndarray:
    rows = draws.standard_normal((count, DIMENSION), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


if __name__ == "__main__":
    main()
