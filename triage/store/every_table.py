"""All tables together: whoever needs to know of each one imports the metadata from here."""

from triage.store import (
    access_tables,
    erasure_tables,
    golden_tables,
    helping_tables,
    incident_tables,
    link_tables,
    planner_tables,
    routing_tables,
    schema,
    sla_tables,
    staffing_tables,
)

__all__ = ["metadata"]

metadata = schema.metadata
FILES = (
    access_tables,
    erasure_tables,
    golden_tables,
    helping_tables,
    incident_tables,
    link_tables,
    planner_tables,
    routing_tables,
    sla_tables,
    staffing_tables,
)
"""Each adds its tables to the metadata as it is imported."""
