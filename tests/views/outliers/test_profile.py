from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QToolButton

from tests.views.outliers.conftest import some_bars
from views.frames.outliers import ProfileFrame
from views.outliers.profile import ProfilePage
from views.theme import Theme

FRAME = ProfileFrame(
    "layers.0",
    some_bars(),
    None,
    (("one scale", "3 of 255", ""), ("token", "60 of 255", ""), ("b32", "200 of 255", "")),
    can_smooth=True,
    enabled=True,
)


def test_remedies_go_out_in_hundredths_and_off_is_off(theme: Theme, qtbot) -> None:
    page = ProfilePage(theme)
    qtbot.addWidget(page)
    page.resize(500, 400)
    page.show()
    page.set_frame(FRAME)
    smooth, clip = page.findChildren(QSlider)
    for slider, key, signal, value in (
        (smooth, Qt.Key.Key_Right, page.smoothing_chosen, 1),
        (smooth, Qt.Key.Key_Left, page.smoothing_chosen, -1),
        (clip, Qt.Key.Key_Left, page.clip_chosen, 99),
        (clip, Qt.Key.Key_Right, page.clip_chosen, -1),
    ):
        with qtbot.waitSignal(signal) as caught:
            QTest.keyClick(slider, key)
        assert caught.args == [value]
    with qtbot.waitSignal(page.rotation_toggled) as caught:
        QTest.mouseClick(page.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert caught.args == [True]


def test_before_and_after_stand_on_one_page(theme: Theme, qtbot) -> None:
    page = ProfilePage(theme)
    qtbot.addWidget(page)
    page.show()
    page.set_frame(FRAME)
    assert not page._after.isVisible()
    assert page.levels()[1] == ("one scale", "3 of 255", "")
    page.set_frame(
        replace(FRAME, after=some_bars("after"), rotates=True, smoothing=40, clip=70, clip_text="±3")
    )
    assert page._after.isVisible()
    smooth, clip = page.findChildren(QSlider)
    assert (smooth.value(), clip.value()) == (40, 70)
    page.set_frame(replace(FRAME, can_smooth=False))
    assert not smooth.isEnabled()
