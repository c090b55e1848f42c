import logging

import pytest
from fastapi.testclient import TestClient

from serving.metrics import Metrics
from serving.middleware import EnvelopedApp
from serving.problems import add_handlers


@pytest.fixture
def client() -> TestClient:
    app = EnvelopedApp()
    app.metrics = Metrics()
    add_handlers(app)

    @app.get("/broken")
    def broken() -> None:
        raise ValueError("the ticket said: my password is hunter2")

    return TestClient(app)


def test_an_unexpected_error_reveals_nothing_but_an_id_that_the_log_has_too(
    client: TestClient, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO):
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:triage:problem:internal"
    assert "hunter2" not in answer.text and "ValueError" not in answer.text
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert f"request {problem['request_id']}: ValueError at" in logged
    assert "test_middleware.py" in logged
    assert "hunter2" not in logged


def test_it_is_counted_like_any_other_answer(client: TestClient):
    client.get("/broken")
    metrics = client.app.metrics  # type: ignore[attr-defined]
    assert b'route="/broken",status="500"} 1.0' in metrics.render()
