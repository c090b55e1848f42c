import threading

from training.worker.chores import Chores


def test_a_chore_that_fails_stops_neither_the_others_nor_itself():
    done, stop = [], threading.Event()

    def broken():
        done.append("broken")
        raise OSError("the database is away")

    def last():
        done.append("last")
        if len(done) >= 4:
            stop.set()

    thread = Chores([broken, last], every_s=0.0).start(stop)
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert done == ["broken", "last", "broken", "last"]
