"""Views over the lake: sql/athena/*.sql against Glue.

render  nothing: the files are written by hand
plan    views that are missing or differ; views of others are left alone
apply   writes their entries in Glue
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.lake import files, views
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from headwater.targets.base import Context

_COMPARED = ("Parameters", "TableType", "ViewOriginalText", "StorageDescriptor")


class ViewsTarget:
    """The views of the feeds' database."""

    name = "views"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._aws = context.connections.aws
        self._database = context.settings.database

    def render(self) -> Mapping[Path, str]:
        """Nothing is rendered."""
        return {}

    def plan(self) -> list[Change]:
        """Views that Glue does not have as they are declared."""
        return [change for change, _ in self._differences()]

    def apply(self) -> list[Change]:
        """Write what differs."""
        found = list(self._differences())
        glue = files.client(self._aws, "glue")
        if found:
            self._ensure_database(glue)
        for change, entry in found:
            write = glue.create_table if change.action == "create" else glue.update_table
            with files.asking(self._aws):
                write(DatabaseName=self._database, TableInput=entry)
        return [change for change, _ in found]

    def _differences(self) -> Iterator[tuple[Change, dict[str, Any]]]:
        known = self._known()
        for view in views.load(self._context.project.root / "sql" / "athena"):
            entry = view.entry(self._database)
            there = known.get(view.name)
            name = f"{self._database}.{view.name}"
            if there is None:
                yield Change(self.name, "create", name, view.meaning), entry
            elif differing := _differing(entry, there):
                yield Change(self.name, "update", name, differing), entry

    def _known(self) -> dict[str, dict[str, Any]]:
        glue = files.client(self._aws, "glue")
        with files.asking(self._aws):
            try:
                pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=self._database))
            except glue.exceptions.EntityNotFoundException:
                return {}
        return {table["Name"]: table for page in pages for table in page["TableList"]}

    def _ensure_database(self, glue: Any) -> None:  # noqa: ANN401 - boto3 makes its clients at run time
        """The streaming job makes it with its first table; we may be earlier."""
        with files.asking(self._aws):
            try:
                glue.create_database(DatabaseInput={"Name": self._database})
            except glue.exceptions.AlreadyExistsException:
                return


def _differing(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """The parts that differ, by name; what Glue adds by itself does not count."""
    return ", ".join(key for key in _COMPARED if not _contains(there.get(key), wanted[key]))


def _contains(there: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(
            _contains(there.get(key), value) for key, value in wanted.items()
        )
    return (there or "") == (wanted or "") if isinstance(wanted, str) else there == wanted
