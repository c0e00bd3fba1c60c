"""Commands about the lake: sql and verify."""

from __future__ import annotations

import sys

import click

from headwater.cli.app import App, output_option, pass_app
from headwater.errors import ExitCode


@click.command()
@click.argument("statement", required=False)
@output_option("table", "csv", "json")
@pass_app
def sql(app: App, statement: str | None) -> None:
    """Run one statement through Athena SQL; without an argument it is read from stdin."""
    from headwater.lake.sql import query

    text = statement if statement is not None else sys.stdin.read()
    result = query(app.connections.aws, text, app.settings.database)
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    app.out.rows(rows, result.columns)


@click.command()
@click.argument("tables", nargs=-1)
@output_option("table", "json")
@pass_app
def verify(app: App, tables: tuple[str, ...]) -> int:
    """Compare rows and checksums of MySQL and the lake; exit 0 equal, 1 different."""
    from headwater.lake.verify import verify as compare

    reports = compare(app.context, tables, progress=app.out.transient)
    whole = app.form == "json"
    app.out.rows([report.as_document() if whole else report.as_row() for report in reports])
    differences = [difference for report in reports for difference in report.differences]
    for difference in differences:
        app.out.message(str(difference), "bad")
    for report in reports:
        if report.unsettled or report.truncated:
            app.out.message(f"{report.table}: some rows changed too fast to be compared", "warn")
    equal = not any(report.different for report in reports)
    app.out.message("MySQL and the lake are equal" if equal else "MySQL and the lake differ")
    return ExitCode.DONE if equal else ExitCode.FAILED


COMMANDS = (sql, verify)
