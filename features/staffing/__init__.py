"""Plans of people: work shared out among teams, shifts, schedules; the formulas are in ``triage.staffing``."""
