"""Glue as the engine is to see it: as it is, but for the newest state of MERGE_ON_READ tables."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import requests

from headwater.lake.athena.protocol import ApiError
from headwater.lake.athena.sessions import Sessions
from headwater_cdc.catalog import REALTIME

if TYPE_CHECKING:
    from headwater.lake.athena.merged import Merged
    from headwater.lake.athena.signature import Request, Verifier

TARGET = "AWSGlue."
_ONE = f"{TARGET}GetTable"
_PASSED = ("x-amz-target", "content-type", "authorization", "x-amz-date")
_TIMEOUT = (5, 60)
_OK, _UNAVAILABLE = 200, 503

log = logging.getLogger(__name__)


class EngineGlue:
    """Hands requests on to Glue; GetTable of a realtime entry is answered with its merged copy."""

    def __init__(self, url: str, verifier: Verifier, merged: Merged) -> None:
        self._url = url
        self._verifier = verifier
        self._merged = merged
        self._sessions = Sessions()

    def answer(self, request: Request) -> tuple[int, bytes]:
        """Status and body for a request of Trino's."""
        self._verifier.check(request)
        headers = {name: request.headers[name] for name in _PASSED if name in request.headers}
        try:
            answer = self._sessions.session.post(
                self._url, data=request.body, headers=headers, timeout=_TIMEOUT
            )
        except requests.RequestException as error:
            raise ApiError(
                "InternalServiceException", f"Glue at {self._url}: {error}", status=_UNAVAILABLE
            ) from error
        body = answer.content
        if (
            answer.status_code == _OK
            and request.headers.get("x-amz-target") == _ONE
            and REALTIME.encode() in body
        ):
            body = self._newest(body)
        return answer.status_code, body

    def _newest(self, body: bytes) -> bytes:
        entry = json.loads(body)["Table"]
        try:
            return json.dumps({"Table": self._merged.entry(entry)}).encode()
        except Exception as error:  # hudi-rs and S3 raise what they like; the query has to say it
            name = f"{entry.get('DatabaseName')}.{entry['Name']}"
            log.exception("merging %s", name)
            raise ApiError(
                "InvalidInputException", f"merging the log files of {name} failed: {error}"
            ) from error
