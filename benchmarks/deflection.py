"""How true is the stated chance that an article helps, and is it said where nothing fits.

First, which ranking finds what helpers linked: that of suggestions, or that of a search, in which the text
leads (``KnowledgeIndex.search``); of all articles, and of those that had hardly been linked before.

The linked Thunderbird questions in order of filing; an article "helps" where helpers linked it. Links are
incomplete, so that a chance that is true here is on the careful side. The first article of the ranking gets a
chance; it is held to what people linked on the last fifth. Questions of bank customers (banking77) are asked
of the same articles: nothing there can help them. The weights were fitted with questions to a voice assistant
(CLINC150) among the others.

    python -m benchmarks.deflection [--data ../shared/data] [--cache var/cache] [--development]

``--development`` measures on the fourth fifth: for choosing. The weights are fitted on the second and third.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.knowledge_tasks import read_tables
from features.article_chance import DEFAULT_CHANCE, ChanceModel, chance_signals
from features.article_ranking import DIGITS, weights_for_search
from features.article_signals import SIGNALS
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder, SentenceEncoder
from features.knowledge import KnowledgeIndex
from training.knowledge.learn import learn_knowledge, recall_links
from training.knowledge.metrics import measure_rankings
from triage.knowledge import Article
from triage.ticket import Ticket

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
STRANGERS = 500
FOREIGN = 300
FEW = 20
SEED = 7
LEAST = 0.3
SELDOM = ", of articles linked at most twice"
LOG_SELDOM = float(np.log1p(2 * 2.0))


def main() -> None:
    """Run the benchmark and print its table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not (options.data / "mozilla_support").is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    encoder = CachedEncoder(SentenceEncoder.open(threads=1), options.cache)
    tables = read_tables(options.data / "mozilla_support", "thunderbird")
    articles, links, past = tables.articles, tables.links, tables.past
    used: dict[str, set[str]] = {}
    for link in links:
        used.setdefault(link.ticket_id, set()).add(link.article_id)
    fifths = [past[round(len(past) * n / 5) : round(len(past) * (n + 1) / 5)] for n in range(5)]
    # The ranking learns from what lies before everything that is fitted or measured here.
    first = {one.ticket.ticket_id for one in fifths[0]}
    learnt = learn_knowledge(articles, [x for x in links if x.ticket_id in first], fifths[0], encoder)
    memory, _ = recall_links(links, past, encoder)
    memory = memory.in_space(learnt.memory.totals.space)
    index = KnowledgeIndex(encoder, memory, learnt.weights)
    index.put_all(articles)
    by_id = {one.article_id: one for one in articles}
    asked = Asked(index, by_id, encoder)
    # A knowledge base that has just begun: the articles that were needed most.
    needed = Counter(x.article_id for x in links if x.ticket_id in first).most_common(FEW)
    few = KnowledgeIndex(encoder, memory, learnt.weights)
    few.put_all([by_id[name] for name, _ in needed])
    asked_few = Asked(few, by_id, encoder)

    fitted = [asked.of(one.ticket, used) for part in fifths[1:3] for one in part]
    fitted += [asked.of(one, {}) for one in assistant_questions(options.data)]
    begun = [asked_few.of(one.ticket, used) for part in fifths[1:3] for one in part]
    begun += [asked_few.of(one, {}) for one in assistant_questions(options.data)]
    model = fit(fitted, begun)
    strangers = [asked.of(one, {}) for one in bank_questions(options.data)]
    measured = fifths[3] if options.development else fifths[4]
    rankings = compare_rankings(index, [one.ticket for one in measured], used)
    _print_rankings(rankings)
    cases = [asked.of(one.ticket, used) for one in measured]
    signals, helped = np.array([one[0] for one in cases]), np.array([one[1] for one in cases])
    rows = {
        "share that helped, for everybody": np.full(
            len(helped), np.mean([one[1] for one in fitted[:-FOREIGN]])
        ),
        "the ranking's score": sigmoid(signals[:, 0]),
        "cosine of the nearest passage": np.clip(signals[:, 1], 0, 1),
        "chance (as shipped)": DEFAULT_CHANCE.chance(signals),
    }
    if options.development:
        rows["chance (fitted now)"] = model.chance(signals)
    cases_few = [asked_few.of(one.ticket, used) for one in measured]
    few_signals, few_helped = np.array([x[0] for x in cases_few]), np.array([x[1] for x in cases_few])
    foreign = np.array([one[0] for one in strangers])
    foreign_rows = {
        "the ranking's score": sigmoid(foreign[:, 0]),
        "cosine of the nearest passage": np.clip(foreign[:, 1], 0, 1),
        "chance (as shipped)": DEFAULT_CHANCE.chance(foreign),
        "chance (fitted now)": model.chance(foreign),
    }
    results = {
        name: measure(chances, helped) | {"strangers": share(foreign_rows.get(name))}
        for name, chances in rows.items()
    }
    strangers_few = [asked_few.of(one, {}) for one in bank_questions(options.data)]
    foreign_few = np.array([one[0] for one in strangers_few])
    for name, chances, strange in (
        (f"{FEW} articles: the score", sigmoid(few_signals[:, 0]), sigmoid(foreign_few[:, 0])),
        (
            f"{FEW} articles: chance (as shipped)",
            DEFAULT_CHANCE.chance(few_signals),
            DEFAULT_CHANCE.chance(foreign_few),
        ),
    ):
        results[name] = measure(chances, few_helped) | {"strangers": share(strange)}
    print(f"{FEW} articles: helped {few_helped.mean():.3f}")
    print(f"{len(cases)} questions, helped {helped.mean():.3f}; {len(foreign)} strangers' questions")
    columns = ("brier", "ece", "auc", "offered", "offered_helped", "strangers")
    print(f"{'':36}" + "".join(f"{name:>16}" for name in columns))
    for name, figures in results.items():
        print(f"{name:36}" + "".join(f"{figures[one]:16.3f}" for one in columns))
    print(f"fitted: {model}")
    print(
        json.dumps(
            {
                "benchmark": "deflection",
                "development": options.development,
                "rankings": rankings,
                "results": results,
            }
        )
    )


