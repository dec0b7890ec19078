from __future__ import annotations

from PySide6.QtWidgets import QLabel

from views.fields import DecimalBox
from views.frames.outliers import CriteriaFrame, MatchFrame
from views.outliers.criteria import CRITERIA, MATCH, ThresholdBar


def test_a_threshold_is_told_with_the_others(qtbot) -> None:
    bar = ThresholdBar(CRITERIA, CriteriaFrame())
    qtbot.addWidget(bar)
    chosen: list[CriteriaFrame] = []
    bar.chosen.connect(chosen.append)
    bar.set_frame(CriteriaFrame(massive_magnitude=50))
    assert chosen == []
    boxes = {box.accessibleName(): box for box in bar.findChildren(DecimalBox)}
    boxes["Feature: share of layers"].stepUp()
    boxes["Massive: times the median"].setValue(500)
    assert chosen[-1] == CriteriaFrame(feature_layers=30, massive_magnitude=50, massive_ratio=500)


def test_every_field_of_a_frame_has_its_box(qtbot) -> None:
    for thresholds, frame in ((CRITERIA, CriteriaFrame()), (MATCH, MatchFrame())):
        bar = ThresholdBar(thresholds, frame)
        qtbot.addWidget(bar)
        assert {each.key for each in thresholds} == set(vars(frame))
        values = {box.accessibleName(): box.value() for box in bar.findChildren(DecimalBox)}
        assert values == {each.name: getattr(frame, each.key) for each in thresholds}


def test_where_room_is_short_the_words_stay_whole(qtbot) -> None:
    bar = ThresholdBar(CRITERIA, CriteriaFrame())
    qtbot.addWidget(bar)
    natural = bar.sizeHint().width()
    bar.setFixedWidth(natural - 60)
    bar.show()
    for words in bar.findChildren(QLabel):
        assert words.width() >= words.sizeHint().width()
