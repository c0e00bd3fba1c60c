"""What the binlog cannot show is looked for before a table is captured, and at every status.

    facts     what MySQL says of itself and of the tables      server    checks of the server
    findings  what a check says                                tables    checks of one table
    run       ask, check, report

A check is a line in a table: a name, a level, a question to the facts. `refuse` keeps a table out,
`warn` does not; what a person accepts (`accept: [check]` in capture.yaml) becomes a warning.
"""

from headwater.capture.preflight.findings import Finding
from headwater.capture.preflight.run import findings, refuse

__all__ = ["Finding", "findings", "refuse"]
