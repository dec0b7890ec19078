"""The tool bar: the model that is open, how it is quantized, and what it runs on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolBar, QToolButton, QWidget

from views.fields import ChoiceBox
from views.frames import SetupFrame
from views.widgets import ElidedLabel, describe, label

_LEAST_NAME_PX = 72  # below that the pickers are cut


class SetupBar(QToolBar):
    """Open, the model's name, pickers of scheme, context and adapter; the panels' switches at the right."""

    scheme_chosen = Signal(str)
    context_chosen = Signal(str)
    adapter_chosen = Signal(str)

    def __init__(self, open_action: QAction) -> None:
        super().__init__("Model")
        self.setObjectName("setup")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)  # nothing else brings it back
        self.setIconSize(QSize(16, 16))
        self._name = ElidedLabel("strong")
        self._name.setMinimumWidth(_LEAST_NAME_PX)
        describe(self._name, "Model", "The model that is open")
        self._scheme = ChoiceBox(
            "Scheme", "Bits of the weights (W) and of the activations (A); changing it loads the model again"
        )
        self._context = ChoiceBox(
            "Context", "How many tokens a conversation may have; changing it loads the model again"
        )
        self._adapter = ChoiceBox("Adapter", "The graphics adapter the model runs on")
        self._scheme.chosen.connect(self.scheme_chosen)
        self._context.chosen.connect(self.context_chosen)
        self._adapter.chosen.connect(self.adapter_chosen)
        self.addAction(open_action)
        button = self.widgetForAction(open_action)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(button, open_action.iconText(), open_action.toolTip())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(self._pickers())

    def add_switches(self, actions: list[QAction]) -> None:
        """One checkable button a panel."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setProperty("kind", "flat")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            describe(button, f"{action.text()} panel", f"Show or hide the {action.text().lower()} panel")
            self.addWidget(button)

    def set_frame(self, frame: SetupFrame) -> None:
        self._name.set_text(frame.model_name or "No model open")
        self._scheme.set_choices(frame.schemes, frame.scheme)
        self._adapter.set_choices(frame.adapters, frame.adapter)
        self._context.set_choices(frame.contexts, frame.context)
        for picker in (self._scheme, self._context, self._adapter):
            picker.setEnabled(frame.enabled)

    def _pickers(self) -> QWidget:
        """One widget that takes the room left, so that a long model name is cut and nothing else."""
        pickers = QWidget()
        row = QHBoxLayout(pickers)
        row.setContentsMargins(6, 0, 0, 0)
        row.addWidget(self._name, 1)
        for picker in (self._scheme, self._context, self._adapter):
            row.addWidget(label(picker.accessibleName(), "muted"))
            row.addWidget(picker)
        return pickers
