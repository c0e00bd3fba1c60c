"""Commands that start and stop the local stack: up, down, restart, doctor."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.app import App, output_option, pass_app
from headwater.errors import ExitCode

if TYPE_CHECKING:
    from headwater.stack.machine import Change
    from headwater.stack.progress import Progress
    from headwater.stack.service import Service

SHOWN = (
    "superset",
    "site",
    "nifi",
    "simulator",
    "connect",
    "athena",
    "trino",
    "s3",
    "mysql",
    "kafka",
)


@click.command()
@click.option("--only", type=click.Choice(["pipeline", "query", "all"]), default="all")
@click.option("--detach", "-d", is_flag=True, help="Run in the background.")
@click.option("--wait", is_flag=True, help="With --detach: return when everything is deployed.")
@click.option("--timeout", type=float, default=600, metavar="S", help="Longest wait in seconds.")
@click.option("--source", metavar="auto|live|sim|replay:FILE", help="Where the feeds come from.")
@click.option("--install-only", is_flag=True, help="Install what is missing, start nothing.")
@pass_app
def up(app: App, /, only: str, source: str | None, **how: Any) -> int:  # noqa: ANN401 - click's flags
    """Install what is missing, start everything, deploy; Ctrl-C stops it."""
    from headwater import settings
    from headwater.stack import services

    app.flags["source"] = source
    app.require_local("up")
    table = services.table(app.settings, app.project, only=only)
    _ensure(app, table)
    if how["install_only"]:
        app.out.message("everything is installed; `headwater up` starts it", "ok")
        return ExitCode.DONE
    settings.record(app.settings)
    if how["detach"]:
        return _up_detached(app, only, wait=how["wait"], timeout=how["timeout"])
    return _up_here(app, table)


def _ensure(app: App, table: dict[str, Service]) -> None:
    """Doctor, then install."""
    from headwater.stack import components, doctor
    from headwater.stack.supervisor import components_of

    results = doctor.fix(app.settings, doctor.run_checks(app.settings))
    doctor.require(results)
    names = components_of(table.values())
    components.install(names, app.settings, lambda p: _progress(app, p), project=app.project)


def _progress(app: App, reading: Progress) -> None:
    from headwater.cli.output import human_bytes

    share = f"{human_bytes(reading.done)} of {human_bytes(reading.total)}"
    left = "" if reading.seconds_left is None else f", {reading.seconds_left:.0f} s left"
    text = f"{reading.component}: {share}, {human_bytes(reading.rate)}/s{left}"
    if reading.finished:
        app.out.message(f"installed {text}", "dim")
    else:
        app.out.transient(f"installing {text}")


def _up_here(app: App, table: dict[str, Service]) -> int:
    from headwater.stack.supervisor import Supervisor, stop_limit

    supervisor = Supervisor(
        table,
        app.settings.data_dir,
        on_ready=lambda: _deploy(app, table),
        on_change=lambda change: _tell(app, change),
    )
    limit = stop_limit(table)
    app.out.message(f"starting {len(table)} services; Ctrl-C stops them in at most {limit:.0f} s")
    code = supervisor.run()
    app.out.message("stopped; `headwater up` goes on where it was")
    return code


def _deploy(app: App, table: dict[str, Service]) -> None:
    """Make everything as declared and say where it is; a pipeline is needed for it."""
    from headwater import deploy

    if "nifi" in table:
        deploy.apply(app.context, lambda text: app.out.message(text, "dim"))
    _welcome(app, table)


def _welcome(app: App, table: dict[str, Service]) -> None:
    rows = [{"service": name, "at": f"{app.url_of(name)}"} for name in SHOWN if name in table]
    app.out.rows(rows)
    for feed, source in app.context.sources.items():
        app.out.message(f"source of {feed}: {source}{_hint(source)}", "bold")
    from headwater.stack.servers import superset

    if not superset.supported():
        app.out.message("Superset is left out: it needs Python 3.11 or 3.12", "warn")
    app.out.message(
        'next: headwater sql "SELECT callsign, origin_country, velocity, baro_altitude '
        'FROM flights ORDER BY last_contact DESC LIMIT 10"'
    )


def _hint(source: str) -> str:
    if source == "live":
        return ""
    return " (not live: an account in HEADWATER_OPENSKY__CLIENT_ID and __CLIENT_SECRET makes it so)"


def _tell(app: App, change: Change) -> None:
    style = {"ready": "ok", "failed": "bad", "restarting": "warn"}.get(change.state, "dim")
    told = f"{change.service}: {change.state}"
    app.out.message(f"{told} {change.message}".rstrip(), style)


def _up_detached(app: App, only: str, *, wait: bool, timeout: float) -> int:
    from headwater.stack import control

    data_dir = app.settings.data_dir
    command = [sys.executable, "-m", "headwater.cli.main", "--data-dir", str(data_dir)]
    pid = control.detach([*command, "up", "--only", only], data_dir, os.environ)
    app.out.message(f"the stack starts in the background (pid {pid}); {data_dir / 'log'} has logs")
    if wait:
        control.wait_ready(data_dir, timeout, pid=pid)
        from headwater.stack import services

        _welcome(app, services.table(app.settings, app.project, only=only))
    else:
        app.out.message("next: headwater status")
    return ExitCode.DONE


@click.command()
@pass_app
def down(app: App) -> None:
    """Stop everything, also what a killed supervisor left behind."""
    from headwater.stack import control

    app.require_local("down")
    done = control.stop_running(app.settings.data_dir)
    app.out.message(f"{done}; the data stays in {app.settings.data_dir}")


@click.command()
@click.argument("name")
@pass_app
def restart(app: App, name: str) -> None:
    """Restart one service; returns when it is ready again."""
    from headwater.stack import control

    app.require_local("restart")
    control.request_restart(app.settings.data_dir, name)
    app.out.message(f"{name} is ready again", "ok")


@click.command()
@click.option("--fix", is_flag=True, help="Install missing system packages (as root).")
@output_option("table", "json")
@pass_app
def doctor(app: App, fix: bool) -> int:  # noqa: FBT001 - a click flag
    """Every gap of this machine, with the command that mends it."""
    from headwater.stack import doctor as checks

    app.require_local("doctor")
    results = checks.run_checks(app.settings)
    if fix:
        results = checks.fix(app.settings, results)
    app.out.rows(
        [
            {"": "ok" if r.ok else "GAP", "check": r.name, "found": r.found, "remedy": r.remedy}
            for r in results
        ]
    )
    gaps = [result for result in results if not result.ok]
    command = checks.apt_command(gaps)
    if command:
        app.out.message(f"run: {command}", "bold")
    app.out.message(f"{len(gaps)} gaps" if gaps else "ready for `headwater up`")
    return ExitCode.UNHEALTHY if gaps else ExitCode.DONE


COMMANDS = (up, down, restart, doctor)
