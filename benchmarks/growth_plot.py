"""Shows how costs grow: in text for every terminal, as SVG where matplotlib is installed."""

import math
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["draw", "exponent", "show"]

WIDTH = 40


def exponent(costs: Mapping[int, float]) -> float:
    """Return the slope between the two largest sizes on logarithmic axes; 1 is proportional."""
    (small, before), (large, after) = list(costs.items())[-2:]
    return math.log(after / before) / math.log(large / small)


def show(name: str, costs: Mapping[int, float]) -> None:
    """Print sizes, milliseconds and bars (logarithmic, a tenth of a millisecond at the left)."""
    print(f"\n{name}: exponent {exponent(costs):.2f}")
    for size, cost in costs.items():
        bar = "█" * max(1, round(WIDTH / 5 * (math.log10(max(cost, 0.001)) + 1)))
        print(f"{size:>10,} {cost:>10.3f} ms  {bar}", flush=True)


def draw(found: Mapping[str, Mapping[int, float]], path: Path) -> None:
    """Draw one curve each, logarithmic on both axes, beside a line of exponent 1."""
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for name, costs in found.items():
        axes.plot(list(costs), list(costs.values()), marker="o", label=f"{name} ({exponent(costs):.2f})")
    axes.plot([10, 100_000], [0.1, 1_000], linestyle=":", color="grey", label="in proportion (1)")
    axes.set(xscale="log", yscale="log", xlabel="how many", ylabel="processor ms a request")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
