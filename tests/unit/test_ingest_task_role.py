"""Uploads to the raw zone signed with the role of an ECS task."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from headwater.ingest.rawzone import Bucket, signed_put
from headwater.ingest.task_role import PATH, TaskRole

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Agent:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, url: str) -> bytes:
        self.asked.append(url)
        expires = NOON + timedelta(hours=len(self.asked))
        keys = {"AccessKeyId": f"A{len(self.asked)}", "SecretAccessKey": "S", "Token": "T/+"}
        return json.dumps({**keys, "Expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}"}).encode()


def test_keys_are_kept_until_they_are_about_to_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PATH, "/v2/credentials/1")
    agent, times = Agent(), [NOON, NOON + timedelta(minutes=49), NOON + timedelta(minutes=51)]
    role = TaskRole(agent.get, lambda: times[0])
    assert role.keys().access_key_id == "A1"
    times.pop(0)
    assert role.keys().access_key_id == "A1"
    times.pop(0)
    assert role.keys().access_key_id == "A2"
    assert agent.asked[0] == "http://169.254.170.2/v2/credentials/1"


def test_outside_of_a_task_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PATH, raising=False)
    with pytest.raises(OSError, match="no ECS task"):
        TaskRole().keys()


def test_a_token_is_signed_with_the_url_as_botocore_does_it() -> None:
    from botocore.auth import S3SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    bucket = Bucket("https://s3.eu-central-1.amazonaws.com", "eu-central-1", "b", "A", "S", "T/+")
    ours = signed_put(bucket, "raw/x", NOON)
    assert "X-Amz-Security-Token=T%2F%2B" in ours
    signer = S3SigV4QueryAuth(Credentials("A", "S", "T/+"), "s3", "eu-central-1", expires=86_400)
    request = AWSRequest("PUT", "https://s3.eu-central-1.amazonaws.com/b/raw/x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: NOON.replace(tzinfo=None))
        signer.add_auth(request)
    assert sorted(ours.partition("?")[2].split("&")) == sorted(
        str(request.url).partition("?")[2].split("&")
    )
