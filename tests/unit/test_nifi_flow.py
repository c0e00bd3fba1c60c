from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from headwater.connections import local
from headwater.errors import DeclarationError
from headwater.feed.load import load, load_all
from headwater.feed.request import Auth
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import OpenSky, Settings
from headwater.targets import _nifi_flow as flows
from headwater.targets import _nifi_parameters as parameters
from headwater.targets.base import Context
from headwater.targets.nifi import NifiTarget

if TYPE_CHECKING:
    from headwater.feed.model import Feed

PROJECT = Project(Path(__file__).resolve().parents[2])
RELATIONSHIPS = {
    "GenerateFlowFile": {"success"},
    "UpdateAttribute": {"success"},
    "InvokeHTTP": {"Failure", "No Retry", "Original", "Response", "Retry"},
    "CryptographicHashContent": {"failure", "success"},
    "CompressContent": {"failure", "success"},
    "HoldPoll": {"failure", "held", "noted", "original", "success"},
    "TransformResponse": {"backoff", "failure", "original", "success"},
    "SignRawUpload": {"failure", "original", "success"},
    "WriteRows": {"failure", "original", "success"},
}
"""As NiFi 2.3.0 lists them."""
WIDTH, HEIGHT = 352.0, 128.0


@pytest.fixture
def feed() -> Feed:
    return load(PROJECT.feeds / "flights.yaml")


@pytest.fixture
def group(feed: Feed) -> dict[str, Any]:
    return flows.process_group(feed, signed_in=True)


def test_the_committed_flow_is_what_the_feed_renders() -> None:
    settings = Settings.model_validate({"opensky": OpenSky(client_secret=SecretStr("hush"))})
    secrets = Secrets()
    feeds = load_all(PROJECT.feeds)
    sources = dict.fromkeys((feed.feed for feed in feeds), "simulator")
    context = Context(PROJECT, settings, local(settings, secrets), feeds, sources)  # type: ignore[arg-type]
    for path, content in NifiTarget(context).render().items():
        assert (PROJECT.root / path).read_text() == content, f"{path}: headwater render"
        assert "hush" not in content
        assert secrets.mysql_nifi.get_secret_value() not in content
        assert json.loads(content)["flowContents"]["processors"]


def test_every_relationship_leads_somewhere(group: dict[str, Any]) -> None:
    for step in group["processors"]:
        left = RELATIONSHIPS[step["type"].rpartition(".")[2]] - set(
            step["autoTerminatedRelationships"]
        )
        leaving = [c for c in group["connections"] if c["source"]["id"] == step["identifier"]]
        assert left == {r for c in leaving for r in c["selectedRelationships"]}, step["name"]


def test_no_failure_is_ever_dropped(group: dict[str, Any]) -> None:
    for step in group["processors"]:
        assert "failure" not in step["autoTerminatedRelationships"], step["name"]
        assert "Failure" not in step["autoTerminatedRelationships"], step["name"]
    by_name = {step["name"]: step for step in group["processors"]}
    assert by_name["Write the rows"]["retriedRelationships"] == ["failure"]
    put = by_name["Put it into the raw zone"]
    assert put["retriedRelationships"] == ["Failure", "No Retry", "Retry"]


def test_queues_join_pieces_that_are_there(group: dict[str, Any]) -> None:
    known = {part["identifier"] for kind in ("processors", "funnels") for part in group[kind]}
    for connection in group["connections"]:
        assert {connection["source"]["id"], connection["destination"]["id"]} <= known
    everything = [p["identifier"] for kind in flows_kinds(group) for p in group[kind]]
    assert len(everything) == len(set(everything))


def test_nothing_on_the_canvas_overlaps(group: dict[str, Any]) -> None:
    boxes = [
        (p["name"], p["position"]["x"], p["position"]["y"], WIDTH, HEIGHT)
        for p in group["processors"]
    ]
    boxes += [
        ("funnel", p["position"]["x"], p["position"]["y"], 48.0, 48.0) for p in group["funnels"]
    ]
    boxes += [
        (p["label"], p["position"]["x"], p["position"]["y"], p["width"], p["height"])
        for p in group["labels"]
    ]
    for (a, ax, ay, aw, ah), (b, bx, by, bw, bh) in combinations(boxes, 2):
        apart = ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
        assert apart, f"{a!r} covers {b!r}"


@pytest.mark.parametrize("part", ["for_", "pages", "key"])
def test_what_flows_cannot_do_yet_is_said(feed: Feed, part: str) -> None:
    changes: dict[str, Any] = {
        "for_": {"for_": {"city": ["Bern"]}},
        "pages": {"pages": {"next": "doc.next"}},
        "key": {"auth": Auth.model_validate({"key": "x", "header": "X"})},
    }
    request = feed.request.model_copy(update=changes[part])
    with pytest.raises(DeclarationError, match=r"NiFi flows do not know request\."):
        flows.process_group(feed.model_copy(update={"request": request}), signed_in=False)


def test_only_host_and_scheme_change_for_the_simulator(feed: Feed) -> None:
    live = _values(feed, "live")
    simulated = _values(feed, "simulator")
    assert live["request.url"].startswith(
        "https://opensky-network.org/api/states/all?lamin=45.8389"
    )
    path = live["request.url"].partition("opensky-network.org")[2]
    assert simulated["request.url"] == f"http://127.0.0.1:18090{path}"
    assert simulated["oauth2.token.url"].startswith("http://127.0.0.1:18090/auth/realms/")
    assert (live["source"], simulated["source"]) == ("live", "simulator")


def test_secrets_show_a_fingerprint_only() -> None:
    one = parameters.Parameter("p", SecretStr("one"), "a secret")
    two = replace(one, value=SecretStr("two"))
    assert "value" not in one.rendered()
    assert one.deployed()["description"] != two.deployed()["description"]
    assert one.deployed() == replace(one).deployed()
    assert parameters.fingerprint("p", "one") != parameters.fingerprint("q", "one")


def test_histories_are_purged_by_their_own_time(feed: Feed) -> None:
    assert flows.retention(feed) == [
        {"table": "flight_positions", "column": "time_position", "seconds": 7 * 86_400}
    ]


def flows_kinds(group: dict[str, Any]) -> list[str]:
    return [
        kind
        for kind, value in group.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]


def _values(feed: Feed, source: str) -> dict[str, str]:
    settings = Settings.model_validate({})
    connections = local(settings, Secrets())
    around = parameters.Surroundings(
        source=source,  # type: ignore[arg-type]
        simulator_url=connections.simulator_url,
        mysql=connections.mysql_nifi,
        database="final",
        aws=connections.aws,
        account=settings.opensky,
    )
    found = parameters.parameters(feed, around, signed_in=True)
    return {p.name: p.value for p in found if isinstance(p.value, str)}
