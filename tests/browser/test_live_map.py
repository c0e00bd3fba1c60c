"""The live map over a lake made of lists: every case that a living lake shows too rarely."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from headwater.errors import QueryError
from headwater.site.server import SiteServer
from support.browser import Complaints, Pages
from support.live_map import VIEW, MapPage, built, seen_now, served
from support.site_fake import FakeLake
from support.waiting import until

ROOT = Path(__file__).parents[2]
CALM = {"reduced_motion": "reduce", "viewport": {"width": 900, "height": 620}}


@pytest.fixture
def lake() -> FakeLake:
    """Four planes: low, high, on the ground, and one in an emergency."""
    return FakeLake(
        [
            seen_now("a00001", (7.6, 46.6), callsign="LOW1", baro_altitude=600.0),
            seen_now(
                "b00002", (8.6, 46.6), callsign="HIGH2", baro_altitude=12192.0, squawk="2000",
                origin_country="Germany",
            ),
            seen_now("c00003", (8.6, 47.2), callsign="TAXI3", on_ground=True, baro_altitude=9197.0),
            seen_now("d00004", (9.2, 46.9), callsign="HELP4", squawk="7700", baro_altitude=None),
        ],
        alive=True,
    )  # fmt: skip


@pytest.fixture
def site(lake: FakeLake) -> Iterator[SiteServer]:
    with served(built(ROOT), lake) as running:
        yield running


@pytest.fixture
def view(pages: Pages) -> MapPage:
    return MapPage(pages.open(**CALM), pages.open())


def test_planes_are_drawn_in_the_colour_of_their_altitude(site: SiteServer, view: MapPage) -> None:
    view.go(site.url, planes=4)
    drawn = {name: view.wait_drawn(name) for name in ("a00001", "b00002", "c00003", "d00004")}
    red, green, blue = drawn["a00001"]["colour"]
    assert red > green > blue  # orange
    red, green, blue = drawn["b00002"]["colour"]
    assert min(red, blue) > green + 60  # magenta
    assert max(drawn["c00003"]["colour"]) - min(drawn["c00003"]["colour"]) < 30  # grey
    help4 = drawn["d00004"]
    assert view.coloured(help4["x"], help4["y"], [255, 59, 48], reach=40) > 40  # its ring
    expect(view.page.locator("#source")).to_have_text("simulator")
    expect(view.page.locator("#air")).to_have_text("3")
    expect(view.page.locator("#ground-count")).to_have_text("1")


def test_a_newer_report_moves_the_planes_pixels(
    site: SiteServer, view: MapPage, lake: FakeLake
) -> None:
    view.go(site.url, planes=4)
    before = view.wait_drawn("b00002")
    lake.rows[1] = seen_now("b00002", (8.2, 46.3), callsign="HIGH2", baro_altitude=12192.0)
    view.wait(f"Math.abs(headwater.planes()[1].x - {before['x']}) > 30")
    after = view.wait_drawn("b00002")
    assert after["y"] > before["y"] + 10
    until(
        lambda: view.coloured(before["x"], before["y"], before["colour"]) == 0,
        "nothing left where it was",
    )


def test_between_polls_a_plane_flies_on(site: SiteServer, pages: Pages, lake: FakeLake) -> None:
    lake.alive = False
    lake.rows[:] = [seen_now("e00005", (7.0, 46.8), velocity=250.0, true_track=90.0)]
    view = MapPage(pages.open(viewport={"width": 1000, "height": 700}), pages.open())
    view.go(site.url, "lon=7.2&lat=46.8&z=11")
    started = view.planes()["e00005"]
    view.wait(f"headwater.planes()[0].x > {started['x'] + 20}")
    moved = view.planes()["e00005"]
    assert abs(moved["y"] - started["y"]) < 3
    assert moved["longitude"] == 7.0  # no newer report: only the clock has moved it


def test_filters_act_on_map_table_and_address(site: SiteServer, view: MapPage) -> None:
    view.go(site.url, f"{VIEW}&table=1", planes=4)
    page = view.page
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(4)
    page.locator("#filters-toggle").click()
    page.locator("#q").fill("low")
    view.wait("headwater.planes().length === 1")
    expect(rows).to_have_count(1)
    expect(page.locator("#filters-count")).to_have_text("1")
    page.locator("#q").fill("")
    page.locator("#country").select_option("Germany")
    view.wait("headwater.planes().map(p => p.icao24).join() === 'b00002'")
    page.locator("#country").select_option("")
    page.get_by_text("on the ground", exact=True).last.click()
    view.wait("headwater.planes().map(p => p.icao24).join() === 'c00003'")
    page.locator("#clear").click()
    view.wait("headwater.planes().length === 4")
    page.locator("#min").fill("3000")
    view.wait("headwater.planes().map(p => p.icao24).join() === 'b00002'")
    expect(page.locator("#band")).to_contain_text("from 3")
    view.wait("location.hash.includes('min=3000')")


def test_the_table_is_sorted_by_any_column(site: SiteServer, view: MapPage) -> None:
    view.go(site.url, f"{VIEW}&table=1&units=aviation", planes=4)
    page = view.page
    names = page.locator("#rows td:first-child")
    expect(names).to_have_text(["HELP4", "HIGH2", "LOW1", "TAXI3"])
    page.get_by_role("button", name="Altitude").click()
    expect(names).to_have_text(["TAXI3", "LOW1", "HIGH2", "HELP4"])
    page.get_by_role("button", name="Altitude").click()
    expect(names).to_have_text(["HIGH2", "LOW1", "TAXI3", "HELP4"])
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Altitude")
    expect(page.locator("#rows tr").first).to_contain_text("40\u202f000 ft")


def test_a_click_on_a_plane_tells_everything_of_it(
    site: SiteServer, view: MapPage, lake: FakeLake
) -> None:
    lake.rows[0] = seen_now(
        "a00001", (7.6, 46.6), callsign="LOW1", baro_altitude=600.0, velocity=100.0,
        on_ground=False, true_track=45.0, vertical_rate=-2.5, squawk="1234", time_position=None,
    )  # fmt: skip
    view.go(site.url, planes=4)
    plane = view.wait_drawn("a00001")
    view.page.mouse.click(plane["x"], plane["y"])
    card = view.page.locator("#details")
    expect(card.locator("h2")).to_have_text("LOW1")
    for text in ("a00001", "Switzerland", "600 m · 1\u202f969 ft", "360 km/h · 194 kt", "1234",
                 "\u22122.5 m/s · \u2212492 ft/min", "045°"):  # fmt: skip
        expect(card).to_contain_text(text)
    view.page.keyboard.press("u")
    expect(card).to_contain_text("1\u202f969 ft · 600 m")
    view.page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_an_emergency_is_spelled_out(site: SiteServer, view: MapPage) -> None:
    view.go(site.url, f"{VIEW}&sel=d00004", planes=4)
    expect(view.page.locator(".alarm")).to_have_text("7700: emergency")


def test_trails_have_gaps_where_nothing_was_heard(
    site: SiteServer, view: MapPage, lake: FakeLake
) -> None:
    now = int(time.time())
    for number, at in enumerate([*range(now - 300, now - 260, 4), *range(now - 40, now, 4)]):
        lake.report("a00001", at, (7.0 + number * 0.02, 46.6), commit=f"{number:03}")
    view.go(site.url, planes=4)
    view.wait("headwater.trails() === 2")


def test_what_is_not_heard_fades_and_goes(site: SiteServer, view: MapPage, lake: FakeLake) -> None:
    now = time.time()
    lake.rows[0] = seen_now("a00001", (7.6, 46.6), last_contact=now - 40)
    lake.rows[1] = seen_now("b00002", (8.6, 46.6), last_contact=now - 100)
    view.go(site.url, planes=3)
    planes = view.planes()
    assert set(planes) == {"a00001", "c00003", "d00004"}
    assert 0.2 < planes["a00001"]["presence"] < 1
    assert planes["c00003"]["presence"] == 1


def test_a_failing_lake_leaves_the_last_picture_and_says_so(
    site: SiteServer, view: MapPage, lake: FakeLake
) -> None:
    view.go(site.url, planes=4)
    banner = view.page.locator("#banner")
    expect(banner).to_be_hidden()
    lake.error = QueryError("Athena at 15001 does not answer", remedy="`headwater status`")
    expect(banner).to_contain_text("Athena at 15001 does not answer `headwater status`")
    assert len(view.planes()) == 4
    lake.error = None
    expect(banner).to_be_hidden()


def test_old_data_turn_the_map_grey(site: SiteServer, view: MapPage, lake: FakeLake) -> None:
    old = dict.fromkeys(("polled_at", "last_contact", "time_position"), time.time() - 500)
    lake.rows[:] = [seen_now("a00001", (7.6, 46.6), **old)]
    view.go(site.url)
    expect(view.page.locator("#age")).to_have_class("badge old")
    expect(view.page.locator("#age")).to_have_text("data 8 min old")
    expect(view.page.locator("#map")).to_contain_class("stale")
    assert len(view.planes()) == 1


def test_without_any_picture_the_reason_is_shown(
    site: SiteServer, view: MapPage, lake: FakeLake, complaints: Complaints
) -> None:
    complaints.expect("status of 503")
    lake.error = QueryError("Schema 'final' does not exist")
    view.page.goto(site.url)
    expect(view.page.locator("#banner")).to_contain_text("Schema 'final' does not exist")
    lake.error = None
    view.wait("headwater.planes().length === 4")
    expect(view.page.locator("#banner")).to_be_hidden()


def test_everything_is_reached_from_the_keyboard(site: SiteServer, view: MapPage) -> None:
    view.go(site.url, planes=4)
    page, keys = view.page, view.page.keyboard
    keys.press("/")
    expect(page.locator("#q")).to_be_focused()
    keys.type("t")  # a letter in a field is no command
    expect(page.locator("#table")).to_be_hidden()
    keys.press("Backspace")
    keys.press("Escape")
    keys.press("t")
    expect(page.locator("#rows tr")).to_have_count(4)
    page.locator("#rows tr").first.focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("#details h2")).to_have_text("HIGH2")
    keys.press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(16):
        keys.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert {"filters-toggle", "q", "country", "min", "max", "home", "units", "theme"} <= reached
    page.locator("#map canvas").focus()
    before = page.evaluate("headwater.view().longitude")
    keys.press("ArrowRight")
    view.wait(f"headwater.view().longitude > {before}")
