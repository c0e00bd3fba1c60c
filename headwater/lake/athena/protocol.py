"""What requests and answers are made of."""

from __future__ import annotations

from typing import Any

from headwater.errors import QueryError

Json = dict[str, Any]


class ApiError(QueryError):
    """An answer other than 200; `kind` is the exception's name in the Athena API."""

    def __init__(self, kind: str, message: str, *, status: int = 400, **extra: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.extra = extra

    def as_json(self) -> Json:
        """The body, as the AWS JSON 1.1 protocol words it."""
        return {"__type": self.kind, "message": self.message, "Message": self.message, **self.extra}


def invalid(message: str, code: str = "INVALID_INPUT") -> ApiError:
    """An InvalidRequestException: the caller has to change something."""
    return ApiError("InvalidRequestException", message, AthenaErrorCode=code)


def required(parameters: Json, name: str) -> str:
    """A parameter that must be a non-empty text."""
    value = parameters.get(name)
    if isinstance(value, str) and value.strip():
        return value
    member = name[0].lower() + name[1:]
    raise invalid(
        f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
        "Member must not be null"
    )


def page(items: list[Any], parameters: Json, default: int) -> tuple[list[Any], Json]:
    """One page of a list, and the NextToken of the next one where there is one."""
    size = parameters.get("MaxResults") or default
    start = _start(parameters.get("NextToken"))
    following = start + size
    token = {"NextToken": str(following)} if following < len(items) else {}
    return items[start:following], token


def _start(token: str | None) -> int:
    if not token:
        return 0
    if not token.isdecimal():
        raise invalid(f"Invalid pagination token: {token}")
    return int(token)
