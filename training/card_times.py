"""What a model card says of times: the time to the solution, broken promises, tickets handed on.

Speaks from the manifest alone; the figures were measured by :mod:`training.sla` on held-out tickets.
"""

from collections.abc import Mapping
from typing import Any

from training.sla.told import NAMES, why_not

__all__ = ["card_times"]


def card_times(foresight: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Any] | None:
    """Return what the page shows of learnt times; None for a bundle that knows of none.

    Parameters
    ----------
    foresight : Mapping or None
        As :func:`training.sla.learn_foresight.learn_foresight` reports it, from the manifest.

    Returns
    -------
    dict or None
        ``time``, None where nothing was learnt of it; ``risks``; ``reasons``, why a part was not learnt;
        ``verdicts``, each ``good`` or not, with a ``text``.
    """
    if not foresight:
        return None
    parts = {"time": "time to the solution"} | {
        name: f"probability of {called}" for name, called in NAMES.items()
    }
    time = foresight["time"] if "reason" not in foresight["time"] else None
    risks = [
        {"name": name, "called": called, **foresight[name]}
        for name, called in NAMES.items()
        if "reason" not in foresight[name]
    ]
    return {
        "time": time,
        "risks": risks,
        "reasons": [f"{called}: {reason}" for called, reason in why_not(foresight, parts)],
        "verdicts": [*([] if time is None else [_of_time(time)]), *map(_of_risk, risks)],
    }


def _of_time(time: Mapping[str, Any]) -> dict[str, Any]:
    ours, same = time["pinball_hours"], time["pinball_hours_same_for_all"]
    text = f"Times: a mean loss of {ours:.1f} hours, {same:.1f} if every ticket were told the same times."
    return {"good": ours < same, "text": text}


def _of_risk(risk: Mapping[str, Any]) -> dict[str, Any]:
    error, band = risk["calibration_error"], risk["calibration_null_95"]
    says = "as often as they say" if error <= band else "not quite as often as they say"
    return {
        "good": bool(error <= band and risk["log_loss"] < risk["log_loss_same_for_all"]),
        "text": f"Probabilities of {risk['called']} came true {says}: calibration error {error:.3f}, chance "
        f"alone stays below {band:.3f}.",
    }
