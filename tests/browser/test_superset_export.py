"""What an editor changes in Superset comes back into the project's files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from headwater.targets.superset import covers, stable
from support.dashboards import signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import requests

    from support.stack import Stack

CHART = "superset/dashboards/charts/data_age.yaml"
CHANGED = {"description": "As an editor says it", "subtitle": "seconds"}


@pytest.fixture
def file(stack: Stack) -> Iterator[Path]:
    """The chart's file; it and Superset are afterwards as before."""
    path = stack.root / CHART
    declared = path.read_text()
    yield path
    path.write_text(declared)
    stack.ok("apply", "--yes")
    assert _drift(stack) == []


def test_an_editors_change_is_seen_and_brought_into_the_file(stack: Stack, file: Path) -> None:
    before = yaml.safe_load(file.read_text())
    _edit(stack, before["slice_name"])
    (drift,) = _drift(stack)
    assert (drift["action"], drift["name"]) == ("update", "charts/data_age")
    assert drift["detail"].split(", ") == ["description", "params"]
    assert CHART in stack.ok("export").splitlines()
    params = {**before["params"], "subtitle": CHANGED["subtitle"]}
    expected = {**before, "description": CHANGED["description"], "params": params}
    assert covers(yaml.safe_load(file.read_text()), stable(expected))
    assert _drift(stack) == []


def test_the_editor_owns_what_is_declared(stack: Stack) -> None:
    session, url = signed_in(stack, "editor"), stack.connections.superset_url
    for slug in ("flights", "pipeline"):
        answer = session.get(f"{url}/api/v1/dashboard/{slug}", timeout=60)
        assert "Editor" in {owner["first_name"] for owner in answer.json()["result"]["owners"]}


def _edit(stack: Stack, name: str) -> None:
    """As a chart's editor in the browser saves it."""
    session, url = signed_in(stack, "editor"), stack.connections.superset_url
    found = _result(session.get(f"{url}/api/v1/chart/?q=(page_size:100)", timeout=60))
    (number,) = (chart["id"] for chart in found if chart["slice_name"] == name)
    chart = _result(session.get(f"{url}/api/v1/chart/{number}", timeout=60))
    params = {**json.loads(chart["params"]), "subtitle": CHANGED["subtitle"]}
    body = {"description": CHANGED["description"], "params": json.dumps(params)}
    _result(session.put(f"{url}/api/v1/chart/{number}", json=body, timeout=60))


def _result(answer: requests.Response) -> Any:
    assert answer.ok, answer.text
    return answer.json()["result"]


def _drift(stack: Stack) -> list[dict[str, str]]:
    """What `plan` says of Superset."""
    changes = json.loads(stack.ok("plan", "--output", "json"))
    return [change for change in changes if change["target"] == "superset"]
