"""The few rules Qt's Fusion style needs to look the way the window should; all else comes from the palette.

Widgets opt in by a dynamic property: `look` for frames and labels, `kind` for buttons.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from views.theme import Colours

_RULES = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMainWindow::separator { background: $window; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: $accent_soft; }
QDockWidget { font-weight: 600; }
QDockWidget::title { background: $window; padding: 4px 8px; }
QToolBar { background: $window; border: 0; border-bottom: 1px solid $border; spacing: 6px; padding: 4px 8px; }
QMenuBar { background: $window; }
QScrollArea, QStackedWidget { border: 0; }

QFrame[look="card"] { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QWidget[look="panel"] { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[look="bubble"] { background: $accent_soft; border: 0; border-radius: ${radius}px; }
QFrame[look="thought"] { border: 0; border-left: 2px solid $border; }
QFrame[look="banner-info"] { background: $accent_soft; border-radius: ${radius}px; }
QFrame[look="banner-warning"] { background: $warning_soft; border-radius: ${radius}px; }
QFrame[look="banner-error"] { background: $danger_soft; border-radius: ${radius}px; }
QFrame[look="drop"] { background: $accent_soft; border: 2px dashed $accent; border-radius: ${radius}px; }

QLabel[look="muted"] { color: $muted; }
QLabel[look="danger"] { color: $danger; }
QLabel[look="strong"] { font-weight: 600; }
QLabel[look="headline"] { font-size: 15pt; font-weight: 600; }
QLabel[look="title"] { font-size: ${title}pt; font-weight: 600; }
QLabel[look="subtitle"] { font-size: ${subtitle}pt; color: $muted; }

QPushButton, QToolButton[kind="plain"] {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 4px 10px; }
QPushButton[kind="chip"] { border-radius: 13px; padding: 5px 12px; text-align: left; }
QPushButton:hover, QToolButton[kind="plain"]:hover { background: $raised; }
QPushButton:focus, QToolButton[kind="plain"]:focus { border-color: $accent; }
QPushButton:disabled, QToolButton[kind="plain"]:disabled { color: $control; }
QPushButton[kind="primary"] {
    background: $accent; color: $on_accent; border: 1px solid $accent;
    border-radius: 6px; padding: 5px 14px; font-weight: 600; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $control; border-color: $border; }
QToolButton[kind="plain"]:checked { background: $accent_soft; border-color: $accent; color: $accent; }
QToolButton[kind="flat"], QPushButton[kind="flat"] {
    background: transparent; color: $muted; border: 1px solid transparent; border-radius: 5px;
    padding: 3px 6px; }
QToolButton[kind="flat"]:hover, QPushButton[kind="flat"]:hover { background: $raised; color: $text; }
QToolButton[kind="flat"]:focus, QPushButton[kind="flat"]:focus { border-color: $accent; }
QToolButton[kind="flat"]:checked { color: $accent; background: $accent_soft; }
QToolButton[kind="inline"] {
    background: transparent; color: $muted; border: 1px solid transparent; border-radius: 4px; padding: 1px; }
QToolButton[kind="inline"]:hover { background: $raised; color: $text; }
QToolButton[kind="inline"]:focus { border-color: $accent; }
QToolButton[kind="inline"]::menu-indicator { image: none; }
QToolBar QToolButton {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 4px 9px; }
QToolBar QToolButton:hover { background: $raised; }
QToolBar QToolButton:checked { background: $accent_soft; color: $accent; border-color: $accent_soft; }
QToolBar QToolButton:focus { border-color: $accent; }
QToolBar[look="rail"] { border-bottom: 0; border-right: 1px solid $border; padding: 6px 2px; spacing: 4px; }
QToolBar QToolButton[kind="rail"] {
    background: transparent; color: $muted; border: 1px solid transparent;
    border-radius: 6px; padding: 6px 2px; }
QToolBar QToolButton[kind="rail"]:hover { background: $raised; color: $text; }
QToolBar QToolButton[kind="rail"]:checked { background: $accent_soft; color: $accent; }
QToolBar QToolButton[kind="rail"]:focus { border-color: $accent; }
QPushButton[kind="link"] {
    background: transparent; color: $accent; border: 1px solid transparent; text-align: left;
    padding: 2px 0; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 1px solid $accent; border-radius: 4px; }

QPlainTextEdit[look="bare"], QTextEdit[look="bare"] { background: transparent; border: 0; }
QLineEdit {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 3px 7px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: 0; padding: 0; background: transparent; }
QLineEdit:hover { border-color: $control; }
QLineEdit:focus { border-color: $accent; }
QLineEdit[look="wrong"] { border-color: $danger; }
QPlainTextEdit[look="field"] {
    background: $surface; border: 1px solid $border; border-radius: 6px; padding: 2px 4px; }
QPlainTextEdit[look="field"]:focus { border-color: $accent; }
QListWidget { background: $surface; border: 0; outline: 0; }
QListWidget::item { padding: 4px 8px; border-radius: 5px; color: $text; }
QListWidget::item:hover { background: $raised; }
QListWidget::item:selected { background: $accent_soft; color: $text; }
QComboBox, QAbstractSpinBox {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 3px 20px 3px 8px; }
QComboBox:hover, QAbstractSpinBox:hover { border-color: $control; }
QComboBox:focus, QAbstractSpinBox:focus { border-color: $accent; }
QComboBox:disabled, QAbstractSpinBox:disabled { color: $control; background: $window; }
QComboBox::drop-down, QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: 18px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: 4px; min-height: 24px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: $control; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $border; border-radius: 4px; min-width: 24px; margin: 1px; }
QScrollBar::handle:horizontal:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QTabWidget::pane { border: 0; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $muted; border: 1px solid transparent; border-radius: 5px;
    padding: 4px 10px; margin-right: 2px;
}
QTabBar::tab:hover { background: $raised; color: $text; }
QTabBar::tab:selected { background: $accent_soft; color: $accent; }
QTabBar::tab:focus { border-color: $accent; }
QProgressBar { background: $raised; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QTableWidget, QTreeWidget { background: $surface; border: 0; gridline-color: $grid; }
QTableWidget::item:selected, QTreeWidget::item:selected { background: $accent_soft; color: $text; }
QHeaderView { background: $surface; }
QTreeWidget::item { padding: 2px 5px; }
QTreeWidget QHeaderView::section { padding: 2px 8px; }
QHeaderView::section {
    background: $surface; color: $muted; border: 0; border-bottom: 1px solid $border; padding: 2px; }
""")


def stylesheet(colours: Colours, radius: int, scale: float = 1.0) -> str:
    """The style sheet in the given colours, text `scale` times as large; an unknown name raises KeyError."""
    names = {name: value for name, value in vars(colours).items() if isinstance(value, str)}
    sizes = {"title": f"{20 * scale:g}", "subtitle": f"{11 * scale:g}"}
    return _RULES.substitute(names, radius=radius, **sizes)
