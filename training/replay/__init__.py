"""Replay: decides the tickets of a history one by one, each with what was known when it was filed."""
