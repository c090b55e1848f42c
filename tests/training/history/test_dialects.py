# ruff: noqa: E501  (the headers stand as the vendors write them)
"""One small export per helpdesk, its header as the vendor writes it, its most urgent value on our top."""

from pathlib import Path

import pytest

from training.history import read_history
from training.history.dialects import find_dialect

ZENDESK = (
    "Summation column,Id,Requester,Requester id,Requester email,Requester domain,Assignee,Group,Subject,Tags,"
    "Status,Priority,Via,Ticket type,Created at,Organization,Solved at,Reopens\n"
    "1,77,Ann,9001,ann@example.org,example.org,ada,Network,VPN down,intent__vpn vip,Solved,Urgent,Mail,Incident,"
    "2026-01-02 03:04:05 +0100,ACME,2026-01-03 03:04:05 +0100,1\n"
    "1,78,Ann,9001,ann@example.org,example.org,-,-,Mouse,,Open,Low,Web,-,2026-01-04 03:04:05 +0100,ACME,,0\n"
)
FRESHDESK = (
    "Ticket ID,Subject,Description,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,"
    "Closed time,Last update time,Initial response time,First response time (in hrs),Resolution time (in hrs),"
    "Tags,Product\n"
    '77,VPN down,"It drops\nevery hour.",Closed,Urgent,Email,Incident,ada,Network,2026-01-02 03:04:05,,'
    "2026-01-03 03:04:05,,2026-01-03 03:04:05,2026-01-02 04:04:05,01:00:00,24:00:00,vip,Mail\n"
    "78,Mouse,,Open,Low,2,,No Agent,No Group,2026-01-04 03:04:05,,,,,,,,,Mail\n"
)
FRESHSERVICE = (
    "Subject,Type,Status,Urgency,Impact,Priority,Group,Agent,Company,Description,Category,Sub-Category,Item,Source,"
    "Resolution Note,Requester Location,Requester VIP,Ticket Id,Created Time,Resolved Time,Closed Time,"
    "Initial Response Time\n"
    "VPN down,Incident,Closed,High,High,Urgent,Network,ada,ACME,It drops.,Network,VPN,,Email,Restarted it.,Bonn,"
    "true,INC-77,2026-01-02 03:04:05,2026-01-03 03:04:05,2026-01-04 03:04:05,2026-01-02 04:04:05\n"
    "Mouse,Incident,Open,Low,Low,Low,No Group,No Agent,ACME,,Hardware,,,Portal,,Bonn,false,INC-78,"
    "2026-01-04 03:04:05,,,\n"
)
JIRA = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Assignee,Reporter,Created,Resolved,"
    "Description,Environment,Component/s,Component/s,Labels,Labels\n"
    "VPN down,OPS-77,10077,Bug,Done,OPS,Highest,ada,ann,02/Jan/26 3:04 AM,03/Jan/26 5:00 PM,It drops.,Linux,,VPN,a,b\n"
    "Mouse,OPS-78,10078,Bug,Open,OPS,Lowest,,ann,04/Jan/26 3:04 AM,,,,Desk,,,\n"
)
SERVICENOW = (
    "number,sys_id,opened_at,short_description,description,category,subcategory,impact,urgency,priority,"
    "assignment_group,assigned_to,caller_id,contact_type,state,resolved_at,close_notes,reopen_count,"
    "reassignment_count,location\n"
    "INC0077,a1,2026-01-02 03:04:05,VPN down,It drops.,Network,VPN,1 - High,1 - High,1 - Critical,Network ,ada,ann,"
    "Phone,Closed,2026-01-03 03:04:05,Restarted it.,1,2,Bonn\n"
    "INC0078,a2,2026-01-04 03:04:05,Mouse,,Hardware,,3 - Low,3 - Low,5 - Planning,,,ann,Phone,New,,,0,0,Bonn\n"
)
SERVICENOW_LABELS = (
    "Number,Opened,Short description,Caller,Priority,State,Category,Assignment group,Assigned to\n"
    "INC0077,2026-01-02 03:04:05,VPN down,ann,1 - Critical,Closed,Network,Network,ada\n"
    "INC0078,2026-01-04 03:04:05,Mouse,ann,4 - Low,New,Hardware,,\n"
)
EXPORTS = {
    "zendesk": ZENDESK,
    "freshdesk": FRESHDESK,
    "freshservice": FRESHSERVICE,
    "jira": JIRA,
    "servicenow": SERVICENOW,
    "servicenow labels": SERVICENOW_LABELS,
}


@pytest.fixture(params=EXPORTS, ids=lambda name: name.replace(" ", "-"))
def export(request, tmp_path) -> tuple[str, Path]:
    path = tmp_path / "export.csv"
    path.write_text(EXPORTS[request.param])
    return request.param.split()[0], path


def test_an_export_is_recognised_by_its_header_and_read(export):
    helpdesk, path = export
    read = read_history(path)
    assert read.summary.mapping == helpdesk
    assert f"read as an export of {helpdesk} (built-in mapping)" in read.summary.notes
    assert (read.summary.accepted, read.summary.rejected) == (2, 0)


def test_the_most_and_the_least_urgent_value_land_on_the_ends_of_our_scale(export):
    _, path = export
    assert [past.labels["priority"] for past in read_history(path).tickets] == ["urgent", "low"]


def test_team_and_assignee_are_labels_and_nobody_is_missing(export):
    _, path = export
    first, second = read_history(path).tickets
    assert first.labels["assignee"] == "ada"
    assert first.labels.get("team", "Network") == "Network"
    assert "assignee" not in second.labels
    assert "team" not in second.labels


def test_what_stands_in_an_export_at_its_end_is_not_taken_for_known_at_filing(export):
    _, path = export
    for past in read_history(path).tickets:
        assert past.ticket.tags == ()
        assert not any(value in repr(past.ticket) for value in ("ada", "Restarted", "intent__"))


def test_of_repeated_jira_columns_the_first_that_has_a_value_is_taken(tmp_path):
    path = tmp_path / "jira.csv"
    path.write_text(JIRA)
    assert [past.labels["category"] for past in read_history(path).tickets] == ["VPN", "Desk"]


@pytest.mark.parametrize("header", [[], ["ticket_id", "created_at"], ["Ticket ID"], ["Summary"]])
def test_other_headers_are_nobodys(header):
    assert find_dialect(header) is None


def test_a_table_in_our_own_words_is_not_taken_for_an_export(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("ticket_id,created_at,subject,short_description\n1,2026-01-01,a,b\n")
    assert read_history(path).summary.mapping is None


def test_a_row_count_at_a_known_limit_is_noted(tmp_path):
    path = tmp_path / "jira.csv"
    line = "Mouse,OPS-{},1,Bug,Open,OPS,Low,,ann,04/Jan/26 3:04 AM,,,,,,,\n"
    path.write_text(JIRA.splitlines(keepends=True)[0] + "".join(line.format(n) for n in range(1000)))
    assert any("cut at its limit" in note for note in read_history(path).summary.notes)
