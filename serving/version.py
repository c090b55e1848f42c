"""The version that the server says it is; the one of ``pyproject.toml``, which a test holds."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
