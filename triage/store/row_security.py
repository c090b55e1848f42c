"""The policies that hold PostgreSQL's rows to their workspace: put on by migrations, and looked for.

``triage.workspace`` and ``triage.across`` are set for each transaction by :mod:`triage.store.scope`. The
policies bind a table's owner as well (``FORCE``), but no superuser and no role with ``BYPASSRLS``.
"""

from dataclasses import dataclass

from alembic import op
from sqlalchemy import Connection, text

from triage.store.every_table import metadata

__all__ = ["OF_THE_WORKSPACE", "RoleStanding", "part_of", "protect_table", "stand_of_role", "unprotect_table"]

OF_THE_WORKSPACE = "workspace = current_setting('triage.workspace', true)"
FOR_ALL = "current_setting('triage.across', true) <> ''"
POLICIES = ("of_the_workspace", "across_workspaces")

GUARDED = text("""
    SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = current_schema() AND relkind = 'r' AND relrowsecurity AND relforcerowsecurity
       AND (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid AND polname IN
            ('of_the_workspace', 'across_workspaces')
            AND polqual IS NOT NULL AND polwithcheck IS NOT NULL) = 2
""")
ROLE = text("""
    SELECT rolname, rolsuper, rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass('tickets')
                      AND pg_has_role(relowner, 'USAGE')) AS owns
      FROM pg_roles WHERE rolname = current_user
""")


def part_of(table: str, whole: str, key: str) -> str:
    """Return the rule for a table without a workspace, whose rows belong to rows that have one."""
    # The policies of the whole hold inside the sub-query too.
    return f"EXISTS (SELECT 1 FROM {whole} WHERE {whole}.{key} = {table}.{key})"


def protect_table(table: str, mine: str = OF_THE_WORKSPACE) -> None:
    """Hold a table's rows to their workspace; for migrations, which do it for every table that they make.

    Parameters
    ----------
    table : str
        Which.
    mine : str
        SQL that is true for the rows of the transaction's workspace; see :func:`part_of`.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    made = [
        f"CREATE POLICY {name} ON {table} USING ({rule}) WITH CHECK ({rule})"
        for name, rule in zip(POLICIES, (mine, FOR_ALL), strict=True)
    ]
    op.execute(";".join([*made, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"]))


def unprotect_table(table: str) -> None:
    """Undo :func:`protect_table`."""
    if op.get_bind().dialect.name != "postgresql":
        return
    gone = [f"DROP POLICY {name} ON {table}" for name in POLICIES]
    off = f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
    op.execute(";".join([*gone, off]))


@dataclass(frozen=True, slots=True)
class RoleStanding:
    """How a PostgreSQL role stands to the policies.

    Parameters
    ----------
    role : str
        Who connects.
    is_unbound : bool
        A superuser, or one with BYPASSRLS: it sees every row whatever the policies say.
    is_owner : bool
        It may change the tables, and so switch the policies off.
    unguarded : tuple of str
        Tables that lack them.
    """

    role: str
    is_unbound: bool
    is_owner: bool
    unguarded: tuple[str, ...]


def stand_of_role(connection: Connection) -> RoleStanding:
    """Say how who connects stands to the policies; on PostgreSQL only."""
    row = connection.execute(ROLE).one()
    unguarded = sorted(set(metadata.tables) - set(connection.execute(GUARDED).scalars()))
    return RoleStanding(row.rolname, row.rolsuper or row.rolbypassrls, row.owns, tuple(unguarded))
