"""Message text: streamed in place, laid out as Markdown, and unable to reach out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication

from views.chat.document import MessageText
from views.theme import LIGHT


@pytest.fixture
def text(qtbot, theme) -> MessageText:
    result = MessageText(theme, "The model answered")
    qtbot.addWidget(result)
    result.resize(400, 10)
    result.show()
    return result


def test_streaming_appends_and_leaves_earlier_blocks_alone(text: MessageText) -> None:
    text.stream("first block\nsecond")
    changes = []
    text.document().contentsChange.connect(lambda at, removed, added: changes.append((at, removed, added)))
    text.stream("first block\nsecond grows")
    assert changes == [(18, 0, 6)]
    assert text.toPlainText() == "first block\nsecond grows"


def test_streaming_the_same_again_changes_nothing(text: MessageText) -> None:
    text.stream("words")
    changes = []
    text.document().contentsChange.connect(lambda *change: changes.append(change))
    text.stream("words")
    assert changes == []


def test_another_text_replaces_the_old(text: MessageText) -> None:
    text.stream("one")
    text.stream("two")
    assert text.toPlainText() == "two"


def test_streamed_text_is_never_markup(text: MessageText) -> None:
    text.stream("<b>a</b> **b** <img src='x'>")
    assert text.toPlainText() == "<b>a</b> **b** <img src='x'>"


def test_finished_text_is_markdown_without_html(text: MessageText) -> None:
    text.finish("**bold** and `code`\n\n<b>not html</b>")
    assert text.toPlainText().startswith("bold and code")
    assert "<b>not html</b>" in text.toPlainText()
    assert text.document().firstBlock().begin().fragment().charFormat().fontWeight() > 500


def test_code_blocks_stand_on_their_own_ground(text: MessageText) -> None:
    text.finish("text\n\n```python\nx = 1\n```\n")
    block = text.document().findBlockByNumber(1)
    assert block.blockFormat().background().color().name() == LIGHT.raised


def test_streaming_after_markdown_starts_over(text: MessageText) -> None:
    text.finish("**bold**")
    text.stream("**bold** and on")
    assert text.toPlainText() == "**bold** and on"


def test_height_follows_the_text(text: MessageText) -> None:
    text.stream("one line")
    one = text.height()
    text.stream("one line\n" + "\n".join("more" for _ in range(9)))
    assert text.height() >= 9 * one


def test_pictures_are_never_read_from_disk(text: MessageText, tmp_path: Path) -> None:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    path = tmp_path / "red.png"
    assert picture.save(str(path))
    for address in (str(path), QUrl.fromLocalFile(str(path)).toString()):
        text.finish(f"before ![picture]({address}) after")
        shown = text.grab().toImage()
        pixels = {shown.pixelColor(x, y).name() for x in range(shown.width()) for y in range(shown.height())}
        assert "#ff0000" not in pixels
        assert text.height() < 64


@pytest.mark.parametrize("address", ["https://example.com/a.png", "file:///etc/hostname", "qrc:/a", "a.css"])
def test_no_resource_is_loaded(text: MessageText, address: str) -> None:
    for kind in (QTextDocument.ResourceType.StyleSheetResource, QTextDocument.ResourceType.HtmlResource):
        assert bytes(text.loadResource(kind.value, QUrl(address))) == b""
    pixel = text.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl(address))
    assert (pixel.width(), pixel.height(), pixel.pixelColor(0, 0).alpha()) == (1, 1, 0)


def test_links_are_shown_and_not_followed(text: MessageText, qtbot) -> None:
    text.finish("[a link](https://example.com)")
    assert not text.openLinks()
    before = text.toPlainText()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, 8))
    assert text.toPlainText() == before
    assert text.source().isEmpty()


def test_wheel_is_left_to_the_transcript(text: MessageText) -> None:
    text.stream("line\n" * 40)
    middle = QPointF(20, 20)
    nothing, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        middle, middle, QPoint(0, 0), QPoint(0, -120), nothing, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(text.viewport(), wheel)
    assert not wheel.isAccepted()


def test_ideal_width_is_that_of_the_longest_line(text: MessageText) -> None:
    text.stream("short")
    narrow = text.ideal_width()
    text.stream("short\na line that is longer than the other one")
    assert text.ideal_width() > 3 * narrow
