"""Commands about the live map page."""

from __future__ import annotations

import click

from headwater.cli.app import App, pass_app


@click.group()
def site() -> None:
    """The live map page: `build` it, `serve` it."""


@site.command("build")
@pass_app
def build(app: App) -> None:
    """Build the page from headwater/site/page; nothing to do when nothing changed."""
    from headwater.site import serving
    from headwater.stack import components

    components.install(serving.COMPONENTS, app.settings, project=app.project)
    app.out.text(str(serving.folder(app.settings, app.project)))
    app.out.message("next: headwater site serve")


@site.command("serve")
@click.option("--port", type=int, help="Instead of the port in the settings.")
@pass_app
def serve(app: App, port: int | None) -> None:
    """Serve the page on loopback until Ctrl-C, over the local stack or a deployment on AWS."""
    from headwater.site import serving
    from headwater.stack import components

    components.install(serving.COMPONENTS, app.settings, project=app.project)
    at = port if port is not None else app.settings.ports.port("site")
    found = serving.server(app.settings, app.project, app.connections, at)
    app.out.message(f"the live map is at {found.url}; Ctrl-C ends it", "bold")
    serving.serve(found)


COMMANDS = (site,)
