"""LaTeX is set in the text's colour on its base line; what cannot be set is left as it was written."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from views.chat.formula import LONGEST, FormulaPress, make_ready


@pytest.fixture
def press(theme) -> FormulaPress:
    assert theme  # pictures need an application
    return FormulaPress(16, "#ff0000")


def test_a_fraction_reaches_above_and_below_the_base_line(press: FormulaPress) -> None:
    letter, fraction = press.set("x", display=True), press.set(r"\frac{a}{b}", display=True)
    assert letter.descent < 2
    assert fraction.descent > 6
    assert fraction.ascent > 1.5 * letter.ascent
    assert press.set(r"\frac{a}{b}", display=False).size.height() < fraction.size.height()


def test_it_is_drawn_in_its_colour(press: FormulaPress) -> None:
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    press.set("M", display=True).draw(painter, QPointF(4, 4))
    painter.end()
    assert "#ff0000" in {image.pixelColor(x, y).name() for x in range(40) for y in range(40)}


@pytest.mark.parametrize("latex", [r"\frac{1", "x" * (LONGEST + 1), r"\begin{array}"])
def test_what_cannot_be_set_is_none(press: FormulaPress, latex: str) -> None:
    assert press.set(latex, display=False) is None


def test_it_is_set_once(press: FormulaPress) -> None:
    assert press.set("x^2", display=False) is press.set("x^2", display=False)


@pytest.mark.parametrize("display", [True, False])
@pytest.mark.parametrize("latex", [r"\left[ \sum_t x \right]", r"\left( \frac{1}{n} \prod^n x_i^2 \right)"])
def test_brackets_around_a_sum_of_one_limit_are_as_tall_as_it(
    press: FormulaPress, latex: str, display: bool
) -> None:
    found = press.set(latex, display=display)
    assert found is not None
    assert found.size.height() < 60


def test_what_gets_endlessly_tall_is_left_as_it_was_written(press: FormulaPress) -> None:
    assert press.set(r"\left[ ∑_t x \right]", display=True) is None


def test_what_the_first_code_and_the_first_formula_need_is_there_once_it_is_ready() -> None:
    make_ready()
    assert "ziamath" in sys.modules
    assert "_tokens" in vars(sys.modules["pygments.lexers.python"].PythonLexer)  # its compiled patterns
