import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from serving.metrics import Metrics
from serving.version import VERSION
from tests.serving.fakes import seal_fake
from tests.serving.house import House
from triage.decision import Decision
from triage.prediction import Assessment
from triage.registry import Registry
from triage.store.runs import ask_for_run
from triage.store.scope import Across


def test_words_that_are_no_method_are_counted_as_one(house: House):
    for word in ("BREW", "WHEN", "GET"):
        house.client.request(word, "/healthz")
    counted = house.client.get("/metrics", headers=house.key("admin")).text
    assert 'method="other"' in counted and 'method="GET"' in counted
    assert "BREW" not in counted and "WHEN" not in counted


def test_a_live_server_says_so_without_a_key_and_by_the_projects_version(house: House):
    assert house.client.get("/healthz").json() == {"status": "alive", "version": VERSION}
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_a_server_with_store_and_models_is_ready(house: House):
    assert house.client.get("/readyz").json() == {
        "status": "ready",
        "store": True,
        "models_ready": 1,
        "models_failed": 0,
    }


def test_a_model_that_cannot_be_loaded_makes_it_degraded_and_the_last_good_one_answers(house: House):
    folder = seal_fake(house.home, "v2")
    (folder / "model.joblib").write_bytes(b"")
    Registry(house.settings.models).promote("acme", "v2")
    for _ in range(1_500):
        answer = house.client.get("/readyz")
        if answer.json()["status"] == "degraded":
            break
        time.sleep(0.02)
    assert (answer.status_code, answer.json()["status"], answer.json()["models_failed"]) == (
        200,
        "degraded",
        1,
    )
    decided = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service"))
    assert decided.json()["model_version"] == "v1"
    assert "acme" not in house.client.get("/readyz").text


def test_a_store_that_does_not_answer_makes_it_unready_and_requests_try_again_later(house: House):
    headers = house.key("service")
    path = Path(house.settings.store_url.removeprefix("sqlite:///"))
    with house.store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql("ALTER TABLE api_keys RENAME TO hidden")
        connection.exec_driver_sql("ALTER TABLE alembic_version RENAME TO hidden_version")
    assert path.exists()
    assert house.client.get("/readyz").status_code == 503
    answer = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=headers)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "api_keys" not in answer.text


def test_metrics_count_requests_by_route_and_decisions_by_field_and_name_nobody(house: House):
    house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service"))
    house.client.get("/v1/decisions/secret-id", headers=house.key("agent"))
    house.client.get("/v1/nowhere")
    shown = house.client.get("/metrics", headers=house.key("auditor")).text
    assert 'triage_http_requests_total{method="POST",route="/v1/triage",status="200"} 1.0' in shown
    assert 'route="/v1/decisions/{decision_id}",status="404"} 1.0' in shown
    assert 'route="unmatched",status="404"} 1.0' in shown
    assert 'triage_decisions_total{action="apply",field="category",reason="none"} 1.0' in shown
    assert 'triage_models{state="ready"} 1.0' in shown
    assert 'triage_confidence_count{field="category"} 1.0' in shown
    for stage in ("other", "predict", "articles", "duplicates", "help", "assign", "store"):
        assert f'triage_stage_seconds_count{{stage="{stage}"}} 1.0' in shown, stage
    assert "triage_queue_wait_seconds_count 1.0" in shown
    assert 'triage_queue_requests{state="running"} 0.0' in shown
    assert "triage_formless_total 0.0" in shown
    assert "acme" not in shown and "secret-id" not in shown


def test_metrics_count_tickets_that_lack_the_form_of_the_history():
    metrics = Metrics()
    for promises in (None, {}):
        assessment = Assessment({}, 1.0, promises=promises)
        metrics.note_decision(Decision("d", "t", "m", datetime(2026, 3, 2, tzinfo=UTC), {}, assessment))
    assert b"triage_formless_total 1.0" in metrics.render()


def test_metrics_tell_of_what_waits_in_the_store_and_are_there_when_it_is_not(house: House):
    headers = house.key("auditor")
    ask_for_run(house.store, "acme", "train", {}, "ada")
    shown = house.client.get("/metrics", headers=headers).text
    for line in ('triage_runs{state="queued"} 1.0', "triage_workers 0.0", "triage_store_up 1.0"):
        assert line in shown
    with house.store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql("ALTER TABLE runs RENAME TO hidden")
    assert "triage_store_up 0.0" in house.client.get("/metrics", headers=headers).text
