"""Replays Mozilla's history: are suspected incidents raised in time, and how often in vain.

The questions about Firefox and Thunderbird in order of filing, 2018-12 to 2025-12. The first five months say
where the threshold lies at first (at most one incident in 30 days); from 2019-05 it is learnt anew every 30
days from the year before, as a training does. Judged are the three dated spikes of the data's description:
raised between a day before and the end of the day, with two or more of the words that name it. Every other
incident counts as a false alarm, though many are real. Peers count: an NB CUSUM a product, and the counts of
each product's topics; same budget, learnt the same way.

    python -m benchmarks.incidents [--data ../shared/data/mozilla_support] [--development] [--list]

``--development`` stops before the judged part; ``--list`` prints every incident with its words.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.incident_peers import Alarm, count_cusum, episodes, learnt_thresholds, topic_counts
from features.ticket_sight import sight
from features.word_bursts import WordBursts
from training.history import load_mapping, read_history
from training.incidents.threshold import LOWEST, solve_threshold
from training.simulation.run import filed_at
from triage.incident import Incident
from triage.incident_watch import IncidentWatch
from triage.ticket import PastTicket

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mozilla_support"
MAPPING = Path(__file__).parent / "mappings" / "mozilla.toml"
JUDGED_FROM = datetime(2019, 5, 1, tzinfo=UTC)
LOWEST_COUNT = 2.0
SPIKES = {
    "2019-05-04": "add-on addon extension disabled certificate adblock legacy noscript",
    "2021-06-02": "89 proton redesign look theme tab old revert appearance design ui layout spacing",
    "2023-10-03": "115 supernova update updated upgrade version new layout old interface thunderbird",
}
PRODUCTS = {"2019-05-04": "firefox", "2021-06-02": "firefox", "2023-10-03": "thunderbird"}
MOST_WORDS = 10


def main() -> None:
    """Run the benchmark and print its table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    read = read_history(options.data / "tickets.parquet", mapping=load_mapping(MAPPING))
    dated = [one for one in read.tickets if one.ticket.created_at is not None]
    past = sorted(dated, key=lambda one: (filed_at(one), one.ticket.ticket_id))
    if options.development:
        past = [one for one in past if filed_at(one) < JUDGED_FROM]
    begin, end = filed_at(past[0]), filed_at(past[-1])
    products = {one.ticket.ticket_id: one.ticket.product or "" for one in past}

    started = time.perf_counter()
    lowest, raised = replay(past, begin)
    spent = time.perf_counter() - started
    if options.development:
        _print_incidents(lowest)
        print(json.dumps({"incidents": len(lowest), "ms_a_ticket": 1000 * spent / len(past)}))
        return
    months = (end - JUDGED_FROM) / timedelta(days=30)
    rows = [_judge("ours", [(one.raised_at, _product(one, products), one.words) for one in raised], months)]
    rows.append(_fixed(lowest, begin, products, months))
    for name, alarms in (
        ("NB CUSUM by product", count_cusum(_filed(past, by_topic=False))),
        ("counts by product and topic", topic_counts(_filed(past, by_topic=True))),
    ):
        rows.append(_peer(name, alarms, begin, end, months))
    if options.list:
        _print_incidents(raised)
    print(
        "| method | "
        + " | ".join(SPIKES)
        + " | false alarms in 30 days (busiest year) |\n|---|---|---|---|---|"
    )
    for row in rows:
        print(f"| {row['method']} | " + " | ".join(row["spikes"]) + f" | {row['false']} |")
    print(f"{len(past):,} tickets, {1000 * spent / len(past):.2f} ms each; {months:.0f} judged months.")
    print(json.dumps({"rows": rows, "tickets": len(past), "ms_a_ticket": 1000 * spent / len(past)}))


def replay(past: Sequence[PastTicket], begin: datetime) -> tuple[list[Incident], list[Incident]]:
    """Return the incidents at the lowest threshold, and those of the judged part at the learnt ones.

    Both watches see the same tickets with the same numbers. Every 30 days the second one's threshold is
    learnt from what the first one raised in the year before.
    """
    bursts, low, learnt = WordBursts(), IncidentWatch("low", LOWEST), IncidentWatch("learnt", LOWEST)
    lowest: dict[str, Incident] = {}
    raised: dict[str, Incident] = {}
    next_at = JUDGED_FROM
    for done, one in enumerate(past, start=1):
        at = filed_at(one)
        if at >= next_at:
            since = max(begin, at - timedelta(days=365))
            known = [
                one for one in lowest.values() if one.raised_at >= since and not _is_spike(one.raised_at)
            ]
            learnt.threshold = solve_threshold(known, (at - since) / timedelta(days=1)).threshold
            next_at += timedelta(days=30)
        seen = sight(bursts, one.ticket, at, judged=True)
        for watch, found in ((low, lowest), (learnt, raised)):
            incident = watch.see(seen, bursts)
            if incident is not None:
                found[incident.incident_id] = incident
        if done % 20_000 == 0:
            print(f"{done:,} of {len(past):,} tickets, {at:%Y-%m-%d}", file=sys.stderr, flush=True)
    return list(lowest.values()), [one for one in raised.values() if one.raised_at >= JUDGED_FROM]


