from datetime import timedelta

import pytest

from triage.errors import ConfigurationError
from triage.sla.span import parse_span, write_span


@pytest.mark.parametrize(
    ("text", "minutes"), [("4h", 240), ("30m", 30), ("1h30m", 90), ("1.5h", 90), (" 2H 5min ", 125)]
)
def test_spans_are_read_as_people_write_them(text, minutes):
    span = parse_span(text, "response")
    assert span == timedelta(minutes=minutes)
    assert parse_span(write_span(span), "response") == span


@pytest.mark.parametrize("given", ["", "h", "2d", "4", 4, None, "0h", "-1h", "999999999h"])
def test_anything_else_is_refused(given):
    with pytest.raises(ConfigurationError, match=r"response=.*expected business hours"):
        parse_span(given, "response")
