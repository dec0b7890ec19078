from __future__ import annotations

import numpy as np
import pytest

from tests.views.test_theme import contrast
from views.theme import DARK, LIGHT, Colours
from views.tint import LEVELS, level_of, oklab, tints

both = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


@both
def test_text_can_be_read_on_every_tint(colours: Colours) -> None:
    assert min(contrast(colours.text, tint) for tint in tints(colours)) >= 4.5


@both
def test_steps_are_even_to_the_eye(colours: Colours) -> None:
    steps = np.diff([oklab(colour) for colour in (colours.window, *tints(colours))], axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    assert lengths.max() < 2 * lengths.min()  # eight bits a channel round them


@both
def test_lightness_alone_tells_weak_from_strong(colours: Colours) -> None:
    lightness = [oklab(colour)[0] for colour in tints(colours)]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
    assert abs(lightness[-1] - oklab(colours.window)[0]) > 0.2


@both
def test_the_strongest_is_the_themes_own(colours: Colours) -> None:
    assert len(tints(colours)) == LEVELS
    assert tints(colours)[-1] == colours.tint


def test_oklab_of_known_colours() -> None:
    assert oklab("#ffffff") == pytest.approx([1, 0, 0], abs=1e-3)
    assert oklab("#000000") == pytest.approx([0, 0, 0])
    assert oklab("#ff0000") == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_levels() -> None:
    assert [level_of(tint) for tint in (-1, 0, 0.01, 0.5, 1, 7)] == [-1, -1, -1, 15, 31, 31]
