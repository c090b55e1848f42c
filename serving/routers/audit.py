"""The audit log: who did what, as what, when."""

from typing import Annotated

from fastapi import APIRouter, Query

from serving.auth import Caller, permitted
from serving.dependencies import AuditDep
from serving.problems import documented
from serving.schemas.audit import AuditEntryOut, AuditOut, HeadOut
from serving.schemas.base import SafeText

__all__ = ["router"]

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get(
    "",
    operation_id="read_audit",
    summary="Read the audit log",
    response_model=AuditOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def read_audit(
    audit: AuditDep,
    caller: Annotated[Caller, permitted("read_audit")],
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only entries after this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="Entries on a page.")] = 100,
    action: Annotated[
        SafeText | None, Query(max_length=80, description="Only this.", examples=["replace_policy"])
    ] = None,
    object: Annotated[
        SafeText | None,
        Query(max_length=1_000, description="Only what was done to this.", examples=["policy"]),
    ] = None,
) -> AuditOut:
    """Return entries of the workspace's log in their order, page by page, and how far it goes.

    The chain is verified with `triage audit verify`, which has the key; keep `head` elsewhere, and it will
    also notice entries that were cut off.
    """
    page = audit.read(caller.workspace, after=after, limit=limit, action=action, object=object)
    return AuditOut(
        entries=[AuditEntryOut.of(one) for one in page],
        head=HeadOut.of(audit.head(caller.workspace)),
        next_after=page[-1].seq if len(page) == limit else None,
    )
