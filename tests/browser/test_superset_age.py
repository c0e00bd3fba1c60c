"""The age of the data in Superset against the newest message that MySQL holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.dashboards import Dashboards, ViewerPages
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.simulator import Simulator
    from support.stack import Stack

TITLE = "Data age"
NEWEST = "SELECT MAX(last_contact) FROM flights"
AGE = "SELECT TIMESTAMPDIFF(SECOND, MAX(last_contact), UTC_TIMESTAMP()) FROM flights"
# A poll that was under way may still bring what was before; the one after it does not.
POLLS = "SELECT COUNT(*) FROM api_responses WHERE feed = 'flights' AND outcome = 'applied'"


def test_the_age_of_the_data_is_that_of_the_newest_message_and_grows(
    stack: Stack, viewers: ViewerPages, simulator: Simulator
) -> None:
    _stand_still(stack, simulator)
    view = viewers.open(stack)
    first = _shown(stack, view, lambda: view.go("flights"))
    until(lambda: _mysql(stack, AGE) > first, "MySQL's newest message is older than that")
    assert _shown(stack, view, view.refresh) > first


def _stand_still(stack: Stack, simulator: Simulator) -> None:
    """No message is newer than those that both MySQL and the lake have."""
    simulator.freeze()
    before = _mysql(stack, POLLS)
    until(lambda: _mysql(stack, POLLS) >= before + 2, "two polls of a world that stands still")
    ((newest,),) = stack.mysql(NEWEST, database="final")
    stack.wait_sql(
        f"SELECT CAST(max(last_contact) AS varchar) LIKE '{newest}%' FROM flights", [(True,)]
    )


def _shown(stack: Stack, view: Dashboards, ask: Callable[[], None]) -> int:
    """What is shown when it was asked for, which lies between MySQL's answers before and after."""
    before = _mysql(stack, AGE)
    ask()
    until(lambda: view.number(TITLE) >= before, f"at least {before} s")
    found = view.number(TITLE)
    assert before <= found <= _mysql(stack, AGE)
    return found


def _mysql(stack: Stack, statement: str) -> int:
    ((found,),) = stack.mysql(statement, database="final")
    return int(found)
