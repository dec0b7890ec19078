"""What each view shows: frozen dataclasses without Qt. Presenters build them, widgets draw them.

Arrays hold finite values only, are published once and never written again. Every string is ready to be shown.
"""

from views.frames.chat import (
    AttachmentFrame,
    ChatFrame,
    ComposerFrame,
    MessageFrame,
    PromptFrame,
    SamplingFrame,
    StatusFrame,
)
from views.frames.choice import Choice
from views.frames.damage import DamageFrame
from views.frames.memory import MemoryEntry, MemoryFrame
from views.frames.setup import BannerFrame, LoadFrame, SetupFrame, WelcomeFrame
from views.frames.spikes import Outlier, SpikesFrame

__all__ = [
    "AttachmentFrame",
    "BannerFrame",
    "ChatFrame",
    "Choice",
    "ComposerFrame",
    "DamageFrame",
    "LoadFrame",
    "MemoryEntry",
    "MemoryFrame",
    "MessageFrame",
    "Outlier",
    "PromptFrame",
    "SamplingFrame",
    "SetupFrame",
    "SpikesFrame",
    "StatusFrame",
    "WelcomeFrame",
]
