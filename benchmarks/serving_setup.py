"""Sets up what benchmarks/serving.py asks: ours by its own commands, peers on the same tickets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import joblib
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.serving_crowd import crowd_articles, crowd_tickets
from features.encoder import SentenceEncoder

__all__ = ["ASKED", "KEY", "REPOSITORY", "TRIAGE", "crowd", "cut", "environment_of", "fit_peers", "set_up"]

REPOSITORY = Path(__file__).parents[1]
MAPPING = REPOSITORY / "benchmarks" / "mappings" / "mozilla.toml"
ASKED = 1_000
AGENTS = 50
KEY = ("keys", "create", "--role", "service", "--name", "benchmark", "--json")
TRIAGE = (sys.executable, "-m", "serving.cli.main")


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment of a home of the benchmark's own; MLflow looks for uvicorn on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.environ | {"TRIAGE_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1", "PATH": path}


def cut(history: Path, folder: Path, tickets: int) -> pd.DataFrame:
    """Write the tickets to learn from into the folder and return those to ask."""
    table = pd.read_parquet(history)
    table = table[table["created_at"].notna() & table["topic"].notna()].sort_values("created_at")
    table.iloc[-tickets - ASKED : -ASKED].to_parquet(folder / "tickets.parquet")
    return table.iloc[-ASKED:].fillna({"subject": "", "body": ""})


def set_up(data: Path, folder: Path, *, agents: bool = True) -> str:
    """Train, promote, import (agents only if wanted) and make a key by the commands; return the key."""

    def call(*words: str) -> str:
        return _call(folder, *words)

    history = folder / "tickets.parquet"
    out = folder / "home" / "models" / "default" / "first"
    if out.exists():  # Kept by an earlier run: another key is all that is needed.
        return str(json.loads(call(*KEY))["token"])
    responders = pd.read_parquet(history)["first_responder"].value_counts().index[:AGENTS]
    pd.DataFrame({"agent": responders, "team": "support", "capacity": 10_000}).to_csv(
        folder / "agents.csv", index=False
    )
    mapping = ("--mapping", str(MAPPING))
    articles, links = str(data / "articles.parquet"), str(data / "article_links.parquet")
    extras = ("--articles", articles, "--links", links, "--agents", str(folder / "agents.csv"), "--no-track")
    call("train", str(history), "--out", str(out), *mapping, *extras)
    call("models", "promote", "first")
    call("import", "history", str(history), *mapping)
    call("import", "articles", articles)
    call("import", "links", links)
    if agents:
        call("import", "agents", str(folder / "agents.csv"))
    return str(json.loads(call(*KEY))["token"])


def crowd(data: Path, folder: Path, tickets: int, passages: int) -> None:
    """Import so many more past tickets and articles into a home that was set up; once."""
    name = f"crowd-{tickets}-{passages}.parquet"
    done, articles = folder / name, folder / f"articles-{name}"
    if done.exists():
        return
    responders = pd.read_csv(folder / "agents.csv", dtype=str)["agent"].tolist()
    made = folder / f"made-{name}"
    if tickets:
        crowd_tickets(folder / "tickets.parquet", responders, made, tickets)
        _call(folder, "import", "history", str(made), "--mapping", str(MAPPING))
    if passages:
        crowd_articles(data / "articles.parquet", articles, passages)
        _call(folder, "import", "articles", str(articles))
    done.touch()


def _call(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [*TRIAGE, *words], cwd=REPOSITORY, env=environment_of(folder), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def fit_peers(folder: Path, asked: pd.DataFrame) -> None:
    """Fit what the peers serve on the same tickets."""
    import mlflow

    if (folder / "mlflow").exists():  # Kept by an earlier run.
        return
    table = pd.read_parquet(folder / "tickets.parquet").fillna({"subject": "", "body": ""})
    texts, labels = text_of(table), table["topic"].astype(str)
    words = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, max_iter=300),
    ).fit(texts, labels)
    joblib.dump(words, folder / "words.joblib")
    vectors = SentenceEncoder.open(threads=os.cpu_count() or 1).encode(texts)
    joblib.dump(LogisticRegression(C=10, max_iter=300).fit(vectors, labels), folder / "meaning.joblib")
    mlflow.sklearn.save_model(words, str(folder / "mlflow"), serialization_format="cloudpickle")


def text_of(table: pd.DataFrame) -> list[str]:
    """Return subject and body as one text."""
    return [f"{one}\n{other}" for one, other in zip(table["subject"], table["body"], strict=True)]
