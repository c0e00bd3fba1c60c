"""The lake's tables as they stand: which there are, and how far each has been applied.

A table's state travels in its Hudi commits (see docs/contracts.md, "A table's state"); it is read
from the newest completed commit that carries one. Compactions, cleanings and rollbacks carry none.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

from headwater.captured import CapturedTable, Layout
from headwater.errors import VerifyError
from headwater.lake import files
from headwater_cdc.config import TableType
from headwater_cdc.errors import TablePausedError
from headwater_cdc.rebuild import newer, uri_of
from headwater_cdc.state import KEY, TableState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.connections import Aws

# Table version 6: `<instant>.<action>` once an action is complete.
_COMPLETED = re.compile(r"(\d{14,})\.(commit|deltacommit|replacecommit)$")


def captured(aws: Aws) -> list[CapturedTable]:
    """The tables of the streaming job's desired state; none while there is no such document."""
    document = files.read_json(aws, files.DOCUMENT) or {}
    return [_entry(entry) for entry in document.get("tables", ())]


def _entry(entry: Mapping[str, Any]) -> CapturedTable:
    layout = {name: entry[name] for name in Layout.__dataclass_fields__ if name in entry}
    where = (entry["database"], entry["table"], entry["topic"])
    return CapturedTable(*where, Layout(**layout), files.DOCUMENT)


def chosen(
    captured: Sequence[CapturedTable], names: Sequence[str], database: str
) -> list[CapturedTable]:
    """Those that are named (`table` or `database.table`), or all."""
    if not captured:
        raise VerifyError(
            "no table is captured yet",
            remedy="`headwater apply` deploys the declared ones, `headwater capture` takes more",
        )
    known = {table.name: table for table in captured}
    wanted = [name if "." in name else f"{database}.{name}" for name in names]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise VerifyError(
            f"not captured: {', '.join(unknown)}", remedy=f"captured are {', '.join(sorted(known))}"
        )
    changes = [name for name in wanted if known[name].layout.append_only]
    if changes:
        raise VerifyError(
            f"{', '.join(changes)}: the lake has its changes, MySQL its rows",
            remedy="docs/capture.md, Tables without a key, has the query that compares them",
        )
    return [known[name] for name in wanted] or [
        table for table in captured if not table.layout.append_only
    ]


def read_state(aws: Aws, database: str, table: str) -> TableState | None:
    """How far a table has been applied; None while nothing was."""
    name = f"{database}.{table}"
    begun = files.read_text(aws, uri_of(files.CONTROL, name))
    committed = _committed_state(aws, database, table)
    return newer(committed, None if begun is None else _state(begun, name))


def _committed_state(aws: Aws, database: str, table: str) -> TableState | None:
    for key in reversed(_commits(aws, database, table)):
        metadata = files.read_text(aws, key)
        text = (json.loads(metadata).get("extraMetadata") or {}).get(KEY) if metadata else None
        if text:
            return _state(text, f"{database}.{table}")
    return None


def newest_instant(aws: Aws, database: str, table: str) -> str:
    """The instant of the newest completed commit, empty while there is none."""
    keys = _commits(aws, database, table)
    return max((match[1] for key in keys if (match := _COMPLETED.search(key))), default="")


def written_type(aws: Aws, database: str, table: str) -> TableType | None:
    """The Hudi type of what lies in a table's folder, carried or let go; None for nothing."""
    text = files.read_text(aws, f"warehouse/{database}/{table}/.hoodie/hoodie.properties")
    lines = (text or "").splitlines()
    kinds: tuple[TableType, ...] = get_args(TableType)
    return next((kind for kind in kinds if f"hoodie.table.type={kind}" in lines), None)


def read_report(aws: Aws, database: str, table: str) -> dict[str, Any]:
    """What the streaming job says about a table: state, and when paused reason and remedy."""
    return files.read_json(aws, f"{files.CONTROL}/status/{database}.{table}.json") or {}


def columns(aws: Aws, database: str, table: str) -> dict[str, str]:
    """Name and Hive type of a table's columns, from Glue; empty if it is not registered."""
    with files.asking(aws):
        glue = files.client(aws, "glue")
        try:
            found = glue.get_table(DatabaseName=database, Name=table)["Table"]
        except glue.exceptions.EntityNotFoundException:
            return {}
    listed = [*found["StorageDescriptor"]["Columns"], *found.get("PartitionKeys", ())]
    return {column["Name"]: column["Type"] for column in listed}


def _state(text: str, name: str) -> TableState:
    try:
        return TableState.from_json(text)
    except TablePausedError as error:
        raise VerifyError(f"{name}: {error}") from error


def _commits(aws: Aws, database: str, table: str) -> list[str]:
    """The keys of the timeline's completed commits, oldest first."""
    prefix = f"warehouse/{database}/{table}/.hoodie/"
    with files.asking(aws):
        pages = (
            files.client(aws, "s3")
            .get_paginator("list_objects_v2")
            .paginate(Bucket=aws.bucket, Prefix=prefix, Delimiter="/")
        )
        found = (entry["Key"] for page in pages for entry in page.get("Contents", ()))
        return sorted(key for key in found if _COMPLETED.search(key))
