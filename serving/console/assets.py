"""Style, scripts and mark of the console: a fixed set of files under an address that changes with them."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from triage.errors import NotFoundError

__all__ = ["asset_address", "router"]

STATIC = Path(__file__).parent / "static"
SERVED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


def asset_address(name: str) -> str:
    """Return the address of a file in ``static/``; it holds a digest of all of them."""
    return f"/console/static/{_digest()}/{name}"


@router.get("/console/static/{digest}/{name:path}")
def read_asset(digest: str, name: str) -> FileResponse:
    """Return a file; kept by browsers for ever when the address is today's. Needs no key."""
    path = _files().get(name)
    if path is None:
        raise NotFoundError("Got the address of a file that the console does not have; reload the page.")
    caching = FOR_EVER if digest == _digest() else "no-store"
    return FileResponse(path, media_type=SERVED[path.suffix], headers={"Cache-Control": caching})


@lru_cache(maxsize=1)
def _files() -> Mapping[str, Path]:
    return {
        path.relative_to(STATIC).as_posix(): path
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in SERVED
    }


@lru_cache(maxsize=1)
def _digest() -> str:
    content = hashlib.sha256()
    for name, path in _files().items():
        content.update(name.encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12]
