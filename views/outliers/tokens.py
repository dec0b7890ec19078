"""Every token's values at one site: of the capture, or of the chat as its tokens arrive."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from views.outliers.map_page import MapPage
from views.theme import Theme
from views.widgets import tool_button


class TokensPage(MapPage):
    """`follow_toggled` says whether the chat is followed, `watched_changed` whether that is seen too."""

    follow_toggled = Signal(bool)
    watched_changed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme, "tokens", "Tokens and channels", "Every token's values at this site; click pins a channel"
        )
        self._follow = tool_button(
            "Follow the chat",
            "Show every token of the chat as the model reads it, at the site of the pinned channel",
        )
        self._follow.setCheckable(True)
        self.head.addWidget(self._follow)
        self._follow.toggled.connect(self._toggle)

    def stop_following(self) -> None:
        self._follow.setChecked(False)

    def _toggle(self, is_on: bool) -> None:
        self.watched_changed.emit(is_on and self.isVisible())
        self.follow_toggled.emit(is_on)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched_changed.emit(self._follow.isChecked())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched_changed.emit(False)
