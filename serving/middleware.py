"""The envelope around every request: an id, safe headers, one line in the log, one count, no bare error.

Asks nobody for a key: that is the endpoints' own business, so that no spelling of a path avoids it.
"""

import logging
import re
import time
import uuid
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.metrics import Metrics
from serving.problems import framework_problem, report
from serving.shedder import Shedder

__all__ = ["Envelope", "EnvelopedApp"]

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONLY_HTTPS = "max-age=31536000"

log = logging.getLogger("triage.access")


class EnvelopedApp(FastAPI):
    """A FastAPI application inside the envelope, which also sees what the framework answers by itself."""

    metrics: Metrics
    at_once: int = 256
    body_seconds: float = 30.0

    def build_middleware_stack(self) -> ASGIApp:
        """Put the envelope around everything else."""
        inner = Shedder(super().build_middleware_stack(), self.at_once, self.body_seconds)
        return Envelope(inner, self.metrics)


class Envelope:
    """ASGI middleware, outermost.

    Parameters
    ----------
    app : ASGIApp
        Everything else.
    metrics : Metrics
        Counts the answers.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope["triage.request_id"] = request_id
        answer = _Answer(scope, receive, send, request_id)
        began = time.perf_counter()
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            report(error, request_id)
            if answer.status is None:
                await framework_problem(500, request_id)(scope, receive, answer.send)
        finally:
            seconds = time.perf_counter() - began
            route = _written(scope.get("route"))
            status = answer.status or 500
            self.metrics.note_request(scope["method"], route, status, seconds)
            facts = {
                "method": scope["method"],
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "request_id": request_id,
            }
            log.info("%s %s %d", scope["method"], route, status, extra={"facts": facts})


def _written(route: Any) -> str:
    """Return a route's address as documented, without how its parts are read."""
    return str(getattr(route, "path_format", getattr(route, "path", "unmatched")))


class _Answer:
    """Watches one answer go out: adds headers, and turns the framework's plain errors into problems."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.status: int | None = None
        self._scope = scope
        self._receive = receive
        self._send = send
        self._request_id = request_id
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            is_plain = headers.get("content-type", "").startswith("text/plain")
            if message["status"] >= 400 and is_plain:
                self._is_replaced = True
                instead = framework_problem(message["status"], self._request_id)
                await instead(self._scope, self._receive, self.send_original)
                return
            await self.send_original(message)
        elif not self._is_replaced:
            await self._send(message)

    async def send_original(self, message: Message) -> None:
        """Pass one message on with the headers added."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=message["headers"])
            headers["X-Request-ID"] = self._request_id
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            if self._scope["scheme"] == "https":
                headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)
            message["headers"] = headers.raw
        await self._send(message)
