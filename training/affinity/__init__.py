"""Learns how much each sign of affinity counts, walking a history forward in time."""
