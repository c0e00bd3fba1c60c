"""What the schema history has told is remembered, and forgotten when the table begins anew."""

from __future__ import annotations

from typing import Any, cast
from unittest.mock import Mock

import pytest

from headwater_cdc.config import JobConfig, TableConfig
from headwater_cdc.ddl import unseen
from headwater_cdc.errors import UnseenChangeError
from headwater_cdc.history import History

TABLES = (TableConfig("shop", "t", "topic"), TableConfig("shop", "u", "topic"))


class Files(dict[str, str]):
    def read(self, uri: str) -> str | None:
        return self.get(uri)

    def write(self, uri: str, text: str) -> None:
        self[uri] = text


def history(files: Files, tables: tuple[TableConfig, ...] = TABLES) -> Any:
    made = History(Mock(), JobConfig({}, "s3://b/warehouse", tables), cast("Any", files))
    made.only(tables)
    made.refuse_unseen("")  # reads what is remembered
    return made


def told(one: Any, statement: str) -> None:
    for found in unseen(statement, "shop"):
        one._take(found)
    one._offset = 7
    one._keep()


def test_a_table_stays_paused_after_a_restart_until_it_begins_anew() -> None:
    files = Files()
    first = history(files)
    told(first, "RENAME TABLE t TO x")  # Debezium keeps each pair of names by itself
    assert "renamed to shop.x" in first.tells("shop.t")
    told(first, "RENAME TABLE y TO t")
    again = history(files)
    assert again.tells("shop.t").startswith("shop.y was renamed to it")
    assert again.tells("shop.u") == ""
    with pytest.raises(UnseenChangeError, match=r"shop\.y was renamed to it") as caught:
        again.refuse_unseen("shop.t")
    assert "headwater snapshot shop.t" in caught.value.remedy
    again.settled("shop.t")
    again.refuse_unseen("shop.t")
    assert not history(files).tells("shop.t")
    assert history(files)._offset == 7


def test_what_is_let_go_is_forgotten() -> None:
    files = Files()
    told(history(files), "DROP TABLE t, u")
    again = history(files, TABLES[1:])
    assert (again.tells("shop.t"), history(files).tells("shop.t")) == ("", "")
    assert again.tells("shop.u")
    again.only(())
    assert not history(files).tells("shop.u")
