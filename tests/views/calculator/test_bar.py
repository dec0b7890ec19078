"""The bar: pieces in proportion, edges that are dragged by the mouse and moved by the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from tests.views.calculator import samples
from tests.views.test_theme import contrast
from views.calculator.bar import TOTAL, BudgetBar, ink_on
from views.frames.calculator import BarFrame
from views.theme import DARK, LIGHT, Theme


@pytest.fixture
def bar(qtbot, theme) -> BudgetBar:
    result = BudgetBar(theme)
    qtbot.addWidget(result)
    result.resize(900, result.height())
    result.set_frame(samples.bar())
    result.show()
    return result


def drag(qtbot, bar: BudgetBar, key: str, dx: int) -> None:
    """Take an edge and pull it `dx` pixels in three moves, as a hand would; the edge stays held."""
    edge = bar.edge(key)
    grip = QPoint(edge.width() // 2 + 2, 12)
    qtbot.mousePress(edge, Qt.MouseButton.LeftButton, pos=grip)
    for part in (1, 2, 3):
        here = edge.mapFromParent(edge.mapToParent(grip) + QPoint(dx // 3, 0)) if part else grip
        qtbot.mouseMove(edge, here)


def test_pieces_are_as_wide_as_their_bytes(bar: BudgetBar) -> None:
    frame, rects = samples.bar(), {s.key: r for s, r in bar.pieces()}
    share = frame.segments[0].size_bytes / frame.scale_bytes
    assert rects["weights"].width() == pytest.approx(bar.band().width() * share)
    assert rects["scales"].left() == pytest.approx(rects["weights"].right())
    assert rects["norms"].width() >= 1, "a tiny piece can still be pointed at"


def test_only_edges_that_mean_something_can_be_moved(bar: BudgetBar) -> None:
    assert bar.edges() == ("weights", "kv_cache", TOTAL)
    bar.set_frame(BarFrame())
    assert bar.edges() == ()


def test_an_edge_says_what_it_changes(bar: BudgetBar) -> None:
    assert bar.edge("kv_cache").accessibleName() == "Context: 32,768 tokens"
    assert "arrow keys" in bar.edge("kv_cache").toolTip()


def test_dragging_gives_the_bytes_its_segment_should_have(qtbot, bar: BudgetBar) -> None:
    wanted: list[tuple[str, float]] = []
    bar.edge_dragged.connect(lambda key, size: wanted.append((key, size)))
    drag(qtbot, bar, "kv_cache", 60)
    key, size = wanted[-1]
    per_pixel = samples.bar().scale_bytes / bar.band().width()
    assert key == "kv_cache"
    assert size == pytest.approx(4.5 * samples.GIB + 20 * per_pixel, abs=2 * per_pixel)


def test_an_edge_pulled_beyond_its_start_asks_for_nothing(qtbot, bar: BudgetBar) -> None:
    wanted: list[float] = []
    bar.edge_dragged.connect(lambda _, size: wanted.append(size))
    drag(qtbot, bar, "weights", -1800)
    assert wanted[-1] == 0


def test_the_scale_stands_still_while_an_edge_is_held(qtbot, bar: BudgetBar) -> None:
    drag(qtbot, bar, "kv_cache", 30)
    before = bar.x_of(samples.GIB)
    bar.set_frame(samples.bar({"kv_cache": 40.0}))
    assert bar.x_of(samples.GIB) == before
    with qtbot.waitSignal(bar.drag_ended):
        qtbot.mouseRelease(bar.edge("kv_cache"), Qt.MouseButton.LeftButton)
    bar.set_frame(samples.bar({"kv_cache": 40.0}))
    assert bar.x_of(samples.GIB) < before


@pytest.mark.parametrize(
    ("key", "steps"), [(Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, -1), (Qt.Key.Key_PageUp, 8)]
)
def test_arrow_keys_move_the_focused_edge(qtbot, bar: BudgetBar, key: Qt.Key, steps: int) -> None:
    with qtbot.waitSignal(bar.edge_stepped) as told:
        qtbot.keyClick(bar.edge("weights"), key)
    assert told.args == ["weights", steps]


def test_tab_goes_from_edge_to_edge(qtbot, bar: BudgetBar) -> None:
    bar.activateWindow()
    bar.edge("weights").setFocus()
    qtbot.keyClick(bar.edge("weights"), Qt.Key.Key_Tab)
    assert bar.edge("kv_cache").hasFocus()


def test_a_click_on_a_piece_opens_it(qtbot, bar: BudgetBar) -> None:
    middle = next(rect for segment, rect in bar.pieces() if segment.key == "kv_cache").center()
    with qtbot.waitSignal(bar.segment_chosen) as told:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    assert told.args == ["kv_cache"]
    assert bar.segment_at(QPointF(5, 5)) is None


def test_a_reader_hears_every_piece_and_card(bar: BudgetBar) -> None:
    said = bar.accessibleDescription()
    assert "KV cache 4.50 GiB" in said
    assert "does not fit" in said


def test_what_does_not_fit_is_hatched(bar: BudgetBar) -> None:
    bar.set_frame(samples.bar({"kv_cache": 9.0}))
    image = bar.grab().toImage()
    y = round(bar.band().center().y())
    inside = {image.pixelColor(round(bar.x_of(s * samples.GIB)), y).name() for s in (9.0, 9.5, 10.0, 10.5)}
    over = {image.pixelColor(round(bar.x_of(12.2 * samples.GIB)) + x, y).name() for x in range(16)}
    assert inside == {LIGHT.purpose("kv_cache")}
    assert len(over) > 1


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_labels_on_the_pieces_are_legible(colours) -> None:
    for _, colour in colours.purposes:
        assert contrast(ink_on(colour).name(), colour) >= 4.5


def test_the_names_above_and_below_have_room_at_larger_text(bar: BudgetBar, theme: Theme) -> None:
    theme.set_scale(1.5)
    line = bar.fontMetrics().height()
    assert bar.band().top() >= 2 * line
    assert bar.sizeHint().height() - bar.band().bottom() >= line
