from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Response

from serving.auth import authenticate, create_key
from serving.console.session import COOKIE, read_session, start_session
from serving.roles import Role
from tests.serving.house import House
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
