"""``triage policy``: how far each field may go, and the kill switch. Works while no server runs."""

import json
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table
from triage.errors import ConfigurationError

__all__ = ["app"]

app = typer.Typer(
    help="Show and set modes, thresholds, the priority matrix, routing and the kill switch.",
    no_args_is_help=True,
)


@app.command("show")
def show_policy(workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Show the policy as it stands."""
    from triage.store.policies import read_policy

    with opened_store() as store:
        stored = read_policy(store, workspace)
    _tell(stored, as_json)


@app.command("set")
def set_policy(
    workspace: Workspace = "default",
    kill_switch: Annotated[
        bool | None,
        typer.Option("--kill-switch/--no-kill-switch", help="Apply and suggest nothing, or again."),
    ] = None,
    mode: Annotated[
        list[str] | None,
        typer.Option(help="FIELD=off|shadow|suggest|apply; several times.", show_default=False),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(help="FIELD:LABEL=NUMBER, or =learnt; several times.", show_default=False),
    ] = None,
    never: Annotated[
        list[str] | None,
        typer.Option(help="FIELD:LABEL that is never applied; several times.", show_default=False),
    ] = None,
    stop_team: Annotated[
        list[str] | None,
        typer.Option(help="TEAM for whose tickets nothing is applied or suggested.", show_default=False),
    ] = None,
    start_team: Annotated[
        list[str] | None,
        typer.Option(help="TEAM for whose tickets automation goes on.", show_default=False),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A whole policy as JSON, in place of the one that stands.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change the policy; servers follow with the next request."""
    from serving.cli.record import record
    from serving.policy_labels import unknown_labels
    from serving.routing_check import check_teams
    from serving.schemas.policy import PolicyChangedOut, PolicyOut
    from triage.policy import Policy
    from triage.store.policies import read_policy, write_policy

    with opened_store() as store, store.writing(workspace):
        stands = read_policy(store, workspace)
        document = stands.policy.to_document() if file is None else _read(file)
        if kill_switch is not None:
            document["kill_switch"] = kill_switch
        stopped = set(document.setdefault("stopped_teams", sorted(stands.policy.stopped_teams)))
        document["stopped_teams"] = sorted((stopped | set(stop_team or [])) - set(start_team or []))
        for given in mode or []:
            name, value = _split(given, "=", "FIELD=MODE")
            _field(document, name)["mode"] = value
        for given in threshold or []:
            where, value = _split(given, "=", "FIELD:LABEL=NUMBER", last=True)
            name, label = _split(where, ":", "FIELD:LABEL=NUMBER")
            thresholds = _field(document, name).setdefault("thresholds", {})
            thresholds.pop(label, None)
            if value != "learnt":
                thresholds[label] = _number(value, given)
        for given in never or []:
            name, label = _split(given, ":", "FIELD:LABEL")
            _field(document, name).setdefault("never_automate", []).append(label)
        policy = Policy.from_document(document)
        # A country that stands wrong already must not keep the kill switch from being set.
        if file is not None:
            check_teams(policy.routing)
        changed = write_policy(
            store,
            workspace,
            policy,
            "triage policy set",
            expected_version=stands.version,
        )
        told = PolicyOut.of(changed).model_dump(mode="json")
        facts = {"version": changed.version, "kill_switch": changed.policy.kill_switch}
        record(store, workspace, "replace_policy", "policy", told, facts=facts)
    # Looked at afterwards: the kill switch waits for nothing.
    with opened_store() as store:
        warnings = unknown_labels(store, workspace, changed.policy, _taxonomy(workspace))
    if as_json:
        show(PolicyChangedOut.warned(changed, warnings))
        return
    _tell(changed, as_json)
    for warning in warnings:
        typer.echo(f"Note: {warning}")


def _taxonomy(workspace: str) -> Any:
    """Return what the champion knows, None where there is none that can be read."""
    from triage.bundle import read_manifest
    from triage.errors import TriageError
    from triage.home import models_folder
    from triage.registry import Registry
    from triage.signing import signing_key

    registry = Registry(models_folder())
    try:
        champion = registry.pointers(workspace).champion
        if champion is None:
            return None
        return read_manifest(registry.folder(workspace, champion), signing_key()).taxonomy
    except TriageError:
        return None


def _tell(stored: Any, as_json: bool) -> None:
    from serving.schemas.policy import PolicyOut

    if as_json:
        show(PolicyOut.of(stored))
        return
    policy = stored.policy
    typer.echo(f"Kill switch: {'ON: nothing is applied or suggested' if policy.kill_switch else 'off'}")
    if policy.stopped_teams:
        typer.echo(f"Stopped for tickets of: {', '.join(sorted(policy.stopped_teams))}")
    if policy.disabled_guardrails:
        typer.echo(f"Guardrails that do not hold: {', '.join(sorted(policy.disabled_guardrails))}")
    parts = (
        _priority_lines(policy.priority),
        _routing_lines(policy.routing),
        _helping_lines(policy.helping),
        _privacy_lines(policy.privacy),
    )
    for line in chain.from_iterable(parts):
        typer.echo(line)
    rows = [
        (
            name,
            one.mode.value,
            ", ".join(f"{label} {value:g}" for label, value in one.thresholds.items()) or "learnt",
            ", ".join(sorted(one.never_automate)),
        )
        for name, one in policy.fields.items()
    ]
    show_table(
        ("field", "mode", "thresholds", "never applied"),
        rows,
        "Every field applies at its learnt thresholds; assignees are suggested.",
    )


def _priority_lines(priority: Any) -> list[str]:
    """Say in lines how priorities come about, nothing where the policy says nothing of it."""
    lines = []
    if priority.matrix is not None:
        matrix = priority.matrix
        lines.append("Priority by this matrix (impact: urgency → priority):")
        lines += [
            f"  {impact}: "
            + ", ".join(f"{one} → {matrix.cells[impact, one]}" for one in matrix.urgencies[::-1])
            for impact in matrix.impacts[::-1]
        ]
    for lift in priority.lifts:
        to = f"at least {lift.at_least}" if lift.at_least else f"{lift.steps} up"
        lines.append(f"Priority raised by “{lift.name}” ({lift.kind} by {lift.by}): {to}")
    return lines


def _routing_lines(routing: Any) -> list[str]:
    """Say in lines what differs from the default in who may be given what; all of it is in the JSON."""
    from triage.routing.policy import RoutingPolicy

    lines = [
        f"Assigning in {name}: {one.mode.value}"
        for name, one in routing.teams.items()
        if one.mode is not None
    ]
    default = RoutingPolicy().to_document()
    changed = sorted(name for name, part in routing.to_document().items() if part != default[name])
    return [*lines, f"Routing differs from the default in: {', '.join(changed)}"] if changed else lines


def _helping_lines(helping: Any) -> list[str]:
    """Say in lines what is confidential, whether an article may be the answer, and what else was changed."""
    from triage.helping.policy import HelpingPolicy
    from triage.mode import Mode

    lines = [
        f"Confidential by {name}: {', '.join(sorted(labels))}"
        for name, labels in sorted(helping.confidential.items())
        if labels
    ]
    auto = helping.auto_resolve
    words = auto.mode.value
    if auto.mode is not Mode.OFF:
        categories = ", ".join(sorted(auto.categories)) or "(none is named: no ticket)"
        words += f", of category {categories}, from a chance of {auto.least_chance:g}; "
        words += f"back to people after {auto.confirm_hours:g} hours without an answer"
    lines.append(f"Articles sent as the answer: {words}")
    default = HelpingPolicy()
    if helping.least_chance != default.least_chance:
        lines.append(f"Articles offered to requesters from a chance of: {helping.least_chance:g}")
    if helping.match_hours != default.match_hours:
        lines.append(f"Filed all the same within: {helping.match_hours:g} hours of a suggestion")
    return lines


def _privacy_lines(privacy: Any) -> list[str]:
    """Say in lines what is kept for a while only, and what differs from the default of retraining."""
    from triage.privacy import PrivacyPolicy

    lines = [f"Kept for {days:,} days: {kind.value}" for kind, days in privacy.retention.items()]
    if privacy.retrain_days != PrivacyPolicy().retrain_days:
        lines.append(f"Models follow an erasure within: {privacy.retrain_days:,} days")
    if privacy.redaction != PrivacyPolicy().redaction:
        lines.append(f"Texts are redacted: {privacy.redaction.value}")
    return lines


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"Got {file}, which cannot be read as JSON ({type(error).__name__}); "
            "expected what `triage policy show --json` prints."
        ) from None
    if not isinstance(document, dict):
        raise ConfigurationError(f"Got {file} with something other than a JSON object; expected a policy.")
    return {
        name: part
        for name, part in document.items()
        if name not in ("version", "updated_at", "updated_by", "warnings")
    }


def _field(document: dict[str, Any], name: str) -> dict[str, Any]:
    field: dict[str, Any] = document.setdefault("fields", {}).setdefault(name, {})
    return field


def _split(given: str, at: str, form: str, *, last: bool = False) -> tuple[str, str]:
    left, found, right = given.rpartition(at) if last else given.partition(at)
    if not (left and found and right):
        raise ConfigurationError(f"Got {given!r}; expected {form}.")
    return left, right


def _number(value: str, given: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ConfigurationError(f"Got {given!r}; expected a number from 0 to 1, or learnt.") from None
