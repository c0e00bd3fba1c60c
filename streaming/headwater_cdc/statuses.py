"""What each table says of itself: `<control>/status/<database>.<table>.json`."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from headwater_cdc.errors import TablePausedError
    from headwater_cdc.storage import Storage

log = logging.getLogger(__name__)
State = Literal["running", "retrying", "paused"]


class Statuses:
    """Writes statuses; that S3 is away must not stop a table, so nothing here raises."""

    def __init__(self, storage: Storage, control: str) -> None:
        self._storage = storage
        self._folder = f"{control}/status"

    def running(self, table: str) -> None:
        """The table's query runs."""
        self.write(table, "running", "", "")

    def paused(self, table: str, error: TablePausedError) -> bool:
        """The table waits for a person; returns whether it was written."""
        return self.write(table, "paused", error.message, error.remedy, keeps_rows=error.keeps_rows)

    def write(
        self, table: str, state: State, reason: str, remedy: str, *, keeps_rows: bool = False
    ) -> bool:
        """Tell; returns whether it was written."""
        told = {"state": state, "reason": reason, "remedy": remedy, "keeps_rows": keeps_rows}
        text = json.dumps({**told, "at_ms": int(time.time() * 1000)})
        try:
            self._storage.write(self._uri(table), text)
        except Exception as error:  # noqa: BLE001 - py4j wraps whatever S3 throws
            log.warning("%s: status %s not written: %s", table, state, str(error)[:300])
            return False
        return True

    def is_removed(self, table: str) -> bool:
        """Whether somebody took the status away, which lifts a pause."""
        try:
            return not self._storage.exists(self._uri(table))
        except Exception:  # noqa: BLE001 - unknown is not removed
            return False

    def _uri(self, table: str) -> str:
        return f"{self._folder}/{table}.json"
