from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from triage.errors import ConfigurationError, InputError
from triage.staffing.change_document import read_change
from triage.staffing.document import read_setup
from triage.staffing.volume import VolumeForecast

START = datetime(2026, 3, 2, tzinfo=UTC)
SETUP = read_setup(
    {
        "teams": [{"name": "a"}],
        "channels": [
            {"name": "phone", "kind": "live", "share": 0.4, "shrinkage": 0.2},
            {"name": "mail", "share": 0.6, "shrinkage": 0.3},
        ],
        "handle_time": {"default": {"mean_s": 600, "sd_s": 300}},
    }
)


def forecast() -> VolumeForecast:
    names = ("total", "category=a", "category=b")
    mean = np.array([[30.0] * 4, [10.0] * 4, [20.0] * 4])
    starts = tuple(START + timedelta(days=i) for i in range(4))
    quantiles = mean[:, :, None] * np.linspace(0.7, 1.4, 7)
    return VolumeForecast(names, starts, (*starts[1:], START + timedelta(days=4)), mean, quantiles, START)


def test_volume_changes_by_label_and_event_and_the_total_follows():
    change = read_change(
        {
            "volume_percent": 10,
            "label_percents": {"a": 100},
            "events": [
                {
                    "start": "2026-03-03T12:00:00Z",
                    "end": "2026-03-04T00:00:00Z",
                    "percent": 50,
                    "labels": ["b"],
                }
            ],
        }
    )
    found = change.of_forecast(forecast(), "category")
    assert found.mean[1] == pytest.approx([22.0] * 4)
    # The event covers half of the second day.
    assert found.mean[2] == pytest.approx([22.0, 22.0 * 1.25, 22.0, 22.0])
    assert found.mean[0] == pytest.approx(found.mean[1] + found.mean[2])
    assert found.quantiles[1, 0] == pytest.approx(forecast().quantiles[1, 0] * 2.2)


def test_absence_takes_its_share_of_those_who_would_be_there():
    found = read_change({"absence_percent": 10, "handle_time_percent": -50, "percentile": "P95"}).of_setup(
        SETUP
    )
    assert [one.shrinkage for one in found.channels] == pytest.approx([0.28, 0.37])
    assert found.handle_times.default.mean_s == 300 and found.handle_times.default.sd_s == 150
    assert found.percentile.value == "P95" and SETUP.percentile.value == "P80"


def test_a_channel_gets_a_new_promise_of_its_kind():
    change = read_change({"channels": {"phone": {"service_level": 0.95}, "mail": {"deadline": "next day"}}})
    phone, mail = change.of_setup(SETUP).channels
    assert phone.live.service_level == 0.95 and mail.deadline.value == "next day"
    for wrong in ({"phone": {"deadline": "8h"}}, {"mail": {"within_s": 20}}, {"fax": {"shrinkage": 0.1}}):
        with pytest.raises(ConfigurationError, match="Got"):
            read_change({"channels": wrong}).of_setup(SETUP)


def test_nothing_changes_nothing():
    change = read_change({})
    assert change.is_none and change.of_setup(SETUP) == SETUP
    assert (change.of_forecast(forecast(), "category").mean == forecast().mean).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"volume": 10},
        {"volume_percent": -100},
        {"absence_percent": 99},
        {"events": [{"start": "2026-03-03", "end": "2026-03-04", "percent": 5}]},
        {"events": [{"start": "2026-03-04T00:00Z", "end": "2026-03-03T00:00Z", "percent": 5}]},
        {"events": [{"start": "tomorrow", "end": "2026-03-03T00:00Z", "percent": 5}]},
    ],
)
def test_changes_without_sense_are_refused(wrong: dict):
    with pytest.raises((ConfigurationError, InputError), match="Got"):
        read_change(wrong)


def test_labels_that_the_forecast_lacks_are_named():
    with pytest.raises(InputError, match="'c' in a change; expected one of the forecast's: a, b"):
        read_change({"label_percents": {"c": 5}}).of_forecast(forecast(), "category")
