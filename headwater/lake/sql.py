"""Athena SQL through PyAthena, the same against AWS and against the local endpoint."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headwater.errors import QueryError

if TYPE_CHECKING:
    from pyathena.connection import Connection

    from headwater.connections import Aws

# Seconds between two looks at a query: the local endpoint costs nothing to ask.
LOCAL_POLL, AWS_POLL = 0.02, 0.5


@dataclass(frozen=True)
class Result:
    """The answer to a statement; `types` are Athena's type names."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]


def query(aws: Aws, sql: str, database: str) -> Result:
    """Run one statement; raises QueryError with the engine's own words."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - heavy
    from pyathena.error import Error  # noqa: PLC0415 - heavy

    try:
        with _connection(aws).cursor(schema_name=database) as cursor:
            cursor.execute(sql)
            described = cursor.description or []
            rows = list(cursor.fetchall()) if described else []
    except (Error, BotoCoreError) as error:
        raise _query_error(error, aws) from error
    return Result([d[0] for d in described], [d[1] for d in described], rows)


def literal(text: str) -> str:
    """A text as a literal of the SQL dialect."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a quoted identifier of the SQL dialect."""
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=4)
def _connection(aws: Aws) -> Connection[Any]:
    from pyathena import connect  # noqa: PLC0415 - heavy

    # PyAthena logs every error with a traceback and raises it too; once is enough.
    logging.getLogger("pyathena").setLevel(logging.CRITICAL)
    return connect(
        s3_staging_dir=aws.results,
        work_group=aws.workgroup,
        region_name=aws.region,
        endpoint_url=aws.athena_endpoint,
        aws_access_key_id=aws.access_key_id or None,
        aws_secret_access_key=aws.secret_access_key.get_secret_value() or None,
        poll_interval=LOCAL_POLL if aws.athena_endpoint else AWS_POLL,
    )


def _query_error(error: Exception, aws: Aws) -> QueryError:
    from botocore.exceptions import (  # noqa: PLC0415 - heavy
        BotoCoreError,
        ClientError,
        HTTPClientError,
    )

    cause = error.__cause__ if isinstance(error.__cause__, BotoCoreError | ClientError) else error
    if isinstance(cause, HTTPClientError):
        return QueryError(
            f"Athena at {aws.athena_endpoint or aws.region} does not answer: {cause}",
            remedy="`headwater status` shows what runs, `headwater up` starts it",
        )
    if isinstance(cause, ClientError):
        details = cause.response.get("Error", {})
        return QueryError(f"{details.get('Message') or cause}")
    return QueryError(str(error))
