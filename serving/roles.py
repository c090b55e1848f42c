"""Who may do what: one table, denied unless it stands here. Workspaces are not in it: a key has one."""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["PERMISSIONS", "Role"]


class Role(StrEnum):
    """What a key is for."""

    ADMIN = "admin"
    AGENT = "agent"
    PLANNER = "planner"
    SERVICE = "service"
    AUDITOR = "auditor"


_DESK = frozenset({Role.ADMIN, Role.AGENT, Role.SERVICE})
_ADMIN = frozenset({Role.ADMIN})
_CURATORS = frozenset({Role.ADMIN, Role.SERVICE})
_FLOOR = frozenset(Role)
_OVERSIGHT = frozenset({Role.ADMIN, Role.AUDITOR})
_RUNS = frozenset({Role.ADMIN, Role.PLANNER, Role.AUDITOR})
_PLANNING = frozenset({Role.ADMIN, Role.PLANNER})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "triage_ticket": _DESK,
    "triage_batch": _DESK,
    "read_decision": _DESK | {Role.AUDITOR},
    "give_feedback": _DESK,
    "set_assignee": _DESK,
    "close_ticket": _DESK,
    "list_ticket_assignments": _DESK | {Role.AUDITOR},
    "assign_backlog": _CURATORS,
    "read_queue": _DESK | {Role.AUDITOR},
    "list_agents": _FLOOR,
    "read_agent": _FLOOR,
    "replace_agent": _CURATORS,
    "delete_agent": _CURATORS,
    "import_agents": _CURATORS,
    "list_absences": _FLOOR,
    "add_absence": _CURATORS,
    "replace_absence": _CURATORS,
    "delete_absence": _CURATORS,
    "import_absences": _CURATORS,
    "list_articles": _DESK,
    "read_article": _DESK,
    "search_articles": _DESK,
    "create_article": _CURATORS,
    "replace_article": _CURATORS,
    "delete_article": _CURATORS,
    "list_models": _OVERSIGHT,
    "read_model": _OVERSIGHT,
    "read_model_card": _OVERSIGHT,
    "promote_model": _ADMIN,
    "rollback_model": _ADMIN,
    "read_policy": _DESK | {Role.AUDITOR},
    "replace_policy": _ADMIN,
    "read_forecast": frozenset({Role.ADMIN, Role.PLANNER, Role.AUDITOR}),
    "list_spikes": _PLANNING | {Role.AUDITOR},
    "set_spike_state": _PLANNING,
    "read_spike_settings": _PLANNING | {Role.AUDITOR},
    "replace_spike_settings": _PLANNING,
    "list_events": _PLANNING | {Role.AUDITOR},
    "export_events": _PLANNING | {Role.AUDITOR},
    "put_event": _PLANNING,
    "import_events": _PLANNING,
    "delete_event": _PLANNING,
    "list_overrides": _PLANNING | {Role.AUDITOR},
    "add_override": _PLANNING,
    "withdraw_override": _PLANNING,
    "read_forecast_report": _PLANNING | {Role.AUDITOR},
    "start_training_run": _ADMIN,
    "start_forecast_run": frozenset({Role.ADMIN, Role.PLANNER}),
    "list_training_runs": _RUNS,
    "read_training_run": _RUNS,
    "follow_training_run": _RUNS,
    "cancel_training_run": _ADMIN,
    "read_metrics": frozenset({Role.ADMIN, Role.SERVICE, Role.AUDITOR}),
}
"""By operation id of the OpenAPI document, the roles that may call it."""
