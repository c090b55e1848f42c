import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from triage.errors import ConfigurationError
from triage.staffing.change_document import read_change
from triage.staffing.channel import DayDeadline
from triage.staffing.document import read_setup, write_deadline
from triage.staffing.setup import Percentile

WHOLE = {
    "by": "team",
    "percentile": "P95",
    "zone": "Europe/Berlin",
    "country": "DE",
    "paths": 200,
    "correlation": 0.2,
    "channels": [
        {
            "name": "phone",
            "kind": "live",
            "share": 0.3,
            "service_level": 0.9,
            "within_s": 30,
            "patience_s": 90,
        },
        {
            "name": "mail",
            "share": 0.5,
            "deadline": "8h",
            "backlog": [{"tickets": 12, "label": "vpn", "age": "4h"}],
        },
        {
            "name": "chat",
            "kind": "live",
            "share": 0.2,
            "concurrency": 3,
            "handle_time": 500,
            "occupancy": 0.9,
        },
    ],
    "handle_time": {"default": 600, "labels": {"vpn": {"mean_s": 1200, "sd_s": 900}}},
    "shifts": {"starts": ["08:00", "13:30"], "hours": [8, 4.5], "days": 4},
    "teams": [
        {
            "name": "Network",
            "skills": ["vpn"],
            "channels": ["mail"],
            "hours": "Mon-Fri 08:00-17:00",
            "agents": 9,
        },
        {"name": "Abroad", "zone": "Asia/Kolkata", "country": "IN", "cost_per_hour": 12.5},
    ],
}


def test_every_key_is_read():
    found = read_setup(WHOLE)
    phone, mail, chat = found.channels
    assert (phone.live.service_level, phone.live.within_s, phone.live.patience_s) == (0.9, 30.0, 90.0)
    assert mail.deadline == timedelta(hours=8) and mail.backlog[0].age == timedelta(hours=4)
    assert chat.live.concurrency == 3 and chat.live.occupancy == 0.9 and chat.handle_time.mean_s == 500
    assert found.handle_time("vpn", mail).spread_s == 900 and found.handle_time("x", mail).spread_s == 600
    assert found.percentile is Percentile.P95 and found.percentile.level == 0.95
    assert found.shifts.starts == (480, 810) and found.shifts.days == 4
    network, abroad = found.teams
    assert (network.calendar.zone, network.calendar.country) == ("Europe/Berlin", "DE")
    assert (abroad.calendar.zone, abroad.calendar.country) == ("Asia/Kolkata", "IN")
    assert [one.name for one in found.teams_for("vpn", "mail")] == ["Network", "Abroad"]
    assert [one.name for one in found.teams_for("vpn", "phone")] == ["Abroad"]


def test_a_team_alone_is_enough():
    found = read_setup({"teams": [{"name": "all"}]})
    assert found.channels[0].deadline is DayDeadline.SAME_DAY and found.percentile is Percentile.P80


@pytest.mark.parametrize("deadline", ["same day", "next day", "8h", "1h30m", "0h"])
def test_deadlines_are_written_as_they_are_read(deadline: str):
    channel = {"name": "mail", "deadline": deadline}
    found = read_setup({"teams": [{"name": "a"}], "channels": [channel]})
    assert write_deadline(found.channels[0].deadline) == deadline


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"teams": []}, "no team"),
        ({"teams": [{"name": "a", "colour": "red"}]}, "'colour' in the team 'a'"),
        ({"teams": [{"name": "a", "channels": ["fax"]}]}, "channel 'fax'"),
        ({"channels": [{"name": "p", "kind": "live", "service_level": 80}]}, "service_level=80"),
        ({"channels": [{"name": "p", "kind": "live", "deadline": "8h"}]}, "'deadline'"),
        ({"channels": [{"name": "m", "deadline": "soon"}]}, "'soon'; expected 'same day'"),
        ({"channels": [{"name": "m", "shrinkage": 1}]}, "shrinkage=1"),
        ({"channels": [{"name": "m"}, {"name": "m"}]}, "two channels"),
        ({"channels": [{"name": "m", "share": 0.7}, {"name": "p", "share": 0.9}]}, "1.6: 0.7 (m) + 0.9 (p)"),
        ({"channels": [{"name": "m"}, {"name": "p", "share": 0, "shares": {"erp": 0.3}}]}, "'erp' that add"),
        ({"channels": [{"name": "m"}, {"name": "p", "shares": {"erp": 0}}]}, "each label that add up to 2"),
        ({"percentile": "P99"}, "P50, P80, P95"),
        ({"handle_time": {"default": "long"}}, "handle_time.default"),
        ({"handle_time": {"labels": {"vpn": {"mean_s": True}}}}, "mean_s"),
        ({"paths": 2}, "paths=2"),
        ({"shifts": {"starts": ["8 o'clock"]}}, "time of the day"),
        ({"zone": "Moon"}, "IANA"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_expected(change: dict, words: str):
    with pytest.raises(ConfigurationError, match="Got") as raised:
        read_setup({"teams": [{"name": "a"}]} | change)
    assert words in str(raised.value)


def test_shares_of_labels_and_channels_with_a_series_may_leave_the_usual_share_as_it_is():
    calls = {"name": "calls", "kind": "live", "series": "channel=phone"}
    parts = [
        {"name": "m", "shares": {"erp": 0.7, "vpn": 0.1}},
        {"name": "p", "shares": {"erp": 0.3, "vpn": 0.9}},
    ]
    setup = read_setup({"teams": [{"name": "a"}], "channels": [*parts, calls]})
    with pytest.raises(ConfigurationError, match="'other' that add up to 2"):
        setup.refuse_more_than_come("other")


def test_the_guides_example_is_a_setup():
    guide = (Path(__file__).parents[3] / "docs" / "guide.md").read_text()
    (example,) = [one for one in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL) if "[[teams]]" in one]
    found = read_setup(tomllib.loads(example))
    assert [one.name for one in found.channels] == ["tickets", "phone"]
    assert found.teams[0].agents == 12 and found.shifts.starts == (420, 540, 630)
    for line in re.findall(r"--what-if '(.*?)'", guide):
        assert not read_change(tomllib.loads(line)).is_none
