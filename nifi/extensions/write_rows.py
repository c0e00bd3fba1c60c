"""NiFi processor: writes a judged response to MySQL, in one transaction and never twice."""

# NiFi finds modules, not packages, and reads plain assignments out of their text.
# ruff: noqa: INP001, RUF012
from __future__ import annotations

import json
from typing import Any

import pymysql
from nifiapi.flowfiletransform import (
    FlowFileTransform,
    FlowFileTransformResult,
)
from nifiapi.properties import (
    PropertyDescriptor,
    StandardValidators,
)

from headwater.feed.spec import from_json
from headwater.ingest.verdict import Verdict
from headwater.ingest.writer import Writer, purges_from_json

CONNECT_S = 10
ANSWER_S = 60


class WriteRows(FlowFileTransform):  # type: ignore[misc]
    """Keeps its connection; any error closes it, and NiFi's retry begins with a new one."""

    class Java:
        """What NiFi sees."""

        implements = ["org.apache.nifi.python.processor.FlowFileTransform"]

    class ProcessorDetails:
        """What the canvas shows."""

        version = "@version@"
        description = (
            "Writes the rows of a judged response and its row of api_responses to MySQL in one "
            "transaction: strict, an older reading never wins, vanished rows deleted, history "
            "purged by its retention. What MySQL refuses for good is counted as rejected; when "
            "MySQL cannot be reached the FlowFile goes to failure, to be tried again."
        )
        tags = ["headwater", "mysql"]

    FEED = PropertyDescriptor(
        name="Feed",
        description="What the transform has to know of the feed, as JSON (headwater.feed.spec)",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    RETENTION = PropertyDescriptor(
        name="Retention",
        description="Histories to purge, as JSON: a list of table, column, seconds",
        required=True,
        default_value="[]",
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    HOST = PropertyDescriptor(
        name="Host",
        description="MySQL server",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    PORT = PropertyDescriptor(
        name="Port",
        description="Its port",
        required=True,
        validators=[StandardValidators.PORT_VALIDATOR],
    )
    DATABASE = PropertyDescriptor(
        name="Database",
        description="Schema of the tables",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    USER = PropertyDescriptor(
        name="User",
        description="MySQL account",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )
    PASSWORD = PropertyDescriptor(
        name="Password",
        description="Its password",
        required=True,
        sensitive=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )

    def __init__(self, **_: Any) -> None:  # noqa: ANN401 - NiFi's own
        super().__init__()
        self._connection: pymysql.Connection[Any] | None = None
        self._writer: Writer | None = None

    def getPropertyDescriptors(self) -> list[Any]:  # noqa: N802 - NiFi's name
        """The properties on the canvas."""
        return [
            self.FEED,
            self.RETENTION,
            self.HOST,
            self.PORT,
            self.DATABASE,
            self.USER,
            self.PASSWORD,
        ]

    def onStopped(self, context: Any) -> None:  # noqa: ANN401, ARG002, N802 - NiFi's own
        """Let the connection go; the next start may have other properties."""
        self._close()

    def transform(self, context: Any, flowfile: Any) -> Any:  # noqa: ANN401 - NiFi's own types
        """Write one verdict."""
        verdict = Verdict.from_json(flowfile.getContentsAsBytes().decode())
        try:
            written = self._open(context).write(verdict)
        except pymysql.err.MySQLError as error:
            self._close()
            message = f"MySQL: {error}; tried again later, nothing is lost"
            self.logger.error(message)  # noqa: TRY400 - NiFi's logger
            return FlowFileTransformResult(relationship="failure")
        except BaseException:
            self._close()
            raise
        counts = {
            "headwater.outcome": written.verdict.outcome,
            "headwater.rows": str(written.verdict.rows_applied),
            "headwater.gone": str(written.gone),
            "headwater.purged": str(written.purged),
            "headwater.repeated": str(written.repeated).lower(),
        }
        return FlowFileTransformResult(relationship="success", attributes=counts)

    def _open(self, context: Any) -> Writer:  # noqa: ANN401 - NiFi's own
        if self._writer is None:

            def value(descriptor: Any) -> str:  # noqa: ANN401 - NiFi's own
                return str(context.getProperty(descriptor).getValue())

            self._connection = pymysql.connect(
                host=value(self.HOST),
                port=int(value(self.PORT)),
                user=value(self.USER),
                password=value(self.PASSWORD),
                database=value(self.DATABASE),
                charset="utf8mb4",
                ssl={"ca": None},  # encrypted, but not verified: its authority is in no trust store
                connect_timeout=CONNECT_S,
                read_timeout=ANSWER_S,
                write_timeout=ANSWER_S,
            )
            purges = purges_from_json(json.loads(value(self.RETENTION)))
            self._writer = Writer(self._connection, from_json(value(self.FEED)), purges)
        return self._writer

    def _close(self) -> None:
        connection, self._connection, self._writer = self._connection, None, None
        if connection is not None:
            try:
                connection.close()
            except pymysql.err.MySQLError:
                self.logger.debug("the connection was closed already")
