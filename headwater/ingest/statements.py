"""The SQL that writes a feed's rows: strict, guarded, and the same at every repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.feed.spec import TableSpec

RESPONSES = "api_responses"
POLLED_FROM = "response.fetched_at"
"""The expression of the column that says when a row was last seen in a response."""

SESSION = (
    "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
)

RESPONSE_COLUMNS = (
    "response_id", "feed", "fetched_at", "url", "status", "bytes", "sha256", "raw_key",
    "outcome", "rows_applied", "rows_rejected", "error", "retry_at", "source",
)  # fmt: skip


def insert_response() -> str:
    """One response; of a response that is there already nothing changes (0 rows affected)."""
    names = ", ".join(RESPONSE_COLUMNS)
    places = ", ".join(["%s"] * len(RESPONSE_COLUMNS))
    return (
        f"INSERT INTO `{RESPONSES}` ({names}) VALUES ({places})"  # noqa: S608 - names are ours
        " ON DUPLICATE KEY UPDATE response_id = response_id"
    )


def polled_column(table: TableSpec) -> str | None:
    """The column that holds the moment of the poll, if the table has one."""
    return next((c.name for c in table.columns if c.is_ == POLLED_FROM), None)


def insert_rows(table: TableSpec, rows: int) -> str:
    """All rows in one statement; a history keeps its first row, a latest table its newest."""
    names = ", ".join(f"`{name}`" for name in table.column_names)
    row = f"({', '.join(['%s'] * len(table.columns))})"
    insert = f"INSERT INTO `{table.name}` ({names}) VALUES {', '.join([row] * rows)}"  # noqa: S608
    return f"{insert} AS new ON DUPLICATE KEY UPDATE {_update(table)}"


def _update(table: TableSpec) -> str:
    own = f"`{table.name}`"
    if table.keep == "history":
        return f"`{table.key[0]}` = {own}.`{table.key[0]}`"
    polled = polled_column(table)
    ordering = [name for name in (table.latest, polled) if name]
    others = [n for n in table.column_names if n not in table.key and n not in ordering]
    guard = _not_older(own, ordering)
    # MySQL assigns from left to right and each assignment sees those before it: what the guard
    # reads is assigned last, the reading's own time before the poll's.
    sets = [f"`{n}` = IF({guard}, new.`{n}`, {own}.`{n}`)" if guard else f"`{n}` = new.`{n}`"
            for n in others]  # fmt: skip
    if table.latest:
        sets.append(f"`{table.latest}` = IF({guard}, new.`{table.latest}`, {own}.`{table.latest}`)")
    if polled:
        sets.append(f"`{polled}` = GREATEST({own}.`{polled}`, new.`{polled}`)")
    return ", ".join(sets or [f"`{table.key[0]}` = {own}.`{table.key[0]}`"])


def _not_older(own: str, ordering: list[str]) -> str:
    """Whether the new reading is at least as new; of equal ones the later poll is."""
    if not ordering:
        return ""
    new = ", ".join(f"new.`{name}`" for name in ordering)
    old = ", ".join(f"{own}.`{name}`" for name in ordering)
    return f"({new}) >= ({old})" if len(ordering) > 1 else f"{new} >= {old}"


def delete_gone(table: TableSpec) -> str:
    """Rows that the last `gone_polls` successful polls did not hold; parameters: feed, polls - 1.

    With fewer successful polls the subquery is NULL and nothing is deleted.
    """
    return (
        f"DELETE FROM `{table.name}` WHERE `{polled_column(table)}` < "  # noqa: S608
        f"(SELECT fetched_at FROM `{RESPONSES}` WHERE feed = %s AND outcome = 'applied'"
        " ORDER BY fetched_at DESC LIMIT 1 OFFSET %s)"
    )


def purge(table: str, column: str) -> str:
    """Rows older than a number of seconds, at most some of them; parameters: seconds, rows."""
    return (
        f"DELETE FROM `{table}` WHERE `{column}` < NOW() - INTERVAL %s SECOND"  # noqa: S608
        f" ORDER BY `{column}` LIMIT %s"
    )
