"""Superset in a real browser: every chart has data, values equal SQL, filters act, roles hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from headwater.errors import QueryError
from support.browser import Pages, coloured
from support.dashboards import CHARTS, HOLDER, MAP, PHONE, Dashboards, ViewerPages, signed_in
from support.planted import WANTED, Planted
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

MEASURED = "SELECT count(*) FROM pipeline_now"
ORANGE = (186, 143, 19)  # at 1000 m


def test_every_chart_of_the_pipeline_has_data(stack: Stack, viewers: ViewerPages) -> None:
    until(lambda: _number(stack, MEASURED), "measurements in the lake", forgive=(QueryError,))
    view = viewers.open(stack)
    view.open("pipeline")
    view.expect_data(canvases=7)


def test_filters_act_on_every_chart_values_are_known_and_the_map_moves(
    stack: Stack, viewers: ViewerPages, planted: Planted, pages: Pages
) -> None:
    view = viewers.open(stack)
    view.open("flights", planted.filters())
    view.expect_data(canvases=8)
    asked = ("Testland", "0 - 10,000 ft", "in the air", planted.callsign, "TIMESTAMP '")
    answers = view.answered(lambda sql: all(part in sql for part in asked))
    assert len(answers) == CHARTS["flights"]
    _expect_values({name: answer["data"] for name, answer in answers.items()}, planted)
    assert view.number("In the air") == 1
    _expect_moves(view, pages, planted)


def _expect_values(data: Mapping[str, list[dict[str, Any]]], planted: Planted) -> None:
    """Every chart shows the one aircraft that all filters leave, and nothing of the others."""
    numbers = {name: next(iter(data[name][0].values())) for name in ONE_NUMBER}
    assert numbers == ONE_NUMBER
    (row,) = data["Latest states"]
    assert (row["icao24"], row["altitude_ft"], row["speed_kmh"]) == (planted.icao24, 3281, 360)
    assert data["Top countries"] == [{"country": "Testland", "aircraft": 1}]
    assert [sum(v for v in row.values() if v) for row in data["Altitude distribution"]] == [1]
    (dot,) = data["Speed against altitude"]
    assert (dot["speed, km/h"], dot["altitude, ft"]) == (360, 3281)
    drawn = data["Live map"]
    assert {feature["extraProps"]["Address"] for feature in drawn} == {planted.icao24}
    assert {feature["geometry"]["type"] for feature in drawn} == {"MultiLineString", "Point"}
    assert {feature["extraProps"]["Climb"] for feature in drawn} == {"unknown"}
    minutes = planted.minutes()
    speeds = [list(row.values())[1:] for row in data["Speed over time"]]
    assert speeds == [[360] * 4] * len(minutes)
    for name, expected in (
        ("Altitude profile over time", list(minutes.values())),
        ("Aircraft over time", [1] * len(minutes)),
        ("Busiest minutes", [1] * len(minutes)),
    ):
        last = [list(row.values())[-1] for row in data[name]]
        assert last == expected, name


ONE_NUMBER = {"In the air": 1, "On the ground": 0, "Average speed": 360, "Emergencies": 0}


def _expect_moves(view: Dashboards, pages: Pages, planted: Planted) -> None:
    """The dashboard asks again by itself; the plane is then elsewhere on the same canvas."""
    page, scratch = view.page, pages.open()
    page.locator(MAP).first.scroll_into_view_if_needed()
    page.locator(MAP).first.evaluate("canvas => { canvas.planted = true; }")
    elsewhere = (9.1, 46.6)
    until(lambda: coloured(page, scratch, view.pixel(WANTED.place), ORANGE) > 20, "is drawn")
    assert coloured(page, scratch, view.pixel(elsewhere), ORANGE) == 0
    planted.move(elsewhere)
    until(lambda: coloured(page, scratch, view.pixel(elsewhere), ORANGE) > 20, "has moved", 180)
    assert coloured(page, scratch, view.pixel(WANTED.place), ORANGE) == 0
    assert page.locator(MAP).first.evaluate("canvas => canvas.planted") is True


def test_on_a_phone_the_charts_are_as_wide_as_the_screen(
    stack: Stack, viewers: ViewerPages
) -> None:
    view = viewers.open(stack, **PHONE)
    view.go("flights")
    boxes = [holder.bounding_box() for holder in view.page.locator(HOLDER).all()]
    widths = [round(box["width"]) for box in boxes if box]
    assert all(150 <= width <= 390 for width in widths)
    assert sum(width > 320 for width in widths) == CHARTS["flights"] - 5  # five numbers share rows
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 390
    until(lambda: view.number("In the air") >= 0, "a number is shown")


def test_nobody_sees_anything_without_signing_in(stack: Stack) -> None:
    url = stack.connections.superset_url
    assert requests.get(f"{url}/api/v1/dashboard/", timeout=30).json().get("count", 0) == 0
    answer = requests.get(f"{url}/superset/dashboard/flights/", timeout=30, allow_redirects=False)
    assert answer.status_code in {302, 401, 403}


@pytest.mark.parametrize(("user", "allowed"), [("viewer", False), ("editor", True)])
def test_only_an_editor_changes_charts(stack: Stack, user: str, allowed: bool) -> None:  # noqa: FBT001 - a case
    session = signed_in(stack, user)
    url = stack.connections.superset_url
    charts = session.get(f"{url}/api/v1/chart/", timeout=60).json()["result"]
    assert len(charts) >= CHARTS["flights"]
    permissions = session.get(f"{url}/api/v1/chart/_info", timeout=60).json()["permissions"]
    assert ("can_write" in permissions) is allowed


def _number(stack: Stack, statement: str) -> int:
    ((found,),) = stack.sql(statement)
    return int(found)
