"""Sizes follow the theme, and formulas stand on the line's base line."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF

from views.chat.style import TextStyle


def test_text_grows_with_the_scale(theme) -> None:
    before = TextStyle(theme)
    theme.set_scale(1.5)
    after = TextStyle(theme)
    assert 1.4 < after.font.pointSizeF() / before.font.pointSizeF() < 1.6
    assert after.line > 1.3 * before.line


def test_headings_are_larger_the_higher_they_are(theme) -> None:
    style = TextStyle(theme)
    sizes = [style.heading(level).pointSizeF() for level in (1, 2, 3, 4)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= style.font.pointSizeF()


def test_a_deep_formula_gets_a_font_as_deep(theme) -> None:
    style = TextStyle(theme)
    deep = style.formulas.set(r"\frac{a}{\frac{b}{\frac{c}{d}}}", display=True)
    look = style.objects.format(deep, style.font)
    assert QFontMetricsF(look.font()).descent() >= deep.descent - 1
    size = style.objects.intrinsicSize(None, 0, look)
    assert size.height() >= deep.ascent + deep.descent - 1
