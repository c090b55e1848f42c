"""Are later duplicates found among earlier bugs? Ours beside words, meaning and their sum, on Apache's bugs.

Of every pair that people linked as duplicates within a project, the later bug asks for the earlier one, among
all bugs of the project filed before it. Judged on the last fifth of the duplicates of HDFS, HIVE and HADOOP
in time. Peers: BM25 over all words (the subject three times), the cosine of MiniLM embeddings, and the sum of
1 / (60 + rank) of both (Cormack, Clarke and Buettcher 2009). Ours as shipped never saw the project: weights
from the other two; ours learnt begins there and learns from the project's own earlier duplicates.

    python -m benchmarks.duplicates [--data ../shared/data/apache_jira] [--cache var/cache] [--development]

``--development`` judges the fourth fifth instead; ``--defaults`` prints the weights to ship, from the first
four fifths of all three. ``--projects HDFS,HADOOP`` reads two of the projects only. The second table is the
reliability of the chance of the likeliest earlier bug.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from features.cleaning import clean_text
from features.duplicates.index import DuplicateIndex
from features.duplicates.model import SIGNALS, DuplicateModel
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from training.duplicates.learn import LinkedHistory, learn_duplicates, linked_rows
from training.history import load_mapping, read_history
from triage.duplicate import LEAST_CHANCE, DuplicateLink

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "apache_jira"
MAPPING = Path(__file__).parent / "mappings" / "apache.toml"
PROJECTS = ("HDFS", "HIVE", "HADOOP")
AT = (1, 5, 10)
RANK = 60.0
Scorer = Callable[[int], np.ndarray]


def main() -> None:
    """Run the benchmark and print its table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--defaults", action="store_true")
    parser.add_argument("--projects", default=",".join(PROJECTS))
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    encoder = CachedEncoder(SentenceEncoder.open(threads=2), options.cache)
    read = read_history(options.data / "issues.parquet", mapping=load_mapping(MAPPING))
    listed = pd.read_parquet(options.data / "links.parquet")
    listed = listed[listed["link_type"] == "Duplicate"]
    links = [DuplicateLink(a, b) for a, b in zip(listed["key"], listed["other"], strict=True)]
    whole, early, cuts = {}, {}, {}
    projects = options.projects.split(",")
    if len(projects) < 2 or set(projects) - set(PROJECTS):
        parser.error(f"got --projects {options.projects}; expected two or more of {', '.join(PROJECTS)}")
    for project in projects:
        mine = [one.ticket for one in read.tickets if one.ticket.product == project]
        mine.sort(key=lambda one: (one.created_at, one.ticket_id))
        vectors = encoder.encode([clean_text(one) for one in mine])
        asked = sorted(linked_rows(mine, links))
        first, last = (0.6, 0.8) if options.development else (0.8, 1.0)
        cuts[project] = [asked[round(share * len(asked))] for share in (first,)] + [
            asked[round(last * len(asked))] if last < 1 else len(mine)
        ]
        cut = cuts[project][0]
        whole[project] = LinkedHistory(mine, vectors, links)
        early[project] = LinkedHistory(mine[:cut], vectors[:cut], links)
    if options.defaults:
        _print_defaults(_learn(list(early.values()), None))
        return
    rows, chances = [], []
    for project in projects:
        others = [early[name] for name in projects if name != project]
        shipped = _learn(others, None)
        learnt = _learn([early[project]], shipped)
        rows += _measure(project, whole[project], cuts[project], shipped, learnt)
        chances += _chances(whole[project], cuts[project], learnt)
    _print(rows)
    reliability = _reliability(chances)
    _print_reliability(reliability)
    print(json.dumps({"rows": rows, "reliability": reliability}))


def _learn(histories: Sequence[LinkedHistory], begin: DuplicateModel | None) -> DuplicateModel:
    model = learn_duplicates(histories, begin=begin)
    if model is None:
        raise SystemExit("Nothing measured: too few links to learn from.")
    return model


