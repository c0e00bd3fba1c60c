"""Verify that MySQL and the lake are the same, row for row and column for column.

    canonical   one text per value, the same from both sides      sides    both, asked alike
    shape       which columns, and how                            settle   what differed, again
    report      what was found

Both sides are summed into chunks; where a chunk differs its keys are compared; what differs is
looked at again behind a barrier (headwater.lake.barrier), since both sides go on changing while
they are read. No lock is taken and no writer waits.
"""

from headwater.lake.verify.compare import Options, verify, verify_tables
from headwater.lake.verify.report import ColumnDifference, Difference, TableReport

__all__ = [
    "ColumnDifference",
    "Difference",
    "Options",
    "TableReport",
    "verify",
    "verify_tables",
]
