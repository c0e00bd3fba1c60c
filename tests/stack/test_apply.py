"""Desired state against actual state on the running servers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from support.stack import Stack
from support.waiting import until

OUTSIDE = "SELECT COUNT(*) FROM final.flights WHERE origin_country <> 'Test' AND longitude > 8.0"


@pytest.fixture
def narrow_box(stack: Stack) -> Iterator[None]:
    """The feed's box cut at 8 degrees east, put back afterwards."""
    feed = stack.root / "feeds" / "flights.yaml"
    declared = feed.read_text()
    assert "lomax: 10.5226" in declared
    feed.write_text(declared.replace("lomax: 10.5226", "lomax: 8.0"))
    yield
    feed.write_text(declared)
    stack.ok("render")
    stack.ok("apply", "--yes")
    assert json.loads(stack.ok("plan", "--output", "json")) == []


@pytest.mark.usefixtures("narrow_box")
def test_a_changed_box_moves_the_region_without_a_restart(stack: Stack) -> None:
    nifi = stack.service("nifi")["pid"]
    until(lambda: stack.mysql(OUTSIDE) != [(0,)], "planes east of the new box")
    planned = json.loads(stack.ok("plan", "--output", "json"))
    assert [change["target"] for change in planned] == ["nifi"], planned
    assert stack.cli("render", "--check").returncode == 1
    stack.ok("render")
    stack.ok("apply", "--yes")
    assert json.loads(stack.ok("plan", "--output", "json")) == []
    until(lambda: stack.mysql(OUTSIDE) == [(0,)], "planes east of the new box are gone", 120)
    assert stack.service("nifi")["pid"] == nifi


def test_a_wrong_declaration_is_named_and_changes_nothing(stack: Stack) -> None:
    feed = stack.root / "feeds" / "flights.yaml"
    declared = feed.read_text()
    try:
        feed.write_text(declared.replace("every: 4s", "every: soon"))
        done = stack.cli("plan")
    finally:
        feed.write_text(declared)
    assert done.returncode == 2
    assert "flights.yaml:" in done.stderr
    assert "soon" in done.stderr
