"""A bounded run of generated requests against the document: no 5xx, no answer that is not documented."""

import threading
import time
from collections.abc import Iterator

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from serving.app import create_app
from serving.roles import PERMISSIONS
from tests.serving.house import House


@schemathesis.check
def bad_bodies_are_refused(ctx, response, case) -> bool | None:
    """Leave out requests that are bad only without our key, which is put back before sending."""
    is_bad = case.meta is not None and case.meta.is_negative_at(ParameterLocation.BODY)
    if is_bad and response.status_code != 413:
        return negative_data_rejection(ctx, response, case)
    return None


CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    bad_bodies_are_refused,
]


@pytest.fixture(scope="package")
def api(house: House) -> Iterator[schemathesis.BaseSchema]:
    """The document of a real server on a port of its own, over the same store."""
    config = uvicorn.Config(create_app(house.settings), port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json", timeout=120)
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    "examples", [pytest.param(4, marks=pytest.mark.proof), pytest.param(120, marks=pytest.mark.reliability)]
)
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=["valid", "invalid"])
@pytest.mark.parametrize("operation_id", sorted(PERMISSIONS))
def test_generated_requests_get_documented_answers(
    api: schemathesis.BaseSchema,
    house: House,
    operation_id: str,
    mode: schemathesis.GenerationMode,
    examples: int,
):
    operation = api.find_operation_by_id(operation_id)

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=house.key("admin"), checks=CHECKS)

    ask()
