"""Other engines beside this one."""

from __future__ import annotations

from app.presenters.calculator_engines import engines_table
from gpu.calculator.engines import OTHER_ENGINES, what_if
from gpu.calculator.estimate import estimate
from tests.app.calculator.cases import GIB, asked, room

FOUND = estimate(asked())
OTHERS = [what_if(engine, FOUND.inputs) for engine in OTHER_ENGINES]


def test_every_engine_has_its_band_and_its_formulas() -> None:
    rows = engines_table(OTHERS, FOUND, room()).rows
    tops = [row for row in rows if row.depth == 0]
    assert tops[0].cells[:3] == ("Quantscope · W4A8", tops[0].cells[1], "exact")
    assert [row.key for row in tops[1:]] == [engine.key for engine in OTHER_ENGINES]
    assert all("–" in row.cells[2] and "±" in row.cells[4] for row in tops[1:])
    assert len(rows) > len(tops) + 3


def test_between_the_ends_of_its_band_nobody_promises() -> None:
    other = OTHERS[0]
    verdicts = [
        engines_table([other], FOUND, room(size)).rows[1].cells[3]
        for size in (other.low_bytes - 1, other.total_bytes, other.high_bytes)
    ]
    assert verdicts == ["does not fit", "may fit", "fits"]
    assert engines_table([other], FOUND, None).rows[1].cells[3] == ""
    assert engines_table([other], FOUND, room(100 * GIB)).rows[0].mood == "good"
