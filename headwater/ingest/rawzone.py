"""The raw zone: where the body of a response is kept, and the signed URL to put it there."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from datetime import datetime

ALGORITHM = "AWS4-HMAC-SHA256"
VALID_FOR_S = 86_400
"""As long as NiFi tries again (a signed URL allows one key only, and nothing but writing it)."""


@dataclass(frozen=True)
class Bucket:
    """A bucket and the key pair that may write to it; `endpoint` is the S3 server's address."""

    endpoint: str
    region: str
    name: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


def key(feed: str, fetched_at: datetime, sha256: str) -> str:
    """Where a body stands: equal bodies of one hour are one object."""
    return f"raw/{feed}/{fetched_at:%Y-%m-%d}/{fetched_at:%H}/{sha256}.gz"


def signed_put(bucket: Bucket, object_key: str, now: datetime) -> str:
    """A presigned URL (AWS signature version 4) for one PUT of any content to `object_key`."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{stamp[:8]}/{bucket.region}/s3/aws4_request"
    path = quote(f"/{bucket.name}/{object_key}")
    query = _query(
        {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{bucket.access_key_id}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(VALID_FOR_S),
            "X-Amz-SignedHeaders": "host",
            **({"X-Amz-Security-Token": bucket.session_token} if bucket.session_token else {}),
        }
    )
    host = urlsplit(bucket.endpoint).netloc
    request = "\n".join(("PUT", path, query, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"))
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    signature = _hmac(_signing_key(bucket, stamp[:8]), text).hex()
    return f"{bucket.endpoint.rstrip('/')}{path}?{query}&X-Amz-Signature={signature}"


def _query(parameters: dict[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(parameters.items()))


def _signing_key(bucket: Bucket, day: str) -> bytes:
    secret = f"AWS4{bucket.secret_access_key}".encode()
    for part in (day, bucket.region, "s3", "aws4_request"):
        secret = _hmac(secret, part)
    return secret


def _hmac(secret: bytes, text: str) -> bytes:
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()
