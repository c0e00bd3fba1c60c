"""Asking a table of the streaming job for something, and waiting until it is done.

The request is a file beside the table's status (docs/contracts.md, "Requests and quarantine").
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from headwater.errors import TargetError
from headwater.lake import files
from headwater_cdc.requests import Request, uri_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.connections import Aws
    from headwater_cdc.requests import Action

LOOK_S = 0.5
TIMEOUT_S = 300.0


def ask(
    aws: Aws,
    table: str,
    action: Action,
    *,
    until: str = "",
    after_offset: int = 0,
    record_keys: Sequence[str] = (),
) -> None:
    """Ask; a request that was not yet done is replaced."""
    request = Request(str(uuid.uuid4()), action, until, after_offset, tuple(record_keys))
    files.write_text(aws, _key(table), request.to_json())


def wait(aws: Aws, table: str, clock: Callable[[], float] = time.monotonic) -> None:
    """Return when it is done; raises TargetError with the job's own words when it cannot be."""
    deadline = clock() + TIMEOUT_S
    while clock() < deadline:
        text = files.read_text(aws, _key(table))
        if text is None:
            return
        request = Request.from_json(text)
        if request.failed:
            files.remove(aws, _key(table))
            raise TargetError(request.failed, remedy=request.remedy)
        time.sleep(LOOK_S)
    raise TargetError(
        f"{table}: the streaming job has not answered for {TIMEOUT_S:.0f} s",
        remedy="`headwater status` shows whether it runs and how far the table is behind",
    )


def _key(table: str) -> str:
    return uri_of(files.CONTROL, table)
