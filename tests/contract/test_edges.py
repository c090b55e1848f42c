"""Each bound of a number is asked for, and each part of a body is sent with what cannot stand there.

Generated requests (:mod:`tests.contract.test_schemathesis`) meet either too seldom to be relied on.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.things import call
from tests.serving.house import House

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OPERATIONS = {one["operationId"]: one for methods in DOCUMENT["paths"].values() for one in methods.values()}
NOWHERE = [[7]]
"""No part of any body is this."""


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def body_of(operation: str) -> dict[str, Any] | None:
    """Return the schema of what an operation is sent, None if that is nothing."""
    if "requestBody" not in OPERATIONS[operation]:
        return None
    return resolved(OPERATIONS[operation]["requestBody"]["content"]["application/json"]["schema"])


def bounds() -> Iterator[tuple[str, str, int]]:
    for operation, described in OPERATIONS.items():
        for one in described.get("parameters", []):
            for side in ("minimum", "maximum"):
                if one["in"] == "query" and side in one["schema"]:
                    yield operation, one["name"], one["schema"][side]


def parts() -> Iterator[tuple[str, str]]:
    for operation in OPERATIONS:
        yield from ((operation, name) for name in (body_of(operation) or {}).get("properties", {}))


def asked(operation: str) -> dict[str, Any]:
    """Return the parameters that an operation cannot do without, with their examples."""
    return {
        one["name"]: (one.get("examples") or one["schema"]["examples"])[0]
        for one in OPERATIONS[operation].get("parameters", [])
        if one["in"] == "query" and one["required"]
    }


@pytest.mark.parametrize(("operation", "name", "bound"), list(bounds()))
def test_a_number_at_its_bound_is_answered_and_beyond_it_is_refused(
    house: House, operation: str, name: str, bound: int
):
    schema = body_of(operation)
    more = {} if schema is None else {"json": schema["examples"][0]}
    beyond = bound + (1 if bound > 1 else -1)  # the lower ones are 0 and 1
    told = [
        call(house, operation, house.key("admin"), params=asked(operation) | {name: number}, **more)
        for number in (bound, beyond)
    ]
    assert str(told[0].status_code) in OPERATIONS[operation]["responses"] and told[0].status_code < 500
    assert told[0].status_code != 422, told[0].text
    assert told[1].status_code == 422, told[1].text


@pytest.mark.parametrize(("operation", "part"), list(parts()))
def test_a_part_of_a_body_that_is_something_else_is_refused(house: House, operation: str, part: str):
    schema = body_of(operation)
    assert schema is not None
    body = schema["examples"][0] | {part: NOWHERE}
    ids = {
        one["name"]: str(one["examples"][0])
        for one in OPERATIONS[operation].get("parameters", [])
        if one["in"] == "path" and "examples" in one
    }
    answer = call(house, operation, house.key("admin"), ids, params=asked(operation), json=body)
    assert answer.status_code == 422, answer.text
    assert any(part in str(one) for one in answer.json()["errors"]), answer.text
