from pathlib import Path

import pytest

from serving.settings import Settings
from triage.errors import ConfigurationError


def test_what_is_not_set_has_its_default(tmp_path: Path):
    settings = Settings.from_env({"TRIAGE_HOME": str(tmp_path)})
    assert settings == Settings(tmp_path, f"sqlite:///{tmp_path / 'triage.db'}", tmp_path / "models")


def test_what_is_set_counts():
    settings = Settings.from_env(
        {
            "TRIAGE_ALLOWED_HOSTS": "a.example.org, *.example.net",
            "TRIAGE_MAX_BODY_BYTES": "2048",
            "TRIAGE_WORKERS": "2",
            "TRIAGE_TIER": "fast",
        }
    )
    assert settings.allowed_hosts == ("a.example.org", "*.example.net")
    assert (settings.max_body_bytes, settings.workers, settings.tier) == (2048, 2, "fast")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIAGE_MAX_BODY_BYTES", "big"),
        ("TRIAGE_MAX_BODY_BYTES", "1"),
        ("TRIAGE_THREADS", "-1"),
        ("TRIAGE_TIER", "Fast"),
        ("TRIAGE_WAITING", "nan"),
        ("TRIAGE_POLL_SECONDS", "0"),
        ("TRIAGE_ALLOWED_HOSTS", ""),
        ("TRIAGE_ALLOWED_HOSTS", "a,,b"),
        ("TRIAGE_ALLOWED_HOSTS", "*example.org"),
        ("TRIAGE_ALLOWED_HOSTS", "a.*.org"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_was_expected(name: str, value: str):
    with pytest.raises(ConfigurationError, match=f"{name}=.*expected"):
        Settings.from_env({name: value})
