"""The OpenAPI document is pinned, complete, and says of every call what can go wrong."""

import json
from pathlib import Path

import pytest

from serving import openapi
from serving.app import create_app
from serving.settings import Settings

PINNED = Path(__file__).parents[2] / "docs" / "openapi.json"
# The pinned one, which the first test holds the application to: describing it takes seconds.
DOCUMENT = json.loads(PINNED.read_text())
OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_document_is_the_pinned_one():
    app = create_app(Settings.from_env({}))
    assert openapi.as_text(app) == PINNED.read_text(), (
        "The HTTP contract changed. If that is meant, write it down with "
        "`python -m serving.openapi docs/openapi.json`, look at the diff, and say so in CHANGELOG.md."
    )


def resolved(schema: dict) -> dict:
    if "$ref" not in schema:
        return schema
    return DOCUMENT["components"]["schemas"][schema["$ref"].removeprefix("#/components/schemas/")]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_is_described_with_examples_and_problems(path: str, method: str, operation: dict):
    assert operation["summary"] and operation["description"] and operation["tags"]
    for parameter in operation.get("parameters", []):
        assert parameter.get("description"), parameter["name"]
    if "requestBody" in operation:
        assert resolved(operation["requestBody"]["content"]["application/json"]["schema"])["examples"]
    expected = {"500"} if path in ("/healthz", "/readyz") else {"401", "403", "500"}
    if any(one["name"].lower() == "idempotency-key" for one in operation.get("parameters", [])):
        expected.add("409")  # The key was sent with another request, or what it answered was erased since.
    assert expected <= set(operation["responses"])
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            if int(status) >= 400 and path != "/readyz":
                assert kind == "application/problem+json"
            if kind == "application/json":
                assert resolved(content["schema"])["examples"], status


def test_outputs_have_no_defaults():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if not name.endswith("In"):
            assert set(schema.get("properties", {})) == set(schema.get("required", [])), name


def test_inputs_refuse_what_they_do_not_know():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if name.endswith("In"):
            assert schema["additionalProperties"] is False, name
