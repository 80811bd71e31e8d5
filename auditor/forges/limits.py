"""How a forge says "not so fast", and how long it wants to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_WORDS = ("rate limit", "ratelimit", "too many requests", "abuse", "secondary limit", "retry later")
_OTHERWISE = 60.0
_LONGEST = 366 * 86_400.0


def is_limit(status: int, headers: Mapping[str, str], words: str) -> bool:
    """Whether an answer is a limit: 429; 403 that says so; 422 that calls it abuse."""
    said = words.casefold()
    if status == 429:
        return True
    if status == 403:
        spent = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining", "")).strip() == "0"
        return spent or "retry-after" in headers or any(w in said for w in _WORDS)
    return status == 422 and "abuse" in said


def seconds_to_wait(headers: Mapping[str, str], now: float) -> float:
    """Seconds to wait: `Retry-After`, else until the limit's reset, else a minute. `now` is seconds since 1970."""
    asked = retry_after(headers, now)
    if asked is not None:
        return asked
    for name in ("x-ratelimit-reset", "ratelimit-reset"):
        reset = _number(headers.get(name, ""))
        if reset is not None:
            # Some give the moment, some the seconds until then; no forge's window began before 2001.
            return min(max(0.0, reset - now if reset > 1e9 else reset), _LONGEST)
    return _OTHERWISE


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """What `Retry-After` asks for, given in seconds or as a date; None where it is absent or makes no sense."""
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    if seconds is None and text:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return None if seconds is None else min(max(0.0, seconds), _LONGEST)


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
