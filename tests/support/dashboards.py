"""Superset's dashboards in a browser, as somebody who signed in."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import requests
from playwright.sync_api import Error, expect

from headwater import secrets
from headwater.project import DataDir
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playwright.sync_api import Locator, Page, Response, StorageState

    from support.browser import Pages
    from support.stack import Stack

PATIENCE_MS = 120_000
EXPECTED = (
    # Superset's telemetry pixel is built in; the page's own policy keeps it from being fetched.
    "scarf.sh",
    # A dashboard offers its colours to be saved; a viewer may not, and the console says so.
    "colors[?]mark_updated",
    "uncaught: Response",
)
CHARTS = {"flights": 14, "pipeline": 13}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/156.0 Mobile Safari",
}
HOLDER = ".dashboard-component-chart-holder"
MAP = f"{HOLDER}:has-text('Live map') canvas"
LOOKED_AT = (
    8.25,
    46.83,
    6.9,
)  # longitude, latitude, zoom: superset/dashboards/charts/live_map.yaml
OPTIONS: dict[str, Any] = {
    "viewport": {"width": 1000, "height": 700},  # what is larger is drawn slower
    "reduced_motion": "reduce",
}


def password(stack: Stack, user: str) -> str:
    """The password of one of Superset's accounts."""
    known = secrets.load_or_create(DataDir(stack.settings.data_dir).secrets)
    return str(getattr(known, f"superset_{user}").get_secret_value())


def signed_in(stack: Stack, user: str) -> requests.Session:
    """A session with Superset's REST API, which may change what the account may."""
    session, url = requests.Session(), stack.connections.superset_url
    body = {"username": user, "password": password(stack, user), "provider": "db"}
    token = session.post(f"{url}/api/v1/security/login", json=body, timeout=60).json()
    session.headers["Authorization"] = f"Bearer {token['access_token']}"
    session.headers["Referer"] = url
    answer = session.get(f"{url}/api/v1/security/csrf_token/", timeout=60).json()
    session.headers["X-CSRFToken"] = answer["result"]
    return session


