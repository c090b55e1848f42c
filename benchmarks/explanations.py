"""Do the named words carry the decision? Deletes them from later tickets and asks again.

For each task the product is trained and explains later tickets. A ticket's words are ranked by each method,
then deleted (ERASER, DeYoung et al. 2020): *comprehensiveness* is how far the decided label's probability
falls without the k first words, *sufficiency* how far it falls when nothing but them is left; *flips* is how
often the decision changes without them. AOPC is the mean of comprehensiveness over k = 1, 2, 3, 5, 8 (Samek
et al. 2017). Methods: ``runner-up`` and ``average`` (words of the explanation, read off the linear heads),
``occlusion`` (each word deleted in turn and everything computed again: the reference, as many encodings as
words), ``random`` (mean of three draws) and ``least`` (the runner-up's order backwards).

    python -m benchmarks.explanations [--data ../shared/data] [--cache var/cache] [--tickets 40]
        [--tasks banking,mozilla,apache] [--development]

The history is cut to its newest 4,000 tickets and a judged text to its first 50 words, so that a run takes
minutes; seeds are fixed. ``--development`` judges the last fifth of the training tickets: for choosing, never
for claims. Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np

from benchmarks.opened import KEY, open_model
from benchmarks.quality_tasks import Task, make_tasks
from features.cleaning import clean, clean_text
from features.explain import contrast
from features.model import TicketModel
from features.occlusion import WORD
from features.ticket_reading import Reading
from features.views import MEANING_SCALE, make_views
from training.config import TrainingConfig
from training.train import train_bundle
from triage.ticket import Ticket

TASKS = ("banking77", "Mozilla topic", "HDFS component")
COUNTS = (1, 2, 3, 5, 8)
SHOWN = 3
"""The table's k; the JSON has all."""
DRAWS = 3
NEWEST = 4_000
LONGEST = 50
"""Words of a judged text."""

METHODS = ("runner-up", "average", "occlusion", "random", "least")
Ranked = list[str]


def main() -> None:
    """Judge every task and print its table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tickets", type=int, default=40)
    parser.add_argument("--tasks", default="banking,mozilla,apache")
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    found = {}
    for task in make_tasks(options.data, options.tasks.split(",")):
        if task.name in TASKS:
            started = time.perf_counter()
            found[task.name] = judge(_cut(task, options.development), options.tickets, options.cache)
            found[task.name]["seconds"] = round(time.perf_counter() - started, 1)
            show(task.name, found[task.name])
    print(json.dumps(found))


def judge(task: Task, count: int, cache: Path) -> dict[str, Any]:
    """Train on the task's history, explain some later tickets, delete and ask again."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle"
        config = TrainingConfig(targets=(task.field,))
        train_bundle(task.train, config=config, out=out, key=KEY, cache=cache / "embeddings")
        model = open_model(out, cache / "embeddings")
    assert isinstance(model, TicketModel)
    random = np.random.default_rng(0)
    order = random.permutation(len(task.test))
    tickets = [task.test[row].ticket for row in order]
    tickets = [_cleaned(one) for one in tickets if len(_words(one)) > 1][:count]
    judged = [judge_ticket(model, task.field, ticket, random) for ticket in tickets]
    return {"tickets": len(tickets), "cost": cost(model, tickets)} | {
        method: {
            measure: {str(k): _mean([one[method][measure][k] for one in judged]) for k in COUNTS}
            for measure in ("comprehensiveness", "sufficiency", "flips")
        }
        | {"aopc": _mean([np.mean([one[method]["comprehensiveness"][k] for k in COUNTS]) for one in judged])}
        for method in METHODS
    }


def judge_ticket(
    model: TicketModel, field: str, ticket: Ticket, random: np.random.Generator
) -> dict[str, dict[str, dict[int, float]]]:
    """Return each method's measures by k."""
    words = _words(ticket)
    whole = model.assess([ticket])[0].predictions[field]
    label, before = whole.top(1)[0]

    def ask(tickets: list[Ticket]) -> list[tuple[float, bool]]:
        predictions = [one.predictions[field] for one in model.assess(tickets)]
        place = whole.labels.index(label)
        return [(float(one.probabilities[place]), one.top(1)[0][0] != label) for one in predictions]

    def measures(ranked: Ranked) -> dict[str, dict[int, float]]:
        gone = ask([_only(ticket, lambda word, k=k: word not in ranked[:k]) for k in COUNTS])
        left = ask([_only(ticket, lambda word, k=k: word in ranked[:k]) for k in COUNTS])
        return {
            "comprehensiveness": {k: before - one[0] for k, one in zip(COUNTS, gone, strict=True)},
            "sufficiency": {k: before - one[0] for k, one in zip(COUNTS, left, strict=True)},
            "flips": {k: float(one[1]) for k, one in zip(COUNTS, gone, strict=True)},
        }

    without = ask([_only(ticket, lambda word, gone=gone: word != gone) for gone in words])
    occlusion = dict(zip(words, [before - one[0] for one in without], strict=True))
    runner_up = linear(model, field, ticket, label, whole.top(2)[1][0])
    average = linear(model, field, ticket, label, None)
    draws = [measures([words[at] for at in random.permutation(len(words))]) for _ in range(DRAWS)]
    return {
        "runner-up": measures(_ranked(words, runner_up)),
        "average": measures(_ranked(words, average)),
        "occlusion": measures(_ranked(words, occlusion)),
        "random": {
            name: {k: float(np.mean([one[name][k] for one in draws])) for k in COUNTS} for name in draws[0]
        },
        "least": measures(_ranked(words, runner_up)[::-1]),
    }


