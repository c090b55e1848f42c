"""Plans of people: work shared out, shifts, schedules; the formulas are in ``triage.staffing``."""
