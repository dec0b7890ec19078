"""What is dropped is a local path or nothing."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QWidget

from views.drop import DropHint, dropped_files, dropped_path


def mime(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def test_first_local_path_is_taken() -> None:
    assert dropped_path(mime("https://example.com/model", "file:///models/Qwen3%204B")) == "/models/Qwen3 4B"


def test_anything_else_is_nothing() -> None:
    assert dropped_path(mime("https://example.com/model")) == ""
    text = QMimeData()
    text.setText("/models/Qwen3")
    assert dropped_path(text) == ""


def test_hint_is_out_of_the_way(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    hint = DropHint(parent)
    parent.show()
    assert not hint.isVisible()
    assert hint.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_texts_are_told_from_models(tmp_path) -> None:
    names = ("notes.txt", "model.gguf", "main.py")
    for name in names:
        (tmp_path / name).write_text("x")
    urls = [(tmp_path / name).as_uri() for name in (*names, "missing.txt")] + [
        tmp_path.as_uri(),
        "http://a/b.txt",
    ]
    assert dropped_files(mime(*urls)) == [str(tmp_path / "notes.txt"), str(tmp_path / "main.py")]
