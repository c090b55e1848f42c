"""Who may do what: one table, denied unless it stands here. Workspaces are not in it: a caller has one."""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["PERMISSIONS", "Role"]


class Role(StrEnum):
    """As what a key or a person acts."""

    ADMIN = "admin"
    LEAD = "lead"
    AGENT = "agent"
    REQUESTER = "requester"
    PLANNER = "planner"
    SERVICE = "service"
    AUDITOR = "auditor"


_DESK = frozenset({Role.ADMIN, Role.LEAD, Role.AGENT, Role.SERVICE})
_ADMIN = frozenset({Role.ADMIN})
_CURATORS = frozenset({Role.ADMIN, Role.SERVICE})
_PEOPLE_PLANNERS = frozenset({Role.ADMIN, Role.LEAD, Role.PLANNER, Role.SERVICE})
_READERS = _DESK | {Role.REQUESTER}
_FLOOR = frozenset(Role) - {Role.REQUESTER}
_OVERSIGHT = frozenset({Role.ADMIN, Role.AUDITOR})
_RUNS = frozenset({Role.ADMIN, Role.PLANNER, Role.AUDITOR})
_PLANNERS = frozenset({Role.ADMIN, Role.PLANNER})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "triage_ticket": _DESK,
    "triage_batch": _DESK,
    "read_decision": _DESK | {Role.AUDITOR},
    "give_feedback": _DESK,
    "set_assignee": _DESK,
    "note_first_response": _DESK,
    "set_status": _DESK,
    "close_ticket": _DESK,
    "erase_ticket": _ADMIN,
    "erase_requester": _ADMIN,
    "list_ticket_assignments": _DESK | {Role.AUDITOR},
    "read_ticket_parent": _DESK | {Role.AUDITOR},
    "set_ticket_parent": _DESK,
    "delete_ticket_parent": _DESK,
    "list_incidents": _DESK | {Role.AUDITOR},
    "read_incident": _DESK | {Role.AUDITOR},
    "accept_incident": _DESK,
    "dismiss_incident": _DESK,
    "assign_backlog": _CURATORS,
    "read_queue": _DESK | {Role.AUDITOR},
    "list_agents": _FLOOR,
    "read_agent": _FLOOR,
    "replace_agent": _PEOPLE_PLANNERS,
    "delete_agent": _CURATORS,
    "import_agents": _CURATORS,
    "list_absences": _FLOOR,
    "suggest_articles": _DESK | {Role.REQUESTER},
    "give_suggestion_feedback": _DESK | {Role.REQUESTER},
    "read_suggestion": _DESK | {Role.AUDITOR},
    "add_reply": _DESK,
    "list_macros": _DESK,
    "replace_macro": _CURATORS,
    "delete_macro": _CURATORS,
    "confirm_auto_resolution": _DESK | {Role.REQUESTER},
    "read_auto_resolution": _DESK | {Role.REQUESTER, Role.AUDITOR},
    "read_knowledge_report": _RUNS | {Role.LEAD, Role.AGENT},
    "start_knowledge_report": _ADMIN,
    "add_absence": _PEOPLE_PLANNERS,
    "replace_absence": _PEOPLE_PLANNERS,
    "delete_absence": _PEOPLE_PLANNERS,
    "import_absences": _CURATORS | {Role.PLANNER},
    "list_articles": _DESK,
    "read_article": _READERS,
    "search_articles": _READERS,
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
    "stop_team": frozenset({Role.ADMIN, Role.LEAD, Role.AGENT}),
    "start_team": frozenset({Role.ADMIN, Role.LEAD}),
    "read_sla_policies": _FLOOR,
    "replace_sla_policies": _ADMIN,
    "import_sla_policies": _ADMIN,
    "list_due_promises": _DESK | {Role.AUDITOR},
    "list_sla_notices": _DESK | {Role.AUDITOR},
    "acknowledge_sla_notices": _DESK,
    "report_sla": _FLOOR,
    "read_staffing_setup": _RUNS,
    "replace_staffing_setup": _PLANNERS,
    "make_staffing_plan": _RUNS,
    "export_staffing_plan": _RUNS,
    "list_staffing_baselines": _RUNS,
    "read_staffing_baseline": _RUNS,
    "save_staffing_baseline": _PLANNERS,
    "delete_staffing_baseline": _PLANNERS,
    "read_backlog_report": _RUNS,
    "read_staffing_report": _RUNS,
    "read_forecast": frozenset({Role.ADMIN, Role.LEAD, Role.PLANNER, Role.AUDITOR}),
    "list_spikes": _PLANNERS | {Role.AUDITOR},
    "set_spike_state": _PLANNERS,
    "read_spike_settings": _PLANNERS | {Role.AUDITOR},
    "replace_spike_settings": _PLANNERS,
    "list_events": _PLANNERS | {Role.AUDITOR},
    "export_events": _PLANNERS | {Role.AUDITOR},
    "put_event": _PLANNERS,
    "import_events": _PLANNERS,
    "delete_event": _PLANNERS,
    "list_overrides": _PLANNERS | {Role.AUDITOR},
    "add_override": _PLANNERS,
    "withdraw_override": _PLANNERS,
    "read_forecast_report": _PLANNERS | {Role.AUDITOR},
    "start_training_run": _ADMIN,
    "start_forecast_run": frozenset({Role.ADMIN, Role.PLANNER}),
    "list_training_runs": _RUNS,
    "read_training_run": _RUNS,
    "follow_training_run": _RUNS,
    "cancel_training_run": _ADMIN,
    "list_keys": _ADMIN,
    "create_key": _ADMIN,
    "rotate_key": _ADMIN,
    "revoke_key": _ADMIN,
    "read_audit": _OVERSIGHT,
    "read_metrics": frozenset({Role.ADMIN, Role.SERVICE, Role.AUDITOR}),
}
"""By operation id of the OpenAPI document, the roles that may call it."""
