"""Spikes of volume: expected days ahead, and bursts that are going on.

``baseline`` says how many tickets an hour usually brings, ``burst`` when there are improbably many,
``budget`` how improbable they must be for the planner's number of alerts a month, ``watch`` puts a
helpdesk's series together, ``ahead`` reads a forecast for days that will stand out, ``capacity`` holds the
work ahead against schedules, ``alert`` is what people see of either.
"""
