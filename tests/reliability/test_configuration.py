"""A server as it is started by default is a safe one (T18)."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving.api_keys import create_key
from serving.app import create_app
from serving.exposure import check_exposure, is_local
from serving.gates import OPEN_ADDRESSES, leaf_routes
from serving.passwords import Passwords
from serving.people import add_user
from serving.roles import Role
from serving.settings import Settings
from tests.serving.house import House, open_house
from triage.errors import ConfigurationError
from triage.store import Store

ROOT = Path(__file__).parents[2]
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
def site(tmp_path: Path, empty_sqlite: bytes):
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}") as opened:
        yield opened


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "triage.example.org", "192.168.0.1", "[::]"])
def test_nobody_else_reaches_a_server_that_nobody_could_enter(sqlite_store: Store, host: str):
    settings = Settings(Path("x"), "x", Path("x"))
    assert not is_local(host)
    with pytest.raises(ConfigurationError, match="nobody who could be let in"):
        check_exposure(sqlite_store, settings, host)
    create_key(sqlite_store, "acme", "me", Role.ADMIN)
    check_exposure(sqlite_store, settings, host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.4.5", "::1", "[::1]", "localhost"])
def test_this_machine_does(sqlite_store: Store, host: str):
    check_exposure(sqlite_store, Settings(Path("x"), "x", Path("x")), host)


def test_a_person_is_as_good_as_a_key(sqlite_store: Store):
    add_user(sqlite_store, Passwords(), "acme", "dana", Role.ADMIN, None)
    check_exposure(sqlite_store, Settings(Path("x"), "x", Path("x")), "0.0.0.0")


def test_the_real_command_refuses_and_says_what_to_do(tmp_path: Path):
    command = [sys.executable, "-m", "serving.cli.main", "serve", "--host", "0.0.0.0", "--port", "0"]
    environ = os.environ | {"TRIAGE_HOME": str(tmp_path)}
    for more in (["--port", "18080"], ["--port", "18080", "--tls-cert", "only.pem"]):
        done = subprocess.run(
            [*command[:-2], *more], env=environ, capture_output=True, text=True, cwd=ROOT, timeout=120
        )
        assert done.returncode == 1
        assert done.stderr.startswith("triage: Got") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("path", ["/healthz", "/v1/policy", "/nothing", "/openapi.json"])
def test_every_answer_has_safe_headers_and_no_cors(site: House, path: str):
    answer = site.client.get(path, headers={"Origin": "https://evil.example"})
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, name
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "strict-transport-security" not in answer.headers


def test_over_https_the_browser_is_told_to_stay_there(site: House):
    with TestClient(create_app(site.settings), base_url="https://testserver") as client:
        assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect", "/debug", "/.env", "/admin"])
def test_there_is_no_page_that_nobody_meant(site: House, path: str):
    assert site.client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PATCH", "FOO"])
def test_odd_methods_are_refused(site: House, method: str):
    assert site.client.request(method, "/v1/policy").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/v1//policy",
        "/v1/./policy",
        "/v1/policy/",
        "//v1/policy",
        "/V1/policy",
        "/v1/policy%2f",
        "/v1;/policy",
    ],
)
def test_no_spelling_of_an_address_goes_round_the_gate(site: House, path: str):
    assert site.client.get(path).status_code in (401, 404)


def test_a_host_that_was_not_named_is_refused(tmp_path: Path, empty_sqlite: bytes):
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    hosts = {"allowed_hosts": ("triage.example.org",)}
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}", **hosts) as site:
        assert site.client.get("/healthz").status_code == 400
        assert site.client.get("/healthz", headers={"Host": "triage.example.org"}).status_code == 200


def test_what_is_open_is_this_and_nothing_else():
    assert OPEN_ADDRESSES == {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/",
        "/console/sign-in",
        "/console/sign-out",
        "/console/static/{digest}/{name:path}",
        "/console/{path:path}",
    }
    paths = {route.path for route in leaf_routes(create_app(Settings.from_env({})).routes)}
    assert OPEN_ADDRESSES <= paths


def test_there_is_no_secret_by_default_and_none_in_what_settings_say(tmp_path: Path):
    settings = Settings.from_env({"TRIAGE_HOME": str(tmp_path)})
    assert settings.oidc is None and not [name for name in dir(settings) if "secret" in name]


@pytest.mark.parametrize("count", [25, pytest.param(1_000, marks=pytest.mark.reliability)])
def test_guessing_keys_over_http_has_to_wait_and_says_nothing(site: House, count: int):
    """T16: 429 after at most twenty wrong ones, the same words for a wrong id and a wrong secret."""
    token, key = create_key(site.store, "acme", "robot", Role.SERVICE)
    answers, began = [], time.monotonic()
    for number in range(count):
        wrong = f"tk_{key.key_id}_{number}" if number % 2 else f"tk_{number:016x}_{number}"
        answers.append(site.client.get("/v1/policy", headers={"Authorization": f"Bearer {wrong}"}))
    passed = time.monotonic() - began
    statuses = [one.status_code for one in answers]
    assert set(statuses) == {401, 429} and statuses.index(429) <= 20
    # Each pause that ends lets one more try in and doubles: 30 s, a minute, two, up to an hour.
    most, pause = 20, 30.0
    while (passed := passed - pause) > 0:
        most, pause = most + 1, min(3600.0, 2 * pause)
    assert statuses.count(401) <= most
    refused = [one for one in answers if one.status_code == 429]
    assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)
    words = {(one.json()["detail"], one.json()["title"]) for one in answers if one.status_code == 401}
    assert len(words) == 1
    refused = site.client.get("/v1/policy", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 429
