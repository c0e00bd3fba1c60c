"""A wrong declaration is answered with file, line, key, value and what is valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.errors import DeclarationError
from headwater.feed.load import load, load_all, loads
from headwater.feed.model import Feed

ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
feed: probe
every: 30s
request:
  get: https://api.example/{city}
  query: {lat: 45.80, on: true}
  for: {city: [a, b]}
accept: "type(doc) == 'object'"
tables:
  now:
    each: {s: doc.states}
    where: s.a
    key: [id]
    latest: seen
    gone: 5m
    columns:
      id:   {is: s.id, type: CHAR(6)}
      seen: {is: s.seen, type: TIMESTAMP, parse: epoch_s}
      size: {is: s.size, type: "DECIMAL(5,2)", unit: m}
      poll: {is: response.fetched_at, type: TIMESTAMP(3), parse: iso8601}
    checks:
      positive: {that: "row.size > `0`", else: warn}
  then:
    like: now
    key: [id, seen]
    keep: history
    retention: {mysql: 7d}
    lake: {partition_by: seen}
"""


def feed(*changes: tuple[str, str]) -> Feed:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return loads(text, source="probe.yaml")


def test_a_good_feed_is_read() -> None:
    found = feed()
    assert (found.every, found.max_body, found.gone_polls("now")) == (30, 16 * 1024**2, 10)
    assert str(found.request.query["lat"]) == "45.80"
    now, then = found.tables["now"], found.tables["then"]
    assert [name for name in now.columns if now.not_null(name)] == ["id", "seen"]
    assert then.columns == now.columns
    assert (then.each, then.where, then.checks) == (now.each, now.where, now.checks)
    assert (then.latest, then.gone) == (None, None)
    assert (now.on_delete, then.on_delete) == ("apply", "ignore")


def test_gone_is_rounded_up_to_whole_polls() -> None:
    assert feed(("gone: 5m", "gone: 61s")).gone_polls("now") == 3


