"""Reaching a running stack from another process: stop, restart, start detached, wait.

A restart is a file in `<data>/run/restart/` that the supervisor takes away when it acts on it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from headwater.errors import ServiceError
from headwater.project import DataDir
from headwater.stack import records, state
from headwater.stack.process import rotate
from headwater.stack.state import Phase, StackState

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "restart"
POLL = 0.1
_Handler = Callable[[int, FrameType | None], None]


@dataclass(frozen=True)
class Patience:
    """Time and waiting, as tests replace them."""

    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep

    def until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Poll until something happened or the time is over."""
        deadline = self.clock() + seconds
        while not happened():
            if self.clock() >= deadline:
                return False
            self.wait(POLL)
        return True


def stop_running(data_dir: Path, *, patience: Patience | None = None) -> str:
    """Stop the stack of a data folder, orphans included; says in a few words what was done."""
    patience = patience or Patience()
    pid = records.supervisor_pid(data_dir)
    if pid is None:
        swept = records.sweep(data_dir)
        state.mark_stopped(data_dir)
        return f"stopped {swept} processes left by a killed supervisor" if swept else "was not up"
    known = state.read(data_dir)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    limit = (known.stop_limit if known else 60.0) + 5.0
    if patience.until(lambda: records.supervisor_pid(data_dir) is None, limit):
        return "stopped"
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    swept = records.sweep(data_dir)
    state.mark_stopped(data_dir)
    return f"killed the supervisor after {limit:.0f} s, and {swept} processes"


def request_restart(
    data_dir: Path, name: str, *, seconds: float = 120.0, patience: Patience | None = None
) -> None:
    """Have the supervisor restart a service; returns when it is ready again."""
    patience = patience or Patience()
    known = running(data_dir)
    if name not in known.services:
        raise ServiceError(
            f"there is no service {name!r} in this stack",
            remedy=f"one of {', '.join(sorted(known.services))}",
        )
    old = known.services[name].pid
    request = DataDir(data_dir).run / FOLDER / name
    request.parent.mkdir(exist_ok=True)
    request.touch()

    def again() -> bool:
        now = running(data_dir).services[name]
        return now.state is state.State.READY and now.pid != old and not request.exists()

    if not patience.until(again, seconds):
        raise ServiceError(
            f"{name} is not ready {seconds:.0f} s after its restart",
            remedy=f"`headwater logs {name}` shows why",
        )


def running(data_dir: Path) -> StackState:
    """The state of a stack that is up; a ServiceError otherwise."""
    known = state.read(data_dir)
    if known is None or records.supervisor_pid(data_dir) is None:
        raise ServiceError(f"no stack is up in {data_dir}", remedy="`headwater up` starts it")
    return known


def detach(command: Sequence[str], data_dir: Path, environ: Mapping[str, str]) -> int:
    """Start a supervisor in the background, with its output in `<data>/log/supervisor.log`."""
    log = DataDir(data_dir).logs / "supervisor.log"
    rotate(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process.returncode = 0  # it is meant to outlive us: no warning about a child left behind
    return process.pid


def wait_ready(
    data_dir: Path, seconds: float, *, pid: int | None = None, patience: Patience | None = None
) -> StackState:
    """Wait until everything is ready and deployed; a ServiceError names what is not.

    With `pid`, the end of that supervisor ends the wait.
    """
    patience = patience or Patience()

    def over() -> bool:
        known = state.read(data_dir)
        if pid is not None and not _exists(pid):
            return True
        return bool(known and _current(known, pid) and (known.ready or _hopeless(known)))

    patience.until(over, seconds)
    known = state.read(data_dir)
    if known is None or not known.ready or (pid is not None and not _exists(pid)):
        raise _not_ready(known, data_dir)
    return known


def _current(known: StackState, pid: int | None) -> bool:
    return known.phase not in {Phase.STOPPED, Phase.KILLED} and pid in {None, known.pid}


def _hopeless(known: StackState) -> bool:
    return known.deployment.state == "failed"


def _not_ready(known: StackState | None, data_dir: Path) -> ServiceError:
    log = DataDir(data_dir).logs / "supervisor.log"
    if known is None or known.phase in {Phase.STOPPED, Phase.KILLED}:
        return ServiceError("the stack did not start", remedy=f"read {log}")
    waiting = [n for n, s in known.services.items() if s.state is not state.State.READY]
    if waiting:
        first = known.services[waiting[0]]
        return ServiceError(
            f"not ready: {', '.join(waiting)}; {waiting[0]} is {first.state}: {first.message}",
            remedy=f"`headwater logs {waiting[0]}` shows why",
        )
    return ServiceError(
        f"the deployment is {known.deployment.state}: {known.deployment.message}",
        remedy="`headwater apply` tries it again",
    )


def _exists(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # reap it, if it was ours
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def restarts(data_dir: Path) -> list[str]:
    """The restarts asked for since the last call."""
    folder = DataDir(data_dir).run / FOLDER
    if not folder.is_dir():
        return []
    names = []
    for request in folder.iterdir():
        request.unlink()
        names.append(request.name)
    return names


def clear(data_dir: Path) -> None:
    """Drop requests that nobody acted on."""
    restarts(data_dir)


@contextmanager
def signals(numbers: Sequence[signal.Signals], handler: _Handler) -> Iterator[None]:
    """Handle signals during the block."""
    previous = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in previous.items():
            signal.signal(number, old)