def compare_rankings(
    index: KnowledgeIndex, questions: list[Ticket], used: dict[str, set[str]]
) -> dict[str, dict[str, float]]:
    """Measure what suggestions and a search find: of all articles, and of those seldom linked before."""
    popular = SIGNALS.index("popular")
    found: dict[str, list[list[str]]] = {}
    helped: dict[str, list[set[str]]] = {}
    for ticket in questions:
        ids, matrix = index.signals(ticket)
        # The signal is log(1 + 2 n) of n links, old ones counting less.
        often = {name for name, value in zip(ids, matrix[:, popular], strict=True) if value > LOG_SELDOM}
        chosen = used[ticket.ticket_id] & set(ids)
        for name, weights in (
            ("suggestions", index.weights),
            ("a search", weights_for_search(index.weights, matrix)),
        ):
            order = np.lexsort((ids, -np.round(matrix @ np.asarray(weights.values), DIGITS)))
            ranked = [ids[place] for place in order]
            for group, wanted in (("", chosen), (SELDOM, chosen - often)):
                if wanted:
                    found.setdefault(name + group, []).append(ranked)
                    helped.setdefault(name + group, []).append(wanted)
    return {name: measure_rankings(found[name], helped[name]).to_document() for name in found}


def _print_rankings(rankings: dict[str, dict[str, float]]) -> None:
    columns = ("hit_at_1", "hit_at_5", "mrr", "tickets")
    print(f"{'':48}" + "".join(f"{name:>12}" for name in columns))
    for name, figures in rankings.items():
        print(f"{name:48}" + "".join(f"{figures[one]:12.3f}" for one in columns), flush=True)


class Asked:
    """Asks the index, and reads the signals of its first article."""

    def __init__(self, index: KnowledgeIndex, articles: dict[str, Article], encoder: Encoder) -> None:
        self.index, self.articles, self.encoder = index, articles, encoder
        self.passages: dict[str, np.ndarray] = {}

    def of(self, ticket: Ticket, used: dict[str, set[str]]) -> tuple[np.ndarray, bool]:
        """Return the signals of the first article, and whether it helped."""
        (vector,) = self.encoder.encode([clean_text(ticket)])
        (best,) = self.index.suggest(ticket, 1, vector=vector)
        article = self.articles[best.article_id]
        if best.article_id not in self.passages:
            self.passages[best.article_id] = self.index.embed(article)
        signals = chance_signals(vector, self.passages[best.article_id], best.score, len(self.index))
        return signals, best.article_id in used.get(ticket.ticket_id, ())


def fit(cases: list[tuple[np.ndarray, bool]], begun: list[tuple[np.ndarray, bool]]) -> ChanceModel:
    """Fit the weights by logistic regression: on all articles, and without the score on few."""
    full = LogisticRegression(C=10.0).fit(np.array([one[0][:2] for one in cases]), [one[1] for one in cases])
    alone = LogisticRegression(C=10.0).fit(
        np.array([one[0][1:2] for one in begun]), [one[1] for one in begun]
    )
    return ChanceModel(
        *full.coef_[0].tolist(),
        *full.intercept_.tolist(),
        *alone.coef_[0].tolist(),
        *alone.intercept_.tolist(),
    )


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Return probabilities."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def bank_questions(data: Path) -> list[Ticket]:
    """Draw questions of bank customers, always the same: to measure with."""
    return _drawn(pd.read_parquet(data / "banking77" / "test.parquet"), STRANGERS)


def assistant_questions(data: Path) -> list[Ticket]:
    """Draw questions to a voice assistant, always the same: to fit with."""
    table = pd.read_parquet(data / "clinc150" / "data_full.parquet")
    return _drawn(table[table["split"] == "train"], FOREIGN)


def _drawn(table: pd.DataFrame, count: int) -> list[Ticket]:
    texts = table["text"].sample(count, random_state=SEED)
    return [Ticket("", body=text, product="thunderbird") for text in texts]


def measure(chances: np.ndarray, helped: np.ndarray) -> dict[str, float]:
    """Return how true chances are, and what offering at the default threshold comes to."""
    edges = np.quantile(chances, np.linspace(0, 1, 11)[1:-1])
    places = np.digitize(chances, edges)
    gaps = [
        abs(chances[places == one].mean() - helped[places == one].mean()) * (places == one).mean()
        for one in np.unique(places)
    ]
    offered = chances >= LEAST
    return {
        "brier": round(float(((chances - helped) ** 2).mean()), 4),
        "ece": round(float(sum(gaps)), 4),
        "auc": round(float(roc_auc_score(helped, chances)), 4),
        "offered": round(float(offered.mean()), 4),
        "offered_helped": round(float(helped[offered].mean()) if offered.any() else 0.0, 4),
    }


def share(chances: np.ndarray | None) -> float:
    """Return the share of strangers' questions that something would be offered for."""
    return float("nan") if chances is None else round(float((chances >= LEAST).mean()), 4)


if __name__ == "__main__":
    main()
