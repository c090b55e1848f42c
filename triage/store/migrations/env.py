"""Alembic's entry: runs migrations on the connection that open_store hands over."""

from alembic import context

from triage.store.every_table import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
