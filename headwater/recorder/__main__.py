"""`python -m headwater.recorder`: measure every 30 s until SIGTERM."""

from __future__ import annotations

import logging
import signal
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from headwater import connections, deploy, secrets, settings, status
from headwater.project import DataDir, Project
from headwater.recorder import LAST
from headwater.recorder.samples import Sample, samples
from headwater.stack import state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import MySql

EVERY_S = 30.0
AGAIN_S = 3.0  # after a round that was lost
KEPT_DAYS = 7
_INSERT = (
    "INSERT INTO headwater.metrics (measured_at, subject, metric, value) VALUES (%s, %s, %s, %s)"
)
_PURGE = "DELETE FROM headwater.metrics WHERE measured_at < %s - INTERVAL %s DAY LIMIT 10000"
_log = logging.getLogger("headwater.recorder")


def write(account: MySql, moment: datetime, found: Sequence[Sample]) -> None:
    """Store one round of measurements, and forget the oldest."""
    at = moment.replace(tzinfo=None)
    rows = [(at, sample.subject, sample.metric, sample.value) for sample in found]
    with closing(account.connect()) as connection, connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
        cursor.execute(_PURGE, (at, KEPT_DAYS))


def measure(chosen: settings.Settings) -> None:
    """One round; what does not answer is left out, and said in the log."""
    known = secrets.load_or_create(DataDir(chosen.data_dir).secrets)
    context = deploy.context(Project.find(), chosen, connections.local(chosen, known))
    collector = status.Collector(context)
    document = collector.document(state.services(chosen.data_dir))
    for error in collector.errors:
        _log.warning("%s", error)
    write(context.connections.mysql, datetime.now(UTC), samples(document))


def main() -> None:
    """Measure until INT or TERM."""
    chosen, _ = settings.load()
    logging.basicConfig(
        level=chosen.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    done = DataDir(chosen.data_dir).of("recorder") / LAST
    due = time.monotonic()
    while not ended.wait(max(0.0, due - time.monotonic())):
        due = time.monotonic() + EVERY_S
        try:
            measure(chosen)
            done.touch()
        except Exception as error:  # noqa: BLE001 - a stack that starts or fails must not end it
            _log.warning("this round is lost: %s: %s", type(error).__name__, error)
            due = time.monotonic() + AGAIN_S


if __name__ == "__main__":
    main()
