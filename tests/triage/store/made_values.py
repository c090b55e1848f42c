"""Makes a value of a type, for calls that are made from signatures."""

import collections.abc
import dataclasses
import enum
import inspect
import typing
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import UnionType
from typing import Any

from tests.triage.made_incident import incident
from tests.triage.store.filled import MOMENT
from triage.decision import Decision
from triage.erasure import ErasureKeys
from triage.incident import Incident
from triage.privacy import Kept, PrivacyPolicy
from triage.store.idempotency import Reply

THEIRS = "acme"
"""The workspace that everything in the store belongs to, and every id in it."""


def made_of(kind: Any, name: str = "") -> Any:
    """Make a value of a type: every text is the workspace's name, as every text in its rows is."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, UnionType):
        (some,) = (one for one in inner if one is not type(None))
        return None if name in BETTER_LEFT_OUT else made_of(some, name)
    if origin is typing.Literal:
        return inner[0]
    if kind in MADE:
        return MADE[kind]()
    if kind is str:
        return {"kind": "train", "field": "category", "zone": "Asia/Tokyo"}.get(name, THEIRS)
    if kind is int:
        return 10 if name in ("limit", "chunk_rows") else 0
    if kind is datetime:
        return MOMENT + timedelta(days={"since": -1, "changed_since": -1, "until": 1, "now": 1}.get(name, 0))
    if kind in PLAIN:
        return PLAIN[kind]
    if name == "mark":
        return (0, "") if inner[1] is str else (0, -1)
    if origin is tuple:
        return tuple(made_of(one) for one in inner if one is not Ellipsis)
    if origin in (collections.abc.Mapping, dict):
        return {} if inner[1] is Any else {made_of(inner[0]): made_of(inner[1])}
    if origin is collections.abc.Callable:
        return {"text_key": lambda ticket: THEIRS, "note": lambda batch: None, "among": set}.get(
            name, lambda: Reply(200, {})
        )
    if origin in (collections.abc.Sequence, collections.abc.Collection, list, frozenset):
        return [made_of(inner[0], name)]
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        needed = [
            one
            for one in dataclasses.fields(kind)
            if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
        ]
        return kind(**{one.name: made_of(hints[one.name], one.name) for one in needed})
    raise AssertionError(f"No way to make a {kind!r} for {name!r}: add one to MADE.")


PLAIN: dict[Any, Any] = {
    float: 1.0,
    bool: True,
    bytes: b"1",
    date: MOMENT.date(),
    timedelta: timedelta(days=1),
    Any: {},
}
BETTER_LEFT_OUT = {"expected_version", "until", "since", "state", "kind", "audience", "updated_at"}
"""What would only narrow the question down."""
MADE: dict[Any, Callable[[], Any]] = {
    ErasureKeys: lambda: ErasureKeys(b"k" * 32),
    PrivacyPolicy: lambda: PrivacyPolicy(retention={Kept.TICKETS: 0}),
    Incident: lambda: dataclasses.replace(incident(), incident_id=THEIRS),
    Decision: lambda: Decision(THEIRS, None, None, MOMENT, {}),
}
