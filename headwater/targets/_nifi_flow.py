"""The NiFi flow of a feed: from the tick to the committed rows.

tick ─ hold while asked to wait ─ ask the API ─ note the answer ─ hash ─ judge ─ write rows
                ▲                     └ note that none came ──────────────┘│
                └──────────────── wait until ──────────────────────────────┘
beside it, from hash: compress a copy ─ sign its upload ─ put it into the raw zone
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headwater import __version__
from headwater.errors import DeclarationError
from headwater.feed import spec as specs
from headwater.ingest.statements import POLLED_FROM
from headwater.targets._nifi_parts import (
    PYTHON,
    STANDARD,
    Canvas,
    Part,
    Retry,
    Step,
    bundle,
)

if TYPE_CHECKING:
    from headwater.feed.model import Feed, Table

LANE, ROW = 700.0, 230.0
PATIENCE, LONGEST = 6000, "15 secs"
"""So many tries, so far apart at most: about a day, then a FlowFile is parked for a person."""

_TYPES = {
    "GenerateFlowFile": "org.apache.nifi.processors.standard.GenerateFlowFile",
    "InvokeHTTP": "org.apache.nifi.processors.standard.InvokeHTTP",
    "UpdateAttribute": "org.apache.nifi.processors.attributes.UpdateAttribute",
    "CryptographicHashContent": "org.apache.nifi.processors.standard.CryptographicHashContent",
    "CompressContent": "org.apache.nifi.processors.standard.CompressContent",
}
_OAUTH2 = "Access tokens of the API"
_FIRST_ONE = {"backPressureObjectThreshold": 1}
_RAW_QUEUE = {"backPressureObjectThreshold": 100_000, "backPressureDataSizeThreshold": "5 GB"}
"""The raw zone may be away for a while without holding up the rows."""


def process_group(feed: Feed, *, signed_in: bool) -> Part:
    """The process group of a feed; `signed_in` if an OAuth2 account goes with its requests."""
    _refuse_unsupported(feed)
    canvas = Canvas(feed.feed)
    ask = _asking(canvas, feed, signed_in=signed_in)
    hashed, judged = _judging(canvas, feed, ask)
    _writing(canvas, feed, judged)
    _raw_zone(canvas, hashed)
    _labels(canvas, feed)
    comments = f"Made by Headwater from feeds/{feed.feed}.yaml. Change it there; headwater apply."
    return canvas.group(comments, context_name(feed))


def context_name(feed: Feed) -> str:
    """The name of a feed's parameter context."""
    return f"headwater {feed.feed}"


def _refuse_unsupported(feed: Feed) -> None:
    request = feed.request
    auth = request.auth
    unsupported = {
        "for": request.for_,
        "pages": request.pages,
        "auth.key": auth and auth.key,
        "auth.signed": auth and auth.signed,
    }
    for key, value in unsupported.items():
        if value:
            raise DeclarationError(
                f"feed {feed.feed}: NiFi flows do not know request.{key} yet",
                remedy="leave it out; auth can be none or oauth2",
            )


def _step(
    canvas: Canvas, name: str, kind: str, at: tuple[float, float], properties: Part, **more: object
) -> Part:
    known = kind in _TYPES
    nar = bundle(STANDARD) if known else bundle(PYTHON, __version__)
    place = (at[0] * LANE, at[1] * ROW)
    return canvas.step(Step(name, _TYPES.get(kind, kind), nar, place, properties, **more))  # type: ignore[arg-type]


def _asking(canvas: Canvas, feed: Feed, *, signed_in: bool) -> Part:
    body = feed.request.body
    text = {"generate-ff-custom-text": json.dumps(body), "mime-type": "application/json"}
    tick = _step(
        canvas, "Tick", "GenerateFlowFile", (0, 0), text if body is not None else {},
        every="#{every}", comments="One FlowFile is one poll.",
    )  # fmt: skip
    hold = _step(
        canvas, "Hold while the API asks to wait", "HoldPoll", (0, 1), {"Source": "#{source}"},
        ends=("held", "noted", "original"),
        comments="Its state says until when; it outlives restarts.",
    )  # fmt: skip
    ask = _step(
        canvas, "Ask the API", "InvokeHTTP", (0, 2), _request(canvas, feed, signed_in=signed_in),
        penalty="0 sec", ends=("No Retry", "Original", "Retry"),
        comments="Every answer, good or bad, goes to Response; the next tick is the next try.",
    )  # fmt: skip
    parked = canvas.park("polls", (-0.45 * LANE, 1.2 * ROW))
    canvas.connect(tick, ["success"], hold, **_FIRST_ONE)
    canvas.connect(hold, ["success"], ask, **_FIRST_ONE)
    canvas.connect(hold, ["failure"], parked, name="parked: broken")
    return ask


