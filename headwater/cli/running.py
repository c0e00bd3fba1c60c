"""Commands about what runs: status and logs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.app import App, output_option, pass_app
from headwater.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headwater.deployment import Deployment


@click.command()
@output_option("table", "json", "env")
@click.option("--secrets", is_flag=True, help="With --output env: passwords too.")
@pass_app
def status(app: App, secrets: bool) -> int:  # noqa: FBT001 - a click flag
    """Services, lag by stage, freshness, answers of the APIs, quarantine."""
    if app.form == "env":
        from headwater.connections import as_environ

        for name, value in as_environ(app.connections, secrets=secrets).items():
            app.out.text(f"export {name}={value}")
        return ExitCode.DONE
    from headwater.status import Collector

    services = _services(app)
    if services:
        document = Collector(app.context).document(services)
    else:
        document = {"services": [], "errors": [f"no stack is up in {app.settings.data_dir}"]}
    app.out.document(document)
    services_ready = bool(services) and all(s["state"] == "ready" for s in services)
    moving = all(entry["state"] == "running" for entry in document.get("connector", ()))
    healthy = services_ready and moving
    if not services:
        app.out.message("next: headwater up")
    return ExitCode.DONE if healthy else ExitCode.UNHEALTHY


def _services(app: App) -> list[dict[str, Any]]:
    if app.settings.target == "aws":
        from headwater import cloud

        deployment = app.connections.deployment
        return cloud.services(app.context, deployment) if deployment else []
    if app.settings.hosts == "names":
        from headwater.stack import containers

        return containers.status(app.settings, app.project)
    from headwater.stack import state

    return state.services(app.settings.data_dir)


@click.command()
@click.argument("name", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written.")
@click.option("-n", "lines", default=50, show_default=True, help="How many lines of each.")
@pass_app
def logs(app: App, name: str | None, follow: bool, lines: int) -> None:  # noqa: FBT001 - click flags
    """The end of the logs, of one service or of all."""

    def show(service: str, line: str) -> None:
        app.out.text(line if name is not None else f"{service:10} | {line}")

    deployment = app.connections.deployment if app.settings.target == "aws" else None
    if deployment is None:
        app.require_local("logs")
    else:
        _cloud_logs(deployment, name, show, follow=follow, lines=lines)
        return
    known = {path.stem: path for path in sorted(app.data.logs.glob("*.log"))}
    if name is not None and name not in known:
        raise ConfigError(
            f"there is no log of {name!r} in {app.data.logs}",
            remedy=f"there are: {', '.join(known) or 'none yet; `headwater up` makes them'}",
        )
    chosen = {name: known[name]} if name is not None else known
    places = {service: _tail(path, service, lines, show) for service, path in chosen.items()}
    while follow:
        time.sleep(0.5)
        for service, path in chosen.items():
            places[service] = _grown(path, service, places[service], show)


def _cloud_logs(
    deployment: Deployment,
    name: str | None,
    show: Callable[[str, str], None],
    *,
    follow: bool,
    lines: int,
) -> None:
    from headwater import cloud

    for service, line in cloud.logs(deployment, name, lines):
        show(service, line)
    if follow:
        for service, line in cloud.follow(deployment, name):
            show(service, line)


def _tail(path: Path, service: str, lines: int, show: Callable[[str, str], None]) -> int:
    content = path.read_bytes()
    for line in content.decode(errors="replace").splitlines()[-lines:]:
        show(service, line)
    return len(content)


def _grown(path: Path, service: str, place: int, show: Callable[[str, str], None]) -> int:
    size = path.stat().st_size if path.exists() else 0
    if size < place:  # the service was started anew, with a new log
        place = 0
    if size > place:
        with path.open("rb") as file:
            file.seek(place)
            for line in file.read(size - place).decode(errors="replace").splitlines():
                show(service, line)
    return size


COMMANDS = (status, logs)
