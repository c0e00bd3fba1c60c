"""Dashboards as files against a Superset that keeps what it is given, with its own additions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from headwater import connections, deploy, secrets, settings
from headwater.errors import TargetError
from headwater.project import Project
from headwater.targets import _superset_files as files
from headwater.targets.superset import SupersetTarget, covers, stable
from support.superset_fake import FakeSuperset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.targets._superset_api import Document, SupersetApi

ROOT = Path(__file__).resolve().parents[2]
CHART = "charts/live_map.yaml"
DATASET = "datasets/Lake/flights_now.yaml"


@pytest.fixture
def superset() -> FakeSuperset:
    return FakeSuperset()


@pytest.fixture
def target(tmp_path: Path, superset: FakeSuperset) -> SupersetTarget:
    for name in ("feeds", "sql", "superset"):
        shutil.copytree(ROOT / name, tmp_path / name)
    chosen, _ = settings.load(root=tmp_path, environ={})
    known = secrets.load_or_create(tmp_path / "secrets.json")
    context = deploy.context(Project(tmp_path), chosen, connections.local(chosen, known))
    return SupersetTarget(context, cast("SupersetApi", superset))


def test_everything_is_imported_once_and_then_nothing_differs(
    target: SupersetTarget, superset: FakeSuperset
) -> None:
    created = target.apply()
    assert {change.action for change in created} == {"create"}
    assert {"databases/Lake", "dashboards/flights", "charts/live_map"} <= {c.name for c in created}
    assert target.plan() == []
    assert target.apply() == []
    assert superset.imports == 1


def test_an_edit_in_the_browser_shows_and_can_be_kept(
    target: SupersetTarget, superset: FakeSuperset
) -> None:
    target.apply()
    superset.kept[CHART]["params"]["line_width"] = 7
    (change,) = target.plan()
    assert (change.action, change.name, change.detail) == ("update", "charts/live_map", "params")
    (written,) = target.export()
    assert files.read(written)["params"]["line_width"] == 7
    assert target.plan() == []


def test_another_address_of_the_lake_shows(target: SupersetTarget, superset: FakeSuperset) -> None:
    target.apply()
    lake = superset.kept["databases/Lake.yaml"]
    secret = target._context.connections.aws.secret_access_key.get_secret_value()
    lake["sqlalchemy_uri"] = lake["sqlalchemy_uri"].replace(secret, "XXXXXXXXXX")
    assert target.plan() == []
    lake["sqlalchemy_uri"] = lake["sqlalchemy_uri"].replace("15001", "25001")
    (change,) = target.plan()
    assert (change.name, change.detail) == ("databases/Lake", "sqlalchemy_uri")


def test_a_chart_of_somebodys_own_is_left_alone_and_exported_as_a_new_file(
    target: SupersetTarget, superset: FakeSuperset
) -> None:
    target.apply()
    own = {**superset.kept[CHART], "uuid": "own", "slice_name": "My own: chart"}
    superset.kept["charts/x_7.yaml"] = own
    assert target.plan() == []
    (written,) = target.export()
    assert written.name == "my_own_chart.yaml"


def test_an_edited_dataset_is_refused_with_the_file_that_it_follows_from(
    target: SupersetTarget, superset: FakeSuperset
) -> None:
    target.apply()
    superset.kept[DATASET]["columns"][0]["description"] = "other"
    with pytest.raises(TargetError, match="flights_now") as refused:
        target.export()
    assert "sql/athena/flights_now.sql" in str(refused.value.remedy)


def test_charts_and_filters_refer_to_what_is_there(target: SupersetTarget) -> None:
    declared = target._declared()
    datasets = {
        d["uuid"]: {c["column_name"] for c in d["columns"]} for d in _of(declared, "datasets")
    }
    charts = {d["uuid"] for d in _of(declared, "charts")}
    assert all(chart["dataset_uuid"] in datasets for chart in _of(declared, "charts"))
    for dashboard in _of(declared, "dashboards"):
        shown = {
            node["meta"]["uuid"]
            for node in dashboard["position"].values()
            if isinstance(node, dict) and node.get("type") == "CHART"
        }
        assert shown
        assert shown <= charts
        for chosen in dashboard["metadata"]["native_filter_configuration"]:
            for place in filter(None, chosen["targets"]):
                columns = datasets[place["datasetUuid"]]
                assert place.get("column", {}).get("name") in {None, *columns}


def test_every_chart_obeys_a_filter_of_time(target: SupersetTarget) -> None:
    """Superset binds it to a range of time that the chart has, and ignores it otherwise."""
    for chart in _of(target._declared(), "charts"):
        ranges = [
            f for f in chart["params"]["adhoc_filters"] if f.get("operator") == "TEMPORAL_RANGE"
        ]
        assert len(ranges) == 1, chart["slice_name"]


@pytest.mark.parametrize(
    ("name", "meaning", "above"),
    [
        ("speed_kmh", "speed over ground [km/h]", "speed [km/h]"),
        ("climb_m_s", "vertical rate; positive is climbing [m/s]", "climb [m/s]"),
        ("track", "track over ground [deg]", "track [deg]"),
        ("bytes", "size of the body [bytes]", "bytes"),
        ("last_contact", "time of the last message, UTC", "last contact"),
    ],
)
def test_a_heading_has_words_and_the_unit(name: str, meaning: str, above: str) -> None:
    assert files.heading(name, meaning) == above


def test_uuids_are_stable_and_unique(target: SupersetTarget) -> None:
    found = [document["uuid"] for document in target._declared().values()]
    assert len(found) == len(set(found))
    assert files.identity("final", "flights_now") == "8e6587ed-b0df-5532-b43f-fc2a39b45796"


def test_the_address_names_the_endpoint_locally_and_only_the_region_on_aws() -> None:
    local = connections.Aws("eu-central-1", "b", "primary", "K+/", athena_endpoint="http://h:1")
    assert files.athena_uri(local, "final").startswith(
        "awsathena+rest://K%2B%2F:@athena.eu-central-1.amazonaws.com:443/final?"
    )
    assert "endpoint_url=http%3A%2F%2Fh%3A1" in files.athena_uri(local, "final")
    cloud = files.athena_uri(connections.Aws("eu-central-1", "b", "primary"), "final")
    assert "@" not in cloud
    assert "endpoint_url" not in cloud


@pytest.mark.parametrize(
    ("there", "wanted", "same"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": [{"x": 1, "y": 2}]}, {"a": [{"x": 1}]}, True),
        (None, {"a": 1}, False),
        (0, False, True),
    ],
)
def test_what_superset_adds_does_not_count(there: Any, wanted: Any, same: bool) -> None:  # noqa: FBT001 - a case
    assert covers(there, wanted) is same


def test_numbers_of_an_installation_do_not_count() -> None:
    assert stable({"chartId": 3, "meta": {"id": 1, "uuid": "u"}}) == {"meta": {"uuid": "u"}}


def _of(declared: Mapping[str, Document], kind: str) -> list[Document]:
    return [document for path, document in declared.items() if path.startswith(f"{kind}/")]
