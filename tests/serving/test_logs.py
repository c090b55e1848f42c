import json
import logging

from serving.logs import JsonLines


def test_a_record_is_one_line_of_json_whatever_it_says():
    record = logging.LogRecord("triage.x", logging.INFO, "f", 1, "one\ntwo \x1b[31m %s", ("ü",), None)
    line = JsonLines().format(record)
    assert "\n" not in line and "\x1b" not in line
    assert json.loads(line)["message"] == "one\ntwo \x1b[31m ü"


def test_an_exceptions_message_is_left_out():
    try:
        raise ValueError("secret")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    line = JsonLines().format(logging.LogRecord("x", logging.ERROR, "f", 1, "failed", None, info))
    assert json.loads(line)["error"] == "ValueError"
    assert "secret" not in line
