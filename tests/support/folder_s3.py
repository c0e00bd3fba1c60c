"""S3 as a folder: the calls of boto3's client that our own code makes for files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class FolderS3:
    """A folder for each bucket, a file for each key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def upload_file(self, name: str, bucket: str, key: str, **_: object) -> None:
        target = self.root / bucket / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(name).read_bytes())

    def download_file(self, bucket: str, key: str, name: str) -> None:
        Path(name).write_bytes((self.root / bucket / key).read_bytes())

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803 - boto3's names
        (self.root / Bucket / Key).unlink()

    def get_paginator(self, _: str) -> FolderS3:
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - boto3's
        return [{"Contents": [{"Key": key} for key in self.keys(Bucket, Prefix)]}]

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Every key of a bucket that begins so, sorted."""
        root = self.root / bucket
        found = (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        return sorted(key for key in found if key.startswith(prefix))


@dataclass(frozen=True)
class FolderAws:
    """Connections to a folder."""

    s3: FolderS3
    bucket: str = "lake"
    region: str = "us-east-1"
    s3_endpoint: str | None = None
    access_key_id: str = ""
    secret_access_key: Any = field(
        default_factory=lambda: type("Secret", (), {"get_secret_value": staticmethod(str)})
    )

    def client(self, _: str) -> FolderS3:
        """Whatever service is asked for."""
        return self.s3
