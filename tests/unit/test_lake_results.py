"""Results are Athena's CSV, and are read back from it page by page."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.lake.athena.protocol import ApiError
from headwater.lake.athena.results import ResultStore, ResultWriter, Row, read_page
from support.folder_s3 import FolderS3

VALUES = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=30)
)


def write(path: Path, rows: list[Row], *, csv: bool = True) -> None:
    with ResultWriter(path, csv=csv) as result:
        result.write(rows)


def read_all(path: Path, limit: int, *, csv: bool = True) -> list[Row]:
    rows, token = read_page(path, None, limit, csv=csv)
    while token:
        more, token = read_page(path, token, limit, csv=csv)
        assert len(more) <= limit
        rows += more
    return rows


def test_null_is_nothing_and_everything_else_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "r"
    write(path, [["x", "y"], ['a"b', None], ["", "1\n2"], [None, None]])
    assert path.read_bytes() == b'"x","y"\n"a""b",\n"","1\n2"\n,\n'


@settings(deadline=None)
@given(rows=ROWS, limit=st.integers(1, 7))
def test_whatever_was_written_is_read_in_pages_of_any_size(rows: list[Row], limit: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r"
        write(path, rows)
        assert read_all(path, limit) == rows


def test_lines_of_a_show_statement(tmp_path: Path) -> None:
    path = tmp_path / "r"
    write(path, [["a\tint"], ["two\nlines"]], csv=False)
    assert read_all(path, 2, csv=False) == [["a\tint"], ["two"], ["lines"]]


@pytest.mark.parametrize("token", ["x", "5", "YXQ6OTk5OTk=", "YXQ6eA=="])
def test_a_made_up_token_is_refused(tmp_path: Path, token: str) -> None:
    write(tmp_path / "r", [["a"]])
    with pytest.raises(ApiError, match="Invalid pagination token"):
        read_page(tmp_path / "r", token, 10, csv=True)


def test_a_result_that_left_the_spool_comes_back_from_s3(tmp_path: Path) -> None:
    store = ResultStore(FolderS3(tmp_path / "s3"), tmp_path / "spool", limit=10)
    for name in ("one", "two"):
        write(store.spool(name), [["a value of some length"]])
        store.publish(name, f"s3://bucket/results/{name}.csv")
    assert not store.spool("one").exists()
    path = store.fetch("one", "s3://bucket/results/one.csv")
    assert read_all(path, 10) == [["a value of some length"]]