def _fixed(
    lowest: Sequence[Incident], begin: datetime, products: Mapping[str, str], months: float
) -> dict[str, Any]:
    """Judge ours with the threshold of the first five months alone."""
    heights = [(one.raised_at, one.surprise) for one in lowest]
    once = learnt_thresholds(heights, begin, JUDGED_FROM, JUDGED_FROM + timedelta(days=1), LOWEST, _is_spike)
    let = [one for one in lowest if one.surprise >= once(one.raised_at) and one.raised_at >= JUDGED_FROM]
    told = [(one.raised_at, _product(one, products), one.words) for one in let]
    return _judge("ours, threshold of the first five months", told, months)


def _peer(
    name: str, alarms: Sequence[Alarm], begin: datetime, end: datetime, months: float
) -> dict[str, Any]:
    everything = episodes(alarms, lambda at: LOWEST_COUNT)
    heights = [(one.at, one.height) for one in everything]
    learnt = learnt_thresholds(heights, begin, JUDGED_FROM, end, LOWEST_COUNT, _is_spike)
    found = [one for one in episodes(alarms, learnt) if one.at >= JUDGED_FROM]
    return _judge(name, [(one.at, one.series.split(" ")[0], ()) for one in found], months)


def _judge(
    method: str, raised: Sequence[tuple[datetime, str, Sequence[str]]], months: float
) -> dict[str, Any]:
    told: list[str] = []
    hits: set[datetime] = set()
    for day, expected in SPIKES.items():
        wanted, start = set(expected.split()), datetime.fromisoformat(day + "T00:00:00+00:00")
        inside = [
            (at, words)
            for at, about, words in raised
            if timedelta(days=-1) <= at - start < timedelta(days=1) and about == PRODUCTS[day]
        ]
        hits.update(at for at, _ in inside)
        if not inside:
            told.append("missed")
            continue
        at, words = inside[0]
        right = [word for word in words[:MOST_WORDS] if word in wanted or word.removesuffix("s") in wanted]
        hours = (at - start) / timedelta(hours=1)
        said = f"{hours:+.1f} h"
        if words:
            said += f", {'right' if len(right) >= 2 else 'wrong'} words: {', '.join(words[:6])}"
        told.append(said)
    false = [at for at, _, _ in raised if at not in hits]
    years: dict[int, int] = defaultdict(int)
    for at in false:
        years[at.year] += 1
    busiest = max(years, key=lambda year: years[year]) if years else 0
    return {
        "method": method,
        "spikes": told,
        "false": f"{len(false) / months:.2f} ({len(false)}; {busiest}: {years[busiest]})",
        "by_year": dict(sorted(years.items())),
    }


def _is_spike(moment: datetime) -> bool:
    starts = [datetime.fromisoformat(day + "T00:00:00+00:00") for day in SPIKES]
    return any(timedelta(days=-1) <= moment - start < timedelta(days=1) for start in starts)


def _product(incident: Incident, products: Mapping[str, str]) -> str:
    """Return the product that most of an incident's tickets are about."""
    counts: dict[str, int] = defaultdict(int)
    for member in incident.members:
        counts[products[member.ticket_id]] += 1
    return max(counts, key=lambda name: counts[name])


def _filed(past: Sequence[PastTicket], *, by_topic: bool) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for one in past:
        name = one.ticket.product or ""
        if by_topic:
            name += f" {one.labels.get('category', '')}"
        found[name].append(filed_at(one).timestamp())
    return dict(found)


def _print_incidents(incidents: Sequence[Incident]) -> None:
    for one in incidents:
        print(
            f"{one.raised_at:%Y-%m-%d %H:%M} {one.surprise:5.1f} {len(one.members):4} tickets, "
            f"{one.volume.tickets} of all (usually {one.volume.expected:.0f}): {', '.join(one.words[:8])}"
        )


if __name__ == "__main__":
    main()
