from __future__ import annotations

from xml.etree import ElementTree

import pytest

from app.svg_chart import Chart, Series, document

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(document([chart]))


def test_a_line_a_legend_and_both_axes() -> None:
    chart = Chart("Title <1>", "x", "y", (Series("a", [1, 2, 3], [5, 50, 500]),), log_y=True)
    root = drawn(chart)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"Title <1>", "x", "y", "● a", "10", "100"} <= set(texts)
    points = root.find(f".//{SVG}polyline").attrib["points"].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)  # decades are even


def test_what_a_logarithm_cannot_show_is_left_out() -> None:
    root = drawn(Chart("t", "x", "y", (Series("a", [0, 1, 2], [0, 1, 2]),), log_y=True))
    assert len(root.findall(f".//{SVG}circle")) == 2


def test_named_ticks_and_marks() -> None:
    chart = Chart("t", "x", "y", (Series("a", [0, 1], [1, 1]),), x_ticks=((0, "tensor"),), marks=((1, "T*"),))
    texts = [element.text for element in drawn(chart).iter(f"{SVG}text")]
    assert {"tensor", "T*"} <= set(texts)


def test_nothing_to_draw_is_still_a_picture() -> None:
    assert drawn(Chart("t", "x", "y", ())).tag == f"{SVG}svg"
