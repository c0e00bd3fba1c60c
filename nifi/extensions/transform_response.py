"""NiFi processor: judges a response and turns it into the rows of the feed's tables."""

# NiFi finds modules, not packages, and reads plain assignments out of their text.
# ruff: noqa: INP001, RUF012
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nifiapi.flowfiletransform import (
    FlowFileTransform,
    FlowFileTransformResult,
)
from nifiapi.properties import (
    PropertyDescriptor,
    StandardValidators,
)
from nifiapi.relationship import Relationship

from headwater.feed.spec import FeedSpec, from_json
from headwater.ingest import rawzone
from headwater.ingest.verdict import Answer, Verdict, judge


class TransformResponse(FlowFileTransform):  # type: ignore[misc]
    """A body larger than the feed allows is judged by its size and never read."""

    class Java:
        """What NiFi sees."""

        implements = ["org.apache.nifi.python.processor.FlowFileTransform"]

    class ProcessorDetails:
        """What the canvas shows."""

        version = "@version@"
        description = (
            "Judges a response of InvokeHTTP (applied, rejected, backoff, failed) and turns it "
            "into the rows of the feed's tables. The FlowFile becomes a JSON document: a row of "
            "api_responses and the rows of the tables."
        )
        tags = ["headwater", "json", "transform"]

    FEED = PropertyDescriptor(
        name="Feed",
        description="What the transform has to know of the feed, as JSON (headwater.feed.spec)",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    BACKOFF_HEADER = PropertyDescriptor(
        name="Backoff Header",
        description="Response header with the seconds to wait, beside the standard Retry-After",
    )

    def __init__(self, **_: Any) -> None:  # noqa: ANN401 - NiFi's own
        super().__init__()
        self._spec: FeedSpec | None = None
        self._header: str | None = None

    def getPropertyDescriptors(self) -> list[Any]:  # noqa: N802 - NiFi's name
        """The properties on the canvas."""
        return [self.FEED, self.BACKOFF_HEADER]

    def getRelationships(self) -> list[Any]:  # noqa: N802 - NiFi's name
        """Besides the framework's own `original` and `failure`."""
        return _RELATIONSHIPS

    def onScheduled(self, context: Any) -> None:  # noqa: ANN401, N802 - NiFi's own
        """Read the properties once."""
        self._spec = from_json(context.getProperty(self.FEED).getValue())
        self._header = context.getProperty(self.BACKOFF_HEADER).getValue()

    def transform(self, context: Any, flowfile: Any) -> Any:  # noqa: ANN401, ARG002 - NiFi's own
        """Judge one response."""
        if self._spec is None:
            raise RuntimeError("not scheduled yet")
        attributes = dict(flowfile.getAttributes())
        answer = answer_of(attributes, flowfile.getSize())
        verdict = judge(self._spec, answer, flowfile.getContentsAsBytes, self._header)
        return FlowFileTransformResult(
            relationship="backoff" if verdict.retry_at else "success",
            contents=verdict.to_json(),
            attributes=_attributes(verdict),
        )


def answer_of(attributes: dict[str, str], size: int) -> Answer:
    """What InvokeHTTP and the processors after it wrote on the FlowFile."""
    status = attributes.get("invokehttp.status.code")
    answered = status is not None
    fetched_at = datetime.fromtimestamp(int(attributes["headwater.fetched_at"]) / 1000, UTC)
    feed, sha256 = attributes["headwater.feed"], attributes.get("content_SHA-256")
    return Answer(
        response_id=attributes["headwater.id"],
        feed=feed,
        fetched_at=fetched_at,
        url=attributes["headwater.url"],
        source=attributes["headwater.source"],
        status=int(status) if status else None,
        size=size if answered else 0,
        sha256=sha256 if answered else None,
        raw_key=rawzone.key(feed, fetched_at, sha256) if answered and sha256 else None,
        failure=_failure(attributes),
        headers=attributes,
    )


def _failure(attributes: dict[str, str]) -> str:
    kind = attributes.get("invokehttp.java.exception.class", "").rpartition(".")[2]
    return f"{kind}: {attributes.get('invokehttp.java.exception.message', '')}".strip(": ")


def _attributes(verdict: Verdict) -> dict[str, str]:
    found = {
        "mime.type": "application/json",
        "headwater.outcome": verdict.outcome,
        "headwater.rows": str(verdict.rows_applied),
        "headwater.error": verdict.error or "",
    }
    if verdict.retry_at:
        moment = datetime.fromisoformat(verdict.retry_at).replace(tzinfo=UTC)
        found["headwater.retry_at"] = str(int(moment.timestamp() * 1000))
    return found


_RELATIONSHIPS = [
    Relationship(name="success", description="judged, good or bad"),
    Relationship(name="backoff", description="judged: the API asks to wait"),
]
