"""Learning how long tickets take, which break their promise, and which are handed on."""
