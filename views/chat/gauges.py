"""The line under the chat: what the model is doing, how fast, and how full its context is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from views.frames import StatusFrame
from views.widgets import ElidedLabel, describe, label

_BAR_WIDTH = 84


class Gauges(QWidget):
    """State at the left, figures at the right; a figure that is not known takes no room."""

    def __init__(self) -> None:
        super().__init__()
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
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(14)
        row.addWidget(self._state, 1)
        for part in (self._decode, self._prefill, self._first, self._bar, self._context):
            row.addWidget(part)
        self.set_frame(StatusFrame())

    def set_frame(self, frame: StatusFrame) -> None:
        self._state.set_text(state_text(frame))
        _show(self._decode, frame.decode_tokens_per_s, "{:.1f} tok/s")
        _show(self._prefill, frame.prefill_tokens_per_s, "prefill {:.0f} tok/s")
        _show(self._first, frame.first_token_ms, "first token {:,.0f} ms")
        total = frame.context_total_tokens
        self._bar.setVisible(total > 0)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(min(frame.context_used_tokens, total))
        _show(self._context, total or None, f"{frame.context_used_tokens:,} / {{:,}}")

    def texts(self) -> list[str]:
        """Every figure on show, left to right."""
        figures = (self._decode, self._prefill, self._first, self._context)
        return [self._state.whole_text(), *(figure.text() for figure in figures if figure.text())]


def state_text(frame: StatusFrame) -> str:
    """The state, with how much of the prompt has been read while that is under way."""
    if 0 < frame.prompt_done_tokens < frame.prompt_total_tokens:
        return f"{frame.state} · {frame.prompt_done_tokens:,} of {frame.prompt_total_tokens:,} tokens"
    return frame.state


def _figure(name: str, tooltip: str) -> QLabel:
    result = label("", "muted")
    describe(result, name, tooltip)
    return result


def _show(figure: QLabel, value: float | None, pattern: str) -> None:
    figure.setText("" if value is None else pattern.format(value))
    figure.setVisible(value is not None)
