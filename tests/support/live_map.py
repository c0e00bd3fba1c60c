"""The live map over a lake made of lists, and what is really on the screen."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.site import files, serving
from headwater.site.picture import Flights, Trails
from headwater.site.server import SiteServer
from support.browser import coloured
from support.site_fake import ABOUT, FakeLake, flight
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from headwater.site.lake import Plain, Row

VIEW = "lon=8.2&lat=46.8&z=7"


def seen_now(icao24: str, place: tuple[float, float], **changes: Plain) -> Row:
    """A plane that stands still at a place, heard just now."""
    now = time.time()
    times: dict[str, Plain] = dict.fromkeys(("time_position", "last_contact", "polled_at"), now)
    still: dict[str, Plain] = {"longitude": place[0], "latitude": place[1], "velocity": None}
    return flight(icao24, **{**times, **still, "callsign": None, **changes})


@contextmanager
def served(folder: Path, lake: FakeLake) -> Iterator[SiteServer]:
    """The server over the lake, on a free port."""
    flights = Flights(lake.flights, ABOUT)
    trails = Trails(lake.positions, ABOUT, flights.data_time)
    site = SiteServer(("127.0.0.1", 0), files.load(folder), flights, trails)
    thread = threading.Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


@dataclass
class MapPage:
    """One viewer."""

    page: Page
    scratch: Page  # decodes pictures

    def go(self, url: str, fragment: str = VIEW, planes: int = 1) -> None:
        """Open the page and wait until so many planes are drawn."""
        self.page.goto(f"{url}/#{fragment}")
        self.wait(f"headwater.planes().length >= {planes} && headwater.planes()[0].x !== null")

    def wait(self, condition: str, timeout: float = 90) -> None:
        """Wait until a JavaScript expression is true."""
        guarded = f"Boolean(window.headwater) && Boolean({condition})"
        until(lambda: self.page.evaluate(guarded), condition, timeout, pause=0.2)

    def planes(self) -> dict[str, dict[str, Any]]:
        """The drawn planes by address, `x` and `y` in CSS pixels."""
        return {plane["icao24"]: plane for plane in self.page.evaluate("headwater.planes()")}

    def coloured(self, x: float, y: float, colour: list[int], reach: int = 14) -> int:
        """How many pixels around a place have nearly a colour."""
        return coloured(self.page, self.scratch, (x, y), colour, reach)

    def wait_drawn(self, icao24: str) -> dict[str, Any]:
        """Wait until a plane's own colour is on the screen where it is said to be."""

        def drawn() -> dict[str, Any] | None:
            plane = self.planes().get(icao24)
            if plane is None:
                return None
            return plane if self.coloured(plane["x"], plane["y"], plane["colour"]) > 25 else None

        found = until(drawn, f"{icao24} drawn", 90)
        assert found is not None
        return found


def built(root: Path) -> Path:
    """The folder of the built page; built now where it is not yet."""
    from headwater import settings
    from headwater.project import Project
    from headwater.stack import components

    project = Project(root)
    found, _ = settings.load(root=root)
    components.install(serving.COMPONENTS, found, project=project)
    return serving.folder(found, project)
