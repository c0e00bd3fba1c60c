"""Work beside the supervisor's loop: preparations and probes, which may block."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
Outcome_co = TypeVar("Outcome_co", covariant=True)


class Task(Protocol[Outcome_co]):
    """Something that runs."""

    def done(self) -> bool:
        """Whether it has ended."""

    def result(self) -> Outcome_co:
        """What it returned; raises what it raised."""


class Tasks(Protocol):
    """Starts work."""

    def start(self, work: Callable[[], Result]) -> Task[Result]:
        """Run it beside the loop."""


class _ThreadTask(Generic[Result]):
    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._result: list[Result] = []
        self._error: BaseException | None = None
        # A daemon, so that no hanging probe keeps the supervisor from ending.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is asked for
            self._error = error

    def done(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._result[0]


class ThreadTasks:
    """Each task in a thread of its own."""

    def start(self, work: Callable[[], Result]) -> Task[Result]:
        """See `Tasks`."""
        return _ThreadTask(work)