def _measure(
    project: str,
    history: LinkedHistory,
    cut: Sequence[int],
    shipped: DuplicateModel,
    learnt: DuplicateModel,
) -> list[dict[str, Any]]:
    linked = linked_rows(history.tickets, history.links)
    asked = [row for row in sorted(linked) if cut[0] <= row < cut[1]]
    index = DuplicateIndex.of(history.tickets, history.vectors)
    found: dict[str, list[list[int]]] = {}
    spent = 0.0
    for row in asked:
        ticket, vector = history.tickets[row], history.vectors[row]
        words, meaning = index.likeness(ticket, vector)
        ranks = 1 / (RANK + _ranks(words)) + 1 / (RANK + _ranks(meaning))
        for name, scores in (("BM25", words), ("embeddings", meaning), ("sum of ranks", ranks)):
            found.setdefault(name, []).append(np.argsort(-scores, kind="stable")[: max(AT)].tolist())
        started = time.perf_counter()
        compared = index.compare(ticket, vector)
        spent += time.perf_counter() - started
        for name, model in (("ours, as shipped", shipped), ("ours, learnt", learnt)):
            order = np.argsort(-model.scores(compared.signals), kind="stable")[: max(AT)]
            found.setdefault(name, []).append(compared.rows[order].tolist())
    return [
        {
            "project": project,
            "asked": len(asked),
            "method": name,
            "ms": round(1000 * spent / len(asked), 1),
            **{
                f"recall@{at}": float(
                    np.mean(
                        [
                            len(linked[row] & set(one[:at])) / len(linked[row])
                            for row, one in zip(asked, lists, strict=True)
                        ]
                    )
                )
                for at in AT
            },
        }
        for name, lists in found.items()
    ]


def _chances(history: LinkedHistory, cut: Sequence[int], model: DuplicateModel) -> list[tuple[float, bool]]:
    """Return chance and truth of the likeliest earlier ticket of every second later ticket."""
    linked = linked_rows(history.tickets, history.links)
    index = DuplicateIndex.of(history.tickets, history.vectors, model)
    told = []
    for row in range(cut[0], cut[1], 2):
        best = index.find(history.tickets[row], history.vectors[row], 1, least=0.0)
        told += [(one.chance, index.row_of[one.ticket_id] in linked.get(row, ())) for one in best]
    return told


def _ranks(scores: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable")


def _print(rows: Sequence[dict[str, Any]]) -> None:
    projects = list(dict.fromkeys(row["project"] for row in rows))
    print("| method | " + " | ".join(f"{one} recall@1 / 5 / 10" for one in projects) + " | mean recall@10 |")
    print("|---" * (len(projects) + 2) + "|")
    for name in dict.fromkeys(row["method"] for row in rows):
        mine = {row["project"]: row for row in rows if row["method"] == name}
        cells = [" / ".join(f"{mine[one][f'recall@{at}']:.3f}" for at in AT) for one in projects]
        mean = np.mean([mine[one]["recall@10"] for one in projects])
        print(f"| {name} | " + " | ".join(cells) + f" | {mean:.3f} |")
    told = {row["project"]: (row["asked"], row["ms"]) for row in rows}
    print("Asked, milliseconds each:", told)


def _reliability(told: Sequence[tuple[float, bool]]) -> list[dict[str, float]]:
    """Compare the chances said with what people linked, by how high they are; the last row is of all."""
    chances, truths = np.array([one for one, _ in told]), np.array([one for _, one in told])
    edges = (0, 0.02, 0.05, LEAST_CHANCE, 0.25, 0.5, 1.01)
    rows = []
    for low, high in [*pairwise(edges), (0, 1.01)]:
        here = (chances >= low) & (chances < high)
        if here.any():
            said, came = float(chances[here].mean()), float(truths[here].mean())
            rows.append(
                {"from": low, "to": min(high, 1), "bugs": int(here.sum()), "said": said, "linked": came}
            )
    return rows


def _print_reliability(rows: Sequence[dict[str, float]]) -> None:
    print("| chance of the likeliest | bugs | mean chance | linked |\n|---|---|---|---|")
    for one in rows:
        span = f"{one['from']:.2f} to {one['to']:.2f}"
        print(f"| {span} | {one['bugs']} | {one['said']:.3f} | {one['linked']:.3f} |")


def _print_defaults(model: DuplicateModel) -> None:
    print(dict(zip(SIGNALS, model.weights.round(3).tolist(), strict=True)))
    print(model.calibration.round(3).tolist(), model.links)


if __name__ == "__main__":
    main()
