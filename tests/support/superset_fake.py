"""A Superset that keeps what it is given, with its own additions."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.targets._superset_api import Document


class FakeSuperset:
    """Numbers and reorders what it keeps, as Superset does."""

    def __init__(self) -> None:
        self.kept: dict[str, Document] = {}
        self.imports = 0

    def export(self) -> dict[str, Document]:
        return copy.deepcopy(self.kept)

    def import_(self, documents: Mapping[str, Document]) -> None:
        self.imports += 1
        for number, (path, document) in enumerate(documents.items()):
            there = copy.deepcopy(document)
            there["slice_id"] = number
            if "columns" in there:
                there["columns"].reverse()
            self.kept[path] = there
