"""A query that the local engine would answer with old rows is refused, and no other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from botocore.exceptions import EndpointConnectionError

from headwater.lake.athena.catalog import Catalog
from headwater.lake.athena.engine import EngineError
from headwater.lake.athena.realtime import VIEWS_S, Realtime
from support.glue_fake import FakeGlue, entry, view


@dataclass
class Clock:
    at: float = 100.0

    def now(self) -> float:
        return self.at


def glue() -> FakeGlue:
    return FakeGlue(
        {
            "shop": [
                entry("orders_ro"),
                entry("orders_rt", realtime=True),
                entry("start_rt"),  # a COPY_ON_WRITE table that is called so
                view("open_orders", 'SELECT * FROM "orders_rt" WHERE open', "shop"),
                view("old_orders", "SELECT * FROM orders_ro -- not orders_rt", "shop"),
            ],
            "marts": [
                entry("orders_rt"),
                view("daily", "SELECT count(*) FROM shop.open_orders", "marts"),
            ],
        }
    )


@pytest.mark.parametrize(
    ("sql", "through"),
    [
        ("SELECT * FROM orders_rt", ""),
        ("select 1 from SHOP . Orders_RT o", ""),
        ('WITH a AS (SELECT 1) SELECT * FROM a, awsdatacatalog.shop."orders_rt"', ""),
        ("SELECT * FROM open_orders", "(through shop.open_orders)"),
        ("SELECT * FROM marts.daily", "(through marts.daily)"),
    ],
)
def test_what_reads_the_newest_state_is_refused(sql: str, through: str) -> None:
    with pytest.raises(EngineError, match="MERGE_ON_READ") as caught:
        Realtime(Catalog(glue())).refuse(sql, "shop")
    assert caught.value.message.startswith(f"shop.orders_rt {through}".strip())
    assert "Query shop.orders_ro" in caught.value.message
    assert "declare the table COPY_ON_WRITE" in caught.value.message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM orders_ro",
        "SELECT * FROM start_rt",
        "SELECT * FROM marts.orders_rt",
        "SELECT 'orders_rt' /* orders_rt */ -- orders_rt",
        "SELECT * FROM old_orders",
    ],
)
def test_what_does_not_is_left_to_the_engine(sql: str) -> None:
    Realtime(Catalog(glue())).refuse(sql, "shop")


def test_glue_is_asked_now_and_then_and_at_once_where_the_query_names_such_a_table() -> None:
    server, clock = glue(), Clock()
    realtime = Realtime(Catalog(server), clock.now)
    for _ in range(3):
        realtime.refuse("SELECT * FROM orders_ro", "shop")
    assert server.looks == 1
    clock.at += VIEWS_S + 1
    realtime.refuse("SELECT * FROM orders_ro", "shop")
    assert server.looks == 2
    server.tables["shop"].append(entry("new_rt", realtime=True))
    with pytest.raises(EngineError):
        realtime.refuse("SELECT * FROM new_rt", "shop")


def test_without_glue_the_engine_says_what_is_wrong() -> None:
    server = glue()
    server.failure = EndpointConnectionError(endpoint_url="http://127.0.0.1:15000")
    Realtime(Catalog(server)).refuse("SELECT * FROM orders_rt", "shop")
