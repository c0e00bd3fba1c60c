"""The streaming job killed at named points while a writer works: no loss, no duplicate."""

from __future__ import annotations

import pytest

from support.ledger import Ledger, agree
from support.stack import Stack
from support.waiting import until


@pytest.mark.parametrize("point", ["before_commit", "mid_commit", "after_commit"])
def test_killed_at(stack: Stack, ledger: Ledger, point: str) -> None:
    job = int(stack.service("job")["pid"])
    order = stack.settings.data_dir / "job" / "crash-at"
    order.write_text(point)
    until(lambda: not order.exists(), f"the job has reached {point}")
    stack.wait_ready("job", other_than=job)
    before = ledger.transactions
    until(lambda: ledger.transactions > before + 20, "the writer goes on")
    agree(stack, ledger)


def test_without_its_checkpoint_nothing_changes(stack: Stack, ledger: Ledger) -> None:
    checkpoints = list((stack.settings.data_dir / "job" / "tmp").glob("headwater-*"))
    assert checkpoints, "Spark keeps its checkpoints where the service says"
    killed = stack.kill("job")
    stack.wait_ready("job", other_than=killed)
    assert not [path for path in checkpoints if path.exists()]
    agree(stack, ledger)
