"""Suspected incidents in the past: what would have been raised, and where the threshold lies."""
