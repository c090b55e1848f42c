import io

from rich.console import Console

from training.cli.remaining import Remaining


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_goes_by_this_run_alone():
    clock = Clock()
    with Remaining(Console(file=io.StringIO()), "Deciding", clock) as remaining:
        assert remaining.left_s(0.5) is None
        remaining.begin(0.6)  # An earlier run had done so much.
        clock.now = 30.0
        assert round(remaining.left_s(0.7)) == 90
        remaining.begin(0.7)  # Only the first one counts.
        assert round(remaining.left_s(0.7)) == 90


def test_a_log_file_gets_a_line_a_minute():
    clock, told = Clock(), io.StringIO()
    with Remaining(Console(file=told), "Deciding", clock) as remaining:
        remaining.begin(0.0)
        for second in range(0, 130, 10):
            clock.now = float(second)
            remaining.tell(second / 200, 10 * second)
    lines = told.getvalue().splitlines()
    assert lines == [
        "Deciding: 30%, 600 tickets, about 2 min left",
        "Deciding: 60%, 1,200 tickets, about 80 s left",
    ]
