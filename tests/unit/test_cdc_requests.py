"""What is asked of a table, and what is kept aside, as JSON."""

from __future__ import annotations

import pytest

from headwater_cdc.errors import ConfigError
from headwater_cdc.quarantine import Kept, file_name
from headwater_cdc.requests import Request


@pytest.mark.parametrize("keys", [(), ("id:1,b:'", "ü")])
def test_a_request_survives_its_json(keys: tuple[str, ...]) -> None:
    request = Request("1", "remove", until="20261122100000000", after_offset=7, record_keys=keys)
    assert Request.from_json(request.to_json()) == request


@pytest.mark.parametrize("text", ['{"id": "1"}', "[]", "{", '{"id": "1", "action": "explode"}'])
def test_what_is_no_request_is_named(text: str) -> None:
    with pytest.raises(ConfigError):
        Request.from_json(text)


def test_a_kept_message_survives_its_json() -> None:
    kept = Kept("topic", 12, "no Avro header", None, b"\xff\x00", 5)
    assert Kept.from_json(kept.to_json()) == kept


def test_files_sort_as_offsets_do() -> None:
    offsets = [0, 9, 10, 2**62]
    assert sorted(map(file_name, reversed(offsets))) == [file_name(n) for n in offsets]
