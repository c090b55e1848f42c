from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Response

from serving.auth import authenticate, create_key
from serving.caller import Caller
from serving.console.session import COOKIE, read_session, start_session
from serving.roles import Role
from tests.serving.console.conftest import Desk
from tests.serving.house import House, open_house
from triage.errors import UnauthenticatedError
from triage.store import Store
from triage.store.keys import revoke_key

KEY = b"k" * 32


@pytest.fixture
def signed_in(sqlite_store: Store):
    token, _ = create_key(sqlite_store, "acme", "dana", Role.AGENT)
    caller = authenticate(sqlite_store, token)
    response = Response()
    start_session(response, KEY, caller, is_secure=True)
    header = response.headers["set-cookie"]
    return caller, header, header.split(";")[0].removeprefix(f"{COOKIE}=")


def test_the_cookie_names_its_key_and_travels_only_to_the_console(sqlite_store: Store, signed_in):
    caller, header, cookie = signed_in
    assert read_session(sqlite_store, KEY, cookie) == caller
    for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/console", "Max-Age=43200"):
        assert part in header


@pytest.mark.parametrize("name", ["{key}", "dana.b@x.org"])
def test_a_cookie_that_names_neither_key_nor_person_is_no_session(sqlite_store: Store, name: str):
    _, admin = create_key(sqlite_store, "other", "boss", Role.ADMIN)
    holder = Caller("oidc", name.format(key=admin.key_id), "dana", "acme", Role.AGENT)
    response = Response()
    start_session(response, KEY, holder, is_secure=True)
    cookie = response.headers["set-cookie"].split(";")[0].removeprefix(f"{COOKIE}=")
    with pytest.raises(UnauthenticatedError):
        read_session(sqlite_store, KEY, cookie)


def test_signing_out_ends_the_session_on_every_server_and_leaves_others(house: House):
    desk = Desk(house)
    desk.sign_in()
    (old,) = [one.value for one in house.client.cookies.jar if one.name == COOKIE]
    desk.sign_in()  # In another browser, with the same key.
    (other,) = [one.value for one in house.client.cookies.jar if one.name == COOKIE]
    house.client.cookies.clear()
    house.client.cookies.set(COOKIE, old)
    assert desk.get("/console").status_code == 200
    assert desk.post("/console/sign-out", part=False).status_code == 303
    house.client.cookies.clear()
    with open_house(house.home, house.settings.store_url, champion=None) as second:
        for one in (house, second):
            headers = {"Cookie": f"{COOKIE}={old}"}
            assert one.client.get("/console", headers=headers, follow_redirects=False).status_code == 303
            headers = {"Cookie": f"{COOKIE}={other}"}
            assert one.client.get("/console", headers=headers, follow_redirects=False).status_code == 200


@pytest.mark.parametrize("spoilt", ["", ".", "a.b.c", "x" * 500, "\udc80.1.2"])
def test_what_is_no_cookie_of_ours_is_refused(sqlite_store: Store, spoilt: str):
    with pytest.raises(UnauthenticatedError):
        read_session(sqlite_store, KEY, spoilt)


def test_a_cookie_with_another_expiry_key_or_signature_is_refused(sqlite_store: Store, signed_in):
    _, _, cookie = signed_in
    key_id, expires, signature = cookie.split(".")
    forged = [f"{key_id}.{int(expires) + 1}.{signature}", f"{key_id[::-1]}.{expires}.{signature}"]
    for one in [*forged, f"{key_id}.{expires}.{signature[::-1]}"]:
        with pytest.raises(UnauthenticatedError):
            read_session(sqlite_store, KEY, one)
    with pytest.raises(UnauthenticatedError):
        read_session(sqlite_store, b"q" * 32, cookie)


def test_revoking_the_key_ends_its_sessions(sqlite_store: Store, signed_in):
    caller, _, cookie = signed_in
    revoke_key(sqlite_store, "acme", caller.identity, datetime.now(UTC))
    with pytest.raises(UnauthenticatedError):
        read_session(sqlite_store, KEY, cookie)


def test_a_session_is_over_after_twelve_hours(sqlite_store: Store, signed_in):
    caller, _, cookie = signed_in
    now = datetime.now(UTC)
    assert read_session(sqlite_store, KEY, cookie, now=now + timedelta(hours=11, minutes=59)) == caller
    with pytest.raises(UnauthenticatedError):
        read_session(sqlite_store, KEY, cookie, now=now + timedelta(hours=12, seconds=1))


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://testserver.evil.example"])
def test_a_form_from_elsewhere_is_refused(house: House, origin: str | None):
    headers = {} if origin is None else {"Origin": origin}
    answer = house.client.post("/console/sign-in", data={"key": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("address", "origin", "status"),
    [
        ("https://testserver", "http://testserver", 403),
        ("https://testserver", "https://testserver", 401),
        ("http://testserver", "https://testserver", 401),  # A proxy that does not say that it speaks TLS.
    ],
)
def test_a_form_without_tls_is_none_of_a_server_with(house: House, address: str, origin: str, status: int):
    headers = {"Origin": origin}
    answer = house.client.post(f"{address}/console/sign-in", data={"key": "x"}, headers=headers)
    assert answer.status_code == status
