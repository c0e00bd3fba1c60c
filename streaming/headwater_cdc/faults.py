"""Named points at which a test may kill the job, as a power cut would.

`HEADWATER_CRASH_AT=after_commit` kills at the first passage, `after_commit:3` at the third. A file
named by `HEADWATER_CRASH_FILE` does the same to a running job: its content is the point's name,
and it is removed as it is obeyed. Without these variables a point costs one look-up.

before_commit   a batch is decoded, nothing is written
mid_commit      the commit has begun; `HEADWATER_CRASH_DELAY_MS` (150) later it is cut off
after_commit    the commit is complete, the next batch is not yet read
mid_upkeep      a table is compacted, cleaned, archived; cut off like a commit
mid_snapshot    the snapshot's last rows are applied, what vanished is not yet removed
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

POINTS = ("before_commit", "mid_commit", "after_commit", "mid_upkeep", "mid_snapshot")
EXIT_CODE = 137

_passed: dict[str, int] = {}
_victims: list[int] = []


def arm(jvm_pid: int) -> None:
    """Name the JVM that dies with us."""
    _victims[:] = [jvm_pid]


def reach(point: str) -> None:
    """Pass the point, or die there."""
    if _wanted(point):
        _die()


@contextmanager
def during(point: str) -> Iterator[None]:
    """Pass through, or die some milliseconds after the beginning."""
    if not _wanted(point):
        yield
        return
    delay = int(os.environ.get("HEADWATER_CRASH_DELAY_MS", "150")) / 1000
    threading.Timer(delay, _die).start()
    yield
    threading.Event().wait()  # a write that was quicker than the delay must not be reported


def _wanted(point: str) -> bool:
    _passed[point] = _passed.get(point, 0) + 1
    name, _, count = os.environ.get("HEADWATER_CRASH_AT", "").partition(":")
    if name == point and _passed[point] == int(count or 1):
        return True
    trigger = os.environ.get("HEADWATER_CRASH_FILE", "")
    if not trigger or not Path(trigger).exists():
        return False
    if Path(trigger).read_text().strip() != point:
        return False
    Path(trigger).unlink()
    return True


def _die() -> None:
    for pid in _victims:
        os.kill(pid, signal.SIGKILL)
    os._exit(EXIT_CODE)
