"""Checks of the server: what its binlog has to carry, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture.preflight.findings import Check, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headwater.capture.preflight.facts import Server

DAY_S = 86_400
WEEK_S = 7 * DAY_S
RIGHTS = ("REPLICATION SLAVE", "REPLICATION CLIENT")
_SINCE_8 = (8, 0)


def _variable(name: str, good: str) -> Callable[[Server], Iterator[Problem]]:
    """The variable has to have this value; a server that does not know it is older than it."""

    def problems(server: Server) -> Iterator[Problem]:
        value = server.value(name) if name in server.variables else good
        if value != good:
            shown = value or "empty"
            yield Problem(f"{name} is {shown}", f"SET PERSIST {name} = '{good}'")

    return problems


def _binlog(server: Server) -> Iterator[Problem]:
    if server.value("log_bin") != "ON":
        yield Problem("the server writes no binlog", "restart it with log-bin and a server-id")


def _left_out(server: Server) -> Iterator[Problem]:
    if server.left_out:
        yield Problem(
            f"the binlog is limited to, or leaves out, databases: {server.left_out}",
            "restart the server without binlog-do-db and binlog-ignore-db",
        )


def _replica_order(server: Server) -> Iterator[Problem]:
    name = "replica_preserve_commit_order"
    if server.is_replica and server.value(name) == "OFF":
        yield Problem(
            f"this replica commits in another order than its source ({name} is OFF)",
            f"STOP REPLICA SQL_THREAD; SET PERSIST {name} = ON; START REPLICA SQL_THREAD",
        )


def _replica_log(server: Server) -> Iterator[Problem]:
    if server.is_replica and server.value("log_replica_updates") == "OFF":
        yield Problem(
            "this replica does not write its source's changes to its own binlog",
            "restart it with log-replica-updates=ON",
        )


def _retention(server: Server) -> Iterator[Problem]:
    kept = server.retention_s
    if kept is None or kept >= DAY_S:
        return
    hours = kept // 3600
    mends = f"SET PERSIST binlog_expire_logs_seconds = {WEEK_S}"
    if server.on_rds:
        mends = f"CALL mysql.rds_set_configuration('binlog retention hours', {WEEK_S // 3600})"
    yield Problem(f"the binlog is kept for {hours} h only: a longer stop would lose changes", mends)


def _sessions(server: Server) -> Iterator[Problem]:
    for variable, count in server.sessions.items():
        yield Problem(
            f"{count} sessions have a {variable} of their own: the binlog does not show what they"
            " change as it has to",
            "end them (performance_schema.variables_by_thread names them), and REVOKE"
            " SESSION_VARIABLES_ADMIN",
        )


def _rights(server: Server) -> Iterator[Problem]:
    missing = [right for right in RIGHTS if right not in server.rights]
    if missing and "SUPER" not in server.rights:
        yield Problem(
            f"the account {server.account} lacks {', '.join(missing)}",
            f"GRANT {', '.join(missing)} ON *.* TO '{server.account}'@'…'",
        )


CHECKS: tuple[Check[Server], ...] = (
    Check("binlog", "refuse", _binlog, "without a binlog there are no changes to follow"),
    Check(
        "row-format", "refuse", _variable("binlog_format", "ROW"),
        "statements do not say which rows they changed",
    ),
    Check(
        "row-image", "refuse", _variable("binlog_row_image", "FULL"),
        "with MINIMAL or NOBLOB an update does not carry the whole row",
    ),
    Check(
        "row-metadata", "warn", _variable("binlog_row_metadata", "FULL"),
        "with MINIMAL the columns' names and sets of values stand in the DDL only",
    ),
    Check(
        "partial-json", "refuse", _variable("binlog_row_value_options", ""),
        "updates under PARTIAL_JSON are lost without an error",
    ),
    Check(
        "compression", "refuse", _variable("binlog_transaction_compression", "OFF"),
        "all changes of a compressed transaction share one position: a restart inside it is blind",
    ),
    Check(
        "gtid", "warn", _variable("gtid_mode", "ON"),
        "without GTIDs a failover cannot be followed, nor a redelivery told from a change",
    ),
    Check("left-out", "refuse", _left_out, "changes of such databases never reach the binlog"),
    Check(
        "replica-order", "refuse", _replica_order,
        "a GTID below the highest one counts as redelivered",
    ),
    Check("replica-log", "refuse", _replica_log, "the replica's binlog lacks the changes"),
    Check("retention", "warn", _retention, "what is purged before it is read is lost"),
    Check("sessions", "warn", _sessions, "a session can leave the binlog out or thin it"),
    Check("rights", "refuse", _rights, "Debezium cannot read the binlog without them"),
)  # fmt: skip
