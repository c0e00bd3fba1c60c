"""Stock JMESPath with three functions of ours, over exact numbers.

`items(object)` gives `[{key, value}, …]`; `columns(object of arrays)` turns columns into records;
`match(text, regex)` gives the captures of the first match (the whole match where the regex has no
group), or null. Each takes null for null. Numbers are int and Decimal throughout: the library's
functions accept them, literals are exact, nothing becomes a float.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, DecimalException, localcontext
from functools import lru_cache
from typing import Any

from jmespath import functions, parser
from jmespath.visitor import Options, TreeInterpreter

from headwater.errors import TransformError
from headwater.feed import jsontext
from headwater.feed.exact import EXACT

Node = dict[str, Any]
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_MAX_NUMBER = 100


class Expression:
    """A compiled expression; `tree` is its syntax tree, for checks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree: Node = exact_literals(parser.Parser().parse(text).parsed)
        self._steps = _steps(self.tree)

    def __call__(self, scope: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Evaluate over a scope; raises TransformError that names the expression."""
        if self._steps is not None:
            return _walk(scope, self._steps)
        try:
            with localcontext(EXACT):
                return _INTERPRETER.visit(self.tree, scope)  # type: ignore[arg-type]  # private
        except (ValueError, TypeError, ArithmeticError, RecursionError, re.error) as error:
            raise TransformError(f"expression {self.text!r} failed: {_words(error)}") from error


@lru_cache(maxsize=4096)
def compiled(text: str) -> Expression:
    """Compile an expression; raises TransformError where it is malformed."""
    try:
        return Expression(text)
    except (ValueError, RecursionError, PendingDeprecationWarning) as error:
        raise TransformError(
            f"expression {jsontext.excerpt(text)!r} is malformed: {_words(error)}"
        ) from error


def is_true(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """JMESPath's truth: false are null, false, and empty text, list and object; 0 is true."""
    return not (value is None or value is False or value in ("", [], {}))


def exact_literals(node: Any) -> Any:  # noqa: ANN401 - a tree of nodes, numbers and text
    """The same syntax tree with exact numbers: `0.1` in an expression is 0.1."""
    if isinstance(node, dict):
        return {key: exact_literals(value) for key, value in node.items()}
    if isinstance(node, list):
        return [exact_literals(value) for value in node]
    return Decimal(repr(node)) if isinstance(node, float) else node


class _Functions(functions.Functions):
    """The library's functions for Decimal, and ours."""

    def _get_allowed_pytypes(self, types: list[str]) -> tuple[list[str], list[tuple[str, ...]]]:
        allowed, subtypes = super()._get_allowed_pytypes(types)  # type: ignore[misc]  # no stub
        exact = [(*names, "Decimal") if "int" in names else names for names in subtypes]
        return ([*allowed, "Decimal"] if "int" in allowed else allowed), exact

    def _convert_to_jmespath_type(self, pyobject: str) -> str:
        if pyobject == "Decimal":
            return "number"
        return str(super()._convert_to_jmespath_type(pyobject))  # type: ignore[misc]  # no stub

    @functions.signature({"types": []})
    def _func_type(self, arg: Any) -> str:  # noqa: ANN401 - any JSON value
        return self._convert_to_jmespath_type(type(arg).__name__)

    @functions.signature({"types": ["array-number"]})
    def _func_avg(self, arg: list[int | Decimal]) -> Decimal | None:
        return sum(map(Decimal, arg), Decimal(0)) / len(arg) if arg else None

    @functions.signature({"types": []})
    def _func_to_string(self, arg: Any) -> str:  # noqa: ANN401 - any JSON value
        return arg if isinstance(arg, str) else jsontext.dumps(arg)

    @functions.signature({"types": []})
    def _func_to_number(self, arg: Any) -> int | Decimal | None:  # noqa: ANN401 - any JSON value
        if isinstance(arg, int | Decimal) and not isinstance(arg, bool):
            return arg
        return number(arg) if isinstance(arg, str) else None

    @functions.signature({"types": ["object", "null"]})
    def _func_items(self, arg: dict[str, Any] | None) -> list[dict[str, Any]] | None:
        return None if arg is None else [{"key": k, "value": v} for k, v in arg.items()]

    @functions.signature({"types": ["object", "null"]})
    def _func_columns(self, arg: dict[str, Any] | None) -> list[dict[str, Any]] | None:
        return None if arg is None else _records(arg)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_match(self, text: str | None, regex: str) -> list[str | None] | None:
        found = None if text is None else re.search(regex, text)
        return None if found is None else list(found.groups()) or [found[0]]


_INTERPRETER = TreeInterpreter(Options(custom_functions=_Functions()))
ARITIES: dict[str, tuple[int, float]] = {
    name: (
        len(entry["signature"]),
        math.inf if entry["signature"][-1].get("variadic") else len(entry["signature"]),
    )
    for name, entry in _Functions.FUNCTION_TABLE.items()
}
"""How many arguments each function takes, at least and at most."""


def number(text: str) -> int | Decimal | None:
    """The number that a text spells as JSON would, or None."""
    if len(text) > _MAX_NUMBER or not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text) if set(text) & set(".eE") else int(text)
    except (ValueError, DecimalException):
        return None


def _steps(node: Node) -> tuple[str | int, ...] | None:
    """The fields and indices of an expression that has nothing else, like `a.b[0]`.

    Most expressions are such, and walking them by hand is ten times as fast as the library.
    """
    if node["type"] in {"field", "index"}:
        return (node["value"],)
    if node["type"] not in {"subexpression", "index_expression"}:
        return None
    parts = [_steps(child) for child in node["children"]]
    return tuple(step for part in parts for step in part or ()) if all(parts) else None


def _walk(value: Any, steps: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any JSON value
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        elif not isinstance(value, list) or not -len(value) <= step < len(value):
            return None
        else:
            value = value[step]
    return value


def _records(arrays: dict[str, Any]) -> list[dict[str, Any]]:
    for name, values in arrays.items():
        if not isinstance(values, list):
            raise TypeError(f"columns(): {name!r} is no array")
    lengths = {name: len(values) for name, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns(): unequal lengths {lengths}")
    return [dict(zip(arrays, row, strict=True)) for row in zip(*arrays.values(), strict=True)]


def _words(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "the value is nested too deeply"
    return jsontext.excerpt(" ".join(str(error).split()), 300) or type(error).__name__
