"""Commands that only AWS needs: package."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.app import App, pass_app


@click.command()
@click.option(
    "--plugin-jar",
    "plugin_jars",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A jar to put beside Debezium's, such as a secrets provider.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to (default: dist).")
@pass_app
def package(app: App, plugin_jars: tuple[Path, ...], out: Path | None) -> None:
    """Build what terraform uploads: the job for EMR, Debezium's plugin, NiFi's processors."""
    from headwater.stack import package as packages
    from headwater.stack.components import Store, install

    install(packages.COMPONENTS, app.settings, project=app.project)
    store = Store.of(app.settings, app.project)
    made = packages.build(
        store, app.project, out or app.project.root / "dist", plugin_jars=plugin_jars
    )
    app.out.message(f"{made.job}, {made.plugin} and {made.extensions} are built", "ok")
    app.out.message("next: terraform apply (docs/aws.md)")


COMMANDS = (package,)
