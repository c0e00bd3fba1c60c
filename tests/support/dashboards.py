"""Superset's dashboards in a browser, as somebody who signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 120_000
EXPECTED = (
    # Superset's telemetry pixel is built in; the page's own policy keeps it from being fetched.
    "scarf.sh",
    # A dashboard offers its colours to be saved; a viewer may not, and the console says so.
    "colors[?]mark_updated",
    "uncaught: Response",
)
CHARTS = {"flights": 13, "pipeline": 13}


class Dashboards:
    """Superset, as somebody who signed in."""

    def __init__(self, url: str, page: Page, user: str, password: str) -> None:
        self.url = url
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{self.url}/login/")
        until(lambda: self._signed_in(user, password), "signing in", pause=5)

    def _signed_in(self, user: str, password: str) -> bool:
        """Fill the form and send it; what is typed before the page is ready is lost."""
        if "/login" in self.page.url:
            self.page.locator('[data-test="username-input"]').fill(user)
            self.page.locator('[data-test="password-input"]').fill(password)
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
