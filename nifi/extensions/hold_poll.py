"""NiFi processor: holds the poll while the API has asked to be left alone."""

# NiFi finds modules, not packages, and reads plain assignments out of their text.
# ruff: noqa: INP001, RUF012
from __future__ import annotations

import time
from typing import Any

from nifiapi.componentstate import Scope
from nifiapi.flowfiletransform import (
    FlowFileTransform,
    FlowFileTransformResult,
)
from nifiapi.properties import PropertyDescriptor, StandardValidators
from nifiapi.relationship import Relationship

UNTIL, OF = "retry_at", "source"


class HoldPoll(FlowFileTransform):  # type: ignore[misc]
    """Ticks pass unless a note (a response that asks to wait) says not before when.

    The moment is kept in NiFi's state, so that it survives a restart and needs no database.
    """

    class Java:
        """What NiFi sees."""

        implements = ["org.apache.nifi.python.processor.FlowFileTransform"]

    class ProcessorDetails:
        """What the canvas shows."""

        version = "@version@"
        description = (
            "Lets a tick pass, unless a response asked not to be polled before a moment that is "
            "still to come. Responses that ask so are sent here too; their attribute "
            "headwater.retry_at (milliseconds since 1970) is remembered as state."
        )
        tags = ["headwater", "rate limit", "backoff"]

    SOURCE = PropertyDescriptor(
        name="Source",
        description="Who is asked: what one source asked for does not hold polls of another",
        required=True,
        validators=[StandardValidators.NON_EMPTY_VALIDATOR],
    )

    def __init__(self, **_: Any) -> None:  # noqa: ANN401 - NiFi's own
        super().__init__()

    def getPropertyDescriptors(self) -> list[Any]:  # noqa: N802 - NiFi's name
        """The properties on the canvas."""
        return [self.SOURCE]

    def getRelationships(self) -> list[Any]:  # noqa: N802 - NiFi's name
        """Besides the framework's own `original` and `failure`."""
        return _RELATIONSHIPS

    def transform(self, context: Any, flowfile: Any) -> Any:  # noqa: ANN401 - NiFi's own types
        """Remember a note; pass or hold a tick."""
        states = context.getStateManager()
        note = flowfile.getAttribute("headwater.retry_at")
        if note:
            noted_of = flowfile.getAttribute("headwater.source")
            states.setState({UNTIL: str(note), OF: str(noted_of)}, Scope.LOCAL)
            message = f"the API asks to wait; not polled before {_clock(int(note))} UTC"
            self.logger.warn(message)  # noqa: G010 - NiFi's logger
            return FlowFileTransformResult(relationship="noted")
        state = states.getState(Scope.LOCAL)
        until = int(state.get(UNTIL) or 0)
        same = state.get(OF) == context.getProperty(self.SOURCE).getValue()
        if same and until > time.time() * 1000:
            return FlowFileTransformResult(relationship="held")
        return FlowFileTransformResult(relationship="success")


def _clock(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(milliseconds / 1000))


_RELATIONSHIPS = [
    Relationship(name="success", description="the API may be asked"),
    Relationship(name="held", description="a tick that ends here: the API asked to wait"),
    Relationship(name="noted", description="a note that has been remembered"),
]
