"""When a scan is due, under time zones, jitter, downtime and clocks that are set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.serve import schedule
from auditor.serve.schedule import Schedule

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTLY = Schedule("30 2 * * *", BERLIN)
HOURLY = Schedule("0 * * * *", ZoneInfo("UTC"))
HOUR, DAY, POLL = 3600, 86_400, 60


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    """A moment by the clock on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def scans(plan: Schedule, served: float, clock: Iterable[float]) -> list[float]:
    """When scans begin if these are the times that the clock shows, look after look."""
    found = []
    for now in clock:
        served = schedule.believed(plan, served, now)
        if schedule.due(plan, served) <= now:
            found.append(now)
            served = schedule.serve(plan, served, now)
    return found


def ticking(begin: float, seconds: float) -> list[float]:
    """A clock that is looked at every minute."""
    return [begin + n * POLL for n in range(int(seconds // POLL) + 1)]


def test_once_a_night() -> None:
    began = at("2026-06-01 12:00")
    assert scans(NIGHTLY, began, ticking(began, 3 * DAY)) == [at(f"2026-06-0{n} 02:30") for n in (2, 3, 4)]


def test_nothing_of_a_new_schedule_was_missed() -> None:
    began = at("2026-06-01 12:00")
    assert scans(NIGHTLY, began, ticking(began, 14 * HOUR)) == []


@pytest.mark.parametrize("down", [3, 40 * 24])
def test_what_was_missed_is_made_up_for_once(down: int) -> None:
    """For three hours of the night, or for forty days."""
    served = at("2026-06-01 02:30")
    back = at("2026-06-02 01:00") + down * HOUR
    found = scans(NIGHTLY, served, ticking(back, DAY))
    assert found[0] == back
    assert len(found) == 2


def test_a_sleeping_machine_makes_up_for_it_when_it_wakes() -> None:
    evening, morning = at("2026-06-01 22:00"), at("2026-06-02 08:00")
    clock = [*ticking(evening, HOUR), *ticking(morning, HOUR)]
    assert scans(NIGHTLY, at("2026-06-01 02:30"), clock) == [morning]


@pytest.mark.parametrize("back", [20, 600, 90 * 60])
def test_a_clock_set_back_over_a_slot_does_not_serve_it_twice(back: int) -> None:
    slot = at("2026-06-02 02:30")
    clock = [*ticking(slot - 60, 120), *ticking(slot + 60 - back, 2 * DAY)]
    found = scans(NIGHTLY, at("2026-06-01 02:30"), clock)
    assert [NIGHTLY.latest(f) for f in found] == [slot, slot + DAY, slot + 2 * DAY][: len(found)]
    assert len(found) == (3 if back < 60 else 2)


def test_a_clock_that_was_years_ahead_does_not_lose_the_years() -> None:
    """It ran at 2030 for a night, and was then put right."""
    wrong, right = at("2030-01-01 00:00"), at("2026-06-01 00:00")
    clock = [*ticking(wrong, 4 * HOUR), *ticking(right, 2 * DAY)]
    assert scans(NIGHTLY, wrong, clock) == [
        at("2030-01-01 02:30"), at("2026-06-01 02:30"), at("2026-06-02 02:30"),
    ]  # fmt: skip


def test_a_clock_that_began_in_1970_scans_once_when_it_is_put_right() -> None:
    right = at("2026-06-01 12:00")
    assert scans(NIGHTLY, 5.0, [5.0, 20.0, *ticking(right, 10 * HOUR)]) == [right]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(60, 5 * HOUR), st.integers(-50 * 60, 50 * 60)), min_size=1, max_size=5))
