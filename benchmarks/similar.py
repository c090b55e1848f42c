"""Which sentences are shown of a long solution: those of the answer that helped, beside simpler choices.

Thunderbird threads with two answers or more, of which exactly one was called helpful. All sentences of all
answers lie in one heap; each method takes an extract of 320 characters from it, asked by the nearest
other question. It is counted how many of the sentences taken are the helpful answer's: a choice that knows
nothing gets that answer's share of the heap. In the product the answer is known; what is measured is whether
sentences are chosen by what matters.

    python -m benchmarks.similar [--data ../shared/data/mozilla_support] [--cache var/cache] [--development]

Later half of the threads; ``--development`` takes the earlier half: for choosing weights.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import features.extracts as extracts
from features.cleaning import clean
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder, SentenceEncoder
from features.redaction import redact

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mozilla_support"
THREADS = 400
DRAWS = 2_000
SEED = 11
Scores = Callable[[Sequence[str], str, str], np.ndarray]


def main() -> None:
    """Run the benchmark and print its table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    encoder = CachedEncoder(SentenceEncoder.open(threads=1), options.cache)
    threads = read_threads(options.data, options.development)
    asked_by = nearest_others([question for question, _, _ in threads], encoder)
    methods = methods_of(encoder)
    shares: dict[str, list[float]] = {name: [] for name in ["its share of the heap", *methods]}
    for (question, sentences, is_helpful), asked in zip(threads, asked_by, strict=True):
        shares["its share of the heap"].append(float(np.mean(is_helpful)))
        for name, scores in methods.items():
            chosen = take(sentences, scores(sentences, asked, question))
            shares[name].append(float(np.mean([is_helpful[place] for place in chosen])))
    print(f"{len(threads)} threads")
    results = {}
    random = np.random.default_rng(SEED)
    rows = random.integers(0, len(threads), (DRAWS, len(threads)))
    base = np.array(shares["its share of the heap"])
    for name, values in shares.items():
        gain = np.array(values) - base
        low, high = np.quantile(gain[rows].mean(axis=1), [0.025, 0.975])
        results[name] = {
            "from_helpful": round(float(np.mean(values)), 4),
            "gain": round(float(gain.mean()), 4),
            "gain_low": round(float(low), 4),
            "gain_high": round(float(high), 4),
        }
        print(f"{name:32}" + "".join(f"{number:10.3f}" for number in results[name].values()))
    print(json.dumps({"benchmark": "similar", "development": options.development, "results": results}))


def read_threads(folder: Path, development: bool) -> list[tuple[str, list[str], list[bool]]]:
    """Return question, sentences of all answers, and whether each is the helpful answer's."""
    answers = pd.read_parquet(folder / "answers.parquet")
    answers = answers[~answers["by_requester"].astype(bool)].sort_values(["created_at", "answer_id"])
    tickets = pd.read_parquet(folder / "tickets.parquet").set_index("ticket_id")
    found = []
    for ticket_id, thread in answers.groupby("ticket_id", sort=False):
        praised = (thread["helpful"].fillna(0) > thread["unhelpful"].fillna(0)).tolist()
        if len(thread) < 2 or sum(praised) != 1 or ticket_id not in tickets.index:
            continue
        ticket = tickets.loc[ticket_id]
        sentences, is_helpful = [], []
        for body, is_one in zip(thread["body"], praised, strict=True):
            own = extracts.split_sentences(redact(clean(body or "")))
            sentences += own
            is_helpful += [is_one] * len(own)
        if sum(map(len, sentences)) > 2 * extracts.MAX_CHARS and any(is_helpful):
            question = f"{clean(ticket['subject'] or '')}\n{clean(ticket['body'] or '')}".strip()
            found.append((ticket["created_at"], question, sentences, is_helpful))
    found.sort(key=lambda one: one[0])
    half = len(found) // 2
    part = found[:half] if development else found[half:]
    step = max(1, len(part) // THREADS)
    return [one[1:] for one in part[::step]][:THREADS]


def nearest_others(questions: Sequence[str], encoder: Encoder) -> list[str]:
    """Return for each question the one nearest to it."""
    vectors = encoder.encode(questions)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1.0)
    return [questions[place] for place in cosines.argmax(axis=1)]


def methods_of(encoder: Encoder) -> dict[str, Scores]:
    """Return ours and simpler ways to order sentences."""
    random = np.random.default_rng(SEED)

    def meaning(sentences: Sequence[str], asked: str, question: str) -> np.ndarray:
        vectors = encoder.encode([asked, *sentences])
        return np.asarray(vectors[1:] @ vectors[0])

    return {
        "drawn by lot": lambda sentences, asked, question: random.random(len(sentences)),
        "the first sentences": lambda sentences, asked, question: -np.arange(len(sentences), dtype=float),
        "the longest": lambda sentences, asked, question: np.array([len(one) for one in sentences], float),
        "meaning alone": meaning,
        "ours": lambda sentences, asked, question: extracts.score_sentences(
            sentences, asked, question, encoder
        ),
    }


def take(sentences: Sequence[str], scores: np.ndarray) -> list[int]:
    """Take the best sentences that fit, as the product does."""
    return extracts.take_sentences(sentences, scores, max_chars=extracts.MAX_CHARS)


if __name__ == "__main__":
    main()
