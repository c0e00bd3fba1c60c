"""`python -m headwater.recorder`: measure every 30 s until SIGTERM."""

from __future__ import annotations

import faulthandler
import logging
import signal
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from headwater import cloud, connections, deployment, secrets, settings, status
from headwater.project import DataDir, Project
from headwater.recorder import LAST, prometheus
from headwater.recorder.prometheus import Newest
from headwater.recorder.samples import Sample, samples
from headwater.stack import state
from headwater.targets.base import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import Connections, MySql

EVERY_S = 30.0
AGAIN_S = 3.0  # after a round that was lost
STUCK_S = 300.0  # a round that waits for a server that is gone ends the process: it is started anew
KEPT_DAYS = 7
_TALKATIVE = ("kafka", "botocore")  # they tell of each connection and of each client
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


def reach(chosen: settings.Settings) -> Context:
    """What is measured: the local stack, or a deployment on AWS.

    Without the declarations: what the job has been told of is measured, also when this is older.
    """
    project = Project.find()
    return Context(project, chosen, _connections(chosen, project), (), {})


def _connections(chosen: settings.Settings, project: Project) -> Connections:
    if chosen.target == "aws":
        found = deployment.read(project.root, chosen.aws)
        return deployment.our_connections(found, deployment.read_secret(found))
    return connections.local(chosen, secrets.load_or_create(DataDir(chosen.data_dir).secrets))


def measure(context: Context, newest: Newest) -> None:
    """One round; what does not answer is left out, and said in the log."""
    collector = status.Collector(context)
    document = collector.measured(_services(context))
    for error in collector.errors:
        _log.warning("%s", error)
    now, found = datetime.now(UTC), samples(document)
    newest.tell(found, now.timestamp(), len(collector.errors))
    try:
        _publish(context, document["tables"])
    finally:
        write(context.connections.mysql, now, found)


def _services(context: Context) -> list[dict[str, Any]]:
    if context.connections.deployment:
        return cloud.services(context, context.connections.deployment)
    return state.services(context.settings.data_dir)


def _publish(context: Context, tables: list[dict[str, Any]]) -> None:
    """On AWS the alarms on freshness and lag look at CloudWatch."""
    found = context.connections.deployment
    if found and cloud.publish(found, tables) is None:
        _log.warning("a table's freshness is unknown: nothing is published")


def main() -> None:
    """Measure until INT or TERM."""
    chosen, _ = settings.load()
    logging.basicConfig(
        level=chosen.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    newest = Newest()
    prometheus.serve(newest, connections.bind(chosen), chosen.ports.port("recorder"))
    record(chosen, newest, ended)


def record(chosen: settings.Settings, newest: Newest, ended: threading.Event) -> None:
    """Round after round; after one that was lost everything is reached anew."""
    done = DataDir(chosen.data_dir).of("recorder") / LAST
    done.parent.mkdir(parents=True, exist_ok=True)
    due, context = time.monotonic(), None
    while not ended.wait(max(0.0, due - time.monotonic())):
        due = time.monotonic() + EVERY_S
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        try:
            context = context or reach(chosen)
            measure(context, newest)
            done.touch()
        except Exception as error:  # noqa: BLE001 - a stack that starts or fails must not end it
            _log.warning("this round is lost: %s: %s", type(error).__name__, error)
            due, context = time.monotonic() + AGAIN_S, None
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
