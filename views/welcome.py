"""The first screen: what this program is for, and the ways to a model."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from views.frames import Choice, WelcomeFrame
from views.theme import GAP
from views.widgets import label, push_button

_WIDTH = 560


class WelcomePage(QWidget):
    """Demo, dialog, drop, or a model opened before."""

    demo_requested = Signal()
    open_requested = Signal()
    recent_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._recent: tuple[Choice, ...] = ()
        self._demo = push_button(
            "Chat with the demo model", "Open the small model that comes with this program", "primary"
        )
        self._open = push_button("Open a model…", "Choose a model directory (Ctrl+O)", "plain", "folder")
        self._recent_title = label("Opened before", "muted")
        self._links = QVBoxLayout()
        self._links.setSpacing(0)
        self._adapter = label("", "muted", wrap=True)
        self._demo.clicked.connect(self.demo_requested)
        self._open.clicked.connect(self.open_requested)
        self._lay_out()
        self.set_frame(WelcomeFrame())

    def set_frame(self, frame: WelcomeFrame) -> None:
        self._demo.setVisible(frame.demo_available)
        self._adapter.setText(f"Runs on {frame.adapter}" if frame.adapter else "")
        self._recent_title.setVisible(bool(frame.recent))
        if frame.recent != self._recent:
            self._recent = frame.recent
            self._fill_links()

    def focus_first(self) -> None:
        """Put the keyboard on the first thing to do."""
        (self._demo if self._demo.isVisible() else self._open).setFocus()

    def set_busy(self, busy: bool) -> None:
        """While one model loads no other can be opened."""
        for button in self.findChildren(QPushButton):
            button.setEnabled(not busy)

    def _fill_links(self) -> None:
        while (item := self._links.takeAt(0)) is not None:
            if (link := item.widget()) is not None:
                link.deleteLater()
        for choice in self._recent:
            self._add_link(choice)

    def _add_link(self, choice: Choice) -> None:
        link = push_button(choice.label, choice.tooltip or choice.key, "link")
        link.setAccessibleName(f"Open {choice.label}")
        link.clicked.connect(lambda: self.recent_chosen.emit(choice.key))
        self._links.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP + 2)
        buttons.addWidget(self._demo)
        buttons.addWidget(self._open)
        buttons.addStretch()
        box = QWidget()
        box.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(box)
        column.setSpacing(12)
        column.addWidget(label("Quantscope", "title"))
        column.addWidget(
            label(
                "Chat with a 4-bit Qwen3 and watch what quantization does to it.",
                "subtitle",
                wrap=True,
            )
        )
        column.addLayout(buttons)
        column.addWidget(
            label(
                "Or drop a Hugging Face model directory (config.json and *.safetensors) on this window.",
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self._recent_title)
        column.addLayout(self._links)
        column.addWidget(self._adapter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(box, 8)
        row.addStretch(1)
        page = QVBoxLayout(self)
        page.addStretch(2)
        page.addLayout(row)
        page.addStretch(3)
