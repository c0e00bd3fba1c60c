"""The layout that a phone gets: every chart once, in order, only small ones beside another."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DASHBOARDS = sorted((ROOT / "superset" / "dashboards" / "dashboards").glob("*.yaml"))


@pytest.fixture(scope="module")
def stacking() -> ModuleType:
    """As Superset finds it: beside its configuration, in no package."""
    path = ROOT / "superset" / "runtime" / "stacking.py"
    spec = importlib.util.spec_from_file_location("stacking", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_chart_is_there_once_and_fills_the_width(stacking: ModuleType, path: Path) -> None:
    wide = yaml.safe_load(path.read_text())["position"]
    narrow = stacking.stacked(wide)
    rows = [narrow[name] for name in narrow["GRID_ID"]["children"]]
    shown = [child for row in rows for child in row["children"]]
    assert sorted(shown) == sorted(n["id"] for n in charts(wide))
    assert {node["id"] for node in charts(narrow)} == set(shown)
    for row in rows:
        parts = [narrow[child]["meta"] for child in row["children"]]
        assert len(parts) == 1 or all(part["height"] <= stacking.SMALL for part in parts)
        assert all(part["width"] * 2 >= stacking.COLUMNS for part in parts)
        assert all(narrow[child]["parents"][-1] == row["id"] for child in row["children"])
    assert wide["HEADER_ID"] == narrow["HEADER_ID"]


def test_charts_of_a_column_keep_their_order(stacking: ModuleType) -> None:
    wide = yaml.safe_load((ROOT / "superset/dashboards/dashboards/flights.yaml").read_text())
    narrow = stacking.stacked(wide["position"])
    titles = [
        narrow[child]["meta"]["sliceName"]
        for row in narrow["GRID_ID"]["children"]
        for child in narrow[row]["children"]
    ]
    assert titles[5:8] == ["Live map", "Top countries", "Busiest minutes"]


def test_a_dashboard_with_tabs_stays_as_it_is(stacking: ModuleType) -> None:
    tabs = {
        "GRID_ID": {"type": "GRID", "children": ["T"]},
        "T": {"type": "TABS", "id": "T", "children": [], "meta": {}},
    }
    assert stacking.stacked(tabs) is tabs
    assert stacking.stacked({"ROOT_ID": {}}) == {"ROOT_ID": {}}


def charts(position: dict[str, Any]) -> list[dict[str, Any]]:
    return [n for n in position.values() if isinstance(n, dict) and n.get("type") == "CHART"]
