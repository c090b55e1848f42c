"""Every route x every role, from the one table; a route that stands nowhere is open to nobody."""

import pytest

from serving.app import create_app
from serving.roles import PERMISSIONS, Role
from serving.settings import Settings
from tests.serving.house import House

OPEN = {"read_health", "read_readiness"}
"""What answers without a key."""


def operations() -> dict[str, tuple[str, str]]:
    document = create_app(Settings.from_env({})).openapi()
    return {
        operation["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


OPERATIONS = operations()


def call(house: House, operation: str, headers: dict[str, str]) -> int:
    method, path = OPERATIONS[operation]
    for name in (
        "{decision_id}",
        "{version}",
        "{article_id}",
        "{run_id}",
        "{agent}",
        "{absence_id}",
        "{ticket_id}",
        "{baseline}",
    ):
        path = path.replace(name, "nothing-here")
    return house.client.request(method, path, headers=headers).status_code


def test_every_route_stands_in_the_table_and_the_table_names_only_routes():
    assert set(OPERATIONS) - OPEN == set(PERMISSIONS)


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - OPEN))
def test_a_route_is_closed_without_a_key(house: House, operation: str):
    assert call(house, operation, {}) == 401


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - OPEN))
def test_a_role_gets_through_exactly_where_the_table_says_so(house: House, operation: str, role: Role):
    status = call(house, operation, house.key(role, "empty"))
    assert (status == 403) == (role not in PERMISSIONS[operation])
    assert status not in (401, 500)
