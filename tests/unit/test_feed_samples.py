"""The same model and transform on APIs of other shapes, against independent readings."""

from __future__ import annotations

import html
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from headwater.errors import TransformError
from headwater.feed.load import load
from headwater.feed.result import ResponseInfo, Result
from headwater.feed.transform import transform

if TYPE_CHECKING:
    from support.shared import SharedData

FEEDS = Path(__file__).parent / "feeds"
POLLED = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
POLL = POLLED.replace(tzinfo=None)


def run(feed: str, body: bytes | str, **values: object) -> Result:
    spec = load(FEEDS / f"{feed}.yaml").spec()
    body = body.encode() if isinstance(body, str) else body
    return transform(spec, body, ResponseInfo(POLLED, "https://api.example", values))


def rows(result: Result, table: str) -> list[tuple[Any, ...]]:
    assert result.tables[table].rejected == []
    return result.tables[table].rows


def read(path: Path) -> Any:
    return json.loads(path.read_text(), parse_float=Decimal)


def utc(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def test_fares_walk_into_options_slices_segments_and_legs(shared_data: SharedData) -> None:
    path = shared_data("fares/qpx_express_dinoopm.json")
    trip = {"origin": "TXL", "destination": "FRA", "date": "2016-04-30"}
    result = run("fares", path.read_bytes(), trip=trip)
    options = read(path)["trips"]["tripOption"]
    assert len(options) == 20
    assert rows(result, "fare_options") == [
        (
            o["id"],
            o["saleTotal"][:3],
            Decimal(o["saleTotal"][3:]),
            Decimal(o["pricing"][0]["saleTaxTotal"][3:]),
            sum(s["duration"] for s in o["slice"]),
            instant(o["pricing"][0]["latestTicketingTime"]),
            json.dumps(trip, separators=(",", ":")),
        )
        for o in options
    ]
    assert rows(result, "fare_legs") == [
        (
            o["id"],
            leg["id"],
            segment["flight"]["carrier"],
            segment["flight"]["number"],
            segment["cabin"],
            leg["origin"],
            leg["destination"],
            instant(leg["departureTime"]),
            wall(leg["departureTime"]),
            instant(leg["arrivalTime"]),
            leg.get("mileage"),
        )
        for o in options
        for piece in o["slice"]
        for segment in piece["segment"]
        for leg in segment["leg"]
    ]
    assert len(rows(result, "fare_legs")) == 28


def test_an_option_without_slices_is_no_leg_and_a_broken_one_rejects_only_itself() -> None:
    def option(name: str, piece: object) -> dict[str, object]:
        return {"id": name, "saleTotal": "EUR1.00", "slice": piece}

    flight = {"flight": {"carrier": "LH", "number": "1"}, "cabin": "COACH"}
    leg = {"id": "l", "origin": "TXL", "destination": "FRA"}
    times = {"departureTime": "2016-04-30T08:50+02:00", "arrivalTime": "2016-04-30T10:05+02:00"}
    good = [{"duration": 75, "segment": [{**flight, "leg": [{**leg, **times}]}]}]
    body = {
        "kind": "qpxExpress#tripsSearch",
        "trips": {"tripOption": [option("a", None), option("b", "odd"), option("c", good)]},
    }
    legs = run("fares", json.dumps(body)).tables["fare_legs"]
    assert [row[0] for row in legs.rows] == ["c"]
    assert [(r.path, r.column) for r in legs.rejected] == [("option[1]", "slice")]
    assert "is no list: odd" in legs.rejected[0].reason


@pytest.mark.parametrize(
    "name",
    ["darksky_forecast_san_francisco_2019-03-15", "darksky_python-forecast.io_with_alerts"],
)
def test_forecasts_have_blocks_and_lists(shared_data: SharedData, name: str) -> None:
    path = shared_data(f"weather/{name}.json")
    result, doc = run("forecasts", path.read_bytes()), read(path)
    place = (doc["latitude"], doc["longitude"])

    def weather(block: dict[str, Any]) -> tuple[Any, ...]:
        names = ("summary", "temperature", "humidity", "pressure", "uvIndex")
        return (*place, utc(block["time"]), *map(block.get, names))

    assert rows(result, "weather_now") == [weather(doc["currently"])]
    hours = doc["hourly"]["data"]
    assert rows(result, "weather_hours") == [(*weather(h), h["precipIntensity"]) for h in hours]
    assert rows(result, "weather_days") == [
        (
            *place,
            utc(day["time"]),
            day.get("temperatureLow", day["temperatureMin"]),
            day.get("temperatureHigh", day["temperatureMax"]),
            utc(day["sunriseTime"]),
        )
        for day in doc["daily"]["data"]
    ]
    assert rows(result, "weather_alerts") == [
        (alert["title"], utc(alert["time"]), utc(alert["expires"]), alert["description"])
        for alert in doc.get("alerts", [])
    ]


def test_products_have_entities_gaps_and_odd_prices(shared_data: SharedData) -> None:
    path = shared_data("products/walmart_search_iphone8_2018-01.json")
    result = run("products", path.read_bytes())
    items = read(path)["items"]
    assert rows(result, "products") == [
        (
            item["itemId"],
            html.unescape(item["name"]),
            item.get("msrp"),
            item["salePrice"],
            item.get("upc"),
            html.unescape(item["categoryPath"]),
            html.unescape(item["longDescription"]),
            Decimal(item["customerRating"]) if "customerRating" in item else None,
            item["stock"] == "Available",
            POLL,
        )
        for item in items
    ]
    assert len(items) == 10
    [odd] = result.tables["products"].warnings
    assert (odd.path, odd.column) == ("item[7]", "list_price_not_below_price")


def test_entities_in_a_name_are_read() -> None:
    item = {"itemId": 1, "name": " Black &amp; Decker 5&quot; saw ", "stock": "Out"}
    [row] = rows(run("products", json.dumps({"items": [item]})), "products")
    assert row[1] == 'Black & Decker 5" saw'
    assert row[8] is False


def test_a_product_error_is_named() -> None:
    with pytest.raises(TransformError, match=r"the API says 'Invalid query'"):
        run("products", '{"errors": [{"code": 4002, "message": "Invalid query"}]}')


@pytest.mark.parametrize("name", ["success", "historical_success"])
def test_rates_are_a_map(shared_data: SharedData, name: str) -> None:
    path = shared_data(f"currency/currencylayer_{name}.json")
    doc = read(path)
    assert rows(run("rates", path.read_bytes()), "rates") == [
        (doc["source"], pair[3:], Decimal(rate), utc(doc["timestamp"]))
        for pair, rate in doc["quotes"].items()
    ]


def test_an_error_with_status_200_is_an_error(shared_data: SharedData) -> None:
    body = shared_data("currency/currencylayer_error.json").read_bytes()
    with pytest.raises(TransformError, match="You have not supplied a valid API Access Key"):
        run("rates", body)


FRANKFURTER_V1 = (
    '{"amount":1.0,"base":"EUR","date":"2026-10-30","rates":{"CHF":0.9283,"USD":1.157}}'
)
FRANKFURTER_V2 = """[{"date":"2026-10-30","base":"EUR","quote":"CHF","rate":0.9283},
                     {"date":"2026-10-30","base":"EUR","quote":"USD","rate":1.157}]"""


@pytest.mark.parametrize(
    ("body", "table"), [(FRANKFURTER_V1, "ecb_rates"), (FRANKFURTER_V2, "ecb_quotes")]
)
def test_ecb_rates_come_as_a_map_or_as_a_list(body: str, table: str) -> None:
    result = run("ecb_rates", body)
    assert rows(result, table) == [
        ("EUR", "CHF", date(2026, 10, 30), Decimal("0.9283")),
        ("EUR", "USD", date(2026, 10, 30), Decimal("1.157")),
    ]
    assert result.applied == 2


METEO = {
    "latitude": 37.763283,
    "longitude": -122.41286,
    "generationtime_ms": 0.05,
    "utc_offset_seconds": 0,
    "timezone": "GMT",
    "timezone_abbreviation": "GMT",
    "elevation": 18.0,
    "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "weather_code": "wmo code"},
    "hourly": {
        "time": ["2026-11-22T00:00", "2026-11-22T01:00", "2026-11-22T02:00"],
        "temperature_2m": [14.2, None, 13.0],
        "weather_code": [3, 45, None],
    },
}


@pytest.mark.parametrize("places", [1, 2])
def test_arrays_by_column_become_rows(places: int) -> None:
    south = {**METEO, "latitude": 34.42, "longitude": -119.7}
    body = METEO if places == 1 else [METEO, south]
    start = datetime(2026, 11, 22)  # noqa: DTZ001 - rows hold naive UTC
    temperatures = (Decimal("14.2"), None, Decimal("13.0"))
    expected = [
        (
            latitude,
            longitude,
            start + timedelta(hours=hour),
            temperatures[hour],
            (3, 45, None)[hour],
        )
        for latitude, longitude in [
            (Decimal("37.763283"), Decimal("-122.41286")),
            (Decimal("34.42"), Decimal("-119.7")),
        ][:places]
        for hour in range(3)
    ]
    assert rows(run("meteo", json.dumps(body)), "weather_hours") == expected


def test_columns_of_unequal_length_reject_their_place_only() -> None:
    short = {**METEO, "hourly": {"time": ["2026-11-22T00:00"], "temperature_2m": []}}
    table = run("meteo", json.dumps([short, METEO])).tables["weather_hours"]
    assert len(table.rows) == 3
    [rejected] = table.rejected
    assert rejected.path == "place[0]"
    assert "unequal lengths {'time': 1, 'temperature_2m': 0}" in rejected.reason


def test_a_meteo_error_is_named() -> None:
    with pytest.raises(TransformError, match="Latitude must be in range"):
        run("meteo", '{"error": true, "reason": "Latitude must be in range of -90 to 90°."}')
