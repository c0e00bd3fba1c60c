"""NiFi processor: signs the URL under which InvokeHTTP puts a body into the S3 raw zone."""

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

from headwater.ingest import rawzone
from headwater.ingest.task_role import UNSET, Keys, TaskRole


class SignRawUpload(FlowFileTransform):  # type: ignore[misc]
    """The body itself never passes through Python."""

    class Java:
        """What NiFi sees."""

        implements = ["org.apache.nifi.python.processor.FlowFileTransform"]

    class ProcessorDetails:
        """What the canvas shows."""

        version = "@version@"
        description = (
            "Writes the presigned URL (AWS signature version 4) for putting the FlowFile's content "
            "into the raw zone, raw/<feed>/<date>/<hour>/<sha256>.gz, as headwater.raw_url."
        )
        tags = ["headwater", "s3", "aws"]

    ENDPOINT = PropertyDescriptor(
        name="S3 Endpoint",
        description="Address of the S3 server; the bucket becomes part of the path",
        required=True,
        validators=[StandardValidators.URL_VALIDATOR],
    )
    REGION = PropertyDescriptor(
        name="Region",
        description="AWS region of the bucket",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    BUCKET = PropertyDescriptor(
        name="Bucket",
        description="Name of the bucket",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    ACCESS_KEY = PropertyDescriptor(
        name="Access Key ID",
        description="Key that may write to the raw zone; `unset` for the role of the ECS task",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    SECRET_KEY = PropertyDescriptor(
        name="Secret Access Key",
        description="Its secret",
        required=True,
        sensitive=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )

    def __init__(self, **_: Any) -> None:  # noqa: ANN401 - NiFi's own
        super().__init__()
        self._role = TaskRole()

    def getPropertyDescriptors(self) -> list[Any]:  # noqa: N802 - NiFi's name
        """The properties on the canvas."""
        return [self.ENDPOINT, self.REGION, self.BUCKET, self.ACCESS_KEY, self.SECRET_KEY]

    def transform(self, context: Any, flowfile: Any) -> Any:  # noqa: ANN401 - NiFi's own types
        """Sign the URL of one body."""

        def value(descriptor: Any) -> str:  # noqa: ANN401 - NiFi's own
            return str(context.getProperty(descriptor).getValue())

        keys = Keys(value(self.ACCESS_KEY), value(self.SECRET_KEY))
        if keys.access_key_id == UNSET:
            keys = self._role.keys()
        bucket = rawzone.Bucket(
            endpoint=value(self.ENDPOINT),
            region=value(self.REGION),
            name=value(self.BUCKET),
            access_key_id=keys.access_key_id,
            secret_access_key=keys.secret_access_key,
            session_token=keys.session_token,
        )
        milliseconds = int(flowfile.getAttribute("headwater.fetched_at"))
        key = rawzone.key(
            flowfile.getAttribute("headwater.feed"),
            datetime.fromtimestamp(milliseconds / 1000, UTC),
            flowfile.getAttribute("content_SHA-256"),
        )
        return FlowFileTransformResult(
            relationship="success",
            attributes={
                "headwater.raw_key": key,
                "headwater.raw_url": rawzone.signed_put(bucket, key, datetime.now(UTC)),
            },
        )
