"""Ask MySQL, check what it says, and tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.capture.preflight import facts, server, tables
from headwater.errors import DeclarationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headwater.capture.preflight.findings import Finding
    from headwater.captured import CapturedTable
    from headwater.connections import Connections


def findings(connections: Connections, wanted: Sequence[CapturedTable]) -> list[Finding]:
    """Every problem of the server and of these tables; what is accepted is a warning."""
    of = facts.server(connections)
    found = facts.tables(connections, wanted, of)
    return [*of_server(of, wanted), *(finding for table in found for finding in of_table(table))]


def of_server(of: facts.Server, wanted: Sequence[CapturedTable] = ()) -> Iterator[Finding]:
    """The server's problems; accepted where every table accepts them."""
    for check in server.CHECKS:
        accepted = bool(wanted) and all(check.name in table.accept for table in wanted)
        yield from _judged(check.findings("", of), accepted=accepted)


def of_table(table: facts.Table) -> Iterator[Finding]:
    """The problems of one table."""
    for check in tables.CHECKS:
        found = check.findings(table.captured.name, table)
        yield from _judged(found, accepted=check.name in table.captured.accept)


def _judged(found: Iterable[Finding], *, accepted: bool) -> Iterator[Finding]:
    for finding in found:
        yield replace(finding, level="warn") if accepted else finding


def refuse(found: Sequence[Finding]) -> None:
    """Raise DeclarationError if a table cannot be captured as it is."""
    refused = [finding for finding in found if finding.level == "refuse"]
    if refused:
        raise DeclarationError(
            f"not captured: {', '.join(dict.fromkeys(f.table or 'any table' for f in refused))}",
            remedy="mend what is named above, or `--accept CHECK` where you know better",
        )
