import pytest

from triage.errors import InputError
from triage.event_calendar import read_events


def test_a_calendar_of_a_spreadsheet_that_writes_semicolons_is_read_alike():
    table = "\ufeffevent_id,kind,title,first_day,last_day,series,factor\nr7,release,Seven,2026-04-14,,,1.4\n"
    assert read_events(table.replace(",", ";")) == read_events(table)


def test_a_calendar_that_is_no_csv_is_refused_with_its_line():
    with pytest.raises(InputError, match="no CSV in line"):
        read_events('event_id,kind,first_day\nE-1,release,2026-01-05\n\rx"\r')


def test_an_event_without_an_address_is_refused():
    with pytest.raises(InputError, match="on one line"):
        read_events('event_id,kind,first_day\n"E\n1",release,2026-01-05\n')
    with pytest.raises(InputError, match="dots alone"):
        read_events("event_id,kind,first_day\n..,release,2026-01-05\n")
    assert read_events("event_id,kind,first_day\nE/remove,release,2026-01-05\n")[0].event_id == "E/remove"
