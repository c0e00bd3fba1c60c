"""What every command starts from: settings, project, connections and the output."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from headwater.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.connections import Connections
    from headwater.project import DataDir, Project
    from headwater.settings import Origins, Settings
    from headwater.targets.base import Context


class App:
    """One invocation of the command line; everything is made when first asked for."""

    def __init__(self, flags: dict[str, Any]) -> None:
        self.flags = flags
        self.use_output("table")

    def use_output(self, form: str) -> None:
        """Print data in this format from now on; formats of one command alone print as text."""
        self.form = form
        self.out = output.make(form)

    def url_of(self, service: str) -> str:
        """Where a service of the local stack is reached."""
        from headwater.connections import LOOPBACK

        place = f"{LOOPBACK}:{self.settings.ports.port(service)}"
        if service in ("mysql", "kafka"):
            return place
        return f"http://{place}{'/nifi/' if service == 'nifi' else ''}"

    @cached_property
    def project(self) -> Project:
        """The nearest project."""
        from headwater.project import Project

        return Project.find()

    @cached_property
    def _loaded(self) -> tuple[Settings, Origins]:
        from headwater import settings

        return settings.load(self.flags, root=self.project.root)

    @property
    def settings(self) -> Settings:
        """The effective settings."""
        return self._loaded[0]

    @property
    def origins(self) -> Origins:
        """Where each setting that is no default came from."""
        return self._loaded[1]

    @property
    def data(self) -> DataDir:
        """The state of the local stack."""
        from headwater.project import DataDir

        return DataDir(self.settings.data_dir)

    @cached_property
    def connections(self) -> Connections:
        """Every server of the local stack, or of the deployment on AWS."""
        from headwater import connections, deployment, secrets

        if self.settings.target == "aws":
            found = deployment.read(self.project.root, self.settings.aws)
            return deployment.connections(found, deployment.read_secret(found))
        from headwater.stack import state

        known = connections.local(self.settings, secrets.load_or_create(self.data.secrets))
        if state.is_left_out(self.settings, "superset"):  # no dashboards to deploy
            return replace(known, superset_login=None)
        return known

    def require_local(self, command: str) -> None:
        """Refuse a command that is about the local stack's processes."""
        from headwater.errors import ConfigError

        if self.settings.target != "local":
            raise ConfigError(
                f"`headwater {command}` is about the local stack",
                remedy="on AWS terraform starts and stops: docs/aws.md",
            )
        if self.settings.hosts == "names":
            raise ConfigError(
                f"`headwater {command}` is about processes on this machine",
                remedy=f"`docker compose {command}` is about containers: docs/compose.md",
            )

    @cached_property
    def context(self) -> Context:
        """What the targets need to know."""
        from headwater import deploy

        return deploy.context(self.project, self.settings, self.connections)


pass_app = click.make_pass_decorator(App)

Command = TypeVar("Command", bound="Callable[..., Any]")


def output_option(*forms: str) -> Callable[[Command], Command]:
    """`--output table|json|…` that sets the App's output."""

    def choose(context: click.Context, _: click.Parameter, form: str) -> None:
        context.ensure_object(App).use_output(form)

    return click.option(
        "--output",
        "-o",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        callback=choose,
        expose_value=False,
        is_eager=False,
        help="Format of the data on stdout.",
    )


def data_dir_flag(value: str | None) -> Path | None:
    """The `--data-dir` flag as a path, relative to where the user stands."""
    return Path(value).expanduser().resolve() if value else None
