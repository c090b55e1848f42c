import numpy as np
import pytest

from features.affinity.hour_profiles import DAY_S, HOUR_S, HourProfiles

MORNING, EVENING = 9 * HOUR_S, 20 * HOUR_S


def two_shifts():
    profiles = HourProfiles([15.0])
    for day in range(10):
        profiles.add(0, day * DAY_S + MORNING)
        profiles.add(1, day * DAY_S + EVENING)
    return profiles


def test_the_first_to_come_is_who_works_next():
    profiles = two_shifts()
    at_dawn = profiles.first_to_come(10 * DAY_S + 7 * HOUR_S, 2, (1.0,))[0, 0]
    at_noon = profiles.first_to_come(10 * DAY_S + 12 * HOUR_S, 2, (1.0,))[0, 0]
    assert at_dawn[0] > at_dawn[1]
    assert at_noon[1] > at_noon[0]
    assert at_noon.sum() == pytest.approx(1.0)


def test_nobody_known_means_no_chances():
    assert not HourProfiles([15.0]).first_to_come(0.0, 3, (1.0,)).any()


def test_a_very_long_time_overflows_nothing():
    profiles = two_shifts()
    profiles.add(2, 40_000 * DAY_S + MORNING)
    chances = profiles.first_to_come(40_000 * DAY_S, 3, (1.0,))
    assert np.isfinite(chances).all()
    assert chances[0, 0].argmax() == 2
