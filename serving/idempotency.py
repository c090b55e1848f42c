"""The Idempotency-Key header on writes: the same request sent again is answered again, not done again.

An answer is kept for a day, with its status; a request that failed leaves its key free. The same key
with another request is refused with 422, as the IETF draft says. Each caller's keys are their own, as its
security considerations advise: nobody is given an answer that somebody else got. Two at the same time: the
second one waits for the first and gets its answer, so the draft's 409 never happens here.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import JSONResponse

from serving.audit_trail import TRAIL
from serving.caller import CALLER, Caller
from serving.dependencies import StoreDep
from triage.store import Store
from triage.store.idempotency import Reply, earlier_reply, run_once
from triage.store.keys import find_key

__all__ = ["Once", "OnceDep", "answer"]


class Once:
    """Does what one request asks for once.

    Parameters
    ----------
    store : Store
        Keeps the answers.
    key : str or None
        The header; None: the request is done each time that it comes. It is the caller's own: what another
        caller names alike is another request.
    request_hash : str
        SHA-256 over method, address and body.
    """

    def __init__(self, store: Store, key: str | None, request_hash: str) -> None:
        self._store = store
        self._key = key
        self._request_hash = request_hash

    def earlier(self, workspace: str) -> Reply | None:
        """Return the answer that this request got before, None when it is new."""
        if self._key is None:
            return None
        return earlier_reply(self._store, workspace, self._own(self._key), self._request_hash)

    def run(self, workspace: str, effect: Callable[[], Reply]) -> Reply:
        """Do the effect in one transaction with the keeping of its answer, unless that was done before.

        What was done goes into the audit log in the same transaction.
        """

        def recorded() -> Reply:
            reply = effect()
            trail = TRAIL.get()
            if trail is not None:
                trail.record(workspace, reply.document)
            return reply

        if self._key is None:
            with self._store.writing(workspace):
                return recorded()
        return run_once(self._store, workspace, self._own(self._key), self._request_hash, recorded)

    def _own(self, key: str) -> str:
        """Return the name under which this caller's answer is kept; without a caller, the key itself."""
        caller = CALLER.get()
        if caller is None:
            return key
        return hashlib.sha256(f"{self._lineage(caller)}\0{key}".encode()).hexdigest()

    def _lineage(self, caller: Caller) -> str:
        """Say who this is; a key's successors are who it was, since both work while one takes over."""
        first = caller.identity
        while caller.kind == "key":
            key = find_key(self._store, first, caller.workspace)
            if key is None or key.succeeds is None:
                break
            first = key.succeeds
        return f"{caller.kind}\0{first}"


def answer(reply: Reply) -> JSONResponse:
    """Return the reply as JSON; a repeated one carries ``Idempotent-Replayed: true``."""
    headers = {"Idempotent-Replayed": "true"} if reply.replayed else {}
    return JSONResponse(dict(reply.document), reply.status_code, headers)


async def _once(
    request: Request,
    store: StoreDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[\x21-\x7e]{1,200}$",
            description="Names this request: sent again with the same name within a day, it is not redone.",
            examples=["0c9ee9a0-5b56-4b8e-9a55-9a1d5b0c7d10"],
        ),
    ] = None,
) -> Once:
    asked = hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query):
        asked.update(part.encode("utf-8", "replace") + b"\0")
    asked.update(await request.body())
    return Once(store, idempotency_key, asked.hexdigest())


OnceDep = Annotated[Once, Depends(_once)]
