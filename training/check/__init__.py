"""A look at a history before anything is trained: what is wrong with it, and what it can teach."""

from training.check.finding import Finding
from training.check.report import capped, check_history

__all__ = ["Finding", "capped", "check_history"]
