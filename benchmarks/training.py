"""What a training costs in time and memory, and how much less when most texts are known already.

    python -m benchmarks.training [--data ../shared/data] [--tickets 50000]

Trains on Mozilla's tickets (Thunderbird and Firefox, every language; all fields that the table gives, with
articles and links) three times, each in a process of its own, with a cache of embeddings that is empty at
first: on a window of tickets; once more on the same; and on the newest tickets, of which 5 % are new. Reading
the history counts as a stage. Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
NEW_SHARE = 0.05
PROMISES = {"first_s": 480.0, "second_s": 90.0, "peak_mb": 3_072.0, "second_share": 0.2}
"""What is aimed at for 50,000 tickets on two cores."""


def train_once(data: Path, cache: Path, out: Path, newest: int, left_out: int) -> dict[str, object]:
    """Read the history and train in this process; return seconds by stage and the peak of memory.

    Parameters
    ----------
    data, cache, out : Path
        Folder of the data, of the embeddings, and of the bundle to make.
    newest, left_out : int
        Learns from the newest tickets but for the last ones left out.
    """
    from benchmarks.stopwatch import Stopwatch, peak_mb
    from features.cleaning import clean_text
    from training.config import TrainingConfig
    from training.history import load_mapping, read_articles, read_history, read_links
    from training.train import train_bundle

    watch = Stopwatch()
    watch.hear("reading the history")
    folder = data / "mozilla_support"
    mapping = load_mapping(REPOSITORY / "benchmarks" / "mappings" / "mozilla.toml")
    tickets = read_history(folder / "tickets.parquet", mapping=mapping).tickets
    tickets = [past for past in tickets if past.ticket.created_at is not None]
    tickets = tickets[: len(tickets) - left_out][-newest:]
    articles = read_articles(folder / "articles.parquet").articles
    links = read_links(folder / "article_links.parquet").links
    read_mb = peak_mb()
    manifest = train_bundle(
        tickets,
        config=TrainingConfig(),
        out=out,
        key=bytes(range(32)),
        articles=articles,
        links=links,
        cache=cache,
        progress=lambda stage, share: watch.hear(stage.split(" (")[0]),
    )
    stages = watch.stop()
    texts = len({clean_text(past.ticket) for past in tickets})
    return {
        "seconds": round(sum(stages.values()), 1),
        "stages": {name: round(seconds, 1) for name, seconds in stages.items()},
        "peak_mb": round(peak_mb()),
        "peak_mb_after_reading": round(read_mb),
        "tickets": len(tickets),
        "texts": texts,
        "texts_per_s": round(texts / max(stages["reading texts"], 1e-9), 1),
        "labels": {name: facts["labels"] for name, facts in manifest.fields.items()},
    }


def _in_own_process(*given: object) -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks.training", "--once", *map(str, given)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--once", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        data, cache, out, newest, left_out = options.once
        found = train_once(Path(data), Path(cache), Path(out), int(newest), int(left_out))
        print(json.dumps(found))
        return
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    new = round(NEW_SHARE * options.tickets)
    runs: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, left_out in (("first", new), ("second", new), ("5 % new", 0)):
            data = options.data.resolve()
            runs[name] = _in_own_process(
                data, f"{folder}/cache", f"{folder}/{len(runs)}/model", options.tickets, left_out
            )
            _show(name, runs[name])
    share = float(str(runs["second"]["seconds"])) / float(str(runs["first"]["seconds"]))
    print(f"the second costs {share:.1%} of the first")
    result = {
        "benchmark": "training",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_at_end": round(os.getloadavg()[0], 1),
        "runs": runs,
        "second_share": round(share, 3),
        "aims_at_50000": PROMISES,
    }
    print(json.dumps(result))


def _show(name: str, run: dict[str, object]) -> None:
    stages = run["stages"]
    assert isinstance(stages, dict)
    print(
        f"{name}: {run['seconds']} s for {run['tickets']:,} tickets, peak {run['peak_mb']:,} MB, "
        f"{run['texts_per_s']} texts/s",
        flush=True,
    )
    print("  " + ", ".join(f"{stage} {seconds} s" for stage, seconds in stages.items()), flush=True)


if __name__ == "__main__":
    main()
