"""Desired state against actual state, over all targets in the order in which they build up."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any

from headwater.capture.load import load as load_capture
from headwater.errors import ConfigError, DeclarationError
from headwater.feed.load import load_all
from headwater.sources import effective
from headwater.targets.base import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from headwater.connections import Connections
    from headwater.feed.model import Feed
    from headwater.project import Project
    from headwater.settings import Settings
    from headwater.targets.base import Change, Target


def context(project: Project, settings: Settings, connections: Connections) -> Context:
    """Read the declarations and decide the source of each feed."""
    feeds = load_all(project.feeds)
    sources = {
        feed.feed: effective(settings, needs_account=feed.request.auth is not None)
        for feed in feeds
    }
    made_up = [feed for feed, source in sources.items() if source != "live"]
    if connections.deployment and made_up:
        raise ConfigError(
            f"on AWS every feed is live, but the source of {', '.join(made_up)} is not",
            remedy="set its account, such as HEADWATER_OPENSKY__CLIENT_ID and __CLIENT_SECRET",
        )
    capture = load_capture(project.capture)
    return Context(project, settings, connections, feeds, sources, capture)


def targets(context: Context) -> list[Target]:
    """Every target, in the order of the data's way (so that each finds what it builds on)."""
    from headwater.targets.catalog import CatalogTarget  # noqa: PLC0415 - foreign SDKs are heavy
    from headwater.targets.connect import ConnectTarget  # noqa: PLC0415
    from headwater.targets.mysql import MysqlTarget  # noqa: PLC0415
    from headwater.targets.nifi import NifiTarget  # noqa: PLC0415
    from headwater.targets.superset import SupersetTarget  # noqa: PLC0415
    from headwater.targets.views import ViewsTarget  # noqa: PLC0415

    way: list[Target] = [
        MysqlTarget(context),
        ConnectTarget(context),
        CatalogTarget(context),
        NifiTarget(context),
        ViewsTarget(context),
        SupersetTarget(context),
    ]
    deployment = context.connections.deployment
    if deployment is None:
        return way
    from headwater.targets.emr import EmrTarget  # noqa: PLC0415
    from headwater.targets.rds import RdsTarget  # noqa: PLC0415

    # Where nobody supervises processes, accounts and the job are deployed like all else.
    return [RdsTarget(context), *way[:3], EmrTarget(context, deployment), *way[3:]]


def _reachable(context: Context) -> list[Target]:
    """The targets of what runs: a stack may be without dashboards."""
    served = context.connections.superset_login is not None
    return [target for target in targets(context) if served or target.name != "superset"]


def plan(context: Context) -> list[Change]:
    """Everything that differs between the declarations and what runs."""
    return [change for target in _reachable(context) for change in target.plan()]


def apply(context: Context, report: Callable[[str], None]) -> list[Change]:
    """Make everything as declared; `report` is told of each target as it is reached."""
    changes: list[Change] = []
    for target in _reachable(context):
        report(f"deploying {target.name}")
        changes += target.apply()
    return changes


def apply_capture(context: Context, report: Callable[[str], None]) -> list[Change]:
    """Only what carries MySQL's tables to the lake; feeds and their flows are left alone."""
    changes: list[Change] = []
    for target in targets(context):
        if target.name in {"connect", "catalog"}:
            report(f"deploying {target.name}")
            changes += target.apply()
    return changes


def render(context: Context, *, write: bool) -> list[Path]:
    """Files of the repository that are not as the feeds say; written when asked to."""
    stale = []
    for target in targets(context):
        for path, content in target.render().items():
            place = context.project.root / path
            if place.exists() and place.read_text() == content:
                continue
            stale.append(path)
            if write:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(content)
    return stale


def describe_feeds(context: Context) -> list[dict[str, Any]]:
    """One record per feed."""
    return [
        {
            "feed": feed.feed,
            "every": f"{feed.every}s",
            "source": context.sources[feed.feed],
            "tables": ", ".join(feed.tables),
        }
        for feed in context.feeds
    ]


def describe_feed(context: Context, name: str) -> dict[str, Any]:
    """One feed with the columns of its tables."""
    feed = _feed(context.feeds, name)
    columns = [
        {
            "table": table_name,
            "column": column_name,
            "type": str(column.type),
            "unit": column.unit or "",
            "key": column_name in table.key,
        }
        for table_name, table in feed.tables.items()
        for column_name, column in table.columns.items()
    ]
    summary = next(row for row in describe_feeds(context) if row["feed"] == name)
    return {**summary, "columns": columns}


def _feed(feeds: Sequence[Feed], name: str) -> Feed:
    for feed in feeds:
        if feed.feed == name:
            return feed
    raise DeclarationError(
        f"no feed is called {name!r}",
        remedy=f"declared are: {', '.join(feed.feed for feed in feeds)}",
    )


def versions() -> dict[str, str]:
    """Versions of the Python packages that matter and of the servers of the stack."""
    from headwater.stack.catalog import COMPONENTS  # noqa: PLC0415 - only `version` needs it

    packages = ("pyspark", "pyathena", "kafka-python", "pymysql", "nipyapi")
    return {
        **{name: importlib.metadata.version(name) for name in packages},
        **{name: part.version for name, part in COMPONENTS.items() if part.version},
    }
