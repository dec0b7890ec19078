from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo, QImage
from PySide6.QtWidgets import QLabel

from views.pictures import picture, png_bytes, svg_bytes
from views.widgets import label


@pytest.fixture
def widget(qtbot) -> QLabel:
    result = label("outliers")
    qtbot.addWidget(result)
    result.resize(120, 40)
    return result


def test_a_widget_as_a_picture_and_as_a_drawing(widget: QLabel) -> None:
    image = QImage.fromData(png_bytes(widget))
    assert (image.width(), image.height()) == (120, 40)
    drawing = svg_bytes(widget).decode()
    assert drawing.startswith("<?xml")
    assert "outliers" in drawing
    assert f'font-size="{QFontInfo(widget.font()).pixelSize()}"' in drawing


def test_a_caption_stands_above_it_in_as_many_lines_as_it_takes(widget: QLabel) -> None:
    short, long = picture(widget, "demo"), picture(widget, "demo and where it comes from, in words")
    assert 40 < short.height() < long.height()
    assert "demo" in svg_bytes(widget, "demo").decode()
    whole = picture(widget, "demo").toImage()
    below = whole.copy(0, whole.height() - 40, 120, 40).convertToFormat(QImage.Format.Format_RGB32)
    assert below == picture(widget).toImage().convertToFormat(QImage.Format.Format_RGB32)
