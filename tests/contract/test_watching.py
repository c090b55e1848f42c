"""Every query in the dashboard and in the alerting rules names metrics and labels that a server has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from serving.metrics import Metrics
from triage.decision import Action, Reason
from triage.stopwatch import STAGES

DEPLOY = Path(__file__).parents[2] / "deploy"
SELECTOR = re.compile(r"\b((?:triage|up)\w*)\s*(?:{([^}]*)})?")
LABEL = re.compile(r"(\w+)\s*(=~|!~|!=|=)\s*\"([^\"]*)\"")
GROUPED = re.compile(r"\b(?:by|ignoring|without|on)\s*\(([^)]*)\)")
OWN = {"up": {"job", "instance"}}
"""What Prometheus itself adds."""
VALUES = {
    "action": {one.value for one in Action},
    "reason": {one.value for one in Reason} | {"none"},
    "stage": set(STAGES),
    "state": {"ready", "failed", "running", "waiting", "queued"},
}


def labels_of_metrics() -> dict[str, set[str]]:
    """Return the labels of every series that a server can show, by name."""
    registry: CollectorRegistry = Metrics().registry
    known = dict(OWN)
    for collector in list(registry._collector_to_names):
        names = set(collector._labelnames)  # type: ignore[attr-defined]
        for metric in collector.describe():  # type: ignore[attr-defined]
            for name in _series(metric):
                known[name] = names | ({"le"} if name.endswith("_bucket") else set())
    return known


def _series(metric: Metric) -> list[str]:
    if metric.type == "counter":
        return [f"{metric.name}_total"]
    if metric.type == "histogram":
        return [f"{metric.name}_{part}" for part in ("bucket", "sum", "count")]
    return [metric.name]


def queries() -> Iterator[tuple[str, str, str]]:
    """Yield file, name and query."""
    board = json.loads((DEPLOY / "grafana" / "triage.json").read_text())
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield "triage.json", panel["title"], target["expr"]
            yield "triage.json", f"{panel['title']} (legend)", _legend(target)
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield "alerts.yml", rule["alert"], rule["expr"]


def _legend(target: dict) -> str:
    """Return the query grouped by the labels of its legend: they must exist as well."""
    names = re.findall(r"{{(\w+)}}", target["legendFormat"])
    return f"sum by ({', '.join(names)}) ({target['expr']})"


def problems(query: str, known: dict[str, set[str]]) -> list[str]:
    """Say what a query names that no server has."""
    found, seen = [], set()
    for name, selected in SELECTOR.findall(query):
        if name not in known:
            found.append(f"no metric {name}")
            continue
        seen |= known[name]
        for label, how, value in LABEL.findall(selected or ""):
            if label not in known[name]:
                found.append(f"{name} has no label {label}")
            elif how == "=" and label in VALUES and value not in VALUES[label]:
                found.append(f"{name} is never {label}={value}")
    for group in GROUPED.findall(query):
        for label in filter(None, (one.strip() for one in group.split(","))):
            if label not in seen:
                found.append(f"grouped by {label}, which nothing has")
    return found


QUERIES = list(queries())


@pytest.mark.parametrize(("file", "title", "query"), QUERIES, ids=[f"{one[0]}: {one[1]}" for one in QUERIES])
def test_a_query_names_what_a_server_has(file: str, title: str, query: str):
    assert problems(query, labels_of_metrics()) == []
    assert query.count("(") == query.count(")") and SELECTOR.search(query)


def test_every_metric_is_in_the_dashboard():
    shown = " ".join(query for file, _, query in QUERIES if file == "triage.json")
    families = {re.sub(r"_(bucket|sum|count)$", "", one) for one in labels_of_metrics()} - set(OWN)
    assert len(families) > 10
    assert {one for one in families if one not in shown} == set()


def test_every_alert_says_what_to_do():
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
    assert len(rules) >= 10 and len({one["alert"] for one in rules}) == len(rules)
    for one in rules:
        assert set(one["annotations"]) == {"summary", "remedy"} and one["labels"]["severity"] in (
            "page",
            "ticket",
        )


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("sum(rate(triage_http_request_total[5m]))", "no metric triage_http_request_total"),
        ('triage_models{kind="ready"}', "triage_models has no label kind"),
        ('triage_models{state="broken"}', "triage_models is never state=broken"),
        ("sum by (workspace) (triage_workers)", "grouped by workspace, which nothing has"),
    ],
)
def test_a_query_that_is_wrong_is_found(query: str, problem: str):
    assert problems(query, labels_of_metrics()) == [problem]
