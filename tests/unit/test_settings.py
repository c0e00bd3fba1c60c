from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater import settings
from headwater.errors import ConfigError


def test_every_place_counts_in_order(tmp_path: Path) -> None:
    (tmp_path / "headwater.yaml").write_text("database: from_file\nports: {mysql: 1}\n")
    (tmp_path / ".env").write_text("# comment\nHEADWATER_DATABASE=from_dotenv\n")
    found, origins = settings.load({}, root=tmp_path, environ={})
    assert (found.database, found.ports.mysql) == ("from_dotenv", 1)
    assert origins == {"database": "file .env", "ports.mysql": "file headwater.yaml"}

    environ = {"HEADWATER_DATABASE": "from_environ", "HOME": "/nowhere"}
    found, origins = settings.load({}, root=tmp_path, environ=environ)
    assert (found.database, origins["database"]) == ("from_environ", "environment")

    found, origins = settings.load({"database": "flag"}, root=tmp_path, environ=environ)
    assert (found.database, origins["database"]) == ("flag", "flag")
    found, _ = settings.load({"database": None}, root=tmp_path, environ=environ)
    assert found.database == "from_environ"


def test_a_running_stack_is_reached_without_repeating_its_flags(tmp_path: Path) -> None:
    started, _ = settings.load({"source": "sim", "ports.offset": 7}, root=tmp_path, environ={})
    settings.record(started)
    found, origins = settings.load({}, root=tmp_path, environ={})
    assert (found.source, found.ports.port("mysql")) == ("sim", 13313)
    assert origins["source"] == "running stack"
    assert settings.load({"source": "live"}, root=tmp_path, environ={})[0].source == "live"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"HEADWATER_PORTS__MYSQL": "soon"}, ["ports.mysql", "environment", "'soon'"]),
        ({"HEADWATER_PORT__MYSQL": "1"}, ["HEADWATER_PORT__MYSQL"]),
        ({"HEADWATER_SOURCE": "moon"}, ["source", "'moon'", "replay"]),
        ({"HEADWATER_LOG_LEVEL": "loud"}, ["log_level", "'loud'", "'debug'"]),
    ],
)
def test_a_wrong_value_is_named_with_its_place(
    tmp_path: Path, environ: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.load({}, root=tmp_path, environ=environ)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert caught.value.remedy


def test_secrets_are_masked_when_shown() -> None:
    found, _ = settings.load({}, environ={"HEADWATER_OPENSKY__CLIENT_SECRET": "hidden"})
    assert found.opensky.client_secret.get_secret_value() == "hidden"
    assert "hidden" not in str(settings.value_of(found, "opensky.client_secret"))
    assert "hidden" not in repr(found)


@given(st.dictionaries(st.sampled_from(["mysql", "kafka", "s3"]), st.integers(1, 65535)))
def test_environment_names_reach_every_port(ports: dict[str, int]) -> None:
    environ = {settings.env_name(f"ports.{name}"): str(port) for name, port in ports.items()}
    found, _ = settings.load({}, root=Path("/nonexistent"), environ=environ)
    assert {name: getattr(found.ports, name) for name in ports} == ports
