"""Fonts, colours and distances of a message's text, for one theme and one text size."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from views.chat.formula import Formula, FormulaPress
from views.chat.highlight import DARK_CODE, LIGHT_CODE
from views.theme import Theme

FORMULA_TYPE = QTextFormat.ObjectTypes.UserObject.value + 1
_PLACE = QTextFormat.Property.UserProperty.value + 1
_HEADINGS = (1.0, 1.5, 1.28, 1.12, 1.0, 1.0, 1.0)
_TEXT_SIZE, _CODE_SIZE = 1.14, 1.0


class TextStyle:
    """Made anew when the theme changes; layouts made with an old one are thrown away."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.colours = theme.colours
        self.code = DARK_CODE if theme.is_dark else LIGHT_CODE
        base = QGuiApplication.font()
        self.font = _sized(base, base.pointSizeF() * _TEXT_SIZE)
        self.mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.mono.setPointSizeF(base.pointSizeF() * _CODE_SIZE)
        self.small = _sized(base, base.pointSizeF() * 0.9)
        metrics = QFontMetricsF(self.font)
        self.em = metrics.ascent()
        self.line = metrics.height()
        self.letter = metrics.averageCharWidth()
        self.indent = 1.6 * self.line
        self.formulas = FormulaPress(1.25 * self.em, self.colours.text)
        self.objects = FormulaObjects()

    def heading(self, level: int) -> QFont:
        result = _sized(self.font, self.font.pointSizeF() * _HEADINGS[min(level, len(_HEADINGS) - 1)])
        result.setWeight(QFont.Weight.DemiBold)
        return result


def _sized(font: QFont, points: float) -> QFont:
    result = QFont(font)
    result.setPointSizeF(points)
    return result


class FormulaObjects(QPyTextObject):
    """Formulas as characters of a text document, standing on its base line."""

    def __init__(self) -> None:
        super().__init__()
        self._formulas: list[Formula] = []
        self._places: dict[int, int] = {}

    def format(self, formula: Formula, font: QFont) -> QTextCharFormat:
        """The format of the object character that shows `formula`.

        Qt lets an object reach below the base line by the descent of its font, so that font is made as
        large as the formula is deep.
        """
        place = self._places.setdefault(id(formula), len(self._formulas))
        if place == len(self._formulas):
            self._formulas.append(formula)
        result = QTextCharFormat()
        result.setFont(_deep(font, formula.descent))
        result.setObjectType(FORMULA_TYPE)
        result.setProperty(_PLACE, place)
        result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
        return result

    def intrinsicSize(self, _document: QTextDocument, _at: int, style: QTextFormat) -> QSizeF:
        formula = self._formulas[style.intProperty(_PLACE)]
        below = QFontMetricsF(style.toCharFormat().font()).descent()
        return QSizeF(formula.width, formula.ascent + below)

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, _document: QTextDocument, _at: int, style: QTextFormat
    ) -> None:
        self._formulas[style.intProperty(_PLACE)].draw(painter, QRectF(rect).topLeft())


def _deep(font: QFont, descent: float) -> QFont:
    """`font`, enlarged until it reaches `descent` pixels below the base line."""
    own = QFontMetricsF(font).descent()
    return _sized(font, font.pointSizeF() * descent / own) if 0 < own < descent else font
