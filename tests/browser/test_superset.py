"""Superset in a real browser: every chart has data, values equal SQL, roles hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from headwater import secrets
from headwater.errors import QueryError
from headwater.project import DataDir
from support.browser import Complaints, Pages
from support.dashboards import CHARTS, EXPECTED, Dashboards
from support.waiting import until

if TYPE_CHECKING:
    from support.stack import Stack

IN_THE_AIR = "SELECT count_if(state = 'in the air') FROM flights_now WHERE age_s <= 300"
MEASURED = "SELECT count(*) FROM pipeline_now"


def password(stack: Stack, user: str) -> str:
    known = secrets.load_or_create(DataDir(stack.settings.data_dir).secrets)
    return str(getattr(known, f"superset_{user}").get_secret_value())


@pytest.fixture
def viewer(stack: Stack, pages: Pages, complaints: Complaints) -> Dashboards:
    for expected in EXPECTED:
        complaints.expect(expected)
    page = pages.open(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    url = stack.connections.superset_url
    return Dashboards(url, page, "viewer", password(stack, "viewer"))


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