def _request(canvas: Canvas, feed: Feed, *, signed_in: bool) -> Part:
    request = feed.request
    properties = {
        "HTTP Method": request.method,
        "HTTP URL": "#{request.url}",
        "Connection Timeout": "5 secs",
        # On a kept connection the HTTP client repeats a request by itself, and nobody counts it.
        "Socket Idle Connections": "0",
        "Socket Read Timeout": f"{request.timeout} secs",
        "Request Body Enabled": str(request.body is not None).lower(),
        "Request User-Agent": "headwater",
        "Response Generation Required": "true",
        **request.headers,
    }
    if signed_in:
        service = _token_service(canvas)
        properties["Request OAuth2 Access Token Provider"] = service["identifier"]
    return properties


def _token_service(canvas: Canvas) -> Part:
    return canvas.service(
        _OAUTH2,
        "org.apache.nifi.oauth2.StandardOauth2AccessTokenProvider",
        bundle("nifi-oauth2-provider-nar"),
        {
            "type": "org.apache.nifi.oauth2.OAuth2AccessTokenProvider",
            "bundle": bundle("nifi-standard-services-api-nar"),
        },
        {
            "authorization-server-url": "#{oauth2.token.url}",
            "grant-type": "client_credentials",
            "client-id": "#{oauth2.client.id}",
            "client-secret": "#{oauth2.client.secret}",
            # NiFi keeps a token to its end even when it is answered with 401; OpenSky's last half
            # an hour. So a token that was revoked early costs five minutes of polls at most.
            "refresh-window": "25 min",
        },
    )


def _judging(canvas: Canvas, feed: Feed, ask: Part) -> tuple[Part, Part]:
    note = {
        "headwater.id": "${uuid}",
        "headwater.feed": feed.feed,
        "headwater.fetched_at": "${now():toNumber()}",
        "headwater.url": "#{request.url}",
        "headwater.source": "#{source}",
        # Unsaid, though the default, NiFi demands one more relationship after an update.
        "Store State": "Do not store state",
    }
    answered = _step(canvas, "Note the answer", "UpdateAttribute", (0, 3), note)
    missed = _step(canvas, "Note that no answer came", "UpdateAttribute", (1, 2), note)
    hashed = _step(
        canvas, "Hash the body", "CryptographicHashContent", (0, 4), {"hash_algorithm": "SHA-256"}
    )
    header = feed.request.backoff.header if feed.request.backoff else None
    properties = {"Feed": specs.to_json(feed.spec())}
    judge = _step(
        canvas, "Judge it and make rows", "TransformResponse", (0, 5),
        {**properties, "Backoff Header": header} if header else properties, ends=("original",),
    )  # fmt: skip
    hold = canvas.parts["processors"][1]
    canvas.connect(ask, ["Response"], answered)
    canvas.connect(ask, ["Failure"], missed)
    canvas.connect(answered, ["success"], hashed)
    canvas.connect(missed, ["success"], judge, bends=[_bend(1.25, 5.45)])
    canvas.connect(hashed, ["success"], judge)
    bends = [_bend(0.72, 5.05), _bend(0.72, 1.28)]
    canvas.connect(judge, ["backoff"], hold, name="wait until", bends=bends)
    return hashed, judge


