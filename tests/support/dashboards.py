"""Superset's dashboards in a browser, as somebody who signed in."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, expect

from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playwright.sync_api import Page, Response

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

    def settled(self) -> None:
        """Nothing is loading."""
        loading = self.page.locator('[data-test="loading-indicator"]')
        expect(loading).to_have_count(0, timeout=PATIENCE_MS)

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
