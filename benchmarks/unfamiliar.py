"""Are tickets that fit nothing learnt told from those that do? Out of scope, new labels, other languages.

Three questions, each on tickets that were not learnt from:

- CLINC150: one threshold chosen on validation (the best overall accuracy, a strange question being right when
  it is refused), then in-scope accuracy and out-of-scope recall on test. Beside it the highest probability of
  MiniLM and TF-IDF with logistic regression, their mean, and ours.
- A quarter of the labels left out of banking77 and of Mozilla's topics: are their tickets stranger than those
  of the labels learnt?
- Mozilla tickets in other languages, by a model that learnt English ones only (the locale is not shown to
  it); and accuracy by language of a model that learnt all of them.

    python -m benchmarks.unfamiliar [--data ../shared/data] [--cache var/cache]
        [--parts clinc,labels,languages] [--ours-only] [--development]

``--development`` judges validation and the last fifth of the training tickets. Prints tables and, as the last
line, JSON.
"""

import argparse
import json
import os
import tempfile
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.fp32_encoder import Fp32Encoder
from benchmarks.opened import KEY, open_model
from benchmarks.quality_tasks import MAPPINGS, Task, make_tasks
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from training.config import TrainingConfig
from training.history import load_mapping, read_history
from training.splits import has_order
from training.train import train_bundle
from triage.engine import UNFAMILIAR_BELOW
from triage.ports import Model
from triage.prediction import Assessment
from triage.ticket import PastTicket

PARTS = ("clinc", "labels", "languages")
PENALTIES = (1.0, 10.0)
SINCE = datetime(2025, 3, 1, tzinfo=UTC)
LEFT_OUT = 0.25
PUBLISHED = {"BERT, oos as a label": (0.969, 0.403), "BERT, threshold": (0.962, 0.523)}
"""In-scope accuracy and out-of-scope recall, Larson et al. 2019, table 2."""

Scores = dict[str, float]


def main() -> None:
    """Run the parts and print their tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    parts, cache = options.parts.split(","), options.cache / "embeddings"
    found: dict[str, Any] = {}
    if "clinc" in parts:
        task = next(make_tasks(options.data, ["clinc"]))
        found |= judge_clinc(task, cache, options.development, peers=not options.ours_only)
    if "labels" in parts:
        for name in ("banking", "mozilla"):
            found |= judge_left_out(next(make_tasks(options.data, [name])), cache, options.development)
    if "languages" in parts:
        found |= judge_languages(options.data, cache, options.development)
    print(json.dumps(found))


def judge_clinc(task: Task, cache: Path, development: bool, *, peers: bool) -> dict[str, Any]:
    """Judge out-of-scope questions: ours and the peers, each with a threshold chosen on validation."""
    if task.validation is None or task.strange is None or task.strange_validation is None:
        raise ValueError(f"Got {task.name} without strange tickets; expected CLINC150.")
    parts = [task.validation, task.strange_validation, task.test, task.strange]
    if development:
        parts = [*parts[:2], *parts[:2]]
    truth = [np.array([past.labels.get("category", "") for past in part]) for part in parts]
    model = train(task.train, cache)
    assessed = [assess(model, part) for part in parts]
    answers = [predicted(one) for one in assessed]
    rows = {
        "ours: familiarity": in_and_out([familiarities(one) for one in assessed], answers, truth),
        "ours: highest probability": in_and_out([surest(one) for one in assessed], answers, truth),
    }
    if peers:
        rows |= judge_peers(task, parts, truth, cache)
    for name, (accuracy, recall) in PUBLISHED.items():
        rows[name] = {"in-scope": accuracy, "recall": recall}
    show(f"CLINC150, threshold from validation{', judged on it' if development else ''}", rows)
    return {"CLINC150": rows}


def judge_peers(
    task: Task, parts: list[list[PastTicket]], truth: list[np.ndarray], cache: Path
) -> dict[str, Scores]:
    """Judge the highest probability of the usual pipelines."""
    classes = np.array([past.labels["category"] for past in task.train])
    texts = [[clean_text(past.ticket) for past in part] for part in (task.train, *parts)]
    encoder = CachedEncoder(Fp32Encoder(), cache)
    tfidf = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, dtype=np.float32).fit(texts[0])
    chances = {
        "MiniLM + LR": peer([encoder.encode(part) for part in texts], classes, truth[0]),
        "TF-IDF + LR": peer([tfidf.transform(part) for part in texts], classes, truth[0]),
    }
    chances["mean of the two"] = [(a + b) / 2 for a, b in zip(*chances.values(), strict=True)]
    labels = np.unique(classes)
    return {
        name: in_and_out(
            [one.max(axis=1) for one in matrices], [labels[one.argmax(axis=1)] for one in matrices], truth
        )
        for name, matrices in chances.items()
    }


def peer(blocks: list[Any], classes: np.ndarray, truth: np.ndarray) -> list[np.ndarray]:
    """Fit a logistic regression with the better of two penalties on validation; return its probabilities."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        models = [LogisticRegression(C=c, max_iter=200).fit(blocks[0], classes) for c in PENALTIES]
    best = max(models, key=lambda one: float(one.score(blocks[1], truth)))
    return [best.predict_proba(block) for block in blocks[1:]]


