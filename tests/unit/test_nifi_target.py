from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import SecretStr

from headwater.connections import local
from headwater.errors import TargetError
from headwater.feed.load import load_all
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import OpenSky, Settings
from headwater.targets.base import Context
from headwater.targets.nifi import NifiTarget
from support.nifi_fake import FakeNifi

if TYPE_CHECKING:
    from headwater.feed.model import Feed
    from headwater.targets._nifi_api import NifiApi

PROJECT = Project(Path(__file__).resolve().parents[2])


@pytest.fixture
def nifi() -> FakeNifi:
    return FakeNifi()


@pytest.fixture
def context() -> Context:
    settings = Settings.model_validate({})
    feeds = [feed for feed in load_all(PROJECT.feeds) if feed.feed == "flights"]
    return Context(PROJECT, settings, local(settings, Secrets()), feeds, {"flights": "simulator"})


def test_a_second_apply_finds_nothing_to_do(context: Context, nifi: FakeNifi) -> None:
    changes = _target(context, nifi).apply()
    assert [(change.action, change.name) for change in changes] == [("create", "flights")]
    assert nifi.calls == ["create context", "create group", "replace", "start"]
    assert _target(context, nifi).plan() == []
    nifi.calls.clear()
    assert _target(context, nifi).apply() == []
    assert nifi.calls == []


def test_another_bounding_box_is_one_parameter(context: Context, nifi: FakeNifi) -> None:
    _target(context, nifi).apply()
    nifi.calls.clear()
    moved = _with_query(context, lamin=Decimal("46.5"))
    [change] = _target(moved, nifi).plan()
    assert change.name == "flights: parameter request.url"
    assert "lamin=45.8389" in change.detail.partition("→")[0]
    assert "lamin=46.5" in change.detail.partition("→")[2]
    _target(moved, nifi).apply()
    assert nifi.calls == ["update ['request.url']", "start"]
    assert _target(moved, nifi).plan() == []


def test_a_changed_secret_shows_though_it_cannot_be_read(context: Context, nifi: FakeNifi) -> None:
    _target(context, nifi).apply()
    account = replace(context.connections.mysql_nifi, password=SecretStr("another"))
    changed = replace(context, connections=replace(context.connections, mysql_nifi=account))
    [change] = _target(changed, nifi).plan()
    assert (change.name, change.detail) == ("flights: parameter mysql.password", "set")
    _target(changed, nifi).apply()
    assert _target(changed, nifi).plan() == []


def test_an_account_brings_the_token_service_and_takes_it_away(
    context: Context, nifi: FakeNifi
) -> None:
    _target(context, nifi).apply()
    account = OpenSky(client_id="me", client_secret=SecretStr("quiet"))
    signed_in = replace(context, settings=context.settings.model_copy(update={"opensky": account}))
    _target(signed_in, nifi).apply()
    [service] = nifi.contents["flights"]["controllerServices"]
    assert service["properties"]["client-secret"] == "#{oauth2.client.secret}"
    assert _target(signed_in, nifi).plan() == []
    _target(context, nifi).apply()
    assert nifi.contents["flights"]["controllerServices"] == []
    assert _target(context, nifi).plan() == []


def test_what_somebody_changed_on_the_canvas_is_put_back(context: Context, nifi: FakeNifi) -> None:
    _target(context, nifi).apply()
    processors = nifi.contents["flights"]["processors"]
    ask = next(part for part in processors if part["name"] == "Ask the API")
    ask["properties"]["HTTP Method"] = "POST"
    ask["properties"]["Request Username"] = "somebody"
    nifi.states[processors[0]["identifier"]] = "Stopped"
    del nifi.contents["flights"]["connections"][0]
    details = [change.detail for change in _target(context, nifi).plan()]
    assert "processor 'Ask the API': property 'HTTP Method', property 'Request Username'" in details
    assert "processor 'Tick' is stopped" in details
    assert "connection 'Tick' to 'Hold while the API asks to wait' is missing" in details
    _target(context, nifi).apply()
    assert _target(context, nifi).plan() == []


def test_the_group_of_a_feed_that_is_gone_is_deleted(context: Context, nifi: FakeNifi) -> None:
    _target(context, nifi).apply()
    nifi.groups["theirs"] = {"id": "theirs", "component": {"name": "theirs", "comments": ""}}
    without = replace(context, feeds=[], sources={})
    assert [(c.action, c.name) for c in _target(without, nifi).plan()] == [("delete", "flights")]
    _target(without, nifi).apply()
    assert list(nifi.groups) == ["theirs"]
    assert nifi.known == {}
    assert _target(without, nifi).plan() == []


def test_a_group_of_somebody_else_is_never_taken_over(context: Context, nifi: FakeNifi) -> None:
    nifi.groups["flights"] = {"id": "x", "component": {"name": "flights", "comments": "mine"}}
    with pytest.raises(TargetError, match="was not made by Headwater"):
        _target(context, nifi).apply()
    assert nifi.calls == []


def _target(context: Context, nifi: FakeNifi) -> NifiTarget:
    return NifiTarget(context, cast("NifiApi", nifi))


def _with_query(context: Context, **query: Any) -> Context:
    def moved(feed: Feed) -> Feed:
        request = feed.request.model_copy(update={"query": {**feed.request.query, **query}})
        return feed.model_copy(update={"request": request})

    return replace(context, feeds=[moved(feed) for feed in context.feeds])
