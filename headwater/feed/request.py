"""What is asked of an API: URL, query, headers, body, credentials, fan-out and pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from headwater.feed import units

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Duration = Annotated[int, BeforeValidator(units.seconds)]


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | Decimal | bool):
        raise ValueError("expected a text, a number, true or false")  # noqa: TRY004 - for pydantic
    return value


def _fan_out(value: object) -> object:
    return (
        {str(k): _scalar(v) for k, v in value.items()}
        if isinstance(value, dict)
        else (_scalar(value))
    )


# Checked by one function each: a union would list one mistake for every member.
Scalar = Annotated[str | int | Decimal | bool, PlainValidator(_scalar)]
FanOut = Annotated[
    str | int | Decimal | bool | dict[str, str | int | Decimal | bool], PlainValidator(_fan_out)
]


class Part(BaseModel):
    """What every part of the model has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Auth(Part):
    """Which credential goes with a request; its value is a secret setting, never in the YAML."""

    key: Name | None = Field(None, description="name of an API key")
    oauth2: Name | None = Field(None, description="name of OAuth2 client credentials")
    signed: Name | None = Field(None, description="name of a private key that signs the headers")
    query: str | None = Field(None, description="query parameter that carries the key")
    header: str | None = Field(None, description="header that carries the key")
    prefix: str = Field("", description="what stands before the key in the header")
    token_url: str | None = Field(None, description="where OAuth2 tokens are fetched")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(map(bool, (self.key, self.oauth2, self.signed))) != 1:
            raise ValueError("exactly one of key, oauth2, signed")
        if bool(self.oauth2) != bool(self.token_url):
            raise ValueError("oauth2 and token_url belong together")
        if (self.query or self.header or self.prefix) and not self.key:
            raise ValueError("query, header and prefix belong to key")
        if self.query and self.header:
            raise ValueError("the key goes into query or header, not into both")
        return self


class Backoff(Part):
    """How an API says when it may be asked again."""

    header: str = Field(description="response header with the seconds to wait")


class Pages(Part):
    """How the next page is found."""

    next: str = Field(description="JMESPath expression: the next page, null after the last")
    into: str = Field("url", description="url, or the query parameter that takes the value")
    most: int = Field(10, ge=1, le=1000, description="pages at most for one poll")


class Request(Part):
    """One request, repeated for every combination of the values of `for`."""

    get: str | None = Field(None, description="URL of a GET")
    post: str | None = Field(None, description="URL of a POST")
    query: dict[str, Scalar] = Field(default_factory=dict, description="query parameters")
    headers: dict[str, str] = Field(default_factory=dict, description="request headers")
    body: Any = Field(None, description="JSON body of a POST")
    for_: dict[Name, list[FanOut]] = Field(
        default_factory=dict, alias="for", description="fan-out: values for the placeholders"
    )
    auth: Annotated[Auth | None, BeforeValidator(lambda v: None if v == "none" else v)] = Field(
        None, description="none, or the credential"
    )
    backoff: Backoff | None = Field(None, description="when the API may be asked again")
    pages: Pages | None = Field(None, description="pagination")
    timeout: Duration = Field(20, description="how long an answer may take")

    @model_validator(mode="after")
    def _one_url(self) -> Self:
        if (self.get is None) == (self.post is None):
            raise ValueError("exactly one of get, post")
        if self.body is not None and self.post is None:
            raise ValueError("a body belongs to post")
        return self

    @property
    def method(self) -> Literal["GET", "POST"]:
        """The HTTP method."""
        return "GET" if self.get is not None else "POST"

    @property
    def url(self) -> str:
        """The URL without the query; may hold placeholders."""
        return self.get or self.post or ""
