"""The streaming job killed at named points while a writer works: no loss, no duplicate."""

from __future__ import annotations

from support.ledger import Ledger, agree
from support.stack import Stack
from support.waiting import until

POINTS = ("before_commit", "mid_commit", "after_commit")


def test_killed_at_every_point(stack: Stack, ledger: Ledger) -> None:
    order = stack.settings.data_dir / "job" / "crash-at"
    for point in POINTS:
        job = int(stack.service("job")["pid"])
        order.write_text(point)
        # It is obeyed by a commit of ours: so each job has come as far as committing.
        until(lambda: not order.exists(), f"the job reaches {point}", timeout=180)
        stack.wait_ready("job", other_than=job)
    agree(stack, ledger)


def test_without_its_checkpoint_nothing_changes(stack: Stack, ledger: Ledger) -> None:
    folder = stack.settings.data_dir / "job" / "tmp"
    checkpoints = until(
        lambda: list(folder.glob("headwater-*")), "Spark's checkpoints where the service says"
    )
    killed = stack.kill("job")
    stack.wait_ready("job", other_than=killed)
    assert not [path for path in checkpoints if path.exists()]
    agree(stack, ledger)
