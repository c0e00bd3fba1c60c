"""The plain form of a feed, as NiFi gets it, and that the transform needs nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.errors import TransformError
from headwater.feed import RUNTIME
from headwater.feed.load import load
from headwater.feed.spec import CheckSpec, ColumnSpec, FeedSpec, TableSpec, from_json, to_json
from headwater.feed.sqltypes import SqlType

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "feeds" / "flights.yaml", *sorted((ROOT / "tests/unit/feeds").glob("*.yaml"))]

TEXT = st.text(max_size=8)
COLUMNS = st.builds(
    ColumnSpec,
    TEXT,
    TEXT,
    st.sampled_from(["INT UNSIGNED", "DECIMAL(9,6)", "TIMESTAMP(3)", "JSON"]).map(SqlType.parse),
    st.none() | TEXT,
    st.none() | TEXT,
    st.booleans(),
)
TABLES = st.builds(
    TableSpec,
    name=TEXT,
    each=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    where=st.none() | TEXT,
    key=st.lists(TEXT, max_size=3).map(tuple),
    keep=st.sampled_from(["latest", "history"]),
    latest=st.none() | TEXT,
    gone_polls=st.none() | st.integers(1, 99),
    columns=st.lists(COLUMNS, max_size=3).map(tuple),
    checks=st.lists(st.builds(CheckSpec, TEXT, TEXT, st.sampled_from(["reject", "warn"]))).map(
        tuple
    ),
)
SPECS = st.builds(
    FeedSpec,
    feed=TEXT,
    every_s=st.integers(1, 86_400),
    max_body=st.integers(1),
    accept=st.none() | TEXT,
    error=st.none() | TEXT,
    tables=st.lists(TABLES, max_size=2).map(tuple),
)


@given(SPECS)
def test_the_json_form_loses_nothing(spec: FeedSpec) -> None:
    text = to_json(spec)
    assert from_json(text) == spec
    assert to_json(from_json(text)) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_feed_has_a_json_form(path: Path) -> None:
    spec = load(path).spec()
    assert from_json(to_json(spec)) == spec


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "7", '{"version": 2}', '{"version": 1, "tables": [{}]}'),
        '{"version": 1, "tables": [], "color": "red"}',
    ],
)
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(TransformError, match="not the JSON form of a feed"):
        from_json(text)


PROGRAM = """
import sys
from datetime import datetime, timezone
from headwater.feed.spec import from_json
from headwater.feed.transform import transform
from headwater.feed.result import ResponseInfo
feed = from_json(sys.argv[1])
info = ResponseInfo(datetime.now(timezone.utc), "https://api.example")
print(transform(feed, sys.argv[2].encode(), info).applied)
print([name for name in ("pydantic", "yaml") if name in sys.modules])
"""


def test_the_transform_runs_on_its_files_and_jmespath_alone(tmp_path: Path) -> None:
    for name in RUNTIME:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    shutil.copytree(Path(jmespath.__file__).parent, tmp_path / "jmespath")
    state = ["4b1815", "SWR1", "Switzerland", 1, 1, 8.5, 47.4, 400, False, 1, 2, 3, None]
    body = {"time": 1, "states": [[*state, None, "1021", False, 0]]}
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{PROGRAM}"
    arguments = [to_json(load(FILES[0]).spec()), json.dumps(body)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split("\n")[:2] == ["2", "[]"], done.stderr
