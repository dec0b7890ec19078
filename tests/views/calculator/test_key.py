"""The key of a chart."""

from __future__ import annotations

from tests.views.calculator import samples
from views.calculator.key import Key
from views.theme import LIGHT


def test_each_line_has_its_stroke_and_its_name(qtbot, theme) -> None:
    key = Key(theme)
    qtbot.addWidget(key)
    key.set_series(samples.lines().series)
    key.resize(400, key.heightForWidth(400))
    assert key.accessibleName() == "All of it, Weights, KV cache"
    assert key.grab().toImage().pixelColor(10, key.height() // 2).name() == LIGHT.purpose("workspace")


def test_names_that_do_not_fit_in_a_row_begin_another(qtbot, theme) -> None:
    key = Key(theme)
    qtbot.addWidget(key)
    key.set_series(samples.lines().series)
    for width, rows in ((400, 1), (200, 2), (60, 3)):
        places = [place for _, place in key.places(width)]
        assert len({place.top() for place in places}) == rows
        assert key.heightForWidth(width) >= max(place.bottom() for place in places)


def test_it_grows_with_the_text(qtbot, theme) -> None:
    key = Key(theme)
    qtbot.addWidget(key)
    key.set_series(samples.lines().series)
    before = key.heightForWidth(400)
    key.show()  # what was never shown keeps its font
    theme.set_scale(1.5)
    assert key.heightForWidth(400) > before


def test_names_stand_beside_their_strokes_in_the_muted_ink(qtbot, theme) -> None:
    key = Key(theme)
    qtbot.addWidget(key)
    assert key.sizePolicy().hasHeightForWidth()
    key.set_series(samples.lines().series)
    key.resize(400, key.heightForWidth(400))
    image, (_, place) = key.grab().toImage(), next(iter(key.places(400)))
    inks = {
        image.pixelColor(x, y).name() for x in range(26, int(place.right())) for y in range(image.height())
    }
    assert LIGHT.muted in inks
