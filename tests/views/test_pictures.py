from __future__ import annotations

from PySide6.QtGui import QImage

from views.pictures import png_bytes, svg_bytes
from views.widgets import label


def test_a_widget_as_a_picture_and_as_a_drawing(qtbot) -> None:
    widget = label("outliers")
    qtbot.addWidget(widget)
    widget.resize(120, 40)
    picture = QImage.fromData(png_bytes(widget))
    assert (picture.width(), picture.height()) == (120, 40)
    drawing = svg_bytes(widget).decode()
    assert drawing.startswith("<?xml")
    assert "outliers" in drawing
