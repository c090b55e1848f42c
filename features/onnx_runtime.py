"""The library that runs compiled encoders, with its calls home switched off. Does not run anything."""

import os
from typing import Any

__all__ = ["load_onnxruntime"]


def load_onnxruntime() -> Any:
    """Import onnxruntime without its telemetry.

    The official build for Linux uploads events to Microsoft and keeps a device id below ``~/.cache``, from
    the moment of import on. ``ORT_DISABLE_TELEMETRY=1``, set before, stops all of it
    (microsoft/onnxruntime pull request 27379).

    Returns
    -------
    module
        ``onnxruntime``.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime
