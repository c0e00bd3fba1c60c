"""A request is accepted only if it is signed with our key, just now, for us, and unaltered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from headwater.lake.athena.protocol import ApiError
from headwater.lake.athena.signature import Request, Verifier

KEY, SECRET, REGION = "HWKEY", "a/secret+with=signs", "us-east-1"
BODY = '{"QueryString": "SELECT \'é\'"}'.encode()


def signed(
    key: str = KEY, secret: str = SECRET, region: str = REGION, service: str = "athena"
) -> Request:
    request = AWSRequest(
        "POST",
        "http://127.0.0.1:15001/",
        headers={"X-Amz-Target": "AmazonAthena.X", "Host": "127.0.0.1:15001"},
        data=BODY,
    )
    SigV4Auth(Credentials(key, secret), service, region).add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request("POST", "/", headers, BODY)


def refused(request: Request, now: datetime | None = None) -> ApiError:
    verifier = Verifier(KEY, SECRET, REGION, now=lambda: now or datetime.now(UTC))
    with pytest.raises(ApiError) as caught:
        verifier.check(request)
    return caught.value


def test_what_botocore_signs_is_accepted() -> None:
    Verifier(KEY, SECRET, REGION).check(signed())


def test_a_header_that_was_not_signed_may_change() -> None:
    request = signed()
    Verifier(KEY, SECRET, REGION).check(
        replace(request, headers={**request.headers, "accept-encoding": "gzip"})
    )


def test_a_wrong_secret_is_an_invalid_signature() -> None:
    error = refused(signed(secret="guessed"))
    assert error.kind == "InvalidSignatureException"
    assert error.message.startswith("The request signature we calculated does not match")


def test_an_unknown_key_is_an_unrecognized_client() -> None:
    error = refused(signed(key="OTHER"))
    assert error.kind == "UnrecognizedClientException"
    assert error.message == "The security token included in the request is invalid."


def test_a_changed_body_or_signed_header_is_noticed() -> None:
    request = signed()
    assert refused(replace(request, body=BODY + b" ")).kind == "InvalidSignatureException"
    headers = {**request.headers, "x-amz-target": "AmazonAthena.Y"}
    assert refused(replace(request, headers=headers)).kind == "InvalidSignatureException"


def test_a_declared_hash_counts_only_if_it_is_the_bodys() -> None:
    request = signed()
    headers = {**request.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    assert refused(replace(request, headers=headers)).kind == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("minutes", "words"), [(6, "Signature expired"), (-6, "Signature not yet current")]
)
def test_an_old_or_future_date_is_refused(minutes: int, words: str) -> None:
    error = refused(signed(), datetime.now(UTC) + timedelta(minutes=minutes))
    assert error.kind == "InvalidSignatureException"
    assert error.message.startswith(words)


def test_region_and_service_are_part_of_the_scope() -> None:
    assert "eu-west-1" in refused(signed(region="eu-west-1")).message
    assert "'athena'" in refused(signed(service="s3")).message


@pytest.mark.parametrize(
    ("authorization", "kind"),
    [
        ("", "MissingAuthenticationTokenException"),
        ("Basic dXNlcjpwYXNz", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=a/b, Signature=c", "IncompleteSignatureException"),
    ],
)
def test_a_request_without_a_whole_signature_is_refused(authorization: str, kind: str) -> None:
    request = signed()
    headers = {**request.headers, "authorization": authorization}
    assert refused(replace(request, headers=headers)).kind == kind


def test_a_date_in_another_form_is_refused() -> None:
    request = signed()
    headers = {**request.headers, "x-amz-date": "yesterday"}
    assert refused(replace(request, headers=headers)).kind == "IncompleteSignatureException"
