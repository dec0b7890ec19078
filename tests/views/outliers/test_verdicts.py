from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTableWidget, QToolButton

from views.frames.outliers import VerdictRow, VerdictsFrame
from views.outliers.verdicts import VerdictsPage

HEADINGS = ("Channel", "Site", "|x|", "× median", "Verdict")


def row(channel: int, site: str, ratio: float, verdict: str) -> VerdictRow:
    cells = (str(channel), site, "9", f"{ratio:g}", verdict)
    return VerdictRow("k", channel, site, cells, (channel, 0, 9, ratio, 1), (verdict,))


FRAME = VerdictsFrame(
    HEADINGS,
    (row(41, "layers.0.mlp.down_proj", 9.5, "outlier"), row(7, "layers.3", 120, "massive")),
    ("2 channels stand out.",),
    "Massive: large.",
)


@pytest.fixture
def page(qtbot) -> VerdictsPage:
    result = VerdictsPage()
    qtbot.addWidget(result)
    result.resize(500, 300)
    result.show()
    result.set_frame(FRAME)
    return result


def test_the_largest_ratio_comes_first_as_a_number(page: VerdictsPage) -> None:
    assert [cells[0] for cells in page.visible_rows()] == ["7", "41"]


def test_a_row_chosen_is_the_frames_row_however_it_is_sorted(page: VerdictsPage, qtbot) -> None:
    table = page.findChild(QTableWidget)
    with qtbot.waitSignal(page.channel_chosen) as caught:
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualItemRect(table.item(0, 0)).center()
        )
    assert caught.args == [1]


def test_every_word_of_the_filter_must_match(page: VerdictsPage) -> None:
    field = page.findChild(QLineEdit)
    QTest.keyClicks(field, "down_proj OUTLIER")
    assert [cells[0] for cells in page.visible_rows()] == ["41"]
    QTest.keyClicks(field, " massive")
    assert page.visible_rows() == []
    field.clear()
    assert len(page.visible_rows()) == 2


def test_what_the_verdicts_mean_can_be_read(page: VerdictsPage) -> None:
    button = next(each for each in page.findChildren(QToolButton) if each.text() == "Definitions")
    button.click()
    assert page.told() == "Massive: large."
    button.click()
    assert page.told() == "2 channels stand out."


def test_an_empty_table_says_so(page: VerdictsPage) -> None:
    page.set_frame(VerdictsFrame(HEADINGS, empty="Nothing stands out."))
    assert page.visible_rows() == []