def test_inherited_columns_can_be_replaced_dropped_and_added() -> None:
    found = feed(
        (
            "    retention:",
            (
                "    columns:\n      size: null\n      id: {is: s.x, type: CHAR(9)}\n"
                "      more: {is: s.y, type: INT}\n    checks: {positive: null}\n    retention:"
            ),
        )
    )
    columns = found.tables["then"].columns
    assert list(columns) == ["id", "seen", "poll", "more"]
    assert columns["id"].is_ == "s.x"
    assert found.tables["then"].checks == {}
    assert len(found.tables["now"].checks) == 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("every: 30s", "every: 30", "2: every: expected a duration like 30s, 20m, 1h or 7d, not"),
        ("every: 30s", "every: 0s", "2: every: expected a duration"),
        ("every: 30s", "evry: 30s", "2: evry: unknown key; did you mean 'every'? valid are"),
        ("every: 30s\n", "", "1: 'every' is missing"),
        ("feed: probe", "feed: Probe 1", "1: feed: a name is lower case letters, digits and _"),
        ("accept:", "max_body: 1TB\naccept:", "7: max_body: expected a size like 512KiB or 16MiB"),
        ("  get:", "  gett:", "4: request.gett: unknown key; did you mean 'get'?"),
        (
            "get: https",
            "get: ftp",
            "4: request.get: 'ftp://api.example/{city}' starts with neither",
        ),
        ("/{city}", "/{town}", "4: request.get: unknown placeholder {town}; valid are {city}"),
        ("/{city}", "/", "6: request.for.city: no {city} in URL"),
        ("[a, b]", "[]", "6: request.for.city: has no values"),
        ("[a, b]", "[a, {x: 1}]", "6: request.for.city: its values differ in their fields"),
        ("[a, b]", "[{x: 1}]", "4: request.get: unknown placeholder {city}; valid are {city.x}"),
        ("[a, b]", "[[1]]", "6: request.for.city.0: expected a text, a number, true or false"),
        ("  query: {lat: 45.80", "  query: {lat: [1]", "5: request.query.lat: expected a text"),
        ("  for:", "  post: https://x\n  for:", "3: request: exactly one of get, post"),
        ("  for:", "  body: {a: 1}\n  for:", "3: request: a body belongs to post"),
        ("  for:", "  auth: {key: k, oauth2: o}\n  for:", "6: request.auth: exactly one of key,"),
        ("  for:", "  auth: {oauth2: o}\n  for:", "6: request.auth: oauth2 and token_url belong"),
        ("  for:", "  auth: {key: k}\n  for:", "6: request.auth: no {key} in URL"),
        (
            "  for:",
            "  pages: {next: dok.x}\n  for:",
            "6: request.pages.next: 'dok.x': unknown name",
        ),
        ("type(doc)", "typ(doc)", "7: accept: unknown function 'typ'; did you mean 'type'?"),
        ("type(doc)", "type(doc", "7: accept: expression"),
        ("each: {s: doc", "each: {row: doc", "10: tables.now.each.row: 'row' is taken"),
        ("doc.states", "dox.states", "10: tables.now.each.s: 'dox.states': unknown name 'dox'"),
        ("where: s.a", "where: t.a", "11: tables.now.where: 't.a': unknown name 't'"),
        ("key: [id]", "key: [idd]", "12: tables.now.key: no column 'idd'; columns are id, seen"),
        ("key: [id]", "key: []", "12: tables.now.key: List should have at least 1 item"),
        ("key: [id]", "key: [id, id]", "12: tables.now.key: names a column twice"),
        ("latest: seen", "latest: sen", "13: tables.now.latest: no column 'sen'"),
        ("latest: seen", "latest: id", "13: tables.now.latest: CHAR(6) gives no order"),
        ("    latest: seen\n", "", "9: tables.now: 'latest' is missing"),
        ("response.fetched_at", "s.x", "14: tables.now.gone: needs a column with is: response.f"),
        ("gone: 5m", "gone: 5s", "14: tables.now.gone: 5 s is less than one poll (30 s)"),
        ("CHAR(6)", "CHARR(6)", "16: tables.now.columns.id.type: unknown SQL type 'CHARR(6)'"),
        ("CHAR(6)", "TEXT", "12: tables.now.key: 'id' is TEXT, which cannot be in a key"),
        ("CHAR(6)", "VARCHAR(800)", "12: tables.now.key: the key takes 3202 bytes"),
        (
            "CHAR(6)}",
            "CHAR(6), required: false}",
            "16: tables.now.columns.id.required: a column of",
        ),
        ("CHAR(6)}", "CHAR(6), parse: epoch_s}", "16: tables.now.columns.id.parse: 'epoch_s' does"),
        ("CHAR(6)}", "CHAR(6), round: up}", "16: tables.now.columns.id.round: Input should be"),
        ("CHAR(6)}", "CHAR(6), round: down}", "16: tables.now.columns.id.round: CHAR(6) is never"),
        ("is: s.id", "is: S.id", "16: tables.now.columns.id.is: 'S.id': unknown name 'S'; valid"),
        ("is: s.id, ", "", "16: tables.now.columns.id: 'is' is missing"),
        (", parse: epoch_s", "", "17: tables.now.columns.seen: TIMESTAMP needs parse: epoch_s or"),
        ('"DECIMAL(5,2)"', "VARCHAR(16383)", "9: tables.now: a row takes 65584 bytes"),
        (
            "row.size",
            "row.sizes",
            "21: tables.now.checks.positive.that: 'row.sizes > `0`': row has",
        ),
        (
            "else: warn",
            "else: drop",
            "21: tables.now.checks.positive.else: Input should be 'reject'",
        ),
        ("like: now", "like: nov", "23: tables.then.like: no table 'nov'; tables are now, then"),
        ("like: now", "like: then", "23: tables.then.like: 'then' goes in a circle: then -> then"),
        (
            "keep: history",
            "keep: all",
            "25: tables.then.keep: Input should be 'latest' or 'history'",
        ),
        (
            "keep: history",
            "keep: history\n    gone: 5m",
            "26: tables.then.gone: belongs to a table",
        ),
        ("mysql: 7d", "mysql: 1w", "26: tables.then.retention.mysql: expected a duration"),
        ("seen}\n", "size}\n", "27: tables.then.lake.partition_by: 'size' is no DATE, DATETIME"),
        ("{partition_by: seen}", "{}", "26: tables.then.retention.mysql: needs lake.partition_by"),
        ("seen}\n", "seen, on_delete: apply}\n", "26: tables.then.retention.mysql: would delete"),
        ("seen}\n", "seen, buckets: 0}\n", "27: tables.then.lake.buckets: Input should be greater"),
        ("      size:", "      day: {is: s, type: INT}\n      size:", "partition is named 'day'"),
        (
            "    key: [id]",
            "    key: [id]\n    key: [x]",
            "12: tables.now.key: stands twice, again in",
        ),
        ("feed: probe", "feed: !x probe", "1: feed: the tag !x is not supported"),
        ("feed: probe", "feed: [", "not YAML"),
        ("each: {s: doc.states}", "each: &a {s: *a}", "10: tables.now.each.s: an alias that"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, expected: str) -> None:
    with pytest.raises(DeclarationError) as failure:
        feed((old, new))
    lines = failure.value.message.splitlines()
    prefix = f"probe.yaml:{expected}"
    found = [line for line in lines if line.startswith(prefix) or not expected[0].isdigit()]
    assert any(expected in line for line in found), lines
    assert "docs/feeds.md" in failure.value.remedy


def test_several_mistakes_are_listed_at_once_in_order() -> None:
    with pytest.raises(DeclarationError) as failure:
        feed(
            ("every: 30s", "every: soon"),
            ("CHAR(6)", "CHARR(6)"),
            ("keep: history", "kep: history"),
            ("unit: m", "units: m"),
        )
    where = [line.split(": ")[:2] for line in failure.value.message.splitlines()]
    assert where == [
        ["probe.yaml:2", "every"],
        ["probe.yaml:16", "tables.now.columns.id.type"],
        ["probe.yaml:18", "tables.now.columns.size.units"],
        ["probe.yaml:25", "tables.then.kep"],
    ]


def test_an_inherited_mistake_is_told_once() -> None:
    with pytest.raises(DeclarationError) as failure:
        feed(("s.size", "S.size"))
    assert len(failure.value.message.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "- a", "7", "# nothing"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match=r"x\.yaml:1: expected a mapping that starts with"):
        loads(text, source="x.yaml")


def test_a_file_has_the_name_of_its_feed(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(GOOD)
    with pytest.raises(DeclarationError, match="'probe' is not the name of its file, 'other'"):
        load(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"gone\.yaml: cannot be read"):
        load(tmp_path / "gone.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"feed: \xe9")
    with pytest.raises(DeclarationError, match=r"latin\.yaml: cannot be read"):
        load(tmp_path / "latin.yaml")


def test_two_feeds_cannot_fill_one_table(tmp_path: Path) -> None:
    (tmp_path / "probe.yaml").write_text(GOOD)
    (tmp_path / "second.yaml").write_text(GOOD.replace("feed: probe", "feed: second"))
    with pytest.raises(DeclarationError, match="table now belongs to two feeds, probe and second"):
        load_all(tmp_path)


def test_the_feeds_of_the_project_are_good() -> None:
    assert "flights" in [feed.feed for feed in load_all(ROOT / "feeds")]