def linear(
    model: TicketModel, field: str, ticket: Ticket, label: str, against: str | None
) -> dict[str, float]:
    """Return the words' contributions as an explanation has them, all of them."""
    assert model.encoder is not None
    views = make_views([ticket], model.words, model.structured, model.encoder)
    places, cosines = model.neighbours.search(np.asarray(views["meaning"]) / MEANING_SCALE, 20)
    said = {field: model.fields[field].said(views, places, cosines)}
    pooled = {field: model.fields[field].pooled(said[field])}
    near = places[0], cosines[0], model.neighbours.ticket_ids
    reading = Reading(ticket, views, 0, model.readers(), *near, said, pooled)
    parts = contrast(model.fields[field], reading, label, against)
    return {one.name: one.weight for one in parts if one.kind == "word"}


def cost(model: TicketModel, tickets: list[Ticket]) -> dict[str, float]:
    """Return milliseconds of processor time a ticket: to decide, to explain, to try every deletion."""
    ways: dict[str, dict[str, bool]] = {
        "decide": {},
        "explain": {"explain": True},
        "detail": {"explain": True, "detail": True},
    }
    found = {}
    for name, asked in ways.items():
        spent = []
        for ticket in tickets[:20]:
            model.encoder._vectors.clear()  # type: ignore[union-attr]
            started = time.process_time()
            model.assess([ticket], **asked)
            spent.append(1000 * (time.process_time() - started))
        found[f"{name}_ms"] = round(float(np.median(spent)), 1)
        found[f"{name}_p95_ms"] = round(float(np.quantile(spent, 0.95)), 1)
    return found


def show(name: str, found: dict[str, Any]) -> None:
    """Print one task's table."""
    print(f"\n{name}: {found['tickets']} later tickets, {found['seconds']} s; {found['cost']}")
    print(f"{'deleted':<12}{'drop@1':>9}{'drop@3':>9}{'flips@3':>9}{'AOPC':>9}{'only 3 left':>13}")
    for method in METHODS:
        one = found[method]
        drop, flips, left = one["comprehensiveness"], one["flips"], one["sufficiency"]
        print(
            f"{method:<12}{drop['1']:>9.3f}{drop[str(SHOWN)]:>9.3f}{flips[str(SHOWN)]:>9.3f}"
            f"{one['aopc']:>9.3f}{left[str(SHOWN)]:>13.3f}",
            flush=True,
        )


def _cut(task: Task, development: bool) -> Task:
    if task.name == "banking77":  # Its rows are sorted by label.
        order = np.random.default_rng(0).permutation(len(task.train))
        task = replace(task, train=[task.train[row] for row in order])
    if development:
        split = int(0.8 * len(task.train))
        task = replace(task, train=task.train[:split], test=task.train[split:])
    return replace(task, train=task.train[-NEWEST:])


def _cleaned(ticket: Ticket) -> Ticket:
    body = clean(ticket.body)
    ends = [found.end() for found in WORD.finditer(body)][:LONGEST]
    return replace(ticket, subject=clean(ticket.subject), body=body[: ends[-1]] if ends else "")


def _words(ticket: Ticket) -> list[str]:
    return list(dict.fromkeys(word.lower() for word in WORD.findall(clean_text(ticket))))


def _only(ticket: Ticket, is_kept: Any) -> Ticket:
    def cut(text: str) -> str:
        return WORD.sub(lambda found: found.group() if is_kept(found.group().lower()) else "", text)

    return replace(ticket, subject=cut(ticket.subject).strip(), body=cut(ticket.body).strip())


def _ranked(words: Ranked, weights: dict[str, float]) -> Ranked:
    return sorted(words, key=lambda word: -weights.get(word, 0.0))


def _mean(values: list[Any]) -> float:
    return round(float(np.mean(values)), 4)


if __name__ == "__main__":
    main()
