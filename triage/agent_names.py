"""Which names of agents can be used, through whatever door they come.

Each is part of an address (``/v1/agents/ada``). Any helpdesk's are taken, with slashes too, but for those
that would be another address.
"""

from triage.dot_ids import dots_problem

__all__ = ["agent_name_problem"]

ABSENCES = "/absences"


def agent_name_problem(name: str) -> str | None:
    """Return why an agent cannot have this name; None if it can.

    Examples
    --------
    >>> agent_name_problem("IT/ada") is None
    True
    >>> agent_name_problem("IT/absences")
    "Got an agent's name that is the address of absences here; expected one without '/absences'."
    """
    if not name.strip():
        return "Got an agent's name that is blank; expected one that can be read."
    if "\n" in name or "\r" in name:
        return "Got an agent's name with a line break; expected it on one line."
    if f"{ABSENCES}/" in f"{name}/":
        return "Got an agent's name that is the address of absences here; expected one without '/absences'."
    return dots_problem(name)
