"""JMESPath over exact numbers, with our three functions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.errors import TransformError
from headwater.feed.exact import EXACT
from headwater.feed.expressions import compiled, is_true, number
from headwater.feed.references import mistakes, references

SCOPE: dict[str, Any] = {
    "n": Decimal("0.1"),
    "i": 3,
    "t": "EUR114.27",
    "list": [Decimal("2.5"), 1, 2],
    "rows": [{"x": Decimal("1.5")}, {"x": 1}],
    "map": {"USDEUR": Decimal("0.89"), "USDGBP": 1},
    "cols": {"time": ["a", "b"], "v": [1, None]},
    "none": None,
    "flag": True,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n == `0.1`", True),
        ("n < `0.2`", True),
        ("type(n)", "number"),
        ("type(flag)", "boolean"),
        ("type(none)", "null"),
        ("sum(list)", Decimal("5.5")),
        ("sum(`[1e-40, 1]`)", Decimal("1." + "0" * 39 + "1")),
        ("avg(list)", EXACT.divide(Decimal("5.5"), 3)),
        ("avg(`[]`)", None),
        ("max(list)", Decimal("2.5")),
        ("sort(list)", [1, 2, Decimal("2.5")]),
        ("sort_by(rows, &x)[0].x", 1),
        ("max_by(rows, &x).x", Decimal("1.5")),
        ("abs(`-0.5`)", Decimal("0.5")),
        ("ceil(list[0])", 3),
        ("to_number('0.10')", Decimal("0.10")),
        ("to_number('x')", None),
        ("to_number(n)", Decimal("0.1")),
        ("to_number(flag)", None),
        ("to_string(n)", "0.1"),
        ("to_string(rows)", '[{"x":1.5},{"x":1}]'),
        ("to_string(t)", "EUR114.27"),
        (
            "items(map)",
            [{"key": "USDEUR", "value": Decimal("0.89")}, {"key": "USDGBP", "value": 1}],
        ),
        ("items(none)", None),
        ("items(`{}`)", []),
        ("columns(cols)", [{"time": "a", "v": 1}, {"time": "b", "v": None}]),
        ("columns(none)", None),
        ("columns(`{}`)", []),
        ("match(t, '^([A-Z]{3})([0-9.]+)$')", ["EUR", "114.27"]),
        ("match(t, '[0-9]+')[0]", "114"),
        ("match(t, '^(X)?EUR')", [None]),
        ("match(t, '^USD')", None),
        ("match(none, 'a')", None),
    ],
)
def test_an_expression_gives(text: str, expected: object) -> None:
    found = compiled(text)(SCOPE)
    assert found == expected
    assert not isinstance(found, float)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns(map)", "'USDEUR' is no array"),
        ('columns(`{"a": [1], "b": []}`)', "unequal lengths {'a': 1, 'b': 0}"),
        ("items(list)", "invalid type for value"),
        ("match(i, 'a')", "invalid type for value"),
        ("match(t, '(')", "unterminated subpattern"),
        ("sum(rows)", "invalid type for value"),
        ("t < i", "not supported between"),
        ("nothing(t)", "Unknown function: nothing()"),
        ('max(`[1, "a"]`)', "invalid type for value"),
    ],
)
def test_an_expression_that_fails_says_why(text: str, words: str) -> None:
    with pytest.raises(TransformError) as failure:
        compiled(text)(SCOPE)
    assert failure.value.message.startswith(f"expression {text!r} failed: ")
    assert words in failure.value.message


@pytest.mark.parametrize("text", ["", "a[", "a b", "(" * 5000, "`{`", "a.'b'"])
def test_a_malformed_expression_is_refused(text: str) -> None:
    with pytest.raises(TransformError, match="is malformed"):
        compiled(text)


@pytest.mark.parametrize("value", [None, False, "", [], {}])
def test_false_values(value: object) -> None:
    assert not is_true(value)


@pytest.mark.parametrize("value", [True, 0, Decimal(0), "0", [None], {"a": None}])
def test_true_values(value: object) -> None:
    assert is_true(value)


@pytest.mark.parametrize("text", ["", "+1", "01", "1.", ".5", "0x1", "1_000", "٣", "1e9999", "1 "])
def test_numbers_are_spelled_as_in_json(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [("a",)]),
        ("a.b[0].c || d", [("a", "b"), ("d",)]),
        ("a[0].b", [("a",)]),
        ("a[?b > c].d", [("a",)]),
        ("a[*].b | c", [("a",)]),
        ("f(a.x, &b, `1`, 'c')", [("a", "x")]),
        ("[a, b.c]", [("a",), ("b", "c")]),
        ("{x: a, y: b[]}", [("a",), ("b",)]),
        ("!a && (b == c)", [("a",), ("b",), ("c",)]),
        ("a.{x: b}", [("a",)]),
        ("a.*.b", [("a",)]),
        ("@", []),
        ("a[1:2]", [("a",)]),
        ('"a b".c', [("a b", "c")]),
    ],
)
def test_references_are_what_starts_at_the_scope(text: str, expected: object) -> None:
    assert list(references(compiled(text).tree)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dok.x", "unknown name 'dok'; did you mean 'doc'? valid are doc, row"),
        ("row.bb", "row has no 'bb'; valid are aa"),
        ("lenght(doc)", "unknown function 'lenght'; did you mean 'length'?"),
        ("items(doc, doc)", "items() takes 1 arguments, not 2"),
        ("not_null()", "not_null() takes 1 arguments, not 0"),
        ("match(doc, '(')", "match() with the regular expression '(':"),
        ("!doc.x", "`!` binds tighter than `.`"),
        ("doc[", "is malformed"),
    ],
)
def test_mistakes_are_named(text: str, message: str) -> None:
    assert any(message in mistake for mistake in mistakes(text, {"doc": None, "row": ["aa"]}))


def test_a_good_expression_has_no_mistakes() -> None:
    names = {"doc": None, "row": ["aa"]}
    assert mistakes("!(doc.x) && row.aa[0] && merge(doc.a, doc.b) && doc[?x].y", names) == []


STEPS = st.lists(st.sampled_from(["a", "b", '"c d"', "[0]", "[-1]", "[2]"]), min_size=1, max_size=4)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c d"]), inner)
    ),
)


@given(STEPS, DOCUMENTS)
def test_a_plain_path_is_what_the_library_says(steps: list[str], document: object) -> None:
    text = ".".join(steps).replace(".[", "[")
    assert compiled(text)(document) == jmespath.search(text, document)
