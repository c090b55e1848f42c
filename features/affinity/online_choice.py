"""A softmax regression over people that takes one step for every ticket, and never stops."""

import numpy as np

__all__ = ["OnlineChoice"]


class OnlineChoice:
    """Stochastic gradient descent on the log-loss, one event at a time, with a constant rate.

    A constant rate forgets: what was true long ago has been overwritten, as it should where people come
    and go (Robbins and Monro 1951 would lower it, and freeze).

    Parameters
    ----------
    n_inputs : int
        Numbers that describe a ticket.
    rate : float
        Length of a step.
    """

    def __init__(self, n_inputs: int, rate: float) -> None:
        self._rate = rate
        self._weights = np.zeros((8, n_inputs))

    def learn(self, inputs: np.ndarray, person: int, n_people: int, weight: float = 1.0) -> None:
        """Step towards the person who had the ticket with these inputs, among so many people."""
        while n_people > len(self._weights):
            self._weights = np.concatenate([self._weights, np.zeros_like(self._weights)])
        error = np.exp(self.log_chances(inputs, n_people))
        error[person] -= 1.0
        self._weights[:n_people] -= np.outer(error, weight * self._rate * inputs)

    def log_chances(self, inputs: np.ndarray, n_people: int) -> np.ndarray:
        """Return the logarithm of each person's chance to have the ticket, of shape (n_people,)."""
        known = min(n_people, len(self._weights))
        scores = np.zeros(n_people)
        scores[:known] = self._weights[:known] @ inputs
        scores -= scores.max()
        return np.asarray(scores - np.log(np.exp(scores).sum()))
