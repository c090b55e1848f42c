"""The heart of triage: what a ticket is and how a decision about it is made.

Reads as prose and knows no machine-learning or web framework. Numbers are made in ``features``,
models in ``training``, doors in ``serving``.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
