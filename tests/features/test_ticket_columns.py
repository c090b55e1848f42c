from datetime import UTC, datetime

import numpy as np

from features.ticket_columns import TicketColumns
from triage.ticket import Ticket

FILED = datetime(2026, 3, 5, 6, 30, tzinfo=UTC)  # a Thursday
TICKETS = [
    Ticket(f"T-{n}", "abc", created_at=FILED, channel="mail" if n % 3 else "phone", custom={"site": str(n)})
    for n in range(30)
]


def test_frequent_values_have_codes_and_others_are_missing():
    columns = TicketColumns(min_tickets=5).fit(TICKETS)
    assert columns.codes_ == {"channel": {"mail": 0, "phone": 1}}
    seen = columns.transform([*TICKETS[:2], Ticket("new", channel="chat")])
    np.testing.assert_array_equal(seen[:, 0], [1.0, 0.0, np.nan])


def test_filing_time_is_hour_and_weekday():
    (row,) = TicketColumns(min_tickets=5).fit(TICKETS).transform(TICKETS[:1], np.array([2.5]))
    assert row[-4:].tolist() == [6.5, 3.0, np.log1p(3), 2.5]


def test_only_so_many_values_have_codes():
    columns = TicketColumns(min_tickets=1, max_codes=4).fit(TICKETS)
    assert sorted(columns.codes_["site"].values()) == [0, 1, 2, 3]
    assert columns.is_category == [True, True, False, False, False, False]
