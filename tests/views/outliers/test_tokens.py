from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from views.outliers.tokens import TokensPage
from views.theme import Theme


def test_it_says_whether_the_chat_is_followed_and_whether_that_is_seen(theme: Theme, qtbot) -> None:
    page = TokensPage(theme)
    qtbot.addWidget(page)
    page.show()
    followed: list[bool] = []
    watched: list[bool] = []
    page.follow_toggled.connect(followed.append)
    page.watched_changed.connect(watched.append)
    QTest.mouseClick(page._follow, Qt.MouseButton.LeftButton)
    page.hide()
    page.show()
    QTest.mouseClick(page._follow, Qt.MouseButton.LeftButton)
    assert followed == [True, False]
    assert watched == [True, False, True, False]
