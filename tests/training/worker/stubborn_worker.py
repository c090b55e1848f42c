"""A worker process for tests: its work never ends the first time and ends at once the second time.

Arguments: the store's URL, and a folder in which each beginning leaves a file.
"""

import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from training.worker.worker import Worker
from triage.store import open_store
from triage.store.runs import Run


def main(url: str, folder: Path) -> None:
    def work(run: Run, report: Callable[[str, float], None]) -> Mapping[str, Any]:
        (folder / f"{len(list(folder.iterdir()))}").touch()
        report("at work", 0.5)
        if len(list(folder.iterdir())) == 1:
            threading.Event().wait()
        return {"beginnings": len(list(folder.iterdir()))}

    Worker(open_store(url), {"train": work}).run(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
