from datetime import date, timedelta

import pytest

from training.sla.read_book import read_book_file
from triage.errors import ConfigurationError

TOML = """
[[calendars]]
name = "office"
hours = "Mon-Fri 09:00-17:30"
zone = "Europe/Berlin"
country = "DE"
holidays = [2026-12-24]

[[policies]]
name = "gold"
organization = ["Acme"]
response = "30m"
resolution = "8h"
steps = [{ kind = "escalation", at = 0.9, to = "duty manager" }]
"""
CSV = """name,priority,response,resolution,hours,zone
urgent,urgent|high,30m,4h,24/7,
rest,,4h,40h,Mon-Fri 09:00-17:00,Europe/Berlin
also urgent,normal,1h,,24/7,
"""


def test_toml_holds_everything(tmp_path):
    path = tmp_path / "sla.toml"
    path.write_text(TOML)
    book = read_book_file(path, today=date(2026, 3, 1))
    assert {date(2026, 12, 24), date(2026, 10, 3)} <= book.calendars["office"].holidays
    (policy,) = book.policies
    assert (policy.calendar, policy.response) == ("office", timedelta(minutes=30))


def test_a_csv_has_a_policy_a_line_and_lines_share_calendars(tmp_path):
    path = tmp_path / "sla.csv"
    path.write_text(CSV)
    book = read_book_file(path)
    assert [one.name for one in book.policies] == ["urgent", "rest", "also urgent"]
    assert book.policies[0].priorities == {"urgent", "high"}
    assert book.policies[0].calendar == book.policies[2].calendar
    assert book.calendars[book.policies[1].calendar].zone == "Europe/Berlin"
    assert book.policies[2].resolution is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.toml", "policies = [", r"a\.toml: .* cannot be read as TOML"),
        ("a.toml", "", r"without policies; expected .*policies = \[\]"),
        ("a.toml", "[[calendars]]\nname = 'office'\n", "without policies"),
        ("a.csv", "name,response\n", "without a policy"),
        ("a.csv", "name,days\nx,3\n", "columns name, days"),
        ("a.csv", "", r"columns \(none\)"),
        ("a.csv", "name,response\n,1h\n", "name of an SLA policy"),
    ],
)
def test_a_mistake_is_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(ConfigurationError, match=message):
        read_book_file(tmp_path / name)


def test_a_book_may_say_that_nothing_is_promised(tmp_path):
    (tmp_path / "a.toml").write_text("policies = []\n")
    assert read_book_file(tmp_path / "a.toml").policies == ()


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml"):
        read_book_file(tmp_path / "nowhere.toml")
