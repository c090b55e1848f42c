from pathlib import Path

import pytest

from triage.home import home_folder, models_folder, store_url


@pytest.mark.parametrize("environ", [{}, {"TRIAGE_HOME": ""}])
def test_the_home_is_in_the_users_folder_unless_told_otherwise(environ):
    assert home_folder(environ) == Path.home() / ".triage"


def test_everything_lies_in_the_home_unless_told_otherwise():
    environ = {"TRIAGE_HOME": "/srv/triage"}
    assert models_folder(environ) == Path("/srv/triage/models")
    assert store_url(environ) == "sqlite:////srv/triage/triage.db"
    environ |= {"TRIAGE_MODELS": "~/models", "TRIAGE_STORE": "postgresql://db/x"}
    assert models_folder(environ) == Path.home() / "models"
    assert store_url(environ) == "postgresql://db/x"


def test_the_tests_never_write_to_the_users_own_home():
    assert Path.home() not in home_folder().parents
    assert not home_folder().exists()
