"""The chat panel and its parts."""

from views.chat.panel import ChatPanel

__all__ = ["ChatPanel"]
