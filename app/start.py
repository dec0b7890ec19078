"""The window's start: the engine is at work on the first model before the window's own modules are read."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from app.engine_thread import Engine, EngineThread
from app.library import DEMO
from app.mailbox import Post
from app.messages import ModelWish
from app.preferences import Preferences
from app.settings import Settings, SettingsFile


@dataclass(frozen=True)
class GuiOptions:
    """What the command line said; None leaves it to the settings."""

    model: str | None = None
    adapter: str | None = None
    scheme: str | None = None


def run(options: GuiOptions) -> int:
    """Open the window and a model; the exit status once it is closed."""
    preferences = Preferences(SettingsFile())
    wish = first_wish(options, preferences.settings)
    engine = begin(wish)
    gc.disable()  # what is imported stays: to look through it again and again takes a tenth of a second
    from app.gui import show  # noqa: PLC0415 - takes as long as the driver, the weights and the kernels

    gc.enable()
    return show(engine, preferences, wish)


def begin(wish: ModelWish) -> EngineThread:
    """An engine at work on its first model."""
    engine = EngineThread(make_gpu_engine)
    engine.start()
    engine.open(wish)
    return engine


def make_gpu_engine(post: Post) -> Engine:
    """Called on the engine thread."""
    from app.engine import GpuEngine  # noqa: PLC0415 - wgpu and the kernels load beside the window

    return GpuEngine(post)


def first_wish(options: GuiOptions, settings: Settings) -> ModelWish:
    """What to open at the start: what the command line says, else what was used last, else the demo."""
    return ModelWish(
        model=options.model or next(iter(settings.recent_models), DEMO),
        scheme=options.scheme or settings.scheme,
        adapter=options.adapter or settings.adapter,
        context_tokens=settings.context_tokens,
        tunes=settings.tunes,
    )
