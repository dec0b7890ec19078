"""The lines under the chat: what the model is doing, how fast, and how full context and memory are."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from views.frames import StatusFrame
from views.widgets import ElidedLabel, describe, label, tool_button

_BAR_WIDTH = 84
_STATE_WIDTH, _SPACING, _MARGIN = 96, 14, 4
_LONG_PROMPT_TOKENS = 64  # a shorter one is read before anybody could look at a bar


class Gauges(QWidget):
    """State at the left, figures at the right; a figure that is not known takes no room.

    Where the panel is narrow the figures that matter least give way; all of them are in the tooltip.
    While a long prompt is read a line above says how far that is and how long it will take.
    """

    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.reading = ReadingStrip()
        self.reading.stopped.connect(self.stop_requested)
        self._state = ElidedLabel("muted")
        describe(self._state, "State", "What the model is doing")
        self._decode = _figure("Decode speed", "Decode: new tokens per second")
        self._prefill = _figure("Prefill speed", "Prefill: prompt tokens read per second")
        self._first = _figure(
            "Time to first token", "From sending the message to the first token of the answer"
        )
        self._context = _figure("Context used", "Context: tokens in the key-value cache, and how many fit")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_WIDTH)
        describe(self._bar, "Context used", "Context: tokens in the key-value cache, and how many fit")
        self._memory = _figure("Memory", "GPU memory that the open model holds, and what the device has")
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        column.setSpacing(2)
        column.addWidget(self.reading)
        row = QHBoxLayout()
        column.addLayout(row)
        row.addWidget(self._state, 1)
        for part in (self._decode, self._prefill, self._first, self._memory, self._bar, self._context):
            row.addWidget(part)
        row.setSpacing(_SPACING)
        self._state.setMinimumWidth(_STATE_WIDTH)
        self.set_frame(StatusFrame())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Room for the state alone: every figure may give way."""
        return QSize(_STATE_WIDTH + 2 * _MARGIN, super().minimumSizeHint().height())

    def set_frame(self, frame: StatusFrame) -> None:
        self._state.set_text(" · ".join(filter(None, (state_text(frame), frame.context_note))))
        self.reading.set_frame(frame)
        self._memory.setText(memory_text(frame))
        _say(self._decode, frame.decode_tokens_per_s, "{:.1f} tok/s")
        _say(self._prefill, frame.prefill_tokens_per_s, "prefill {:.0f} tok/s")
        _say(self._first, frame.first_token_ms, "first token {:,.0f} ms")
        total = frame.context_total_tokens
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(min(frame.context_used_tokens, total))
        _say(self._context, total or None, f"{frame.context_used_tokens:,} / {{:,}}")
        left = max(0, total - frame.context_used_tokens)
        self._context.setToolTip(f"Context: {frame.context_used_tokens:,} tokens used, {left:,} left")
        self.setToolTip("\n".join(filter(None, self.texts())))
        self._fit()

    def _fit(self) -> None:
        """Show what is known, what matters most first, as far as there is room."""
        room = self.width() - 2 * _MARGIN - _STATE_WIDTH
        for part in (self._context, self._decode, self._bar, self._prefill, self._first, self._memory):
            known = bool(part.text()) if isinstance(part, QLabel) else bool(self._context.text())
            room -= part.sizeHint().width() + _SPACING if known else 0
            part.setVisible(known and room >= 0)

    def texts(self) -> list[str]:
        """Every figure on show, left to right."""
        figures = (self._decode, self._prefill, self._first, self._memory, self._context)
        return [self._state.whole_text(), *(figure.text() for figure in figures if figure.text())]


class ReadingStrip(QWidget):
    """How far a long prompt has been read, how long the rest will take, and a way out."""

    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        describe(self.bar, "Prompt read", "How much of the prompt has been read")
        self._left = label("", "muted")
        self._stop = tool_button("Cancel", "Stop reading the prompt (Escape)", "inline", "close")
        self._stop.clicked.connect(self.stopped)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self._left)
        row.addWidget(self._stop)
        self.hide()

    def set_frame(self, frame: StatusFrame) -> None:
        done, total = frame.prompt_done_tokens, frame.prompt_total_tokens
        self.setVisible(0 <= done < total and total > _LONG_PROMPT_TOKENS)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self._left.setText(left_text(frame.prompt_left_s))

    def text(self) -> str:
        """How long it will take, as shown."""
        return self._left.text()


def left_text(seconds: float | None) -> str:
    """A duration nobody would want to a tenth of a second."""
    if seconds is None:
        return ""
    if seconds < 1:
        return "less than a second left"
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left"


def memory_text(frame: StatusFrame) -> str:
    """GiB held, and of how many where that is known."""
    if frame.memory_bytes is None:
        return ""
    held = f"{frame.memory_bytes / 2**30:.2f}"
    if frame.memory_total_bytes is None:
        return f"{held} GiB"
    return f"{held} / {frame.memory_total_bytes / 2**30:.1f} GiB"


def state_text(frame: StatusFrame) -> str:
    """The state, with how much of the prompt has been read while that is under way."""
    if 0 < frame.prompt_done_tokens < frame.prompt_total_tokens:
        return f"{frame.state} · {frame.prompt_done_tokens:,} of {frame.prompt_total_tokens:,} tokens"
    return frame.state


def _figure(name: str, tooltip: str) -> QLabel:
    result = label("", "muted")
    describe(result, name, tooltip)
    return result


def _say(figure: QLabel, value: float | None, pattern: str) -> None:
    figure.setText("" if value is None else pattern.format(value))
