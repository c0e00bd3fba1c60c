"""The life of one service as a state machine; time, processes and tasks come from outside."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.errors import HeadwaterError
from headwater.stack.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.stack.process import Child, Spawner
    from headwater.stack.service import Service
    from headwater.stack.tasks import Task, Tasks

BACKOFF_FIRST, BACKOFF_CAP = 1.0, 30.0
HEALTHY_AFTER = 60.0  # seconds of being ready after which earlier failures are forgiven
FAILED_AFTER = 5  # failures in a row
PROBE_INTERVAL = 0.25


@dataclass(frozen=True)
class Change:
    """A service changed its state."""

    service: str
    state: State
    message: str = ""


class Machine:
    """One service: `step` moves it on, `stop` and `restart` are requests."""

    def __init__(
        self,
        service: Service,
        spawner: Spawner,
        tasks: Tasks,
        changed: Callable[[Change], None],
        describe_exit: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.service = service
        self.state = State.WAITING
        self.child: Child | None = None
        self.restarts = 0
        self.message = ""
        self.was_ready = False
        self._spawner, self._tasks, self._changed = spawner, tasks, changed
        self._describe_exit = describe_exit
        self._failures = 0
        self._preparing: Task[None] | None = None
        self._probing: Task[bool] | None = None
        self._at = 0.0  # of the last change of state
        self._next = 0.0  # when to probe or start again
        self._again = False  # start again after the stop

    @property
    def settled(self) -> bool:
        """It is stopped, and nothing of it runs."""
        return self.state is State.STOPPED

    def step(self, now: float, *, may_start: bool) -> None:
        """Do whatever is due."""
        if self.state is State.WAITING and may_start:
            self._prepare(now)
        elif self.state in {State.RESTARTING, State.FAILED} and now >= self._next:
            self._enter(State.WAITING, now, self.message, told=True)
        elif self.state is State.STARTING:
            self._step_starting(now)
        elif self.state is State.READY:
            self._step_ready(now)
        elif self.state is State.STOPPING:
            self._step_stopping(now)

    def stop(self, now: float, *, again: bool = False) -> None:
        """Ask it to end; with `again`, to start anew afterwards."""
        self._again = again
        if self.state in {State.STOPPING, State.STOPPED}:
            return
        if self.child is not None:
            self.child.terminate()
        self._enter(State.STOPPING, now)

    def kill(self) -> None:
        """End its processes at once."""
        if self.child is not None:
            self.child.kill()

    def _prepare(self, now: float) -> None:
        self._preparing = self._tasks.start(self.service.prepare)
        self._enter(State.STARTING, now)

    def _step_starting(self, now: float) -> None:
        if self._preparing is not None:
            self._step_preparing(now)
        elif self._ended(now):
            return
        elif self._probe_says_ready(now):
            self.was_ready = True
            self._enter(State.READY, now)
        elif now - self._at > self.service.start_timeout:
            self.kill()
            self._next = now  # its end is noticed in the next step

    def _step_preparing(self, now: float) -> None:
        if self._preparing is None or not self._preparing.done():
            return
        task, self._preparing = self._preparing, None
        try:
            task.result()
            self.child = self._spawner.spawn(self.service)
        except HeadwaterError as error:
            self._fail(now, str(error))
        except Exception as error:  # noqa: BLE001 - one service must not end the supervisor
            self._fail(now, f"cannot be prepared: {type(error).__name__}: {error}")
        else:
            self._at = self._next = now
            self._changed(Change(self.service.name, self.state, f"pid {self.child.pid}"))

    def _probe_says_ready(self, now: float) -> bool:
        if self._probing is None:
            if now >= self._next:
                self._probing = self._tasks.start(self.service.probe)
            return False
        if not self._probing.done():
            return False
        task, self._probing = self._probing, None
        self._next = now + PROBE_INTERVAL
        try:
            return task.result()
        except Exception as error:  # noqa: BLE001 - not answering is what a probe is there to see
            self.message = f"not ready: {error}"[:200]
            return False

    def _step_ready(self, now: float) -> None:
        if not self._ended(now) and now - self._at > HEALTHY_AFTER:
            self._failures = 0

    def _step_stopping(self, now: float) -> None:
        if self._preparing is not None and not self._preparing.done():
            return
        self._preparing = None
        if self.child is not None and self.child.poll() is None:
            if now - self._at > self.service.stop_grace:
                self.child.kill()
            return
        self.child = self._probing = None
        self._failures = 0
        self._enter(State.WAITING if self._again else State.STOPPED, now)

    def _ended(self, now: float) -> bool:
        code = self.child.poll() if self.child is not None else 0
        if code is None:
            return False
        was = "while ready" if self.state is State.READY else "before it was ready"
        late = now - self._at > self.service.start_timeout and self.state is State.STARTING
        if late:
            what = f"did not answer within {self.service.start_timeout:.0f} s"
        elif code < 0:
            self._fail(now, f"killed by {signal.Signals(-code).name} {was}")
            return True
        else:
            what = f"ended with {code} {was}"
        self._fail(now, f"{what}; {self._describe_exit(self.service.name)}".rstrip("; "))
        return True

    def _fail(self, now: float, message: str) -> None:
        self.child = self._probing = None
        self._failures += 1
        self.restarts += 1
        delay = min(BACKOFF_CAP, BACKOFF_FIRST * 2 ** (self._failures - 1))
        self._next = now + delay
        state = State.FAILED if self._failures >= FAILED_AFTER else State.RESTARTING
        self._enter(state, now, f"{message} (again in {delay:.0f} s)")

    def _enter(self, state: State, now: float, message: str = "", *, told: bool = False) -> None:
        self.state, self.message, self._at = state, message, now
        self._changed(Change(self.service.name, state, "" if told else message))
