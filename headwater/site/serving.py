"""The built page as an installed component, and the server over it."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING

from headwater.connections import bind, host
from headwater.errors import ConfigError
from headwater.feed.load import load
from headwater.site import files
from headwater.site.lake import Lake
from headwater.site.picture import About, Flights, Trails
from headwater.site.server import SiteServer
from headwater.sources import effective
from headwater.stack.components import Store

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.connections import Connections
    from headwater.feed.model import Feed
    from headwater.project import Project
    from headwater.settings import Settings

COMPONENTS = ("node", "live-map")
FEED = "flights"
EDGES = ("lomin", "lamin", "lomax", "lamax")
_log = logging.getLogger(__name__)


def folder(settings: Settings, project: Project) -> Path:
    """Where the built page is (or will be)."""
    return Store.of(settings, project).home("live-map") / "www"


def about(settings: Settings, project: Project) -> About:
    """What the flights feed's declaration says to viewers."""
    feed = load(project.feeds / f"{FEED}.yaml")
    if FEED not in feed.tables:
        raise ConfigError(f"{project.feeds}/{FEED}.yaml fills no table {FEED}")
    source = effective(settings, needs_account=feed.request.auth is not None)
    gone = feed.tables[FEED].gone or 10 * feed.every
    return About(source, feed.every, gone, feed.attribution, feed.licence, _box(feed))


def _box(feed: Feed) -> tuple[float, float, float, float] | None:
    """The area that the feed asks for; None where it names none."""
    given = feed.request.query
    if not all(edge in given for edge in EDGES):
        return None
    west, south, east, north = (float(str(given[edge])) for edge in EDGES)
    return west, south, east, north


def server(settings: Settings, project: Project, connections: Connections, port: int) -> SiteServer:
    """The server, bound to its port."""
    known = about(settings, project)
    lake = Lake(connections.aws, settings.database)
    flights = Flights(lake.flights, known)
    trails = Trails(lake.positions, known, flights.data_time)
    built = files.load(folder(settings, project))
    address = (bind(settings), port)
    return SiteServer(address, built, flights, trails, names=(host(settings, "site"),))


def serve(site: SiteServer) -> None:
    """Serve until INT or TERM."""

    def end(*_: object) -> None:
        # shutdown() waits for the loop that this handler interrupts, so another thread calls it.
        threading.Thread(target=site.shutdown, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with site:
        _log.info("the live map is at %s", site.url)
        site.serve_forever(poll_interval=0.1)
