"""Which article do people link to a ticket? Ours beside five peers on Mozilla's support questions.

The linked tickets in order of filing; the last fifth is measured, with weights learnt on earlier ones only:
Thunderbird's questions; and Firefox's, with weights learnt on Thunderbird's and the earlier ones of Firefox.
For every method alike a link counts from when it became known (first response, else an hour after filing).
All peers are given what helps them: only articles of the ticket's product are candidates.

    python -m benchmarks.knowledge [--data ../shared/data/mozilla_support] [--cache var/cache] [--development]

``--development`` learns on the first three fifths and measures on the fourth: for choosing, never for claims.
"""

import argparse
import json
from pathlib import Path

from benchmarks.knowledge_tasks import OURS, Desk, Tables, few_links, measure, rank_all, read_tables
from features.article_signals import SIGNALS
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from features.knowledge import KnowledgeIndex
from training.knowledge.learn import learn_knowledge

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mozilla_support"
CURVE = (0, 20, 50, 200, 1_000)
COLUMNS = ("hit_at_1", "hit_at_5", "hit_at_10", "mrr", "specific_hit_at_1", "specific_mrr")


def main() -> None:
    """Run the benchmark and print its tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    encoder = CachedEncoder(SentenceEncoder.open(threads=1), options.cache)

    def learn(*parts: Tables) -> KnowledgeIndex:
        links = [link for part in parts for link in part.links]
        return learn_knowledge(
            parts[0].articles, links, [past for part in parts for past in part.past], encoder
        )

    def desk_of(tables: Tables, *others: Tables) -> Desk:
        if options.development:
            tables = tables.before(round(len(tables.past) * 0.8))
        cut = round(len(tables.past) * (0.75 if options.development else 0.8))
        return Desk(tables, cut, learn(tables.before(cut), *others), encoder)

    mail, browser = (read_tables(options.data, product) for product in ("thunderbird", "firefox"))
    results = {}
    thunderbird = desk_of(mail)
    results["Thunderbird"] = report("Thunderbird", thunderbird)
    curve = {}
    for tickets in CURVE:
        curve[tickets] = measure(few_links(thunderbird, learn, tickets), thunderbird)
        print_row(f"ours, {tickets} linked tickets", curve[tickets])
    firefox = desk_of(browser, mail.before(thunderbird.cut))
    results["Firefox"] = report("Firefox, learnt on Thunderbird and early Firefox", firefox)
    print(
        json.dumps(
            {
                "benchmark": "knowledge",
                "development": options.development,
                "results": results,
                "curve": curve,
            }
        )
    )


def report(name: str, desk: Desk) -> dict[str, dict[str, float]]:
    """Measure one desk and print its table."""
    results = {method: measure(ranked, desk) for method, ranked in rank_all(desk).items()}
    figures = results[OURS]
    print(
        f"{name}: {len(desk.tables.past):,} linked tickets, {figures['tickets']} measured "
        f"({figures['specific_tickets']} specific), {len(desk.tables.articles)} articles"
    )
    print(f"{'':32}" + "".join(f"{column:>18}" for column in COLUMNS))
    for method, row in results.items():
        print_row(method, row)
    weights = desk.learnt.weights
    by_name = dict(zip(SIGNALS, weights.values, strict=True))
    print(f"weights learnt from {weights.learnt_from} tickets: {by_name}")
    peers = [row for method, row in results.items() if not method.startswith("ours")]
    best = max(row["specific_hit_at_1"] for row in peers)
    print(f"specific hit@1 {figures['specific_hit_at_1'] / best - 1:+.1%} against the best peer", flush=True)
    return results


def print_row(name: str, figures: dict[str, float]) -> None:
    """Print a line of a table."""
    print(f"{name:32}" + "".join(f"{figures[column]:18.3f}" for column in COLUMNS), flush=True)


if __name__ == "__main__":
    main()
