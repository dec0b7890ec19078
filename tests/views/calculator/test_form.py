"""The inputs as a whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from tests.views.calculator import samples
from views.calculator.form import Form, ProgressRow
from views.frames.calculator import GroupFrame, InputsFrame, Progress
from views.theme import Theme


@pytest.fixture
def form(qtbot) -> Form:
    result = Form()
    qtbot.addWidget(result)
    result.set_frame(samples.inputs())
    result.show()
    return result


def test_groups_bring_their_fields(form: Form) -> None:
    assert form.keys()[:2] == ("source", "hub")
    assert form.field("context").control().text() == "32k"


def test_names_are_read_whole_and_controls_begin_below_one_another(form: Form, theme: Theme, qtbot) -> None:
    theme.set_scale(1.5)
    fields = [form.field(key) for key in ("source", "context", "weight_bits")]
    qtbot.waitUntil(lambda: all(f.name().width() >= f.name().sizeHint().width() for f in fields))
    qtbot.waitUntil(lambda: len({field.control().x() for field in fields}) == 1)


def test_typing_goes_on_through_updates(form: Form) -> None:
    line = form.field("context").control()
    line.setFocus()
    form.set_frame(samples.inputs("wrong"))
    assert form.field("context").control() is line
    assert form.field("context").error() == "wrong"


def test_another_set_of_fields_keeps_the_focus_where_it_was(form: Form) -> None:
    form.activateWindow()
    form.field("context").control().setFocus()
    groups = samples.inputs().groups
    fewer = GroupFrame("Model", groups[0].fields[:1])
    form.set_frame(InputsFrame((fewer, *groups[1:])))
    assert "hub" not in set(form.keys())
    assert form.field("context").control().hasFocus()


def test_fields_speak_through_the_form(qtbot, form: Form) -> None:
    with qtbot.waitSignal(form.edited) as told:
        qtbot.keyClicks(form.field("context").control(), "0")
    assert told.args == ["context", "32k0"]
    with qtbot.waitSignal(form.locked):
        qtbot.mouseClick(form.field("context").lock(), Qt.MouseButton.LeftButton)


def test_a_file_dropped_here_is_reckoned_with_not_opened(qtbot, form: Form) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/models/a.gguf")])
    where = QPointF(QPoint(20, 20))
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(form.dropped) as told:
        form.dropEvent(QDropEvent(where, Qt.DropAction.CopyAction, data, buttons, keys))
    assert told.args == ["/models/a.gguf"]


def test_what_takes_a_while_can_be_cancelled(qtbot) -> None:
    row = ProgressRow("Reading headers")
    qtbot.addWidget(row)
    assert row.isHidden()
    row.set_progress(Progress("Reading headers of Qwen/Qwen3-8B", 1, 3))
    assert not row.isHidden()
    with qtbot.waitSignal(row.cancelled):
        row.button().click()
    row.set_progress(None)
    assert row.isHidden()
