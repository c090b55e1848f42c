"""Small tables written to files, for the tests of this folder."""

import json
from collections.abc import Iterable
from pathlib import Path

HEADER = "ticket_id,created_at,subject,body,category"


def write_csv(path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return path


def write_jsonl(path: Path, rows: Iterable[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def row(number: int, **changes: object) -> dict:
    return {
        "ticket_id": f"T-{number}",
        "created_at": f"2026-03-{number % 28 + 1:02d}T08:00:00Z",
        "subject": f"Printer {number}",
        "body": "It jams.",
        "category": "printer" if number % 2 else "network",
        **changes,
    }
