"""Promises of time: when a ticket should be answered and solved, and what to do as the time runs out."""
