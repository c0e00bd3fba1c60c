"""Superset in a real browser: every chart has data, values equal SQL, roles hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from headwater import secrets
from headwater.errors import QueryError
from headwater.project import DataDir
from support.browser import Complaints, Pages
from support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from support.stack import Stack

PATIENCE_MS = 120_000
# Superset's telemetry pixel is built in; the page's own policy keeps it from being fetched.
TELEMETRY = "scarf.sh"
# A dashboard offers its colours to be saved; a viewer may not, and Superset says so in the console.
MAY_NOT_SAVE = ("colors[?]mark_updated", "uncaught: Response")
CHARTS = {"flights": 13, "pipeline": 13}
IN_THE_AIR = "SELECT count_if(state = 'in the air') FROM flights_now WHERE age_s <= 300"
MEASURED = "SELECT count(*) FROM pipeline_now"


class Dashboards:
    """Superset, as somebody who signed in."""

    def __init__(self, stack: Stack, page: Page, user: str) -> None:
        self.url = stack.connections.superset_url
        self.page = page
        self._stack = stack
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{self.url}/login/")
        until(lambda: self._signed_in(user), "signing in", pause=5)

    def _signed_in(self, user: str) -> bool:
        """Fill the form and send it; what is typed before the page is ready is lost."""
        if "/login" in self.page.url:
            self.page.locator('[data-test="username-input"]').fill(user)
            self.page.locator('[data-test="password-input"]').fill(password(self._stack, user))
            self.page.locator('[data-test="login-button"]').click()
            self.page.wait_for_timeout(2000)  # its answer; the caller looks again
        return "/login" not in self.page.url

    def open(self, slug: str) -> None:
        """A dashboard, when every chart of it has been drawn."""
        self.page.goto(f"{self.url}/superset/dashboard/{slug}/")
        expect(self.page.locator(".dashboard-component-chart-holder")).to_have_count(
            CHARTS[slug], timeout=PATIENCE_MS
        )
        for chart in self.page.locator(".dashboard-component-chart-holder").all():
            chart.scroll_into_view_if_needed()
        self.settled()

    def settled(self) -> None:
        """Nothing is loading."""
        expect(self.page.locator('[data-test="loading-indicator"]')).to_have_count(
            0, timeout=PATIENCE_MS
        )

    def number(self, title: str) -> int:
        """What a chart of one number shows; -1 while it shows none."""
        chart = self.page.locator(".dashboard-component-chart-holder").filter(has_text=title).first
        chart.scroll_into_view_if_needed()  # what is not in view is not asked for
        words = chart.inner_text().replace(title, "", 1).split()
        return int(words[0].replace(",", "")) if words and words[0][0].isdigit() else -1

    def expect_data(self, *, canvases: int) -> None:
        """No chart shows an error or is empty; so many are drawn."""
        for sign in ("No results were returned", "Unexpected error", "Data error", "See more"):
            expect(self.page.get_by_text(sign)).to_have_count(0)
        expect(self.page.locator(".ant-alert-error")).to_have_count(0)
        drawn = self.page.locator(".dashboard-component-chart-holder canvas")
        until(lambda: drawn.count() >= canvases, f"{canvases} charts are drawn")


def password(stack: Stack, user: str) -> str:
    known = secrets.load_or_create(DataDir(stack.settings.data_dir).secrets)
    return str(getattr(known, f"superset_{user}").get_secret_value())


@pytest.fixture
def viewer(stack: Stack, pages: Pages, complaints: Complaints) -> Dashboards:
    complaints.expect(TELEMETRY)
    for refused in MAY_NOT_SAVE:
        complaints.expect(refused)
    page = pages.open(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    return Dashboards(stack, page, "viewer")


def test_every_chart_of_the_pipeline_has_data(stack: Stack, viewer: Dashboards) -> None:
    until(lambda: _number(stack, MEASURED), "measurements in the lake", forgive=(QueryError,))
    viewer.open("pipeline")
    viewer.expect_data(canvases=7)


def test_flights_have_data_and_their_numbers_are_those_of_sql(
    stack: Stack, viewer: Dashboards
) -> None:
    viewer.open("flights")
    viewer.expect_data(canvases=6)

    def between() -> bool:
        asked = [_number(stack, IN_THE_AIR)]
        viewer.page.reload()
        viewer.settled()
        shown = viewer.number("In the air")
        asked.append(_number(stack, IN_THE_AIR))
        return min(asked) <= shown <= max(asked)

    until(between, "the dashboard's number is SQL's", timeout=240)


def test_nobody_sees_anything_without_signing_in(stack: Stack) -> None:
    url = stack.connections.superset_url
    assert requests.get(f"{url}/api/v1/dashboard/", timeout=30).json().get("count", 0) == 0
    answer = requests.get(f"{url}/superset/dashboard/flights/", timeout=30, allow_redirects=False)
    assert answer.status_code in {302, 401, 403}


@pytest.mark.parametrize(("user", "allowed"), [("viewer", False), ("editor", True)])
def test_only_an_editor_changes_charts(stack: Stack, user: str, allowed: bool) -> None:  # noqa: FBT001 - a case
    session = _signed_in(stack, user)
    url = stack.connections.superset_url
    charts = session.get(f"{url}/api/v1/chart/", timeout=60).json()["result"]
    assert len(charts) >= CHARTS["flights"]
    permissions = session.get(f"{url}/api/v1/chart/_info", timeout=60).json()["permissions"]
    assert ("can_write" in permissions) is allowed


def _signed_in(stack: Stack, user: str) -> requests.Session:
    session = requests.Session()
    body = {"username": user, "password": password(stack, user), "provider": "db"}
    url = stack.connections.superset_url
    token = session.post(f"{url}/api/v1/security/login", json=body, timeout=60).json()
    session.headers["Authorization"] = f"Bearer {token['access_token']}"
    return session


def _number(stack: Stack, statement: str) -> int:
    ((found,),) = stack.sql(statement)
    return int(found)
