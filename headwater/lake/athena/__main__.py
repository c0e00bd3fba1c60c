"""Run the endpoint of the local stack: `python -m headwater.lake.athena`."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING

from headwater import connections, secrets, settings
from headwater.lake.athena.catalog import Catalog
from headwater.lake.athena.engine import Trino
from headwater.lake.athena.engine_glue import EngineGlue
from headwater.lake.athena.executions import History
from headwater.lake.athena.merged import Merged
from headwater.lake.athena.operations import Parts, registry
from headwater.lake.athena.queries import Queries
from headwater.lake.athena.results import ResultStore
from headwater.lake.athena.runner import Runner
from headwater.lake.athena.saved import Saved
from headwater.lake.athena.server import Server
from headwater.lake.athena.signature import Verifier
from headwater.lake.athena.workgroups import WorkGroups
from headwater.project import DataDir

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.connections import Connections

log = logging.getLogger("headwater.lake.athena")


def build(
    connections: Connections, folder: Path, address: tuple[str, int], query_s: int
) -> tuple[Server, Runner]:
    """The endpoint over the servers of a stack; its state is kept in `folder`.

    A query may run for `query_s` seconds.
    """
    aws = connections.aws
    history = History(folder / "history")
    store = ResultStore(aws.client("s3"), folder / "results")
    catalog = Catalog(aws.client("glue"))
    saved = Saved(folder / "saved.json", aws.workgroup)
    groups = WorkGroups(aws.workgroup, aws.results)
    runner = Runner(Trino(connections.trino_url), catalog, store, history, saved)
    queries = Queries(runner, history, store, groups)
    keys = (aws.access_key_id, aws.secret_access_key.get_secret_value(), aws.region)
    operations = registry(Parts(queries, catalog, groups, saved))
    merged = Merged(aws, folder / "merged", query_s)
    glue = EngineGlue(aws.glue_endpoint or "", Verifier(*keys, service="glue"), merged)
    return Server(address, operations, Verifier(*keys), glue), runner


def main() -> None:
    """Serve until INT or TERM."""
    chosen, _ = settings.load()
    logging.basicConfig(
        level=chosen.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    data = DataDir(chosen.data_dir)
    stack = connections.local(chosen, secrets.load_or_create(data.secrets))
    address = (connections.bind(chosen), chosen.ports.port("athena"))
    server, runner = build(stack, data.of("athena"), address, chosen.kept_seconds)

    def end(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    log.info("Athena at http://%s:%d over %s", *server.server_address[:2], stack.trino_url)
    server.serve_forever(poll_interval=0.1)
    runner.close()
    server.server_close()


if __name__ == "__main__":
    main()