def in_and_out(scores: list[np.ndarray], answers: list[np.ndarray], truth: list[np.ndarray]) -> Scores:
    """Choose the threshold on the first two parts, known and strange; judge it on the last two."""
    known, strange, test, out = scores
    right = answers[0] == truth[0]
    candidates = np.unique(np.concatenate([known, strange]))
    overall = [(right & (known >= one)).sum() + (strange < one).sum() for one in candidates]
    threshold = candidates[int(np.argmax(overall))]
    return {
        "in-scope": float(((answers[2] == truth[2]) & (test >= threshold)).mean()),
        "recall": float((out < threshold).mean()),
        **told_apart(test, out),
    }


def told_apart(known: np.ndarray, strange: np.ndarray) -> Scores:
    """Return the area under the ROC curve, and recall where 1 % and 5 % of known tickets are refused."""
    labels = np.concatenate([np.ones(len(known)), np.zeros(len(strange))])
    return {
        "AUROC": float(roc_auc_score(labels, np.concatenate([known, strange]))),
        "recall at 1 %": float((strange < np.quantile(known, 0.01)).mean()),
        "recall at 5 %": float((strange < np.quantile(known, 0.05)).mean()),
    }


def judge_left_out(task: Task, cache: Path, development: bool) -> dict[str, Any]:
    """Leave a quarter of the labels out of training; their later tickets are the strange ones."""
    labels = np.unique([past.labels["category"] for past in task.train])
    left = set(np.random.default_rng(0).permutation(labels)[: int(LEFT_OUT * len(labels))])
    learn, judge = earlier(task.train) if development else (task.train, task.test)
    model = train([past for past in learn if past.labels["category"] not in left], cache)
    known = assess(model, [past for past in judge if past.labels["category"] in set(labels) - left])
    strange = assess(model, [past for past in judge if past.labels["category"] in left])
    rows = {
        "familiarity": told_apart(familiarities(known), familiarities(strange))
        | {
            "known refused": float((familiarities(known) < UNFAMILIAR_BELOW).mean()),
            "strange refused": float((familiarities(strange) < UNFAMILIAR_BELOW).mean()),
        },
        "highest probability": told_apart(surest(known), surest(strange)),
        "nearest cosine": told_apart(nearest(known), nearest(strange)),
    }
    name = f"{task.name}, {len(left)} of {len(labels)} labels left out"
    show(f"{name}: {len(known):,} known and {len(strange):,} strange tickets", rows)
    return {name: rows}


