"""Simulates live queues, first come first served, for benchmarks/staffing.py to hold formulas against."""

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage.staffing.erlang_a import erlang_a
from triage.staffing.erlang_c import erlang_c

__all__ = ["ARRIVALS", "QUEUES", "Simulated", "formulas", "simulate"]

Array = NDArray[np.float64]
ARRIVALS = 400_000
QUEUES = (
    ("C", 10.0, 14, 180.0, 20.0, None),
    ("C", 20.0, 25, 300.0, 20.0, None),
    ("A", 10.0, 12, 180.0, 20.0, 300.0),
    ("A", 10.0, 9, 180.0, 20.0, 120.0),
)
"""Model, load, agents, handle time, time promised and patience in seconds."""


class Simulated(NamedTuple):
    """What a simulated queue did: mean and standard error of answered in time, given up, wait in seconds."""

    service_level: tuple[float, float]
    abandoned: tuple[float, float]
    wait_s: tuple[float, float]


def simulate(
    load: float,
    agents: int,
    handle_s: float,
    within_s: float,
    patience_s: float | None,
    *,
    arrivals: int,
    seed: int,
    batches: int = 50,
) -> Simulated:
    """Simulate a queue, first come first served; standard errors are those of batch means."""
    draw = np.random.default_rng(seed)
    gaps = draw.exponential(handle_s / load, arrivals)
    services = draw.exponential(handle_s, arrivals)
    patience = np.full(arrivals, np.inf) if patience_s is None else draw.exponential(patience_s, arrivals)
    free = [0.0] * agents
    heapq.heapify(free)
    now = 0.0
    waits, lost = np.empty(arrivals), np.zeros(arrivals, dtype=bool)
    draws = zip(gaps.tolist(), services.tolist(), patience.tolist(), strict=True)
    for i, (gap, service, bears) in enumerate(draws):
        now += gap
        wait = max(0.0, free[0] - now)
        if wait > bears:
            waits[i], lost[i] = bears, True
        else:
            heapq.heapreplace(free, max(now, free[0]) + service)
            waits[i] = wait
    served = (~lost & (waits <= within_s)).astype(float)
    return Simulated(*(_batched(one, batches) for one in (served, lost.astype(float), waits)))


def _batched(values: Array, batches: int) -> tuple[float, float]:
    warm = len(values) // 100
    means = np.array([part.mean() for part in np.array_split(values[warm:], batches)])
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(batches))


def formulas(arrivals: int) -> list[dict[str, object]]:
    """Set formulas beside simulations."""
    rows: list[dict[str, object]] = []
    head = f"{'':3}{'A':>4}{'N':>4}{'patience':>9}  {'measure':<15}"
    print(head + f"{'formula':>9}{'simulated':>10}{'s.e.':>8}{'off':>7}")
    for seed, (model, load, agents, handle_s, within_s, patience_s) in enumerate(QUEUES):
        if patience_s is None:
            exact = erlang_c(load, agents, handle_s=handle_s, within_s=within_s)
        else:
            exact = erlang_a(load, agents, handle_s=handle_s, within_s=within_s, patience_s=patience_s)
        seen = simulate(load, agents, handle_s, within_s, patience_s, arrivals=arrivals, seed=seed)
        for name, formula, (mean, error) in (
            ("answered in T", exact.service_level, seen.service_level),
            ("gave up", exact.abandoned, seen.abandoned),
            ("mean wait, s", exact.mean_wait_s, seen.wait_s),
        ):
            off = (mean - formula) / error if error else 0.0
            print(
                f"{model:3}{load:>4.0f}{agents:>4}{patience_s or 0:>9.0f}  "
                f"{name:<15}{formula:>9.4f}{mean:>10.4f}"
                f"{error:>8.4f}{off:>7.1f}"
            )
            row = {"model": model, "load": load, "agents": agents, "patience_s": patience_s, "measure": name}
            figures = {"formula": formula, "simulated": mean, "standard_error": error}
            rows.append(row | {key: round(value, 5) for key, value in figures.items()})
    return rows
