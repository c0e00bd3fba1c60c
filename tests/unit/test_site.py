from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headwater.errors import HeadwaterError, QueryError
from headwater.project import Project
from headwater.settings import Settings
from headwater.site import files, lake, serving
from headwater.site.picture import About, Flights, Trails
from headwater.site.server import SiteServer
from headwater.site.shared import Shared
from support.site_fake import ABOUT, FakeLake, flight

ROOT = Path(__file__).parents[2]


class Hand:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_many_viewers_are_one_reading_per_interval() -> None:
    clock, readings = Hand(), []
    gate = threading.Event()

    def read() -> None:
        gate.wait(5)
        readings.append(clock.now)

    shared = Shared(read, 3.0, clock)
    viewers = [threading.Thread(target=shared.fresh) for _ in range(20)]
    for viewer in viewers:
        viewer.start()
    gate.set()
    for viewer in viewers:
        viewer.join()
    assert readings == [0.0]
    clock.now = 2.9
    shared.fresh()
    clock.now = 3.0
    shared.fresh()
    assert readings == [0.0, 3.0]


def test_a_failing_lake_is_not_asked_more_often_than_a_good_one() -> None:
    clock, tries = Hand(), []

    def read() -> None:
        tries.append(clock.now)
        raise QueryError("no such table", remedy="make it")

    shared = Shared(read, 3.0, clock)
    shared.fresh()
    shared.fresh()
    assert (len(tries), str(shared.error)) == (1, "no such table\n  remedy: make it")


def test_a_reading_that_breaks_in_an_unforeseen_way_is_an_error_with_words() -> None:
    shared = Shared(lambda: 1 // 0, 3.0)
    shared.fresh()
    assert "ZeroDivisionError" in str(shared.error)


@pytest.mark.parametrize(("every", "refresh"), [(4, 2.0), (30, 6.0), (1200, 10.0)])
def test_the_lake_is_asked_some_times_per_poll(every: float, refresh: float) -> None:
    assert About("live", every, 300, "", "").refresh_s == refresh


def test_the_tag_changes_with_the_rows_and_with_an_error() -> None:
    source = FakeLake([flight("4b1815")])
    flights = Flights(source.flights, ABOUT)
    flights._shared._interval = 0.0
    document, tag = flights.answer()
    assert document["rows"][0][0] == "4b1815"
    assert flights.answer()[1] == tag
    source.error = QueryError("Trino is away", remedy="wait")
    stale, other = flights.answer()
    assert stale["rows"] == document["rows"]
    assert stale["error"] == {"message": "Trino is away", "remedy": "wait"}
    assert other != tag
    source.error = None
    assert flights.answer()[1] == tag


def test_before_the_first_answer_the_error_is_all_there_is() -> None:
    source = FakeLake([])
    source.error = QueryError("Trino is away")
    with pytest.raises(HeadwaterError, match="Trino is away"):
        Flights(source.flights, ABOUT).answer()


def trails_of(source: FakeLake, now: float) -> Trails:
    trails = Trails(source.positions, ABOUT, lambda: now)
    trails._shared._interval = 0.0
    return trails


def test_trails_are_sent_once_and_asked_for_once() -> None:
    source = FakeLake([])
    source.report("a", 1000.0, commit="1")
    trails = trails_of(source, now=1100.0)
    first = trails.answer("")
    assert (first["whole"], [p[:2] for p in first["points"]]) == (True, [("a", 1000.0)])
    source.report("a", 1030.0, commit="3")
    source.report("b", 990.0, commit="3")  # older than what is known, and new all the same
    second = trails.answer(first["cursor"])
    assert (second["whole"], [p[:2] for p in second["points"]]) == (
        False,
        [("b", 990.0), ("a", 1030.0)],
    )
    assert trails.answer(second["cursor"])["points"] == []
    assert source.asked[0] == (500.0, "")
    assert source.asked[-1] == (500.0, "3")


@pytest.mark.parametrize("cursor", ["", "nonsense", "00000000-99", "-", "x-y-z"])
def test_an_unknown_cursor_gets_everything(cursor: str) -> None:
    source = FakeLake([])
    source.report("a", 1000.0, commit="1")
    answer = trails_of(source, now=1100.0).answer(cursor)
    assert answer["whole"]
    assert len(answer["points"]) == 1


def test_the_window_of_trails_moves_on() -> None:
    source, now = FakeLake([]), [1000.0]
    trails = Trails(source.positions, ABOUT, lambda: now[0])
    trails._shared._interval = 0.0
    source.report("a", 990.0, commit="1")
    assert len(trails.answer("")["points"]) == 1
    now[0] = 2000.0
    assert trails.answer("")["points"] == []


def test_values_of_sql_become_values_of_json() -> None:
    row = ("4b1815", Decimal("8.232700"), datetime(2026, 11, 22, 17, 6, 38, 500000), 1, None)  # noqa: DTZ001
    assert lake._row(row, [3]) == ("4b1815", 8.2327, 1795367198.5, True, None)
    with pytest.raises(TypeError, match="bytes"):
        lake._row((b"x",), [])


def test_the_feed_says_what_the_page_needs_to_know() -> None:
    about = serving.about(Settings(), Project(ROOT))
    assert (about.source, about.every_s, about.gone_s) == ("simulator", 30, 300)
    assert about.box == (5.9962, 45.8389, 10.5226, 47.8229)
    assert "OpenSky" in about.attribution
    assert serving.about(Settings(source="replay:x.jsonl"), Project(ROOT)).source == "replay"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteServer]:
    (tmp_path / "index.html").write_text("<p>page</p>")
    (tmp_path / "app.js").write_text("//" + "x" * 5000)
    source = FakeLake([flight("4b1815")])
    made = SiteServer(
        ("127.0.0.1", 0),
        files.load(tmp_path),
        Flights(source.flights, ABOUT),
        Trails(source.positions, ABOUT, lambda: 1000.0),
    )
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def get(site: SiteServer, path: str, **headers: str) -> tuple[int, Any, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", site.server_address[1], timeout=10)
    with closing(connection):
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def test_files_with_their_types_tags_and_rules(site: SiteServer) -> None:
    status, headers, body = get(site, "/")
    assert (status, headers["Content-Type"], body) == (
        200,
        "text/html; charset=utf-8",
        b"<p>page</p>",
    )
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert get(site, "/", If_None_Match=headers["ETag"])[0] == 304
    _, packed, content = get(site, "/app.js", Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(content)) == 5002


@pytest.mark.parametrize("path", ["/../secrets.json", "/nothing", "/index.html/../../etc/passwd"])
def test_only_the_built_files_are_served(site: SiteServer, path: str) -> None:
    status, _, body = get(site, path)
    assert status == 404
    assert json.loads(body)["error"]["message"].startswith("there is no /")


def test_flights_are_sent_again_only_when_they_changed(site: SiteServer) -> None:
    status, headers, body = get(site, "/api/flights")
    assert status == 200
    assert json.loads(body)["source"] == "simulator"
    status, again, body = get(site, "/api/flights", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")
    assert float(again["X-Server-Time"]) > 1e9


def test_a_name_that_is_not_ours_is_refused(site: SiteServer) -> None:
    status, _, body = get(site, "/api/flights", Host="rebound.example.org")
    assert status == 403
    assert b"127.0.0.1" in body
