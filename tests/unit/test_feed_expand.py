"""The HTTP calls of a poll: placeholders, fan-out, query and body."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from headwater.feed.expand import Call, expand
from headwater.feed.load import load
from headwater.feed.request import Request

ROOT = Path(__file__).resolve().parents[2]


def test_the_flights_feed_is_one_call() -> None:
    [call] = expand(load(ROOT / "feeds" / "flights.yaml").request)
    assert call == Call(
        "GET",
        "https://opensky-network.org/api/states/all"
        "?lamin=45.8389&lomin=5.9962&lamax=47.8229&lomax=10.5226&extended=1",
    )


def test_fan_out_is_every_combination() -> None:
    request = Request.model_validate(
        {
            "get": "https://x/{city}?a=1",
            "query": {"day": "{day}", "n": Decimal("1.50"), "all": True},
            "headers": {"X-City": "{city}"},
            "for": {"city": ["San Diego", "a/b"], "day": [1, 2]},
        }
    )
    calls = expand(request)
    assert [call.values for call in calls] == [
        {"city": "San Diego", "day": 1},
        {"city": "San Diego", "day": 2},
        {"city": "a/b", "day": 1},
        {"city": "a/b", "day": 2},
    ]
    assert calls[1].url == "https://x/San%20Diego?a=1&day=2&n=1.50&all=true"
    assert calls[2].url == "https://x/a%2Fb?a=1&day=1&n=1.50&all=true"
    assert calls[2].headers == {"X-City": "a/b"}


def test_a_body_takes_values_with_their_type() -> None:
    request = Request.model_validate(
        {
            "post": "https://x",
            "body": {"n": "{trip.adults}", "to": ["{trip.to}-{trip.adults}"], "k": None},
            "for": {"trip": [{"adults": 2, "to": "FRA"}]},
        }
    )
    [call] = expand(request)
    assert call.method == "POST"
    assert json.loads(call.body or "") == {"n": 2, "to": ["FRA-2"], "k": None}


def test_the_place_of_an_api_key_in_the_url_stays() -> None:
    [call] = expand(load(ROOT / "tests/unit/feeds/forecasts.yaml").request)
    assert call.url == "https://api.darksky.net/forecast/{key}/37.8267,-122.423?exclude=minutely"
