"""The way of a row, from the API to SQL."""

from __future__ import annotations

import gzip
import json

import requests

from support.stack import Stack
from support.waiting import until

PLANES = (
    "SELECT callsign, origin_country, velocity, baro_altitude FROM flights "
    "ORDER BY last_contact DESC LIMIT 10"
)


def test_planes_show_in_sql_and_move(stack: Stack) -> None:
    def positions() -> dict[str, tuple[object, ...]]:
        return {
            row[0]: row[1:]
            for row in stack.sql(
                "SELECT icao24, longitude, latitude FROM flights WHERE on_ground = 0"
            )
        }

    before = until(positions, "planes in the lake", forgive=(Exception,))
    until(
        lambda: [key for key, place in positions().items() if before.get(key, place) != place],
        "a plane has moved",
    )


def test_the_first_query_of_the_readme(stack: Stack) -> None:
    rows = json.loads(stack.ok("sql", PLANES, "--output", "json"))
    assert len(rows) == 10
    assert set(rows[0]) == {"callsign", "origin_country", "velocity", "baro_altitude"}


def test_a_row_is_the_same_in_every_stage(stack: Stack) -> None:
    columns = "time_position, longitude, latitude, velocity, callsign, squawk"
    ((icao24, at),) = stack.sql(
        "SELECT icao24, time_position FROM flight_positions "
        "WHERE callsign IS NOT NULL ORDER BY time_position DESC LIMIT 1"
    )
    where = f"WHERE icao24 = '{icao24}' AND time_position = TIMESTAMP '{str(at)[:19]}'"
    in_mysql = stack.mysql(f"SELECT {columns} FROM final.flight_positions {where}")
    in_lake = stack.sql(f"SELECT {columns} FROM flight_positions {where}")
    assert len(in_mysql) == 1
    assert in_lake == in_mysql


def test_every_response_is_kept_as_it_came(stack: Stack) -> None:
    def newest() -> list[tuple[object, ...]]:
        return stack.sql(
            "SELECT raw_key, sha256, bytes, rows_applied FROM api_responses "
            "WHERE feed = 'flights' AND outcome = 'applied' ORDER BY fetched_at DESC LIMIT 1"
        )

    ((raw_key, sha256, size, rows_applied),) = until(newest, "a response in the lake")
    aws = stack.connections.aws
    stored = aws.client("s3").get_object(Bucket=aws.bucket, Key=raw_key)["Body"].read()
    body = gzip.decompress(stored)
    assert str(sha256) in str(raw_key)
    assert len(body) == size
    states = json.loads(body)["states"]
    with_position = sum(1 for state in states if state[3] is not None)
    assert rows_applied == len(states) + with_position


def test_what_is_declared_runs(stack: Stack) -> None:
    assert json.loads(stack.ok("plan", "--output", "json")) == []
    assert "up to date" in stack.cli("render", "--check").stderr


def test_status_shows_every_stage(stack: Stack) -> None:
    def settled() -> dict[str, object] | None:
        status = stack.status()
        flights = next(t for t in status["tables"] if t["table"] == "final.flights")
        complete = None not in (flights["applied_offset"], flights["freshness_s"])
        return status if complete and not status["errors"] else None

    status = until(settled, "a complete status")
    assert status is not None
    assert status["sources"] == [{"feed": "flights", "source": "simulator"}]
    assert {service["state"] for service in status["services"]} == {"ready"}  # type: ignore[attr-defined]
    for table in status["tables"]:  # type: ignore[attr-defined]
        assert table["state"] == "running", table
        assert table["mysql_rows"] > 0, table


def test_status_prints_an_environment_to_source(stack: Stack) -> None:
    plain = stack.ok("status", "--output", "env")
    for name in ("MYSQL_HOST", "MYSQL_PORT", "KAFKA_BOOTSTRAP_SERVERS", "CONNECT_URL", "NIFI_URL"):
        assert f"{name}=" in plain
    password = stack.connections.mysql_root.password.get_secret_value()
    assert password not in plain
    assert password in stack.ok("status", "--output", "env", "--secrets")


def test_mysql_accounts_sign_in_as_on_84_and_over_tls(stack: Stack) -> None:
    """NiFi, Debezium and our own commands use these accounts in all other tests."""
    made = stack.mysql("SELECT user, plugin, ssl_type FROM mysql.user WHERE user <> 'root'")
    ours = {row for row in made if not str(row[0]).startswith("mysql.")}
    names = ("nifi", "debezium", "headwater")
    assert ours == {(name, "caching_sha2_password", "ANY") for name in names}


def test_no_secret_is_in_an_argument_list_a_log_or_a_rest_answer(stack: Stack) -> None:
    secrets = json.loads((stack.settings.data_dir / "secrets.json").read_text())
    arguments = stack.command_lines()
    logs = {path.name: path.read_text(errors="replace") for path in stack.logs()}
    config = requests.get(f"{stack.connections.connect_url}/connectors/headwater", timeout=10).text
    for name, value in secrets.items():
        if name == "aws_access_key_id":  # an identifier, not a secret
            continue
        assert value not in arguments, name
        assert value not in config, name
        assert not [log for log, text in logs.items() if value in text], name
