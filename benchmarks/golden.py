"""How often the gate refuses an honest retraining for what it loses on golden tickets, and turned values.

    python -m benchmarks.golden [--data ../shared/data] [--cache var/cache] [--tasks mozilla,apache]

Of the older part of a history golden sets are drawn, none of which is ever learnt from. A champion learns the
rest of that part; challengers learn it with 5, 10 and 20 % more tickets, as retrainings do. Then one label's
tickets are given to another in what is learnt, and the gate judges that. Compares on each set as
``training/worker/gate.py`` does, but for the golden tickets' own stored values, which nobody touches here.
Nothing is tuned, so there is no test slice. Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

from benchmarks.formless import FIELD, SETS
from benchmarks.quality_tasks import MAPPINGS
from training.config import TrainingConfig
from training.history import load_mapping, read_history
from training.train import train_bundle
from training.worker.gate import BY_CHANCE, MOST_LOST
from training.worker.golden_check import compare_on_golden
from triage.bundle import Bundle
from triage.golden import GoldenTicket, choose_golden
from triage.ticket import PastTicket

TICKETS, STEPS, STEP = 15_000, 4, 0.05
SIZES = (200, 500, 1_000)
DRAWS = 3
"""Golden sets of the largest size, apart from each other; smaller ones are parts of them."""
KEY = bytes(range(32))


def main() -> None:
    """Judge all tasks and print their tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join(SETS))
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    found = {}
    for name in options.tasks.split(","):
        title, path = SETS[name]
        tickets = read_tickets(options.data / path, name)
        with tempfile.TemporaryDirectory() as folder:
            found[title] = judge(tickets, Path(folder), options.cache / "embeddings")
        print(f"\n{title}: {len(tickets):,} tickets, {FIELD}; lost of macro-F1, by golden set")
        for one in found[title]:
            lost = " ".join(f"{value:+.4f}" for value in one["lost"])
            why = f"{one['by_macro_f1']} by macro-F1, {one['by_label']} by a label"
            print(f"{one['learnt']:<34} {one['size']:>4}: {lost}   refused {one['refused']} ({why})")
    print(json.dumps(found))


def read_tickets(path: Path, name: str) -> list[PastTicket]:
    """Return the newest tickets with a label and a time, oldest first."""
    read = read_history(path, mapping=load_mapping(MAPPINGS / f"{name}.toml")).tickets
    known = [past for past in read if past.ticket.created_at is not None and past.labels.get(FIELD)]
    return sorted(known, key=lambda past: (str(past.ticket.created_at), past.ticket.ticket_id))[-TICKETS:]


def judge(tickets: Sequence[PastTicket], folder: Path, cache: Path) -> list[dict[str, Any]]:
    """Train a champion and its challengers and compare them on every golden set."""
    first = int(len(tickets) * (1 - STEPS * STEP))
    sets = golden_sets(tickets[:first])
    kept_back = {one.ticket.ticket_id for _, golden in sets for one in golden}
    learnt = [past for past in tickets if past.ticket.ticket_id not in kept_back]
    older = len([past for past in tickets[:first] if past.ticket.ticket_id not in kept_back])
    champion = trained(learnt[:older], folder / "champion", cache)
    later = {
        f"{number * STEP:.0%} more": learnt[: older + int(number * STEP * len(tickets))]
        for number in (1, 2, 4)
    }
    found = []
    for name, history in {**later, **turned(learnt[:older])}.items():
        challenger = trained(history, folder / "challenger", cache)
        for size in SIZES:
            sets_of_size = [golden for known, golden in sets if known == size]
            judged = [compare_on_golden(champion, challenger, golden)[0] for golden in sets_of_size]
            sure = [one.worst is not None and one.worst.p < BY_CHANCE for one in judged]
            found.append(
                {
                    "learnt": name,
                    "size": size,
                    "lost": [one.lost for one in judged],
                    "by_macro_f1": sum(one.lost > MOST_LOST for one in judged),
                    "by_label": sum(sure),
                    "refused": sum(one.lost > MOST_LOST or by for one, by in zip(judged, sure, strict=True)),
                }
            )
    return found


def golden_sets(tickets: Sequence[PastTicket]) -> list[tuple[int, list[GoldenTicket]]]:
    """Draw the sets of all sizes."""
    left = {past.ticket.ticket_id: past for past in tickets}
    sets = []
    for draw in range(DRAWS):
        labels = {name: past.labels[FIELD] for name, past in left.items()}
        chosen = choose_golden(labels, max(SIZES), random_state=draw)
        golden = [GoldenTicket(left.pop(one).ticket, {FIELD: labels[one]}, 1) for one in chosen]
        Random(draw).shuffle(golden)
        sets += [(size, golden[:size]) for size in SIZES]
    return sets


def turned(history: Sequence[PastTicket]) -> dict[str, list[PastTicket]]:
    """Return histories in which the third label's tickets were given to the commonest: all, and a quarter."""
    (most, _), _, (third, _) = Counter(past.labels[FIELD] for past in history).most_common(3)
    found = {}
    for name, every in (("a label turned over", 1), ("a quarter of a label turned over", 4)):
        mine = [place for place, past in enumerate(history) if past.labels[FIELD] == third][::every]
        wrong = dict.fromkeys(mine, most)
        found[name] = [
            replace(past, labels={**past.labels, FIELD: wrong[place]}) if place in wrong else past
            for place, past in enumerate(history)
        ]
    return found


def trained(history: Sequence[PastTicket], out: Path, cache: Path) -> Bundle:
    """Train as the product does; a bundle that stands there is replaced."""
    train_bundle(history, config=TrainingConfig(targets=(FIELD,)), out=out, key=KEY, cache=cache)
    return Bundle.load(out, KEY)


if __name__ == "__main__":
    main()
