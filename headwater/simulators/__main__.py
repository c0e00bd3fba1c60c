"""`python -m headwater.simulators`: serve the source that the settings name, until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from headwater import settings as settings_module
from headwater.connections import bind
from headwater.errors import ExitCode, HeadwaterError, ServiceError
from headwater.simulators.clock import WorldClock
from headwater.simulators.oauth import Account
from headwater.simulators.opensky import OpenSkyApi
from headwater.simulators.record import Recorder
from headwater.simulators.replay import ReplayApi, parse_source
from headwater.simulators.server import Api, SimulatorServer
from headwater.simulators.traffic import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.settings import Settings

log = logging.getLogger("headwater.simulators")


def api_of(settings: Settings) -> Api:
    """The API that the setting `source` names."""
    if settings.source.startswith("replay:"):
        return ReplayApi(parse_source(settings.source))
    return OpenSkyApi(
        World(settings.simulator_seed, settings.simulator_aircraft),
        WorldClock(),
        account=Account(
            settings.opensky.client_id, settings.opensky.client_secret.get_secret_value()
        ),
    )


def serve(api: Api, port: int, host: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    try:
        server = SimulatorServer(api, port, host)
    except OSError as error:
        raise ServiceError(
            f"port {port} cannot be used: {error.strerror}",
            remedy="stop what uses it, or set HEADWATER_PORTS__SIMULATOR",
        ) from error

    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - a signal handler
        # shutdown() waits for the loop that this handler interrupts, so another thread calls it.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with server:
        log.info("serving on %s", server.url)
        server.serve_forever(poll_interval=0.1)
    log.info("stopped")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m headwater.simulators", description=__doc__)
    parser.add_argument("--port", type=int, help="instead of the port in the settings")
    commands = parser.add_subparsers(dest="command")
    record = commands.add_parser("record", help="pass requests on to an API and keep responses")
    record.add_argument("base_url", help="such as https://opensky-network.org")
    record.add_argument("file", type=Path, help="JSON lines; compressed if the name ends in .gz")
    options = parser.parse_args(arguments)
    try:
        settings, _ = settings_module.load()
        logging.basicConfig(
            stream=sys.stderr,
            level=settings.log_level.upper(),
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        )
        recording = options.command == "record"
        api = Recorder(options.base_url, options.file) if recording else api_of(settings)
        serve(api, options.port or settings.ports.port("simulator"), bind(settings))
    except HeadwaterError as error:
        logging.basicConfig(stream=sys.stderr)
        log.error("%s", error)  # noqa: TRY400 - a handled failure has no traceback
        return error.exit_code
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
