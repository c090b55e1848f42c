from datetime import date

import pytest

from features.business_time import public_holidays, with_public_holidays
from triage.errors import InputError
from triage.sla.book import SlaBook


def test_holidays_are_those_of_the_country_and_its_part():
    found = public_holidays("DE-BY", date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 1, 6) in found
    assert date(2026, 1, 6) not in public_holidays("DE-BE", date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(InputError, match="Atlantis"):
        public_holidays("Atlantis", date(2026, 1, 1), date(2026, 12, 31))


def test_calendars_with_a_country_get_its_days_beside_their_own():
    book = SlaBook.from_document(
        {
            "calendars": [
                {"name": "us", "country": "US", "holidays": ["2026-02-03"]},
                {"name": "own", "holidays": ["2026-02-03"]},
            ]
        }
    )
    filled = with_public_holidays(book, date(2026, 5, 1))
    assert {date(2026, 2, 3), date(2025, 7, 4), date(2028, 12, 25)} <= filled.calendars["us"].holidays
    assert filled.calendars["own"].holidays == {date(2026, 2, 3)}
