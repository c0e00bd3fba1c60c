"""A page of a real browser; a console error or a request that leaves 127.0.0.1 fails its test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Complaints, Pages, launched

expect.set_options(timeout=60_000)  # a machine that runs the whole stack draws slowly


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    with launched() as found:
        yield found


@pytest.fixture
def complaints() -> Complaints:
    """What the pages of this test did wrong; `expect` what the test provokes."""
    return Complaints()


@pytest.fixture
def pages(browser: Browser, complaints: Complaints) -> Iterator[Pages]:
    """Opens pages: phones, dark ones, several at once."""
    opened = Pages(browser, complaints)
    yield opened
    opened.close()
    assert not complaints.unexpected


@pytest.fixture
def page(pages: Pages) -> Page:
    """One page of 1280 by 800 pixels."""
    return pages.open(viewport={"width": 1280, "height": 800})
