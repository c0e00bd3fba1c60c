"""A page of a real browser; a console error or a request that leaves 127.0.0.1 fails its test.

What stands for the running stack (`viewers`, `planted`) starts it, what needs none does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from support.browser import Complaints, Pages, launched
from support.dashboards import EXPECTED, ViewerPages, password, sign_in
from support.planted import PLANES, STEPS, Planted
from support.stack import Stack

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


@pytest.fixture(scope="session")
def viewer_session(stack: Stack, browser: Browser) -> StorageState:
    """A viewer's session: signed in once."""
    context = browser.new_context()
    url = stack.connections.superset_url
    sign_in(url, context.new_page(), "viewer", password(stack, "viewer"))
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def viewers(viewer_session: StorageState, pages: Pages, complaints: Complaints) -> ViewerPages:
    """Opens dashboards as a viewer."""
    for expected in EXPECTED:
        complaints.expect(expected)
    return ViewerPages(viewer_session, pages)


@pytest.fixture(scope="module")
def planted(stack: Stack) -> Iterator[Planted]:
    """Aircraft of which all is known, in the lake."""
    found = Planted(stack)
    reports = len(PLANES) * len(STEPS)
    for table, rows in (("flights", len(PLANES)), ("flight_positions", reports)):
        ours = f"SELECT count(*) FROM {table} WHERE icao24 LIKE '{found.prefix}%'"
        stack.wait_sql(ours, [(rows,)], 120)
    yield found
    found.remove()
