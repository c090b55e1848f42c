"""The type of a short text that may be encrypted: without a length, since the envelope is longer."""

from sqlalchemy import String, Text
from sqlalchemy.types import TypeEngine

__all__ = ["sealed_text"]


def sealed_text(length: int) -> TypeEngine[str]:
    """Return the type of a text of so many characters; doors hold it to that, not the database.

    SQLite keeps the length that its tables were made with, and heeds none.
    """
    return Text().with_variant(String(length), "sqlite")
