"""Dashboards, charts and datasets: files of the repository against a running Superset.

render  datasets of the feeds' tables and of the views
plan    what Superset lacks or has otherwise, compared in Superset's own export
apply   one import of everything, if anything differs
export  charts and dashboards as they were changed in the browser, back into the files
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from headwater.errors import TargetError
from headwater.targets import _superset_files as files
from headwater.targets._superset_api import SupersetApi
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from headwater.targets._superset_api import Document
    from headwater.targets.base import Context

# Numbers of one installation, and what Superset derives or adds by itself.
_VOLATILE = {
    "id", "chartId", "datasource", "datasource_id", "slice_id", "dashboards", "query_context",
    "dashboardId", "viz_type_id", "sliceName", "sliceNameOverride", "parents",
    "map_label_colors", "shared_label_colors", "color_scheme_domain", "chart_configuration",
    "global_chart_configuration", "password", "chartsInScope", "tabsInScope",
}  # fmt: skip


class SupersetTarget:
    """What a Superset shows."""

    name = "superset"

    def __init__(self, context: Context, api: SupersetApi | None = None) -> None:
        self._context = context
        self._api = api

    @property
    def _superset(self) -> SupersetApi:
        connections = self._context.connections
        if self._api is None and connections.superset_login:
            self._api = SupersetApi(connections.superset_url, connections.superset_login)
        if self._api is None:
            raise TargetError("nothing is known of a Superset", remedy="`headwater up` starts one")
        return self._api

    def render(self) -> Mapping[Path, str]:
        """The datasets."""
        context = self._context
        return files.rendered(
            context.feeds, context.project.root / "sql" / "athena", context.settings.database
        )

    def plan(self) -> list[Change]:
        """What differs; charts and dashboards that are not declared are somebody's own."""
        return list(self._differences(self._declared(), self._superset.export()))

    def apply(self) -> list[Change]:
        """Import everything, if anything differs."""
        declared = self._declared()
        changes = list(self._differences(declared, self._superset.export()))
        if changes:
            self._superset.import_(declared)
        return changes

    def export(self) -> list[Path]:
        """Write what was changed in the browser into the files; returns those that changed.

        Raises a TargetError, with nothing written, where a rendered dataset was changed: its
        source is the place for that.
        """
        declared, there = self._declared(), self._superset.export()
        edited = [c for c in self._differences(declared, there) if c.name.startswith("datasets/")]
        if edited:
            raise TargetError(
                f"{edited[0].name} was changed in Superset ({edited[0].detail}), and is rendered",
                remedy=f"change {self._source(edited[0].name)}, then `headwater apply`",
            )
        return list(self._written(declared, there))

    def _written(
        self, declared: Mapping[str, Document], there: Mapping[str, Document]
    ) -> Iterator[Path]:
        folder = self._context.project.root / files.HAND_MADE
        names = {document["uuid"]: path for path, document in declared.items()}
        for path, document in there.items():
            kind = path.split("/", 1)[0]
            if kind not in files.KINDS:
                continue
            known = names.get(document["uuid"])
            place = folder / (known or f"{kind}/{_file_name(document)}")
            kept = stable(document)
            if known is None or not covers(kept, stable(declared[known])):
                files.write(place, kept)
                yield place

    def _source(self, dataset: str) -> str:
        rendered = files.RENDERED / "datasets" / f"{dataset.rsplit('/', 1)[1]}.yaml"
        first, *_ = (self._context.project.root / rendered).read_text().splitlines()
        return first.removeprefix("# Rendered from ").split(" by ")[0]

    def _declared(self) -> dict[str, Document]:
        context = self._context
        aws, database = context.connections.aws, context.settings.database
        return files.bundle(context.project.root, aws, database)

    def _differences(
        self, declared: Mapping[str, Document], there: Mapping[str, Document]
    ) -> Iterator[Change]:
        known = {document["uuid"]: document for document in there.values() if "uuid" in document}
        for path, document in declared.items():
            found = known.get(document["uuid"])
            name = path.removesuffix(".yaml")
            if found is None:
                yield Change(self.name, "create", name)
            elif differing := _differing(stable(document), stable(found)):
                yield Change(self.name, "update", name, differing)


def stable(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """A document without what differs between installations."""
    if isinstance(value, dict):
        return {
            k: files.address(v) if k == "sqlalchemy_uri" else stable(v)
            for k, v in value.items()
            if k not in _VOLATILE
        }
    if not isinstance(value, list):
        return value
    items = [stable(item) for item in value]
    named = all(isinstance(item, dict) and "column_name" in item for item in items)
    return sorted(items, key=lambda item: str(item["column_name"])) if named else items


def covers(there: Any, wanted: Any) -> bool:  # noqa: ANN401 - any part of a document
    """Whether everything that is wanted is there; Superset adds its defaults to what it keeps."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(covers(there.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(there, list)
            and len(there) == len(wanted)
            and all(covers(a, b) for a, b in zip(there, wanted, strict=True))
        )
    return bool(there == wanted)


def _differing(wanted: Document, there: Document) -> str:
    return ", ".join(key for key, value in wanted.items() if not covers(there.get(key), value))


def _file_name(document: Document) -> str:
    title = document.get("slice_name") or document.get("dashboard_title") or document["uuid"]
    return re.sub(r"\W+", "_", str(title).lower()).strip("_") + ".yaml"
