from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidget

from tests.views.outliers.conftest import heat
from views.fields import ChoiceBox, DecimalBox
from views.frames import Choice
from views.frames.outliers import DriftFrame, MatchFrame
from views.outliers.drift import DriftPage
from views.theme import Theme


def test_another_capture_is_chosen_and_its_drift_listed(theme: Theme, qtbot) -> None:
    page = DriftPage(theme)
    qtbot.addWidget(page)
    page.show()
    others = (Choice("a", "a"), Choice("b", "b"))
    page.set_frame(DriftFrame(others, "a", heat(), (("layers.0", "3 of 9", "×1.2", "×7"),), "Some changed."))
    table = page.findChild(QTableWidget)
    assert [table.item(0, column).text() for column in range(4)] == ["layers.0", "3 of 9", "×1.2", "×7"]
    with qtbot.waitSignal(page.other_chosen) as caught:
        QTest.keyClick(page.findChild(ChoiceBox), Qt.Key.Key_Down)
    assert caught.args == ["b"]
    page.set_frame(DriftFrame(match=MatchFrame(changed=3.0)))
    with qtbot.waitSignal(page.match.chosen) as caught:
        page.match.findChild(DecimalBox).stepUp()
    assert caught.args == [MatchFrame(changed=3.5)]
    page.set_frame(DriftFrame())
    assert not table.isVisible()
