"""Doors: HTTP, console pages and the operator's terminal. Never fits a model."""
