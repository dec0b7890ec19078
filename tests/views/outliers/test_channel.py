from __future__ import annotations

from tests.views.outliers.conftest import some_bars
from views.frames.outliers import ChannelFrame
from views.outliers.channel import ChannelPage
from views.theme import Theme


def test_a_channels_life_is_told(theme: Theme, qtbot) -> None:
    page = ChannelPage(theme)
    qtbot.addWidget(page)
    page.show()
    page.set_frame(
        ChannelFrame("layers.0 · channel 4", some_bars(), some_bars(), (("Largest", "9"),), (("Chat", "8"),))
    )
    assert page.facts() == "Largest: 9\nChat: 8"
    assert page._tokens.isVisible()
    page.set_frame(ChannelFrame(note="Click a channel."))
    assert not page._layers.isVisible()
    assert not page._tokens.isVisible()
