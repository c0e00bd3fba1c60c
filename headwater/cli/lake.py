"""Commands about the lake: sql, verify and quarantine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.app import App, output_option, pass_app
from headwater.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("statement", required=False)
@output_option("table", "csv", "json")
@pass_app
def sql(app: App, statement: str | None) -> None:
    """Run one statement through Athena SQL; without an argument it is read from stdin."""
    from headwater.lake.sql import query

    text = statement if statement is not None else sys.stdin.read()
    result = query(app.connections.aws, text, app.settings.database)
    rows = [dict(zip(result.columns, _cells(row), strict=False)) for row in result.rows]
    app.out.rows(rows, result.columns)


def _cells(row: Sequence[Any]) -> Sequence[Any]:
    """DESCRIBE has several columns and answers with one text, its parts behind tabs."""
    text = row[0] if len(row) == 1 else None
    return [part.strip() for part in text.split("\t")] if isinstance(text, str) else row


@click.command()
@click.argument("tables", nargs=-1)
@click.option("--repair", is_flag=True, help="Set right the rows that differ; then compare again.")
@output_option("table", "json")
@pass_app
def verify(app: App, tables: tuple[str, ...], repair: bool) -> int:  # noqa: FBT001 - a click flag
    """Compare rows and checksums of MySQL and the lake; exit 0 equal, 1 different."""
    from headwater.capture.repair import repair as set_right
    from headwater.lake.verify import verify as compare

    reports = compare(app.context, tables, progress=app.out.transient)
    wrong = [report for report in reports if report.different]
    if repair and wrong:
        for difference in (found for report in wrong for found in report.differences):
            app.out.message(f"to be set right: {difference}", "warn")
        set_right(app.context, wrong, app.out.transient)
        names = [report.table for report in wrong]
        again = {r.table: r for r in compare(app.context, names, progress=app.out.transient)}
        reports = [again.get(report.table, report) for report in reports]
    whole = app.form == "json"
    app.out.rows([report.as_document() if whole else report.as_row() for report in reports])
    differences = [difference for report in reports for difference in report.differences]
    for difference in differences:
        app.out.message(str(difference), "bad")
    for report in reports:
        if report.unsettled or report.truncated:
            app.out.message(f"{report.table}: some rows changed too fast to be compared", "warn")
    equal = not any(report.different for report in reports)
    if not equal and not repair:
        app.out.message("next: headwater verify --repair")
    app.out.message("MySQL and the lake are equal" if equal else "MySQL and the lake differ")
    return ExitCode.DONE if equal else ExitCode.FAILED


@click.group()
def quarantine() -> None:
    """The messages that could not be applied."""


@quarantine.command("list")
@click.argument("tables", nargs=-1)
@output_option("table", "json")
@pass_app
def quarantine_list(app: App, tables: tuple[str, ...]) -> None:
    """Topic, offset and reason of every message that waits."""
    from headwater.lake import quarantine as waiting

    found = waiting.messages(app.connections.aws, tables)
    app.out.rows(found, ["table", "topic", "offset", "since", "bytes", "reason"])
    if found:
        app.out.message("next: headwater quarantine show TABLE OFFSET, or replay TABLE")
    else:
        app.out.message("nothing is quarantined", "ok")


@quarantine.command("show")
@click.argument("table")
@click.argument("offset", type=int)
@output_option("table", "json")
@pass_app
def quarantine_show(app: App, table: str, offset: int) -> None:
    """One message with its key and value, decoded where they can be, else in hex."""
    from headwater.lake import quarantine as waiting

    app.out.document(waiting.show(app.connections, table, offset))


@quarantine.command("replay")
@click.argument("tables", nargs=-1, required=True)
@pass_app
def quarantine_replay(app: App, tables: tuple[str, ...]) -> int:
    """Apply what waits, in order: a later change of the same key is never covered."""
    from headwater.lake import quarantine as waiting

    left = 0
    for table in tables:
        applied, still = waiting.replay(app.connections.aws, table)
        left += still
        app.out.message(f"{table}: {applied} applied, {still} still cannot be", "ok")
    if left:
        app.out.message(f"next: headwater snapshot {' '.join(tables)}")
    return ExitCode.FAILED if left else ExitCode.DONE


COMMANDS = (sql, verify, quarantine)
