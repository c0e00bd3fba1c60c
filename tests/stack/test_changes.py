"""Inserts, updates, deletes and vanished rows reach the lake in order."""

from __future__ import annotations

from contextlib import closing

from support.simulator import Simulator
from support.stack import Stack
from support.waiting import until

NEW = (
    "INSERT INTO final.flights (icao24, callsign, origin_country, last_contact, polled_at) "
    "VALUES (%s, %s, 'Test', '2037-01-01', '2037-01-01')"
)
SEE = "SELECT icao24, callsign FROM flights WHERE icao24 LIKE '{}%' ORDER BY icao24"


def test_insert_update_delete(stack: Stack) -> None:
    stack.mysql(NEW, ("yy0001", "A"))
    stack.wait_sql(SEE.format("yy0001"), [("yy0001", "A")])
    stack.mysql("UPDATE final.flights SET callsign = 'B' WHERE icao24 = 'yy0001'")
    stack.wait_sql(SEE.format("yy0001"), [("yy0001", "B")])
    stack.mysql("DELETE FROM final.flights WHERE icao24 = 'yy0001'")
    stack.wait_sql(SEE.format("yy0001"), [])


def test_the_last_of_many_changes_wins(stack: Stack) -> None:
    with closing(stack.connections.mysql_root.connect("final", autocommit=False)) as connection:
        cursor = connection.cursor()
        cursor.execute(NEW, ("yy0002", "FIRST"))
        for number in range(50):
            cursor.execute("UPDATE flights SET callsign = %s WHERE icao24 = 'yy0002'", (number,))
        cursor.execute("DELETE FROM flights WHERE icao24 = 'yy0002'")
        cursor.execute(NEW, ("yy0002", "LAST"))
        cursor.execute(NEW, ("yy0003", "GONE"))
        cursor.execute("DELETE FROM flights WHERE icao24 = 'yy0003'")
        connection.commit()
        cursor.execute("UPDATE flights SET callsign = 'NEVER' WHERE icao24 = 'yy0002'")
        connection.rollback()
    stack.wait_sql(SEE.format("yy000"), [("yy0002", "LAST")])
    stack.mysql("DELETE FROM final.flights WHERE icao24 = 'yy0002'")
    stack.wait_sql(SEE.format("yy000"), [])


def test_a_changed_key_is_a_delete_and_an_insert(stack: Stack) -> None:
    stack.mysql(NEW, ("yy0010", "K"))
    stack.wait_sql(SEE.format("yy001"), [("yy0010", "K")])
    stack.mysql("UPDATE final.flights SET icao24 = 'yy0011' WHERE icao24 = 'yy0010'")
    stack.wait_sql(SEE.format("yy001"), [("yy0011", "K")])
    stack.mysql("DELETE FROM final.flights WHERE icao24 = 'yy0011'")
    stack.wait_sql(SEE.format("yy001"), [])


def test_keys_that_take_each_others_place(stack: Stack) -> None:
    for number, name in enumerate("ABC"):
        stack.mysql(NEW, (f"yy002{number}", name))
    with closing(stack.connections.mysql_root.connect("final", autocommit=False)) as connection:
        cursor = connection.cursor()
        # each key onto its neighbour's, in one statement
        cursor.execute(
            "UPDATE flights SET icao24 = CONCAT('yy002', RIGHT(icao24, 1) + 1) "
            "WHERE icao24 LIKE 'yy002%' ORDER BY icao24 DESC"
        )
        for old, new in (("yy0021", "yy002x"), ("yy0022", "yy0021"), ("yy002x", "yy0022")):
            cursor.execute("UPDATE flights SET icao24 = %s WHERE icao24 = %s", (new, old))
        connection.commit()
    swapped = [("yy0021", "B"), ("yy0022", "A"), ("yy0023", "C")]
    stack.wait_sql(SEE.format("yy002"), swapped)
    stack.mysql("DELETE FROM final.flights WHERE icao24 LIKE 'yy002%%'", ())
    stack.wait_sql(SEE.format("yy002"), [])


def test_planes_that_vanish_leave_the_lake_but_not_the_history(
    stack: Stack, simulator: Simulator
) -> None:
    count = "SELECT COUNT(*) FROM {} WHERE origin_country <> 'Test'"
    simulator.order("null_states", 15)
    until(
        lambda: stack.mysql(count.format("final.flights")) == [(0,)],
        "no plane in MySQL after enough successful polls without it",
    )
    stack.wait_sql(count.format("flights"), [(0,)])
    ((history,),) = stack.sql(count.format("flight_positions"))
    assert history > 0
    simulator.clear()
    until(lambda: stack.sql(count.format("flights")) != [(0,)], "planes are back")
