"""The arithmetic of docs/aws.md and docs/scaling.md."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
MONTH_S = 730 * 3600


def test_the_costs_add_up() -> None:
    rows = re.findall(r"^\| (.+) \| ([\d,]+) \| ([\d,]+) \|$", _cost(), re.MULTILINE)
    totals = re.findall(r"\*\*([\d,]+)\*\*", _cost())
    assert [sum(_number(row[column]) for row in rows) for column in (1, 2)] == [
        _number(total) for total in totals
    ]


def test_requests_cost_what_the_counts_say() -> None:
    text = (DOCS / "scaling.md").read_text()
    counts = re.findall(
        r"^\| \w+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE
    )
    assert len(counts) == 2
    for put, listed, get, dollars in counts:
        price = ((float(put) + float(listed)) * 0.005 + float(get) * 0.0004) / 1000
        assert abs(price - float(dollars)) < 1e-6
    row = re.compile(
        r"^\| (\d+) s \| ([\d,]+) USD \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", re.MULTILINE
    )
    for every, *costs in row.findall(text):
        month = MONTH_S / int(every) * float(counts[0][3])
        assert [_number(cost) for cost in costs] == [
            round(month * tables) for tables in (1, 10, 100, 1000)
        ]


def _cost() -> str:
    return (DOCS / "aws.md").read_text().partition("## Cost")[2].partition("## Sizing")[0]


def _number(text: str) -> int:
    return int(text.replace(",", ""))
