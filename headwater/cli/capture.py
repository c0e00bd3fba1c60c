"""Commands about existing MySQL tables: capture, release, snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from headwater.cli.app import App, pass_app
from headwater.cli.output import human_bytes
from headwater.errors import ExitCode

if TYPE_CHECKING:
    from headwater.capture.size import Size
    from headwater.captured import CapturedTable


@click.command()
@click.argument("tables", nargs=-1, required=True)
@click.option("--wait", is_flag=True, help="Return when every row is in the lake.")
@click.option("--key", metavar="COLUMN,…", help="A unique NOT NULL key, for want of a primary key.")
@click.option("--type", "kind", type=click.Choice(["COPY_ON_WRITE", "MERGE_ON_READ"]))
@click.option("--buckets", type=int, help="Buckets of the index; fixed once written.")
@click.option("--partition-by", metavar="COLUMN", help="One partition a day.")
@click.option("--commit-every", metavar="10s", help="Gather changes: fewer commits, less fresh.")
@click.option("--on-delete", type=click.Choice(["apply", "ignore"]), help="What a delete does.")
@click.option("--append-only", is_flag=True, default=None, help="Keep every change from now on.")
@click.option("--accept", metavar="CHECK,…", help="Checks of the preflight that shall only warn.")
@pass_app
def capture(app: App, /, tables: tuple[str, ...], wait: bool, **given: Any) -> int:  # noqa: ANN401, FBT001 - click's flags
    """Take existing MySQL tables (schema.table or schema.*) into the lake, while they change."""
    from headwater import deploy
    from headwater.capture import follow, preflight, take

    context, text = take.with_tables(app.context, tables, _options(given))
    context, text, large = take.by_size(app.context, context, text, tables)
    meant = take.meant(context, tables)
    for view in take.views(context, tables):
        app.out.message(f"{view} is left out: it {take.VIEW}; {take.INSTEAD_OF_VIEW}", "warn")
    found = preflight.findings(app.connections, meant)
    for finding in found:
        app.out.message(str(finding), "warn" if finding.level == "warn" else "bad")
    preflight.refuse(found)
    app.project.capture.write_text(text, encoding="utf-8")
    for table in meant:
        if table.name in large:
            app.out.message(_chosen(table, large[table.name]))
    deploy.apply_capture(context, lambda line: app.out.message(line, "dim"))
    if wait:
        follow.wait(context, meant, app.out.transient)
        for table in meant:
            app.out.message(f"{table.name} is in the lake, and follows MySQL", "ok")
        read = [table.name for table in meant if not table.layout.append_only]
        if read:
            app.out.message("next: headwater verify " + " ".join(read))
    else:
        app.out.message(f"reading {len(meant)} tables; `headwater status` shows how far", "ok")
    for table in meant:
        if table.layout.append_only:
            app.out.message(
                f"{table.name}: every change from now on is kept; the rows of before are not read",
                "warn",
            )
    return ExitCode.DONE


@click.command()
@click.argument("tables", nargs=-1, required=True)
@pass_app
def release(app: App, tables: tuple[str, ...]) -> int:
    """Let captured tables go: their rows stay in the lake as they are."""
    from headwater import deploy
    from headwater.capture import scans, take
    from headwater.captured import Layout

    released = take.meant(app.context, tables)
    context, text = take.without(app.context, tables)
    app.project.capture.write_text(text, encoding="utf-8")
    scans.stop(app.connections.mysql, released)
    deploy.apply_capture(context, lambda line: app.out.message(line, "dim"))
    for table in released:
        app.out.message(f"{table.name} is let go; its rows stay in the lake", "ok")
        app.out.message(f"to remove them: {take.removal(app.connections.aws, table)}", "dim")
        lies = (table.layout.type, table.layout.buckets)
        if lies != (Layout.type, Layout.buckets):
            kept = "--type {} --buckets {}".format(*lies)
            app.out.message(f"to go on with them: headwater capture {table.name} {kept}", "dim")
    return ExitCode.DONE


@click.command()
@click.argument("tables", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every table, and the connector begins anew.")
@click.option("--empty", is_flag=True, help="Also empty a paused table that keeps purged rows.")
@pass_app
def snapshot(app: App, tables: tuple[str, ...], every: bool, empty: bool) -> int:  # noqa: FBT001 - click flags
    """Read carried tables anew, while they change; rows that are gone in MySQL go in the lake."""
    from headwater.capture import take
    from headwater.capture.anew import begin_anew
    from headwater.capture.reread import reread

    if every == bool(tables):
        raise click.UsageError("name tables, or say --all")
    if every:
        chosen = begin_anew(app.context, app.out.transient, empty=empty)
    else:
        chosen = take.carried(app.context, tables)
        reread(app.context, chosen, app.out.transient, empty=empty)
    app.out.message(f"{', '.join(table.name for table in chosen)}: read anew", "ok")
    app.out.message("next: headwater verify " + " ".join(table.name for table in chosen))
    return ExitCode.DONE


def _chosen(table: CapturedTable, of: Size) -> str:
    """How a large table lies, which nobody had said."""
    layout = table.layout
    return (
        f"{table.name}: about {of.rows:,} rows ({human_bytes(of.octets)}): {layout.type}, "
        f"{layout.buckets} buckets, in SQL {table.name}{layout.endings[-1]}; "
        "--type and --buckets choose otherwise"
    )


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Those that were given, as capture.yaml calls them."""
    lists = {name: tuple(given[name].split(",")) for name in ("key", "accept") if given[name]}
    single = {**given, "type": given["kind"], "kind": None, "key": None, "accept": None}
    return {name: value for name, value in {**single, **lists}.items() if value is not None}


COMMANDS = (capture, release, snapshot)
