"""One reading of the lake for all who look: at most one at a time, none more often than allowed."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from headwater.errors import HeadwaterError

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
NOTHING_YET = HeadwaterError(
    "the lake has not been asked yet", remedy="try again in a second or two"
)


class Shared:
    """Reads when somebody looks and the last attempt is `interval` old; keeps the last failure."""

    def __init__(
        self,
        read: Callable[[], Any],
        interval: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._interval = interval
        self._clock = clock
        self._reading = threading.Lock()
        self._tried: float | None = None
        self.error: HeadwaterError | None = None

    def fresh(self) -> None:
        """Return when the last attempt is recent enough; one caller reads, the others wait."""
        if self._recent():
            return
        with self._reading:
            if not self._recent():
                self._attempt()

    def _recent(self) -> bool:
        return self._tried is not None and self._clock() - self._tried < self._interval

    def _attempt(self) -> None:
        try:
            self._read()
        except HeadwaterError as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001 - a viewer sees it; the next attempt may succeed
            _log.exception("reading the lake")
            message = f"reading the lake failed: {type(error).__name__}: {error}"
            self._failed(HeadwaterError(message, remedy="`headwater logs site` shows more"))
        else:
            if self.error:
                _log.info("the lake answers again")
            self.error = None
        finally:
            self._tried = self._clock()

    def _failed(self, error: HeadwaterError) -> None:
        if str(error) != str(self.error):
            _log.warning("%s", error)
        self.error = error
