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

ALARM = "rgb(224, 67, 85)"
RED = (225, 20, 50)
TABLE, REPORTS = "Latest states", "Altitude profile over time"
OVER_TIME = (REPORTS, "Speed over time", "Aircraft over time")
DAY_S, HOUR_MS = 86_400, 3_600_000
SHOWN = [plane for plane in PLANES if plane is not EARLIER]


@pytest.fixture
def view(stack: Stack, viewers: ViewerPages) -> Dashboards:
    return viewers.open(stack)


def test_a_heading_sorts_the_table_by_numbers(view: Dashboards, planted: Planted) -> None:
    view.go("flights", planted.ours(planted.since))
    # As text, 97 would be the largest of these.
    speeds = sorted(round(plane.velocity / 0.514444) for plane in SHOWN)
    altitudes = sorted(0 if p.on_ground else round(p.altitude / 0.3048) for p in SHOWN)
    for heading, expected in (("speed [kt]", speeds), ("altitude [ft]", altitudes)):
        for order in (expected[::-1], expected):
            view.sort(TABLE, heading)
            until(lambda: view.column(TABLE, heading) == order, f"{heading}: {order}", 30)  # noqa: B023 - called here
    addresses = [f"{planted.prefix}{plane.icao24}" for plane in SHOWN]
    assert {row["icao24"] for row in view.answer(TABLE)["data"]} == set(addresses)


def test_an_emergency_is_counted_and_stands_out(
    view: Dashboards, planted: Planted, pages: Pages
) -> None:
    address, callsign = planted.names(EMERGENCY)
    view.go("flights", planted.ours(planted.since))
    until(lambda: view.number("Emergencies") == 1, "is counted")
    expect(view.chart("Emergencies").locator(".header-line")).to_have_css("color", ALARM)
    first = view.answer(TABLE, callsign)["data"][0]
    assert (first["icao24"], first["emergency"]) == (address, "emergency")
    features = view.answer("Live map", callsign)["data"]
    alarmed = {f["extraProps"]["Address"]: f["properties"]["emergency"] for f in features}
    assert alarmed == {f"{planted.prefix}{p.icao24}": p is EMERGENCY for p in SHOWN}
    scratch = pages.open()
    view.page.locator(MAP).first.scroll_into_view_if_needed()
    place = EMERGENCY.place
    until(lambda: coloured(view.page, scratch, view.pixel(place), RED) > 20, "is red on the map")


def test_the_step_widens_the_charts_over_time(view: Dashboards, planted: Planted) -> None:
    view.go("flights", planted.ours(planted.since))
    for title in OVER_TIME:
        view.answer(title, "date_trunc('minute'", planted.callsign)
    view.choose("Step", "Hour")
    for title in OVER_TIME:
        answer = view.answer(title, "date_trunc('hour'", planted.callsign)
        assert answer["data"]
        assert all(row["time_position"] % HOUR_MS == 0 for row in answer["data"])
        expect(view.chart(title).locator("canvas")).to_be_visible()
    assert _reports(view, "date_trunc('hour'") == len(STEPS) * len(SHOWN)


def test_a_range_leaves_out_reports_and_names_its_days(view: Dashboards, planted: Planted) -> None:
    for since, planes in ((planted.since - 2 * DAY_S, PLANES), (planted.since, SHOWN)):
        view.go("flights", planted.ours(since))
        days = [f"'{utc(at)[:10]}'" for at in (since, planted.since + 3600)]
        asked = (f"day BETWEEN {days[0]} AND {days[1]}", f"TIMESTAMP '{utc(since)}")
        assert _reports(view, *asked) == len(STEPS) * len(planes)
        for title in OVER_TIME:
            view.answer(title, *asked)


def _reports(view: Dashboards, *asked: str) -> int:
    """How many reports the chart of them adds up to."""
    rows = view.answer(REPORTS, *asked)["data"]
    return sum(v or 0 for row in rows for name, v in row.items() if name != "time_position")
