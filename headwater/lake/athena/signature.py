"""Signature Version 4: a request is accepted only if its caller knows the secret key.

botocore, which signs the requests of boto3 and PyAthena, computes the expected signature too.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from headwater.lake.athena.protocol import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=5)
STAMP = "%Y%m%dT%H%M%SZ"
_PART = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")


@dataclass(frozen=True)
class Request:
    """An HTTP request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Claim:
    """What the Authorization header says."""

    access_key: str
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str


class _Recomputed(SigV4Auth):
    """botocore's signer over exactly the headers that the caller signed."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        headers = HTTPHeaders()
        for name, value in request.headers.items():
            headers[name.lower()] = value
        return headers


class Verifier:
    """Checks requests against one key pair."""

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        region: str,
        *,
        service: str = "athena",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._credentials = Credentials(access_key, secret_key)
        self._region = region
        self._service = service
        self._now = now

    def check(self, request: Request) -> None:
        """Return if the request is signed with our secret, just now, and unaltered."""
        claim = _claim(request.headers)
        if claim.access_key != self._credentials.access_key:
            raise ApiError(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            )
        self._check_scope(claim)
        stamp = request.headers.get("x-amz-date", "")
        self._check_time(stamp, claim)
        if not hmac.compare_digest(self._expected(request, claim, stamp), claim.signature):
            raise _bad_signature(
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details."
            )

    def _check_scope(self, claim: _Claim) -> None:
        if claim.region != self._region:
            raise _bad_signature(
                f"Credential should be scoped to a valid region, not '{claim.region}'. "
                f"This endpoint serves '{self._region}'."
            )
        if claim.service != self._service:
            raise _bad_signature(
                f"Credential should be scoped to correct service: '{self._service}'."
            )
        if "host" not in claim.signed:
            raise _bad_signature(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
            )

    def _check_time(self, stamp: str, claim: _Claim) -> None:
        try:
            signed_at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            raise ApiError(
                "IncompleteSignatureException",
                f"Date must be in ISO-8601 'basic format'. Got '{stamp}'. "
                "See http://en.wikipedia.org/wiki/ISO_8601",
            ) from None
        now = self._now()
        if signed_at < now - SKEW:
            raise _bad_signature(
                f"Signature expired: {stamp} is now earlier than "
                f"{now - SKEW:{STAMP}} ({now:{STAMP}} - 5 min.)"
            )
        if signed_at > now + SKEW:
            raise _bad_signature(
                f"Signature not yet current: {stamp} is still later than "
                f"{now + SKEW:{STAMP}} ({now:{STAMP}} + 5 min.)"
            )
        if not stamp.startswith(claim.date):
            raise _bad_signature(
                f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                f"from HTTP: '{claim.date}' != '{stamp[:8]}', from '{stamp}'."
            )

    def _expected(self, request: Request, claim: _Claim, stamp: str) -> str:
        copy = AWSRequest(
            method=request.method,
            url=f"http://{request.headers.get('host', '')}{request.path}",
            headers={name: request.headers.get(name, "") for name in claim.signed},
            data=request.body,
        )
        copy.context["timestamp"] = stamp
        # A caller may declare the hash of the body; it counts only if it is the body's.
        declared = request.headers.get("x-amz-content-sha256")
        if declared is not None and declared != sha256(request.body).hexdigest():
            return ""
        signer = _Recomputed(self._credentials, claim.service, claim.region)
        text = signer.string_to_sign(copy, signer.canonical_request(copy))
        return str(signer.signature(text, copy))


def _claim(headers: Mapping[str, str]) -> _Claim:
    authorization = headers.get("authorization", "")
    if not authorization:
        raise ApiError(
            "MissingAuthenticationTokenException", "Missing Authentication Token", status=403
        )
    parts = dict(_PART.findall(authorization))
    scope = parts.get("Credential", "").split("/")
    if (
        not authorization.startswith(ALGORITHM)
        or len(parts) != len(("Credential", "SignedHeaders", "Signature"))
        or len(scope) != len(("key", "date", "region", "service", "aws4_request"))
    ):
        raise ApiError(
            "IncompleteSignatureException",
            "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' "
            f"parameters and the algorithm {ALGORITHM}.",
        )
    signed = tuple(parts["SignedHeaders"].split(";"))
    return _Claim(scope[0], scope[1], scope[2], scope[3], signed, parts["Signature"])


def _bad_signature(message: str) -> ApiError:
    return ApiError("InvalidSignatureException", message)