def test_small_jumps_neither_double_nor_lose(stretches: list[tuple[int, int]]) -> None:
    """Stretches of a running clock, with jumps of less than a slot between them."""
    now = at("2026-06-01 00:10", ZoneInfo("UTC"))
    clock: list[float] = []
    for seconds, jump in stretches:
        clock += ticking(now, seconds)
        now = clock[-1] + jump
        # Together they may set it back by more: then the schedule begins anew, which is another test's.
        assume(max(clock) - now < HOUR)
    found = scans(HOURLY, clock[0], clock)
    slots = [HOURLY.latest(f) for f in found]
    assert all(a < b for a, b in pairwise(slots)), "a slot was served twice"
    for before, after in pairwise(clock):
        slot = HOURLY.latest(after)
        if clock[0] < slot and before < slot:
            assert slot in slots, "a slot was lost"


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(60, 9 * HOUR), st.integers(-400 * DAY, 400 * DAY)), min_size=1, max_size=5))
def test_no_jump_silences_the_schedule(stretches: list[tuple[int, int]]) -> None:
    """Whatever was done to the clock: once it runs for two hours on end, there has been a scan in them."""
    now = at("2026-06-01 00:10", ZoneInfo("UTC"))
    clock: list[float] = []
    for seconds, jump in stretches:
        clock += ticking(now, seconds)
        now = clock[-1] + jump
    quiet = ticking(now, 2 * HOUR)
    assert [f for f in scans(HOURLY, clock[0], [*clock, *quiet])[-3:] if f in quiet]


def test_spring_and_autumn() -> None:
    """02:30 does not exist on one day and comes twice on another: one scan each."""
    spring, autumn = at("2026-03-28 12:00"), at("2026-10-24 12:00")
    assert scans(NIGHTLY, spring, ticking(spring, DAY)) == [at("2026-03-29 03:00")]
    assert scans(NIGHTLY, autumn, ticking(autumn, DAY)) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()]
    second_time = datetime(2026, 10, 25, 1, 10, tzinfo=UTC).timestamp()
    assert NIGHTLY.after(second_time) == at("2026-10-26 02:30")


EXPRESSIONS = ("30 2 * * *", "*/7 * * * *", "0 0 1 * *", "15 1-3 * * 0", "0 6 * * 1-5")
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")
MOMENTS = st.integers(
    int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
)


@given(st.sampled_from(EXPRESSIONS), st.sampled_from(ZONES), MOMENTS)
def test_before_and_after_agree(expression: str, zone: str, moment: int) -> None:
    plan = Schedule(expression, ZoneInfo(zone))
    before, after = plan.latest(moment), plan.after(moment)
    assert before <= moment < after
    assert plan.latest(after) == after
    assert plan.after(before) <= after


def test_jitter_is_spread_and_the_same_after_a_restart() -> None:
    plans = [Schedule("30 2 * * *", BERLIN, 600, seed) for seed in map(str, range(50))]
    slot = at("2026-06-02 02:30")
    offsets = [plan.start(slot) - slot for plan in plans]
    assert all(0 <= o < 600 for o in offsets)
    assert len({int(o) for o in offsets}) > 40
    assert offsets == [plan.start(slot) - slot for plan in plans]
    assert plans[0].start(slot) - slot != plans[0].start(slot + DAY) - slot - DAY


def test_jitter_serves_each_slot_once() -> None:
    plan = Schedule("0 * * * *", ZoneInfo("UTC"), 1800, "x")
    began = at("2026-06-01 00:10", ZoneInfo("UTC"))
    found = scans(plan, began, ticking(began, DAY))
    assert len(found) in (23, 24)
    assert len({plan.latest(f) for f in found}) == len(found)


@pytest.mark.parametrize(
    ("expression", "zone", "said"),
    [
        ("30 2 * *", "UTC", "five fields"),
        ("0 30 2 * * *", "UTC", "five fields"),
        ("@daily", "UTC", "five fields"),
        ("61 2 * * *", "UTC", "bad minute"),
        ("0 2 31 2 *", "UTC", "bad day-of-month"),
        ("0 2 29 2 1#6", "UTC", "bad day-of-week"),
        ("* * * * *", "Europe/Nowhere", "no time zone"),
        ("* * * * *", "../../etc/passwd", "no time zone"),
        ("* * * * *", "Europe", "no time zone"),
        ("* * * * *", "", "no time zone"),
    ],
)
def test_what_is_no_schedule(expression: str, zone: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        schedule.parse(expression, zone, 0, "")


def test_a_usable_schedule() -> None:
    assert timedelta(seconds=schedule.parse("0 2 29 2 *", "UTC", 0, "").after(0)).days == 789
