"""Room for encrypted values, which are longer than what they hold. Needs no key: encrypts nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WIDER = (
    ("webhook_endpoints", "url", 2000, False),
    ("tickets", "requester", 320, True),
    ("tickets", "organization", 320, True),
)
"""Table, column, its length before, and whether it may be empty. SQLite keeps no text to a length."""


def upgrade() -> None:
    for table, column, length, may_be_empty in WIDER:
        _alter(table, column, sa.String(length), sa.Text(), may_be_empty)


def downgrade() -> None:
    # Fails where something encrypted is too long: then nothing is changed.
    for table, column, length, may_be_empty in WIDER:
        _alter(table, column, sa.Text(), sa.String(length), may_be_empty)


def _alter(
    table: str, column: str, before: sa.types.TypeEngine[str], after: sa.types.TypeEngine[str], null: bool
) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column, existing_type=before, type_=after, existing_nullable=null)
