import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from serving.api_keys import create_key
from serving.door import Door
from serving.lockout import MOST_PLACES, Lockout
from serving.passwords import Passwords
from serving.people import add_user
from serving.roles import Role
from triage.errors import TooManyRequestsError, UnauthenticatedError
from triage.store import Store
from triage.store.audit import AuditLog

pytestmark = pytest.mark.usefixtures("quick_refusal")

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_twenty_wrong_ones_lock_a_place_for_longer_and_longer():
    now = [0.0]
    lockout = Lockout(clock=lambda: now[0])
    for count in range(20):
        lockout.check("here")
        assert lockout.note_wrong("here") == (count == 19)
    with pytest.raises(TooManyRequestsError) as refused:
        lockout.check("here")
    assert 30 <= refused.value.retry_after_s <= 31
    lockout.check("elsewhere")
    now[0] = 30.1
    lockout.check("here")
    lockout.note_wrong("here")
    now[0] = 60.2
    with pytest.raises(TooManyRequestsError):
        lockout.check("here")
    now[0] = 91.0
    lockout.check("here")
    lockout.note_right("here")
    assert not lockout.note_wrong("here")


def test_wrong_ones_of_long_ago_are_forgotten():
    now = [0.0]
    lockout = Lockout(clock=lambda: now[0])
    for _ in range(19):
        lockout.note_wrong("here")
    now[0] = 1_000.0
    assert not lockout.note_wrong("here")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60), st.integers(1, 5))
def test_a_place_is_locked_exactly_after_so_many_wrong_ones_in_a_row(tries, allowed: int):
    lockout, counts = Lockout(allowed, clock=lambda: 0.0), dict.fromkeys("abc", 0)
    for place, is_right in tries:
        try:
            lockout.check(place)
            assert counts[place] < allowed
        except TooManyRequestsError:
            assert counts[place] >= allowed
            continue
        if is_right:
            lockout.note_right(place)
            counts[place] = 0
        else:
            lockout.note_wrong(place)
            counts[place] += 1


def test_memory_is_bounded():
    lockout = Lockout()
    for number in range(MOST_PLACES + 500):
        lockout.note_wrong(str(number))
    assert len(lockout._counts) == MOST_PLACES


@pytest.mark.parametrize("is_same_key", [True, False])
def test_whoever_guesses_keys_has_to_wait_after_twenty_wrong_ones(sqlite_store: Store, is_same_key: bool):
    token, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    door = Door(sqlite_store)
    for number in range(20):
        wrong = f"tk_{key.key_id}_{number}" if is_same_key else f"tk_{number:016x}_x"
        with pytest.raises(UnauthenticatedError):
            door.admit(wrong, "10.0.0.9")
    with pytest.raises(TooManyRequestsError):
        door.admit(token, "10.0.0.9")
    assert door.admit(token, "10.0.0.8").identity == key.key_id
    known, _ = create_key(sqlite_store, "acme", "known", Role.SERVICE)
    door = Door(sqlite_store, passwords=QUICK)
    door.admit(known, "10.0.0.9")
    for number in range(30):
        with pytest.raises((UnauthenticatedError, TooManyRequestsError)):
            door.admit(f"tk_{number:016x}_x", "10.0.0.9")
        with pytest.raises((UnauthenticatedError, TooManyRequestsError)):
            door.admit_person("nobody", "wrong password", None, "10.0.0.9")
    assert door.admit(known, "10.0.0.9").name == "known"  # Others behind the same proxy go on.
    with pytest.raises(UnauthenticatedError):  # Nothing carried is no guess.
        door.admit(None, "10.0.0.7")


def answers(door: Door, name: str, address: str, tries: int) -> list[str]:
    found = []
    for _ in range(tries):
        with pytest.raises((UnauthenticatedError, TooManyRequestsError)) as refused:
            door.admit_person(name, "wrong password", None, address)
        found.append(type(refused.value).__name__)
    return found


def test_whether_a_name_exists_does_not_show(sqlite_store: Store):
    add_user(sqlite_store, QUICK, "acme", "dana", Role.AGENT, "correct horse battery")
    door = Door(sqlite_store, passwords=QUICK)
    known, unknown = (answers(door, name, name, 22) for name in ("dana", "nobody"))
    assert known == unknown and known.index("TooManyRequestsError") == 20
    assert answers(door, "dana", "elsewhere", 1) == answers(door, "nobody", "elsewhere", 1)


def test_a_right_key_begins_the_count_of_its_address_anew(sqlite_store: Store):
    token, _ = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    door = Door(sqlite_store)
    for number in range(60):
        with pytest.raises(UnauthenticatedError):
            door.admit(f"tk_{number:016x}_x", "10.0.0.9")
        if number % 19 == 18:
            door.admit(token, "10.0.0.9")


def test_a_right_key_ends_no_wait(sqlite_store: Store):
    token, _ = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    door = Door(sqlite_store)
    door.admit(token, "10.0.0.9")
    for number in range(20):
        with pytest.raises(UnauthenticatedError):
            door.admit(f"tk_{number:016x}_x", "10.0.0.9")
    door.admit(token, "10.0.0.9")
    with pytest.raises(TooManyRequestsError):
        door.admit("tk_0_x", "10.0.0.9")


def test_wrong_passwords_and_what_locks_are_in_the_audit_log_and_cannot_fill_it(sqlite_store: Store):
    log = AuditLog(sqlite_store, b"k" * 32)
    add_user(sqlite_store, QUICK, "acme", "dana", Role.AGENT, "correct horse battery")
    _, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    door = Door(sqlite_store, passwords=QUICK, audit=log)
    for place in range(5):
        answers(door, "dana", f"10.0.0.{place}", 10)
        answers(door, "nobody", f"10.0.0.{place}", 5)
    for _ in range(30):
        with pytest.raises((UnauthenticatedError, TooManyRequestsError)):
            door.admit(f"tk_{key.key_id}_x", "10.0.1.1")
    told = [(one.entry.action, one.entry.object, one.entry.address) for one in log.read("acme")]
    assert told == [
        *[("fail_sign_in", "session", "10.0.0.0")] * 10,
        ("lock_out", "user/dana", "10.0.0.0"),
        ("lock_out", f"key/{key.key_id}", "10.0.1.1"),
    ]
    assert log.verify("acme").problem is None
