"""Commands about what is declared: feeds, render, plan, apply, config, version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from headwater import __version__
from headwater.cli.app import App, output_option, pass_app
from headwater.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.targets.base import Change


@click.group()
def feeds() -> None:
    """The declared feeds."""


@feeds.command("list")
@output_option("table", "json")
@pass_app
def feeds_list(app: App) -> None:
    """Name, interval, source and tables of every feed."""
    from headwater import deploy

    app.out.rows(deploy.describe_feeds(app.context))


@feeds.command("show")
@click.argument("name")
@output_option("table", "json")
@pass_app
def feeds_show(app: App, name: str) -> None:
    """One feed with its tables and columns."""
    from headwater import deploy

    app.out.document(deploy.describe_feed(app.context, name))


@feeds.command("check")
@pass_app
def feeds_check(app: App) -> None:
    """Read every declaration; say what is wrong with file, line and key."""
    from headwater.feed.load import load_all

    found = load_all(app.project.feeds)
    app.out.message(f"{len(found)} feeds are declared correctly", "ok")


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when a file is not as rendered.")
@pass_app
def render(app: App, check: bool) -> int:  # noqa: FBT001 - a click flag
    """Write what follows from the feeds: flows, DDL, connector."""
    from headwater import deploy

    stale = deploy.render(app.context, write=not check)
    for path in stale:
        app.out.text(str(path))
    if check and stale:
        app.out.message(f"{len(stale)} files differ; run `headwater render`", "bad")
        return ExitCode.FAILED
    app.out.message("rendered files are up to date" if not stale else f"wrote {len(stale)} files")
    return ExitCode.DONE


@click.command()
@click.option("--ddl", metavar="STATEMENT", help="What this change of a MySQL table would do.")
@output_option("table", "json")
@pass_app
def plan(app: App, ddl: str | None) -> int:
    """What differs between the declarations and what runs; changes nothing."""
    from headwater import deploy

    if ddl is not None:
        return _plan_ddl(app, ddl)
    changes = deploy.plan(app.context)
    _show(app, changes)
    if changes:
        app.out.message("run `headwater apply` to make it so")
    return ExitCode.DONE


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option("table", "json")
@pass_app
def apply(app: App, yes: bool) -> int:  # noqa: FBT001 - a click flag
    """Make what runs as it is declared."""
    from headwater import deploy

    if not yes:
        changes = deploy.plan(app.context)
        _show(app, changes)
        if not changes:
            return ExitCode.DONE
        click.confirm("Apply these changes?", abort=True, err=True)
    applied = deploy.apply(app.context, lambda text: app.out.message(text, "dim"))
    _show(app, applied)
    app.out.message(f"applied {len(applied)} changes; `headwater status` shows the result", "ok")
    return ExitCode.DONE


@click.command()
@pass_app
def export(app: App) -> None:
    """Bring charts and dashboards that were changed in the browser back into their files."""
    from headwater.targets.superset import SupersetTarget

    written = SupersetTarget(app.context).export()
    for path in written:
        app.out.text(str(path.relative_to(app.project.root)))
    app.out.message(f"wrote {len(written)} files" if written else "the files are as Superset is")


def _plan_ddl(app: App, text: str) -> int:
    from headwater.capture.rehearse import parse, rehearse
    from headwater.captured import declared
    from headwater_cdc.ddl import unseen
    from headwater_cdc.evolve import Change, worst

    statement = parse(text, app.settings.database)
    known = {table.name: table for table in declared(app.context)}
    meant = [statement.name, *(found.table for found in unseen(text, app.settings.database))]
    table = next((known[name] for name in meant if name in known), None)
    if table is None:
        app.out.message(f"{statement.name} is not captured: the lake sees nothing of it", "ok")
        return ExitCode.DONE
    found = rehearse(app.connections.mysql, statement, table)
    rows = [{"table": table.name, "lake": d.change.name.lower(), "what": d.what} for d in found]
    app.out.rows(rows, ["table", "lake", "what"])
    change = worst(found)
    if change is Change.NONE:
        app.out.message("the lake's columns stay as they are", "ok")
    elif change is Change.APPLY:
        app.out.message("the lake follows by itself, with the next row", "ok")
    else:
        app.out.message(f"{table.name} would pause, with nothing lost; the others go on", "warn")
        if not any("`headwater" in difference.what for difference in found):
            app.out.message(f"next, after the change: headwater snapshot {table.name}")
    return ExitCode.DONE


def _show(app: App, changes: Sequence[Change]) -> None:
    columns = ["target", "action", "name", "detail"]
    if changes:
        app.out.rows([vars(change) for change in changes], columns)
    else:
        app.out.rows([], columns)
        app.out.message("nothing differs", "ok")


@click.group()
def config() -> None:
    """The settings."""


@config.command("show")
@click.option("--origin", is_flag=True, help="Also say where each value came from.")
@output_option("table", "json")
@pass_app
def config_show(app: App, origin: bool) -> None:  # noqa: FBT001 - a click flag
    """Every setting with its value; secrets are masked."""
    from headwater import settings

    rows = []
    for name, _, description in settings.names():
        row = {"setting": name, "value": str(settings.value_of(app.settings, name))}
        if origin:
            row["origin"] = app.origins.get(name, "default")
        rows.append({**row, "environment": settings.env_name(name), "meaning": description})
    app.out.rows(rows)


@click.command()
@output_option("table", "json")
@pass_app
def version(app: App) -> None:
    """Versions of headwater, Python and the servers of the stack."""
    from headwater import deploy

    app.out.document({"headwater": __version__, **deploy.versions()})


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_app
def completion(app: App, shell: str) -> None:
    """Print the shell's completion script: eval "$(headwater completion bash)"."""
    from click.shell_completion import get_completion_class

    from headwater.cli.main import cli

    completer = get_completion_class(shell)
    if completer is not None:
        app.out.text(completer(cli, {}, "headwater", "_HEADWATER_COMPLETE").source())


COMMANDS = (feeds, render, plan, apply, export, config, version, completion)
