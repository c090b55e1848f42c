"""``--agents-mapping`` of commands that take long: too short a history ends them once all is read."""

from pathlib import Path

import pytest

from serving.cli.main import main
from tests.training.history.helpers import write_csv


@pytest.mark.parametrize("words", [("train",), ("replay", "--from", "2026-03-02", "--retrain", "never")])
def test_an_agents_table_with_other_headers_is_read_by_its_mapping(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    rows = [f"T-{day},2026-03-0{day}T09:00:00Z,VPN drops,network" for day in range(1, 4)]
    history = write_csv(tmp_path / "h.csv", *rows, header="ticket_id,created_at,subject,category")
    agents = write_csv(tmp_path / "g.csv", "ada,Network", header="Login,Group")
    mapping = tmp_path / "agents.toml"
    mapping.write_text('[columns]\nagent = "Login"\nteam = "Group"\n')

    def said(*more: object) -> str:
        given = ("--out", str(tmp_path / "out"), "--agents", str(agents))
        with pytest.raises(SystemExit) as ended:
            main([words[0], str(history), *words[1:], *given, *map(str, more)])
        assert ended.value.code == 1
        return capsys.readouterr().err

    assert "without agent" in said()
    assert "tickets; expected 10 or more" in said("--agents-mapping", mapping)