def _writing(canvas: Canvas, feed: Feed, judge: Part) -> None:
    write = _step(
        canvas, "Write the rows", "WriteRows", (0, 6),
        {
            "Feed": specs.to_json(feed.spec()),
            "Retention": json.dumps(retention(feed)),
            "Host": "#{mysql.host}",
            "Port": "#{mysql.port}",
            "Database": "#{mysql.database}",
            "User": "#{mysql.user}",
            "Password": "#{mysql.password}",
        },
        ends=("original", "success"), retry=Retry(("failure",), PATIENCE, LONGEST),
        comments="One transaction for a response. MySQL away: tried again, in order.",
    )  # fmt: skip
    parked = canvas.park("rows", (0.22 * LANE, 7.1 * ROW))
    canvas.connect(
        judge, ["backoff", "success"], write,
        prioritizers=["org.apache.nifi.prioritizer.OldestFlowFileFirstPrioritizer"],
    )  # fmt: skip
    canvas.connect(write, ["failure"], parked, name="parked: not written")
    canvas.connect(judge, ["failure"], parked, name="parked: broken", bends=[_bend(0.7, 6.5)])


def _raw_zone(canvas: Canvas, hashed: Part) -> None:
    packed = _step(
        canvas, "Compress a copy", "CompressContent", (-1, 4),
        {"Mode": "compress", "Compression Format": "gzip", "Compression Level": "6"},
    )  # fmt: skip
    signed = _step(
        canvas, "Sign its upload", "SignRawUpload", (-1, 5),
        {
            "S3 Endpoint": "#{s3.endpoint}",
            "Region": "#{s3.region}",
            "Bucket": "#{s3.bucket}",
            "Access Key ID": "#{s3.access.key.id}",
            "Secret Access Key": "#{s3.secret.access.key}",
        },
        ends=("original",),
    )  # fmt: skip
    refused = ("Failure", "No Retry", "Retry")
    put = _step(
        canvas, "Put it into the raw zone", "InvokeHTTP", (-1, 6),
        {"HTTP Method": "PUT", "HTTP URL": "${headwater.raw_url}"},
        ends=("Original", "Response"), retry=Retry(refused, PATIENCE, LONGEST),
        comments="S3 away: tried again; the rows do not wait for it.",
    )  # fmt: skip
    parked = canvas.park("bodies", (-0.78 * LANE, 7.1 * ROW))
    canvas.connect(hashed, ["success"], packed, **_RAW_QUEUE)
    canvas.connect(packed, ["success"], signed, **_RAW_QUEUE)
    canvas.connect(signed, ["success"], put, **_RAW_QUEUE)
    canvas.connect(put, refused, parked, name="parked: not stored")
    for step, x, y in ((packed, -1.45, 4.28), (signed, -1.2, 5.28)):
        bends = [_bend(x, y), _bend(x, 7.2)]
        canvas.connect(step, ["failure"], parked, name="parked: broken", bends=bends)
    canvas.connect(hashed, ["failure"], parked, name="parked: broken", bends=[_bend(-0.25, 5.5)])


def _labels(canvas: Canvas, feed: Feed) -> None:
    title = f"{feed.feed}: {feed.meaning or 'rows from an API'}\nevery {feed.every} s, as"
    canvas.label(
        "title", f"{title} feeds/{feed.feed}.yaml declares it", (-LANE, -0.1 * ROW), (500, 80)
    )
    canvas.label(
        "raw", "Raw zone: every body as it came, compressed,\nraw/<feed>/<date>/<hour>/<sha256>.gz",
        (-LANE, 3.45 * ROW), (400, 60),
    )  # fmt: skip
    canvas.label(
        "parked", "Parked: what stayed impossible for a day waits here.\nMend the cause, then drag "
        "the queue's end back to the step before.",
        (-LANE, 7.4 * ROW), (1100, 60),
    )  # fmt: skip


def _bend(x: float, y: float) -> Part:
    return {"x": x * LANE, "y": y * ROW}


def retention(feed: Feed) -> list[dict[str, str | int]]:
    """Which histories are purged in MySQL: by which column, after how many seconds."""
    return [
        {"table": name, "column": moment_column(name, table), "seconds": table.retention.mysql}
        for name, table in feed.tables.items()
        if table.keep == "history" and table.retention.mysql
    ]


def moment_column(name: str, table: Table) -> str:
    """The column that tells a row's age: a moment in the key, else the moment of the poll."""
    keyed = [c for c in table.key if table.columns[c].type.kind in {"moment", "date"}]
    polled = [c for c, column in table.columns.items() if column.is_ == POLLED_FROM]
    for found in (*keyed, *polled):
        return found
    raise DeclarationError(
        f"table {name}: retention.mysql needs a moment in the key or a column that is {POLLED_FROM}"
    )