def judge_languages(data: Path, cache: Path, development: bool) -> dict[str, Any]:
    """Learn English Thunderbird tickets alone, then tickets of all locales; judge later ones by locale."""
    mapping = load_mapping(MAPPINGS / "mozilla.toml")
    tickets = read_history(data / "mozilla_support" / "tickets.parquet", mapping=mapping).tickets
    recent = [
        replace(past, ticket=replace(past.ticket, language=None, product=None), labels=labels)
        for past in tickets
        if past.ticket.product == "thunderbird"
        and past.ticket.created_at is not None
        and past.ticket.created_at >= SINCE
        and (labels := {"category": past.labels["category"]} if past.labels.get("category") else {})
    ]
    locale = {past.ticket.ticket_id: past.ticket.language or "" for past in tickets}
    learn, judge = earlier(recent)
    if development:
        learn, judge = earlier(learn)
    english = [past for past in learn if locale[past.ticket.ticket_id].startswith("en")]
    groups: dict[str, list[PastTicket]] = {}
    for past in judge:
        groups.setdefault(locale[past.ticket.ticket_id], []).append(past)
    alone, together = train(english, cache), train(learn, cache)
    rows: dict[str, Scores] = {}
    for name, group in sorted(groups.items(), key=lambda one: -len(one[1])):
        one, both = assess(alone, group), assess(together, group)
        truth = np.array([past.labels["category"] for past in group])
        rows[name] = {
            "tickets": len(group),
            "language known": float(np.mean([found.language is not None for found in one])),
            "unsupported": float(np.mean([bool(found.unsupported) for found in one])),
            "unfamiliar": float((familiarities(one) < UNFAMILIAR_BELOW).mean()),
            "accuracy, English only": float((predicted(one) == truth).mean()),
            "accuracy, all learnt": float((predicted(both) == truth).mean()),
            "unsupported, all learnt": float(np.mean([bool(found.unsupported) for found in both])),
        }
    show(f"Mozilla by locale: {len(english):,} English tickets learnt, {len(learn):,} of all", rows)
    return {"Mozilla languages": rows}


def earlier(tickets: list[PastTicket]) -> tuple[list[PastTicket], list[PastTicket]]:
    """Split off the last fifth, a random one where there is no time."""
    rows = list(range(len(tickets)))
    if not has_order(tickets):
        rows = [int(one) for one in np.random.default_rng(0).permutation(len(tickets))]
    split = int(0.8 * len(rows))
    return [tickets[row] for row in rows[:split]], [tickets[row] for row in rows[split:]]


def train(tickets: list[PastTicket], cache: Path) -> Model:
    """Train as the product does and open the model."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle"
        train_bundle(tickets, config=TrainingConfig(targets=("category",)), out=out, key=KEY, cache=cache)
        return open_model(out, cache)


def assess(model: Model, tickets: list[PastTicket]) -> list[Assessment]:
    """Ask the model, nearest past ticket included."""
    return model.assess([past.ticket for past in tickets], similar=1)


def predicted(assessed: list[Assessment]) -> np.ndarray:
    """Return the likeliest label of each ticket."""
    return np.array([one.predictions["category"].top(1)[0][0] for one in assessed])


def surest(assessed: list[Assessment]) -> np.ndarray:
    """Return the highest probability of each ticket."""
    return np.array([one.predictions["category"].probabilities.max() for one in assessed])


def familiarities(assessed: list[Assessment]) -> np.ndarray:
    """Return the familiarity of each ticket."""
    return np.array([one.familiarity for one in assessed])


def nearest(assessed: list[Assessment]) -> np.ndarray:
    """Return the cosine to the nearest past ticket; 0 without text."""
    return np.array([one.similar[0].similarity if one.similar else 0.0 for one in assessed])


def show(title: str, rows: dict[str, Scores]) -> None:
    """Print one table."""
    print(f"\n{title}", flush=True)
    for name, scores in rows.items():
        figures = "  ".join(
            f"{key} {value:.4f}" if isinstance(value, float) else f"{key} {value}"
            for key, value in scores.items()
        )
        print(f"  {name:<26}{figures}", flush=True)


if __name__ == "__main__":
    main()
