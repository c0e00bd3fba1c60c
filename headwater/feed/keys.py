"""Which keys a declaration can have, read from the model: for messages and for the docs' test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel

from headwater.feed.model import Feed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def keys_at(path: Sequence[str | int], model: type[BaseModel] = Feed) -> list[str]:
    """The valid keys of the mapping at a key path; none where the names are free."""
    annotation: Any = model
    for part in path:
        annotation = _inside(annotation, str(part))
    found = _model(annotation)
    return list(_annotations(found)) if found else []


def every_key(model: type[BaseModel] = Feed, above: str = "") -> Iterator[tuple[str, str]]:
    """Every key as (dotted path, description); a free name is written `<name>`."""
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        yield path, field.description or ""
        named = (
            _inside(field.annotation, "<name>") if get_origin(field.annotation) is dict else None
        )
        inner = _model(named or field.annotation)
        if inner is not None:
            yield from every_key(inner, f"{path}.<name>." if named else f"{path}.")


def _annotations(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _inside(annotation: Any, part: str) -> Any:  # noqa: ANN401 - type expressions
    """The type of what stands under `part`, or None where nothing can."""
    if _is_model(annotation):
        return _annotations(annotation).get(part)
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    if get_origin(annotation) is list:
        return arguments[0]
    found = (_inside(argument, part) for argument in arguments)
    return next((inner for inner in found if inner is not None), None)


def _model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if _is_model(annotation):
        return annotation  # type: ignore[no-any-return]  # just found out
    if get_origin(annotation) in {dict, list}:
        return None
    found = (_model(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _is_model(annotation: Any) -> bool:  # noqa: ANN401 - a type expression
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
