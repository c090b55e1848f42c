"""How far triage may go with a field or in a team."""

from enum import StrEnum

__all__ = ["Mode"]


class Mode(StrEnum):
    """From saying nothing to deciding; each goes further than the one before."""

    OFF = "off"
    SHADOW = "shadow"
    SUGGEST = "suggest"
    APPLY = "apply"
