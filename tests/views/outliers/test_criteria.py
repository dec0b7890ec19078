from __future__ import annotations

from views.fields import DecimalBox
from views.frames.outliers import CriteriaFrame
from views.outliers.criteria import CriteriaBar


def test_a_threshold_is_told_with_the_others(qtbot) -> None:
    bar = CriteriaBar()
    qtbot.addWidget(bar)
    chosen: list[CriteriaFrame] = []
    bar.chosen.connect(chosen.append)
    bar.set_frame(CriteriaFrame(massive_magnitude=50))
    assert chosen == []
    boxes = {box.accessibleName(): box for box in bar.findChildren(DecimalBox)}
    boxes["Feature: share of layers"].stepUp()
    boxes["Massive: times the median"].setValue(500)
    assert chosen[-1] == CriteriaFrame(feature_layers=30, massive_magnitude=50, massive_ratio=500)