def sign_in(url: str, page: Page, user: str, password: str) -> None:
    """Through the form; the page's context then holds the session."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}/login/")

    def signed_in() -> bool:
        """Fill the form and send it; what is typed before the page is ready is lost."""
        if "/login" in page.url:
            page.locator('[data-test="username-input"]').fill(user)
            page.locator('[data-test="password-input"]').fill(password)
            page.locator('[data-test="login-button"]').click()
            page.wait_for_timeout(2000)  # its answer; the caller looks again
        return "/login" not in page.url

    until(signed_in, "signing in", pause=1)


class Dashboards:
    """A page of somebody who signed in, and what its charts were answered."""

    def __init__(self, url: str, page: Page) -> None:
        self.url = url
        self.page = page
        self.answers: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}
        page.set_default_timeout(PATIENCE_MS)
        page.on("response", self._keep)

    def open(self, slug: str, query: str = "") -> None:
        """A dashboard, when every chart of it has been drawn."""
        self.go(slug, query)
        self.look_at_all()

    def go(self, slug: str, query: str = "") -> None:
        """A dashboard, when all its charts have their places; those in view are asked for."""
        self.page.goto(f"{self.url}/superset/dashboard/{slug}/{query}")
        expect(self.page.locator(HOLDER)).to_have_count(CHARTS[slug], timeout=PATIENCE_MS)

    def look_at_all(self) -> None:
        """Every chart was in view, because only then it is asked for, and is drawn."""
        for chart in self.page.locator(HOLDER).all():
            chart.scroll_into_view_if_needed()
            expect(chart.locator(".slice_container > *").first).to_be_attached(timeout=PATIENCE_MS)
        self.settled()

    def chart(self, title: str) -> Locator:
        """A chart, in view, because what is not in view is not asked for."""
        named = self.page.locator(f'[data-test-chart-name="{title}"]')
        chart = self.page.locator(HOLDER).filter(has=named)
        chart.scroll_into_view_if_needed()
        return chart

    def answer(self, title: str, *parts: str) -> dict[str, Any]:
        """The newest answer to a chart whose SQL holds these parts."""
        self.chart(title)
        self._names = self._names or self.titles()
        number = next(key for key, name in self._names.items() if name == title)

        def found() -> dict[str, Any] | None:
            self.page.evaluate("0")  # answers arrive while playwright is asked something
            answer = self.answers.get(number, {})
            return answer if all(part in answer.get("query", "") for part in parts) else None

        answer = until(found, f"{title} asks with {parts}")
        assert answer is not None
        return answer

    def refresh(self) -> None:
        """Have every chart that was in view asked for again."""
        self.page.locator('[data-test="refresh-button"]').click()

    def sort(self, title: str, heading: str) -> None:
        """A click on a heading of a table."""
        self.chart(title).locator("th").filter(has_text=heading).first.click()

    def column(self, title: str, heading: str) -> list[float]:
        """The numbers below a heading of a table, from top to bottom."""
        chart = self.chart(title)
        headings = [text.strip() for text in chart.locator("thead th").all_inner_texts()]
        place = headings.index(heading) + 1
        cells = chart.locator(f"tbody td:nth-child({place})").all_inner_texts()
        return [float(cell.replace(",", "")) for cell in cells]

    def choose(self, name: str, option: str) -> None:
        """Choose an option of a filter of the dashboard, and apply it."""
        self.page.evaluate("window.scrollTo(0, 0)")
        control = self.page.locator('[data-test="filter-control-name"]').filter(has_text=name)
        if not control.is_visible():  # what does not fit into the bar is behind a button
            self.page.locator('[data-test="dropdown-container-btn"]').click()
        box = self.page.locator(".ant-form-item").filter(has=control).locator("input")
        box.fill(option)
        active = self.page.locator(f'.ant-select-item-option-active[title="{option}"]')
        expect(active).to_be_attached()
        box.press("Enter")
        self.page.locator('[data-test="filter-bar__apply-button"]').click()

    def settled(self) -> None:
        """Nothing is loading."""
        loading = self.page.locator('[data-test="loading-indicator"]')
        expect(loading).to_have_count(0, timeout=PATIENCE_MS)

    def pixel(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where a place of the map is on the screen: Web Mercator around what it looks at."""
        box = self.page.locator(MAP).first.bounding_box()
        assert box is not None
        longitude, latitude, zoom = LOOKED_AT
        world = 512 * 2**zoom
        x = (place[0] - longitude) / 360 * world
        y = (_mercator(latitude) - _mercator(place[1])) * world
        return box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y

    def number(self, title: str) -> int:
        """What a chart of one number shows; -1 while it shows none."""
        chart = self.page.locator(HOLDER).filter(has_text=title).first
        chart.scroll_into_view_if_needed()  # what is not in view is not asked for
        shown = chart.locator(".header-line").all_inner_texts()
        return int(shown[0].replace(",", "")) if shown else -1

    def expect_data(self, *, canvases: int) -> None:
        """No chart shows an error or is empty; so many are drawn."""
        for sign in ("No results were returned", "Unexpected error", "Data error", "See more"):
            expect(self.page.get_by_text(sign)).to_have_count(0)
        expect(self.page.locator(".ant-alert-error")).to_have_count(0)
        drawn = self.page.locator(f"{HOLDER} canvas")
        until(lambda: drawn.count() >= canvases, f"{canvases} charts are drawn")

    def titles(self) -> dict[str, str]:
        """Number of a chart -> its name."""
        answer = self.page.request.get(f"{self.url}/api/v1/chart/?q=(page_size:100)").json()
        return {str(chart["id"]): str(chart["slice_name"]) for chart in answer["result"]}

    def answered(self, accepted: Callable[[str], bool]) -> Mapping[str, dict[str, Any]]:
        """The newest answer to each chart whose SQL is accepted, by the chart's name."""
        titles = self.titles()
        return {
            titles[number]: answer
            for number, answer in self.answers.items()
            if number in titles and accepted(answer["query"])
        }

    def _keep(self, response: Response) -> None:
        with suppress(Error):  # the page has gone meanwhile
            self._read(response)

    def _read(self, response: Response) -> None:
        if not response.ok:
            return
        if "/api/v1/chart/data" in response.url:
            form = json.loads(response.request.post_data or "{}")["form_data"]
            answer = response.json()["result"][0]
        elif "/explore_json/" in response.url:  # maps, still
            whole = response.json()
            form, answer = whole["form_data"], {**whole, "data": whole["data"]["features"]}
        else:
            return
        self.answers[str(form.get("slice_id") or form.get("native_filter_id"))] = answer


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi)


class ViewerPages:
    """Pages of somebody who may look."""

    def __init__(self, session: StorageState, pages: Pages) -> None:
        self._session = session
        self._pages = pages

    def open(self, stack: Stack, **options: Any) -> Dashboards:
        """A page, still empty."""
        page = self._pages.open(storage_state=self._session, **{**OPTIONS, **options})
        return Dashboards(stack.connections.superset_url, page)
