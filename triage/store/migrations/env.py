"""Alembic's entry: runs migrations on the connection that open_store hands over."""

from alembic import context

# Their tables belong to the metadata.
from triage.store import (  # noqa: F401
    access_tables,
    erasure_tables,
    helping_tables,
    incident_tables,
    link_tables,
    planner_tables,
    routing_tables,
    sla_tables,
    staffing_tables,
)
from triage.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
