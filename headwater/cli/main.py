"""The command line's entry point, and the one place where errors are caught."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import click

from headwater import __version__
from headwater.cli import aws, capture, declarations, lake, running, site, stack
from headwater.cli.app import App, data_dir_flag
from headwater.errors import ExitCode, HeadwaterError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `headwater up`; `headwater COMMAND --help` explains a command.",
)
@click.option("--data-dir", metavar="D", help="State of the local stack (default: .headwater).")
@click.option(
    "--target",
    type=click.Choice(["local", "aws"]),
    help="What commands are about (default: local).",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="headwater")
@click.pass_context
def cli(context: click.Context, data_dir: str | None, target: str | None, debug: bool) -> None:  # noqa: FBT001 - a click flag
    """From any public JSON API, or any MySQL table, to a live lakehouse, in one command."""
    context.obj = App({"data_dir": data_dir_flag(data_dir), "target": target})
    context.meta["debug"] = debug


COMMANDS: tuple[click.Command, ...] = (
    *stack.COMMANDS,
    *running.COMMANDS,
    *declarations.COMMANDS,
    *capture.COMMANDS,
    *lake.COMMANDS,
    *site.COMMANDS,
    *aws.COMMANDS,
)
for _command in COMMANDS:
    cli.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run(arguments, debug="--debug" in arguments))


def _run(arguments: list[str], *, debug: bool) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="headwater", standalone_mode=False)
    except HeadwaterError as error:
        _report(error, debug=debug)
        return int(error.exit_code)
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:  # `headwater logs | head`
        sys.stderr.close()
        return int(ExitCode.DONE)
    except Exception as error:  # noqa: BLE001 - the edge: a crash is reported, not shown raw
        _crash(error, debug=debug)
        return int(ExitCode.USAGE)
    return int(result) if isinstance(result, int) else int(ExitCode.DONE)


def _report(error: HeadwaterError, *, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    click.echo(f"error: {error.message}", err=True)
    if error.remedy:
        click.echo(f"remedy: {error.remedy}", err=True)


def _crash(error: Exception, *, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    click.echo(f"crash: {type(error).__name__}: {error}", err=True)
    click.echo("this is a bug in headwater; `--debug` before the command shows where", err=True)


if __name__ == "__main__":
    main()
