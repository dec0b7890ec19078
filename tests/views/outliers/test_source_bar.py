from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton

from views.frames import Choice
from views.frames.outliers import SourceFrame
from views.outliers.source_bar import SourceBar

READY = SourceFrame(
    sources=(Choice("prompts", "Prompts"), Choice("typed", "Typed")), source="typed", text="abc", enabled=True
)


def button(bar: SourceBar, text: str) -> QPushButton | QToolButton:
    found = [*bar.findChildren(QPushButton), *bar.findChildren(QToolButton)]
    return next(each for each in found if each.text() == text)


def test_capture_becomes_cancel_while_it_runs(qtbot) -> None:
    bar = SourceBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.set_frame(READY)
    with qtbot.waitSignal(bar.capture_requested):
        QTest.mouseClick(button(bar, "Capture"), Qt.MouseButton.LeftButton)
    bar.set_frame(replace(READY, running=True, progress=0.4, note="Reading"))
    assert bar.note() == "Reading"
    with qtbot.waitSignal(bar.cancel_requested):
        QTest.mouseClick(button(bar, "Cancel"), Qt.MouseButton.LeftButton)


def test_typed_text_goes_out_and_enter_captures(qtbot) -> None:
    bar = SourceBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.set_frame(READY)
    field = bar.findChild(QLineEdit)
    assert field.text() == "abc"
    with qtbot.waitSignal(bar.text_changed) as caught:
        QTest.keyClicks(field, "d")
    assert caught.args == ["abcd"]
    with qtbot.waitSignal(bar.capture_requested):
        QTest.keyClick(field, Qt.Key.Key_Return)
    bar.set_frame(replace(READY, source="prompts"))
    assert not field.isVisible()


def test_switches_and_files(qtbot) -> None:
    bar = SourceBar()
    qtbot.addWidget(bar)
    bar.set_frame(replace(READY, captures=(Choice("a", "a"),), capture="a", is_error=True, note="No."))
    for name, signal in (("Token values", bar.keeps_toggled), ("Attention", bar.sinks_toggled)):
        with qtbot.waitSignal(signal) as caught:
            button(bar, name).click()
        assert caught.args == [False]
    for name, signal in (("Open…", bar.open_requested), ("Save…", bar.save_requested)):
        with qtbot.waitSignal(signal):
            button(bar, name).click()
    with qtbot.waitSignal(bar.close_requested):
        bar._close.click()
    bar.set_frame(READY)
    assert not button(bar, "Save…").isEnabled()
