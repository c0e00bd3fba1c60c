"""The dashboard of the flights on aircraft of which all is known: sorting, alarm, step, range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support.browser import Pages, coloured
from support.dashboards import MAP, Dashboards, ViewerPages
from support.planted import EARLIER, EMERGENCY, PLANES, STEPS, Planted, utc
from support.waiting import until

if TYPE_CHECKING:
    from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

ALARM = "rgb(224, 67, 85)"
RED = (225, 20, 50)
TABLE, REPORTS = "Latest states", "Altitude profile over time"
OVER_TIME = (REPORTS, "Speed over time", "Aircraft over time")
RANGE_S, HOUR_MS = 2 * 86_400, 3_600_000
SHOWN = [plane for plane in PLANES if plane is not EARLIER]


@pytest.fixture
def view(stack: Stack, viewers: ViewerPages) -> Dashboards:
    return viewers.open(stack)


def test_an_alarm_stands_out_the_table_sorts_and_charts_follow_range_and_step(
    view: Dashboards, planted: Planted, pages: Pages
) -> None:
    view.go("flights", planted.ours(RANGE_S))
    _expect_alarm(view, planted, pages)
    # As text, 97 kt would be the largest of these.
    speeds = sorted(round(plane.velocity / 0.514444) for plane in SHOWN)
    altitudes = sorted(0 if p.on_ground else round(p.altitude / 0.3048) for p in SHOWN)
    _expect_sorts(view, "speed [kt]", speeds)
    _expect_sorts(view, "altitude [ft]", altitudes)
    days = [utc(at)[:10] for at in (planted.since, planted.since + RANGE_S)]
    asked = (f"day BETWEEN '{days[0]}' AND '{days[1]}'", f"TIMESTAMP '{utc(planted.since)}")
    # The range leaves out what one of them reported earlier, which the lake holds.
    assert _reports(view, *asked) == len(STEPS) * len(SHOWN)
    _expect_step(view, asked)
    assert _reports(view, "date_trunc('hour'", *asked) == len(STEPS) * len(SHOWN)


def _expect_alarm(view: Dashboards, planted: Planted, pages: Pages) -> None:
    """One is counted, is first in the table, and is red on the map."""
    address, callsign = planted.names(EMERGENCY)
    until(lambda: view.number("Emergencies") == 1, "is counted")
    expect(view.chart("Emergencies").locator(".header-line")).to_have_css("color", ALARM)
    features = view.answer("Live map", callsign)["data"]
    alarmed = {f["extraProps"]["Address"]: f["properties"]["emergency"] for f in features}
    assert alarmed == {f"{planted.prefix}{p.icao24}": p is EMERGENCY for p in SHOWN}
    scratch, place = pages.open(), EMERGENCY.place
    view.page.locator(MAP).first.scroll_into_view_if_needed()
    until(lambda: coloured(view.page, scratch, view.pixel(place), RED) > 20, "is red on the map")
    rows = view.answer(TABLE, callsign)["data"]
    assert (rows[0]["icao24"], rows[0]["emergency"]) == (address, "emergency")
    assert {row["icao24"] for row in rows} == set(alarmed)


def _expect_sorts(view: Dashboards, heading: str, ascending: list[int]) -> None:
    """The first click puts the largest first, the second the smallest."""
    for order in (ascending[::-1], ascending):
        view.sort(TABLE, heading)
        until(lambda: view.column(TABLE, heading) == order, f"{heading}: {order}")  # noqa: B023 - called here


def _expect_step(view: Dashboards, asked: tuple[str, str]) -> None:
    """Charts over time ask by the minute, and by the hour when that is chosen."""
    for title in OVER_TIME:
        view.answer(title, "date_trunc('minute'", *asked)
    view.choose("Step", "Hour")
    for title in OVER_TIME:
        rows = view.answer(title, "date_trunc('hour'", *asked)["data"]
        assert {row["time_position"] % HOUR_MS for row in rows} == {0}
        expect(view.chart(title).locator("canvas")).to_be_visible()


def _reports(view: Dashboards, *asked: str) -> int:
    """How many reports the chart of them adds up to."""
    rows = view.answer(REPORTS, *asked)["data"]
    return sum(v or 0 for row in rows for name, v in row.items() if name != "time_position")
