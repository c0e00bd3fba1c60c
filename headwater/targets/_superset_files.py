"""Dashboards as files: what is written by hand, what is rendered, and both as Superset's bundle.

superset/dashboards/charts/*.yaml, dashboards/*.yaml      by hand, or exported
superset/rendered/datasets/*.yaml                         from feeds and sql/athena
databases/Lake.yaml                                       made here: it holds the address
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import yaml

from headwater.errors import DeclarationError
from headwater.lake import views
from headwater_cdc.names import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.connections import Aws
    from headwater.feed.model import Feed
    from headwater.targets._superset_api import Document

DATABASE = "Lake"
HAND_MADE = Path("superset") / "dashboards"
RENDERED = Path("superset") / "rendered"
KINDS = ("charts", "dashboards")
_NAMESPACE = uuid.UUID("6f0c6f2e-8d0a-4d0c-9a55-6865616477a7")
_HEADER = "# Rendered from {source} by `headwater render`: change that, not this file.\n"
_UNIT = re.compile(r"\[([^]]+)\]$")
_TEMPORAL = ("timestamp", "date")
# A range of time that is asked for reads the files of its days only, which the engine cannot tell
# from the times themselves. Superset fills in the range, or nothing where none is chosen.
_DAYS = """SELECT * FROM {name}
WHERE {day} BETWEEN '{{{{ (from_dttm or "")[:10] }}}}' AND '{{{{ (to_dttm or "9999")[:10] }}}}'
"""


def identity(*names: str) -> str:
    """The stable UUID of something that we render."""
    return str(uuid.uuid5(_NAMESPACE, ".".join(names)))


def rendered(feeds: Iterable[Feed], folder: Path, database: str) -> dict[Path, str]:
    """Datasets of the feeds' tables and of the views."""
    found = {}
    for feed in feeds:
        for name, table in feed.tables.items():
            columns = [
                _column(c_name, str(column.type), _with_unit(column.meaning, column.unit))
                for c_name, column in table.columns.items()
            ]
            found[f"{name}.yaml"] = (
                _dataset(database, name, table.meaning, columns),
                f"feeds/{feed.feed}.yaml",
            )
    for view in views.load(folder):
        columns = [_column(column.name, column.type, column.comment) for column in view.columns]
        found[f"{view.name}.yaml"] = (
            _dataset(database, view.name, view.meaning, columns),
            f"sql/athena/{view.name}.sql",
        )
    return {
        RENDERED / "datasets" / path: _HEADER.format(source=source) + _yaml(document)
        for path, (document, source) in found.items()
    }


def _with_unit(meaning: str, unit: str | None) -> str:
    return f"{meaning} [{unit}]" if unit else meaning


def _dataset(database: str, name: str, meaning: str, columns: list[Document]) -> Document:
    moments = [column["column_name"] for column in columns if column["is_dttm"]]
    by_day = any(column["column_name"] == DAY for column in columns)
    return {
        "table_name": name,
        "main_dttm_col": moments[0] if moments else None,
        "description": meaning,
        "schema": database,
        **({"sql": _DAYS.format(name=f"{database}.{name}", day=DAY)} if by_day else {}),
        "uuid": identity(database, name),
        "metrics": [{"metric_name": "count", "expression": "COUNT(*)", "verbose_name": "rows"}],
        "columns": columns,
        "version": "1.0.0",
        "database_uuid": identity(DATABASE),
    }


def _column(name: str, kind: str, meaning: str) -> Document:
    plain = kind.lower()
    return {
        "column_name": name,
        "verbose_name": heading(name, meaning),
        "type": plain.upper(),
        "is_dttm": plain.startswith(_TEMPORAL),
        "groupby": True,
        "filterable": True,
        "description": meaning,
    }


def heading(name: str, meaning: str) -> str:
    """What stands above a column: `speed_kmh` that is measured in `[km/h]` is `speed [km/h]`."""
    found = _UNIT.search(meaning)
    if found is None or found[1] == name:
        return name.replace("_", " ")
    unit = "_?".join(re.findall(r"\w", found[1]))
    return f"{re.sub(f'_{unit}$', '', name).replace('_', ' ')} {found[0]}"


def bundle(root: Path, aws: Aws, database: str) -> dict[str, Document]:
    """Everything that is declared, as Superset imports it."""
    found = {f"databases/{DATABASE}.yaml": _lake(aws, database)}
    for path in sorted((root / RENDERED / "datasets").glob("*.yaml")):
        found[f"datasets/{DATABASE}/{path.name}"] = read(path)
    for kind in KINDS:
        for path in sorted((root / HAND_MADE / kind).glob("*.yaml")):
            found[f"{kind}/{path.name}"] = read(path)
    return found


def read(path: Path) -> Document:
    """One document; it has a UUID, by which it is known."""
    try:
        document = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise DeclarationError(f"{path}: {error}", remedy="mend the YAML") from error
    if not isinstance(document, dict) or "uuid" not in document:
        raise DeclarationError(
            f"{path} has no uuid", remedy="each chart and dashboard has one; it never changes"
        )
    return document


def write(path: Path, document: Document) -> None:
    """Write a document as it is kept in the repository."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_yaml(document))


def _lake(aws: Aws, database: str) -> Document:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": athena_uri(aws, database),
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": identity(DATABASE),
        "version": "1.0.0",
    }


def athena_uri(aws: Aws, database: str) -> str:
    """SQLAlchemy's address of Athena, local or on AWS (there the role of the server signs)."""
    keys = [aws.access_key_id, aws.secret_access_key.get_secret_value()]
    account = ":".join(quote(key, safe="") for key in keys) + "@" if any(keys) else ""
    options = {
        "s3_staging_dir": aws.results,
        "work_group": aws.workgroup,
        "poll_interval": "0.1",
        **({"endpoint_url": aws.athena_endpoint} if aws.athena_endpoint else {}),
    }
    host = f"athena.{aws.region}.amazonaws.com:443"
    return f"awsathena+rest://{account}{host}/{database}?{urlencode(options)}"


def address(uri: str) -> list[str]:
    """What can be compared of an address: all but the password, which Superset never shows."""
    parts = urlsplit(uri)
    options = sorted(f"{name}={value}" for name, value in parse_qsl(parts.query))
    return [parts.scheme, parts.username or "", parts.hostname or "", parts.path, *options]


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stay readable."""


def _text(dumper: yaml.SafeDumper, value: str) -> Any:  # noqa: ANN401 - PyYAML is not typed here
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _yaml(document: Document) -> str:
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))
