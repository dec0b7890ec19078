from __future__ import annotations

from PySide6.QtWidgets import QToolButton

from views.outliers.plot_tools import COPY, FORMATS, PlotTools
from views.widgets import label


def test_a_plot_is_copied_or_written_in_every_format(qtbot) -> None:
    plot = label("plot")
    tools = PlotTools("sinks", "Attention sinks", plot)
    qtbot.addWidget(tools)
    qtbot.addWidget(plot)
    assert tools.plot is plot
    wanted: list[tuple[str, str]] = []
    tools.wanted.connect(lambda key, kind: wanted.append((key, kind)))
    copy, files = tools.findChildren(QToolButton)
    assert "Attention sinks" in copy.accessibleName()
    copy.click()
    for action in files.menu().actions():
        action.trigger()
    assert wanted == [("sinks", kind) for kind in (COPY, *(kind for kind, _ in FORMATS))]
