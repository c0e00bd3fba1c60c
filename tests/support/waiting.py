"""Waiting for a condition with a deadline, never for a guessed time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


def until(
    probe: Callable[[], Value],
    what: str,
    timeout: float = 120,
    pause: float = 0.5,
    forgive: tuple[type[Exception], ...] = (),
) -> Value:
    """Call `probe` until it returns something true; fail with its last value or error."""
    deadline = time.monotonic() + timeout
    last: object = None
    while time.monotonic() < deadline:
        try:
            value = probe()
        except forgive as error:
            last = error
        else:
            if value:
                return value
            last = value
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {timeout:.0f} s; last seen: {last!r}")
