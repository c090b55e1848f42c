"""Channels whose volume is a series of the forecast of its own."""

from datetime import timedelta

import numpy as np
import pytest

from features.staffing.counted import count_filed
from features.staffing.plan import make_plan
from tests.features.staffing.making import MONDAY, forecast, setup
from triage.errors import ConfigurationError, InputError
from triage.staffing.live import LivePromise, agents_needed

HOUR = timedelta(hours=1)
PHONE = {"name": "phone", "kind": "live", "series": "channel=phone", "occupancy": 1.0, "shrinkage": 0.0}
TICKETS = {"name": "tickets", "occupancy": 1.0, "shrinkage": 0.0}
CALLS = np.where(np.arange(24) == 10, 40.0, 4.0)
SERIES = {"total": 30.0, "category=vpn": 12.0, "channel=phone": CALLS}
TIMES = {"default": {"mean_s": 600, "sd_s": 0}, "labels": {"phone": {"mean_s": 300, "sd_s": 0}}}


def plan(*teams: dict, channels: list[dict], **more: object):
    asked = setup(*teams, channels=channels, by="category", handle_time=TIMES)
    return make_plan(asked, forecast(SERIES, n=24, step=HOUR, deviation=0.0001), **more)


def test_calls_are_planned_by_their_own_volume_hour_by_hour_beside_the_tickets():
    made = plan({"name": "desk"}, channels=[TICKETS, PHONE])
    tickets = 12.0 * 600 / 3_600
    for hour in (3, 10):
        needed = agents_needed(CALLS[hour] * 300 / 3_600, 300.0, LivePromise(occupancy=1.0))
        assert made.rows[hour].volume.p50 == pytest.approx(12.0 + CALLS[hour], rel=0.01)
        # A load counts as the next of 256 steps above: one person more at most.
        assert needed - 0.1 <= made.rows[hour].required.p80 - tickets <= needed + 1.2
    assert made.totals[0].service_level > 0.8


def test_chats_that_one_person_handles_side_by_side_take_fewer_people():
    def peak(concurrency: int) -> float:
        return plan({"name": "desk"}, channels=[PHONE | {"concurrency": concurrency}]).totals[0].peak

    assert peak(3) < 0.6 * peak(1)


def test_whoever_serves_the_channel_takes_calls_whatever_their_skills():
    made = plan(
        {"name": "vpn", "skills": ["vpn"], "channels": ["tickets"]},
        {"name": "callers", "skills": ["none"], "channels": ["phone"]},
        channels=[TICKETS, PHONE],
    )
    assert {one.team: one.service_level is None for one in made.totals} == {"vpn": True, "callers": False}
    with pytest.raises(ConfigurationError, match="'phone' by 'phone' that no team may do"):
        plan({"name": "vpn", "channels": ["tickets"]}, channels=[TICKETS, PHONE])


def test_a_share_of_a_series_and_a_series_that_is_not_there():
    half = plan({"name": "desk"}, channels=[PHONE | {"share": 0.5}])
    assert half.rows[10].volume.p50 == pytest.approx(20.0, rel=0.01)
    with pytest.raises(InputError, match="without the series 'chat' of channel 'phone'; it has total"):
        plan({"name": "desk"}, channels=[PHONE | {"series": "chat"}])
    with pytest.raises(ConfigurationError, match="a series of its own has no labels"):
        plan({"name": "desk"}, channels=[PHONE | {"shares": {"vpn": 0.5}}])


def test_what_came_is_counted_by_label_and_by_channel():
    starts = tuple(MONDAY + n * HOUR for n in range(2))
    filed = [
        (MONDAY + HOUR / 2, {"category": "vpn", "channel": "phone"}),
        (MONDAY + HOUR, {"category": "vpn", "channel": "mail"}),
        (MONDAY + 2 * HOUR, {"category": "vpn"}),
    ]
    series = ["total", "category=vpn", "channel=phone"]
    found = count_filed(filed, series, starts, (*starts[1:], MONDAY + 2 * HOUR))
    assert found.mean.tolist() == [[1, 1], [1, 1], [1, 0]]
