"""Sends what waits in the outbox to webhook endpoints: signed, tried again over days, then given up.

Internal addresses are normal targets in a company's own network, so what protects them is the admin's list
of hosts, ``$TRIAGE_WEBHOOK_HOSTS``, which is empty by default. Redirects are not followed.
"""

import json
import logging
import os
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx

from triage.errors import ConfigurationError
from triage.store import Store
from triage.store.outbox import (
    Endpoint,
    Message,
    claim_messages,
    close_message,
    disable_endpoint,
    postpone_message,
)
from triage.webhook_signature import endpoint_secret, signed_headers

__all__ = ["allowed_hosts", "check_url", "deliver_messages", "open_client"]

HOSTS = "TRIAGE_WEBHOOK_HOSTS"
TIMEOUT_S = 10.0
WAITS_S = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pauses between attempts: the schedule of Standard Webhooks, in all about three days."""

JITTER = 0.2
GONE = 410

log = logging.getLogger(__name__)


def allowed_hosts(environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the hosts that messages may go to, in small letters, as ``$TRIAGE_WEBHOOK_HOSTS`` lists them."""
    given = (os.environ if environ is None else environ).get(HOSTS, "")
    return frozenset(one.strip().lower() for one in given.split(",") if one.strip())


def check_url(url: str, hosts: frozenset[str]) -> None:
    """Refuse an address that messages may not go to.

    Raises
    ------
    ConfigurationError
        If it is no http(s) address, holds a password, or its host is not on the list.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ConfigurationError(
            "Got an endpoint that is no address of a receiver; expected http:// or https:// with a host and "
            "without a password in it."
        )
    if parts.hostname.lower() not in hosts:
        raise ConfigurationError(
            f"Got the host {parts.hostname!r}; expected one of ${HOSTS} "
            f"({', '.join(sorted(hosts)) or 'empty now'}). Add it there if messages may go to it."
        )


def open_client() -> httpx.Client:
    """Return a client that follows no redirect and waits no longer than ten seconds for anything."""
    return httpx.Client(follow_redirects=False, timeout=TIMEOUT_S, trust_env=False)


def deliver_messages(
    store: Store,
    client: httpx.Client,
    key: bytes,
    *,
    hosts: frozenset[str],
    now: Callable[[], datetime],
    jitter: Callable[[], float] = random.random,
) -> int:
    """Send the messages whose time has come; return how many were delivered.

    Parameters
    ----------
    store : Store
        Holds the outbox.
    client : httpx.Client
        Made by :func:`open_client`.
    key : bytes
        The signing key.
    hosts : frozenset of str
        Where messages may go, see :func:`allowed_hosts`.
    now : callable
        The clock.
    jitter : callable, optional
        From 0 to 1: spreads attempts, so that a receiver that comes back is not met by all at once.
    """
    delivered = 0
    for message, endpoint in claim_messages(store, now=now()):
        problem = _send(client, message, endpoint, key, hosts, now())
        if problem is None:
            close_message(store, message.message_id, now=now())
            delivered += 1
        elif problem == str(GONE):
            because = "the receiver answered 410: it is gone for good"
            disable_endpoint(store, message.workspace, endpoint.endpoint_id, because, now=now())
        elif message.attempts >= len(WAITS_S):
            close_message(store, message.message_id, now=now(), problem=problem)
            log.warning("gave up message %s: %s", message.message_id, problem)
        else:
            wait = WAITS_S[message.attempts] * (1.0 + JITTER * jitter())
            postpone_message(store, message.message_id, now() + timedelta(seconds=wait), problem)
    return delivered


def _send(
    client: httpx.Client,
    message: Message,
    endpoint: Endpoint,
    key: bytes,
    hosts: frozenset[str],
    moment: datetime,
) -> str | None:
    """Send one message; return None when it arrived, else what went wrong: a status or a kind of error."""
    body = json.dumps(message.body, ensure_ascii=False, sort_keys=True).encode()
    secret = endpoint_secret(key, endpoint.endpoint_id)
    try:
        check_url(endpoint.url, hosts)
        headers = signed_headers(secret, message.message_id, body, now=moment)
        answer = client.post(endpoint.url, content=body, headers=headers)
    except ConfigurationError as error:
        return str(error)
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if answer.is_success else str(answer.status_code)
