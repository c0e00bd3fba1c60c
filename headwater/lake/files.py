"""Small files of the lake's bucket, and what they raise when S3 or Glue does not answer."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headwater.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.connections import Aws

CONTROL = "_headwater"
"""The folder of what the job is told and what it tells (docs/contracts.md)."""

DOCUMENT = f"{CONTROL}/streaming.json"
"""The streaming job's desired state."""


@lru_cache(maxsize=8)
def client(aws: Aws, service: str) -> Any:  # noqa: ANN401 - boto3
    """A client is costly to make, and a barrier asks many times."""
    return aws.client(service)


@contextmanager
def asking(aws: Aws) -> Iterator[None]:
    """An S3 or Glue that does not answer, in our words."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - heavy

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        where = f"{aws.s3_endpoint}, {aws.glue_endpoint}" if aws.s3_endpoint else aws.region
        raise TargetError(
            f"S3 or Glue ({where}): {error}",
            remedy="`headwater status` shows what runs",
        ) from error


def read_text(aws: Aws, key: str) -> str | None:
    """The file's text, None if there is no such file."""
    with asking(aws):
        s3 = client(aws, "s3")
        try:
            return str(s3.get_object(Bucket=aws.bucket, Key=key)["Body"].read().decode())
        except s3.exceptions.NoSuchKey:
            return None


def read_json(aws: Aws, key: str) -> dict[str, Any] | None:
    """The file's object, None if there is no such file."""
    text = read_text(aws, key)
    return None if text is None else dict(json.loads(text))


def write_text(aws: Aws, key: str, text: str) -> None:
    """Write or replace the file."""
    with asking(aws):
        client(aws, "s3").put_object(Bucket=aws.bucket, Key=key, Body=text.encode())


def remove(aws: Aws, key: str) -> None:
    """Remove the file; nothing if there is none."""
    with asking(aws):
        client(aws, "s3").delete_object(Bucket=aws.bucket, Key=key)


def remove_all(aws: Aws, prefix: str) -> None:
    """Remove all files below a prefix."""
    for key in keys(aws, prefix):
        remove(aws, key)


def keys(aws: Aws, prefix: str) -> list[str]:
    """The keys of all files below a prefix, sorted."""
    with asking(aws):
        pages = (
            client(aws, "s3")
            .get_paginator("list_objects_v2")
            .paginate(Bucket=aws.bucket, Prefix=prefix)
        )
        found = (entry["Key"] for page in pages for entry in page.get("Contents", ()))
        return sorted(key for key in found if not key.endswith("/"))
