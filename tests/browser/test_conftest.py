from __future__ import annotations

from support.browser import Complaints, Pages
from support.waiting import until


def test_a_request_that_leaves_and_errors_are_seen(pages: Pages, complaints: Complaints) -> None:
    page = pages.open()
    page.evaluate("fetch('http://example.org/').catch(() => 0)")
    page.evaluate("console.error('planted'); setTimeout(() => { throw new Error('thrown') })")
    wanted = {"request that leaves the machine", "console error", "uncaught"}

    def kinds() -> set[str]:
        page.evaluate("0")  # events arrive while playwright is asked something
        return {complaint.split(":")[0] for complaint in complaints.unexpected}

    until(lambda: wanted <= kinds(), f"{wanted}", timeout=20, pause=0.05)
    complaints.expect(".")
