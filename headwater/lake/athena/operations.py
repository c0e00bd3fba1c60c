"""Every operation of the API that the endpoint knows, by its name in Athena."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.lake.athena.protocol import ApiError, Json

if TYPE_CHECKING:
    from headwater.lake.athena.catalog import Catalog
    from headwater.lake.athena.queries import Queries
    from headwater.lake.athena.saved import Saved
    from headwater.lake.athena.workgroups import WorkGroups

Operation = Callable[[Json], Json]


@dataclass(frozen=True)
class Parts:
    """What the operations work with."""

    queries: Queries
    catalog: Catalog
    groups: WorkGroups
    saved: Saved


def registry(parts: Parts) -> dict[str, Operation]:
    """The operations by name."""
    queries, catalog, groups, saved = parts.queries, parts.catalog, parts.groups, parts.saved
    return {
        "StartQueryExecution": queries.start,
        "GetQueryExecution": queries.get,
        "BatchGetQueryExecution": queries.batch_get,
        "ListQueryExecutions": queries.list,
        "StopQueryExecution": queries.stop,
        "GetQueryResults": queries.results,
        "GetQueryRuntimeStatistics": queries.runtime_statistics,
        "GetWorkGroup": groups.get,
        "ListWorkGroups": groups.list,
        "ListEngineVersions": groups.list_engine_versions,
        "GetDataCatalog": catalog.get_data_catalog,
        "ListDataCatalogs": catalog.list_data_catalogs,
        "GetDatabase": catalog.get_database,
        "ListDatabases": catalog.list_databases,
        "GetTableMetadata": catalog.get_table_metadata,
        "ListTableMetadata": catalog.list_table_metadata,
        "CreateNamedQuery": saved.create_named_query,
        "GetNamedQuery": saved.get_named_query,
        "BatchGetNamedQuery": saved.batch_get_named_query,
        "ListNamedQueries": saved.list_named_queries,
        "DeleteNamedQuery": saved.delete_named_query,
        "CreatePreparedStatement": saved.create_prepared_statement,
        "UpdatePreparedStatement": saved.update_prepared_statement,
        "GetPreparedStatement": saved.get_prepared_statement,
        "ListPreparedStatements": saved.list_prepared_statements,
        "DeletePreparedStatement": saved.delete_prepared_statement,
    }


def unknown(name: str) -> ApiError:
    """The answer to an operation that is not in the registry."""
    return ApiError(
        "UnknownOperationException",
        f"The operation {name or '(none named)'} is not supported by the local Athena endpoint",
    )
