from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from headwater.errors import ConfigError
from headwater.targets import _connect_config as configs

DEBEZIUM = Path(__file__).resolve().parents[2] / "debezium"
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def test_placeholders_are_filled(tmp_path: Path) -> None:
    template = tmp_path / "connector.json"
    template.write_text(json.dumps({"a": "{{one}}:{{two}}", "b": "${file:x:y}"}))

    filled = configs.fill(template, {"one": "1", "two": "2", "three": "3"})

    assert filled == {"a": "1:2", "b": "${file:x:y}"}


def test_an_unknown_placeholder_is_named(tmp_path: Path) -> None:
    template = tmp_path / "connector.json"
    template.write_text('{"a": "{{oen}}"}')

    with pytest.raises(ConfigError, match="unknown placeholders: oen") as caught:
        configs.fill(template, {"one": "1"})
    assert "one" in caught.value.remedy


@pytest.mark.parametrize("content", [None, "{"])
def test_a_template_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    template = tmp_path / "connector.json"
    if content is not None:
        template.write_text(content)

    with pytest.raises(ConfigError, match=r"connector\.json is not readable"):
        configs.fill(template, {})


def test_include_lists_match_just_the_names_given() -> None:
    pattern = configs.exactly(["final.flights", "shop.order$items"])

    assert pattern == "final[.]flights,shop[.]order\\$items"
    first, second = pattern.split(",")
    assert re.fullmatch(first, "final.flights")
    assert not re.fullmatch(first, "final_flights")
    assert re.fullmatch(second, "shop.order$items")


def test_every_placeholder_is_documented() -> None:
    readme = (DEBEZIUM / "README.md").read_text()
    for name in ("connector.json", "worker.properties"):
        for placeholder in PLACEHOLDER.findall((DEBEZIUM / name).read_text()):
            assert f"`{placeholder}`" in readme, (name, placeholder)


def test_the_template_holds_what_the_lake_relies_on() -> None:
    template = json.loads((DEBEZIUM / "connector.json").read_text())

    assert template["exactly.once.support"] == "{{exactly_once}}"
    assert template["skipped.operations"] == "none"
    assert template["tombstones.on.delete"] == "false"
    assert template["decimal.handling.mode"] == "precise"
    assert template["bigint.unsigned.handling.mode"] == "precise"
    assert template["snapshot.mode"] == "initial"
    assert template["topic.creation.default.partitions"] == "1"
    # the binary protocol, which it switches on, loses fractions of TIME
    assert "snapshot.fetch.size" not in template
    assert all(isinstance(value, str) for value in template.values())
