"""``triage users``: the people who may sign in to the console."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table
from serving.roles import Role

if TYPE_CHECKING:
    from triage.store import Store
    from triage.store.users import User

__all__ = ["app"]

app = typer.Typer(
    help="Add people who may sign in, list and disable them, set roles and passwords.", no_args_is_help=True
)

MINUTES = "%Y-%m-%d %H:%M"
Name = Annotated[str, typer.Argument(help="How they sign in, such as an e-mail address.")]
FromStdin = Annotated[
    bool, typer.Option("--stdin", help="Read the password from standard input; else one is made up.")
]
Teams = Annotated[
    list[str] | None,
    typer.Option(
        "--team", help="Team whose tickets they reach; several times. By default all.", show_default=False
    ),
]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do; docs/api.md has the table.")],
    workspace: Workspace = "default",
    team: Teams = None,
    agent: Annotated[str | None, typer.Option(help="Who they are among the agents.")] = None,
    stdin: FromStdin = False,
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="They sign in at the identity provider: no password.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a person; the password, unless given, is shown this once."""
    from serving.passwords import Passwords
    from serving.people import add_user

    password = None if elsewhere else _password(stdin)
    with opened_store() as store, store.writing(workspace):
        user = add_user(store, Passwords(), workspace, name, role, password, teams=team, agent=agent)
        _record(store, "create_user", user)
    _tell(user, None if stdin else password, as_json)


@app.command("list")
def list_all(
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Only this one's; by default all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the people, disabled ones too."""
    from serving.schemas.users import UserListOut, UserOut
    from triage.store.users import list_users

    with opened_store() as store:
        users = list_users(store, workspace)
    if as_json:
        show(UserListOut(users=[UserOut.of(one) for one in users]))
        return
    rows = [
        (
            one.name,
            one.workspace,
            one.role,
            ", ".join(one.teams or ["all"]),
            one.agent,
            one.last_seen_at.strftime(MINUTES) if one.last_seen_at else "never",
            _state(one),
        )
        for one in users
    ]
    columns = ("name", "workspace", "role", "teams", "agent", "last seen", "state")
    show_table(columns, rows, "There are no people. Add one with: triage users add NAME --role admin")


@app.command()
def role(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do from now on.")],
    workspace: Workspace = "default",
    team: Teams = None,
    agent: Annotated[str | None, typer.Option(help="Who they are among the agents.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a person another role, teams and agent; they have to sign in again."""
    values = {"role": role.value, "teams": tuple(team) if team else None, "agent": agent}
    _change("change_user_role", workspace, name, as_json, values)


@app.command()
def disable(name: Name, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Let a person in no more, at once; their sessions end, what they did stays in the audit log."""
    _change("disable_user", workspace, name, as_json, {"disabled_at": datetime.now(UTC)})


@app.command()
def enable(name: Name, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Let a disabled or locked-out person in again."""
    values = {"disabled_at": None, "locked_until": None, "wrong_passwords": 0}
    _change("enable_user", workspace, name, as_json, values)


@app.command()
def password(
    name: Name, workspace: Workspace = "default", stdin: FromStdin = False, as_json: AsJson = False
) -> None:
    """Give a person a new password; it unlocks them and ends their sessions."""
    from serving.passwords import Passwords
    from serving.people import set_password
    from triage.store.users import get_user

    chosen = _password(stdin)
    with opened_store() as store, store.writing(workspace):
        set_password(store, Passwords(), workspace, name, chosen)
        user = get_user(store, workspace, name)
        _record(store, "reset_password", user)
    _tell(user, None if stdin else chosen, as_json)


def _change(action: str, workspace: str, name: str, as_json: bool, values: dict[str, Any]) -> None:
    from triage.store.users import change_user, get_user

    with opened_store() as store, store.writing(workspace):
        user = get_user(store, workspace, name)
        change_user(store, user, ends_sessions=True, **values)
        user = get_user(store, workspace, name)
        _record(store, action, user)
    _tell(user, None, as_json)


def _password(from_stdin: bool) -> str:
    from serving.people import new_password

    return sys.stdin.readline().rstrip("\r\n") if from_stdin else new_password()


def _record(store: "Store", action: str, user: "User") -> None:
    from serving.cli.record import record
    from serving.schemas.users import UserOut

    told = UserOut.of(user).model_dump(mode="json")
    facts = {"name": user.name, "role": user.role}
    record(store, user.workspace, action, f"user/{user.user_id}", told, facts=facts)


def _tell(user: "User", password: str | None, as_json: bool) -> None:
    from serving.schemas.users import ChangedUserOut, UserOut

    if as_json:
        show(ChangedUserOut(user=UserOut.of(user), password=password))
        return
    if password is not None:
        typer.echo(password)
    typer.echo(
        f"{user.name} is {user.role} in workspace {user.workspace} ({_state(user)})."
        + ("" if password is None else " The password above is not shown again."),
        err=True,
    )


def _state(user: "User") -> str:
    if user.disabled_at is not None:
        return "disabled"
    if user.locked_until is not None and user.locked_until > datetime.now(UTC):
        return f"locked until {user.locked_until.strftime(MINUTES)}"
    return "signs in here" if user.password_hash is not None else "signs in elsewhere"
