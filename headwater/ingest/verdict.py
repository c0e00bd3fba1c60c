"""The verdict on one response: what it means, and the rows that it holds.

A verdict is a JSON document. It travels from the processor that judges to the one that writes,
and can be read on NiFi's canvas on its way.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from headwater.errors import TransformError
from headwater.feed.result import ResponseInfo, plain
from headwater.feed.transform import transform
from headwater.ingest import backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headwater.feed.spec import FeedSpec

Outcome = Literal["applied", "rejected", "backoff", "failed"]
MAX_ERROR = 1000


@dataclass(frozen=True)
class Answer:
    """One response, or one failure to get any (then `status` is None), as NiFi saw it."""

    response_id: str
    feed: str
    fetched_at: datetime
    url: str
    source: str
    status: int | None = None
    size: int = 0
    sha256: str | None = None
    raw_key: str | None = None
    failure: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Verdict:
    """A row of api_responses, and the rows of the feed's tables."""

    response_id: str
    feed: str
    fetched_at: str
    url: str
    status: int | None
    bytes: int
    sha256: str | None
    raw_key: str | None
    outcome: Outcome
    rows_applied: int
    rows_rejected: int
    error: str | None
    retry_at: str | None
    source: str
    tables: Mapping[str, list[list[Any]]] = field(default_factory=dict)

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    def refused(self, reason: str) -> Verdict:
        """The same response when MySQL refuses its rows for good."""
        rejected = self.rows_applied + self.rows_rejected
        return replace(
            self,
            outcome="rejected",
            rows_applied=0,
            rows_rejected=rejected,
            error=reason[:MAX_ERROR],
            tables={},
        )


def judge(
    spec: FeedSpec, answer: Answer, body: Callable[[], bytes], backoff_header: str | None = None
) -> Verdict:
    """Judge a response; `body` is only called where the body may fit (`max_body`) and is needed."""
    wait = backoff.retry_at(answer.status, answer.headers, backoff_header, answer.fetched_at)
    if wait is not None or answer.status == backoff.TOO_MANY_REQUESTS:
        reason = f"the API asks to wait until {wait:%Y-%m-%d %H:%M:%S} UTC" if wait else "too many"
        return _verdict(answer, "backoff", f"HTTP {answer.status}: {reason}", retry_at=wait)
    if answer.status is None:
        return _verdict(answer, "failed", answer.failure or "no answer")
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's own classes
        return _verdict(answer, "failed", f"HTTP {answer.status}")
    if answer.size > spec.max_body:
        reason = f"the body has {answer.size} bytes, more than max_body {spec.max_body}"
        return _verdict(answer, "rejected", reason)
    return _transformed(spec, answer, body())


def _transformed(spec: FeedSpec, answer: Answer, body: bytes) -> Verdict:
    try:
        result = transform(spec, body, ResponseInfo(answer.fetched_at, answer.url))
    except TransformError as error:
        return _verdict(answer, "rejected", error.message)
    rejected = result.rejected
    verdict = _verdict(answer, "applied", str(rejected[0]) if rejected else None)
    return replace(
        verdict,
        rows_applied=result.applied,
        rows_rejected=len(rejected),
        tables={
            name: [[plain(value) for value in row] for row in table.rows]
            for name, table in result.tables.items()
        },
    )


def _verdict(
    answer: Answer, outcome: Outcome, error: str | None, retry_at: datetime | None = None
) -> Verdict:
    return Verdict(
        response_id=answer.response_id,
        feed=answer.feed,
        fetched_at=sql_moment(answer.fetched_at),
        url=answer.url,
        status=answer.status,
        bytes=answer.size,
        sha256=answer.sha256,
        raw_key=answer.raw_key,
        outcome=outcome,
        rows_applied=0,
        rows_rejected=0,
        error=error[:MAX_ERROR] if error else None,
        retry_at=sql_moment(retry_at) if retry_at else None,
        source=answer.source,
    )


def sql_moment(moment: datetime) -> str:
    """A moment as a TIMESTAMP(3) literal of a session in UTC."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(sep=" ", timespec="milliseconds")
