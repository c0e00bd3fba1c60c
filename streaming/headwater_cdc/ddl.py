"""Changes of definitions after which a table is not what its rows in the binlog tell.

A statement is read as MySQL writes it into its binlog; only what concerns whole tables and
partitions is looked for. Everything else shows in the rows themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headwater_cdc.config import TableConfig

_NAME: Final = r"(?:`(?:[^`]|``)+`|[\w$]+)"
TABLE: Final = rf"(?:{_NAME}\s*\.\s*)?{_NAME}"
_NOISE = re.compile(
    r"/\*(?!!).*?\*/|(?:--\s|#)[^\n]*|(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<name>`(?:[^`]|``)+`)",
    re.DOTALL,
)
_FLAGS = re.IGNORECASE | re.DOTALL
_RENAME = re.compile(rf"\s*RENAME\s+TABLES?\s+(?P<pairs>{TABLE}\s+TO\s.*)", _FLAGS)
_PAIR = re.compile(rf"({TABLE})\s+TO\s+({TABLE})", _FLAGS)
_ALTER = re.compile(rf"\s*ALTER\s+TABLE\s+(?P<table>{TABLE})(?P<rest>\s.*)", _FLAGS)
_RENAMED = re.compile(
    rf"(?:^|,)\s*RENAME\s+(?:(?:TO|AS)\s+|=\s*)?(?!(?:COLUMN|INDEX|KEY)\s)({TABLE})", _FLAGS
)
_LOSES = re.compile(r"\b(DROP|TRUNCATE)\s+PARTITION\b", _FLAGS)
_EXCHANGE = re.compile(rf"\bEXCHANGE\s+PARTITION\s+{_NAME}\s+WITH\s+TABLE\s+({TABLE})", _FLAGS)
_IMPORT = re.compile(r"\bIMPORT\s+(?:PARTITION\s.*)?TABLESPACE\b", _FLAGS)
_DROP = re.compile(
    rf"\s*DROP\s+TABLES?\s+(?:IF\s+EXISTS\s+)?(?P<tables>{TABLE}(?:\s*,\s*{TABLE})*)", _FLAGS
)
_DROP_SCHEMA = re.compile(
    rf"\s*DROP\s+(?:DATABASE|SCHEMA)\s+(?:IF\s+EXISTS\s+)?({_NAME})\s*;?\s*", _FLAGS
)
_READ = "`headwater snapshot {0}` reads it anew"
_GO = "`headwater release {0}` lets it go (`headwater apply`, where a pattern had it)"


@dataclass(frozen=True)
class Unseen:
    """What became of a table (`schema.table`; `schema.*` for all) and what to do.

    `loses`: it only takes rows away, as a purge does. `keeps`: the lake's rows are right as far as
    they go.
    """

    table: str
    what: str
    remedy: str
    loses: bool = False
    keeps: bool = False


def unseen(statement: str, database: str) -> list[Unseen]:
    """What a statement does to tables that no row shows; `database` is where it was said."""
    text = _plain(statement)
    if found := _RENAME.fullmatch(text):
        pairs = [(_full(a, database), _full(b, database)) for a, b in _PAIR.findall(found["pairs"])]
        return list(_renames(pairs))
    if found := _ALTER.fullmatch(text):
        return list(_altered(_full(found["table"], database), found["rest"], database))
    if found := _DROP.match(text):
        names = re.findall(TABLE, found["tables"])
        return [_dropped(_full(name, database)) for name in names]
    if found := _DROP_SCHEMA.fullmatch(text):
        return [_dropped(f"{_bare(found[1])}.*")]
    return []


def concerned(found: Unseen, tables: Mapping[str, TableConfig]) -> dict[str, Unseen]:
    """Which of these tables it says something of, and what.

    One that keeps what MySQL deletes is not troubled by a purge, and keeps its rows in any case.
    """
    told = {}
    for name, table in tables.items():
        is_meant = found.table in (name, f"{table.database}.*")
        keeps = table.on_delete == "ignore"
        if is_meant and not (keeps and found.loses):
            remedy = found.remedy.replace(found.table, name)
            told[name] = replace(found, table=name, remedy=remedy, keeps=found.keeps or keeps)
    return told


def _altered(table: str, rest: str, database: str) -> Iterator[Unseen]:
    if found := _RENAMED.search(rest):
        yield from _renames([(table, _full(found[1], database))])
    if found := _LOSES.search(rest):
        what = f"{found[1].upper()} PARTITION took rows away without a word of them in the binlog"
        yield Unseen(table, what, _READ.format(table), loses=True, keeps=True)
    if found := _EXCHANGE.search(rest):
        for name in (table, _full(found[1], database)):
            what = "EXCHANGE PARTITION put other rows in place without a word in the binlog"
            yield Unseen(name, what, _READ.format(name), keeps=True)
    if _IMPORT.search(rest):
        what = "IMPORT TABLESPACE put other rows in place without a word in the binlog"
        yield Unseen(table, what, _READ.format(table), keeps=True)


def _renames(pairs: list[tuple[str, str]]) -> Iterator[Unseen]:
    """Several names in one statement change one after the other."""
    came_from: dict[str, str] = {}
    for old, new in pairs:
        came_from[new] = came_from.pop(old, old)
    went_to = {old: new for new, old in came_from.items()}
    for new, old in came_from.items():
        if new != old:
            what = f"{old} was renamed to it, and rows written under that name are not in its topic"
            yield Unseen(new, what, _READ.format(new))
    for old, new in went_to.items():
        if old not in came_from:
            remedy = f"{_GO.format(old)}; `headwater capture {new}` follows the other"
            yield Unseen(old, f"it was renamed to {new}; its rows stay", remedy, keeps=True)


def _dropped(table: str) -> Unseen:
    remedy = f"{_GO.format(table)}; made anew, {_READ.format(table)}"
    return Unseen(table, "it was dropped in MySQL; its rows stay", remedy, loses=True)


def _plain(statement: str) -> str:
    """Without comments, and with every text empty: their words mean nothing."""
    return _NOISE.sub(lambda m: m["name"] or ("''" if m["text"] else " "), statement).strip("; \n")


def _full(name: str, database: str) -> str:
    """`schema.table`, without quotes."""
    parts = [_bare(part) for part in re.findall(_NAME, name)]
    return ".".join(parts if len(parts) > 1 else [database, *parts])


def _bare(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name
